"""Log-rank tests of two or more groups at once: whether any hazards differ, and whether they follow a trend."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.checks import as_array, as_floats, check_same_order, check_times, coded_labels, shown
from smmlib.stats.distributions import chi_square_tail
from smmlib.stats.event_table import EventTable, event_table
from smmlib.stats.results import NOT_ESTIMABLE, HypothesisTest, not_estimable
from smmlib.stats.two_arms import counts_of
from smmlib.stats.types import Floats, Integers, Labels

UNCOMPARED = "no event was seen while patients of two groups were at risk"
AT_ONE_TIME = "all at risk had the event at one time"
SAME_SCORES = "groups that can be compared have the same score"


def k_sample_logrank_test(
    time: ArrayLike,
    event: ArrayLike,
    group: Labels,
    *,
    strata: Labels | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> HypothesisTest:
    """Log-rank test of equal hazards in all of several groups, stratified when strata are given.

    Parameters
    ----------
    time, event : array-like, shape (n,)
        As in `kaplan_meier`.
    group : array-like, shape (n,)
        Group of each patient, any labels, of which there must be two or more.
    strata, entry, weights : array-like, shape (n,), optional
        As in `logrank_test`.

    Returns
    -------
    HypothesisTest
        Chi-square on one degree of freedom fewer than there are groups; of two groups it is that of `logrank_test`. A
        group that is never at risk with another at an event adds no degree of freedom. Not estimable when no two
        groups are, or all at risk have the event at one time.

    Raises
    ------
    ValueError
        If the arrays differ in length, hold what they should not, or there is a single group.

    References
    ----------
    .. [1] Peto & Peto (1972), J R Stat Soc A 135:185-207.
    .. [2] Klein & Moeschberger (2003), Survival Analysis, eq. 7.3.5 to 7.3.7.

    Examples
    --------
    Six patients, worked out by hand: the chi-square is 42330 / 16320.

    >>> from smmlib import k_sample_logrank_test
    >>> time, event, group = [1, 4, 2, 5, 3, 6], [1, 1, 1, 0, 0, 1], ["a", "a", "b", "b", "c", "c"]
    >>> test = k_sample_logrank_test(time, event, group)
    >>> f"{test.statistic:.5f} on {test.df} degrees of freedom, P = {test.p_value:.4f}"
    '2.59375 on 2 degrees of freedom, P = 0.2734'
    """
    table, names = _table_of_groups(time, event, group, strata, entry, weights)
    excess, covariance = _excess_and_covariance(table)
    method = f"Log-rank test of {len(names)} groups{', stratified' if strata is not None else ''}"
    free = free_groups(covariance)
    if not len(free):
        missing = not_estimable(method, _why_without_variance(table))
        return HypothesisTest(NOT_ESTIMABLE, NOT_ESTIMABLE, df=0, **missing, **counts_of(table))
    own = np.ix_(free, free)
    statistic = float(excess[free] @ np.linalg.solve(covariance[own], excess[free]))
    p_value = chi_square_tail(statistic, len(free))
    return HypothesisTest(statistic, p_value, len(free), method, **counts_of(table))


def trend_logrank_test(
    time: ArrayLike,
    event: ArrayLike,
    group: Labels,
    scores: Mapping[Any, float],
    *,
    strata: Labels | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> HypothesisTest:
    """Log-rank test for trend: whether hazards rise or fall with a score of the groups, such as a dose.

    Parameters
    ----------
    time, event, group, strata, entry, weights
        As in `k_sample_logrank_test`.
    scores : mapping of label to float
        Score of each group. Only the ratios of their differences matter.

    Returns
    -------
    HypothesisTest
        Chi-square on one degree of freedom, two-sided. Not estimable as `k_sample_logrank_test`, or when all groups
        that are compared have the same score.

    Raises
    ------
    ValueError
        As `k_sample_logrank_test`, or if a group has no score, a score is not a finite number, or all are the same.

    References
    ----------
    .. [1] Tarone (1975), Biometrika 62:679-682.
    .. [2] Klein & Moeschberger (2003), Survival Analysis, section 7.4.

    Examples
    --------
    Three doses, worked out by hand: the chi-square is 33 ** 2 / 426.

    >>> from smmlib import trend_logrank_test
    >>> time, event, dose = [1, 4, 2, 5, 3, 6], [1, 1, 1, 0, 0, 1], [0, 0, 10, 10, 20, 20]
    >>> test = trend_logrank_test(time, event, dose, {0: 0, 10: 1, 20: 2})
    >>> f"{test.statistic:.4f}, P = {test.p_value:.4f}"
    '2.5563, P = 0.1099'
    """
    table, names = _table_of_groups(time, event, group, strata, entry, weights)
    score = _scores_of(names, scores)
    excess, covariance = _excess_and_covariance(table)
    told = ", ".join(f"{name} {value:g}" for name, value in zip(names, score.tolist(), strict=True))
    method = f"Log-rank test for trend{', stratified' if strata is not None else ''}, scores {told}"
    counts = counts_of(table)
    centred = _centred(score, covariance)
    variance = float(centred @ covariance @ centred)
    if not variance > 0:
        reason = SAME_SCORES if len(free_groups(covariance)) else _why_without_variance(table)
        missing = not_estimable(method, reason)
        return HypothesisTest(NOT_ESTIMABLE, NOT_ESTIMABLE, 1, **missing, **counts)
    statistic = float(centred @ excess) ** 2 / variance
    return HypothesisTest(statistic, chi_square_tail(statistic, 1), 1, f"{method}, two-sided", **counts)


def _table_of_groups(
    time: ArrayLike,
    event: ArrayLike,
    group: Labels,
    strata: Labels | None,
    entry: ArrayLike | None,
    weights: ArrayLike | None,
) -> tuple[EventTable, list[Any]]:
    """Event table with a group for each label that occurs, and the labels."""
    columns = {"event": event, "group": group, "strata": strata, "entry": entry, "weights": weights}
    check_same_order({"time": time, **columns})
    times = check_times(time)
    codes, names = coded_labels(group, "group", len(times))
    if len(names) < 2:
        raise ValueError(f"group is {shown(names[0])} for every patient: give the labels of two groups or more.")
    return event_table(times, event, codes, strata, entry=entry, weights=weights), names


def _excess_and_covariance(table: EventTable) -> tuple[Floats, Floats]:
    """Events of each group above expectation, and their covariance: shapes (groups,) and (groups, groups).

    Given all events and the patients at risk, the events of the groups are multivariate hypergeometric when the hazards
    are equal.
    """
    events, at_risk = table.events.sum(axis=0), table.at_risk.sum(axis=0)
    share = table.at_risk / at_risk
    # as in two arms: one patient alone has no variance
    others = np.maximum(at_risk - 1, 0)
    spread = events * np.divide(at_risk - events, others, out=np.zeros(len(others)), where=others > 0)
    covariance = -(share * spread) @ share.T
    # a row adds up to nothing, so that its diagonal is the sum of the others, free of a difference of large numbers
    np.fill_diagonal(covariance, 0)
    np.fill_diagonal(covariance, -covariance.sum(axis=1))
    return (table.events - events * share).sum(axis=1), covariance


def _together(covariance: Floats) -> Integers:
    """Which groups are compared with one another, over others too: of each, the first group of its set."""
    reached = (covariance < 0) | np.eye(len(covariance), dtype=bool)
    further = reached @ reached
    while (further != reached).any():
        reached, further = further, further @ further
    return reached.argmax(axis=1)


def free_groups(covariance: Floats) -> Integers:
    """The groups but for one of each set that are compared with one another: what is left says the same.

    Parameters
    ----------
    covariance : ndarray, shape (groups, groups)
        Below zero, off the diagonal, where two groups are compared.

    Returns
    -------
    ndarray of int
    """
    return np.flatnonzero(_together(covariance) != np.arange(len(covariance)))


def _centred(score: Floats, covariance: Floats) -> Floats:
    """Scores less the first of each set of groups that are compared: their level tells nothing, and costs digits."""
    return score - score[_together(covariance)]


def _why_without_variance(table: EventTable) -> str:
    """Why no two groups can be compared."""
    met = ((table.at_risk > 0).sum(axis=0) > 1) & (table.events.sum(axis=0) > 0)
    return AT_ONE_TIME if met.any() else UNCOMPARED


def _scores_of(names: list[Any], scores: Mapping[Any, float]) -> Floats:
    """The score of each group in the order of the labels, or a ValueError that names what is wrong with it."""
    if not isinstance(scores, Mapping):
        raise ValueError(f"scores is of type {type(scores).__name__}: give a mapping of each group to its score.")
    for name in names:
        if name not in scores:
            raise ValueError(f"scores has none for group {shown(name)}: give each group a number.")
        value = as_floats(as_array(scores[name]))
        if value.shape or not np.isfinite(value):
            raise ValueError(f"scores[{shown(name)}] is {shown(scores[name])}: give a finite number.")
    given = np.array([float(scores[name]) for name in names])
    if (given == given[0]).all():
        raise ValueError(f"scores are {given[0]:g} for every group: a trend needs two that differ.")
    return given
