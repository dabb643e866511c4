"""Tests of whether two arms differ at baseline; where they were randomised, any difference is one of chance."""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.baseline.level_counts import check_level_counts
from smmlib.stats.baseline.moments import mean_and_variance
from smmlib.stats.checks import check_measurements
from smmlib.stats.distributions import chi_square_tail, two_sided_student_tail
from smmlib.stats.results import NOT_ESTIMABLE, HypothesisTest, not_estimable, sentence

WELCH = "Welch's t test of two means, two-sided; the statistic is t"
PEARSON = "Pearson's chi-square test without continuity correction"


def welch_test(values: ArrayLike, reference_values: ArrayLike, *, arm: str = "", reference: str = "") -> HypothesisTest:
    """Welch's t test of two means, which does not take the variances for equal.

    Parameters
    ----------
    values, reference_values, arm, reference
        As in `standardised_mean_difference`.

    Returns
    -------
    HypothesisTest
        `statistic` is t, above zero where the mean of the arm is the larger; `df` is 0, for t is no chi-square. Not
        estimable where an arm has fewer than two values, or no arm has a variance.

    Raises
    ------
    ValueError
        If a value is infinite, or no number and not missing.

    References
    ----------
    .. [1] Welch (1947), Biometrika 34:28-35.

    Examples
    --------
    Means of 2 and 4 with variances of 1/3 and 4/3: t is -2 over the root of 5/3.

    >>> from smmlib import welch_test
    >>> round(welch_test([1, 2, 3], [2, 4, 6]).statistic, 6)
    -1.549193
    """
    arms = [check_measurements(values, "values"), check_measurements(reference_values, "reference_values")]
    arms = [of_arm[~np.isnan(of_arm)] for of_arm in arms]
    about: dict[str, Any] = {
        "df": 0,
        "arm": arm,
        "reference": reference,
        "n": sum(map(len, arms)),
        "events": NOT_ESTIMABLE,
    }
    if any(len(of_arm) < 2 for of_arm in arms):
        return _none(WELCH, "an arm has fewer than two values", about)
    (mean, variance), (reference_mean, reference_variance) = map(mean_and_variance, arms)
    parts = [variance / len(arms[0]), reference_variance / len(arms[1])]
    if sum(parts) == 0:
        return _none(WELCH, "all values of each arm are the same", about)
    statistic = (mean - reference_mean) / math.sqrt(sum(parts))
    degrees = sum(parts) ** 2 / sum(part**2 / (len(of_arm) - 1) for part, of_arm in zip(parts, arms, strict=True))
    return HypothesisTest(statistic, two_sided_student_tail(statistic, degrees), **sentence(WELCH), **about)


def pearson_test(
    patients: ArrayLike, reference_patients: ArrayLike, *, arm: str = "", reference: str = ""
) -> HypothesisTest:
    """Pearson's chi-square test of equal proportions in all levels of a category.

    Parameters
    ----------
    patients, reference_patients, arm, reference
        As in `multinomial_standardised_difference`.

    Returns
    -------
    HypothesisTest
        With one degree of freedom for each level that occurs but the first. Not estimable where an arm has no patients
        or one level alone occurs.

    Raises
    ------
    ValueError
        If a count is not whole or negative, or the arms have not as many levels.

    References
    ----------
    .. [1] Pearson (1900), Philos Mag 50:157-175.

    Examples
    --------
    20 of 30 and 10 of 30 where 15 each are expected: four times 25/15.

    >>> from smmlib import pearson_test
    >>> test = pearson_test([20, 10], [10, 20])
    >>> round(test.statistic, 6), test.df
    (6.666667, 1)
    """
    table = np.array(check_level_counts(patients, reference_patients))
    table = table[:, table.sum(axis=0) > 0]
    df, n = max(table.shape[1] - 1, 0), int(table.sum())
    about: dict[str, Any] = {"df": df, "arm": arm, "reference": reference, "n": n, "events": NOT_ESTIMABLE}
    if not table.sum(axis=1).all():
        return _none(PEARSON, "an arm has no patients with a level", about)
    if df == 0:
        return _none(PEARSON, "all patients have the same level", about)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    statistic = float(((table - expected) ** 2 / expected).sum())
    return HypothesisTest(statistic, chi_square_tail(statistic, df), **sentence(PEARSON), **about)


def _none(method: str, why: str, about: dict[str, Any]) -> HypothesisTest:
    return HypothesisTest(NOT_ESTIMABLE, NOT_ESTIMABLE, **not_estimable(method, why), **about)
