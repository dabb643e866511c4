"""Competing risks worked out on paper, on a few patients.

Cases: before the first event, at one, between, on a flat, past the end with somebody left and with nobody; an event, a
competing one and a censoring at one time; an event at time 0; a cause that never happens, and one that is alone; late
entry; Gray's test with and without competing events, ties and strata; a hazard ratio that censors the other cause.
"""

from math import erfc, exp, isnan, log, sqrt

import pytest
from expectations import approx_within

from smmlib import cause_specific_hazard_ratio, cumulative_incidence, gray_test, incidence_at

pytestmark = pytest.mark.by_hand

Z95 = 1.959963984540054
ARMS = {"arm": "new", "reference": "old"}

# Four patients: progression (1) at 1 and 3, death (2) at 2, one censored at 4.
TIME = [1, 2, 3, 4]
CAUSE = [1, 2, 1, 0]


approx = approx_within(rel=1e-14, scale=1e-15)


# ---- cumulative incidence


def test_incidence_of_four_patients():
    """1/4 at 1; two of four are left at 3, when half of the 1/2 who are free progress: 1/4 + 1/2 * 1/2."""
    curve = cumulative_incidence(TIME, CAUSE, of=1, arm="new")
    assert curve.time.tolist() == [1, 2, 3, 4]
    assert curve.incidence.tolist() == approx([1 / 4, 1 / 4, 1 / 2, 1 / 2])
    assert curve.at_risk.tolist() == [4, 3, 2, 1]
    assert curve.events.tolist() == [1, 0, 1, 0]
    assert curve.competing.tolist() == [0, 1, 0, 0]
    assert curve.censored.tolist() == [0, 0, 0, 1]
    assert (curve.cause, curve.arm, curve.time_unit) == (1, "new", "months")


def test_incidence_of_the_other_cause():
    """Death of one of the three at risk at 2, of the 3/4 who are free."""
    curve = cumulative_incidence(TIME, CAUSE, of=2)
    assert curve.incidence.tolist() == approx([0, 1 / 4, 1 / 4, 1 / 4])


def test_variance_of_four_patients():
    """At 1 and 2: 1 / 4^2. At 3 the first event has given 1/4 and taken 1/3 of what came after, 1/4:
    (1/4)^2 (1 - 1/3)^2 = 1/36; death took (1/4)^2 (1/2)^2 = 1/64; the last event adds (1/4)^2 = 1/16."""
    curve = cumulative_incidence(TIME, CAUSE, of=1)
    assert (curve.std_error**2).tolist() == approx([1 / 16, 1 / 16, 61 / 576, 61 / 576])


def test_limits_of_four_patients():
    """log(-log F) has standard error se / |F log F|: at 3, (1/2) to the power exp(z sqrt(61/576) / (log(2) / 2))."""
    curve = cumulative_incidence(TIME, CAUSE, of=1)
    power = exp(Z95 * sqrt(61 / 576) / (log(2) / 2))
    assert (curve.low[2], curve.high[2]) == approx((0.5**power, 0.5 ** (1 / power)))


def test_confidence_level():
    """Limits at 1 - 2 * P(Z > 1) are one standard error away."""
    curve = cumulative_incidence(TIME, CAUSE, of=1, conf_level=1 - erfc(1 / sqrt(2)))
    assert log(-log(curve.low[0])) - log(-log(1 / 4)) == approx((1 / 4) / (log(4) / 4), rel=1e-12)


def test_everything_at_one_time():
    """Of five at 2, one has the event, two die and two are censored: 1/5, not 1/3; then one of two, of the 2/5 free."""
    curve = cumulative_incidence([2, 2, 2, 3, 3], [1, 2, 2, 1, 0], of=1)
    assert curve.incidence.tolist() == approx([1 / 5, 1 / 5 + 2 / 5 * 1 / 2])
    censored_at_2 = cumulative_incidence([2, 2, 2, 2, 3], [1, 2, 2, 0, 1], of=1)
    assert censored_at_2.at_risk.tolist() == [5, 1]
    assert censored_at_2.incidence.tolist() == approx([1 / 5, 1 / 5 + 2 / 5])


