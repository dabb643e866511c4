"""Interval-censored times worked out on paper, on a few patients.

Cases: two who could have had the event together and two who could not; an exact time at either end of an interval, at
zero; nobody with the event; a mass that is zero by far and one that is zero by a hair; landmarks before, at the ends
of, inside and between the intervals; scores of right-censored and of interval-censored patients; strata.
"""

from math import inf, isnan, log

import pytest
from expectations import approx_within

from smmlib import interval_censored_survival_at, interval_censored_test, turnbull

pytestmark = pytest.mark.by_hand

ARMS = {"arm": "new", "reference": "old"}
# Innermost (0, 3], (3, 5] and (6, 8]. The last patient alone is in the third: 1/4. Masses a and b of the others
# maximise a (a + b) b with a + b = 3/4: 3/8 each.
FOUR = [0, 0, 3, 6], [3, 5, 6, 8]


approx = approx_within(rel=1e-12, scale=1e-13)


def steps(curve):
    """Innermost intervals, as pairs, and their masses."""
    return list(zip(curve.low.tolist(), curve.high.tolist(), strict=True)), curve.mass.tolist()


# ---- the estimate


@pytest.mark.parametrize(
    ("left", "right", "intervals", "masses"),
    [
        # (2, infinity) and (0, 5] meet in (2, 5]; of the two patients besides the third each has one half.
        ([0, 5, 2], [5, 7, inf], [(2, 5), (5, 7)], [1 / 2, 1 / 2]),
        (*FOUR, [(0, 3), (3, 5), (6, 8)], [3 / 8, 3 / 8, 1 / 4]),
        # An exact 9 lies in (4, 9], so that all three of these have it at 9.
        ([4, 4, 9, 9], [9, 9, inf, 9], [(9, 9), (9, inf)], [3 / 4, 1 / 4]),
        # An exact 2 does not lie in (2, 5], nor an exact 0 in (0, 5].
        ([2, 2], [5, 2], [(2, 2), (2, 5)], [1 / 2, 1 / 2]),
        ([0, 0], [0, 5], [(0, 0), (0, 5)], [1 / 2, 1 / 2]),
        # One interval ends where the next begins: they do not meet.
        ([0, 5], [5, 7], [(0, 5), (5, 7)], [1 / 2, 1 / 2]),
        # All could have had it together.
        ([0, 1, 2], [4, 5, 6], [(2, 4)], [1]),
        # Nobody is known to have had it: some time after the last visit.
        ([1, 3, 2], [inf, inf, inf], [(3, inf)], [1]),
        ([5], [7], [(5, 7)], [1]),
        ([5], [5], [(5, 5)], [1]),
        ([0], [inf], [(0, inf)], [1]),
    ],
)
def test_masses(left, right, intervals, masses):
    curve = turnbull(left, right)
    assert steps(curve) == (intervals, approx(masses))
    assert curve.survival.tolist() == approx([1 - sum(masses[: row + 1]) for row in range(len(masses))])
    assert curve.survival[-1] == 0
    assert curve.certified


def test_mass_that_is_zero_is_left_out():
    """Spans {1}, {1}, {3}, {3}, {1, 2}, {2, 3}: a^4 (1 - a)^2 grows up to a = 1/2, so nothing is left for the second.

    The slope there is 2 + 2 = 4, below the 6 patients.
    """
    curve = turnbull([0, 0, 4, 4, 0, 2], [1, 1, 5, 5, 3, 5])
    assert steps(curve) == ([(0, 1), (4, 5)], approx([1 / 2, 1 / 2]))


def test_mass_that_is_zero_by_a_hair_is_left_out():
    """One each of the same: a^2 (1 - a)^2 is level at a = 1/2, where the slope of the second is 2 + 2, the patients."""
    curve = turnbull([0, 4, 0, 2], [1, 5, 3, 5])
    assert steps(curve) == ([(0, 1), (4, 5)], approx([1 / 2, 1 / 2]))


def test_counts_and_likelihood():
    """3/8 * 3/4 * 3/8 * 1/4."""
    curve = turnbull(*FOUR, time_unit="weeks", arm="new")
    assert curve.log_likelihood == approx(log(27 / 1024))
    assert curve.shortfall == approx(0)
    assert (curve.n, curve.events, curve.time_unit, curve.arm) == (4, 4, "weeks", "new")
    assert turnbull([1, 2, 3], [2, inf, 3]).events == 2
    assert curve.method == "Turnbull's non-parametric maximum likelihood estimate, interval-censored times"


