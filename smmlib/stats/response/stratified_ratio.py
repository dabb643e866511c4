"""Response in two arms, stratified: Mantel-Haenszel ratio and odds ratio, arm / reference, and the test of no effect.

A stratum in which an arm has no patients compares nothing: it does not count, and `method` says so.
"""

from collections.abc import Sequence
from math import exp, isnan, log, sqrt

from numpy.typing import ArrayLike

from smmlib.stats.checks import check_choice, check_conf_level
from smmlib.stats.distributions import chi_square_tail, two_sided_quantile
from smmlib.stats.response.rate import NO_WIDTH
from smmlib.stats.response.stratified_tables import NOTHING_COMPARED, StratifiedTables, stratified_tables
from smmlib.stats.response.two_by_two import SIDES, quotient
from smmlib.stats.results import NOT_ESTIMABLE, Estimate, HypothesisTest, not_estimable, percent, sentence
from smmlib.stats.types import Arms, ComparedCountsInUnit, CountsOfTest, Labels, RateAlternative


def stratified_rate_ratio(
    responded: ArrayLike, in_arm: ArrayLike, strata: Labels, *, arm: str, reference: str, conf_level: float = 0.95
) -> Estimate:
    """Mantel-Haenszel ratio of response rates, arm / reference, with the interval of Greenland and Robins.

    Parameters
    ----------
    responded, in_arm, strata, arm, reference, conf_level
        As in `stratified_rate_difference`.

    Returns
    -------
    Estimate
        `std_error` is that of the logarithm. In the strata that have both arms: not estimable when nobody responded in
        the reference, and without limits when nobody responded in the arm.

    Raises
    ------
    ValueError
        As `stratified_rate_difference`.

    References
    ----------
    .. [1] Greenland & Robins (1985), Biometrics 41:55-68.

    Examples
    --------
    In each of two strata, two of three respond in the arm and one of three in the reference. By hand: 2/3 : 1/3 = 2.

    >>> from smmlib import stratified_rate_ratio
    >>> responded, in_arm, strata = [1, 1, 0, 1, 0, 0] * 2, [1, 1, 1, 0, 0, 0] * 2, list("aaaaaabbbbbb")
    >>> stratified_rate_ratio(responded, in_arm, strata, arm="new", reference="old").value
    2.0
    """
    tables = stratified_tables(responded, in_arm, strata, arm, reference)
    of_arm = tables.responders * tables.reference_patients / tables.patients_of_both
    of_reference = tables.reference_responders * tables.patients / tables.patients_of_both
    both = tables.responders + tables.reference_responders
    expected = tables.patients * tables.reference_patients * both / tables.patients_of_both**2
    variance = expected - tables.responders * tables.reference_responders / tables.patients_of_both
    return _log_estimate(
        tables,
        f"Mantel-Haenszel ratio of proportions in {tables.in_words}, Greenland-Robins variance",
        above=of_arm.sum(),
        below=of_reference.sum(),
        log_variance=quotient(variance.sum(), of_arm.sum() * of_reference.sum()),
        conf_level=conf_level,
        reasons=(f"nobody responded in arm {arm!r}", f"nobody responded in arm {reference!r}"),
        names={"arm": arm, "reference": reference},
    )


def stratified_odds_ratio(
    responded: ArrayLike, in_arm: ArrayLike, strata: Labels, *, arm: str, reference: str, conf_level: float = 0.95
) -> Estimate:
    """Mantel-Haenszel odds ratio of response, arm / reference, with the interval of Robins, Breslow and Greenland.

    Parameters
    ----------
    responded, in_arm, strata, arm, reference, conf_level
        As in `stratified_rate_difference`.

    Returns
    -------
    Estimate
        `std_error` is that of the logarithm. Not estimable when no stratum has both a responder in the reference and a
        non-responder in the arm, and without limits when the odds ratio is zero.

    Raises
    ------
    ValueError
        As `stratified_rate_difference`.

    References
    ----------
    .. [1] Robins, Breslow & Greenland (1986), Biometrics 42:311-323.

    Examples
    --------
    In each of two strata, two of three respond in the arm and one of three in the reference. By hand: (2 × 2) / (1 × 1)
    = 4. R's `mantelhaen.test` gives the limits 0.363 and 44.113.

    >>> from smmlib import stratified_odds_ratio
    >>> responded, in_arm, strata = [1, 1, 0, 1, 0, 0] * 2, [1, 1, 1, 0, 0, 0] * 2, list("aaaaaabbbbbb")
    >>> ratio = stratified_odds_ratio(responded, in_arm, strata, arm="new", reference="old")
    >>> print(f"{ratio.value:.3f} ({ratio.low:.3f} to {ratio.high:.3f})")
    4.000 (0.363 to 44.113)
    """
    tables = stratified_tables(responded, in_arm, strata, arm, reference)
    agreeing = (tables.responders + tables.reference_others) / tables.patients_of_both
    differing = (tables.others + tables.reference_responders) / tables.patients_of_both
    of_arm = tables.responders * tables.reference_others / tables.patients_of_both
    of_reference = tables.others * tables.reference_responders / tables.patients_of_both
    above, below = of_arm.sum(), of_reference.sum()
    log_variance = (
        quotient((agreeing * of_arm).sum(), 2 * above**2)
        + quotient((agreeing * of_reference + differing * of_arm).sum(), 2 * above * below)
        + quotient((differing * of_reference).sum(), 2 * below**2)
    )
    words = "no stratum has both a responder in arm {!r} and a patient without response in arm {!r}"
    return _log_estimate(
        tables,
        f"Mantel-Haenszel odds ratio in {tables.in_words}, Robins-Breslow-Greenland variance",
        above=above,
        below=below,
        log_variance=log_variance,
        conf_level=conf_level,
        reasons=(words.format(arm, reference), words.format(reference, arm)),
        names={"arm": arm, "reference": reference},
    )


