"""Response in two arms: the ratio of two proportions, the odds ratio, and Fisher's exact test.

Direction is always arm / reference. The method chooses the interval, never the estimate, which is that of the observed
counts. A number that does not exist, because it is infinite or 0/0, is NaN here, and `method` says why.
"""

from collections.abc import Callable, Sequence
from math import exp, isnan, log, sqrt

from smmlib.stats.checks import check_choice, check_conf_level
from smmlib.stats.counts import check_most
from smmlib.stats.distributions import fisher_p_value, two_sided_quantile
from smmlib.stats.response.conditional import lowest_conditional_odds_ratio
from smmlib.stats.response.rate import NO_WIDTH, one_of
from smmlib.stats.response.scores import corrected_chi_square, lowest_odds_ratio, lowest_ratio, plain_chi_square
from smmlib.stats.response.two_by_two import SIDES, TwoByTwo, quotient, two_by_two
from smmlib.stats.results import NOT_ESTIMABLE, Estimate, HypothesisTest, percent, sentence
from smmlib.stats.types import Arms, Limits, OddsMethod, RateAlternative, RatioMethod, Whole

MOST_PATIENTS_OF_FISHER = 10_000_000
INSTEAD_OF_FISHER = "take a score interval instead, that of odds_ratio or rate_difference"
"""With more patients the test takes ever longer, and its P value is less exact."""


def rate_ratio(
    responders: Whole,
    patients: Whole,
    reference_responders: Whole,
    reference_patients: Whole,
    *,
    method: RatioMethod = "miettinen-nurminen",
    conf_level: float = 0.95,
    arm: str = "",
    reference: str = "",
) -> Estimate:
    """Ratio of two response rates, arm / reference, with its interval.

    Parameters
    ----------
    responders, patients, reference_responders, reference_patients, conf_level, arm, reference
        As in `rate_difference`.
    method : {"miettinen-nurminen", "koopman", "katz"}
        Interval, in this order: score, with and without the factor N / (N - 1); Wald on the logarithm.

    Returns
    -------
    Estimate
        `std_error` is that of the logarithm. Where nobody responded in the reference, the ratio and its upper limit
        are not estimable, but a score interval still has a lower limit.

    Raises
    ------
    ValueError
        As `rate_difference`.

    References
    ----------
    .. [1] Miettinen & Nurminen (1985), Stat Med 4:213-226.
    .. [2] Koopman (1984), Biometrics 40:513-517.
    .. [3] Katz, Baptista, Azen & Pike (1978), Biometrics 34:469-474.

    Examples
    --------
    56 of 70 and 48 of 80. By hand: 0.8 / 0.6 = 4/3, and the variance of its logarithm is 1/56 - 1/70 + 1/48 - 1/80 =
    1/84.

    >>> from smmlib import rate_ratio
    >>> ratio = rate_ratio(56, 70, 48, 80, method="katz")
    >>> print(f"{ratio.value:.4f}, 1 / {ratio.std_error ** -2:.1f}")
    1.3333, 1 / 84.0
    """
    table = two_by_two(responders, patients, reference_responders, reference_patients)
    name, limits = one_of(RATIO_INTERVALS, method)
    return _estimate(
        table,
        "Ratio of proportions",
        value=quotient(table.responders * table.reference_patients, table.reference_responders * table.patients),
        std_error=_log_ratio_error(table),
        limits=limits(table, check_conf_level(conf_level)),
        interval=f"{name} {percent(conf_level)} interval",
        conf_level=float(conf_level),
        reasons=table.empty_cells(arm, reference)[:2],
        names={"arm": arm, "reference": reference},
    )