# ---- landmarks


@pytest.mark.parametrize(
    ("time", "expected"), [(0, 1), (3, 5 / 8), (5, 1 / 4), (5.5, 1 / 4), (6, 1 / 4), (8, 0), (99, 0)]
)
def test_survival_where_it_is_known(time, expected):
    estimate = interval_censored_survival_at(turnbull(*FOUR), time)
    assert estimate.value == approx(expected)
    assert (estimate.at, estimate.n, estimate.events, estimate.unit) == (time, 4, 4, "proportion")
    assert all(isnan(number) for number in (estimate.low, estimate.high, estimate.std_error, estimate.conf_level))
    assert estimate.method == (
        "Turnbull's non-parametric maximum likelihood estimate, interval-censored times; no confidence interval"
    )


@pytest.mark.parametrize("time", [0.01, 1, 2.99, 4, 7])
def test_survival_inside_an_innermost_interval_is_not_known(time):
    assert isnan(interval_censored_survival_at(turnbull(*FOUR), time).value)


def test_why_survival_is_not_known():
    estimate = interval_censored_survival_at(turnbull(*FOUR, arm="new"), 4)
    assert estimate.method == (
        "Not estimable: 4 months lies inside (3, 5], somewhere in which survival falls by 0.375 in arm 'new'"
    )
    curve = turnbull([1, 3], [2, inf])
    assert interval_censored_survival_at(curve, 3).value == approx(1 / 2)
    beyond = interval_censored_survival_at(curve, 3.5)
    assert isnan(beyond.value)
    assert beyond.method == "Not estimable: 3.5 months lies beyond 3, after which nothing is known"


def test_event_at_an_exact_time_counts():
    curve = turnbull([2, 4], [2, 4])
    assert interval_censored_survival_at(curve, 1.99).value == 1
    assert interval_censored_survival_at(curve, 2).value == approx(1 / 2)


def test_landmark_that_differs_from_an_end_by_rounding_error_is_that_end():
    thirds = turnbull([0, 0.1 + 0.2], [0.1 + 0.2, 1])
    assert interval_censored_survival_at(thirds, 0.3).value == approx(1 / 2)


# ---- the test


def test_scores_of_right_censored_times():
    """Events at 1, 2 and 4, censored at 3: hazards 1/4, 7/12, 7/12, 19/12; scores 3/4, 5/12, -7/12, -7/12.

    Those of the first and third sum to 1/6. Half of the four in each arm: the variance is a third of the sum of
    squares 204/144, 17/36. (1/6)^2 / (17/36) = 1/17.
    """
    test = interval_censored_test([1, 2, 3, 4], [1, 2, inf, 4], [1, 0, 1, 0], **ARMS)
    assert test.statistic == approx(1 / 17)
    assert (test.df, test.n, test.events, test.arm, test.reference) == (1, 4, 3, "new", "old")


def test_scores_of_interval_censored_times():
    """Masses 3/8, 3/8, 1/4: hazards 3/8, 39/40, 79/40, scores 5/8, 1/40, -39/40 in the three innermost intervals.

    The second patient has the mean of the first two, 13/40. Sum of squares (625 + 169 + 1 + 1521) / 1600; the first and
    the second sum to 38/40. (19/20)^2 / (2316/4800) = 361/193.
    """
    test = interval_censored_test(*FOUR, [1, 1, 0, 0], **ARMS)
    assert test.statistic == approx(361 / 193)
    assert test.method == (
        "Log-rank test for interval-censored times, Sun's scores, asymptotic permutation variance, two-sided"
    )


def test_strata_add_sums_and_variances():
    """Both tables as strata: (1/6 + 19/20)^2 / (17/36 + 193/400)."""
    left, right = [1, 2, 3, 4, *FOUR[0]], [1, 2, inf, 4, *FOUR[1]]
    test = interval_censored_test(left, right, [1, 0, 1, 0, 1, 1, 0, 0], strata=list("aaaabbbb"), **ARMS)
    assert test.statistic == approx((1 / 6 + 19 / 20) ** 2 / (17 / 36 + 193 / 400))
    assert ", stratified, " in test.method


def test_stratum_without_one_arm_says_nothing():
    left, right = [*FOUR[0], 1, 2], [*FOUR[1], 2, 9]
    test = interval_censored_test(left, right, [1, 1, 0, 0, 1, 1], strata=list("aaaabb"), **ARMS)
    assert test.statistic == approx(361 / 193)
