"""Interval-censored events, such as progression found at a visit: survival, landmarks, and a test of two arms.

An event is known to lie in (left, right], after the last visit without it and not after the first visit with it.
`right` is infinite where it was not seen, and equal to `left` where its time is known exactly.
"""

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.checks import (
    check_arms,
    check_kind,
    check_landmark,
    check_same_order,
    check_strata,
    check_times,
    shown,
)
from smmlib.stats.distributions import chi_square_tail
from smmlib.stats.event_table import merge_ties, snap_to_ties
from smmlib.stats.interval.likelihood import cumulative, innermost_intervals, maximum_likelihood_masses
from smmlib.stats.results import NOT_ESTIMABLE, Estimate, HypothesisTest, IntervalCensoredCurve, not_estimable, sentence
from smmlib.stats.types import Booleans, CountsAtTime, CountsOfTest, Floats, Integers, Labels, Limits, Method

NOT_CERTIFIED = "the search for the maximum likelihood did not reach it"
# Scores are at most one; those of equal patients differ by rounding alone.
SAME_SCORE = 1e-9


def turnbull(left: ArrayLike, right: ArrayLike, *, time_unit: str = "months", arm: str = "") -> IntervalCensoredCurve:
    """Non-parametric maximum likelihood estimate of survival from interval-censored times.

    It is unique but for one thing: the data say how much probability lies in each innermost interval, but not where
    within it, so that survival is not defined inside an interval with mass. Exact and right-censored times alone give
    the Kaplan-Meier estimate.

    Parameters
    ----------
    left : array-like, shape (n,)
        Last time at which the patient was known to be without the event, in `time_unit`; 0 when the first visit
        already found it.
    right : array-like, shape (n,)
        First time at which the event was known to have occurred, in `time_unit`; infinity when it was not seen, and
        equal to `left` when it occurred exactly then. An exact time of 0 lies in no interval (0, right].
    time_unit : str
        Unit of the times; it travels with the results and changes no number.
    arm : str
        Name of the arm; it travels with the results.

    Returns
    -------
    IntervalCensoredCurve
        Innermost intervals with mass, and a bound on how far the log-likelihood may lie below its maximum.

    Raises
    ------
    ValueError
        If the arrays differ in length, a time is negative or missing, `left` is infinite, or an interval ends before
        it begins.

    References
    ----------
    .. [1] Turnbull (1976), J R Stat Soc B 38:290-295.
    .. [2] Gentleman & Geyer (1994), Biometrika 81:618-623.
    .. [3] Klein & Moeschberger (2003), Survival Analysis, section 5.2.

    Examples
    --------
    Three patients with the event in (0, 2], in (1, 3] and after 2. By hand: the events can lie in (1, 2] and in (2, 3],
    with half of the probability in each, by symmetry.

    >>> from math import inf
    >>> from smmlib import turnbull
    >>> curve = turnbull([0, 1, 2], [2, 3, inf])
    >>> list(zip(curve.low.tolist(), curve.high.tolist(), curve.mass.tolist()))
    [(1.0, 2.0, 0.5), (2.0, 3.0, 0.5)]
    """
    check_same_order({"left": left, "right": right})
    left, right = _bounds(left, right)
    intervals = innermost_intervals(left, right)
    solution = maximum_likelihood_masses(intervals)
    seen = solution.mass > 0
    mass = solution.mass[seen]
    method = "Turnbull's non-parametric maximum likelihood estimate, interval-censored times"
    return IntervalCensoredCurve(
        low=intervals.low[seen],
        high=intervals.high[seen],
        mass=mass,
        survival=_sums_after(mass),
        n=len(left),
        events=int(np.isfinite(right).sum()),
        log_likelihood=solution.log_likelihood,
        shortfall=solution.shortfall,
        certified=solution.certified,
        iterations=solution.iterations,
        time_unit=time_unit,
        method=method if solution.certified else f"{method}; {NOT_CERTIFIED}",
        arm=arm,
    )


