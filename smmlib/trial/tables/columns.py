"""The columns that a study needs of each table, and what each must hold."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from smmlib.trial.parameters.adverse_events import TreatmentPeriod
from smmlib.trial.parameters.covariates import Covariate
from smmlib.trial.parameters.data_files import Table
from smmlib.trial.parameters.endpoint_rules import DEATH, DERIVED_DATES, DatedEndpoint
from smmlib.trial.parameters.sensitivity_contradictions import variant_endpoints
from smmlib.trial.tables.values import Kind, OneOf

if TYPE_CHECKING:
    from smmlib.trial.parameters.study import Study

Columns = dict[str, tuple[Kind, bool]]
"""Variables of a table, each with what it must hold and whether the table must have it."""
REQUIRED, OPTIONAL = True, False
ARM_OF_RECORDS = {"TRTP": "TRT01P", "TRT01P": "TRT01P", "ARM": "ARM", "TRTPN": "TRT01PN", "TRTA": "TRT01A"}
"""Columns of other tables that repeat an arm, and where the subject table has it."""
DIED = "DTHFL"
"""ADaM's flag of patients who died."""


def needed_columns(study: "Study") -> dict[Table, Columns]:
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
    columns: dict[Table, Callable[[Study], Columns]] = {
        "subjects": _subjects,
        "times": _times,
        "responses": _responses,
        "laboratory": _laboratory,
        "tumours": _tumours,
        "exposure": _exposure,
        "adverse_events": _adverse_events,
    }
    needed = {name: {"USUBJID": ("identifier", REQUIRED), **columns[name](study)} for name in study.data.tables}
    for name in [name for name in needed if name != "subjects"]:
        for column, of_subjects in ARM_OF_RECORDS.items():
            if of_subjects in needed["subjects"]:
                needed[name].setdefault(column, ("any text", OPTIONAL))
    for filtered, conditions in study.data.where.items():
        for column in conditions if filtered in needed else ():
            needed[filtered][column] = (needed[filtered].get(column, ("any text", OPTIONAL))[0], REQUIRED)
    return needed


def key_of(study: "Study", name: Table) -> list[str] | None:
    """Columns of which no two rows of a table may hold the same, or None where a patient may have several rows."""
    responses = ["USUBJID", "AVISIT" if _has_visits(study) else "ADT"]
    code = ["USUBJID", "PARAMCD"]
    keys: dict[Table, list[str]] = {
        "subjects": ["USUBJID"],
        "times": code,
        "exposure": code,
        "responses": responses,
    }
    return keys.get(name)


def measures_of_exposure(study: "Study") -> list[Covariate]:
    """The variables that are PARAMCDs of the table of exposure.

    Parameters
    ----------
    study : Study

    Returns
    -------
    list of Covariate
    """
    return [covariate for covariate in study.covariates.values() if covariate.table == "exposure"]


def date_variables(study: "Study") -> list[str]:
    """Dates of the subject table that endpoints, phases and responses are derived from, each named once."""
    dates: list[str | None] = []
    of_variants = (endpoint for _, endpoint in variant_endpoints(study))
    for endpoint in (*study.endpoints.values(), *of_variants):
        if isinstance(endpoint, DatedEndpoint):
            dates += [endpoint.start, endpoint.entry, *endpoint.event, *endpoint.ends_observation, *endpoint.competing]
            dates += [endpoint.censor]
    for phase in study.phases:
        dates += [phase.start, phase.end, phase.ongoing_until]
    if period := treatment_period(study):
        dates += [period.start, period.end, period.observed_until]
    dates += [study.assessments.last, study.assessments.baseline] if study.assessments else []
    dates += [study.response.start, study.response.new_therapy] if study.response else []
    return [date for date in dict.fromkeys(dates) if date is not None and date not in DERIVED_DATES]


def treatment_period(study: "Study") -> TreatmentPeriod | None:
    """When patients are at risk of adverse events, where the study has them and says it; None otherwise."""
    return study.safety.treatment if study.data.adverse_events else None


def last_contacts(study: "Study") -> set[str]:
    """Those of the dates that say until when a patient was followed: a cut-off shortens them, and takes away others."""
    endpoints = [endpoint for endpoint in study.endpoints.values() if isinstance(endpoint, DatedEndpoint)]
    last: list[str | None] = [endpoint.censor for endpoint in endpoints]
    last += [phase.ongoing_until for phase in study.phases]
    last += [study.assessments.last] if study.assessments else []
    period = treatment_period(study)
    last += [period.observed_until] if period else []
    return {date for date in date_variables(study) if date in last}


def level_order_variable(covariate: Covariate) -> str | None:
    """The number that ADaM puts beside a category and that orders its levels: AGEGR1N of AGEGR1.

    Parameters
    ----------
    covariate : Covariate

    Returns
    -------
    str or None
        None for numbers, and where the parameters list the levels in their order.
    """
    return None if covariate.is_continuous or covariate.levels else f"{covariate.variable}N"


