"""Which rows of the analysis data a number rests on."""

from smmlib.report.page.counted_rows import counted_among_rows, subgroup_of_subjects
from smmlib.trial.analysis_data import COLUMNS

OF_SUBJECTS = COLUMNS["subjects"]
"""Columns that are shown of subjects, whose other columns describe them; of a number about one of these, that too."""


def rows_of(study, key):
    """Where the patients of a number are.

    Parameters
    ----------
    study : Study
    key : Key

    Returns
    -------
    dict or None
        `file`, the name of a part of the analysis data; `where`, for each column the values that its rows have;
        `filled`, a column that must hold something; `columns`, where only some are shown; `among`, where the patients
        are those of some rows of another part, the same of that part; `counted`, how the rows that a count counts are
        told from the others. None where no part holds them.
    """
    finders = {
        "population": _of_population,
        "disposition": _of_described,
        "baseline": _of_described,
        "exposure": _of_described,
        "time_to_event": _of_times,
        "multiple_testing": _of_times,
        "subgroups": _of_times,
        "response": _of_responses,
        "response_subgroups": _of_responses,
        "safety": _of_safety,
        "sensitivity": _of_variant,
    }
    finder = finders.get(key.section)
    found = finder(study, key) if finder else None
    counted = counted_among_rows(study, key) if found else None
    return found | {"counted": counted} if counted else found


def _arms(key, column="arm"):
    arms = [arm for arm in (key.arm, key.reference) if arm]
    return {column: arms} if arms else {}


def _of_times(study, key):
    if key.measure == "reason":  # one is that the endpoint leaves a patient out, who then has no time
        return {"file": "times", "where": {"endpoint": [key.endpoint], **_arms(key)}}
    found = {"file": "times", "where": {"endpoint": [key.endpoint], **_arms(key)}, "filled": "time"}
    return found | _among_subgroup(study, key)


def _of_responses(study, key):
    if key.measure == "passed_over":
        return {"file": "assessments", "where": _arms(key)}
    found = {"file": "responses", "where": {"visit": [key.phase], **_arms(key)}}
    return found | (_among_subgroup(study, key) if key.section == "response_subgroups" else {})


def _among_subgroup(study, key):
    """The patients of a subgroup; of all subgroups of a variable those who belong to one."""
    subgroup = next((each for each in study.subgroups if each.variable == key.factor), None)
    if key.section not in ("subgroups", "response_subgroups") or subgroup is None or not key.level:
        return {}
    return {"among": subgroup_of_subjects(subgroup, key.level)}


def _of_population(study, key):
    if key.measure in ("started", "completed", "stopped", "ongoing", "length"):
        return {"file": "exposure", "where": {"phase": [key.phase]}}
    if key.measure == "follow_up":
        without_event = {"event": ["0"]} if key.variant else {}
        return {"file": "times", "where": {"endpoint": [study.follow_up.endpoint], **without_event}, "filled": "time"}
    if key.measure == "adverse_event":
        return {"file": "adverse_events", "where": {"kind": [key.variant], "term": [key.level], **_arms(key)}}
    if key.measure == "counted_in":
        return _of_counted_in(study, key)
    if key.measure == "stratum":
        return _of_subjects({"analysed": ["1"], **_arms(key)}, key.factor)
    if key.measure == "exclusion":
        return _of_subjects({"analysed": ["0"], **_arms(key, "randomised_arm")})
    return _of_subjects(_arms(key, "arm" if key.measure == "analysed" else "randomised_arm"))


def _of_counted_in(study, key):
    randomised = {"randomised_arm": [key.arm]}
    if key.factor == study.population:
        return _of_subjects({"analysed": ["1"], "arm": [key.level], **randomised})
    if key.factor == study.safety_population:
        return _of_subjects({"safety_arm": [key.level], **randomised})
    endpoint = next(name for name, each in study.endpoints.items() if each.population == key.factor)
    among = {"file": "subjects", "where": randomised}
    return {"file": "times", "where": {"endpoint": [endpoint], "arm": [key.level]}, "among": among}


def _of_described(study, key):
    characteristic = next(each for each in study.described[key.section] if each.variable == key.factor)
    is_of_known = characteristic.is_continuous and key.measure not in ("missing", "patients")
    column = "safety_arm" if key.section == "exposure" else "arm"
    where = _arms(key, column) or ({} if column == "safety_arm" else {"analysed": ["1"]})
    found = _of_subjects(where, key.factor)
    return found | ({"filled": key.factor} if is_of_known else {})


def _of_subjects(where, *further):
    return {"file": "subjects", "where": where, "columns": [*OF_SUBJECTS, *further]}


def _of_safety(_study, key):
    if key.measure == "population":
        return {"file": "safety_population", "where": _arms(key)}
    if key.factor:
        term = {"term": [key.level]} if key.level else {}
        return {"file": "adverse_event_terms", "where": {"system_organ_class": [key.factor], **term, **_arms(key)}}
    return {"file": "adverse_events", "where": {"kind": [key.variant], "term": [""], **_arms(key)}}


def _of_variant(study, key):
    if key.endpoint not in study.endpoints:
        return None
    variant = {"variant": [key.variant]} if key.variant else {}
    file = "sensitivity_times" if key.variant else "times"
    return {"file": file, "where": {"endpoint": [key.endpoint], **variant, **_arms(key)}, "filled": "time"}