def odds_ratio(
    responders: Whole,
    patients: Whole,
    reference_responders: Whole,
    reference_patients: Whole,
    *,
    method: OddsMethod = "miettinen-nurminen",
    conf_level: float = 0.95,
    arm: str = "",
    reference: str = "",
) -> Estimate:
    """Ratio of the odds of response, arm / reference, with its interval.

    Parameters
    ----------
    responders, patients, reference_responders, reference_patients, conf_level, arm, reference
        As in `rate_difference`.
    method : {"miettinen-nurminen", "woolf", "exact-conditional"}
        Interval, in this order: score; Wald on the logarithm; exact, given both margins, by the non-central
        hypergeometric distribution.

    Returns
    -------
    Estimate
        The sample odds ratio for every method; R's `fisher.test` prints the conditional maximum likelihood estimate
        beside the exact interval. `std_error` is that of the logarithm. Where the odds ratio is infinite, it and its
        upper limit are not estimable, but a score or exact interval still has a lower limit.

    Raises
    ------
    ValueError
        As `rate_difference`, or, for the exact interval, if more than 1,000,000 tables have these margins.

    References
    ----------
    .. [1] Miettinen & Nurminen (1985), Stat Med 4:213-226.
    .. [2] Woolf (1955), Ann Hum Genet 19:251-253.
    .. [3] Cornfield (1956), Proc 3rd Berkeley Symp 4:135-148.

    Examples
    --------
    56 of 70 and 48 of 80. By hand: (56 × 32) / (14 × 48) = 8/3, with limits exp(log(8/3) ± 1.96 √(1/56 + 1/14 + 1/48 +
    1/32)).

    >>> from smmlib import odds_ratio
    >>> ratio = odds_ratio(56, 70, 48, 80, method="woolf")
    >>> print(f"{ratio.value:.3f} ({ratio.low:.3f} to {ratio.high:.3f})")
    2.667 (1.276 to 5.572)
    """
    table = two_by_two(responders, patients, reference_responders, reference_patients)
    name, limits = one_of(ODDS_INTERVALS, method)
    return _estimate(
        table,
        "Odds ratio of the sample",
        value=_sample_odds_ratio(table),
        std_error=_log_odds_error(table),
        limits=limits(table, check_conf_level(conf_level)),
        interval=f"{name} {percent(conf_level)} interval",
        conf_level=float(conf_level),
        reasons=table.empty_cells(arm, reference),
        names={"arm": arm, "reference": reference},
    )


def fisher_test(
    responders: Whole,
    patients: Whole,
    reference_responders: Whole,
    reference_patients: Whole,
    *,
    alternative: RateAlternative = "two-sided",
    arm: str = "",
    reference: str = "",
) -> HypothesisTest:
    """Fisher's exact test of equal response rates in two arms.

    Parameters
    ----------
    responders, patients, reference_responders, reference_patients, arm, reference
        As in `rate_difference`.
    alternative : {"two-sided", "less", "greater"}
        Whether the rate of the arm differs from that of the reference, or is lower or higher.

    Returns
    -------
    HypothesisTest
        Two-sided, `p_value` is the probability, given both margins, of all tables no more likely than the observed
        one; one-sided, of as many responders in the arm or more, or for "less" as many or fewer. The statistic is the
        sample odds ratio, NaN where that is not estimable, and `df` is 0.

    Raises
    ------
    ValueError
        As `rate_difference`, if `alternative` is unknown, or if there are more than 10,000,000 patients.

    References
    ----------
    .. [1] Fisher (1935), J R Stat Soc 98:39-82.

    Examples
    --------
    Fisher's lady tasting tea named 3 of 4 cups of each kind. By hand: the tables no more likely than this have
    probabilities 1/70, 16/70, 16/70 and 1/70, in all 34/70.

    >>> from smmlib import fisher_test
    >>> test = fisher_test(3, 4, 1, 4)
    >>> print(f"{test.p_value * 70:.1f} / 70")
    34.0 / 70

    Against the alternative alone that she can tell: 16/70 + 1/70.

    >>> print(f"{fisher_test(3, 4, 1, 4, alternative='greater').p_value * 70:.1f} / 70")
    17.0 / 70
    """
    check_choice(alternative, SIDES, "alternative")
    table = two_by_two(responders, patients, reference_responders, reference_patients)
    check_most(table.counts["n"], "the number of all patients", MOST_PATIENTS_OF_FISHER, INSTEAD_OF_FISHER)
    return HypothesisTest(
        statistic=_sample_odds_ratio(table),
        p_value=fisher_p_value(table, alternative),
        df=0,
        **sentence(f"Fisher's exact test, {SIDES[alternative]}", _without_statistic(table, arm, reference)),
        arm=arm,
        reference=reference,
        **table.counts,
    )


def _without_statistic(table: TwoByTwo, arm: str, reference: str) -> str:
    """Why there is no sample odds ratio, or nothing when there is one."""
    reasons = " and ".join(filter(None, table.empty_cells(arm, reference)))
    return f": odds ratio not estimable, {reasons}" if isnan(_sample_odds_ratio(table)) else ""


