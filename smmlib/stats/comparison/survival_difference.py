"""The difference of two arms' survival at a landmark: arm - reference."""

from dataclasses import replace
from math import isnan

from smmlib.stats.contrasts import check_comparable, difference
from smmlib.stats.exact import quotient_difference, survival_quotient
from smmlib.stats.results import Estimate, SurvivalCurve
from smmlib.stats.survival.kaplan_meier import row_at, survival_at


def survival_difference(curve: SurvivalCurve, reference_curve: SurvivalCurve, time: float) -> Estimate:
    """Difference of survival at a landmark, arm - reference, with a normal interval by Greenwood's variances.

    Parameters
    ----------
    curve, reference_curve : SurvivalCurve
        Of the arm and of the reference, from `kaplan_meier`, with the same confidence level and unit.
    time : float
        Landmark, zero or more, in the unit of the curves. An event at it counts.

    Returns
    -------
    Estimate
        A difference of proportions, from -1 to 1. Not estimable when survival at the landmark is not estimable in
        either arm. Without limits where nobody is left in an arm: S(t) = 0 has no standard error.

    Raises
    ------
    ValueError
        If the curves are not from `kaplan_meier` or differ in confidence level or unit, or `time` is negative or
        not finite.

    References
    ----------
    .. [1] Klein, Logan, Harhoff & Andersen (2007), Stat Med 26:4505-4519.

    Examples
    --------
    By hand: at 2 the arm is at 3/4 and the reference at 1/2.

    >>> from smmlib import kaplan_meier, survival_difference
    >>> curve, reference_curve = kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0]), kaplan_meier([1, 3], [1, 0])
    >>> survival_difference(curve, reference_curve, 2).value
    0.25
    """
    check_comparable(curve, reference_curve)
    found = difference(
        survival_at(curve, time),
        survival_at(reference_curve, time),
        unit="difference of proportions",
        what="Kaplan-Meier estimates, Greenwood variance",
    )
    quotient, other = (survival_quotient(each, row_at(each, time)) for each in (curve, reference_curve))
    if quotient is None or other is None or isnan(found.value):
        return found
    return replace(found, value=quotient_difference(quotient, other))
