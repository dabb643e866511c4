"""The tables as they were known at a data cut-off: what came later has not happened yet."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from smmlib.trial.data import Tables
from smmlib.trial.parameters.endpoint_rules import DEATH, LAST_ALIVE
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present
from smmlib.trial.tables.columns import date_variables, last_contacts
from smmlib.trial.tables.place import PLACE
from smmlib.trial.tables.problems import DataError, Problem
from smmlib.trial.units import DAYS_PER_UNIT, in_unit

ROWS_DATED_BY = {"responses": "ADT", "laboratory": "ADT", "tumours": "ADT", "adverse_events": "ASTDT"}
ROUNDING = 1e-3
"""Relative difference that recorded times may have from their dates, because they were printed."""


def cut_tables(study: Study, tables: Tables, cutoff: date | None) -> Tables:
    """The tables cut at a day, which itself still counts.

    Patients randomised later are left out, and so are later rows. A later date of the subject table becomes unknown; a
    later last contact becomes the cut-off, for the patient was followed that far, and so does the last day alive of one
    who died later.

    Parameters
    ----------
    study : Study
    tables : Tables
    cutoff : date or None

    Returns
    -------
    Tables

    Raises
    ------
    DataError
        If recorded times cannot be cut, because they do not follow from their dates.
    """
    return tables if cutoff is None else tables.once(study, ("cut", cutoff), lambda: _cut(study, tables, cutoff))


def _cut(study: Study, tables: Tables, cutoff: date) -> Tables:
    day = pd.Timestamp(cutoff)
    subjects = _cut_subjects(study, tables.subjects, day)
    cut = {}
    for name, variable in ROWS_DATED_BY.items():
        rows = getattr(tables, name)
        if rows is not None:
            cut[name] = rows[rows["USUBJID"].isin(subjects.index) & ~(rows[variable] > day)]
    if tables.times is not None:
        times = tables.times[tables.times["USUBJID"].isin(subjects.index)]
        cut["times"] = _cut_times(study, times, day)
    return replace(tables, subjects=subjects, **cut)


def _cut_subjects(study: Study, subjects: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    variable = present(study.randomised)
    randomised = subjects[variable]
    if randomised.dtype.kind != "M":
        what = f"must be the date of randomisation: {variable} does not say who was randomised by the data cut-off"
        raise DataError([Problem(study.data.subjects, "", variable, what)])
    subjects = subjects[~(randomised > day)].copy()
    if LAST_ALIVE in subjects and DEATH in subjects:
        subjects.loc[subjects[DEATH] > day, LAST_ALIVE] = day
    contacts = last_contacts(study)
    for dated in date_variables(study):
        later = subjects[dated] > day
        subjects.loc[later, dated] = day if dated in contacts else pd.NaT
    return subjects


def _cut_times(study: Study, times: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Recorded times: one that ends later is censored at the cut-off, counted as its parameter counts its days."""
    later = times["ADT"] > day
    if not later.any():
        return times
    parts = [_with_first_day(study, rows) for _, rows in times.groupby("PARAMCD", sort=False)]
    cut = pd.concat(parts).loc[times.index]
    cut = cut[cut["STARTDT"] <= day].copy()
    later = cut["ADT"] > day
    until = (day - cut["STARTDT"]).dt.days + cut.pop("first_day")
    cut.loc[later, "AVAL"] = in_unit(until[later], study.time_unit)
    cut.loc[later, "event"] = False
    cut.loc[later, "ADT"] = day
    cut["CNSDTDSC"] = np.where(later, "data cut-off", cut.get("CNSDTDSC", ""))
    return cut


def _with_first_day(study: Study, times: pd.DataFrame) -> pd.DataFrame:
    """Times of one parameter, with the day that they give to STARTDT; refused if they are not those of their dates."""
    days = (times["ADT"] - times["STARTDT"]).dt.days.to_numpy(dtype=float)
    recorded = times["AVAL"].to_numpy() * DAYS_PER_UNIT[study.time_unit]
    for first_day in (0, 1):
        if np.allclose(recorded, days + first_day, rtol=ROUNDING, atol=0.5):
            return times.assign(first_day=first_day)
    wrong = times[~np.isclose(recorded, days, rtol=ROUNDING, atol=0.5)].iloc[0]
    what = (
        f"is {wrong['AVAL']:g} {study.time_unit}, which is not the time from STARTDT to ADT, so the data cut-off "
        "cannot shorten it: give endpoints by dates"
    )
    raise DataError([Problem(present(study.data.times), wrong[PLACE], "AVAL", what)])
