"""The event table by cause: who is at risk, who has the event of one cause, and who that of another."""

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.checks import check_causes, check_times
from smmlib.stats.event_table import EventTable, event_table
from smmlib.stats.types import Booleans, Counts, Floats, Integers, Labels


def counts_by_cause(
    time: ArrayLike,
    cause: ArrayLike,
    of: int,
    *,
    in_arm: Booleans | None = None,
    strata: Labels | None = None,
    entry: ArrayLike | None = None,
) -> tuple[EventTable, Integers, Integers, Integers]:
    """Event table whose groups are arm and cause together, so that one sort serves.

    Parameters
    ----------
    time, cause, of, strata, entry
        As in `cumulative_incidence` and `gray_test`.
    in_arm : ndarray of bool, shape (n,), optional
        The arm of each patient; one arm when left out.

    Returns
    -------
    table : EventTable
    at_risk, events, competing : ndarray of int, shape (arms, k)
        Patients at risk just before each time, and events of the cause and of all others at it.
    """
    time = check_times(time)
    cause = check_causes(cause, len(time))
    arms = 1 if in_arm is None else 2
    group = (cause != of).view(np.int8)
    if in_arm is not None:
        group = group + 2 * in_arm.view(np.int8)
    table = event_table(time, cause != 0, group, strata, entry=entry)
    at_risk, events = (_apart(counts, arms) for counts in (table.at_risk, table.events))
    return table, at_risk.sum(axis=1), events[:, 0], events[:, 1]


def _apart(counts: Counts, arms: int) -> Integers:
    """Counts by group as counts by arm and by cause, also where the last groups have nobody."""
    missing = 2 * arms - len(counts)
    return np.pad(np.asarray(counts, dtype=np.intp), ((0, missing), (0, 0))).reshape(arms, 2, -1)


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
