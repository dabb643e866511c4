"""A rule in words, made from the rule itself, so that it says what is done."""

from collections.abc import Iterator

from smmlib.trial.dates import in_words
from smmlib.trial.parameters.endpoint_rules import (
    DEATH,
    FIRST_RESPONSE,
    AnyEndpoint,
    DatedEndpoint,
    RecordedEndpoint,
)
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present

COMPETING = "competing event"
TREATMENT_POLICY, COMPOSITE, HYPOTHETICAL = "treatment policy", "composite", "hypothetical"
ESTIMAND_SOURCE = "ICH E9(R1)"
NOT_AS_RANDOMISED = "are left out, so that the arms are no longer as randomised."
LESS_ONE_DAY = "Times are those recorded less one day, for the day of the start was recorded as day 1."
INTERCURRENT = {DEATH: "death", "NEWTRTDT": "new therapy", "DCTDT": "treatment discontinued"}
"""Events that may come between; each rule says what becomes of them, if only by leaving them alone."""


def rule_in_words(study: Study, endpoint: AnyEndpoint) -> str:
    """The rule of an endpoint as sentences.

    Parameters
    ----------
    study : Study
    endpoint : DatedEndpoint or RecordedEndpoint

    Returns
    -------
    str

    Examples
    --------
    Progression-free survival in E3A06, from the folder of the project; what its parameters say is in the sentence.

    >>> from smmlib.trial import read_study, rule_in_words
    >>> study = read_study("params/e3a06-2020.yaml")
    >>> rule_in_words(study, study.endpoints["pfs"])
    'From randomisation to progression or death, whichever is first. Patients without an event ...'
    """
    if isinstance(endpoint, RecordedEndpoint):
        return " ".join(_sentences_of_recorded(study, endpoint))
    return " ".join(_sentences(study, endpoint))


def _sentences_of_recorded(study: Study, rule: RecordedEndpoint) -> Iterator[str]:
    yield rule.rule
    if rule.missing_row == "left out":
        yield f"Patients without a recorded time {NOT_AS_RANDOMISED}"
    if rule.competing:
        yield _competing_sentence(rule)
    if (study.data.first_day if rule.first_day is None else rule.first_day) == 1:
        yield LESS_ONE_DAY


def _sentences(study: Study, rule: DatedEndpoint) -> Iterator[str]:
    first = ", whichever is first" if len(rule.event) > 1 else ""
    yield f"From {in_words(rule.start)} to {' or '.join(rule.event.values())}{first}."
    if rule.missing_start == "left out":
        yield f"Patients without {in_words(rule.start)} {NOT_AS_RANDOMISED}"
    if FIRST_RESPONSE in (rule.start, *rule.event, *rule.ends_observation, *rule.competing):
        yield f"Response is {study.response_scale.responders_in_words}."
    if rule.entry:
        yield f"Patients count as at risk from {in_words(rule.entry)} on (late entry)."
    if rule.ends_observation:
        ends = " or ".join(rule.ends_observation.values())
        yield f"An event after {ends} does not count: such patients are censored before."
    if rule.missed_assessments:
        plan = present(study.assessments)
        yield (
            f"Nor does one after {rule.missed_assessments} or more assessments were missed in a row; they were planned "
            f"every {plan.every} days and may be {plan.late} days late."
        )
    if rule.without_baseline != "counted":
        yield "Patients without a baseline assessment are censored at the start."
    if rule.progression_day != "documented":
        yield "What an assessment finds is counted on the next planned day."
    if rule.competing:
        yield _competing_sentence(rule)
    yield f"Patients without an event that counts are censored at the {in_words(rule.censor)}."


def _competing_sentence(rule: AnyEndpoint) -> str:
    return f"Where {competing_in_words(rule)} comes first, it is a competing event, at which time ends."


def competing_in_words(rule: AnyEndpoint) -> str:
    """Whatever competes with the event: "death without relapse or new therapy"; empty where nothing does.

    Parameters
    ----------
    rule : DatedEndpoint or RecordedEndpoint

    Returns
    -------
    str
    """
    return " or ".join(dict.fromkeys(rule.competing.values()))


def start_in_words(endpoint: AnyEndpoint) -> str:
    """What time is counted from: what the parameters call it, "randomisation", or "the start" of recorded times.

    Parameters
    ----------
    endpoint : DatedEndpoint or RecordedEndpoint

    Returns
    -------
    str

    Examples
    --------
    In the parameters of E3A06, `start` is RANDDT. From the folder of the project:

    >>> from smmlib.trial import read_study, start_in_words
    >>> start_in_words(read_study("params/e3a06-2020.yaml").endpoints["pfs"])
    'randomisation'
    """
    if endpoint.start_label:
        return endpoint.start_label
    return "the start" if isinstance(endpoint, RecordedEndpoint) else in_words(endpoint.start)


def estimand(endpoint: AnyEndpoint) -> dict[str, str]:
    """What becomes of each intercurrent event, in the words of ICH E9(R1).

    An event that counts as the endpoint's own is composite, one that ends observation asks what would have been without
    it (hypothetical), and one that changes nothing is treatment policy.

    Parameters
    ----------
    endpoint : DatedEndpoint or RecordedEndpoint

    Returns
    -------
    dict of str to str
        The strategy for each intercurrent event; empty where the rule was applied elsewhere.

    References
    ----------
    .. [1] ICH (2019), E9(R1), Addendum on estimands and sensitivity analysis in clinical trials, A.3.2.

    Examples
    --------
    Death is an event of progression-free survival, and ends observation for time to progression. From the folder of the
    project:

    >>> from smmlib.trial import estimand, read_study
    >>> estimand(read_study("params/e3a06-2020.yaml").endpoints["pfs"])["death"]
    'composite'
    >>> estimand(read_study("params/quiredex-2022.yaml").endpoints["ttp"])["death"]
    'hypothetical'
    """
    if isinstance(endpoint, RecordedEndpoint):
        return {}
    named = INTERCURRENT | endpoint.ends_observation | endpoint.competing
    main = next(iter(endpoint.event))
    return {words: _strategy(endpoint, date) for date, words in named.items() if date not in (main, endpoint.start)}


def _strategy(endpoint: DatedEndpoint, date: str) -> str:
    if date in endpoint.ends_observation:
        return HYPOTHETICAL
    if date in endpoint.competing:
        return COMPETING
    return COMPOSITE if date in endpoint.event else TREATMENT_POLICY
