"""Weighted log-rank tests worked out on paper, on a few patients.

Cases: two events that compare the arms; ties; an event at time 0; an event at the time from which modest weights stop
to grow, and one that misses it by rounding; strata; late entry; case weights; no comparison, no variance, no weight.
"""

from math import erf, erfc, isnan, sqrt

import numpy as np
import pytest
from expectations import approx_within

from smmlib import FlemingHarrington, ModestlyWeighted, maxcombo_test, weighted_logrank_test
from smmlib.stats.comparison.max_normal import max_normal_tail

pytestmark = pytest.mark.by_hand

ARMS = {"arm": "new", "reference": "old"}

# At 1 one of six has the event, in the arm, of which three are at risk: 1/2 more than expected, variance 1/4. At 6
# two of four, one in the arm, in which one is at risk: 1/2 more again, variance 2 * 1/4 * 3/4 * 2/3 = 1/4. At 9 the
# arm is gone. So the statistic is (w1 + w2)^2 / (w1^2 + w2^2).
SIX = {"time": [1, 1, 6, 6, 8, 9], "event": [1, 0, 1, 1, 0, 1], "in_arm": [1, 1, 1, 0, 0, 0]} | ARMS


approx = approx_within(rel=1e-13, scale=1e-15)


def of_weights(first, second):
    return (first + second) ** 2 / (first**2 + second**2)


@pytest.mark.parametrize(
    ("weighting", "expected"),
    [
        ("gehan", of_weights(6, 4)),
        ("tarone-ware", of_weights(sqrt(6), sqrt(4))),
        ("peto", of_weights(6 / 7, 6 / 7 * 3 / 5)),
        ("modified-peto", of_weights(6 / 7 * 6 / 7, 6 / 7 * 3 / 5 * 4 / 5)),
        (FlemingHarrington(0, 0), 2),
        (FlemingHarrington(1, 0), of_weights(1, 5 / 6)),
        (FlemingHarrington(0.5, 0), of_weights(1, sqrt(5 / 6))),
        (FlemingHarrington(0, 1), 1),
        (FlemingHarrington(1, 1), 1),
        (FlemingHarrington(0, 400), 1),
        (ModestlyWeighted(time=0.9), 2),
        (ModestlyWeighted(time=1), of_weights(1, 6 / 5)),
        (ModestlyWeighted(time=99), of_weights(1, 6 / 5)),
        (ModestlyWeighted(survival=0.9), of_weights(1, 1 / 0.9)),
        (ModestlyWeighted(survival=0.1), of_weights(1, 6 / 5)),
        (ModestlyWeighted(survival=1), 2),
    ],
)
def test_six_patients(weighting, expected):
    test = weighted_logrank_test(**SIX, weighting=weighting)
    assert test.statistic == approx(expected)
    assert test.p_value == approx(erfc(sqrt(expected / 2)))
    assert (test.df, test.n, test.events, test.arm, test.reference) == (1, 6, 4, "new", "old")


def test_weights_stop_to_grow_at_a_time_that_an_event_misses_by_rounding_alone():
    """Survival is 3/4 after the event at 2, and 1/2 after the one at 3; weights 1, 4/3 and 4/3, not 2."""
    time, event, in_arm = [0.1 + 0.2, 0.5, 0.9, 1.5], [1, 1, 1, 0], [1, 0, 1, 0]
    excess = 1 * (1 - 2 / 4) + 4 / 3 * (0 - 1 / 3) + 4 / 3 * (1 - 1 / 2)
    variance = 1 * 1 / 4 + (4 / 3) ** 2 * (2 / 9 + 1 / 4)
    for until in (0.3, 0.1 + 0.2, 0.49):
        test = weighted_logrank_test(time, event, in_arm, weighting=ModestlyWeighted(until), **ARMS)
        assert test.statistic == approx(excess**2 / variance)


