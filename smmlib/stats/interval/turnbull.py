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

    It is unique but for one thing: the data tell how much probability lies in each innermost interval, not where in
    it, so that within one with mass survival is not defined. Exact and right-censored times alone give the
    Kaplan-Meier estimate.

    Parameters
    ----------
    left : array-like, shape (n,)
        Last time at which the patient was without the event, in `time_unit`; 0 when already the first visit found
        it.
    right : array-like, shape (n,)
        First time at which the event had occurred; infinity when it was not seen, `left` when it was at that
        time exactly. An exact time of 0 lies in no interval (0, right].
    time_unit : str
        Unit of the times; it travels with the results and changes no number.
    arm : str
        Name of the arm; it travels with the results.

    Returns
    -------
    IntervalCensoredCurve
        Innermost intervals with mass, and a bound of what the log-likelihood may lack.

    Raises
    ------
    ValueError
        If the arrays differ in length, a time is not a time, or an interval ends before it begins.

    References
    ----------
    .. [1] Turnbull (1976), J R Stat Soc B 38:290-295.
    .. [2] Gentleman & Geyer (1994), Biometrika 81:618-623.
    .. [3] Klein & Moeschberger (2003), Survival Analysis, section 5.2.
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
    time : float
        Landmark, zero or more, in the unit of the curve. An event at it counts.

    Returns
    -------
    Estimate
        Not estimable strictly inside an innermost interval with mass, also the unbounded one after the last
        visit of those without the event.

    Raises
    ------
    ValueError
        If `time` is negative or not finite.

    References
    ----------
    .. [1] Turnbull (1976), J R Stat Soc B 38:290-295.
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

    A patient's score is what the log-rank test gives an event, one less the cumulative hazard, averaged over where the
    event may be by the estimate of both arms together. The variance of the scores' sum in the arm is that over all
    ways to assign the same patients to two arms of these sizes, so that visits must not depend on the arm. For
    right-censored times the sum is observed less expected events, as in `logrank_test`; only its variance is another.

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
        are added.

    Returns
    -------
    HypothesisTest
        Chi-square on one degree of freedom, the square of the asymptotic permutation Z. Not estimable when the scores
        have no variance.

    Raises
    ------
    ValueError
        As `turnbull`, or if an arm is empty or a stratum is missing.

    References
    ----------
    .. [1] Sun (1996), Stat Med 15:1387-1395.
    .. [2] Fay & Shaw (2010), J Stat Softw 36(2), section 3, "logrank1", and section 5.1, permutation mean and variance.
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
