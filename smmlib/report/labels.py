"""The name of a record in a reader's words."""

SECTIONS = {"population": "Patients", "response": "Response"}


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
    run, *parts = name.split(".")
    arms = {arm.id for arm in study.arms.both}
    what = _what(study, run, [part for part in parts if part not in arms])
    of_arm = f", {result.arm}" if result.arm and any(part in arms for part in parts) else ""
    return f"{_subject(study, run)}: {what}{of_arm}"


def _subject(study, run):
    return study.endpoints[run].label if run in study.endpoints else SECTIONS.get(run, run)


def _what(study, run, parts):
    """What was measured, from the middle of a record's name."""
    measure, *details = parts
    at = f" at {details[0]} {study.time_unit}" if details and details[0].replace(".", "").isdigit() else ""
    stratified = ", stratified" if "stratified" in details else ""
    if measure == "survival":
        return f"{study.endpoints[run].curve_label.lower()}{at}"
    if run == "response" and study.response:
        return _response(study, measure, details)
    words = {
        "follow_up": "median follow-up",
        "logrank": "log-rank test",
        "survival_difference": "difference of survival",
        "at_risk": "number at risk",
    }
    phases = {phase.id: phase.label.lower() for phase in study.phases}
    text = words.get(measure) or phases.get(measure) or measure.replace("_", " ")
    rest = "" if at or stratified else "".join(f" {detail}" for detail in details)
    return f"{text}{at}{stratified}{rest}"


def _response(study, measure, details):
    visit = next((visit.label for visit in study.response.visits if visit.id == measure), measure)
    kind = details[0] if details else "partial response or better"
    return f"{visit[0].lower()}{visit[1:]}, {'Wilson interval' if kind == 'wilson' else kind}"
