"""P values adjusted for testing several hypotheses, so that the chance of any false rejection stays within a level."""

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.checks import as_array, as_floats, check_choice, shown
from smmlib.stats.types import Floats

Procedure = Literal["holm", "hochberg", "fixed-sequence"]
PROCEDURES: tuple[Procedure, ...] = get_args(Procedure)


def adjusted_p_values(p_values: ArrayLike, *, procedure: Procedure) -> Floats:
    """P values adjusted for multiple testing: a hypothesis is rejected where its own is at most the level.

    Parameters
    ----------
    p_values : array-like, shape (k,)
        One for each hypothesis; NaN where a test is not estimable, which counts as 1: it stays among the hypotheses,
        and in a fixed sequence none after it can be rejected.
    procedure : {"holm", "hochberg", "fixed-sequence"}
        Holm's step-down procedure holds whatever the dependence of the tests; Hochberg's step-up procedure asks that
        they be independent or positively dependent; in a fixed sequence each hypothesis is tested at the whole level
        once all before it are rejected, in the order given.

    Returns
    -------
    ndarray, shape (k,)
        In the order given; NaN where the test is not estimable.

    Raises
    ------
    ValueError
        If there is no P value, one is not between 0 and 1, or the procedure is unknown.

    References
    ----------
    .. [1] Holm (1979), Scand J Stat 6:65-70.
    .. [2] Hochberg (1988), Biometrika 75:800-802.
    .. [3] Westfall & Krishen (2001), J Stat Plan Inference 99:25-40, the fixed sequence.

    Examples
    --------
    By hand: three times the smallest, twice the next and no less than that, once the largest and no less than those.

    >>> from smmlib import adjusted_p_values
    >>> [round(float(p), 4) for p in adjusted_p_values([0.04, 0.01, 0.03], procedure="holm")]
    [0.06, 0.03, 0.06]
    >>> [round(float(p), 4) for p in adjusted_p_values([0.01, 0.04, 0.03], procedure="fixed-sequence")]
    [0.01, 0.04, 0.04]
    """
    check_choice(procedure, PROCEDURES, "procedure")
    given = checked_p_values(p_values)
    counted = np.where(np.isnan(given), 1.0, given)
    adjusted = np.maximum.accumulate(counted) if procedure == "fixed-sequence" else _stepwise(counted, procedure)
    return np.where(np.isnan(given), np.nan, adjusted)


def final_levels(p_values: ArrayLike, *, alpha: float, procedure: Procedure) -> Floats:
    """The level at which a procedure tests each hypothesis in the end.

    Parameters
    ----------
    p_values, procedure
        As in `adjusted_p_values`.
    alpha : float
        The level of all tests together.

    Returns
    -------
    ndarray, shape (k,)
        A hypothesis is rejected where its own P value is at most its level; 0 where a fixed sequence stopped before.
        Holm's procedure divides alpha by the hypotheses not rejected before; Hochberg's by those with a P value as
        large or larger, and all below the largest rejected share its level.
    """
    given = checked_p_values(p_values)
    counted = np.where(np.isnan(given), 1.0, given)
    rejected = np.nan_to_num(adjusted_p_values(given, procedure=procedure), nan=1.0) <= alpha
    if procedure == "fixed-sequence":
        return np.where(np.cumprod([True, *rejected[:-1]]), alpha, 0.0)
    rank = np.empty(len(given), dtype=int)
    rank[np.argsort(counted, kind="stable")] = np.arange(len(given))
    last = int(rejected.sum())
    in_turn = np.minimum(rank, last) if procedure == "holm" else np.where(rejected, last - 1, rank)
    levels: Floats = alpha / (len(given) - in_turn)
    return levels


def _stepwise(p_values: Floats, procedure: str) -> Floats:
    """Each P value times the number of hypotheses with one as large or larger, made to rise with the P values."""
    order = np.argsort(p_values, kind="stable")
    times = p_values[order] * np.arange(len(p_values), 0, -1)
    step_down, step_up = np.maximum.accumulate(times), np.minimum.accumulate(times[::-1])[::-1]
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(step_down if procedure == "holm" else step_up, 1)
    return adjusted


def checked_p_values(p_values: ArrayLike) -> Floats:
    """P values as floats, or a ValueError that names the first that is none."""
    given = as_array(p_values)
    if given.ndim != 1 or not len(given):
        raise ValueError(f"p_values has shape {given.shape}: give a P value for each hypothesis.")
    values: Floats = as_floats(given)
    is_missing = np.array([isinstance(value, (float, np.floating)) and bool(np.isnan(value)) for value in given])
    wrong = np.flatnonzero(~((values >= 0) & (values <= 1)) & ~is_missing)
    if len(wrong):
        raise ValueError(
            f"p_values[{wrong[0]}] is {shown(given[wrong[0]])}: a P value is a number from 0 to 1, "
            "or NaN where a test is not estimable."
        )
    return values
