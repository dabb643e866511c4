"""The event table: everything that Kaplan-Meier, log-rank and Cox estimates on an arm need to know.

For each distinct time, in each stratum, it holds the patients at risk, the events and the censorings of each
group. Events precede censorings at a tied time, so those censored at a time are still at risk then.
"""

from dataclasses import dataclass

import numpy as np

from smmlib.stats.checks import check_indicator, check_strata, check_times

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
    stratum = np.zeros(len(time), dtype=np.intp) if strata is None else check_strata(strata, len(time))
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