def test_variance_of_tied_events():
    """Two of four at 1: (1/4)^2 * 2 * (4 - 2) / 3 = 1/12, that of two draws without replacement."""
    curve = cumulative_incidence([1, 1, 2, 2], [1, 1, 0, 0], of=1)
    assert curve.std_error[0] == approx(sqrt(1 / 12))


def test_variance_of_tied_competing_events():
    """Two of four die at 1, then one of two progresses: (1/4)^2 * 2 * (4 - 2) / 3 * (1/4 / (1/2))^2 + (1/2 / 2)^2."""
    curve = cumulative_incidence([1, 1, 2, 3], [2, 2, 1, 0], of=1)
    assert curve.incidence.tolist() == approx([0, 1 / 4, 1 / 4])
    assert curve.std_error[1:].tolist() == approx([sqrt(1 / 48 + 1 / 16)] * 2)


def test_event_at_time_zero_counts():
    assert incidence_at(cumulative_incidence([0, 1, 2, 3], [1, 0, 2, 0], of=1), 0).value == 1 / 4


def test_one_cause_alone_that_everybody_has():
    """All three at once: 1, without limits, and nothing that could have been otherwise."""
    curve = cumulative_incidence([3, 3, 3], [1, 1, 1], of=1)
    assert (curve.incidence[0], curve.std_error[0]) == (1, 0)
    assert isnan(curve.low[0])
    assert isnan(curve.high[0])


def test_late_entry():
    """The second patient comes after 1: alone at risk of the first two is one at 1, and one of two is at 2."""
    curve = cumulative_incidence([1, 2, 3], [2, 1, 0], of=1, entry=[0, 1, 0])
    assert curve.at_risk.tolist() == [2, 2, 1]
    assert curve.incidence.tolist() == approx([0, 1 / 4, 1 / 4])
    assert "late entry" in curve.method


# ---- landmarks


@pytest.mark.parametrize(
    ("time", "expected"), [(0, 0), (0.5, 0), (1, 1 / 4), (2.5, 1 / 4), (3, 1 / 2), (3.5, 1 / 2), (4, 1 / 2)]
)
def test_incidence_at_a_landmark(time, expected):
    estimate = incidence_at(cumulative_incidence(TIME, CAUSE, of=1, arm="new"), time)
    assert estimate.value == approx(expected)
    assert (estimate.at, estimate.n, estimate.events, estimate.unit, estimate.arm) == (time, 4, 2, "proportion", "new")


def test_incidence_past_the_end():
    """Not known while somebody was left, who might have had it; known when the last ones died or had it."""
    left = cumulative_incidence(TIME, CAUSE, of=1, arm="new", time_unit="weeks")
    assert isnan(incidence_at(left, 5).value)
    assert incidence_at(left, 5).method == (
        "Not estimable: 5 weeks lies beyond the last observed time, 4, in arm 'new'"
    )
    nobody_left = cumulative_incidence([1, 2, 3, 4], [1, 2, 1, 2], of=1)
    assert incidence_at(nobody_left, 5).value == approx(1 / 2)


def test_landmark_that_misses_an_event_by_rounding_alone_finds_it():
    """180 days divided at once, and as a difference of two divisions, differ in the last digits."""
    days_a_month = 365.25 / 12
    difference = (1200 / days_a_month) - (1020 / days_a_month)
    assert difference != 180 / days_a_month
    assert incidence_at(cumulative_incidence([180 / days_a_month, 20], [1, 0], of=1), difference).value == 0.5


# ---- Gray's test


def test_gray_of_four_patients():
    """New: death at 1, progression at 3. Old: progression at 2, censored at 4.

    At 2, h is 2 / 1 and 1 / (1/2), both 2: score -1/2, and C grows by (2 * 2 / 4) * 1 / (4 * 1) = 1/4. At 3, h is
    1 / (1/2) in both, R is 2 in the new and 2 (1 - 1/2) in the old arm: score 1 - 2/3, and C grows by 1 / (4 * 3/4).
    The pooled incidence is 1/4, then 1/2. Variances: (7/12 * 2)^2 / 4 = 49/144 of the death, 2 * (1 - 1/2 * 1/3)^2 / 8
    = 25/144 at 2, 2 / 8 = 36/144 at 3. Chi-square (1/6)^2 / (110/144) = 2/55."""
    test = gray_test([1, 3, 2, 4], [2, 1, 1, 0], [1, 1, 0, 0], of=1, **ARMS)
    assert test.statistic == approx(2 / 55, rel=1e-13)
    assert test.p_value == approx(erfc(sqrt(1 / 55)), rel=1e-12)
    assert (test.df, test.n, test.events, test.arm, test.reference) == (1, 4, 2, "new", "old")
    assert test.method == "Gray's test of the cumulative incidence of cause 1, two-sided"


