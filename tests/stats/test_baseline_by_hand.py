"""Baseline characteristics worked out on paper."""

import math

import numpy as np
import pandas as pd
import pytest

from smmlib import (
    multinomial_standardised_difference,
    pearson_test,
    standardised_mean_difference,
    summary_statistics,
    welch_test,
)

pytestmark = pytest.mark.by_hand


def test_summary_of_five_ages_and_a_missing_one():
    """58, 61, 64, 70, 72: mean 65, squares 49 + 16 + 1 + 25 + 49 = 140, over 4 is 35. 5/4 is 1.25: the 2nd value."""
    ages = summary_statistics([64, 72, np.nan, 58, 70, 61], unit="years", arm="Rd")
    assert (ages.n, ages.missing, ages.mean, ages.std_dev) == (5, 1, 65, math.sqrt(35))
    assert (ages.minimum, ages.lower_quartile, ages.median, ages.upper_quartile, ages.maximum) == (58, 61, 64, 70, 72)
    assert (ages.unit, ages.arm) == ("years", "Rd")


@pytest.mark.parametrize(
    ("values", "quartiles"),
    [
        ([7], (7, 7, 7)),
        ([1, 3], (1, 2, 3)),
        ([1, 2, 4], (1, 2, 4)),
        ([1, 2, 4, 8], (1.5, 3, 6)),
        ([1, 2, 4, 8, 16, 32, 64, 128], (3, 12, 48)),
        ([5, 5, 5, 5, 9], (5, 5, 5)),
    ],
)
def test_quartiles_average_the_two_values_at_a_step(values, quartiles):
    """Of 8 values a quarter is 2 whole values: the mean of the 2nd and 3rd. R's type 7 would say 3.5, 12 and 40."""
    summary = summary_statistics(values)
    assert (summary.lower_quartile, summary.median, summary.upper_quartile) == quartiles


def test_one_value_has_no_standard_deviation_and_none_has_nothing():
    one, none = summary_statistics([3.5]), summary_statistics([None, np.nan])
    assert (one.n, one.mean, one.minimum, one.maximum) == (1, 3.5, 3.5, 3.5)
    assert math.isnan(one.std_dev)
    assert (none.n, none.missing) == (0, 2)
    assert all(math.isnan(value) for value in (none.mean, none.std_dev, none.median, none.minimum, none.maximum))


def test_values_that_are_all_the_same_have_no_spread():
    """The sum of three times 0.1 is not 0.3 in binary."""
    assert summary_statistics([0.1, 0.1, 0.1]).std_dev == 0
    assert standardised_mean_difference([0.1] * 3, [0.1] * 7).value == 0


def test_standardised_mean_difference():
    """1, 2, 3 and 2, 4, 6: means 2 and 4, variances 1 and 4; -2 over the root of 2.5."""
    difference = standardised_mean_difference([1, 2, 3], [2, 4, 6, None], arm="a", reference="b")
    assert difference.value == pytest.approx(-2 / math.sqrt(2.5), rel=1e-15)
    assert (difference.n, difference.arm, difference.reference) == (6, "a", "b")
    assert difference.unit == "standard deviations"


@pytest.mark.parametrize(
    ("values", "others", "why"),
    [
        ([1], [2, 3], "arm 'a' has fewer than two values"),
        ([1, 2], [np.nan, 3], "arm 'b' has fewer than two values"),
        ([1, 1], [2, 2], "all values of an arm are the same"),
    ],
)
def test_a_difference_without_a_spread_is_not_estimable(values, others, why):
    difference = standardised_mean_difference(values, others, arm="a", reference="b")
    assert math.isnan(difference.value)
    assert difference.method.endswith(f"not estimable, {why}")


def test_two_levels_differ_by_their_proportions():
    """3 of 10 and 5 of 10: 0.2 over the root of (0.21 + 0.25) / 2, whichever level is meant."""
    expected = 0.2 / math.sqrt(0.23)
    assert multinomial_standardised_difference([3, 7], [5, 5]).value == pytest.approx(expected, rel=1e-14)
    assert multinomial_standardised_difference([7, 3], [5, 5]).value == pytest.approx(expected, rel=1e-14)


def test_three_levels():
    """Halves of levels 1 and 2, and of 2 and 3: without level 2, T = (1/2, -1/2), S = diag(1/8, 1/8), so 4."""
    assert multinomial_standardised_difference([5, 5, 0], [0, 4, 4]).value == pytest.approx(2, rel=1e-14)


def test_a_level_of_nobody_makes_no_difference():
    with_it = multinomial_standardised_difference([3, 0, 7], [5, 0, 5])
    assert with_it.value == pytest.approx(multinomial_standardised_difference([3, 7], [5, 5]).value, rel=1e-15)
    assert multinomial_standardised_difference([4, 0], [9, 0]).value == 0


@pytest.mark.parametrize(
    ("counts", "others", "why"),
    [
        ([3, 4, 0], [0, 0, 5], "no level has patients of both arms"),
        ([0, 0], [1, 2], "arm 'a' has no patients with a level"),
        ([1, 2], [0, 0], "arm 'b' has no patients with a level"),
    ],
)
def test_arms_without_a_common_level_are_infinitely_far_apart(counts, others, why):
    distance = multinomial_standardised_difference(counts, others, arm="a", reference="b")
    assert math.isnan(distance.value)
    assert distance.method.endswith(f"not estimable, {why}")


def test_welch_test():
    """Variances 1/3 and 4/3 of the means: t = -2 / root(5/3), on (5/3)^2 / (1/18 + 8/9) = 50/17 degrees of freedom."""
    test = welch_test([1, 2, 3], [2, 4, 6], arm="a", reference="b")
    assert test.statistic == pytest.approx(-2 / math.sqrt(5 / 3), rel=1e-15)
    assert (test.df, test.n) == (0, 6)
    assert math.isnan(welch_test([1, 1], [2, 2]).p_value)
    assert math.isnan(welch_test([1], [2, 3]).p_value)


def test_pearson_test():
    """20 of 30 and 10 of 30: expected 15 each, 4 times 25/15."""
    test = pearson_test([20, 10], [10, 20])
    assert (test.statistic, test.df, test.n) == (pytest.approx(100 / 15, rel=1e-15), 1, 60)
    assert pearson_test([20, 0, 10], [10, 0, 20]).df == 1
    assert math.isnan(pearson_test([3, 0], [5, 0]).p_value)
    assert math.isnan(pearson_test([0, 0], [5, 1]).p_value)


def test_columns_of_pandas_with_its_own_missing_values():
    column = pd.Series([1, None, 3], dtype="Int64")
    assert (summary_statistics(column).mean, summary_statistics(column).missing) == (2, 1)
