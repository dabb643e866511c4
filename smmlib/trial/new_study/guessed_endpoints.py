"""Endpoints from ADTTE: a parameter each, its unit, its events, and the times of its axis."""

import math
import re
from dataclasses import dataclass

import pandas as pd

from smmlib.trial.new_study.found_tables import FoundTables
from smmlib.trial.new_study.guessed_arms import GuessedArms
from smmlib.trial.new_study.guessed_events import doubt_of_events, events_cannot_be_counted, has_event
from smmlib.trial.new_study.guessed_rows import GuessedRows, guess_rows
from smmlib.trial.new_study.sentence_case import sentence_case

UNITS = {"days": "days", "day": "days", "weeks": "weeks", "week": "weeks", "months": "months", "month": "months"}
UNITS |= {"years": "years", "year": "years"}
IN_PARAM = re.compile(r"\s*\((days?|weeks?|months?|years?)\)\s*$", re.IGNORECASE)
STEPS = {
    "days": (7, 14, 30, 60, 90, 180, 365, 730),
    "weeks": (1, 2, 4, 8, 12, 26, 52, 104),
    "months": (1, 2, 3, 6, 12, 24),
    "years": (0.25, 0.5, 1, 2, 5),
}
"""Steps of an axis that readers are used to."""
MOST_STEPS = 7
SURVIVAL_CODES = ("OS", "OSALL", "DEATH", "OVS")


@dataclass(frozen=True)
class GuessedEndpoint:
    """An endpoint as the parameters will name it.

    Attributes
    ----------
    id, paramcd, label, event_label : str
    patients, events : int
        Of those in the arms.
    unit : str or None
        Unit of AVAL; None where nothing tells it.
    first_day : int or None
        1 where AVAL counts the day of the start as day 1, 0 where it counts it as day 0; None where no dates tell.
    longest : float
        Longest AVAL.
    uncounted : str
        Why the events cannot be counted; empty where they can.
    doubt : str
        Why those counted may not be the events; empty where nothing speaks against it.
    """

    id: str
    paramcd: str
    label: str
    event_label: str
    patients: int
    events: int
    unit: str | None
    first_day: int | None
    longest: float
    uncounted: str
    doubt: str


def guess_endpoints(tables: FoundTables, arms: GuessedArms) -> tuple[list[GuessedEndpoint], GuessedRows]:
    """Endpoints of patients of every arm, in the order in which ADTTE has them, and which of its rows count.

    Returns
    -------
    endpoints : list of GuessedEndpoint
        Overall survival first.
    counted : GuessedRows
    """
    if "times" not in tables.frames or not tables.has("times", "PARAMCD"):
        return [], GuessedRows(tables.frames.get("times", pd.DataFrame()), {}, [])
    rows = tables.frames["times"]
    arm = rows["USUBJID"].map(tables.frames["subjects"].drop_duplicates("USUBJID").set_index("USUBJID")[arms.variable])
    codes = _of_all_arms(_codes_with_times(rows), arm, arms)
    counted = guess_rows(rows[rows["PARAMCD"].isin(codes)])
    inside = counted.rows[arm[counted.rows.index].isin(arms.values)]
    found = [_endpoint(inside[inside["PARAMCD"] == code], code) for code in inside["PARAMCD"].unique()]
    return sorted(found, key=lambda endpoint: endpoint.paramcd.upper() not in SURVIVAL_CODES), counted


def _codes_with_times(rows: pd.DataFrame) -> pd.Series:
    """PARAMCD of each row, "" of those whose time is missing."""
    return rows["PARAMCD"].where(rows["AVAL"] != "", "") if "AVAL" in rows else rows["PARAMCD"]


def _of_all_arms(codes: pd.Series, arm: pd.Series, arms: GuessedArms) -> list[str]:
    return [str(code) for code, there in arm.groupby(codes) if code and set(arms.values) <= set(there)]


def common_unit(endpoints: list[GuessedEndpoint]) -> str:
    """The unit that most endpoints are in; days where none tells."""
    units = [endpoint.unit for endpoint in endpoints if endpoint.unit]
    return max(units, key=units.count) if units else "days"


def axis_times(longest: float, unit: str) -> list[float]:
    """Times of an axis from 0 to the longest time, in familiar steps."""
    step = next((step for step in STEPS[unit] if longest / step <= MOST_STEPS), None)
    if step is None:
        step = STEPS[unit][-1] * math.ceil(longest / MOST_STEPS / STEPS[unit][-1])
    return [step * number for number in range(max(1, math.ceil(longest / step)) + 1)]


def _endpoint(rows: pd.DataFrame, code: str) -> GuessedEndpoint:
    label = rows["PARAM"].iloc[0] if "PARAM" in rows and rows["PARAM"].iloc[0] else code
    times = pd.to_numeric(rows.get("AVAL", pd.Series(dtype=str)), errors="coerce")
    happened = has_event(rows)
    described = rows.loc[happened, "EVNTDESC"] if "EVNTDESC" in rows else pd.Series(dtype=str)
    events = described[described != ""].value_counts()
    unit, first_day = _unit(rows, times)
    return GuessedEndpoint(
        id=re.sub("[^a-z0-9]+", "-", code.lower()).strip("-"),
        paramcd=code,
        label=sentence_case(IN_PARAM.sub("", label)),
        event_label=sentence_case(str(events.index[0])) if len(events) else "Event",
        patients=int(rows["USUBJID"].nunique()),
        events=int(happened.sum()),
        unit=unit,
        first_day=first_day,
        longest=float(times.max()) if times.notna().any() else 1.0,
        uncounted=events_cannot_be_counted(rows),
        doubt=doubt_of_events(rows),
    )


def _unit(rows: pd.DataFrame, times: pd.Series) -> tuple[str | None, int | None]:
    """The unit of AVAL, by AVALU, PARAM or the dates; and which day the start is, by the dates."""
    first_day = _first_day(rows, times)
    said = set(rows["AVALU"]) - {""} if "AVALU" in rows else set()
    if len(said) == 1 and (unit := UNITS.get(said.pop().lower())):
        return unit, first_day
    if "PARAM" in rows and (named := IN_PARAM.search(rows["PARAM"].iloc[0])):
        return UNITS[named[1].lower()], first_day
    return ("days" if first_day is not None else None), first_day


def _first_day(rows: pd.DataFrame, times: pd.Series) -> int | None:
    """Which day the start counts as, where AVAL is whole days between STARTDT and ADT."""
    if not {"STARTDT", "ADT"} <= set(rows):
        return None
    start, end = (pd.to_datetime(rows[name].str[:10], errors="coerce") for name in ("STARTDT", "ADT"))
    differences = (times - (end - start).dt.days).dropna()
    for day in (0, 1):
        if len(differences) and (differences == day).mean() > 0.5:
            return day
    return None