def test_event_at_time_zero_has_its_weight():
    """At 0 one of four, then one of three at 1: Gehan's weights are 4 and 3."""
    test = weighted_logrank_test([0, 1, 2, 3], [1, 1, 0, 0], [1, 0, 1, 0], weighting="gehan", **ARMS)
    excess, variance = 4 * 1 / 2 - 3 * 1 / 3, 16 * 1 / 4 + 9 * 2 / 9
    assert test.statistic == approx(excess**2 / variance)


def test_strata_have_weights_of_their_own():
    """The six patients twice: excess and variance double. Together, Gehan's weights would be 12 and 8."""
    twice = {name: SIX[name] * 2 for name in ("time", "event", "in_arm")} | ARMS
    strata = ["a"] * 6 + ["b"] * 6
    for weighting in ("gehan", "peto", FlemingHarrington(1, 1), ModestlyWeighted(1)):
        once = weighted_logrank_test(**SIX, weighting=weighting).statistic
        assert weighted_logrank_test(**twice, weighting=weighting, strata=strata).statistic == approx(2 * once)


def test_late_entry_and_case_weights():
    """Of four rows, the second stands for two and comes at 2. At 1 two are at risk, at 3 four patients.

    Excess 1/2 with weight 2, and 1 * (0 - 2/4) with weight 4, variances 1/4 both.
    """
    columns = [1, 4, 3, 5], [1, 0, 1, 0], [1, 1, 0, 0]
    options = {"entry": [0, 2, 0.5, 2], "weights": [1, 2, 1, 1]}
    test = weighted_logrank_test(*columns, weighting="gehan", **options, **ARMS)
    excess, variance = 2 * 1 / 2 - 4 * 2 / 4, 4 * 1 / 4 + 16 * 1 / 4
    assert test.statistic == approx(excess**2 / variance)
    assert (test.n, test.events) == (5, 2)


def test_small_p_value_is_not_lost():
    time, event, in_arm = np.arange(80), np.ones(80), np.arange(80) < 40
    test = weighted_logrank_test(time, event, in_arm, weighting=FlemingHarrington(0, 0), **ARMS)
    assert 0 < test.p_value < 1e-16
    assert test.p_value == approx(erfc(sqrt(test.statistic / 2)), rel=1e-12)
    combined = maxcombo_test(time, event, in_arm, weightings=[FlemingHarrington(0, 0), "gehan"], seed=1, **ARMS)
    assert test.p_value < combined.p_value < 2.1 * test.p_value


# ---- MaxCombo


def test_one_test_combined_is_that_test():
    """Once and twice, and the same under another name: weights of (0, 0) are 1, as modest ones before any event."""
    alone = weighted_logrank_test(**SIX, weighting="gehan")
    for weightings in (["gehan"], ["gehan", "gehan"]):
        combined = maxcombo_test(**SIX, weightings=weightings, seed=1)
        assert combined.statistic == approx(sqrt(alone.statistic))
        assert combined.p_value == approx(alone.p_value)
    same = maxcombo_test(**SIX, weightings=[FlemingHarrington(0, 0), ModestlyWeighted(time=0)], seed=1)
    assert (same.statistic, same.p_value) == (approx(sqrt(2)), approx(erfc(1)))


def test_largest_of_two_and_its_place_between_the_bounds():
    """Z is sqrt(2) and 1: the larger one counts, and P lies between that of one and of two independent tests."""
    combined = maxcombo_test(**SIX, weightings=[FlemingHarrington(0, 1), FlemingHarrington(0, 0)], seed=1)
    assert combined.statistic == approx(sqrt(2))
    assert erfc(1) < combined.p_value < 1 - erf(1) ** 2
    assert (combined.df, combined.n, combined.events) == (0, 6, 4)


