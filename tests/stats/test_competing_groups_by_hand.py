"""Gray's test of several groups, and differences of cumulative incidence, worked out on paper."""

from math import exp, isnan, sqrt

import pytest
from expectations import approx_within, refused

from smmlib import cumulative_incidence, incidence_difference, k_sample_gray_test

pytestmark = pytest.mark.by_hand

approx = approx_within(rel=1e-13, scale=1e-15)
FOUR, TWO = ([1, 2, 3, 4], [1, 2, 1, 0]), ([1, 3], [1, 0])
"""In four, 1/4 have the event of cause 1 by 1, and 1/2 by 3; of two, 1/2 by 1."""


def curves(**options):
    return [cumulative_incidence(*each, of=1, **options) for each in (FOUR, TWO)]


def test_three_groups_with_one_time_of_events():
    """Where all happens at one time, it is the log-rank test, and the other events of that time change nothing.

    Two of six, both of a: 4/3, -2/3 and -2/3 above expectation. The covariance is 2 * 4 / 5 times that of one draw
    among thirds, whose inverse weighs squares by 3.
    """
    test = k_sample_gray_test([1, 1, 2, 2, 2, 2], [1, 1, 0, 0, 0, 0], list("aabbcc"), of=1)
    assert (test.statistic, test.df) == (approx(5 / 8 * 3 * (16 + 4 + 4) / 9), 2)
    assert test.p_value == approx(exp(-5 / 2))
    assert (test.n, test.events) == (6, 2)
    assert test.method == "Gray's test of the cumulative incidence of cause 1 in 3 groups"


def test_a_competing_event_keeps_its_patient_among_those_who_could_have_had_the_event():
    """One event of b at 2, after a competing one of a at 1 that left 1 of 2: h of a is 1 / (1/2) = 2, as before.

    So a, b and c are expected to have the event at 2 as 2 : 1 : 1, and b is 3/4 above, a 1/2 and c 1/4 below. There
    S(t-) is 1/2 in a and 1 in the others, h is 4 in all, and one patient each is at risk: an event in a weighs 1/2 / 4,
    in b and c 1/4, and it moves the scores by (h_k if it is their own group) - h_i h_k / 4. The competing event at 1
    leaves one of two at risk, weighs 1 / (2 - 1) ** 2, and takes from what an event in a moves at 2, over the four:
    -1/2 / 4.
    """
    time, cause, group = [1, 3, 2, 4], [2, 0, 1, 0], list("aabc")
    test = k_sample_gray_test(time, cause, group, of=1)
    own = {"a": 1 / 2 / (4 * 1), "b": 1 / (4 * 1), "c": 1 / (4 * 1)}
    effects = {"b": {"a": -1 / 2, "b": 3 / 4, "c": -1 / 4}, "c": {"a": -1 / 2, "b": -1 / 4, "c": 3 / 4}}
    lost = {"b": -1 / 8, "c": -1 / 8}
    covariance = {
        (one, other): sum(own[k] * effects[one][k] * effects[other][k] for k in "abc") + lost[one] * lost[other]
        for one in "bc"
        for other in "bc"
    }
    determinant = covariance["b", "b"] * covariance["c", "c"] - covariance["b", "c"] ** 2
    b, c = 3 / 4, -1 / 4
    form = b * b * covariance["c", "c"] - 2 * b * c * covariance["b", "c"] + c * c * covariance["b", "b"]
    assert test.statistic == approx(form / determinant)


def test_strata_add_up():
    time, cause, group = [1, 1, 2, 2, 2, 2] * 2, [1, 1, 0, 0, 0, 0] * 2, list("aabbcc") * 2
    test = k_sample_gray_test(time, cause, group, of=1, strata=[1] * 6 + [2] * 6)
    assert test.statistic == approx(10)
    assert test.method == "Gray's test of the cumulative incidence of cause 1 in 3 groups, stratified"


def test_a_group_that_left_before_the_event_adds_no_degree_of_freedom():
    test = k_sample_gray_test([1, 1, 2, 2, 0], [1, 1, 0, 0, 0], list("aabbc"), of=1)
    assert (test.statistic, test.df) == (approx(3), 1)


@pytest.mark.parametrize(
    ("time", "cause", "reason"),
    [
        ([1, 2, 3], [0, 2, 0], "no event of cause 1 was seen while patients of two groups were at risk"),
        ([1, 2, 3], [0, 0, 1], "no event of cause 1 was seen while patients of two groups were at risk"),
        ([2, 2, 2], [1, 1, 1], "its variance is not a number above zero"),
    ],
)
def test_what_cannot_be_estimated_says_why(time, cause, reason):
    test = k_sample_gray_test(time, cause, list("abc"), of=1)
    assert isnan(test.statistic)
    assert isnan(test.p_value)
    assert test.from_data == (f": not estimable, {reason}",)


def test_difference_of_incidence():
    """At 2: 1/4 less 1/2. In Aalen's variance one event of n at the start, with all others followed, is 1 / n ** 2."""
    estimate = incidence_difference(*curves(arm="x"), 2)
    std_error = sqrt(1 / 4**2 + 1 / 2**2)
    assert (estimate.value, estimate.std_error) == (-0.25, approx(std_error))
    assert estimate.high - estimate.value == approx(1.959963984540054 * std_error)
    assert (estimate.unit, estimate.n, estimate.events, estimate.at) == ("difference of proportions", 6, 3, 2)


def test_difference_past_the_end_of_one_arm_is_not_estimable():
    estimate = incidence_difference(*curves(arm="new"), 3.5)
    assert isnan(estimate.value)
    assert "not estimable" in estimate.method


def test_bad_groups_and_curves_are_refused():
    with refused("group is 'a' for every patient: give the labels of two groups or more."):
        k_sample_gray_test([1, 2], [1, 0], ["a", "a"], of=1)
    with refused("group[1] is None: every patient needs a label."):
        k_sample_gray_test([1, 2], [1, 0], ["a", None], of=1)
    one, other = cumulative_incidence(*FOUR, of=1), cumulative_incidence(*TWO, of=2)
    with refused("cause is 1 for the arm and 2 for the reference: make them the same."):
        incidence_difference(one, other, 1)
    with refused("reference_curve is of type list: give a CumulativeIncidenceCurve"):
        incidence_difference(one, [1], 1)
