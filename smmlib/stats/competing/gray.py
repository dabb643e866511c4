"""Gray's test of equal cumulative incidence of one cause, in two arms or in several groups."""

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.checks import (
    check_arms,
    check_cause,
    check_same_order,
    check_times,
    coded_labels,
    shown,
)
from smmlib.stats.comparison.k_sample import UNCOMPARED, free_groups
from smmlib.stats.competing.causes import counts_by_cause, just_before, steps, weights
from smmlib.stats.distributions import chi_square_tail
from smmlib.stats.event_table import EventTable
from smmlib.stats.results import NOT_ESTIMABLE, HypothesisTest, not_estimable
from smmlib.stats.two_arms import ARM
from smmlib.stats.two_arms import UNCOMPARED as UNMET
from smmlib.stats.types import Booleans, CountsOfTest, Floats, Integers, Labels

SMALLEST_VARIANCE = 1e-12
"""Of any contrast of the groups, relative to the largest: below it there is rounding and no variance."""
NO_VARIANCE = "its variance is not a number above zero"
_Counts = tuple[Integers, Integers, Integers]
"""Patients at risk, events of the cause and other events: shape (groups, k) each."""


def gray_test(
    time: ArrayLike,
    cause: ArrayLike,
    in_arm: ArrayLike,
    *,
    of: int,
    arm: str,
    reference: str,
    strata: Labels | None = None,
) -> HypothesisTest:
    """Gray's test of equal cumulative incidence of one cause in two arms, stratified when strata are given.

    Parameters
    ----------
    time, cause, of
        As in `cumulative_incidence`.
    in_arm : array-like, shape (n,)
        True or 1 for patients of `arm`, False or 0 for those of `reference`.
    arm, reference : str
        Names of the two arms.
    strata : array-like, shape (n,), optional
        Stratum of each patient, any labels.

    Returns
    -------
    HypothesisTest
        Chi-square on one degree of freedom, two-sided, with weight 1 (rho = 0). Not estimable when no event of the
        cause is seen while both arms are at risk, or when the variance, corrected for ties, is not above zero.

    Raises
    ------
    ValueError
        As `cumulative_incidence`, or if `in_arm` holds anything but True and False or 1 and 0, an arm is empty, the
        arms have the same name, or a patient has no stratum.

    References
    ----------
    .. [1] Gray (1988), Ann Stat 16:1141-1154, section 2.

    Examples
    --------
    Where everything happens at one time, Gray's test is the log-rank test. By hand: two events in the arm where one is
    expected, with a variance of 1/3, a chi-square of 3.

    >>> from smmlib import gray_test
    >>> test = gray_test([1, 1, 2, 3], [1, 1, 1, 1], [1, 1, 0, 0], of=1, arm="new", reference="old")
    >>> print(f"{test.statistic:.2f}")
    3.00
    """
    of = check_cause(of)
    check_same_order({"time": time, "cause": cause, "in_arm": in_arm, "strata": strata})
    time = check_times(time)
    in_arm = check_arms(in_arm, len(time), arm, reference)
    table, *counts = counts_by_cause(time, cause, of, group=in_arm.view(np.int8), groups=2, strata=strata)
    score, covariance, links = _over_strata(table, *counts)
    variance = covariance[ARM, ARM]
    name = f"Gray's test of the cumulative incidence of cause {of}{_stratified(strata)}"
    events = int(counts[1].sum())
    result: CountsOfTest = {"df": 1, "arm": arm, "reference": reference, "n": len(time), "events": events}
    if not variance > 0:  # so that NaN fails too
        reason = NO_VARIANCE if links[ARM, ARM] > 0 else _unmet(of, UNMET)
        return HypothesisTest(NOT_ESTIMABLE, NOT_ESTIMABLE, **not_estimable(name, reason), **result)
    statistic = float(score[ARM] ** 2 / variance)
    return HypothesisTest(statistic, chi_square_tail(statistic, 1), method=f"{name}, two-sided", **result)


def k_sample_gray_test(
    time: ArrayLike, cause: ArrayLike, group: Labels, *, of: int, strata: Labels | None = None
) -> HypothesisTest:
    """Gray's test of equal cumulative incidence of one cause in all of several groups, also stratified.

    Parameters
    ----------
    time, cause, of
        As in `cumulative_incidence`.
    group : array-like, shape (n,)
        Group of each patient, any labels, of which there must be two or more.
    strata : array-like, shape (n,), optional
        Stratum of each patient, any labels.

    Returns
    -------
    HypothesisTest
        Chi-square on one degree of freedom fewer than there are groups, with weight 1 (rho = 0); of two groups it is
        that of `gray_test`. A group that is never at risk with another at an event of the cause adds no degree of
        freedom. Not estimable when no two groups are, or when the variance of a contrast of groups, corrected for ties,
        is not above zero.

    Raises
    ------
    ValueError
        As `cumulative_incidence`, or if there is a single group, or a patient has no group or stratum.

    References
    ----------
    .. [1] Gray (1988), Ann Stat 16:1141-1154, section 2.

    Examples
    --------
    Where everything happens at one time, Gray's test is the log-rank test. By hand: of six patients, two a group, both
    of the first have the event, 4/3 above expectation; 5/8 × 3 × (16/9 + 4/9 + 4/9).

    >>> from smmlib import k_sample_gray_test
    >>> test = k_sample_gray_test([1, 1, 2, 2, 2, 2], [1, 1, 0, 0, 0, 0], ["a", "a", "b", "b", "c", "c"], of=1)
    >>> f"{test.statistic:.2f} on {test.df} degrees of freedom"
    '5.00 on 2 degrees of freedom'
    """
    of = check_cause(of)
    check_same_order({"time": time, "cause": cause, "group": group, "strata": strata})
    time = check_times(time)
    codes, names = coded_labels(group, "group", len(time))
    if len(names) < 2:
        raise ValueError(f"group is {shown(names[0])} for every patient: give the labels of two groups or more.")
    table, *counts = counts_by_cause(time, cause, of, group=codes, groups=len(names), strata=strata)
    score, covariance, links = _over_strata(table, *counts)
    events = int(counts[1].sum())
    name = f"Gray's test of the cumulative incidence of cause {of} in {len(names)} groups{_stratified(strata)}"
    free = free_groups(links)
    own = covariance[np.ix_(free, free)]
    if not len(free) or not _is_positive(own):
        missing = not_estimable(name, NO_VARIANCE if len(free) else _unmet(of, UNCOMPARED))
        return HypothesisTest(NOT_ESTIMABLE, NOT_ESTIMABLE, len(free), **missing, n=len(time), events=events)
    statistic = float(score[free] @ np.linalg.solve(own, score[free]))
    p_value = chi_square_tail(statistic, len(free))
    return HypothesisTest(statistic, p_value, len(free), name, n=len(time), events=events)


