"""The event table by cause: who is at risk, who has the event of one cause, and who that of another."""

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.checks import check_causes, check_times
from smmlib.stats.event_table import EventTable, event_table
from smmlib.stats.types import Codes, Counts, Floats, Integers, Labels


def counts_by_cause(
    time: ArrayLike,
    cause: ArrayLike,
    of: int,
    *,
    group: Codes | None = None,
    groups: int = 1,
    strata: Labels | None = None,
    entry: ArrayLike | None = None,
) -> tuple[EventTable, Integers, Integers, Integers]:
    """Event table whose groups are group and cause together, so that one sort serves.

    Parameters
    ----------
    time, cause, of, strata, entry
        As in `cumulative_incidence` and `gray_test`.
    group : ndarray of int, shape (n,), optional
        The group of each patient, 0, 1, ...; one group when left out.
    groups : int
        How many there are.

    Returns
    -------
    table : EventTable
    at_risk, events, competing : ndarray of int, shape (groups, k)
        Patients at risk just before each time, and events of the cause and of all others at it.
    """
    time = check_times(time)
    cause = check_causes(cause, len(time))
    coded: Codes = (cause != of).view(np.int8)
    if group is not None:
        coded = coded + 2 * group.astype(np.intp)
    table = event_table(time, cause != 0, coded, strata, entry=entry)
    at_risk, events = (_apart(counts, groups) for counts in (table.at_risk, table.events))
    return table, at_risk.sum(axis=1), events[:, 0], events[:, 1]


def _apart(counts: Counts, groups: int) -> Integers:
    """Counts by group and cause together as counts by either, also where the last of them have nobody."""
    missing = 2 * groups - len(counts)
    return np.pad(np.asarray(counts, dtype=np.intp), ((0, missing), (0, 0))).reshape(groups, 2, -1)


def steps(at_risk: Integers, events: Integers, competing: Integers) -> tuple[Floats, Floats, Floats]:
    """Survival before and after each time, and cumulative incidence after it; both stay where nobody is at risk."""
    patients = np.maximum(at_risk, 1)
    survival = np.cumprod((patients - events - competing) / patients, axis=-1, dtype=np.float64)
    before = just_before(survival, 1.0)
    return before, survival, np.cumsum(before * events / patients, axis=-1)


def just_before(values: Floats, first: float) -> Floats:
    """The values just before each time, from those after it."""
    return np.concatenate([np.full_like(values[..., :1], first), values[..., :-1]], axis=-1)


def weights(at_risk: Integers, leaving: Integers | int, events: Integers) -> Floats:
    """Variance of the number of events, relative to the square of those who stay; 0 where nobody does.

    Tied events have the variance of draws without replacement.
    """
    tie_factor = np.where(events > 1, (at_risk - events) / np.maximum(at_risk - 1, 1), 1.0)
    left = at_risk - leaving
    return tie_factor * events / np.where(left > 0, left, np.inf) ** 2