@pytest.mark.parametrize("size", [0.001, 0.5, 2, 4, 7])
@pytest.mark.parametrize("variables", [1, 2, 3])
def test_largest_of_independent_normals(size, variables):
    """1 - (1 - p)^m, from the powers of p, as the difference would lose its digits."""
    p = erfc(size / sqrt(2))
    expected = [p, 2 * p - p**2, 3 * p - 3 * p**2 + p**3][variables - 1]
    assert max_normal_tail(size, np.eye(variables), 1) == approx(expected, rel=1e-12)


def test_largest_of_five_independent_normals():
    assert max_normal_tail(2.5, np.eye(5), 1) == approx(1 - erf(2.5 / sqrt(2)) ** 5, rel=1e-6)


def test_largest_of_normals_is_at_least_zero():
    assert max_normal_tail(0, [[1, 0.5], [0.5, 1]], 1) == 1


# ---- not estimable

NOT_ESTIMABLE = [
    ([1, 2], [0, 0], [1, 0], "gehan", "no event was seen while patients of both arms were at risk"),
    ([1, 2, 3], [0, 1, 1], [1, 0, 0], "peto", "no event was seen while patients of both arms were at risk"),
    ([1, 1], [1, 1], [1, 0], "peto", "all at risk had the event at one time"),
    (
        [1, 2, 3, 4],
        [1, 0, 0, 0],
        [1, 0, 1, 0],
        FlemingHarrington(0, 1),
        "Fleming-Harrington (0, 1) weights are zero, or without bound, where the arms are compared",
    ),
]


@pytest.mark.parametrize(("time", "event", "in_arm", "weighting", "reason"), NOT_ESTIMABLE)
def test_not_estimable_is_nan_and_says_why(time, event, in_arm, weighting, reason):
    alone = weighted_logrank_test(time, event, in_arm, weighting=weighting, **ARMS)
    both = maxcombo_test(time, event, in_arm, weightings=[FlemingHarrington(0, 0), weighting], seed=1, **ARMS)
    for test in (alone, both):
        assert isnan(test.statistic)
        assert isnan(test.p_value)
        assert test.method.endswith(f": not estimable, {reason}")
        assert test.n == len(time)


def test_modest_weights_without_bound_are_not_estimable():
    """All at risk have the event at 2; those who enter at 5 find survival at zero.

    Of them one of three has the event, in the arm, of which two are at risk: excess 1/3, variance 2/9.
    """
    columns = [2, 2, 6, 7, 8], [1, 1, 1, 0, 0], [1, 0, 1, 0, 1]
    late = {"entry": [0, 0, 5, 5, 5]} | ARMS
    assert isnan(weighted_logrank_test(*columns, weighting=ModestlyWeighted(3), **late).statistic)
    assert weighted_logrank_test(*columns, weighting=ModestlyWeighted(survival=0.5), **late).statistic == approx(0.5)


# ---- the words


@pytest.mark.parametrize(
    ("weighting", "words"),
    [
        ("gehan", "Gehan"),
        ("modified-peto", "modified Peto-Peto"),
        (FlemingHarrington(0.5, 2), "Fleming-Harrington (0.5, 2)"),
        (ModestlyWeighted(12), "modest (up to time 12)"),
        (ModestlyWeighted(survival=0.5), "modest (down to survival 0.5)"),
    ],
)
def test_method_says_how_it_was_weighted(weighting, words):
    plain = weighted_logrank_test(**SIX, weighting=weighting)
    stratified = weighted_logrank_test(**SIX, weighting=weighting, strata=["a"] * 6)
    assert plain.method == f"Weighted log-rank test, {words} weights, two-sided"
    assert stratified.method == f"Weighted log-rank test, {words} weights, stratified, two-sided"


def test_method_says_what_was_combined():
    test = maxcombo_test(**SIX, weightings=["gehan", FlemingHarrington(0, 1)], seed=7, strata=[1] * 6)
    assert test.method == (
        "MaxCombo test, largest |Z| of Gehan, Fleming-Harrington (0, 1) weights, stratified, two-sided, "
        "multivariate normal P value, seed 7"
    )
