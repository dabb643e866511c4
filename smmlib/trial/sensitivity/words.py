"""What a variant changes, in a phrase made from the parameters, so that it says what is done."""

from collections.abc import Iterator, Mapping

from smmlib.trial.dates import in_words
from smmlib.trial.parameters.endpoint_rules import AnyEndpoint, DatedEndpoint, RecodedEndpoint
from smmlib.trial.parameters.sensitivity import CensoredEarly, LateDetection, ResponseVariant, Variant, variant_rule
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present
from smmlib.trial.sensitivity.lost_patients import events_in_reference

DAYS_FREE = {"middle": "the middle of", "start": "the start of"}
MISSING = {
    "responders": "patients without an evaluable response count as responders",
    "non-responders": "patients without an evaluable response count as non-responders",
    "left out": "patients without an evaluable response are left out",
    "best case": "patients without an evaluable response count as responders, but as non-responders {reference}",
    "worst case": "patients without an evaluable response count as non-responders, but as responders {reference}",
}


def variant_in_words(study: Study, endpoint: str, variant: Variant) -> str:
    """What a variant of an endpoint changes.

    Parameters
    ----------
    study : Study
    endpoint : str
        Id of the endpoint.
    variant : Variant

    Returns
    -------
    str
        A phrase: "new therapy counts as an event".
    """
    if variant.late_detection is not None:
        return _late(study, variant.late_detection)
    if variant.lost is not None:
        return _lost(study, endpoint, variant, variant.lost)
    main, varied = study.endpoints[endpoint], variant_rule(study.endpoints[endpoint], variant)
    return "; ".join([*_of_codes(varied), *_of_rules(study, main, varied), *_of_population(study, main, varied)])


def response_variant_in_words(study: Study, variant: ResponseVariant) -> str:
    """What a variant of a response changes: a phrase."""
    return MISSING[variant.missing].format(reference=f"with {study.arms.named(present(study.arms.reference)).name}")


def _late(study: Study, late: LateDetection) -> str:
    which = f"events ({', '.join(late.reasons)})" if late.reasons else "events found at assessments"
    arms = f" with {' and '.join(study.arms.named(arm).name for arm in late.arms)}" if late.arms else ""
    since = f"the {late.interval} days before them" if late.interval else "the time since the last assessment"
    return f"{which}{arms} are moved to {DAYS_FREE[late.to]} {since}"


def _lost(study: Study, endpoint: str, variant: Variant, lost: CensoredEarly) -> str:
    reasons = f" ({', '.join(lost.reasons)})" if lost.reasons else ""
    before = f" more than {lost.grace:g} {study.time_unit}" if lost.grace else ""
    who = f"patients censored{before} before the end of follow-up{reasons}"
    if variant.tipping_point is not None:
        return f"event times of {who} are imputed in the arm that is compared, with the hazard multiplied by a factor"
    reference = f"with {study.arms.named(present(study.arms.reference)).name}"
    event, free = "having the event when censored", "free of the event to the end of follow-up"
    if events_in_reference(study.endpoints[endpoint], variant):
        return f"{who} count as {free}; {reference} as {event}"
    return f"{who} count as {event}; {reference} as {free}"


def _of_codes(varied: AnyEndpoint) -> Iterator[str]:
    if isinstance(varied, RecodedEndpoint):
        codes = ", ".join(map(str, varied.event_codes[:-1]))
        yield f"CNSR {f'{codes} and ' if codes else ''}{varied.event_codes[-1]} count as the event"


def _of_population(study: Study, main: AnyEndpoint, varied: AnyEndpoint) -> Iterator[str]:
    population = varied.population or study.population
    if population != (main.population or study.population):
        chosen = study.populations[population]
        received = ", by the treatment received" if chosen.arm_variable else ""
        yield f"analysed: {chosen.label}{received}"


def _of_rules(study: Study, main: AnyEndpoint, varied: AnyEndpoint) -> Iterator[str]:
    if not isinstance(main, DatedEndpoint) or not isinstance(varied, DatedEndpoint):
        return
    if varied.start != main.start:
        yield f"time counts from {in_words(varied.start)}"
    yield from _of_dates(main, varied)
    if varied.censor != main.censor:
        yield f"patients without an event are censored at the {in_words(varied.censor)}"
    if varied.missed_assessments != main.missed_assessments:
        missed = varied.missed_assessments
        what = f"an event after {missed} or more missed assessments does not count" if missed else None
        yield what or "an event counts whatever assessments were missed"
    if varied.without_baseline != main.without_baseline:
        yield f"patients without a baseline assessment are {varied.without_baseline}"
    if varied.progression_day != main.progression_day:
        yield f"what an assessment finds counts on the {_day_that_counts(varied)}"
    if varied.missing_start != main.missing_start:
        yield f"patients without {in_words(varied.start)} are {varied.missing_start}"
    if varied.entry != main.entry:
        yield f"patients are at risk from {in_words(varied.entry)} on" if varied.entry else "there is no late entry"
    if (varied.data_cutoff or study.data_cutoff) != (main.data_cutoff or study.data_cutoff):
        yield f"data cut-off {varied.data_cutoff}"


def _day_that_counts(rule: DatedEndpoint) -> str:
    return "day of the assessment" if rule.progression_day == "documented" else "next planned day"


def _of_dates(main: DatedEndpoint, varied: DatedEndpoint) -> Iterator[str]:
    """What has become an event, or has ceased to be one, and what ends observation or does so no longer."""
    counted, stopped = _added(main.event, varied.event), _added(main.ends_observation, varied.ends_observation)
    if counted:
        yield f"{_in_a_row(counted)} {_verb(counted, 'counts', 'count')} as an event"
    dropped = _added(varied.event, main.event) - _words(varied.ends_observation)
    if left := {words for words in dropped if words not in stopped}:
        yield f"{_in_a_row(left)} {_verb(left, 'does', 'do')} not count as an event"
    if stopped:
        yield f"patients are censored before {_in_a_row(stopped, 'or')}"
    if freed := _added(varied.ends_observation, main.ends_observation) - counted:
        yield f"an event after {_in_a_row(freed, 'or')} counts"


def _words(dates: Mapping[str, str]) -> set[str]:
    return set(dates.values())


def _added(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    """What happened on the dates that are new, in words."""
    return {words for date, words in after.items() if date not in before}


def _in_a_row(words: set[str], last: str = "and") -> str:
    *others, final = sorted(words)
    return f"{', '.join(others)} {last} {final}" if others else final


def _verb(words: set[str], singular: str, plural: str) -> str:
    return singular if len(words) == 1 else plural
