"""Which counts of a published set must be hidden, so that no small one can be read or worked out."""

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse.csgraph import connected_components

INFEASIBLE = 2  # as scipy.optimize.milp says it


@dataclass(frozen=True)
class _Table:
    """Counts by position, and a row a sum: 1 for each part, -1 for a total that is itself a count."""

    values: np.ndarray
    rows: np.ndarray
    is_total: np.ndarray
    limit: int


def suppressed(counts, sums, limit):
    """Names of the counts to mask: all those under the limit, and as many more as keep these from being worked out.

    The reader is taken to know every count that is shown, the sums, that counts are whole and not negative, and the
    rule: the limit, and that masked counts which share sums are masked because at least one of them is under it, though
    not which. After masking, each masked count has at least two values that agree with all of this.

    Further counts are masked one at a time, from sums in which one masked count stands alone, for as long as a masked
    count can be worked out: a part before a total, then one that stands in more of these sums, then the smaller, then
    the first of `counts`. What turns out not to be needed is shown again, the largest first. In the end none of the
    additional counts could be shown by itself; a set with fewer of them may exist.

    Parameters
    ----------
    counts : mapping of str to int
        Every count of the set, by name.
    sums : sequence of (total, parts)
        Sums that hold exactly: `total` is the name of a count, or an int when the number is known to the reader from
        elsewhere; `parts` is a sequence of names. A count may stand in any number of sums.
    limit : int
        Counts under it are masked, at least 1. Zero is masked as well: were it shown, a mask would say "not zero".

    Returns
    -------
    frozenset of str

    Raises
    ------
    ValueError
        If the limit is not a whole number of at least 1, a count is not whole or is negative, a sum names an unknown
        count, or its parts do not add up to its total.
    ArithmeticError
        If the solver does not decide whether a count can be worked out.

    Notes
    -----
    Some counts are known whatever is masked: the parts of a known total of 0, the single part of a known total, or
    under a limit of 1, where a mask means zero, a count that shares no sum. Those under the limit are masked all the
    same; nothing further is masked on their account.

    That there is a second value is all that is promised, not that the range is wide [1]_. Nor is it asked what a reader
    would learn who runs this function on every table that could be the true one: under a limit of 1, for 7, 7 and 0 of
    14, the first and last are masked, and had the first been the zero, the second would have been masked with it.

    References
    ----------
    .. [1] Hundepool, Domingo-Ferrer, Franconi, Giessing, Schulte Nordholt, Spicer & de Wolf (2012), Statistical
       Disclosure Control, Wiley, the chapters on tables: primary and secondary suppression, audit of the intervals.
    .. [2] Cox (1980), Suppression methodology and statistical disclosure control, J Am Stat Assoc 75:377-385.
    """
    _check(counts, sums, limit)
    table = _as_table(counts, sums, limit)
    small = [int(cell) for cell in np.flatnonzero(table.values < limit)]
    others = []
    known = _known_to_all(table, small, others)
    masked = _without_the_needless(table, _with_complements(table, small, known, others), known, others)
    names = list(counts)
    return frozenset(names[cell] for cell in masked)


# ---- what is given


def _check(counts, sums, limit):
    if not _is_whole(limit) or limit < 1:
        raise ValueError(f"limit must be a whole number of at least 1, not {limit!r}")
    if not isinstance(counts, Mapping):
        raise ValueError(f"counts must be a mapping of names to counts, not {type(counts).__name__}")
    for name, count in counts.items():
        if not _is_whole(count) or count < 0:
            raise ValueError(f"count {name!r} must be a whole number of at least 0, not {count!r}")
    for total, parts in sums:
        _check_sum(counts, total, parts)


def _check_sum(counts, total, parts):
    named = [*parts] if _is_whole(total) else [total, *parts]
    for name in named:
        if name not in counts:
            raise ValueError(f"the sum of {total!r} names {name!r}, which is not one of the counts: {[*counts]}")
    expected = total if _is_whole(total) else counts[total]
    added = sum(counts[name] for name in parts)
    if added != expected:
        values = " + ".join(f"{counts[name]} ({name!r})" for name in parts)
        of_total = "" if _is_whole(total) else f" ({total!r})"
        raise ValueError(f"parts do not add up to their total: {values} is {added}, not {expected}{of_total}")


def _is_whole(number):
    return isinstance(number, Integral) and not isinstance(number, bool)


def _as_table(counts, sums, limit):
    position = {name: place for place, name in enumerate(counts)}
    rows = np.zeros((len(sums), len(counts)), dtype=np.int64)
    totals = [(row, position[total]) for row, (total, _) in enumerate(sums) if not _is_whole(total)]
    for row, (_, parts) in enumerate(sums):
        np.add.at(rows[row], [position[name] for name in parts], 1)
    for row, total in totals:
        rows[row, total] -= 1
    is_total = np.isin(np.arange(len(counts)), [total for _, total in totals])
    return _Table(np.array([*map(int, counts.values())], dtype=np.int64), rows, is_total, int(limit))


# ---- what to mask


def _known_to_all(table, small, others):
    """Cells that are determined even when everything is masked that could protect them."""
    everything = _groups(table, range(len(table.values)))
    concerned = [cell for group in everything if not set(small).isdisjoint(group) for cell in group]
    return set(_determined(table, concerned, others))


