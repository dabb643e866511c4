"""Restricted mean survival: the area under the curve up to a time, and its difference and ratio between arms."""

import numpy as np

from smmlib.stats.checks import check_landmark
from smmlib.stats.contrasts import check_comparable, difference, ratio
from smmlib.stats.distributions import two_sided_quantile
from smmlib.stats.event_table import snap_to_ties
from smmlib.stats.results import NOT_ESTIMABLE, Estimate, SurvivalCurve, percent
from smmlib.stats.survival.kaplan_meier import arm_counts, check_curve, is_beyond, past_the_end
from smmlib.stats.types import CountsAtTime

WHAT = "restricted mean survival times"


def restricted_mean_survival(curve: SurvivalCurve, tau: float) -> Estimate:
    """Area under S(t) from 0 to `tau`, with its Greenwood standard error and a normal interval.

    Parameters
    ----------
    curve : SurvivalCurve
        From `kaplan_meier`.
    tau : float
        Time horizon, zero or more, in the unit of the curve; to be pre-specified, so it has no default.

    Returns
    -------
    Estimate
        In the unit of the curve, with `tau` in `at`. Not estimable when `tau` lies beyond the last observed time
        while S(t) is still above zero.

    Raises
    ------
    ValueError
        If `curve` is not from `kaplan_meier`, or `tau` is negative or not finite.

    References
    ----------
    .. [1] Klein & Moeschberger (2003), Survival Analysis, eq. 4.5.1 and 4.5.2.

    Examples
    --------
    By hand: survival is 1 up to 1 and 3/4 up to 3, an area of 1 + 3/4 × 2.

    >>> from smmlib import kaplan_meier, restricted_mean_survival
    >>> restricted_mean_survival(kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0]), tau=3).value
    2.5
    """
    check_curve(curve)
    tau = check_landmark(tau, "tau", "the end of the restricted mean")
    common: CountsAtTime = {"unit": curve.time_unit, "at": tau, **arm_counts(curve)}
    name = f"Restricted mean survival time to {tau:g} {curve.time_unit}"
    end = snap_to_ties(tau, curve.time)
    if is_beyond(curve, end):
        return Estimate(NOT_ESTIMABLE, **past_the_end(curve, end), **common)
    rows = curve.time < end
    time, survival = curve.time[rows], np.append(1.0, curve.survival[rows])
    pieces = survival * np.diff(np.concatenate([[0.0], time, [end]]))
    area_after = np.cumsum(pieces[:0:-1])[::-1]
    at_risk, events = curve.at_risk[rows], curve.events[rows]
    # Once everybody at risk has had the event, no area is left for the variance to weigh.
    left = at_risk - events
    hazard_variance = np.divide(events, at_risk * left, out=np.zeros(len(left)), where=left > 0)
    value, std_error = float(pieces.sum()), float(np.sqrt((area_after**2 * hazard_variance).sum()))
    margin = two_sided_quantile(curve.conf_level) * std_error
    return Estimate(
        value=value,
        low=value - margin,
        high=value + margin,
        conf_level=curve.conf_level,
        std_error=std_error,
        method=f"{name}, Greenwood variance, normal {percent(curve.conf_level)} interval",
        **common,
    )


def restricted_mean_difference(curve: SurvivalCurve, reference_curve: SurvivalCurve, tau: float) -> Estimate:
    """Difference of restricted mean survival, arm - reference, with a normal interval.

    Parameters
    ----------
    curve, reference_curve : SurvivalCurve
        Of the arm and of the reference, from `kaplan_meier`, with the same confidence level and unit.
    tau : float
        As in `restricted_mean_survival`.

    Returns
    -------
    Estimate
        In the unit of the curves. Not estimable when the restricted mean of either arm is not.

    Raises
    ------
    ValueError
        If the curves are not from `kaplan_meier` or differ in confidence level or unit, or `tau` is negative or
        not finite.

    References
    ----------
    .. [1] Royston & Parmar (2013), BMC Med Res Methodol 13:152.

    Examples
    --------
    By hand: an area of 2 + 1/2 in the arm and of 1 + 1/2 × 2 in the reference.

    >>> from smmlib import kaplan_meier, restricted_mean_difference
    >>> curve, reference_curve = kaplan_meier([2, 4], [1, 0]), kaplan_meier([1, 3], [1, 1])
    >>> restricted_mean_difference(curve, reference_curve, tau=3).value
    0.5
    """
    check_comparable(curve, reference_curve)
    return difference(*_both(curve, reference_curve, tau), unit=curve.time_unit, what=WHAT)


def restricted_mean_ratio(curve: SurvivalCurve, reference_curve: SurvivalCurve, tau: float) -> Estimate:
    """Ratio of restricted mean survival, arm / reference, with an interval that is normal for its logarithm.

    Parameters
    ----------
    curve, reference_curve, tau
        As in `restricted_mean_difference`.

    Returns
    -------
    Estimate
        `std_error` is that of the logarithm. Not estimable when the restricted mean of either arm is not, or is
        zero.

    Raises
    ------
    ValueError
        As `restricted_mean_difference`.

    References
    ----------
    .. [1] Uno et al. (2014), J Clin Oncol 32:2380-2385.

    Examples
    --------
    By hand: an area of 2 + 1/2 in the arm and of 1 + 1/2 × 2 in the reference.

    >>> from smmlib import kaplan_meier, restricted_mean_ratio
    >>> curve, reference_curve = kaplan_meier([2, 4], [1, 0]), kaplan_meier([1, 3], [1, 1])
    >>> restricted_mean_ratio(curve, reference_curve, tau=3).value
    1.25
    """
    check_comparable(curve, reference_curve)
    return ratio(*_both(curve, reference_curve, tau), what=WHAT)


def _both(curve: SurvivalCurve, reference_curve: SurvivalCurve, tau: float) -> tuple[Estimate, Estimate]:
    return restricted_mean_survival(curve, tau), restricted_mean_survival(reference_curve, tau)
