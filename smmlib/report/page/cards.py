"""The answer at the head of a page: a card for each main endpoint and comparison, and one for response."""

from dataclasses import dataclass

from markupsafe import Markup

from smmlib.analysis.keys import Key
from smmlib.display.figures import ARM_COLOURS
from smmlib.plain_text import lower_first
from smmlib.report.claims.ledger import DIFFERENT, NOT_COMPARED
from smmlib.report.page.small_bars import small_bar
from smmlib.report.page.small_curve import small_curve
from smmlib.report.records.bars import patients_by_category
from smmlib.report.records.direction import direction_in_words

IN_HEADLINE = 2
"""Response rates that a headline has room for, where there are several visits."""
MOST_CARDS = 4
"""Cards of comparisons and of response together."""


@dataclass(frozen=True)
class Card:
    """What a card shows.

    Attributes
    ----------
    run : str
        Of the section that tells the rest.
    endpoint : str
        Its id.
    arms : list of Arm
        Those compared; the one that there is where there are no comparisons.
    ratio, test : Key or None
        The primary hazard ratio and its log-rank test.
    headline : str
        The direction in words, or why none is told; empty where all of that is masked.
    curve : Markup
        The small picture of the curves.
    met, claims : int
        Published numbers of the endpoint that are reproduced, and all that were compared.
    """

    run: str
    endpoint: str
    arms: list
    ratio: Key | None
    test: Key | None
    headline: str
    curve: Markup
    met: int
    claims: int


def comparison_cards(study, report):
    """Cards of the first endpoints of the runs, each with every primary comparison.

    Parameters
    ----------
    study : Study
    report : Report

    Returns
    -------
    list of Card
    """
    cards, most = [], MOST_CARDS - (1 if study.response else 0)
    for run in report.runs:
        if study.runs[run.name].notebook != "time_to_event":
            continue
        endpoint = str(study.runs[run.name].parameters["endpoint"])
        variant = study.analysis_of(endpoint).primary_variant
        cards += [_card(study, report, run.name, endpoint, pair, variant) for pair in study.arms.pairs or [()]]
    return cards[:most]


def _card(study, report, run, endpoint, pair, variant):
    arms = list(pair) or study.arms.levels
    met, claims = claims_met(report.entries, "time_to_event", endpoint)
    about = (endpoint, *(arm.id for arm in pair))
    ratio = Key("time_to_event", "hazard_ratio", *about, variant=variant) if pair else None
    result = report.records[ratio].result if ratio else None
    return Card(
        run=run,
        endpoint=endpoint,
        arms=arms,
        ratio=ratio,
        test=Key("time_to_event", "logrank", *about, variant=variant) if pair else None,
        headline=direction_in_words(study, ratio, result, _events(report, endpoint, pair)) if ratio else "",
        curve=small_curve(_in_colours(study, report.curves[endpoint], arms), study.analysis_of(endpoint).axis_times),
        met=met,
        claims=claims,
    )


def _events(report, endpoint, pair):
    """Patients with the event in each of two arms; NaN where masked."""
    return tuple(report.records[Key("time_to_event", "events", endpoint, arm.id)].result.value for arm in pair)


def _in_colours(study, curves, arms):
    """The curves of some arms, each with the colour that the arm has in every figure."""
    return [(curves[arm.id], ARM_COLOURS[study.arms.levels.index(arm)]) for arm in arms]


@dataclass(frozen=True)
class ResponseCard:
    """What the card of response shows.

    Attributes
    ----------
    run : str
        Of the section that tells the rest.
    rates : list of Key
        Response rates, visit after visit.
    headline : list of Key
        Those of the headline: of the one visit that there is, or of the first.
    words : dict of Key to str
        What each is of: the visit, and the arm where there are several.
    bars : dict of Key to Markup
        Of each, the patients in each category as a small bar.
    met, claims : int
        Published numbers that are reproduced, and all that were compared.
    """

    run: str
    rates: list
    headline: list
    words: dict
    bars: dict
    met: int
    claims: int


def response_card(study, report):
    """The card of response.

    Parameters
    ----------
    study : Study
    report : Report

    Returns
    -------
    ResponseCard or None
        None where no run shows response.
    """
    run = next((run.name for run in report.runs if study.runs[run.name].notebook == "response"), None)
    if run is None or study.response is None:
        return None
    words = {
        Key("response", "rate", phase=visit.id, arm=arm.id): _visit_and_arm(study, visit, arm)
        for visit in study.response.visits
        for arm in study.response_arms
    }
    words = {key: text for key, text in words.items() if key in report.records}
    results = {key: record.result for key, record in report.records.items()}
    responders = study.response_scale.responders
    bars = {key: small_bar(patients_by_category(study, results, key), responders) for key in words}
    rates = list(words)
    headline = rates if len(study.response.visits) == 1 else rates[:IN_HEADLINE]
    return ResponseCard(run, rates, headline, words, bars, *claims_met(report.entries, "response")) if rates else None


def _visit_and_arm(study, visit, arm):
    """What a response rate is of, as far as it must be said: a visit where there are several, an arm likewise."""
    if len(study.response_arms) == 1:
        return lower_first(visit.label)
    of_arm = f"with {arm.label}"
    return of_arm if len(study.response.visits) == 1 else f"{lower_first(visit.label)} {of_arm}"


def claims_met(entries, section, endpoint=""):
    """How many published numbers of a section are reproduced, and how many were compared.

    Parameters
    ----------
    entries : sequence of Entry
    section, endpoint : str

    Returns
    -------
    met, compared : int
    """
    own = [each for each in entries if (each.key.section, each.key.endpoint) == (section, endpoint)]
    compared = [each for each in own if each.verdict != NOT_COMPARED]
    return sum(each.verdict != DIFFERENT for each in compared), len(compared)