def _with_complements(table, small, known, others):
    """The small cells, and after them the cells masked for their sake; what cannot be protected joins the known."""
    masked = list(small)
    while (cell := _first_open(table, masked, known, others)) is not None:
        complement = _complement(table, masked, cell, known)
        if complement is None:
            known.add(cell)
        else:
            masked.append(complement)
    return masked


def _complement(table, masked, cell, known):
    """The cell to mask next so that the given one may become free; None when there is none left."""
    candidates = np.setdiff1d(np.arange(len(table.values)), [*masked, *known])
    hidden = [other for other in masked if other not in known]
    lonely = (table.rows[:, hidden] != 0).sum(axis=1) == 1
    group = next(group for group in _groups(table, masked) if cell in group)
    around = (table.rows[:, group] != 0).any(axis=1)
    for sums in (lonely & around, around):
        near = candidates[(table.rows[np.ix_(sums, candidates)] != 0).any(axis=0)]
        if near.size:
            helped = (table.rows[np.ix_(lonely, near)] != 0).sum(axis=0)
            return min(zip(table.is_total[near], -helped, table.values[near], near, strict=True))[-1].item()
    return None


def _without_the_needless(table, masked, known, others):
    """The masked cells, less those of at least the limit that can be shown and leave the rest protected."""
    additional = [cell for cell in masked if table.values[cell] >= table.limit]
    for cell in sorted(additional, key=lambda cell: (table.is_total[cell], table.values[cell], cell), reverse=True):
        rest = [other for other in masked if other != cell]
        if _is_protected(table, rest, known, others):
            return _without_the_needless(table, rest, known, others)
    return masked


def _is_protected(table, masked, known, others):
    explained = all((table.values[group] < table.limit).any() for group in _groups(table, masked))
    return explained and _first_open(table, masked, known, others) is None


# ---- what the reader can work out


def _groups(table, masked):
    """The masked cells, in groups that share sums: a reader learns nothing of one group from another."""
    cells = np.array(masked, dtype=np.intp)
    shares = (table.rows[:, cells] != 0).astype(np.int64)
    number, label = connected_components(shares.T @ shares, directed=False)
    return [cells[label == group] for group in range(number)]


def _first_open(table, masked, known, others):
    """The cell masked last of those that are determined and need not be; None when all are free."""
    return next(_determined(table, masked, others, skip=known), None)


def _determined(table, masked, others, skip=()):
    """Cells that have one value alone, those masked last first.

    `others` are tables known to be different from the true one, as deviations from it. Those that fit what is shown
    here prove many cells free without a search; what is found by search is added to them.
    """
    group_of = {int(cell): group for group in _groups(table, masked) for cell in group}
    free = _differing(table, masked, others)
    for cell in reversed(masked):
        if cell in free or cell in skip:
            continue
        other = _another_table(table, group_of[cell], cell)
        if other is None:
            yield cell
        else:
            others.append(other)
            free |= _differing(table, masked, [other])


def _differing(table, masked, others):
    """Cells in which a table that the reader must hold possible differs from the true one.

    Of another table only its deviations within one group matter: the rest may be as it is in truth.
    """
    found = set()
    for group in _groups(table, masked) if others else []:
        for other in others:
            if other[group].any() and _is_possible(table, group, other):
                found.update(group[other[group] != 0].tolist())
    return found


def _is_possible(table, group, other):
    """Whether whole numbers that deviate so from the true ones agree with the sums, and some of the group is small."""
    values = table.values[group] + other[group]
    adds_up = not (table.rows[:, group] @ other[group]).any()
    return adds_up and bool((values >= 0).all() and (values < table.limit).any())


def _another_table(table, group, cell):
    """Deviation from the true table, in cells of one group, that gives the cell another value; None when none can."""
    reach = int(table.values[group].sum()) + table.limit
    for low, high in ((1, reach), (-int(table.values[cell]), -1)):
        found = _search(table, group, (group == cell, low, high), reach) if low <= high else None
        if found is not None:
            return found
    return None


def _search(table, group, wanted, reach):
    """Deviation that keeps each sum, leaves a cell of the group under the limit, and is in range at one cell.

    For each cell of the group the unknowns are its deviation, and 1 for one that is chosen to be under the limit.
    """
    size, values = len(group), table.values[group]
    place, low, high = wanted
    rows = table.rows[:, group]
    rows = rows[rows.any(axis=1)]
    lowest, highest = np.where(place, low, -values), np.where(place, high, reach)
    room = values + reach
    result = milp(
        np.zeros(2 * size),
        integrality=np.ones(2 * size),
        bounds=Bounds(np.r_[lowest, np.zeros(size)], np.r_[highest, np.ones(size)]),
        constraints=[
            LinearConstraint(np.hstack([rows, np.zeros_like(rows)]), 0, 0),
            LinearConstraint(np.hstack([np.eye(size), np.diag(room)]), -np.inf, table.limit - 1 - values + room),
            LinearConstraint(np.r_[np.zeros(size), np.ones(size)], 1, np.inf),
        ],
    )
    if result.status == INFEASIBLE:
        return None
    found = np.zeros(len(table.values), dtype=np.int64)
    found[group] = 0 if result.x is None else np.rint(result.x[:size])
    if not found[group[place]].any() or not _is_possible(table, group, found):
        raise ArithmeticError(f"whether a count can be worked out was not decided: {result.message}")
    return found
