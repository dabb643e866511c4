"""The graphical procedure: hypotheses that share a level, and pass their part of it on when they are rejected."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.checks import as_array, as_floats, shown
from smmlib.stats.comparison.multiple_testing import checked_p_values
from smmlib.stats.types import Booleans, Floats

SLACK = 1e-9
"""By which sums may be above 1: thirds written with ten decimals are meant to sum to 1."""
NOTHING_LEFT = 1e-12
"""What 1 - g_lj g_jl is rounded to where two hypotheses pass all they have to one another."""


def graphical_p_values(p_values: ArrayLike, *, weights: ArrayLike, transitions: ArrayLike) -> Floats:
    """P values adjusted by the graphical procedure: a hypothesis is rejected where its own is at most the level.

    Each hypothesis begins with its share of the level. One that is rejected passes its share on to the others, as its
    row of transitions says. Fixed sequences, Holm's, fallback and parallel gatekeeping procedures are such graphs. It
    holds whatever the dependence of the tests.

    Parameters
    ----------
    p_values : array-like, shape (k,)
        One for each hypothesis; NaN where a test is not estimable, which counts as 1: its share is never passed on.
    weights : array-like, shape (k,)
        The share of the level with which each begins, 0 or more; in all at most 1.
    transitions : array-like, shape (k, k)
        In row i the parts of its share that hypothesis i passes on to each other when it is rejected, 0 or more; in all
        at most 1, and 0 to itself.

    Returns
    -------
    ndarray, shape (k,)
        In the order given; 1 where no share ever comes, NaN where the test is not estimable.

    Raises
    ------
    ValueError
        If a P value is not between 0 and 1, or weights or transitions have another shape, are negative or sum to more
        than 1.

    References
    ----------
    .. [1] Bretz, Maurer, Brannath & Posch (2009), Stat Med 28:586-604, algorithm 2.

    Examples
    --------
    Holm's procedure as a graph, the example of section 3.1 of [1]_: 0.036, 0.04 and 0.055.

    >>> from smmlib import graphical_p_values
    >>> half_to_each_other = [[0, 1 / 2, 1 / 2], [1 / 2, 0, 1 / 2], [1 / 2, 1 / 2, 0]]
    >>> adjusted = graphical_p_values([0.02, 0.055, 0.012], weights=[1 / 3] * 3, transitions=half_to_each_other)
    >>> [round(float(p), 4) for p in adjusted]
    [0.04, 0.055, 0.036]
    """
    given = checked_p_values(p_values)
    graph = _graph(weights, transitions, len(given))
    adjusted = np.ones(len(given))
    for step in _steps(given, graph):
        adjusted[step.hypothesis] = min(step.p_value, 1)
    return np.where(np.isnan(given), np.nan, adjusted)


def graphical_levels(p_values: ArrayLike, *, alpha: float, weights: ArrayLike, transitions: ArrayLike) -> Floats:
    """The level at which the graphical procedure tests each hypothesis in the end.

    Parameters
    ----------
    p_values, weights, transitions
        As in `graphical_p_values`.
    alpha : float
        The level of all tests together.

    Returns
    -------
    ndarray, shape (k,)
        Of a hypothesis that is rejected, the level when its turn came, the smallest adjusted P value first; of the
        others what they have when no more is rejected, 0 where no share came.
    """
    given = checked_p_values(p_values)
    graph = _graph(weights, transitions, len(given))
    levels = graph.weights * alpha
    for step in _steps(given, graph):
        levels = np.where(step.left, step.weights * alpha, levels)
        if step.p_value > alpha:
            break
    return levels


@dataclass(frozen=True)
class _Graph:
    weights: Floats
    transitions: Floats

    def without(self, rejected: int) -> "_Graph":
        """The graph when a hypothesis is rejected, and its share and its edges are passed on."""
        weights = self.weights + self.weights[rejected] * self.transitions[rejected]
        to, onward = self.transitions[:, rejected], self.transitions[rejected]
        kept = 1 - to * onward
        through = (self.transitions + np.outer(to, onward)) / np.where(kept > NOTHING_LEFT, kept, np.inf)[:, None]
        np.fill_diagonal(through, 0)
        through[rejected], through[:, rejected], weights[rejected] = 0, 0, 0
        return _Graph(weights, through)


@dataclass(frozen=True)
class _Step:
    """The hypothesis whose turn it is, its adjusted P value, and the shares of all that are left, itself included."""

    hypothesis: int
    p_value: float
    left: Booleans
    weights: Floats


def _steps(p_values: Floats, graph: _Graph) -> Iterator[_Step]:
    """Hypotheses in the order in which they are rejected as the level rises."""
    counted, left = np.where(np.isnan(p_values), 1.0, p_values), np.ones(len(p_values), dtype=bool)
    largest = 0.0
    while left.any():
        has_share = left & (graph.weights > 0)
        quotients = np.full(len(p_values), np.inf)
        quotients[has_share] = counted[has_share] / graph.weights[has_share]
        turn = int(np.flatnonzero(left)[np.argmin(quotients[left])])
        largest = max(largest, float(quotients[turn]))
        yield _Step(turn, largest, left.copy(), graph.weights)
        left[turn], graph = False, graph.without(turn)


def _graph(weights: ArrayLike, transitions: ArrayLike, size: int) -> _Graph:
    """Weights and transitions as arrays, or a ValueError that names the first that cannot be."""
    shares, parts = (as_floats(as_array(given)) for given in (weights, transitions))
    if shares.shape != (size,):
        raise ValueError(f"weights has shape {shares.shape}: give one for each of the {size} P values.")
    if parts.shape != (size, size):
        raise ValueError(f"transitions has shape {parts.shape}: give a row and a column for each of {size} P values.")
    _check_shares(shares, "weights")
    for row, of_row in enumerate(parts):
        _check_shares(of_row, f"transitions[{row}]")
        if of_row[row]:
            raise ValueError(f"transitions[{row}, {row}] is {shown(float(of_row[row]))}: no share is passed to itself.")
    return _Graph(shares, parts)


def _check_shares(shares: Floats, name: str) -> None:
    wrong = np.flatnonzero(~((shares >= 0) & (shares <= 1)))
    if len(wrong):
        raise ValueError(f"{name}[{wrong[0]}] is {shown(float(shares[wrong[0]]))}: a share is a number from 0 to 1.")
    if shares.sum() > 1 + SLACK:
        raise ValueError(f"{name} sums to {shares.sum():.10g}: shares sum to at most 1.")
