"""Two arms whose hazards may not be proportional: weighted log-rank tests, and the largest of several of them.

Each time with an event has a weight. With strata, the weights of a stratum are made from its own patients, and sums
run over all strata.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.checks import check_whole, shown
from smmlib.stats.comparison.max_normal import max_normal_tail
from smmlib.stats.comparison.weightings import Weighting, described, event_times, weights_of
from smmlib.stats.distributions import chi_square_tail
from smmlib.stats.event_table import EventTable
from smmlib.stats.results import NOT_ESTIMABLE, HypothesisTest, not_estimable
from smmlib.stats.two_arms import counts_of, excess_and_variance, two_arm_table, why_without_variance
from smmlib.stats.types import CountsOfTest, Floats, Labels


def weighted_logrank_test(
    time: ArrayLike,
    event: ArrayLike,
    in_arm: ArrayLike,
    *,
    arm: str,
    reference: str,
    weighting: Weighting,
    strata: Labels | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> HypothesisTest:
    """Weighted log-rank test of equal hazards in two arms, stratified when strata are given.

    Parameters
    ----------
    time, event, in_arm, arm, reference, strata, entry
        As in `logrank_test`.
    weighting : str, FlemingHarrington or ModestlyWeighted
        Weight of each time with d events among n at risk: "gehan", n; "tarone-ware", its square root; "peto", the
        product of 1 - d / (n + 1) up to and including the time; "modified-peto", that times n / (n + 1). Or
        `FlemingHarrington(rho, gamma)`, or `ModestlyWeighted(time)`.
    weights : array-like, shape (n,), optional
        How many patients each row stands for, as in `kaplan_meier`.

    Returns
    -------
    HypothesisTest
        Chi-square on one degree of freedom, two-sided. Not estimable as in `logrank_test`, or when all weights
        are zero where the arms are compared.

    Raises
    ------
    ValueError
        As `logrank_test`, or if `weighting` is unknown.

    References
    ----------
    .. [1] Klein & Moeschberger (2003), Survival Analysis, section 7.3, eq. 7.3.3 and table 7.3.
    .. [2] Andersen, Borgan, Gill & Keiding (1993), Statistical Models Based on Counting Processes, section V.2.

    Examples
    --------
    Remission in Freireich 1963: textbooks give 13.46 for Gehan's generalisation of Wilcoxon's test, and R's
    `survdiff(rho = 1)` gives 14.46.

    >>> from smmlib import FlemingHarrington, analysis_data, weighted_logrank_test
    >>> remission = analysis_data("freireich-1963").endpoint("remission")
    >>> columns = remission.time, remission.event, remission.arm == "6-mp"
    >>> for weighting in ("gehan", FlemingHarrington(1, 0)):
    ...     test = weighted_logrank_test(*columns, weighting=weighting, arm="6-MP", reference="placebo")
    ...     print(f"{test.statistic:.2f}")
    13.46
    14.46
    """
    of_weights = described(weighting, "weighting")
    table = two_arm_table(
        time, event, in_arm, arm=arm, reference=reference, strata=strata, entry=entry, weights=weights
    )
    method = f"Weighted log-rank test, {of_weights} weights{', stratified' if strata is not None else ''}"
    result: CountsOfTest = {"df": 1, "arm": arm, "reference": reference, **counts_of(table)}
    excess, covariance, missing = _tests(table, [weighting])
    if missing:
        return HypothesisTest(NOT_ESTIMABLE, NOT_ESTIMABLE, **not_estimable(method, missing), **result)
    statistic = float(excess[0] ** 2 / covariance[0, 0])
    return HypothesisTest(statistic, chi_square_tail(statistic, 1), method=f"{method}, two-sided", **result)


def maxcombo_test(
    time: ArrayLike,
    event: ArrayLike,
    in_arm: ArrayLike,
    *,
    arm: str,
    reference: str,
    weightings: Sequence[Weighting],
    seed: int,
    strata: Labels | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> HypothesisTest:
    """MaxCombo test of equal hazards in two arms: the largest of several weighted log-rank tests.

    Under the null hypothesis the Z of all tests are jointly normal; the covariance of two of them is the sum of
    w1 w2 v over the times, where v is the hypergeometric variance. The P value is the probability that at least one
    of them is as far from zero as the largest |Z| seen, on either side.

    Parameters
    ----------
    time, event, in_arm, arm, reference, strata, entry, weights
        As in `weighted_logrank_test`.
    weightings : list
        Weightings to combine, each as in `weighted_logrank_test`; giving one twice changes nothing.
    seed : int
        Of the numerical integration. It matters only where more than three of the tests are linearly independent:
        (0, 0), (0, 1), (1, 0) and (1, 1) of Fleming and Harrington count as three, as the first is the sum of the
        next two.

    Returns
    -------
    HypothesisTest
        `statistic` is the largest |Z|, and `df` is 0, as it is not a chi-square. Not estimable when one of the tests
        is not. `p_value` has a relative error below 1e-9 where the seed does not matter, otherwise of about 1e-5, or
        1e-4 where some tests are combinations of others: an error below 1e-6 in all P values under 0.01.

    Raises
    ------
    ValueError
        As `weighted_logrank_test`, or if `weightings` is empty or `seed` is not a whole number, zero or more.

    References
    ----------
    .. [1] Lee (2007), Comput Stat Data Anal 51:6557-6564.
    .. [2] Karrison (2016), Stata J 16:678-690.
    .. [3] Roychoudhury et al. (2023), Stat Biopharm Res 15:300-314.

    Examples
    --------
    Remission in Freireich 1963: the log-rank test has the larger |Z|, √16.79 = 4.10. The two Z have a correlation of
    0.957, with which scipy's bivariate normal distribution gives the same P value.

    >>> from smmlib import FlemingHarrington, analysis_data, maxcombo_test
    >>> remission = analysis_data("freireich-1963").endpoint("remission")
    >>> columns = remission.time, remission.event, remission.arm == "6-mp"
    >>> both = [FlemingHarrington(0, 0), FlemingHarrington(1, 0)]
    >>> test = maxcombo_test(*columns, weightings=both, seed=1, arm="6-MP", reference="placebo")
    >>> print(f"{test.statistic:.2f}, P = {test.p_value:.6f}")
    4.10, P = 0.000062
    """
    combined = _described_all(weightings)
    check_whole(seed, "seed", 0)
    table = two_arm_table(
        time, event, in_arm, arm=arm, reference=reference, strata=strata, entry=entry, weights=weights
    )
    method = f"MaxCombo test, largest |Z| of {combined} weights{', stratified' if strata is not None else ''}"
    result: CountsOfTest = {"df": 0, "arm": arm, "reference": reference, **counts_of(table)}
    excess, covariance, missing = _tests(table, weightings)
    if missing:
        return HypothesisTest(NOT_ESTIMABLE, NOT_ESTIMABLE, **not_estimable(method, missing), **result)
    std_error = np.sqrt(np.diag(covariance))
    largest = float(np.abs(excess / std_error).max())
    p_value = max_normal_tail(largest, covariance / np.outer(std_error, std_error), seed)
    method = f"{method}, two-sided, multivariate normal P value, seed {seed}"
    return HypothesisTest(largest, p_value, method=method, **result)


def _tests(table: EventTable, weightings: Sequence[Weighting]) -> tuple[Floats, Floats, str]:
    """Weighted excess of events in the arm, and its covariance, a row for each weighting.

    Returns
    -------
    excess : ndarray, shape (m,)
        Positive where the arm has more events than expected.
    covariance : ndarray, shape (m, m)
    missing : str
        Why one of the tests cannot be estimated, or nothing.
    """
    excess, variance = excess_and_variance(table)
    if variance.sum() <= 0:
        return np.zeros(0), np.zeros((0, 0)), why_without_variance(table)
    events = event_times(table)
    compared = (table.at_risk[:, events.row] > 0).all(axis=0)
    scores = np.stack([_relative(weights_of(weighting, events)[compared]) for weighting in weightings])
    excess, variance = excess[events.row][compared], variance[events.row][compared]
    covariance = (scores * variance) @ scores.T
    return scores @ excess, covariance, _why_without_weights(weightings, np.diag(covariance))


def _relative(weights: Floats) -> Floats:
    """Weights as parts of the largest: only their ratios matter, and so no square of one is too small for a float."""
    largest = weights.max()
    return weights / largest if 0 < largest < np.inf else np.zeros(len(weights))


def _why_without_weights(weightings: Sequence[Weighting], variances: Floats) -> str:
    """Why one of the tests cannot be estimated, or nothing when all can be."""
    for weighting, variance in zip(weightings, variances, strict=True):
        if not variance > 0:
            words = described(weighting, "weighting")
            return f"{words} weights are zero, or without bound, where the arms are compared"
    return ""


def _described_all(weightings: Sequence[Weighting]) -> str:
    if not isinstance(weightings, (list, tuple)) or not weightings:
        raise ValueError(f"weightings is {shown(weightings)}: give a list of one weighting or more.")
    return ", ".join(described(one, f"weightings[{index}]") for index, one in enumerate(weightings))