def test_gray_in_two_equal_strata():
    """Score and variance double, and so does the chi-square."""
    strata = ["a"] * 4 + ["b"] * 4
    test = gray_test([1, 3, 2, 4] * 2, [2, 1, 1, 0] * 2, [1, 1, 0, 0] * 2, of=1, strata=strata, **ARMS)
    assert test.statistic == approx(4 / 55, rel=1e-13)
    assert test.method == "Gray's test of the cumulative incidence of cause 1, stratified, two-sided"


def test_gray_of_one_tied_time_is_the_logrank_test():
    """All of the new arm at 1, the old at 2 and 3, when nobody is there to compare with: score 2 - 2 * 1/2, variance
    2 * (2 / (4 * 2)) * (1 - 1/3) = 1/3, as hypergeometric. Chi-square 3."""
    test = gray_test([1, 1, 2, 3], [1, 1, 1, 1], [1, 1, 0, 0], of=1, **ARMS)
    assert test.statistic == approx(3)


def test_stratum_in_which_the_arms_never_meet_changes_nothing():
    time, cause, in_arm = [1, 3, 2, 4, 1, 2, 3], [2, 1, 1, 0, 1, 2, 1], [1, 1, 0, 0, 1, 1, 1]
    test = gray_test(time, cause, in_arm, of=1, strata=["a"] * 4 + ["b"] * 3, **ARMS)
    assert test.statistic == approx(2 / 55, rel=1e-13)


def test_small_p_value_is_not_lost():
    """All 40 of one arm before all 40 of the other: the P value is far below 1e-16 and above zero."""
    test = gray_test(range(80), [1] * 80, [1] * 40 + [0] * 40, of=1, **ARMS)
    assert 0 < test.p_value < 1e-16
    assert test.p_value == approx(erfc(sqrt(test.statistic / 2)), rel=1e-12)


# ---- cause-specific hazard ratio


def test_cause_specific_hazard_ratio():
    """Events of the cause at 1 (new), 2 (old), 4 (new); the death at 3 only leaves. At risk 3 of new, 2 of old at 1;
    2 and 2 at 2; 1 and 0 at 4. Slope 2 - 3r/(3r + 2) - 2r/(2r + 2) - 1, zero at r = sqrt(2/3)."""
    time, cause, in_arm = [1, 2, 3, 4, 3], [1, 1, 2, 1, 2], [1, 0, 1, 1, 0]
    estimate = cause_specific_hazard_ratio(time, cause, in_arm, of=1, **ARMS)
    r = sqrt(2 / 3)
    assert estimate.value == approx(r, rel=1e-13)
    assert estimate.std_error == approx(1 / sqrt(6 * r / (3 * r + 2) ** 2 + r / (r + 1) ** 2), rel=1e-13)
    assert (estimate.n, estimate.events, estimate.arm, estimate.reference) == (5, 3, "new", "old")


def test_method_says_which_arguments_were_used():
    time, cause, in_arm = [1, 2, 3, 4, 3], [1, 1, 2, 1, 2], [1, 0, 1, 1, 0]
    estimate = cause_specific_hazard_ratio(time, cause, in_arm, of=1, ties="breslow", conf_level=0.9, **ARMS)
    assert estimate.method == (
        "Cause-specific hazard ratio of cause 1, other causes as censorings: "
        "Cox model, Breslow ties, Wald 90 % interval"
    )
    assert cumulative_incidence(TIME, CAUSE, of=2, conf_level=0.975).method == (
        "Aalen-Johansen estimate of the cumulative incidence of cause 2, Aalen variance, log-log 97.5 % limits"
    )