def interval_censored_survival_at(curve: IntervalCensoredCurve, time: float) -> Estimate:
    """Survival at a landmark, from interval-censored times; without limits.

    Parameters
    ----------
    curve : IntervalCensoredCurve
        From `turnbull`.
    time : float
        Landmark, zero or more, in the unit of the curve. An event at it counts.

    Returns
    -------
    Estimate
        A proportion. Not estimable strictly inside an innermost interval with mass, including the unbounded one after
        the last visit of patients without the event.

    Raises
    ------
    ValueError
        If `curve` is not from `turnbull`, or `time` is negative or not finite.

    References
    ----------
    .. [1] Turnbull (1976), J R Stat Soc B 38:290-295.

    Examples
    --------
    By hand: half of the probability lies in (1, 2], so that survival is 1/2 at 2 and not known at 1.5.

    >>> from math import inf
    >>> from smmlib import interval_censored_survival_at, turnbull
    >>> curve = turnbull([0, 1, 2], [2, 3, inf])
    >>> interval_censored_survival_at(curve, 2).value, interval_censored_survival_at(curve, 1.5).value
    (0.5, nan)
    """
    check_kind(curve, IntervalCensoredCurve, "curve", "turnbull")
    time = check_landmark(time)
    ends = np.concatenate([curve.low, curve.high])
    seen = snap_to_ties(time, np.unique(ends[np.isfinite(ends)]))
    common: CountsAtTime = {"unit": "proportion", "arm": curve.arm, "n": curve.n, "events": curve.events, "at": time}
    passed = int(np.searchsorted(curve.high, seen, side="right"))
    if passed < len(curve.low) and curve.low[passed] < seen:
        return Estimate(NOT_ESTIMABLE, **_inside(curve, passed, time), **common)
    value = float(curve.survival[passed - 1]) if passed else 1.0
    return Estimate(value, method=f"{curve.method}; no confidence interval", **common)


def interval_censored_test(
    left: ArrayLike, right: ArrayLike, in_arm: ArrayLike, *, arm: str, reference: str, strata: Labels | None = None
) -> HypothesisTest:
    """Log-rank test of equal survival in two arms from interval-censored times, with Sun's scores.

    A patient's score is what the log-rank test gives an event, one minus the cumulative hazard, averaged over where the
    event may lie by the estimate of both arms together. The variance of the sum of the scores in the arm is that over
    all ways of assigning the same patients to two arms of these sizes; it is right only if the schedule of visits does
    not depend on the arm. For right-censored times the sum is observed minus expected events, as in `logrank_test`,
    with a different variance.

    Parameters
    ----------
    left, right : array-like, shape (n,)
        As in `turnbull`.
    in_arm : array-like, shape (n,)
        True or 1 for patients of `arm`, False or 0 for those of `reference`.
    arm, reference : str
        Names of the two arms.
    strata : array-like, shape (n,), optional
        Stratum of each patient, any labels. Each has its own estimate and its own assignments; sums and variances
        are added up.

    Returns
    -------
    HypothesisTest
        Chi-square on one degree of freedom, two-sided: the square of the asymptotic permutation Z. Not estimable when
        the scores have no variance.

    Raises
    ------
    ValueError
        As `turnbull`, or if `in_arm` holds anything but True and False or 1 and 0, an arm is empty, the arms have the
        same name, or a patient has no stratum.

    References
    ----------
    .. [1] Sun (1996), Stat Med 15:1387-1395.
    .. [2] Fay & Shaw (2010), J Stat Softw 36(2), section 3, "logrank1", and section 5.1, permutation mean and variance.

    Examples
    --------
    Exact times 1, 2 and 4, and one censored at 3. By hand: the scores are 3/4, 5/12, -7/12 and -7/12, those of the arm
    sum to 1/6 with a permutation variance of 17/36, and the chi-square is 1/17.

    >>> from math import inf
    >>> from smmlib import interval_censored_test
    >>> test = interval_censored_test([1, 2, 3, 4], [1, 2, inf, 4], [1, 0, 1, 0], arm="new", reference="old")
    >>> print(f"{test.statistic * 17:.2f} / 17")
    1.00 / 17
    """
    check_same_order({"left": left, "right": right, "in_arm": in_arm, "strata": strata})
    left, right = _bounds(left, right)
    in_arm = check_arms(in_arm, len(left), arm, reference, of="left")
    codes = np.zeros(len(left), dtype=np.intp) if strata is None else check_strata(strata, len(left), of="left")
    parts = [_score_and_variance(left[rows], right[rows], in_arm[rows]) for rows in _rows_of_strata(codes)]
    score, variance = np.sum(parts, axis=0)
    result: CountsOfTest = {
        "df": 1,
        "arm": arm,
        "reference": reference,
        "n": len(left),
        "events": int(np.isfinite(right).sum()),
    }
    name = "Log-rank test for interval-censored times, Sun's scores" + (", stratified" if strata is not None else "")
    if not variance > 0:
        reason = NOT_CERTIFIED if np.isnan(variance) else "no patient's score differs from another's"
        return HypothesisTest(NOT_ESTIMABLE, NOT_ESTIMABLE, **not_estimable(name, reason), **result)
    statistic = float(score**2 / variance)
    method = f"{name}, asymptotic permutation variance, two-sided"
    return HypothesisTest(statistic, chi_square_tail(statistic, 1), method=method, **result)


