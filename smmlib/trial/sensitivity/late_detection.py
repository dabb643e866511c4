"""Events moved to earlier in the interval between two assessments in which they happened."""

from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from smmlib.trial.data import Tables
from smmlib.trial.data_cutoff import cut_tables
from smmlib.trial.dates import Dated
from smmlib.trial.parameters.endpoint_rules import DEATH, DatedEndpoint
from smmlib.trial.parameters.sensitivity import LateDetection
from smmlib.trial.parameters.study import Study
from smmlib.trial.privacy import names_of
from smmlib.trial.response.histories import assessment_days
from smmlib.trial.sensitivity.reasons import with_reasons
from smmlib.trial.tables.problems import DataError, Problem
from smmlib.trial.units import days_of, in_unit

MIDDLE = 0.5
"""Share of the interval by which an event in its middle was found late."""


def detected_earlier(
    study: Study, tables: Tables, name: tuple[str, str], rows: pd.DataFrame, late: LateDetection
) -> pd.DataFrame:
    """The patients of the main analysis, with the events that assessments found moved to earlier.

    Parameters
    ----------
    study : Study
    tables : Tables
    name : (str, str)
    rows : DataFrame
        The derivation of the endpoint.
    late : LateDetection

    Returns
    -------
    DataFrame
        An event of day e, after a last assessment on day p, is on day p, or on (p + e) / 2; `end` is then the day at or
        before it. Without an assessment before it, p is the start, and with a fixed interval e less that many days, but
        never before the start. Deaths of endpoints derived from dates stay, for they are known to the day.

    Raises
    ------
    DataError
        If a reason does not occur, or the days of recorded times, and so the assessments before them, are not known.
    """
    moved = _are_moved(study, name, rows, late)
    days = days_of(rows["time"].to_numpy(dtype=float), study.time_unit)
    gap = np.where(moved, _gaps(study, tables, name, rows, moved, late, days), 0.0)
    shift = gap * (MIDDLE if late.to == "middle" else 1)
    ends = [
        end - timedelta(days=int(np.ceil(by))) if by and end is not None else end
        for by, end in zip(shift.tolist(), rows["end"], strict=True)
    ]
    told = [f"; moved {by:g} days earlier" if by else "" for by in shift.tolist()]
    return rows.assign(
        time=np.where(shift > 0, in_unit(days - shift, study.time_unit), rows["time"].to_numpy(dtype=float)),
        end=pd.Series(ends, index=rows.index, dtype=object),
        explanation=rows["explanation"] + pd.Series(told, index=rows.index),
    )


def _are_moved(study: Study, name: tuple[str, str], rows: pd.DataFrame, late: LateDetection) -> NDArray[np.bool_]:
    """Who has an event that an assessment found, in one of the arms."""
    moved = with_reasons(study, name, rows, late.reasons, events=True)
    rule = study.endpoints[name[0]]
    if isinstance(rule, DatedEndpoint) and DEATH in rule.event and not late.reasons:
        moved &= (rows["reason"] != rule.event[DEATH]).to_numpy()
    return moved & rows["arm"].isin(late.arms or [arm.id for arm in study.arms.levels]).to_numpy()


def _gaps(
    study: Study,
    tables: Tables,
    name: tuple[str, str],
    rows: pd.DataFrame,
    moved: NDArray[np.bool_],
    late: LateDetection,
    days: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Days from the last assessment before the event, or from the start, to the event."""
    if late.interval is not None:
        return np.minimum(late.interval, days)
    if rows.loc[moved, ["start", "end"]].isna().to_numpy().any():
        what = f"{'.'.join(name)} of sensitivity needs STARTDT and ADT of every event, or interval, a number of days"
        raise DataError([Problem(study.data.times or study.data.subjects, "", "", what)])
    assessed = _assessments(study, tables, name)
    gaps = np.zeros(len(rows))
    for place in np.flatnonzero(moved):
        row = rows.iloc[place]
        before = [each.day for each in assessed.get(row["patient"], []) if row["start"] < each.day < row["end"]]
        gaps[place] = (row["end"] - max(before, default=row["start"])).days
    return gaps


def _assessments(study: Study, tables: Tables, name: tuple[str, str]) -> dict[str, list[Dated]]:
    """Adequate assessments by the name that the patient has in the analysis data."""
    cut = cut_tables(study, tables, study.endpoints[name[0]].data_cutoff or study.data_cutoff)
    found = assessment_days(study, cut)
    return dict(zip(names_of(study, list(found)), found.values(), strict=True))
