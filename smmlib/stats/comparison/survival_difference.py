"""The difference of two arms' survival at a landmark: arm - reference."""

from smmlib.stats.contrasts import check_comparable, difference
from smmlib.stats.results import Estimate, SurvivalCurve
from smmlib.stats.survival.kaplan_meier import survival_at


def survival_difference(curve: SurvivalCurve, reference_curve: SurvivalCurve, time: float) -> Estimate:
    """Difference of survival at a landmark, arm - reference, with a normal interval by Greenwood's variances.

    Parameters
    ----------
    curve, reference_curve : SurvivalCurve
        Of the arm and of the reference, with the same confidence level.
    time : float
        Landmark, in the unit of the curves.

    Returns
    -------
    Estimate
        Not estimable when survival at the landmark is not, in either arm. Without limits where nobody is left
        in an arm: S(t) = 0 has no standard error.

    Raises
    ------
    ValueError
        If the curves differ in confidence level or unit, or `time` is not a time.

    References
    ----------
    .. [1] Klein, Logan, Harhoff & Andersen (2007), Stat Med 26:4505-4519.
    """
    check_comparable(curve, reference_curve)
    return difference(
        survival_at(curve, time),
        survival_at(reference_curve, time),
        unit="difference of proportions",
        what="Kaplan-Meier estimates, Greenwood variance",
    )
