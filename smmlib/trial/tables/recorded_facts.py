"""What ADTTE says twice: the unit of AVAL, events in words, the time between dates. Each disagreement is one line."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present
from smmlib.trial.tables.accepted import acceptable
from smmlib.trial.tables.described_events import doubt_of_words
from smmlib.trial.tables.place import PLACE, as_text
from smmlib.trial.tables.problems import Contradiction, Problem
from smmlib.trial.tables.recorded_times import days_of_aval, declared, first_days, stated_units, units_of_aval
from smmlib.trial.units import DAYS_PER_UNIT

FAR, FEW_DAYS = 0.05, 3
"""How far a recorded time may be from its dates, relatively and in days: more is another unit, or another date."""
HALF_A_DAY = 0.5
MOST_ROWS = 3
"""Rows that a line shows."""
CHECK = "recorded time"
BETWEEN = "the time from STARTDT to ADT"

Found = list[tuple[str, pd.DataFrame, pd.DataFrame]]
"""Of each PARAMCD, the rows whose dates are known, and those of them that are wrong."""


def disagreements(study: Study, times: pd.DataFrame) -> tuple[list[Problem], list[str]]:
    """Where AVALU, PARAM, the dates and AVAL do not agree.

    Parameters
    ----------
    study : Study
    times : DataFrame
        Rows of ADTTE as they were read.

    Returns
    -------
    problems : list of Problem
        One for each cause, with the line of the parameters that would mend it.
    notes : list of str
        What the parameters settle already, and what is too small to be a mistake for certain.
    """
    let_through = [each.patient for each in study.data.accept if each.check == CHECK]
    times = times[~times["USUBJID"].isin(let_through)]
    problems, notes = _of_units(study, times)
    notes = [*notes, *_of_events(times)]
    if {"STARTDT", "ADT"} <= set(times):
        of_dates, said = _of_dates(study, times)
        problems, notes = [*problems, *of_dates], [*notes, *said]
    return problems, notes


def days_off(study: Study, times: pd.DataFrame) -> np.ndarray:
    """By how many days each AVAL is more than its dates say, NaN where one of them is missing.

    Returns
    -------
    ndarray of float
    """
    days = (times["ADT"] - times["STARTDT"]).dt.days.to_numpy(dtype=float)
    return days_of_aval(study, times).to_numpy() - first_days(study, times).fillna(0).to_numpy() - days


def accepted_disagreements(study: Study, times: pd.DataFrame) -> Iterator[Contradiction]:
    """Recorded times that are not those of their dates, of the patients who are let through with them.

    Yields
    ------
    Contradiction
    """
    patients = [each.patient for each in study.data.accept if each.check == CHECK]
    if patients and {"STARTDT", "ADT"} <= set(times):
        rows = times[times["USUBJID"].isin(patients)]
        for _, row in rows[np.abs(days_off(study, rows)) > HALF_A_DAY].iterrows():
            what = f"is not {BETWEEN}"
            yield Contradiction(present(study.data.times), row[PLACE], "AVAL", what, CHECK, row["USUBJID"])


def _of_units(study: Study, times: pd.DataFrame) -> tuple[list[Problem], list[str]]:
    """AVALU that is no unit of time, or is not the one that PARAM has in brackets."""
    by_avalu, by_param = stated_units(times)
    settled = times["PARAMCD"].map(lambda code: declared(study, code, "aval_unit")).notna()
    unknown = (by_avalu != "") & ~by_avalu.isin(DAYS_PER_UNIT)
    differ = ~unknown & (by_avalu != "") & (by_param != "") & (by_avalu != by_param)
    problems = []
    for value, rows in _by_value(times[unknown & ~settled], "AVALU"):
        what = f"is {value!r} {_in_rows(rows)}, but must be DAYS, WEEKS, MONTHS or YEARS: if AVAL is in days, write "
        problems.append(Problem(present(study.data.times), "", "AVALU", f"{what}data: {{aval_unit: days}}"))
    for value, rows in _by_value(times[differ & ~settled], "AVALU"):
        what = f"is {value!r}, but PARAM is {rows['PARAM'].iloc[0]!r} {_in_rows(rows)}: write which is right, "
        of = by_avalu[rows.index[0]], by_param[rows.index[0]]
        cure = f"data: {{aval_unit: {of[0]}}} or data: {{aval_unit: {of[1]}}}"
        problems.append(Problem(present(study.data.times), "", "AVALU", what + cure))
    overruled = int((settled & (unknown | differ)).sum())
    return problems, [f"AVALU is overruled by aval_unit in {overruled} rows"] if overruled else []


def _of_events(times: pd.DataFrame) -> Iterator[str]:
    for code, rows in times.groupby("PARAMCD", sort=False):
        if doubt := doubt_of_words(rows, rows["CNSR"] == 0):
            yield f"{code}: {doubt}"


def _by_value(rows: pd.DataFrame, column: str) -> Iterator[tuple[str, pd.DataFrame]]:
    if len(rows):  # without rows, the table may lack the column
        yield from ((str(value), of_value) for value, of_value in rows.groupby(column, sort=False))


def _in_rows(rows: pd.DataFrame) -> str:
    if len(rows) == 1:
        return f"in {rows[PLACE].iloc[0]}"
    more = ", ..." if len(rows) > MOST_ROWS else ""
    return f"in {len(rows)} rows ({', '.join(rows[PLACE].head(MOST_ROWS))}{more})"


def _of_dates(study: Study, times: pd.DataFrame) -> tuple[list[Problem], list[str]]:
    """AVAL and the days between its dates, with one line for all parameters that have the same cause."""
    causes: dict[str, Found] = {}
    notes = []
    for code, rows in times.groupby("PARAMCD", sort=False):
        known = rows[~np.isnan(days_off(study, rows))]
        cause, wrong = _cause(study, str(code), known)
        if cause == "a day more" and declared(study, str(code), "first_day") == 0:
            notes.append(f"{code}: AVAL is a day more than {BETWEEN}, and taken as it stands (first_day: 0)")
        elif cause:
            causes.setdefault(cause, []).append((str(code), known, wrong))
        elif cause is None:
            notes.append(f"{code}: AVAL differs by one to three days from {BETWEEN} {_in_rows(wrong)}")
    everywhere = times["PARAMCD"].nunique()
    return [_told(study, cause, found, len(found) == everywhere) for cause, found in causes.items()], notes


def _cause(study: Study, code: str, rows: pd.DataFrame) -> tuple[str | None, pd.DataFrame]:
    """What is wrong with the rows of a PARAMCD, and which of them; None where they are but a few days off."""
    if rows.empty:
        return "", rows
    first_day, off = declared(study, code, "first_day"), days_off(study, rows)
    days = (rows["ADT"] - rows["STARTDT"]).dt.days.to_numpy(dtype=float)
    if first_day != 1 and np.all(np.abs(off - 1) < HALF_A_DAY):
        return "a day more", rows
    if first_day == 1 and np.all(np.abs(off + 1) < HALF_A_DAY):
        return "no day more", rows
    if (far := _are_far(off, days)).any():
        aval = rows["AVAL"].to_numpy()
        fitting = [unit for unit, length in DAYS_PER_UNIT.items() if not _are_far(aval * length - days, days).any()]
        return fitting[0] if fitting else "other", rows[far]
    in_days = (units_of_aval(study, rows) == "days").to_numpy()  # in other units, decimals leave off days
    few = in_days & (np.abs(off) > HALF_A_DAY)
    return (None, rows[few]) if few.any() else ("", rows)


def _are_far(off: np.ndarray, days: np.ndarray) -> np.ndarray:
    return np.abs(off) > np.maximum(FAR * days, FEW_DAYS)


def _told(study: Study, cause: str, found: Found, everywhere: bool) -> Problem:
    codes = ", ".join(code for code, _, _ in found)
    write = "write data: " if everywhere else f"write of the endpoints with {codes} "
    known, wrong = pd.concat([rows for _, rows, _ in found]), pd.concat([rows for _, _, rows in found])
    of_all = f"all {len(known)} rows" if len(wrong) == len(known) > 1 else f"{len(wrong)} of {len(known)} rows"
    where = f"in {of_all} of {codes} ({'; '.join(_shown(study, wrong))})"
    units = " or ".join(sorted(set(units_of_aval(study, wrong))))
    what = {
        "a day more": f"is a day more than {BETWEEN} {where}: {write}{{first_day: 1}}, so that the day of STARTDT "
        "is day 0 of every time, or {first_day: 0} to take AVAL as it stands",
        "no day more": f"is {BETWEEN} {where}, so that it counts the start as day 0: {write}{{first_day: 0}}",
        "other": f"is not {BETWEEN} {where}: correct AVAL or the dates",
    }.get(cause, f"is {BETWEEN} in {cause}, and not in {units}, {where}: {write}{{aval_unit: {cause}}}")
    file = present(study.data.times)
    of_rows = zip(wrong[PLACE], wrong["USUBJID"], strict=True) if cause == "other" else ()
    cures = tuple(acceptable(study, file, place, patient, CHECK) for place, patient in of_rows)
    return Problem(file, "", "AVAL", what, acceptable=cures)


def _shown(study: Study, rows: pd.DataFrame) -> Iterator[str]:
    units = units_of_aval(study, rows)
    first = rows.head(MOST_ROWS).assign(unit=units)
    for _, row in first.iterrows():
        dates = f"{as_text(row['STARTDT'])} to {as_text(row['ADT'])}"
        yield f"{row[PLACE]}: {row['AVAL']:g} {row['unit']}, but {dates}"
    if len(rows) > MOST_ROWS:
        yield "..."
