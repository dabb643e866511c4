"""Adjusted P values and one-sided tests worked out on paper; what is no P value or alternative is refused."""

from math import nan

import numpy as np
import pytest
from expectations import approx_within, refused

from smmlib import adjusted_p_values, logrank_test, one_sided_logrank_test

pytestmark = pytest.mark.by_hand

approx = approx_within(rel=1e-12, scale=1e-15)
FOUR = [0.01, 0.04, 0.03, 0.005]


@pytest.mark.parametrize(
    ("procedure", "expected"),
    [
        # 4 * 0.005, 3 * 0.01, 2 * 0.03, and the last no less than that
        ("holm", [0.03, 0.06, 0.06, 0.02]),
        # 1 * 0.04, the third no more than that, 3 * 0.01, 4 * 0.005
        ("hochberg", [0.03, 0.04, 0.04, 0.02]),
        ("fixed-sequence", [0.01, 0.04, 0.04, 0.04]),
    ],
)
def test_four_hypotheses(procedure, expected):
    assert adjusted_p_values(FOUR, procedure=procedure).tolist() == approx(expected)
    assert adjusted_p_values([0.3], procedure=procedure).tolist() == approx([0.3])


@pytest.mark.parametrize(
    ("procedure", "expected"),
    [("holm", [0.03, nan, 0.04]), ("hochberg", [0.03, nan, 0.04]), ("fixed-sequence", [0.01, nan, 1])],
)
def test_a_test_that_is_not_estimable_stays_among_the_hypotheses(procedure, expected):
    assert adjusted_p_values([0.01, nan, 0.02], procedure=procedure).tolist() == approx(expected)


@pytest.mark.parametrize("procedure", ["holm", "hochberg"])
def test_the_order_of_the_hypotheses_matters_in_a_fixed_sequence_alone(procedure):
    order = [2, 0, 3, 1]
    shuffled = adjusted_p_values([FOUR[place] for place in order], procedure=procedure)
    assert shuffled.tolist() == approx(adjusted_p_values(FOUR, procedure=procedure)[order].tolist())


def test_no_adjusted_p_value_is_above_1():
    assert adjusted_p_values([0.5, 0.9, 1], procedure="holm").tolist() == [1, 1, 1]


def test_what_is_no_p_value_is_refused():
    with refused("p_values has shape (0,): give a P value for each hypothesis."):
        adjusted_p_values([], procedure="holm")
    with refused("p_values[1] is 1.2: a P value is a number from 0 to 1, or NaN where a test is not estimable."):
        adjusted_p_values([0.5, 1.2], procedure="holm")
    with refused("p_values[0] is '0.5': a P value is a number"):
        adjusted_p_values(["0.5"], procedure="holm")
    with refused("p_values[0] is None: a P value is a number"):
        adjusted_p_values([None, 0.5], procedure="holm")
    with refused("procedure is 'bonferroni': choose one of 'holm', 'hochberg', 'fixed-sequence'."):
        adjusted_p_values([0.5], procedure="bonferroni")


# ---- one side

SIX = {"time": [1, 1, 6, 6, 8, 9], "event": [1, 0, 1, 1, 0, 1], "in_arm": [1, 1, 1, 0, 0, 0]}
"""The arm has one event more than expected, with a variance of a half: see test_weighted_by_hand.py."""
ARMS = {"arm": "new", "reference": "old"}


def test_one_side_is_half_of_two_and_the_other_is_the_rest():
    two_sided = logrank_test(**SIX, **ARMS)
    more = one_sided_logrank_test(**SIX, **ARMS, alternative="greater")
    fewer = one_sided_logrank_test(**SIX, **ARMS, alternative="less")
    assert more.p_value == approx(two_sided.p_value / 2)
    assert fewer.p_value == approx(1 - two_sided.p_value / 2)
    assert more.statistic == fewer.statistic == approx(2)
    assert fewer.method == "Log-rank test, one-sided for a lower hazard"
    stratified = one_sided_logrank_test(**SIX, **ARMS, alternative="greater", strata=[1] * 6)
    assert stratified.method == "Log-rank test, stratified, one-sided for a higher hazard"


def test_the_other_arm_has_the_other_side():
    swapped = SIX | {"in_arm": [1 - one for one in SIX["in_arm"]]}
    fewer = one_sided_logrank_test(**swapped, arm="old", reference="new", alternative="less")
    assert fewer.p_value == approx(one_sided_logrank_test(**SIX, **ARMS, alternative="greater").p_value)


def test_small_one_sided_p_values_are_not_lost():
    time, in_arm = np.arange(80), np.arange(80) >= 40
    test = one_sided_logrank_test(time, np.ones(80), in_arm, **ARMS, alternative="less")
    assert 0 < test.p_value < 1e-16


def test_without_a_variance_there_is_no_test():
    test = one_sided_logrank_test([1, 2], [0, 0], [1, 0], **ARMS, alternative="less")
    assert np.isnan(test.p_value)
    assert test.method.endswith("not estimable, no event was seen while patients of both arms were at risk")


def test_an_unknown_alternative_is_refused():
    with refused("alternative is 'two-sided': choose one of 'less', 'greater'."):
        one_sided_logrank_test(**SIX, **ARMS, alternative="two-sided")
