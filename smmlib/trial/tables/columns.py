"""The columns that a study needs of each table, and what each must hold."""

from typing import TYPE_CHECKING

from smmlib.trial.parameters.endpoint_rules import DERIVED_DATES, DatedEndpoint
from smmlib.trial.tables.values import OneOf

if TYPE_CHECKING:
    from smmlib.trial.parameters.study import Study

REQUIRED, OPTIONAL = True, False


def needed_columns(study):
    """What a study reads of its tables.

    Parameters
    ----------
    study : Study

    Returns
    -------
    dict of str to dict of str to (str, bool)
        For each table that the study has: its variables under ADaM names, each with the kind of value it must hold and
        whether the table must have it.
    """
    columns = {
        "subjects": _subjects,
        "times": _times,
        "responses": _responses,
        "laboratory": _laboratory,
        "tumours": _tumours,
        "adverse_events": _adverse_events,
    }
    return {name: {"USUBJID": ("identifier", REQUIRED), **columns[name](study)} for name in study.data.tables}


def key_of(study, name):
    """Columns of which no two rows of a table may hold the same, or None where a patient may have several rows."""
    responses = ["USUBJID", "AVISIT" if _has_visits(study) else "ADT"]
    keys = {"subjects": ["USUBJID"], "times": ["USUBJID", "PARAMCD"], "responses": responses}
    return keys.get(name)


def date_variables(study):
    """Dates of the subject table that endpoints, phases and responses are derived from, each named once."""
    dates = []
    for endpoint in study.endpoints.values():
        if isinstance(endpoint, DatedEndpoint):
            dates += [endpoint.start, endpoint.entry, *endpoint.event, *endpoint.ends_observation, endpoint.censor]
    for phase in study.phases:
        dates += [phase.start, phase.end, phase.ongoing_until]
    dates += [study.assessments.last, study.assessments.baseline] if study.assessments else []
    dates += [study.response.start, study.response.new_therapy] if study.response else []
    return [date for date in dict.fromkeys(dates) if date is not None and date not in DERIVED_DATES]


def last_contacts(study):
    """Those of the dates that say until when a patient was followed: a cut-off shortens them, and takes away others."""
    endpoints = [endpoint for endpoint in study.endpoints.values() if isinstance(endpoint, DatedEndpoint)]
    last = [endpoint.censor for endpoint in endpoints] + [phase.ongoing_until for phase in study.phases]
    last += [study.assessments.last] if study.assessments else []
    return set(last) & set(date_variables(study))


def _subjects(study):
    columns = dict.fromkeys(date_variables(study), ("day", REQUIRED))
    columns[study.arms.variable] = ("words", REQUIRED)
    if study.randomised:
        columns.setdefault(study.randomised, ("member", REQUIRED))
    for stratum in study.strata:
        columns[stratum.variable] = ("words", REQUIRED)
    for population in study.populations.values():
        if population.flag:
            columns.setdefault(population.flag, ("member", REQUIRED))
        for variable in (population.exclusion_reason, population.arm_variable):
            if variable:
                columns[variable] = ("words", REQUIRED)
    waterfall = study.response and study.response.waterfall
    if waterfall and waterfall.variable:
        columns.setdefault(waterfall.variable, ("measurement", REQUIRED))
    return columns


def _times(study):
    dates = ("given day", REQUIRED) if study.data_cutoff else ("day", OPTIONAL)
    return {
        "PARAMCD": ("filled", REQUIRED),
        "AVAL": ("time", REQUIRED),
        "CNSR": ("event", REQUIRED),
        "EVNTDESC": ("words", OPTIONAL),
        "CNSDTDSC": ("words", OPTIONAL),
        "AVALU": ("words", OPTIONAL),
        "STARTDT": dates,
        "ADT": dates,
    }


def _has_visits(study):
    """Whether responses are counted at visits that ADRS names."""
    return study.response is not None and any(visit.visit is not None for visit in study.response.visits)


def _responses(study):
    visits = study.response.visits if study.response else []
    by_day = (
        any(visit.visit is None for visit in visits)
        or (study.assessments and study.assessments.table == "responses")
        or (study.response and study.response.swimmer)
    )
    dated = ("given day", REQUIRED) if by_day or study.data_cutoff else ("day", OPTIONAL)
    return {
        "PARAMCD": ("words", REQUIRED if study.data.responses_paramcd else OPTIONAL),
        "AVALC": (_categories(study), REQUIRED),
        "AVISIT": ("words", REQUIRED if _has_visits(study) else OPTIONAL),
        "ADT": dated,
    }


def _categories(study: "Study") -> OneOf:
    """The categories that ADRS may hold."""
    named = study.response is not None and study.response.names_scale
    advice = "" if named else ": name those of the trial under response.scale or response.categories"
    return OneOf(study.response_scale.categories, advice)


def _laboratory(_study):
    return {
        "PARAMCD": ("filled", REQUIRED),
        "ADT": ("given day", REQUIRED),
        "AVAL": ("number", REQUIRED),
        "AVALC": ("words", OPTIONAL),
        "AVALU": ("words", OPTIONAL),
        "AVISIT": ("words", OPTIONAL),
    }


def _tumours(_study: "Study") -> dict[str, tuple[str, bool]]:
    return {"PARAMCD": ("filled", REQUIRED), "ADT": ("given day", REQUIRED), "AVAL": ("number", REQUIRED)}


def _adverse_events(study):
    return {
        "AEDECOD": ("filled", REQUIRED),
        "AETOXGR": ("grade", REQUIRED),
        "AESER": ("yes or no", REQUIRED),
        "ASTDT": ("day", REQUIRED if study.data_cutoff else OPTIONAL),
    }
