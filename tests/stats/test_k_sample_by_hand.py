"""Log-rank tests of several groups worked out on paper, on a few patients."""

from math import erfc, exp, isnan, sqrt

import pytest
from expectations import approx_within, refused

from smmlib import k_sample_logrank_test, trend_logrank_test

pytestmark = pytest.mark.by_hand

approx = approx_within(rel=1e-13, scale=1e-15)
SIX = {"time": [1, 4, 2, 5, 3, 6], "event": [1, 1, 1, 0, 0, 1], "group": list("aabbcc")}
"""Events at 1, 2, 4 and 6, at which 6, 5, 3 and 1 are at risk: of a 2, 1, 1, 0, of b 2, 2, 1, 0, of c 2, 2, 1, 1.

Events less expectation are, in fifteenths, a 30 - 5 - 3 - 5 = 17, b 15 - 5 - 6 - 5 = -1, c -16. Their covariance is, in
parts of 225, a 136, b 154, c 154, a with b -68, a with c -68, b with c -86.
"""
DOSE = {"a": 0, "b": 1, "c": 2}


def test_three_groups():
    """(17, -1) times the inverse of (136 -68, -68 154), whose determinant is 16320: 42330 / 16320."""
    test = k_sample_logrank_test(**SIX)
    assert (test.statistic, test.df) == (approx(42330 / 16320), 2)
    assert test.p_value == approx(exp(-42330 / 16320 / 2))
    assert (test.n, test.events, test.method) == (6, 4, "Log-rank test of 3 groups")


def test_trend():
    """Scores 0, 1, 2: (-1 - 32) ** 2 over 154 + 4 * 154 - 4 * 86 = 426."""
    test = trend_logrank_test(**SIX, scores=DOSE)
    assert (test.statistic, test.df) == (approx(33**2 / 426), 1)
    assert test.p_value == approx(erfc(sqrt(33**2 / 426 / 2)))
    assert test.method == "Log-rank test for trend, scores a 0, b 1, c 2, two-sided"


def test_strata_add_up():
    twice = {name: values * 2 for name, values in SIX.items()} | {"strata": [1] * 6 + [2] * 6}
    assert k_sample_logrank_test(**twice).statistic == approx(2 * 42330 / 16320)
    assert trend_logrank_test(**twice, scores=DOSE).statistic == approx(2 * 33**2 / 426)


def test_groups_of_which_no_stratum_has_both_are_compared_over_the_third():
    """a with b in one stratum, b with c in the other, one event each among two: excess 1/2, variance 1/4."""
    columns = {"time": [1, 2, 1, 2], "event": [1, 0, 1, 0], "group": list("abbc"), "strata": [1, 1, 2, 2]}
    test = k_sample_logrank_test(**columns)
    assert (test.statistic, test.df) == (approx(2), 2)


def test_groups_that_are_not_compared_add_no_degree_of_freedom():
    """a with b in one stratum and c with d in the other: the chi-square of each is 1."""
    columns = {"time": [1, 2, 1, 2], "event": [1, 0, 1, 0], "group": list("abcd"), "strata": [1, 1, 2, 2]}
    test = k_sample_logrank_test(**columns)
    assert (test.statistic, test.df) == (approx(2), 2)


def test_late_entry_counts_from_its_time_on():
    """The patient of c comes after the event at 1 and is at risk at 3: two of two groups, then two of two others."""
    columns = {"time": [1, 4, 3, 5], "event": [1, 0, 1, 0], "group": list("abcb"), "entry": [0, 0, 2, 2]}
    test = trend_logrank_test(**columns, scores={"a": 1, "b": 0, "c": 1})
    # at 1 a of a, b: 1/2 more than expected, variance 1/4; at 3 c of b, b, c: 2/3, variance 2/9
    assert test.statistic == approx((1 / 2 + 2 / 3) ** 2 / (1 / 4 + 2 / 9))


@pytest.mark.parametrize(
    ("event", "time", "reason"),
    [
        ([0, 0, 0], [1, 2, 3], "no event was seen while patients of two groups were at risk"),
        ([0, 0, 1], [1, 2, 3], "no event was seen while patients of two groups were at risk"),
        ([1, 1, 1], [2, 2, 2], "all at risk had the event at one time"),
    ],
)
def test_what_cannot_be_estimated_says_why(event, time, reason):
    for test in (
        k_sample_logrank_test(time, event, list("abc")),
        trend_logrank_test(time, event, list("abc"), DOSE),
    ):
        assert isnan(test.statistic)
        assert isnan(test.p_value)
        assert test.method.endswith(f": not estimable, {reason}")
        assert test.from_data == (f": not estimable, {reason}",)


def test_a_trend_needs_scores_that_differ_where_groups_are_compared():
    """a and b meet at the event, c has left."""
    test = trend_logrank_test([2, 3, 1], [1, 0, 0], list("abc"), {"a": 1, "b": 1, "c": 2})
    assert test.method.endswith("not estimable, groups that can be compared have the same score")


def test_bad_groups_and_scores_are_refused():
    time, event = [1, 2, 3], [1, 0, 1]
    with refused("group is 'a' for every patient: give the labels of two groups or more."):
        k_sample_logrank_test(time, event, list("aaa"))
    with refused("group[1] is None: every patient needs a label."):
        k_sample_logrank_test(time, event, ["a", None, "b"])
    with refused("group has shape (2,), but time has 3 patients: give one label a patient."):
        k_sample_logrank_test(time, event, ["a", "b"])
    with refused("scores is of type list: give a mapping of each group to its score."):
        trend_logrank_test(time, event, list("abc"), [0, 1, 2])
    with refused("scores has none for group 'c': give each group a number."):
        trend_logrank_test(time, event, list("abc"), {"a": 0, "b": 1})
    with refused("scores['b'] is 'high': give a finite number."):
        trend_logrank_test(time, event, list("abc"), DOSE | {"b": "high"})
    with refused("scores are 1 for every group: a trend needs two that differ."):
        trend_logrank_test(time, event, list("abc"), {"a": 1, "b": 1, "c": 1})
