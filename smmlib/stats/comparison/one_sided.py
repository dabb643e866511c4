"""The log-rank test of two arms against one alternative: that the hazard of the arm is lower, or higher."""

from typing import Literal

from numpy.typing import ArrayLike

from smmlib.stats.checks import check_choice
from smmlib.stats.distributions import chi_square_tail
from smmlib.stats.results import NOT_ESTIMABLE, HypothesisTest, not_estimable
from smmlib.stats.two_arms import counts_of, excess_and_variance, two_arm_table, why_without_variance
from smmlib.stats.types import CountsOfTest, Labels

Alternative = Literal["less", "greater"]
ALTERNATIVES = {"less": "a lower hazard", "greater": "a higher hazard"}


def one_sided_logrank_test(
    time: ArrayLike,
    event: ArrayLike,
    in_arm: ArrayLike,
    *,
    arm: str,
    reference: str,
    alternative: Alternative,
    strata: Labels | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> HypothesisTest:
    """One-sided log-rank test of two arms, stratified when strata are given.

    Parameters
    ----------
    time, event, in_arm, arm, reference, strata, entry, weights
        As in `logrank_test`.
    alternative : {"less", "greater"}
        Whether the hazard of the arm is lower than that of the reference, or higher. Pre-specified, so it has no
        default.

    Returns
    -------
    HypothesisTest
        `statistic` is the chi-square of `logrank_test`; `p_value` is half its P value where the arm has fewer events
        than expected, or for "greater" more, and otherwise one less that half. Not estimable as `logrank_test`.

    Raises
    ------
    ValueError
        As `logrank_test`, or if `alternative` is unknown.

    References
    ----------
    .. [1] Klein & Moeschberger (2003), Survival Analysis, section 7.3.

    Examples
    --------
    Remission in Freireich 1963: half of the two-sided P value, for relapses were fewer with 6-mercaptopurine.

    >>> from smmlib import analysis_data, logrank_test, one_sided_logrank_test
    >>> patients = analysis_data("freireich-1963").endpoint("remission")
    >>> observed = patients.time, patients.event, patients.arm == "6-mp"
    >>> arms = {"arm": "6-MP", "reference": "placebo"}
    >>> test = one_sided_logrank_test(*observed, alternative="less", **arms)
    >>> test.p_value == logrank_test(*observed, **arms).p_value / 2
    True
    """
    check_choice(alternative, tuple(ALTERNATIVES), "alternative")
    table = two_arm_table(
        time, event, in_arm, arm=arm, reference=reference, strata=strata, entry=entry, weights=weights
    )
    excess, variance = (float(part.sum()) for part in excess_and_variance(table))
    name = f"Log-rank test{', stratified' if strata is not None else ''}"
    result: CountsOfTest = {"df": 1, "arm": arm, "reference": reference, **counts_of(table)}
    if variance <= 0:
        missing = not_estimable(name, why_without_variance(table))
        return HypothesisTest(NOT_ESTIMABLE, NOT_ESTIMABLE, **missing, **result)
    statistic = excess**2 / variance
    half = chi_square_tail(statistic, 1) / 2
    p_value = half if (excess < 0) == (alternative == "less") else 1 - half
    return HypothesisTest(statistic, p_value, method=f"{name}, one-sided for {ALTERNATIVES[alternative]}", **result)
