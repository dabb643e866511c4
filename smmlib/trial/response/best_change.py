"""Best change from baseline of each patient, in percent: as recorded, or from the values of a table."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from smmlib.trial.data import Tables
from smmlib.trial.data_cutoff import cut_tables
from smmlib.trial.parameters.response_scale import Waterfall
from smmlib.trial.parameters.study import Study
from smmlib.trial.population import ARM, analysed_subjects
from smmlib.trial.present import present
from smmlib.trial.privacy import names_of, without_order
from smmlib.trial.response.histories import response_histories
from smmlib.trial.response.history import progression
from smmlib.trial.response.what_counts import UP_TO_START, WhatCounts, what_counts
from smmlib.trial.tables.place import PLACE
from smmlib.trial.tables.problems import DataError, Problem

CHANGES = ("patient", "arm", "change")
"""Columns of a row a patient."""
ALL_OF_IT = -100.0
"""Percent: nothing can fall by more."""


def best_changes(study: Study, tables: Tables) -> pd.DataFrame:
    """Best change from baseline of the analysed patients of the reported arms.

    Parameters
    ----------
    study : Study
        With `response.waterfall`.
    tables : Tables

    Returns
    -------
    DataFrame
        A row a patient: `patient`, `arm`; `change`, in percent of the baseline, NaN where it is not known.

    Raises
    ------
    DataError
        If a recorded change is a fall by more than 100 percent, or a patient has two values on one day.

    Notes
    -----
    From a table, the baseline is the latest value up to the start of response, and the best change is to the lowest
    value after it: before new therapy, and no later than the day of progression. A baseline of 0 has no change.
    """
    tables = cut_tables(study, tables, study.data_cutoff)
    subjects = analysed_subjects(study, tables.subjects)
    subjects = subjects[subjects[ARM].isin([arm.id for arm in study.response_arms])]
    waterfall = present(present(study.response).waterfall)
    if waterfall.variable is not None:
        change = _recorded(study, subjects, waterfall.variable)
    else:
        found = _from_table(study, tables, waterfall)
        change = np.array([found.get(patient, np.nan) for patient in subjects.index])
    names, arms = names_of(study, subjects.index), subjects[ARM].to_numpy(dtype=str)
    return without_order(study, pd.DataFrame({"patient": names, "arm": arms, "change": change}))


def _recorded(study: Study, subjects: pd.DataFrame, variable: str) -> np.ndarray:
    wrong = subjects[subjects[variable] < ALL_OF_IT]
    if len(wrong):
        column = study.data.columns.get("subjects", {}).get(variable, variable)
        raise DataError(
            Problem(study.data.subjects, place, column, f"is {value:g}, but must be a change in percent, -100 or more")
            for place, value in zip(wrong[PLACE], wrong[variable], strict=True)
        )
    return subjects[variable].to_numpy(dtype=float)


def _from_table(study: Study, tables: Tables, waterfall: Waterfall) -> dict[str, float]:
    rows = getattr(tables, waterfall.table)
    rows = rows[(rows["PARAMCD"] == waterfall.paramcd) & rows["AVAL"].notna()].sort_values("ADT", kind="stable")
    twice = rows[rows.duplicated(["USUBJID", "ADT"])]
    if len(twice) or rows.empty:
        raise DataError(_unusable(study, waterfall, twice))
    counts, progressed = what_counts(study, tables), _days_of_progression(study, tables)
    return {
        patient: change
        for patient, values in rows.groupby("USUBJID", sort=False)
        if (change := _best(patient, values, counts, progressed.get(patient))) is not None
    }


def _unusable(study: Study, waterfall: Waterfall, twice: pd.DataFrame) -> Iterator[Problem]:
    file, code = getattr(study.data, waterfall.table), waterfall.paramcd
    for place in twice[PLACE]:
        yield Problem(file, place, "", f"{code} of the patient has another row on that day: keep one")
    if twice.empty:
        yield Problem(file, "", "PARAMCD", f"{code!r} has no value, but response.waterfall draws it")


def _days_of_progression(study: Study, tables: Tables) -> dict[str, date]:
    scale, found = study.response_scale, {}
    for patient, history in response_histories(study, tables).items():
        if (progressed := progression(history, scale.progression)) is not None:
            found[patient] = progressed.day
    return found


def _best(patient: str, values: pd.DataFrame, counts: WhatCounts, progressed: date | None) -> float | None:
    """The change to the lowest value that counts; None without one, or without a baseline to compare it with."""
    baseline, later = None, []
    for day, value in zip(values["ADT"].dt.date, values["AVAL"], strict=True):
        why_not, _ = counts.why_not(patient, day)
        if why_not == UP_TO_START:
            baseline = value
        elif not why_not and (progressed is None or day <= progressed):
            later.append(value)
    return 100 * (min(later) - baseline) / baseline if later and baseline else None