def _bounds(left: ArrayLike, right: ArrayLike) -> tuple[Floats, Floats]:
    """Both bounds as floats, those that differ by rounding error alone made equal."""
    given = np.asarray(left), np.asarray(right)
    left, right = check_times(left, "left"), check_times(right, "right", endless=True)
    if left.shape != right.shape:
        raise ValueError(f"right has shape {right.shape}, but left has {len(left)} patients: give one value a patient.")
    seen = np.isfinite(right)
    merged = merge_ties(np.concatenate([left, right[seen]]))
    left = merged[: len(left)]
    right = right.copy()
    right[seen] = merged[len(left) :]
    bad = np.flatnonzero(left > right)
    if len(bad):
        at = bad[0]
        raise ValueError(
            f"left[{at}] is {shown(given[0][at])}, but right[{at}] is {shown(given[1][at])}: "
            "an interval must not end before it begins."
        )
    return left, right


def _sums_after(mass: Floats) -> Floats:
    """Sum of the masses after each: exactly zero after the last."""
    return np.append(np.cumsum(mass[::-1])[::-1][1:], 0.0)


def _inside(curve: IntervalCensoredCurve, row: int, time: float) -> Method:
    """`method` and `from_data` of a result at a time for which the curve has no value."""
    low, high, mass = curve.low[row], curve.high[row], curve.mass[row]
    where = f" lies inside ({low:g}, {high:g}], somewhere in which survival falls by {mass:.3g}"
    if np.isinf(high):
        where = f" lies beyond {low:g}, after which nothing is known"
    arm = f" in arm {curve.arm!r}" if curve.arm else ""
    return sentence(f"Not estimable: {time:g} {curve.time_unit}{where}{arm}", within=(where,))


def _rows_of_strata(codes: Integers) -> list[Integers]:
    """Rows of the patients of each stratum in turn."""
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)


def _score_and_variance(left: Floats, right: Floats, in_arm: Booleans) -> Limits:
    """Sum of the scores in the arm, above its mean over all assignments to the arms, and its variance over them."""
    n, in_the_arm = len(left), int(in_arm.sum())
    if in_the_arm in (0, n):
        return 0.0, 0.0
    scores = _sun_scores(left, right)
    if np.ptp(scores) <= SAME_SCORE:
        return 0.0, 0.0
    deviations = scores - scores.mean()
    variance = in_the_arm * (n - in_the_arm) / (n * (n - 1)) * (deviations**2).sum()
    return deviations[in_arm].sum(), variance


def _sun_scores(left: Floats, right: Floats) -> Floats:
    """Mean, over where the event may be, of one less the cumulative hazard there; NaN without a certified estimate.

    It equals the quotient of Fay & Shaw (2010), section 3, "logrank1".
    """
    intervals = innermost_intervals(left, right)
    solution = maximum_likelihood_masses(intervals)
    if not solution.certified:
        return np.full(len(left), np.nan)
    mass = solution.mass
    at_risk = mass + _sums_after(mass)
    hazard = np.divide(mass, at_risk, out=np.zeros(len(mass)), where=mass > 0)
    below, scored = cumulative(mass), cumulative(mass * (1 - np.cumsum(hazard)))
    first, last = intervals.first, intervals.last
    return (scored[last] - scored[first]) / (below[last] - below[first])
