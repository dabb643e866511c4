"""The event table: everything that Kaplan-Meier, log-rank and Cox estimates on an arm need to know.

For each distinct time, in each stratum, it holds the patients at risk, the events and the censorings of each
group. Events precede censorings at a tied time, so those censored at a time are still at risk then.
"""

from dataclasses import dataclass
from decimal import Decimal
from numbers import Real

import numpy as np

TIE_TOLERANCE = float(np.sqrt(np.finfo(float).eps))


@dataclass(frozen=True, eq=False)
class EventTable:
    """Counts by distinct time.

    Attributes
    ----------
    time : ndarray, shape (k,)
        Distinct times, increasing within a stratum.
    stratum : ndarray of int, shape (k,)
        Stratum of each row, 0, 1, ...
    at_risk, events, censored : ndarray of int, shape (groups, k)
        Patients of each group at risk just before the time, with the event at it, censored at it.
    """

    time: np.ndarray
    stratum: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray
    censored: np.ndarray


def event_table(time, event, group=None, strata=None):
    """Sort once and count by distinct time.

    Parameters
    ----------
    time : array-like, shape (n,)
        Times from the start to the event or to censoring, zero or more, in any one unit.
    event : array-like, shape (n,)
        True or 1 where the event was observed, False or 0 where the time is censored.
    group : array-like of int, shape (n,), optional
        Group of each patient, 0, 1, ...; one group when left out.
    strata : array-like, shape (n,), optional
        Stratum of each patient, any labels; one stratum when left out.

    Returns
    -------
    EventTable

    Raises
    ------
    ValueError
        If lengths differ, a time is negative or not finite, an event is not boolean or 0/1, or a stratum is
        missing.
    """
    time = check_times(time)
    event = check_indicator(event, "event", len(time))
    group = np.zeros(len(time), dtype=np.intp) if group is None else np.asarray(group, dtype=np.intp)
    stratum = _stratum_codes(strata, len(time))
    order = np.lexsort((time, stratum))
    time, event, group, stratum = merge_ties(time[order]), event[order], group[order], stratum[order]
    first = np.ones(len(time), dtype=bool)
    first[1:] = (np.diff(time) != 0) | (np.diff(stratum) != 0)
    row = np.cumsum(first) - 1
    rows, groups = int(row[-1]) + 1, int(group.max()) + 1
    cell = group * rows + row
    leaving = np.bincount(cell, minlength=groups * rows).reshape(groups, rows)
    events = np.bincount(cell[event], minlength=groups * rows).reshape(groups, rows)
    return EventTable(
        time=time[first],
        stratum=stratum[first],
        at_risk=_at_risk(leaving, stratum[first]),
        events=events,
        censored=leaving - events,
    )


def _at_risk(leaving, stratum):
    """Patients who leave at this time or later, within the stratum."""
    later = np.cumsum(leaving[:, ::-1], axis=1)[:, ::-1]
    next_stratum = np.searchsorted(stratum, stratum, side="right")
    padded = np.concatenate([later, np.zeros((len(later), 1), dtype=later.dtype)], axis=1)
    return later - padded[:, next_stratum]


def merge_ties(time):
    """Give times that differ by rounding error alone one value, as R's `aeqSurv` does.

    `time` is sorted within strata; a tie is decided over all of them, so that it does not depend on the
    strata.
    """
    distinct = np.unique(time)
    if len(distinct) < 2:
        return time
    apart = np.concatenate([[True], np.diff(distinct) > _tie_tolerance(distinct)])
    if apart.all():
        return time
    kept = distinct[apart]
    return kept[np.searchsorted(kept, time, side="right") - 1]


def snap_to_ties(times, observed):
    """Give times that differ from an observed one by rounding error alone its value.

    So a landmark at an event finds it, whether or not both were divided by the same number of days.
    `observed` holds distinct times, increasing.
    """
    tolerance = _tie_tolerance(observed)
    nearest = observed[np.minimum(np.searchsorted(observed, times - tolerance), len(observed) - 1)]
    return np.where(np.abs(nearest - times) <= tolerance, nearest, times)


def _tie_tolerance(distinct):
    return TIE_TOLERANCE * max(1.0, float(np.mean(distinct)))


def check_times(time, name="time"):
    """Times as floats, or a ValueError that names the first that is not a time."""
    given = np.asarray(time)
    if given.ndim != 1 or not len(given):
        raise ValueError(f"{name} must be one-dimensional and hold at least one time, but has shape {given.shape}.")
    values = _as_floats(given)
    bad = np.flatnonzero(~np.isfinite(values) | (values < 0))
    if len(bad):
        raise ValueError(f"{name}[{bad[0]}] is {_shown(given[bad[0]])}: a time is a finite number, zero or more.")
    return values


def check_landmark(time):
    """One time as a float, or a ValueError that names it."""
    value = _as_floats(np.asarray(time))
    if value.shape or not 0 <= value < np.inf:
        raise ValueError(f"time is {_shown(time)}: a landmark is one finite number, zero or more.")
    return float(value)


def check_indicator(indicator, name, length):
    """A boolean array, or a ValueError that names the first value that is neither boolean nor 0/1."""
    values = np.asarray(indicator)
    if values.shape != (length,):
        raise ValueError(f"{name} has shape {values.shape}, but time has {length} patients: give one value a patient.")
    if values.dtype == bool:
        return values
    numbers = _as_floats(values, booleans=True)
    bad = np.flatnonzero((numbers != 0) & (numbers != 1))
    if len(bad):
        raise ValueError(f"{name}[{bad[0]}] is {_shown(values[bad[0]])}: code it as True/False or as 1/0.")
    return numbers.astype(bool)


def check_conf_level(conf_level):
    """The confidence level, or a ValueError when it is not between 0 and 1."""
    if not isinstance(conf_level, Real) or not 0 < conf_level < 1:
        raise ValueError(f"conf_level is {_shown(conf_level)}: give a number between 0 and 1, such as 0.95.")
    return float(conf_level)


def _stratum_codes(strata, length):
    """Strata as 0, 1, ...; a missing label is refused, because a patient belongs to exactly one."""
    if strata is None:
        return np.zeros(length, dtype=np.intp)
    labels = np.asarray(strata, dtype=object)
    if labels.shape != (length,):
        raise ValueError(f"strata has shape {labels.shape}, but time has {length} patients: give one label a patient.")
    for index, label in enumerate(labels):
        if _is_missing(label):
            raise ValueError(f"strata[{index}] is {_shown(label)}: every patient must belong to a stratum.")
    codes = {label: code for code, label in enumerate(sorted(set(labels), key=str))}
    return np.array([codes[label] for label in labels], dtype=np.intp)


def _is_missing(label):
    """None, NaN, NaT or pandas' NA, whose comparisons have no truth value."""
    try:
        return label is None or bool(label != label)
    except TypeError:
        return True


def _as_floats(values, booleans=False):
    """Numbers as floats, NaN for what is no number: text, dates and durations are not read as one."""
    if values.dtype.kind in "iuf":
        return values.astype(float)
    if values.dtype.kind not in "Ob":
        return np.full(values.shape, np.nan)
    return np.array([_as_float(value, booleans) for value in values.flat], dtype=float).reshape(values.shape)


def _as_float(value, booleans):
    if isinstance(value, (bool, np.bool_)):
        return float(value) if booleans else np.nan
    return float(value) if isinstance(value, (Real, Decimal)) else np.nan


def _shown(value):
    """A value as the caller typed it: 2, not np.int64(2)."""
    return repr(value.item() if isinstance(value, np.generic) else value)