def _stratified(strata: Labels | None) -> str:
    return "" if strata is None else ", stratified"


def _unmet(of: int, uncompared: str) -> str:
    """That no groups could be compared, where the event is that of a cause."""
    return uncompared.replace("no event", f"no event of cause {of}")


def _is_positive(covariance: Floats) -> bool:
    """Whether every contrast of the groups has a variance; NaN is none."""
    if not np.isfinite(covariance).all():
        return False
    variances = np.linalg.eigvalsh(covariance)
    return bool(variances[0] > SMALLEST_VARIANCE * variances[-1])


def _over_strata(table: EventTable, *counts: Integers) -> tuple[Floats, Floats, Floats]:
    """Scores of the groups, their covariance, and which of them meet, added up over strata."""
    others = np.flatnonzero(np.diff(table.stratum)) + 1
    strata = zip(*(np.split(each, others, axis=1) for each in counts), strict=True)
    scores, covariances, links = zip(*(_score_and_covariance(own) for own in strata), strict=True)
    return np.sum(scores, axis=0), np.sum(covariances, axis=0), np.sum(links, axis=0)


def _score_and_covariance(counts: _Counts) -> tuple[Floats, Floats, Floats]:
    """Scores of the groups in one stratum, and their covariance under equal incidence.

    In Gray's words: `adjusted` is h = Y / S(t-), those at risk as if nobody had been lost to an event; the scores
    compare events with their expectation under R = h (1 - F(t-)). The last matrix is below zero where two groups meet.
    """
    at_risk, events, competing = counts
    before, survival, incidence = steps(at_risk, events, competing)
    adjusted = np.divide(at_risk, before, out=np.zeros(at_risk.shape), where=at_risk > 0)
    expected = adjusted * (1 - just_before(incidence, 0.0))
    deaths, total = events.sum(axis=0), adjusted.sum(axis=0)
    scores = (events - deaths * (expected / expected.sum(axis=0))).sum(axis=1)
    both = _contrasts(adjusted, total)
    gains = both * deaths
    # The pooled incidence may come to 1 before the events do: the variance is then no number, not an error.
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = np.cumsum(deaths / total)
        later = _sum_after(np.divide(gains, total * (1 - just_before(pooled, 0.0)), out=0 * gains, where=gains != 0))
        lost = (1 - pooled) * later
        effect = both + later - lost / np.where(survival > 0, survival, np.inf)
        present = at_risk > 0
        ties = _pooled_tie_factor(total * before, deaths, present)
        own = np.where(present, ties * before * deaths / (total * np.maximum(at_risk, 1)), 0.0)
        covariance = _products(own, effect) + _products(weights(at_risk, events + competing, competing), lost)
    return scores, covariance, gains.sum(axis=-1)


def _contrasts(adjusted: Floats, total: Floats) -> Floats:
    """What an event of the cause in each group takes from, or adds to, the score of each: shape (groups, groups, k).

    The diagonal is the sum of the others, free of a difference of large numbers.
    """
    both = -adjusted[:, None] * adjusted[None] / total
    groups = np.arange(len(adjusted))
    both[groups, groups] = 0.0
    both[groups, groups] = -both.sum(axis=1)
    return both


def _products(weight: Floats, effect: Floats) -> Floats:
    """Sum over groups and times of the products of effects, weighted: shape (groups, groups)."""
    return np.einsum("kt,ikt,jkt->ij", weight, effect, effect)


def _sum_after(values: Floats) -> Floats:
    """Sum of the values at later times, the last axis."""
    until = np.cumsum(values[..., :0:-1], axis=-1)[..., ::-1]
    return np.concatenate([until, np.zeros_like(values[..., :1])], axis=-1)


def _pooled_tie_factor(patients: Floats, events: Integers, present: Booleans) -> Floats:
    """The factor of tied events of the cause, among the patients of all groups on the scale of each."""
    return 1 - np.divide(events - 1, patients - 1, out=np.zeros(patients.shape), where=present & (events > 1))
