"""Endpoints from ADTTE: a parameter each, its unit, its events, and the times of its axis."""

import math
import re
from dataclasses import dataclass

import pandas as pd

from smmlib.plain_text import lower_first
from smmlib.trial.new_study.found_tables import FoundTables
from smmlib.trial.new_study.guessed_arms import GuessedArms
from smmlib.trial.new_study.guessed_events import doubt_of_events, events_cannot_be_counted, has_event
from smmlib.trial.new_study.guessed_rows import GuessedRows, guess_rows
from smmlib.trial.new_study.sentence_case import sentence_case
from smmlib.trial.units import DAYS_PER_UNIT, TimeUnit

UNITS: dict[str, TimeUnit] = {
    "days": "days",
    "day": "days",
    "weeks": "weeks",
    "week": "weeks",
    "months": "months",
    "month": "months",
}
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
A_LITTLE = 0.4
"""Days by which decimals of a time in months may move it."""
SURVIVAL_CODES = ("OS", "OSALL", "DEATH", "OVS")
MOST_EVENTS, LONGEST_EVENT = 3, 60
"""Descriptions that the name of an event joins, and letters that it has."""


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
    unit_by_dates : bool
        Whether the dates alone tell the unit.
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
    unit: TimeUnit | None
    unit_by_dates: bool
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
    codes = [code for code in _of_all_arms(_codes_with_times(rows), arm, arms) if code not in no_times(tables)]
    counted = guess_rows(rows[rows["PARAMCD"].isin(codes)])
    inside = counted.rows[arm[counted.rows.index].isin(arms.values)]
    found = [_endpoint(inside[inside["PARAMCD"] == code], code) for code in inside["PARAMCD"].unique()]
    return sorted(found, key=lambda endpoint: not is_survival(endpoint.paramcd)), counted


def no_times(tables: FoundTables) -> dict[str, str]:
    """PARAMCD of what AVALU says is no time, each with the unit that it has."""
    units = tables.column("times", "AVALU")
    has_a_time = units.str.lower().isin({*UNITS, ""})
    by_code = units.groupby(tables.column("times", "PARAMCD"))
    return {str(code): str(held.iloc[0]) for code, held in by_code if code and not has_a_time[held.index].any()}


def _codes_with_times(rows: pd.DataFrame) -> pd.Series:
    """PARAMCD of each row, "" of those whose time is missing."""
    return rows["PARAMCD"].where(rows["AVAL"] != "", "") if "AVAL" in rows else rows["PARAMCD"]


def _of_all_arms(codes: pd.Series, arm: pd.Series, arms: GuessedArms) -> list[str]:
    return [str(code) for code, there in arm.groupby(codes) if code and set(arms.values) <= set(there)]


def common_unit(endpoints: list[GuessedEndpoint]) -> TimeUnit:
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
    unit, first_day, by_dates = _unit(rows, times)
    return GuessedEndpoint(
        id=re.sub("[^a-z0-9]+", "-", code.lower()).strip("-"),
        paramcd=code,
        label=sentence_case(IN_PARAM.sub("", label)),
        event_label=_event_label(rows[happened]) or ("Death" if is_survival(code) else "Event"),
        patients=int(rows["USUBJID"].nunique()),
        events=int(happened.sum()),
        unit=unit,
        unit_by_dates=by_dates,
        first_day=first_day,
        longest=float(times.max()) if times.notna().any() else 1.0,
        uncounted=events_cannot_be_counted(rows),
        doubt=doubt_of_events(rows),
    )


def is_survival(code: str) -> bool:
    """Whether a PARAMCD is that of overall survival."""
    return code.upper() in SURVIVAL_CODES


def _event_label(rows: pd.DataFrame) -> str:
    """What EVNTDESC calls the events, the commonest first; empty where it says nothing, or too much for a name."""
    if "EVNTDESC" not in rows:
        return ""
    described = rows["EVNTDESC"][rows["EVNTDESC"] != ""].value_counts().index.map(str)
    first, *others = [sentence_case(each) for each in described] or [""]
    joined = " or ".join([first, *map(lower_first, others)])
    return joined if len(others) < MOST_EVENTS and len(joined) <= LONGEST_EVENT else ""


def _unit(rows: pd.DataFrame, times: pd.Series) -> tuple[TimeUnit | None, int | None, bool]:
    """The unit of AVAL, by AVALU, PARAM or the dates; which day the start is; whether the dates alone told the unit."""
    stated = _stated_unit(rows)
    unit, first_day = _by_dates(rows, times, [stated] if stated else list(DAYS_PER_UNIT))
    return stated or unit, first_day, stated is None and unit is not None


def _stated_unit(rows: pd.DataFrame) -> TimeUnit | None:
    said = set(rows["AVALU"]) - {""} if "AVALU" in rows else set()
    if len(said) == 1 and (unit := UNITS.get(said.pop().lower())):
        return unit
    named = IN_PARAM.search(rows["PARAM"].iloc[0]) if "PARAM" in rows else None
    return UNITS[named[1].lower()] if named else None


def _by_dates(rows: pd.DataFrame, times: pd.Series, units: list[TimeUnit]) -> tuple[TimeUnit | None, int | None]:
    """The first unit in which most times are those between STARTDT and ADT, or a day more; and which of the two."""
    if not {"STARTDT", "ADT"} <= set(rows):
        return None, None
    start, end = (pd.to_datetime(rows[name].str[:10], errors="coerce") for name in ("STARTDT", "ADT"))
    days = (end - start).dt.days
    for unit in units:
        more = (times * DAYS_PER_UNIT[unit] - days).dropna()
        for day in (0, 1):
            if len(more) and ((more - day).abs() < A_LITTLE).mean() > 0.5:
                return unit, day
    return None, None
