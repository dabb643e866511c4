"""The log-rank test of two arms."""

from numpy.typing import ArrayLike

from smmlib.stats.distributions import chi_square_tail
from smmlib.stats.results import NOT_ESTIMABLE, HypothesisTest, not_estimable
from smmlib.stats.two_arms import counts_of, excess_and_variance, two_arm_table, why_without_variance
from smmlib.stats.types import CountsOfTest, Labels


def logrank_test(
    time: ArrayLike,
    event: ArrayLike,
    in_arm: ArrayLike,
    *,
    arm: str,
    reference: str,
    strata: Labels | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> HypothesisTest:
    """Log-rank test of equal hazards in two arms, stratified when strata are given.

    Parameters
    ----------
    time, event : array-like, shape (n,)
        As in `kaplan_meier`.
    in_arm : array-like, shape (n,)
        True or 1 for patients of `arm`, False or 0 for those of `reference`.
    arm, reference : str
        Names of the two arms.
    strata : array-like, shape (n,), optional
        Stratum of each patient, any labels.
    entry, weights : array-like, shape (n,), optional
        As in `kaplan_meier`.

    Returns
    -------
    HypothesisTest
        Chi-square on one degree of freedom, two-sided. Not estimable when no event is seen while both arms are at
        risk, or when everybody at risk has it at the same time: the statistic then has no variance.

    Raises
    ------
    ValueError
        As `kaplan_meier`, or if `in_arm` holds anything but True and False or 1 and 0, an arm is empty, the arms
        have the same name, or a patient has no stratum.

    References
    ----------
    .. [1] Mantel (1966), Cancer Chemother Rep 50:163-170.
    .. [2] Klein & Moeschberger (2003), Survival Analysis, eq. 7.3.3 and 7.5.2.

    Examples
    --------
    Remission in Freireich 1963: textbooks and R's `survdiff` give a chi-square of 16.79.

    >>> from smmlib import analysis_data, logrank_test
    >>> remission = analysis_data("freireich-1963").endpoint("remission")
    >>> in_arm = remission.arm == "6-mp"
    >>> test = logrank_test(remission.time, remission.event, in_arm, arm="6-MP", reference="placebo")
    >>> print(f"{test.statistic:.2f}")
    16.79
    """
    table = two_arm_table(
        time, event, in_arm, arm=arm, reference=reference, strata=strata, entry=entry, weights=weights
    )
    excess, variance = (part.sum() for part in excess_and_variance(table))
    name = "Log-rank test" + (", stratified" if strata is not None else "")
    result: CountsOfTest = {"df": 1, "arm": arm, "reference": reference, **counts_of(table)}
    if variance <= 0:
        missing = not_estimable(name, why_without_variance(table))
        return HypothesisTest(NOT_ESTIMABLE, NOT_ESTIMABLE, **missing, **result)
    statistic = float(excess**2 / variance)
    return HypothesisTest(statistic, chi_square_tail(statistic, 1), method=f"{name}, two-sided", **result)
