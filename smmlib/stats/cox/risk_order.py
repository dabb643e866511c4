"""Patients in the order in which risk sets grow: the latest time first, stratum by stratum.

So ordered, the sum over everybody at risk at a time is a running sum, and no risk set is ever written out. It is
wanted at the times of events alone: rows make groups, each of which ends with the patients of one event time and
begins with those censored since the event time after it. What is left before the first event time of a stratum
is a group of its own, without events.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from smmlib.stats.event_table import merge_ties, merged_with_entry, starts_of_ties
from smmlib.stats.types import Booleans, Floats, Integers

MANY_IN_A_GROUP = 8


@dataclass(frozen=True, eq=False)
class RiskOrder:
    """Rows sorted by stratum, and by falling time within it.

    Attributes
    ----------
    order : ndarray of int, shape (n,)
        The row of the caller's arrays that each sorted row is.
    row_time : ndarray, shape (n,)
        Time of each sorted row.
    event : ndarray of bool, shape (n,)
        In sorted order.
    last : ndarray of int, shape (k,)
        The last sorted row of each group.
    deaths : ndarray of int, shape (k,)
        Events of each group.
    time : ndarray, shape (k,)
        Event time of each group.
    without_events : ndarray of int
        Groups that hold no event.
    events : int
        All events.
    strata : Strata or None
        None for a single stratum.
    late : LateEntry or None
    """

    order: Integers
    row_time: Floats
    event: Booleans
    last: Integers
    deaths: Integers
    time: Floats
    without_events: Integers
    events: int
    strata: "Strata | None"
    late: "LateEntry | None"


@dataclass(frozen=True, eq=False)
class Strata:
    """Where strata lie.

    Attributes
    ----------
    rows, groups : ndarray of int, shape (strata + 1,)
        Where each begins among the sorted rows and among the groups, and the end of the last.
    first_row : ndarray of int, shape (k,)
        For each group, the first sorted row of its stratum.
    """

    rows: Integers
    groups: Integers
    first_row: Integers


@dataclass(frozen=True, eq=False)
class LateEntry:
    """Who is not yet under observation.

    Attributes
    ----------
    time : ndarray, shape (n,)
        Entry of each sorted row.
    order : ndarray of int, shape (n,)
        Sorted rows by stratum, and by falling entry within it.
    until : ndarray of int, shape (k,)
        At each group, those of `order` before this position, and after its stratum's first row, are still to come.
    last_missed : ndarray of int, shape (n,)
        For each sorted row, the latest group before it came under observation; k where there is none.
    group, end_group : ndarray of int, shape (n,)
        The groups at which each row is at risk: from its own up to, not including, this one.
    """

    time: Floats
    order: Integers
    until: Integers
    last_missed: Integers
    group: Integers
    end_group: Integers


def risk_order(
    time: Floats, event: Booleans, stratum: Integers | None = None, entry: Floats | None = None
) -> RiskOrder:
    """Sort once.

    Parameters
    ----------
    time : ndarray, shape (n,)
    event : ndarray of bool, shape (n,)
    stratum : ndarray of int, shape (n,), optional
        0, 1, ..., each of them somewhere.
    entry : ndarray, shape (n,), optional

    Returns
    -------
    RiskOrder

    Raises
    ------
    ValueError
        If an entry is not before its time.
    """
    if entry is not None:
        time, entry = merged_with_entry(time, entry)
    elif stratum is not None:
        time = merge_ties(time)
    order = _falling(time, stratum)
    event, time = event[order], time[order]
    of = None if stratum is None else stratum[order]
    last, deaths = _groups(time, event, of)
    group_time = time[last]
    return RiskOrder(
        order=order,
        row_time=time,
        event=event,
        last=last,
        deaths=deaths,
        time=group_time,
        without_events=np.flatnonzero(deaths == 0),
        events=int(deaths.sum()),
        strata=None if of is None else _strata(of, last),
        late=None if entry is None else _late_entry(entry[order], of, group_time, last),
    )


def at_risk_sums(order: RiskOrder, rows: Floats, carefully: bool = False, *, overwrite: bool = False) -> Floats:
    """Sums over everybody at risk at each event time: shape (..., n) to (..., k).

    With late entry they are differences of sums, unless `carefully` asks for sums alone, which takes longer.
    `overwrite` says that the rows are not needed any more, which saves as much memory as they take.
    """
    strata = order.strata
    if carefully and order.late is not None:
        flat = rows.reshape(-1, rows.shape[-1])
        return np.array([_spread_out(order.late, len(order.last), row) for row in flat]).reshape(*rows.shape[:-1], -1)
    if strata is not None:
        total = _running(np.add.reduceat(rows, _first(order.last), axis=-1), strata.groups)
    elif len(order.last) * MANY_IN_A_GROUP < rows.shape[-1]:  # sums of long groups are faster than running sums
        total = np.add.reduceat(rows, _first(order.last), axis=-1).cumsum(axis=-1)
    else:
        running = np.cumsum(rows, axis=-1, out=rows if overwrite and order.late is None else None)
        total = running.take(order.last, axis=-1)
    if order.late is not None:
        entering = rows.take(order.late.order, axis=-1)
        to_come = _from_zero(entering.cumsum(axis=-1) if strata is None else _running(entering, strata.rows))
        to_come = to_come.take(order.late.until, axis=-1)
        total -= to_come if strata is None else to_come * (order.late.until > strata.first_row)
    return total


def accumulated(order: RiskOrder, groups: Floats, carefully: bool = False) -> Floats:
    """Sums over the event times at which each patient was at risk: shape (k,) to (n,)."""
    if carefully and order.late is not None:
        return _gathered(order.late, groups)
    if order.strata is None:
        until = groups[::-1].cumsum()[::-1]
    else:
        until = _running(groups[::-1], len(groups) - order.strata.groups[::-1])[::-1]
    rows = until.repeat(_sizes(order.last))
    if order.late is not None:
        rows -= np.append(until, 0.0)[order.late.last_missed]
    return rows


def _first(last: Integers) -> Integers:
    """The first row of each group."""
    return np.concatenate([[0], last[:-1] + 1])


def _sizes(last: Integers) -> Integers:
    """Patients of each group."""
    return np.concatenate([last[:1] + 1, last[1:] - last[:-1]])


def _spread_out(late: LateEntry, size: int, row: Floats) -> Floats:
    """The value of each row added to the groups at which it is at risk, by halves, quarters, ... of all groups."""
    tree = np.zeros(2 * size)
    for rows, nodes in _nodes(late, size):
        tree += np.bincount(nodes, weights=row[rows], minlength=2 * size)
    for start in _levels(2 * size)[1:]:
        below = np.arange(start, min(2 * start, 2 * size))
        tree[below] += tree[below // 2]
    return tree[size:]


def _gathered(late: LateEntry, groups: Floats) -> Floats:
    """The values of the groups at which each row is at risk added up, in the same way."""
    size = len(groups)
    tree = np.concatenate([np.zeros(size), groups])
    for start in reversed(_levels(size)):
        above = np.arange(start, min(2 * start, size))
        tree[above] = tree[2 * above] + tree[2 * above + 1]
    rows = np.zeros(len(late.time))
    for of, nodes in _nodes(late, size):
        rows[of] += tree[nodes]
    return rows


def _nodes(late: LateEntry, size: int) -> Iterator[tuple[Integers, Integers]]:
    """Nodes of a binary tree over the groups which together are the groups at which each row is at risk.

    The node above i is i // 2, and the groups are the nodes from their number on.
    """
    start, end = late.group + size, late.end_group + size
    while (start < end).any():
        chosen = np.flatnonzero((start < end) & (start % 2 == 1))
        yield chosen, start[chosen]
        start[chosen] += 1
        chosen = np.flatnonzero((start < end) & (end % 2 == 1))
        end[chosen] -= 1
        yield chosen, end[chosen]
        start, end = start // 2, end // 2


def _levels(size: int) -> list[int]:
    """The first node of each level of a tree: 1, 2, 4, ... below the size."""
    return [2**level for level in range((size - 1).bit_length())]


def _running(values: Floats, starts: Integers) -> Floats:
    """Running sums that begin anew at each start: carried on, those of one stratum would swallow another's."""
    running = np.empty_like(values)
    for start, end in pairwise(starts):
        np.cumsum(values[..., start:end], axis=-1, out=running[..., start:end])
    return running


