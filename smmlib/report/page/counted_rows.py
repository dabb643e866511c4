"""Which of the rows behind a count are those that it counts."""

from smmlib.trial.subgroups import subgroup_levels

EVENT = {"where": {"event": ["1"]}}
OF_EVENTS = ("events", "share")
WORST_GRADE = "worst_grade_"
OF_PHASES = {
    "completed": {"completed": ["1"]},
    "stopped": {"ended": ["1"], "completed": ["0"]},
    "ongoing": {"ended": ["0"]},
}


def counted_among_rows(study, key):
    """How the rows that a number counts are told from the others that it is shown with.

    Parameters
    ----------
    study : Study
    key : Key

    Returns
    -------
    dict or None
        `where`, for each column the values that a counted row has; `missing`, a column that holds nothing; `at_risk`, a
        time at which its patient is at risk; `grade`, the worst grade of its patient, None where that is not known;
        `among`, the rows of another part that the patient is in. None of a number that counts all its rows, or none.
    """
    finders = {
        "population": _of_population,
        "disposition": _of_described,
        "baseline": _of_described,
        "exposure": _of_described,
        "time_to_event": _of_times,
        "subgroups": _of_subgroups,
        "sensitivity": _of_variant,
        "response": _of_responses,
        "response_subgroups": _of_responses,
        "safety": _of_safety,
    }
    finder = finders.get(key.section)
    return finder(study, key) if finder else None


def _of_times(study, key):
    if key.measure in OF_EVENTS:
        return EVENT
    if key.measure == "competing_events":
        return {"where": {"event": ["0"], "reason": list(study.endpoints[key.endpoint].competing.values())}}
    if key.measure == "reason":
        return {"where": {"reason": [key.level]}}
    return {"at_risk": key.at} if key.measure == "at_risk" else None


def _of_subgroups(study, key):
    if key.measure == "missing":
        return {"among": without_subgroup(study, key)}
    return EVENT if key.measure == "events" else None


def _of_variant(_study, key):
    return EVENT if key.measure == "events" else None


def _of_responses(study, key):
    if key.measure == "passed_over":
        return {"where": {"passed_over": [key.level]}}
    if key.measure == "category":
        return {"where": {"response": [key.level]}}
    if key.measure == "missing":
        return {"among": without_subgroup(study, key)}
    return {"where": {"response": list(study.response_scale.responders)}} if key.measure in _RESPONDING else None


_RESPONDING = ("rate", "responders")


def without_subgroup(_study, key):
    """Rows of the subjects whose subgroup of a variable is not known."""
    return {"file": "subjects", "where": {key.factor: [""]}}


def subgroup_of_subjects(subgroup, level):
    """Rows of the subjects who are in a subgroup."""
    if not subgroup.cuts:
        return {"file": "subjects", "where": {subgroup.variable: [level]}}
    place = subgroup_levels(subgroup, {}).index(level)
    low, below = [None, *subgroup.cuts][place], [*subgroup.cuts, None][place]
    return {"file": "subjects", "where": {}, "between": [subgroup.variable, low, below]}


def _of_population(_study, key):
    steps = {"analysed": {"analysed": ["1"]}, "excluded": {"analysed": ["0"]}}
    levels = {
        "exclusion": {"exclusion_reason": [key.level]},
        "stratum": {key.factor: [key.level]},
        "adverse_event": {"affected": ["1"]},
    }
    where = (steps | levels | OF_PHASES).get(key.measure)
    return {"where": where} if where else None


def _of_described(_study, key):
    if key.measure == "missing":
        return {"missing": key.factor}
    return {"where": {key.factor: [key.level]}} if key.measure == "category" else None


def _of_safety(_study, key):
    if key.measure.startswith(WORST_GRADE):
        grade = key.measure.removeprefix(WORST_GRADE)
        return {"grade": int(grade) if grade.isdigit() else None}
    return {"where": {"affected": ["1"]}} if key.variant and key.measure in ("patients", "events") else None
