"""The difference of two arms' cumulative incidence of one cause at a landmark: arm - reference."""

from dataclasses import replace
from math import isnan

from smmlib.stats.checks import check_kind
from smmlib.stats.competing.competing_risks import incidence_at, row_at
from smmlib.stats.contrasts import check_same, difference
from smmlib.stats.exact import incidence_quotient, quotient_difference
from smmlib.stats.results import CumulativeIncidenceCurve, Estimate


def incidence_difference(
    curve: CumulativeIncidenceCurve, reference_curve: CumulativeIncidenceCurve, time: float
) -> Estimate:
    """Difference of cumulative incidence at a landmark, arm - reference, with a normal interval by Aalen's variances.

    Parameters
    ----------
    curve, reference_curve : CumulativeIncidenceCurve
        Of the arm and of the reference, from `cumulative_incidence`, of the same cause, with the same confidence level
        and unit.
    time : float
        Landmark, zero or more, in the unit of the curves. An event at it counts.

    Returns
    -------
    Estimate
        A difference of proportions, from -1 to 1. Not estimable when cumulative incidence at the landmark is not
        estimable in either arm. An arm with an incidence of 0 has a standard error of 0, so that the interval is too
        narrow then.

    Raises
    ------
    ValueError
        If the curves are not from `cumulative_incidence` or differ in cause, confidence level or unit, or `time` is
        negative or not finite.

    References
    ----------
    .. [1] Klein, Logan, Harhoff & Andersen (2007), Stat Med 26:4505-4519; the same for survival.
    .. [2] Pintilie (2006), Competing Risks: A Practical Perspective, section 4.3.

    Examples
    --------
    By hand: at 2, one of four patients in the arm and one of two in the reference has had an event of the cause.

    >>> from smmlib import cumulative_incidence, incidence_difference
    >>> curve = cumulative_incidence([1, 2, 3, 4], [1, 2, 1, 0], of=1)
    >>> incidence_difference(curve, cumulative_incidence([1, 3], [1, 0], of=1), 2).value
    -0.25
    """
    check_kind(curve, CumulativeIncidenceCurve, "curve", "cumulative_incidence")
    check_kind(reference_curve, CumulativeIncidenceCurve, "reference_curve", "cumulative_incidence")
    check_same(curve, reference_curve, "cause", "conf_level", "time_unit")
    found = difference(
        incidence_at(curve, time),
        incidence_at(reference_curve, time),
        unit="difference of proportions",
        what=f"Aalen-Johansen estimates of the cumulative incidence of cause {curve.cause}, Aalen variance",
    )
    quotient, other = (incidence_quotient(each, row_at(each, time)) for each in (curve, reference_curve))
    if quotient is None or other is None or isnan(found.value):
        return found
    return replace(found, value=quotient_difference(quotient, other))