def _estimate(
    table: TwoByTwo,
    measure: str,
    *,
    value: float,
    std_error: float,
    limits: Limits,
    interval: str,
    conf_level: float,
    reasons: Sequence[str],
    names: Arms,
) -> Estimate:
    """The result, its method naming the numbers that do not exist and why."""
    low, high = limits
    missing = _missing(isnan(value), isnan(low), isnan(high))
    reason = f": {missing} not estimable, {' and '.join(filter(None, reasons))}" if missing else ""
    return Estimate(
        value=value,
        low=low,
        high=high,
        conf_level=NOT_ESTIMABLE if isnan(low) and isnan(high) else conf_level,
        std_error=std_error,
        unit="ratio",
        **sentence(f"{measure}, {interval}", reason, NO_WIDTH if low == high else ""),
        **names,
        **table.counts,
    )


def _missing(value: bool, low: bool, high: bool) -> str:
    """Which numbers of an estimate are missing, in words."""
    if value and low:
        return "estimate and limits"
    if value:
        return "estimate and upper limit" if high else "estimate"
    return "limits" if low else ""


def _sample_odds_ratio(table: TwoByTwo) -> float:
    return quotient(table.responders * table.reference_others, table.others * table.reference_responders)


# ---- intervals


def _log_ratio_error(table: TwoByTwo) -> float:
    arms = table, table.swapped()
    if not all(of.responders for of in arms):
        return NOT_ESTIMABLE
    return sqrt(sum(of.others / of.responders / of.patients for of in arms))


def _log_odds_error(table: TwoByTwo) -> float:
    cells = table.responders, table.others, table.reference_responders, table.reference_others
    return sqrt(sum(1 / cell for cell in cells)) if all(cells) else NOT_ESTIMABLE


def _log_wald(value: float, std_error: float, conf_level: float) -> Limits:
    """Limits on the logarithm; NaN where it has no standard error."""
    if isnan(std_error):
        return NOT_ESTIMABLE, NOT_ESTIMABLE
    margin = two_sided_quantile(conf_level) * std_error
    return exp(log(value) - margin), exp(log(value) + margin)


def _katz(table: TwoByTwo, conf_level: float) -> Limits:
    ratio = quotient(table.responders * table.reference_patients, table.reference_responders * table.patients)
    return _log_wald(ratio, _log_ratio_error(table), conf_level)


def _woolf(table: TwoByTwo, conf_level: float) -> Limits:
    return _log_wald(_sample_odds_ratio(table), _log_odds_error(table), conf_level)


def _both_sides(table: TwoByTwo, lowest: Callable[[TwoByTwo, float], float], level: float) -> Limits:
    """The upper limit is one over the lower limit of the arms swapped; neither exists where the ratio is 0/0."""
    low, low_of_swapped = lowest(table, level), lowest(table.swapped(), level)
    if low == low_of_swapped == 0:
        return NOT_ESTIMABLE, NOT_ESTIMABLE
    return low, quotient(1.0, low_of_swapped)


def _miettinen_nurminen_ratio(table: TwoByTwo, conf_level: float) -> Limits:
    return _both_sides(table, lowest_ratio, corrected_chi_square(table, conf_level))


def _koopman(table: TwoByTwo, conf_level: float) -> Limits:
    return _both_sides(table, lowest_ratio, plain_chi_square(conf_level))


def _miettinen_nurminen_odds(table: TwoByTwo, conf_level: float) -> Limits:
    return _both_sides(table, lowest_odds_ratio, corrected_chi_square(table, conf_level))


def _exact_conditional(table: TwoByTwo, conf_level: float) -> Limits:
    return _both_sides(table, lowest_conditional_odds_ratio, conf_level)


IntervalOfTable = Callable[[TwoByTwo, float], Limits]
RATIO_INTERVALS: dict[RatioMethod, tuple[str, IntervalOfTable]] = {
    "miettinen-nurminen": ("Miettinen-Nurminen score", _miettinen_nurminen_ratio),
    "koopman": ("Koopman score", _koopman),
    "katz": ("Katz (Wald on the logarithm)", _katz),
}
ODDS_INTERVALS: dict[OddsMethod, tuple[str, IntervalOfTable]] = {
    "miettinen-nurminen": ("Miettinen-Nurminen score", _miettinen_nurminen_odds),
    "woolf": ("Woolf (Wald on the logarithm)", _woolf),
    "exact-conditional": ("exact conditional (non-central hypergeometric)", _exact_conditional),
}
