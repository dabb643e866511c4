"""Response in two arms: the difference of two proportions.

Direction is always arm - reference. The method chooses the interval, never the estimate, which is that of the observed
proportions.
"""

from collections.abc import Callable
from math import hypot, isnan, sqrt

from smmlib.stats.checks import check_conf_level
from smmlib.stats.distributions import two_sided_quantile
from smmlib.stats.response.rate import NO_WIDTH, RateLimits, corrected_wilson_limits, one_of, rate_error, wilson_limits
from smmlib.stats.response.scores import corrected_chi_square, lowest_difference, plain_chi_square
from smmlib.stats.response.two_by_two import TwoByTwo, two_by_two
from smmlib.stats.results import NOT_ESTIMABLE, Estimate, percent, sentence
from smmlib.stats.types import DifferenceMethod, Limits, Whole


def rate_difference(
    responders: Whole,
    patients: Whole,
    reference_responders: Whole,
    reference_patients: Whole,
    *,
    method: DifferenceMethod = "miettinen-nurminen",
    conf_level: float = 0.95,
    arm: str = "",
    reference: str = "",
) -> Estimate:
    """Difference of two response rates, arm - reference, with its interval.

    Parameters
    ----------
    responders, patients : int
        Patients of the arm who responded, and all its patients, at least one.
    reference_responders, reference_patients : int
        The same for the reference.
    method : {"miettinen-nurminen", "mee", "newcombe", "newcombe-cc", "agresti-caffo", "hauck-anderson", "wald"}
        Interval, in this order: score, with and without the factor N / (N - 1); from the Wilson limits of each arm,
        without and with continuity correction; Wald with one responder and one non-responder added to each arm;
        Wald with the correction of Hauck and Anderson; Wald.
    conf_level : float
        Two-sided confidence level.
    arm, reference : str
        Names of the two arms; they travel with the result.

    Returns
    -------
    Estimate
        A difference of proportions, with limits cut at -1 and 1. `std_error` is that of the observed difference,
        whatever the interval.

    Raises
    ------
    ValueError
        If a count is negative or not whole, there are more responders than patients or no patients in an arm,
        `method` is unknown, or `conf_level` is not between 0 and 1.

    References
    ----------
    .. [1] Miettinen & Nurminen (1985), Stat Med 4:213-226.
    .. [2] Mee (1984), Biometrics 40:1175-1176.
    .. [3] Newcombe (1998), Stat Med 17:873-890, methods 10 and 11.
    .. [4] Agresti & Caffo (2000), Am Stat 54:280-288.
    .. [5] Hauck & Anderson (1986), Am Stat 40:318-322.

    Examples
    --------
    56 of 70 and 48 of 80: SAS PROC FREQ prints 0.0528 to 0.3382 for the interval of Miettinen and Nurminen, and 0.0524
    to 0.3339 for that of Newcombe.

    >>> from smmlib import rate_difference
    >>> for method in ("miettinen-nurminen", "newcombe"):
    ...     difference = rate_difference(56, 70, 48, 80, method=method)
    ...     print(f"{difference.value:.4f} ({difference.low:.4f} to {difference.high:.4f})")
    0.2000 (0.0528 to 0.3382)
    0.2000 (0.0524 to 0.3339)
    """
    table = two_by_two(responders, patients, reference_responders, reference_patients)
    name, limits = one_of(INTERVALS, method)
    conf_level = check_conf_level(conf_level)
    low, high = limits(table, conf_level)
    std_error = hypot(*(rate_error(of.responders, of.patients) for of in (table, table.swapped())))
    alone = ": not estimable, an arm of one patient has no variance" if isnan(low) else ""
    return Estimate(
        value=_difference(table),
        low=max(low, -1.0),
        high=min(high, 1.0),
        conf_level=NOT_ESTIMABLE if isnan(low) else conf_level,
        std_error=std_error,
        unit="difference of proportions",
        **sentence(
            f"Difference of proportions, {name} {percent(conf_level)} interval",
            alone,
            NO_WIDTH if low == high else "",
        ),
        arm=arm,
        reference=reference,
        **table.counts,
    )


def _difference(table: TwoByTwo) -> float:
    """Difference of the observed rates, by one division."""
    above = table.responders * table.reference_patients - table.reference_responders * table.patients
    return above / (table.patients * table.reference_patients)


def _miettinen_nurminen(table: TwoByTwo, conf_level: float) -> Limits:
    return _score_limits(table, corrected_chi_square(table, conf_level))


def _mee(table: TwoByTwo, conf_level: float) -> Limits:
    return _score_limits(table, plain_chi_square(conf_level))


def _score_limits(table: TwoByTwo, chi_square: float) -> Limits:
    return lowest_difference(table, chi_square), -lowest_difference(table.swapped(), chi_square)


def _newcombe(table: TwoByTwo, conf_level: float, limits_of_one: RateLimits = wilson_limits) -> Limits:
    """From the distances of each arm's limits to its rate."""
    difference = _difference(table)
    rate, reference_rate = table.responders / table.patients, table.reference_responders / table.reference_patients
    low, high = limits_of_one(table.responders, table.patients, conf_level)
    reference_low, reference_high = limits_of_one(table.reference_responders, table.reference_patients, conf_level)
    below = hypot(rate - low, reference_high - reference_rate)
    above = hypot(high - rate, reference_rate - reference_low)
    return difference - below, difference + above


def _newcombe_corrected(table: TwoByTwo, conf_level: float) -> Limits:
    return _newcombe(table, conf_level, corrected_wilson_limits)


def _agresti_caffo(table: TwoByTwo, conf_level: float) -> Limits:
    rates = [(of.responders + 1) / (of.patients + 2) for of in (table, table.swapped())]
    errors = [rate_error(of.responders + 1, of.patients + 2) for of in (table, table.swapped())]
    return _around(rates[0] - rates[1], two_sided_quantile(conf_level) * hypot(*errors))


def _hauck_anderson(table: TwoByTwo, conf_level: float) -> Limits:
    smaller = min(table.patients, table.reference_patients)
    if smaller == 1:
        return NOT_ESTIMABLE, NOT_ESTIMABLE
    arms = table, table.swapped()
    variance = sum(rate_error(of.responders, of.patients) ** 2 * of.patients / (of.patients - 1) for of in arms)
    return _around(_difference(table), two_sided_quantile(conf_level) * sqrt(variance) + 1 / (2 * smaller))


def _wald(table: TwoByTwo, conf_level: float) -> Limits:
    errors = [rate_error(of.responders, of.patients) for of in (table, table.swapped())]
    return _around(_difference(table), two_sided_quantile(conf_level) * hypot(*errors))


def _around(centre: float, margin: float) -> Limits:
    return centre - margin, centre + margin


INTERVALS: dict[DifferenceMethod, tuple[str, Callable[[TwoByTwo, float], Limits]]] = {
    "miettinen-nurminen": ("Miettinen-Nurminen score", _miettinen_nurminen),
    "mee": ("Mee score", _mee),
    "newcombe": ("Newcombe (Wilson score)", _newcombe),
    "newcombe-cc": ("Newcombe (Wilson score, continuity-corrected)", _newcombe_corrected),
    "agresti-caffo": ("Agresti-Caffo", _agresti_caffo),
    "hauck-anderson": ("Hauck-Anderson", _hauck_anderson),
    "wald": ("Wald", _wald),
}