def cochran_mantel_haenszel_test(
    responded: ArrayLike,
    in_arm: ArrayLike,
    strata: Labels,
    *,
    arm: str,
    reference: str,
    alternative: RateAlternative = "two-sided",
) -> HypothesisTest:
    """Cochran-Mantel-Haenszel test of equal response rates in two arms, without continuity correction.

    Parameters
    ----------
    responded, in_arm, strata, arm, reference
        As in `stratified_rate_difference`.
    alternative : {"two-sided", "less", "greater"}
        Whether the rates of the arm differ from those of the reference, or are lower or higher.

    Returns
    -------
    HypothesisTest
        Chi-square on one degree of freedom; one-sided, `p_value` is that of its signed root. Not estimable when, in
        each stratum that has both arms, everybody or nobody responded: the statistic then has no variance.

    Raises
    ------
    ValueError
        As `stratified_rate_difference`, or if `alternative` is unknown.

    References
    ----------
    .. [1] Mantel & Haenszel (1959), J Natl Cancer Inst 22:719-748.
    .. [2] Agresti (2013), Categorical Data Analysis, section 6.4.

    Examples
    --------
    In each of two strata, two of three respond in the arm and one of three in the reference. By hand: 1/2 more in the
    arm than expected, with a variance of 9/20, in each; (1/2 + 1/2)² / (9/20 + 9/20) = 10/9.

    >>> from smmlib import cochran_mantel_haenszel_test
    >>> responded, in_arm, strata = [1, 1, 0, 1, 0, 0] * 2, [1, 1, 1, 0, 0, 0] * 2, list("aaaaaabbbbbb")
    >>> test = cochran_mantel_haenszel_test(responded, in_arm, strata, arm="new", reference="old")
    >>> print(f"{test.statistic:.4f}")
    1.1111
    """
    check_choice(alternative, SIDES, "alternative")
    tables = stratified_tables(responded, in_arm, strata, arm, reference)
    both, total = tables.responders + tables.reference_responders, tables.patients_of_both
    excess = (tables.responders * tables.reference_patients - tables.reference_responders * tables.patients) / total
    variance = tables.patients * tables.reference_patients * both * (total - both) / (total**2 * (total - 1))
    name = f"Cochran-Mantel-Haenszel test in {tables.in_words}"
    common: CountsOfTest = {"df": 1, "arm": arm, "reference": reference, **tables.counts}
    if variance.sum() == 0:
        why = NOTHING_COMPARED if tables.is_empty else "everybody or nobody responded in each stratum of both arms"
        missing = not_estimable(name, why, tables.from_data)
        return HypothesisTest(NOT_ESTIMABLE, NOT_ESTIMABLE, **missing, **common)
    statistic = float(excess.sum() ** 2 / variance.sum())
    p_value = chi_square_tail(statistic, 1)
    if alternative != "two-sided":
        is_on_its_side = (float(excess.sum()) > 0) == (alternative == "greater")
        p_value = p_value / 2 if is_on_its_side else 1 - p_value / 2
    method = sentence(f"{name}, without continuity correction, {SIDES[alternative]}", within=tables.from_data)
    return HypothesisTest(statistic, p_value, **method, **common)


# ---- ratios


def _log_estimate(
    tables: StratifiedTables,
    measure: str,
    *,
    above: float,
    below: float,
    log_variance: float,
    conf_level: float,
    reasons: Sequence[str],
    names: Arms,
) -> Estimate:
    """A ratio with limits on its logarithm; `reasons` say why its upper and its lower part may be empty."""
    method = f"{measure}, Wald {percent(check_conf_level(conf_level))} interval on the logarithm"
    common: ComparedCountsInUnit = {"unit": "ratio", **names, **tables.counts}
    value = quotient(above, below)
    if isnan(log_variance):
        empty = [reason for part, reason in zip((above, below), reasons, strict=True) if part == 0]
        why = NOTHING_COMPARED if tables.is_empty else " and ".join(empty)
        missing = f": {'' if isnan(value) else 'limits '}not estimable, {why}"
        return Estimate(value, **sentence(method, missing, within=tables.from_data), **common)
    std_error = sqrt(log_variance)
    margin = two_sided_quantile(conf_level) * std_error
    return Estimate(
        value=value,
        low=exp(log(value) - margin),
        high=exp(log(value) + margin),
        conf_level=float(conf_level),
        std_error=std_error,
        **sentence(method, NO_WIDTH if std_error == 0 else "", within=tables.from_data),
        **common,
    )
