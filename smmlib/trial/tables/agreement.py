"""What must hold between the columns of the subject table, and between the tables."""

import numpy as np
import pandas as pd

from smmlib.trial.parameters.endpoint_rules import DEATH
from smmlib.trial.tables.columns import date_variables
from smmlib.trial.tables.problems import Problem
from smmlib.trial.tables.reading import PLACE, shown


def is_randomised(study, subjects):
    """Which rows of the subject table are randomised patients, whose variable is filled and not N.

    Returns
    -------
    ndarray of bool
    """
    if study.randomised is None:
        return np.ones(len(subjects), dtype=bool)
    filled = subjects[study.randomised]
    return filled.notna().to_numpy() if filled.dtype.kind == "M" else filled.to_numpy(dtype=bool)


def problems_of_subjects(study, subjects):
    """Unknown arms, missing strata and dates in an order that cannot be, among the randomised.

    Returns
    -------
    list of Problem
    """
    randomised = subjects[is_randomised(study, subjects)]
    if randomised.empty:
        return [Problem(study.data.subjects, "", study.randomised or "", "names nobody as randomised")]
    return [*_of_arms(study, randomised), *_of_strata(study, randomised), *_of_order(study, randomised)]


def problems_between_tables(study, tables):
    """Rows of patients who are not in the subject table: a misspelt identifier would lose its patient.

    Returns
    -------
    list of Problem
    """
    known = tables["subjects"]["USUBJID"]
    problems = []
    for name in [name for name in tables if name != "subjects"]:
        strange = tables[name][~tables[name]["USUBJID"].isin(known)]
        for place, patient in zip(strange[PLACE], strange["USUBJID"], strict=True):
            what = f"is {shown(study, 'USUBJID', patient)}, but must be a patient of the subject table"
            problems.append(Problem(getattr(study.data, name), place, "USUBJID", what))
    return problems


def _of_arms(study, subjects):
    values = [arm.value for arm in study.arms.both]
    expected = f"must be {' or '.join(map(repr, values))}"
    yield from _wrong(study, subjects, ~subjects[study.arms.variable].isin(values), study.arms.variable, expected)
    for population in study.populations.values():
        if population.arm_variable:
            unknown = ~subjects[population.arm_variable].isin([*values, ""])
            yield from _wrong(study, subjects, unknown, population.arm_variable, f"{expected} or nothing")


def _of_strata(study, subjects):
    for stratum in study.strata:
        blank = subjects[stratum.variable] == ""
        yield from _wrong(study, subjects, blank, stratum.variable, "must be a level: every patient has a stratum")


def _of_order(study, subjects):
    """Nothing is dated after death, and no phase of treatment ends before it begins."""
    dates = date_variables(study)
    for variable in dates if DEATH in dates else []:
        late = subjects[variable] > subjects[DEATH]
        yield from _wrong(study, subjects, late, variable, f"must be no later than {DEATH}, when the patient died")
    for phase in study.phases:
        reversed_ = subjects[phase.end] < subjects[phase.start]
        yield from _wrong(study, subjects, reversed_, phase.end, f"must be no earlier than {phase.start}")


def _wrong(study, subjects, wrong, variable, expected):
    given = study.data.columns.get("subjects", {}).get(variable, variable)
    rows = subjects[wrong.to_numpy()]
    for place, value in zip(rows[PLACE], rows[variable], strict=True):
        text = f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else value
        yield Problem(study.data.subjects, place, given, f"is {text!r}, but {expected}")
