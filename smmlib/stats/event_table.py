"""The event table: everything that Kaplan-Meier, log-rank and Cox estimates on an arm need to know.

For each distinct time, in each stratum, it holds the patients at risk, the events and the censorings of each
group. Events precede censorings at a tied time, so those censored at a time are still at risk then; those who
enter at a time are at risk after it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.checks import (
    check_before,
    check_indicator,
    check_same_order,
    check_strata,
    check_times,
    check_weights,
)
from smmlib.stats.read_only import read_only
from smmlib.stats.types import Booleans, Codes, Counts, Floats, Integers, Labels

TIE_TOLERANCE = float(np.sqrt(np.finfo(float).eps))
LARGEST_KEY = 2**63
WORTH_PACKING = 2000


@dataclass(frozen=True, eq=False)
@read_only
class EventTable:
    """Counts by distinct time; sums of case weights, when there are any.

    Attributes
    ----------
    time : ndarray, shape (k,)
        Distinct times at which somebody had the event or was censored, increasing within a stratum.
    stratum : ndarray of int, shape (k,)
        Stratum of each row, 0, 1, ...
    at_risk, events, censored : ndarray, shape (groups, k)
        Patients of each group at risk just before the time, with the event at it, censored at it.
    entry_time : ndarray, shape (m,)
        Distinct times of entry, increasing within a stratum; none when everybody is at risk from the start.
    entry_stratum : ndarray of int, shape (m,)
    entered : ndarray, shape (groups, m)
        Patients of each group who come under observation at each time of entry.
    """

    time: Floats
    stratum: Integers
    at_risk: Counts
    events: Counts
    censored: Counts
    entry_time: Floats
    entry_stratum: Integers
    entered: Counts


def event_table(
    time: ArrayLike,
    event: ArrayLike,
    group: Codes | None = None,
    strata: Labels | None = None,
    *,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> EventTable:
    """Sort once and count by distinct time.

    Parameters
    ----------
    time : array-like, shape (n,)
        Times from the start to the event or to censoring, zero or more, in any one unit.
    event : array-like, shape (n,)
        True or 1 where the event was observed, False or 0 where the time is censored.
    group : ndarray of int, shape (n,), optional
        Group of each patient, 0, 1, ...; one group when left out.
    strata : array-like, shape (n,), optional
        Stratum of each patient, any labels; one stratum when left out.
    entry : array-like, shape (n,), optional
        Time after which each patient is at risk, before `time`; the start when left out.
    weights : array-like, shape (n,), optional
        How many patients a row stands for, above zero; one when left out.

    Returns
    -------
    EventTable

    Raises
    ------
    ValueError
        If lengths differ, a time is negative or not finite, an event is not boolean or 0/1, an entry is not
        before its time, a weight is not above zero, or a stratum is missing.
    """
    check_same_order({"time": time, "event": event, "strata": strata, "entry": entry, "weights": weights})
    time = check_times(time)
    event = check_indicator(event, "event", len(time))
    stratum = None if strata is None else check_strata(strata, len(time))
    weights = None if weights is None else check_weights(weights, len(time))
    if entry is not None:
        time, entry = merged_with_entry(time, check_times(entry, "entry"))
    groups = 1 if group is None else int(group.max()) + 1
    leaving = _rows(time, event if group is None else 2 * group + event, stratum, weights, 2 * groups)
    events, censored = leaving.counts[1::2], leaving.counts[::2]
    entering = _no_rows(groups) if entry is None else _rows(entry, group, stratum, weights, groups)
    return EventTable(
        time=leaving.time,
        stratum=leaving.stratum,
        at_risk=_at_risk(leaving, events + censored, entering),
        events=events,
        censored=censored,
        entry_time=entering.time,
        entry_stratum=entering.stratum,
        entered=entering.counts,
    )


@dataclass(frozen=True, eq=False)
class _Rows:
    """Distinct times within strata, and how many of each code there are: shape (codes, k)."""

    time: Floats
    stratum: Integers
    counts: Counts


def _no_rows(groups: int) -> _Rows:
    return _Rows(np.zeros(0), np.zeros(0, dtype=np.intp), np.zeros((groups, 0), dtype=np.intp))


def _rows(
    time: Floats, code: Codes | Booleans | None, stratum: Integers | None, weights: Floats | None, codes: int
) -> _Rows:
    """Sort by stratum and time, and count each code at each distinct time."""
    code = np.zeros(len(time), dtype=np.intp) if code is None else code
    time, code, stratum, weights = _in_order(time, code, stratum, weights, codes)
    starts = starts_of_ties(time) if stratum is None else _starts_in_strata(time, stratum)
    row_stratum = np.zeros(len(starts), dtype=np.intp) if stratum is None else stratum[starts]
    return _Rows(time[starts], row_stratum, _counts(code, weights, starts, codes))


def _counts(code: Codes | Booleans, weights: Floats | None, starts: Integers, codes: int) -> Counts:
    """Patients of each code between one start and the next: shape (codes, k)."""
    if weights is not None:
        return np.stack([np.add.reduceat(np.where(code == one, weights, 0.0), starts) for one in range(codes)])
    counts = np.empty((codes, len(starts)), dtype=np.intp)
    counts[0, :-1] = starts[1:] - starts[:-1]
    counts[0, -1] = len(code) - starts[-1]
    for one in range(1, codes):
        np.add.reduceat(code == one, starts, dtype=np.intp, out=counts[one])
        counts[0] -= counts[one]
    return counts


def _in_order(
    time: Floats, code: Codes | Booleans, stratum: Integers | None, weights: Floats | None, codes: int
) -> tuple[Floats, Codes | Booleans, Integers | None, Floats | None]:
    """Everything sorted by stratum, then by time.

    Without weights nothing but time, stratum and code is wanted, so that these are packed into one integer
    where they fit, which sorts several times faster than an order is found and followed; a few patients are not
    worth the packing.
    """
    packing = None if weights is not None or len(time) < WORTH_PACKING else _packing(time, stratum, codes)
    if packing is not None:
        return *_sorted_packed(time, code, stratum, *packing), None
    order = time.argsort() if stratum is None else np.lexsort((time, stratum))
    of_stratum = None if stratum is None else stratum[order]
    return time[order], code[order], of_stratum, None if weights is None else weights[order]


def _packing(time: Floats, stratum: Integers | None, codes: int) -> tuple[int, int, int] | None:
    """Smallest pattern of bits of a time above zero, how many patterns there are, and the bits of a code."""
    patterns = time.view(np.int64)  # in the order of the times, as none is negative
    smallest, largest = int(patterns.min()), int(patterns.max())
    if smallest == 0:
        smallest = int(patterns.min(where=patterns > 0, initial=LARGEST_KEY - 1))
    span, bits = max(largest - smallest + 2, 1), (codes - 1).bit_length()
    strata = 1 if stratum is None else int(stratum.max()) + 1
    return (smallest, span, bits) if (strata * span) << bits < LARGEST_KEY else None


def _sorted_packed(
    time: Floats, code: Codes | Booleans, stratum: Integers | None, smallest: int, span: int, bits: int
) -> tuple[Floats, Codes, Integers | None]:
    """Times, codes and strata, sorted as one number each: stratum, pattern of the time, code."""
    keys = time.view(np.int64) - (smallest - 1)
    np.maximum(keys, 0, out=keys)  # time zero
    if stratum is not None:
        keys += stratum * span
    keys <<= bits
    keys |= code
    keys.sort()
    code = (keys & ((1 << bits) - 1)).astype(np.int8)
    keys >>= bits
    if stratum is not None:
        stratum, keys = np.divmod(keys, span)
    at_zero = keys == 0
    keys += smallest - 1
    if at_zero.any():
        keys[at_zero] = 0
    return keys.view(np.float64), code, stratum


def _at_risk(leaving: _Rows, counts: Counts, entering: _Rows) -> Counts:
    """Patients who leave at this time or later, within the stratum, without those who enter at it or later."""
    at_risk = _sum_from(slice(-1), counts, leaving.stratum, leaving.stratum)
    if not len(entering.time):
        return at_risk
    distinct = np.unique(np.concatenate([leaving.time, entering.time]))
    place, asked = (rows.stratum * len(distinct) + np.searchsorted(distinct, rows.time) for rows in (entering, leaving))
    first = np.searchsorted(place, asked)
    at_risk = at_risk - _sum_from(first, entering.counts, entering.stratum, leaving.stratum)
    if counts.dtype.kind != "f":
        return at_risk
    # Differences of sums of weights leave a rounding error where nobody else is left.
    rounding = np.finfo(float).eps * len(distinct) * counts.sum()
    return np.where(np.abs(at_risk - counts) <= rounding, counts, at_risk)


def _sum_from(rows: slice | Integers, counts: Counts, stratum: Integers, of_stratum: Integers) -> Counts:
    """Counts of each group summed from the given rows on to the end of their strata."""
    later = np.zeros((len(counts), counts.shape[1] + 1), dtype=counts.dtype)
    np.cumsum(counts[:, ::-1], axis=1, out=later[:, -2::-1])
    if stratum[-1] == 0:
        return later[:, rows]
    return later[:, rows] - later[:, np.searchsorted(stratum, of_stratum, side="right")]


def starts_of_ties(time: Floats) -> Integers:
    """Where a new time begins: times that differ by rounding error alone are one.

    A gap is measured by the time that it follows, and by nothing else, so that no other patient decides whether two
    times are tied. R's `aeqSurv` measures all gaps by the mean of the times: one absurd time makes ties of others.
    """
    gaps = time[1:] - time[:-1]
    new = gaps.nonzero()[0]
    new = new[gaps[new] > _tie_tolerance(time[new])]
    starts = np.empty(len(new) + 1, dtype=np.intp)
    starts[0] = 0
    np.add(new, 1, out=starts[1:])
    return starts


def _starts_in_strata(time: Floats, stratum: Integers) -> Integers:
    """The same within strata; what is a tie is decided over all of them, so that it does not depend on them."""
    merged = merge_ties(time)
    return np.flatnonzero(np.append(True, (np.diff(merged) != 0) | (np.diff(stratum) != 0)))


def merge_ties(time: Floats) -> Floats:
    """Give times that differ by rounding error alone the smallest value of them."""
    distinct = np.unique(time)
    kept = distinct[starts_of_ties(distinct)]
    return kept[np.searchsorted(kept, time, side="right") - 1]


def merged_with_entry(time: Floats, entry: Floats) -> tuple[Floats, Floats]:
    """Times of exit and of entry, ties among all of them merged; entry must come before exit."""
    if entry.shape != time.shape:
        raise ValueError(f"entry has shape {entry.shape}, but time has {len(time)} patients: give one value a patient.")
    merged = merge_ties(np.concatenate([time, entry]))
    time, entry = merged[: len(time)], merged[len(time) :]
    check_before(entry, time)
    return time, entry


def snap_to_ties(times: float | Floats, observed: Floats) -> Floats:
    """Give times that differ from an observed one by rounding error alone its value.

    So a landmark at an event finds it, whether or not both were divided by the same number of days.
    `observed` holds distinct times, increasing.
    """
    tolerance = _tie_tolerance(times)
    nearest = observed[np.minimum(np.searchsorted(observed, times - tolerance), len(observed) - 1)]
    return np.where(np.abs(nearest - times) <= tolerance, nearest, times)


def _tie_tolerance(times: float | Floats) -> Floats:
    """Half of a float's digits, of each time itself and of 1 where that is less, as in R."""
    return TIE_TOLERANCE * np.maximum(times, 1.0)
