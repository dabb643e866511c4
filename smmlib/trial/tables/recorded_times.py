"""Recorded times: AVAL of ADTTE turned into the unit of the study and counted from day 0.

AVAL may be in days, weeks, months or years, and may count the day of STARTDT as day 0 or as day 1. A time is what lies
between two days, so that the day of STARTDT is 0: with `first_day: 1`, AVAL less one day. The order of the patients'
times stays as it was, and with it log-rank tests and hazard ratios; medians and what is read off at a landmark change.
"""

import re

import numpy as np
import pandas as pd

from smmlib.trial.parameters.endpoint_rules import RecordedEndpoint
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present
from smmlib.trial.tables.place import PLACE
from smmlib.trial.tables.problems import Problem
from smmlib.trial.units import DAYS_PER_UNIT, in_unit

IN_BRACKETS = re.compile(r"[(\[]\s*(day|week|month|year)s?\s*[)\]]", re.IGNORECASE)
NEAR_A_WHOLE_DAY = 1e-6
"""How far from a whole number of days a time in another unit may be, by the rounding of its division."""
NEAR_DAY_0 = 0.02
"""How many days before day 0 a time may be that is day 0: day 1 is 0.99992 of a day in months of 30.44 days."""


def stated_units(times: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The units that AVALU and PARAM state.

    Parameters
    ----------
    times : DataFrame
        Rows of ADTTE.

    Returns
    -------
    by_avalu, by_param : Series of str
        "days", "weeks", "months" or "years"; "" where nothing is stated, and what AVALU holds where that is none of
        them.
    """
    nothing = pd.Series("", index=times.index)
    by_avalu = times["AVALU"].map(_unit_of_avalu) if "AVALU" in times else nothing
    by_param = times["PARAM"].map(_unit_of_param) if "PARAM" in times else nothing
    return by_avalu, by_param


def _unit_of_avalu(text: str) -> str:
    unit = f"{text.lower().removesuffix('s')}s"
    return unit if unit in DAYS_PER_UNIT else text


def _unit_of_param(text: str) -> str:
    found = IN_BRACKETS.findall(text)
    return f"{found[-1].lower()}s" if found else ""


def declared(study: Study, code: str, name: str) -> object:
    """What the parameters say of the rows of a PARAMCD: `aval_unit` or `first_day`, None where they say nothing."""
    of_endpoints = (
        getattr(endpoint, name)
        for endpoint in study.endpoints.values()
        if isinstance(endpoint, RecordedEndpoint) and endpoint.paramcd == code
    )
    return next((value for value in of_endpoints if value is not None), getattr(study.data, name))


def units_of_aval(study: Study, times: pd.DataFrame) -> pd.Series:
    """The unit of each AVAL: as declared, by AVALU, by PARAM, or else that of the study.

    Returns
    -------
    Series of str
    """
    by_avalu, by_param = stated_units(times)
    stated = by_avalu.where(by_avalu.isin(DAYS_PER_UNIT), by_param)
    units = stated.where(stated != "", study.time_unit)
    declared_units = times["PARAMCD"].map(lambda code: declared(study, code, "aval_unit"))
    return units.where(declared_units.isna(), declared_units)


def days_of_aval(study: Study, times: pd.DataFrame) -> pd.Series:
    """Each AVAL in days, as it is counted; whole days where it is one but for the rounding of a division.

    Returns
    -------
    Series of float
    """
    days = times["AVAL"] * units_of_aval(study, times).map(DAYS_PER_UNIT)
    whole = days.round()
    return days.where((days - whole).abs() > NEAR_A_WHOLE_DAY, whole)


def first_days(study: Study, times: pd.DataFrame) -> pd.Series:
    """The day that AVAL gives to STARTDT, of each row; NaN where the parameters do not say.

    Returns
    -------
    Series of float
    """
    return times["PARAMCD"].map(lambda code: declared(study, code, "first_day")).astype(float)


def turned(study: Study, times: pd.DataFrame) -> list[str]:
    """What is done to the recorded times, a line for each PARAMCD of which anything is."""
    units = units_of_aval(study, times)
    said = []
    for code, rows in times.groupby("PARAMCD", sort=False):
        others = sorted(set(units[rows.index]) - {study.time_unit})
        words = [f"from {' and '.join(others)} into {study.time_unit}"] if others else []
        words += ["less one day (first_day: 1)"] if declared(study, str(code), "first_day") == 1 else []
        said += [f"AVAL of {code} is taken {', '.join(words)}"] if words else []
    return said


def with_study_times(study: Study, times: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    """Recorded times in the unit of the study, the day of STARTDT being 0; and those that would be below 0.

    Parameters
    ----------
    study : Study
    times : DataFrame
        Rows of ADTTE as they were read.

    Returns
    -------
    times : DataFrame
        With AVAL in the unit of the study and `event`, True where CNSR is 0.
    problems : list of Problem
    """
    first, units = first_days(study, times).fillna(0), units_of_aval(study, times)
    days = days_of_aval(study, times) - first
    days = days.mask(days.between(-NEAR_DAY_0, 0), 0.0)
    as_it_is = (units == study.time_unit) & (first == 0)
    aval = times["AVAL"].where(as_it_is, in_unit(days, study.time_unit))
    early = np.flatnonzero(days < 0)
    problems = []
    if len(early):
        row = times.iloc[early[0]]
        what = (
            f"is {row['AVAL']:g}, which is less than a day, in {_rows(len(early))}, but must be a day or more where "
            f"{row['PARAMCD']} counts the start as day 1: correct it, or write first_day: 0"
        )
        problems = [Problem(present(study.data.times), row[PLACE], "AVAL", what)]
    return times.assign(AVAL=aval, event=times["CNSR"] == 0), problems


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"
