"""The name of a record in a reader's words."""

import math

WORDS = {
    "follow_up": "median follow-up",
    "follow_up.shortest": "shortest follow-up",
    "follow_up.longest": "longest follow-up",
    "logrank": "log-rank test",
    "hazard_ratio.wald": "Wald test of the hazard ratio",
    "survival_difference": "difference of survival",
    "at_risk": "number at risk",
    "points": "digitised points",
    "rmse": "root mean squared error",
    "mean_error": "mean absolute error",
    "largest_error": "largest absolute error",
    "integrated_error": "integrated absolute error",
    "at_risk_difference": "largest difference of a number at risk",
    "event_difference": "difference of events",
    "median_difference": "difference of medians",
    "kmdata_score": "KMDATA score, percent of the points",
    "share": "share with the event",
}
RESPONSE_WORDS = {
    "": "partial response or better",
    "wilson": "Wilson interval",
    "difference": "difference of the rates",
    "odds_ratio": "odds ratio",
    "fisher": "Fisher's exact test",
}
SAYS_WHAT = ("exclusion", "stratum", "reason", "adverse")
"""Counts whose names number what they count; their method says it."""
SECTIONS = {"population": "Patients", "response": "Response", "reconstruction": "Reconstruction"}


def label(study, result, name):
    """A record in words: "Time to progression: median, Observation".

    Parameters
    ----------
    study : Study
    result : Estimate or HypothesisTest
        What was recorded.
    name : str
        Name of the record.

    Returns
    -------
    str
    """
    run, _, rest = name.partition(".")
    if rest.partition(".")[0] in SAYS_WHAT:
        return f"{_subject(study, run)}: {counted(result)}, {result.arm}"
    arm = next((arm.id for arm in study.arms.levels if rest.endswith(f".{arm.id}")), None)
    rest = rest.removesuffix(f".{arm}") if arm else rest
    at = "" if math.isnan(getattr(result, "at", math.nan)) else f" at {result.at:g} {study.time_unit}"
    of_arm = f", {result.arm}" if arm else ""
    return f"{_subject(study, run)}: {_what(study, run, rest, at)}{at}{of_arm}"


def counted(result):
    """What a count counts: "excluded: withdrew consent", "grade 3 or higher"."""
    return result.method.removeprefix("Number of ").removeprefix("patients, ").partition("; masked")[0]


def lower_first(text):
    """Text as the middle of a sentence: the first letter is lowered, but not that of an acronym."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _subject(study, run):
    return study.endpoints[run].label if run in study.endpoints else SECTIONS.get(run, run)


def _what(study, run, rest, at):
    """What was measured, from the middle of a record's name; the time, if any, is said apart."""
    measure, _, detail = rest.partition(".")
    if at:
        return lower_first(study.endpoints[run].curve_label) if measure == "survival" else measure_words(measure)
    if run == "response" and study.response:
        return _response(study, measure, detail)
    if rest in WORDS:
        return WORDS[rest]
    if run == "reconstruction" and detail in study.endpoints:
        return f"{measure_words(measure)}, {lower_first(study.endpoints[detail].label)}"
    phases = {phase.id: lower_first(phase.label) for phase in study.phases}
    what = phases.get(measure) or measure_words(measure)
    separator = ", " if detail == "stratified" else " "
    return f"{what}{separator}{detail}" if detail else what


def measure_words(measure):
    """What the middle of a record's name says, in words: "median follow-up"."""
    return WORDS.get(measure, measure.replace("_", " "))


def _response(study, measure, detail):
    visit = next((visit.label for visit in study.response.visits if visit.id == measure), measure)
    return f"{lower_first(visit)}, {RESPONSE_WORDS.get(detail, detail)}"