def _from_zero(running: Floats) -> Floats:
    """Running sums with the zero that they start from."""
    return np.concatenate([np.zeros((*running.shape[:-1], 1)), running], axis=-1)


def _falling(time: Floats, stratum: Integers | None) -> Integers:
    """Positions by stratum, and by falling time within it."""
    return np.argsort(time)[::-1] if stratum is None else np.lexsort((-time, stratum))


def _groups(time: Floats, event: Booleans, stratum: Integers | None) -> tuple[Integers, Integers]:
    """The last row of each group, and its events."""
    starts = _starts_of_ties(time, stratum)
    deaths = np.add.reduceat(event, starts, dtype=np.intp)
    ends_group = deaths > 0
    ends_group[-1] = True
    if stratum is not None:
        ends_group[:-1] |= stratum[starts[1:]] != stratum[starts[:-1]]
    last = np.concatenate([starts[1:], [len(time)]])[ends_group]
    last -= 1
    return last, deaths[ends_group]


def _starts_of_ties(time: Floats, stratum: Integers | None) -> Integers:
    """Where a new time begins in falling order; among strata, ties have been merged before."""
    if stratum is None:
        return np.concatenate([[0], len(time) - starts_of_ties(time[::-1])[:0:-1]])
    return np.flatnonzero(np.append(True, (time[1:] != time[:-1]) | (stratum[1:] != stratum[:-1])))


def _strata(of: Integers, last: Integers) -> Strata:
    of_group, every = of[last], np.arange(of[-1] + 2)
    return Strata(np.searchsorted(of, every), np.searchsorted(of_group, every), np.searchsorted(of, of_group))


def _late_entry(entry: Floats, stratum: Integers | None, group_time: Floats, last: Integers) -> LateEntry:
    """Where each group stands among the entries, and each entry among the groups."""
    by_entry = _falling(entry, stratum)
    distinct = np.unique(np.concatenate([group_time, entry]))
    # One number for stratum and time, which grows along the order: strata rise, times fall.
    row_stratum, group_stratum = (0, 0) if stratum is None else (stratum, stratum[last])
    row = (row_stratum + 1) * len(distinct) - np.searchsorted(distinct, entry)
    group = (group_stratum + 1) * len(distinct) - np.searchsorted(distinct, group_time)
    end_group = np.searchsorted(group, row)
    last_missed = end_group
    if stratum is not None:
        end_of_stratum = np.searchsorted(group_stratum, stratum, side="right")
        last_missed = np.where(end_group < end_of_stratum, end_group, len(last))
        end_group = np.minimum(end_group, end_of_stratum)
    until = np.searchsorted(row[by_entry], group, side="right")
    return LateEntry(entry, by_entry, until, last_missed, np.repeat(np.arange(len(last)), _sizes(last)), end_group)