def _subjects(study: "Study") -> Columns:
    columns: Columns = dict.fromkeys(date_variables(study), ("day", REQUIRED))
    columns[study.arms.variable] = ("words", REQUIRED)
    if DEATH in columns:
        columns[DIED] = ("any text", OPTIONAL)
    if study.randomised:
        columns.setdefault(study.randomised, ("member", REQUIRED))
    for stratum in study.strata:
        columns[stratum.variable] = ("words", REQUIRED)
        columns.setdefault(f"{stratum.variable}N", ("any text", OPTIONAL))  # the number that orders its levels
    for population in study.populations.values():
        if population.flag:
            columns.setdefault(population.flag, ("member", REQUIRED))
        for variable in (population.exclusion_reason, population.arm_variable):
            if variable:
                columns[variable] = ("words", REQUIRED)
    for covariate in study.covariates.values():
        if covariate.table == "exposure":
            continue
        columns[covariate.variable] = ("measurement" if covariate.is_continuous else "words", REQUIRED)
        if order := level_order_variable(covariate):
            columns.setdefault(order, ("measurement", OPTIONAL))
    waterfall = study.response and study.response.waterfall
    if waterfall and waterfall.variable:
        columns.setdefault(waterfall.variable, ("measurement", REQUIRED))
    return columns


def _times(study: "Study") -> Columns:
    dates: tuple[Kind, bool] = ("given day", REQUIRED) if study.data_cutoff else ("day", OPTIONAL)
    return {
        "PARAMCD": ("filled", REQUIRED),
        "AVAL": ("time", REQUIRED),
        "CNSR": ("censoring", REQUIRED),
        "EVNTDESC": ("words", OPTIONAL),
        "CNSDTDSC": ("words", OPTIONAL),
        "AVALU": ("words", OPTIONAL),
        "PARAM": ("words", OPTIONAL),
        "STARTDT": dates,
        "ADT": dates,
    }


def _has_visits(study: "Study") -> bool:
    """Whether responses are counted at visits that ADRS names."""
    return study.response is not None and any(visit.visit is not None for visit in study.response.visits)


def _responses(study: "Study") -> Columns:
    visits = study.response.visits if study.response else []
    by_day = (
        any(visit.visit is None for visit in visits)
        or (study.assessments and study.assessments.table == "responses")
        or (study.response and study.response.swimmer)
    )
    dated: tuple[Kind, bool] = ("given day", REQUIRED) if by_day or study.data_cutoff else ("day", OPTIONAL)
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


def _laboratory(_study: "Study") -> Columns:
    return {
        "PARAMCD": ("filled", REQUIRED),
        "ADT": ("given day", REQUIRED),
        "AVAL": ("number", REQUIRED),
        "AVALC": ("words", OPTIONAL),
        "AVALU": ("words", OPTIONAL),
        "AVISIT": ("words", OPTIONAL),
    }


def _tumours(_study: "Study") -> Columns:
    return {"PARAMCD": ("filled", REQUIRED), "ADT": ("given day", REQUIRED), "AVAL": ("number", REQUIRED)}


def _exposure(study: "Study") -> Columns:
    kinds = {covariate.is_continuous for covariate in measures_of_exposure(study)}
    return {
        "PARAMCD": ("filled", REQUIRED),
        "AVAL": ("measurement", REQUIRED if True in kinds else OPTIONAL),
        "AVALC": ("words", REQUIRED if False in kinds else OPTIONAL),
    }


def _adverse_events(study: "Study") -> Columns:
    safety, timed = study.safety, study.safety.treatment is not None
    dated = study.data_cutoff is not None or timed
    columns: Columns = {
        "AEDECOD": ("filled", REQUIRED),
        "AETOXGR": ("grade", REQUIRED if safety.severity == "AETOXGR" else OPTIONAL),
        "AESEV": ("words", REQUIRED if safety.severity == "AESEV" else OPTIONAL),
        "AESER": ("yes or no", REQUIRED),
        "AESDTH": ("yes or no", OPTIONAL),
        "AEOUT": ("words", OPTIONAL),
        "ASTDT": ("day", REQUIRED if dated else OPTIONAL),
    }
    if safety.emergent in (None, "flag"):
        columns["TRTEMFL"] = ("yes or no", REQUIRED if safety.emergent else OPTIONAL)
    if safety.emergent == "dates":
        columns |= {"ASTDTF": ("words", OPTIONAL), "AENDT": ("day", OPTIONAL)}
        columns |= {safety.initial_grade: ("grade", REQUIRED)} if safety.initial_grade else {}
    classes = [safety.system_organ_class] if safety.system_organ_class else ["AEBODSYS", "AESOC"]
    return columns | {
        "AEREL": ("words", REQUIRED if safety.related else OPTIONAL),
        "AEACN": ("words", OPTIONAL),
        **dict.fromkeys(classes, ("words", REQUIRED if safety.system_organ_class else OPTIONAL)),
    }
