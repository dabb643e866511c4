"""The statistics worked out on paper, on a few patients.

Cases: everybody's course before the first event, at it, between times, on a flat, past the end; an event and a
censoring at one time; events at time 0; the last patient with the event and without; survival at exactly one half;
nobody with the event; an arm without an event; one event; all events at once; strata in which the arms never meet.
"""

from math import acos, cos, erfc, exp, inf, isnan, log, sqrt

import numpy as np
import pytest
from expectations import approx_within

from smmlib import (
    extreme_follow_up,
    hazard_ratio,
    kaplan_meier,
    logrank_test,
    median_follow_up,
    median_survival,
    patient_count,
    restricted_mean_difference,
    restricted_mean_ratio,
    restricted_mean_survival,
    risk_table,
    survival_at,
    survival_difference,
    survival_quantile,
)

pytestmark = pytest.mark.by_hand

Z95 = 1.959963984540054
ARMS = {"arm": "new", "reference": "old"}

# Therneau's six patients: two leave at 1, one with the event; two have it at 6; one is censored at 8; one has it at 9.
TIME = [1, 1, 6, 6, 8, 9]
EVENT = [1, 0, 1, 1, 0, 1]
IN_ARM = [1, 1, 1, 0, 0, 0]


approx = approx_within(rel=1e-14, scale=1e-15)


# ---- Kaplan-Meier


def test_curve_of_six_patients():
    """5/6, then 5/6 * 2/4; nothing happens at 8; the last patient has the event."""
    curve = kaplan_meier(TIME, EVENT)
    assert curve.time.tolist() == [1, 6, 8, 9]
    assert curve.at_risk.tolist() == [6, 4, 2, 1]
    assert curve.events.tolist() == [1, 2, 0, 1]
    assert curve.censored.tolist() == [1, 0, 1, 0]
    assert curve.survival.tolist() == approx([5 / 6, 5 / 12, 5 / 12, 0])


def test_greenwood_of_six_patients():
    """Variance at 1 is (5/6)^2 / (6*5) = 5/216; at 6 it is (5/12)^2 (1/30 + 2/(4*2)) = 85/1728; none at 0 survivors."""
    curve = kaplan_meier(TIME, EVENT)
    assert curve.std_error[:3].tolist() == approx([sqrt(5 / 216), sqrt(85 / 1728), sqrt(85 / 1728)])
    assert isnan(curve.std_error[3])


def test_limits_of_six_patients_at_the_second_event():
    """With S = 5/12 and sqrt(17/60) the standard error of log S, on each scale in turn."""
    survival, margin = 5 / 12, Z95 * sqrt(17 / 60)
    power, odds, error = exp(margin / log(12 / 5)), (5 / 12) / (7 / 12), margin * 12 / 7
    angle, angle_error = np.arcsin(sqrt(survival)), margin / 2 * sqrt(5 / 7)
    expected = {
        "plain": (0, survival + survival * margin),
        "log": (survival * exp(-margin), 1),
        "log-log": (survival**power, survival ** (1 / power)),
        "logit": (1 / (1 + exp(error) / odds), 1 / (1 + exp(-error) / odds)),
        "arcsine": (np.sin(angle - angle_error) ** 2, np.sin(angle + angle_error) ** 2),
    }
    for conf_type, limits in expected.items():
        curve = kaplan_meier(TIME, EVENT, conf_type=conf_type)
        assert (curve.low[1], curve.high[1]) == approx(limits)


def test_censored_at_an_event_time_are_still_at_risk():
    """One event and one censoring at 5 among three: 2/3, not 1/2."""
    curve = kaplan_meier([5, 5, 7], [1, 0, 0])
    assert curve.survival.tolist() == approx([2 / 3, 2 / 3])
    assert curve.at_risk.tolist() == [3, 1]


def test_event_at_time_zero_counts():
    curve = kaplan_meier([0, 1, 2, 3], [1, 0, 0, 0])
    assert survival_at(curve, 0).value == 3 / 4


def test_nobody_with_the_event_survives():
    curve = kaplan_meier([1, 2, 3], [0, 0, 0])
    assert curve.survival.tolist() == [1, 1, 1]
    assert curve.std_error.tolist() == [0, 0, 0]


def test_one_patient_with_the_event():
    curve = kaplan_meier([4], [1])
    assert curve.survival.tolist() == [0]
    assert isnan(curve.low[0])


# ---- landmarks


@pytest.mark.parametrize(
    ("time", "expected"), [(0, 1), (0.5, 1), (1, 5 / 6), (3, 5 / 6), (6, 5 / 12), (8.5, 5 / 12), (9, 0), (99, 0)]
)
def test_survival_at_a_landmark(time, expected):
    """Before the first event, at an event, on a flat, at the end, and past it once nobody is left."""
    assert survival_at(kaplan_meier(TIME, EVENT), time).value == approx(expected)


def test_survival_past_the_end_is_not_known_while_somebody_was_left():
    curve = kaplan_meier([1, 2, 3], [1, 0, 0], arm="new")
    assert survival_at(curve, 3).value == approx(2 / 3)
    beyond = survival_at(curve, 3.5)
    assert isnan(beyond.value)
    assert beyond.method == "Not estimable: 3.5 months lies beyond the last observed time, 3, in arm 'new'"


def test_limits_before_the_first_time_are_those_of_survival_one():
    """Where S = 1, the plain and log limits are 1 and the others do not exist, before and after the first censoring."""
    for conf_type in ("plain", "log", "log-log", "logit", "arcsine"):
        curve = kaplan_meier([2, 3, 4], [0, 1, 0], conf_type=conf_type)
        before, after = survival_at(curve, 1), survival_at(curve, 2)
        expected = 1 if conf_type in ("plain", "log") else float("nan")
        assert (before.low, before.high, after.low, after.high) == approx((expected,) * 4)
        assert before.std_error == after.std_error == 0


def test_landmark_that_misses_an_event_by_rounding_alone_finds_it():
    """180 days divided at once, and as a difference of two divisions, differ in the last digits."""
    days_a_month = 365.25 / 12
    difference = (1200 / days_a_month) - (1020 / days_a_month)
    assert difference != 180 / days_a_month
    curve = kaplan_meier([180 / days_a_month, 20], [1, 0])
    assert survival_at(curve, difference).value == 0.5
    assert risk_table([curve], [difference]).loc[0, ["at_risk", "events"]].tolist() == [2, 1]


def test_difference_at_a_landmark():
    """2/3 - 1/2 with variances (2/3)^2 / (3*2) = 2/27 and (1/2)^2 / (2*1) = 1/8."""
    new, old = kaplan_meier([1, 5, 6], [1, 0, 0], arm="new"), kaplan_meier([1, 5], [1, 0], arm="old")
    difference = survival_difference(new, old, 3)
    std_error = sqrt(2 / 27 + 1 / 8)
    assert difference.value == approx(1 / 6)
    assert difference.std_error == approx(std_error)
    assert (difference.low, difference.high) == approx((1 / 6 - Z95 * std_error, 1 / 6 + Z95 * std_error))
    assert (difference.arm, difference.reference, difference.n, difference.events) == ("new", "old", 5, 2)


# ---- medians


@pytest.mark.parametrize(
    ("time", "event", "expected"),
    [
        ([1, 2, 3], [1, 1, 1], 2),
        ([1, 2, 3, 4], [1, 1, 1, 1], 2.5),
        ([1, 2, 3, 4], [1, 1, 0, 0], 3),
        ([1, 2, 3, 4, 6], [1, 0, 1, 1, 0], 4),
        ([1, 2, 3], [0, 0, 1], 3),
        ([1, 2, 3], [1, 0, 0], float("nan")),
        ([1, 2], [0, 0], float("nan")),
        ([0, 0, 5], [1, 1, 0], 0),
    ],
    ids=[
        "falls past one half",
        "at one half between two events",
        "at one half to the end",
        "8/15 is not yet one half",
        "at the end",
        "not reached",
        "no event",
        "at once",
    ],
)
def test_median(time, event, expected):
    assert median_survival(kaplan_meier(time, event)).value == approx(expected)


def test_limits_of_the_median_when_the_last_patient_has_the_event():
    """Of 1..6, all with the event: the log-log lower limit is below one half from the first event on, and the upper one
    is not yet so when one patient is left (S = 1/6: 0.5172); at S = 0 it does not exist."""
    median = median_survival(kaplan_meier([1, 2, 3, 4, 5, 6], [1] * 6))
    assert (median.value, median.low) == (3.5, 1)
    assert isnan(median.high)


def test_median_follow_up_turns_events_and_censorings_round():
    """Censored at 2, 4, 4, 6, an event at 3: reverse survival 4/5, then 4/5 * 1/3, so the median is 4."""
    follow_up = median_follow_up([2, 3, 4, 4, 6], [0, 1, 0, 0, 0], estimator="reverse-kaplan-meier")
    assert follow_up.value == 4
    assert (follow_up.n, follow_up.events) == (5, 1)


@pytest.mark.parametrize("estimator", ["survivors", "observed"])
def test_other_medians_of_follow_up(estimator):
    """Without the event are 2, 4, 4, 6; all are 2, 3, 4, 4, 6."""
    follow_up = median_follow_up([2, 3, 4, 4, 6], [0, 1, 0, 0, 0], estimator=estimator)
    assert follow_up.value == 4
    assert (follow_up.n, follow_up.events) == ({"survivors": 4, "observed": 5}[estimator], 1)
    assert isnan(follow_up.low)


def test_median_follow_up_of_survivors_when_there_is_none():
    follow_up = median_follow_up([2, 3], [1, 1], estimator="survivors")
    assert isnan(follow_up.value)
    assert follow_up.method.endswith(": not estimable, every patient had the event")
    assert median_follow_up([2, 3], [1, 1], estimator="observed").value == 2.5


@pytest.mark.parametrize(
    ("estimator", "shortest", "longest", "patients"),
    [("reverse-kaplan-meier", 2, 4, 3), ("survivors", 2, 4, 3), ("observed", 1, 6, 5)],
)
def test_shortest_and_longest_follow_up_are_of_the_patients_that_the_median_is_about(
    estimator, shortest, longest, patients
):
    """Without the event are 2, 4, 4; all are 1, 2, 4, 4, 6."""
    for which, expected in (("shortest", shortest), ("longest", longest)):
        found = extreme_follow_up([1, 2, 4, 4, 6], [1, 0, 0, 0, 1], which, estimator=estimator, time_unit="years")
        assert (found.value, found.n, found.events, found.unit) == (expected, patients, 2, "years")
        assert isnan(found.low)
        assert found.method.startswith(f"{which.capitalize()} follow-up of ")


def test_there_is_no_shortest_follow_up_when_every_patient_had_the_event():
    found = extreme_follow_up([2, 3], [1, 1], "shortest", estimator="survivors")
    assert isnan(found.value)
    assert found.method.endswith(": not estimable, every patient had the event")


@pytest.mark.parametrize(
    ("q", "midpoint", "strict"),
    [(0.2, 1, 1), (0.25, 1.5, 1.5), (0.3, 2, 2), (0.5, 3, float("nan")), (0.6, float("nan"), float("nan"))],
)
def test_quantiles_by_both_rules(q, midpoint, strict):
    """Events at 1 and 2 of four: S is 3/4 from 1 to 2, and 1/2 from 2 to the end at 4, where the rules part."""
    curve = kaplan_meier([1, 2, 3, 4], [1, 1, 0, 0])
    assert survival_quantile(curve, q).value == approx(midpoint)
    assert survival_quantile(curve, q, plateau="strict").value == approx(strict)


def test_median_is_the_quantile_of_one_half():
    curve = kaplan_meier([1, 2, 3, 4], [1, 1, 0, 0])
    for plateau in ("midpoint", "strict"):
        quantile, median = survival_quantile(curve, 0.5, plateau=plateau), median_survival(curve, plateau=plateau)
        assert (quantile.value, quantile.low, quantile.high) == approx((median.value, median.low, median.high))
    assert median_survival(curve, plateau="strict").method.endswith(": not reached, the curve stays at one half")
    assert survival_quantile(curve, 0.6).method.endswith(": not reached, the curve stays above 0.4")


# ---- late entry and case weights


def test_late_entry_counts_who_is_there():
    """(0, 3] and (1, 5] with the event, (3, 6] not, (4, 7] with it: at risk 2 at 3, 3 at 5, 2 at 6, 1 at 7."""
    curve = kaplan_meier([3, 5, 6, 7], [1, 1, 0, 1], entry=[0, 1, 3, 4])
    assert curve.at_risk.tolist() == [2, 3, 2, 1]
    assert curve.survival.tolist() == approx([1 / 2, 1 / 3, 1 / 3, 0])
    assert curve.std_error[:2].tolist() == approx([sqrt(1 / 8), sqrt(1 / 9 * (1 / 2 + 1 / 6))])
    assert survival_at(curve, 5).n == 4


def test_numbers_at_risk_between_late_entries():
    curve = kaplan_meier([3, 5, 6, 7], [1, 1, 0, 1], entry=[0, 1, 3, 4])
    table = risk_table([curve], [0, 0.5, 1, 1.5, 3, 3.5, 4, 4.5, 6, 7, 8])
    assert table.at_risk.tolist() == [1, 1, 1, 2, 2, 2, 2, 3, 2, 1, 0]


def test_curve_that_falls_to_zero_while_others_are_still_to_come():
    """The only patient at risk early has the event: nothing later can raise the curve, as in R."""
    curve = kaplan_meier([1, 5, 6], [1, 1, 0], entry=[0, 2, 2])
    assert curve.at_risk.tolist() == [1, 2, 1]
    assert curve.survival.tolist() == [0, 0, 0]


def test_case_weights_are_patients():
    """Three patients with the event at 1, one without at 2, two with it at 4: 1/2, then 0."""
    curve = kaplan_meier([1, 2, 4], [1, 0, 1], weights=[3, 1, 2])
    assert (curve.at_risk.tolist(), curve.survival.tolist()) == ([6, 3, 2], approx([1 / 2, 1 / 2, 0]))
    assert curve.std_error[0] == approx(sqrt(1 / 4 * 3 / (6 * 3)))
    assert survival_at(curve, 1).n == 6
    assert "case weights" in curve.method


def test_logrank_with_weights_and_late_entry():
    """Six patients twice by weight: at 1 n = 12, d = 2, 6 of the arm: variance 2/4 * 10/11; at 6 n = 8, d = 4, 2 of
    the arm: variance 4 * 1/4 * 3/4 * 4/7. And a patient of the arm who enters after 6 is never compared."""
    doubled = logrank_test(TIME, EVENT, IN_ARM, weights=[2] * 6, **ARMS)
    assert doubled.statistic == approx(2**2 / (1 / 2 * 10 / 11 + 3 / 4 * 4 / 7))
    assert (doubled.n, doubled.events) == (12, 8)
    late = logrank_test([*TIME, 7], [*EVENT, 0], [*IN_ARM, 1], entry=[0.5] * 6 + [6], **ARMS)
    assert late.statistic == approx(2)


# ---- restricted means


def test_restricted_mean_of_four():
    """Without censoring it is the mean, with the variance of the mean: 2.5 and 1.25 / 4."""
    mean = restricted_mean_survival(kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1]), 4)
    assert (mean.value, mean.std_error) == approx((2.5, sqrt(1.25 / 4)))
    assert (mean.low, mean.high) == approx((2.5 - Z95 * sqrt(1.25 / 4), 2.5 + Z95 * sqrt(1.25 / 4)))


@pytest.mark.parametrize(("tau", "value", "variance"), [(0, 0, 0), (1, 1, 0), (1.5, 11 / 8, 3 / 256), (9, 2.5, 5 / 16)])
def test_restricted_mean_before_between_and_past_the_events(tau, value, variance):
    """To 1.5: 1 + 3/4 * 1/2, and the area after the one event weighs its variance: (3/8)^2 / (4 * 3) = 3/256."""
    mean = restricted_mean_survival(kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1]), tau)
    assert (mean.value, mean.std_error) == approx((value, sqrt(variance)))


def test_restricted_mean_past_the_end_is_not_known_while_somebody_was_left():
    curve = kaplan_meier([1, 2, 3], [1, 0, 0], arm="new")
    beyond = restricted_mean_survival(curve, 4)
    assert isnan(beyond.value)
    assert beyond.method == "Not estimable: 4 months lies beyond the last observed time, 3, in arm 'new'"


def test_difference_and_ratio_of_restricted_means():
    """To 4: all of four die at 1, 2, 3, 4 (2.5); of the others one of two dies at 2 (2 + 2/2 = 3)."""
    new, old = kaplan_meier([2, 4], [1, 0], arm="new"), kaplan_meier([1, 2, 3, 4], [1] * 4, arm="old")
    new_variance, old_variance = (1 / 2 * 2) ** 2 / 2, 1.25 / 4
    difference, ratio = restricted_mean_difference(new, old, 4), restricted_mean_ratio(new, old, 4)
    assert (difference.value, difference.std_error) == approx((0.5, sqrt(new_variance + old_variance)))
    spread = sqrt(new_variance / 9 + old_variance / 6.25)
    assert (ratio.value, ratio.std_error) == approx((3 / 2.5, spread))
    assert (ratio.low, ratio.high) == approx((1.2 * exp(-Z95 * spread), 1.2 * exp(Z95 * spread)))
    assert (ratio.arm, ratio.reference, ratio.n, ratio.events, ratio.at) == ("new", "old", 6, 5, 4)


def test_ratio_of_restricted_means_to_zero_does_not_exist():
    curve = kaplan_meier([1, 2], [1, 0], arm="new")
    ratio = restricted_mean_ratio(curve, curve, 0)
    assert isnan(ratio.value)
    assert ratio.method.endswith("not estimable, it is 0 in arm 'new'")


# ---- numbers at risk


def test_risk_table_counts_heads():
    """At risk just before the time; events and censorings up to it."""
    table = risk_table([kaplan_meier(TIME, EVENT, arm="all")], [0, 1, 2, 6, 9, 10])
    assert table.arm.tolist() == ["all"] * 6
    assert table.at_risk.tolist() == [6, 6, 4, 4, 1, 0]
    assert table.events.tolist() == [0, 1, 1, 3, 4, 4]
    assert table.censored.tolist() == [0, 1, 1, 1, 2, 2]


# ---- log-rank test


def test_logrank_of_six_patients():
    """At 1: expected 1/2, variance 1/4; at 6: 1/2 and 2 * 1/4 * 3/4 * 2/3 = 1/4; at 9 the arm is gone.
    Observed 2, expected 1, variance 1/2: chi-square 2."""
    test = logrank_test(TIME, EVENT, IN_ARM, **ARMS)
    assert test.statistic == approx(2)
    assert test.p_value == approx(erfc(1), rel=1e-12)
    assert (test.df, test.n, test.events) == (1, 6, 4)


def test_logrank_of_two_strata_adds_up_inside():
    """The six patients twice, as two strata: observed minus expected 2, variance 1, chi-square 4."""
    test = logrank_test(TIME * 2, EVENT * 2, IN_ARM * 2, strata=["a"] * 6 + ["b"] * 6, **ARMS)
    assert test.statistic == approx(4)
    assert test.method == "Log-rank test, stratified, two-sided"


def test_small_p_value_is_not_lost():
    """All 40 of one arm before all 40 of the other: the P value is far below 1e-16 and above zero."""
    time, event, in_arm = np.arange(80), np.ones(80), np.arange(80) < 40
    test = logrank_test(time, event, in_arm, **ARMS)
    assert 0 < test.p_value < 1e-16
    assert test.p_value == approx(erfc(sqrt(test.statistic / 2)), rel=1e-12)


# ---- Cox model


def test_breslow_of_six_patients():
    """The slope 2 - r/(r + 1) - 2r/(r + 3) is zero at r = (3 + sqrt(33)) / 2."""
    r = (3 + sqrt(33)) / 2
    estimate = hazard_ratio(TIME, EVENT, IN_ARM, ties="breslow", **ARMS)
    assert estimate.value == approx(r, rel=1e-13)
    assert estimate.std_error == approx(1 / sqrt(r / (r + 1) ** 2 + 6 * r / (r + 3) ** 2), rel=1e-13)


def test_efron_of_six_patients():
    """The slope 2 - r/(r + 1) - r/(r + 3) - r/(r + 5) is zero where r^3 = 23 r + 30, at r = 5.348721."""
    r = 2 * sqrt(23 / 3) * cos(acos(15 / (23 / 3) ** 1.5) / 3)
    information = r / (r + 1) ** 2 + 3 * r / (r + 3) ** 2 + 5 * r / (r + 5) ** 2
    estimate = hazard_ratio(TIME, EVENT, IN_ARM, **ARMS)
    margin = Z95 / sqrt(information)
    assert f"{estimate.value:.6f}" == "5.348721"
    assert estimate.value == approx(r, rel=1e-13)
    assert estimate.std_error == approx(1 / sqrt(information), rel=1e-13)
    assert (estimate.low, estimate.high) == approx((r * exp(-margin), r * exp(margin)), rel=1e-13)


def test_hazard_ratio_of_two_events():
    """One event an arm, first the arm's (1 of 2 + 1), then the reference's (0 of 1): r/(r + 1) = 1/2 in between.
    Times 1 (arm), 2 (reference), 3 (arm): slope 2 - 2r/(2r + 1) - r/(r + 1) - 1, zero at r = 1/sqrt(2)."""
    estimate = hazard_ratio([1, 2, 3], [1, 1, 1], [1, 0, 1], **ARMS)
    assert estimate.value == approx(1 / sqrt(2), rel=1e-13)


def test_hazard_ratio_far_from_one():
    """One event among 10,000 of the arm while 1 of the reference is at risk, and the reference's own event then:
    n r/(n r + 1) + (n - 1) r/((n - 1) r + 1) = 1 at r = 1/sqrt(n (n - 1))."""
    n = 10_000
    time = np.concatenate([[1], np.full(n - 1, 3), [2]])
    event = np.concatenate([[1], np.zeros(n - 1), [1]])
    estimate = hazard_ratio(time, event, np.arange(n + 1) < n, **ARMS)
    assert estimate.value == approx(1 / sqrt(n * (n - 1)), rel=1e-12)


def test_stratum_in_which_the_arms_never_meet_changes_nothing():
    """Four more patients, of the arm alone, with events: no comparison can be made with them."""
    time, event, in_arm = [*TIME, 1, 2, 3, 4], [*EVENT, 1, 1, 1, 1], [*IN_ARM, 1, 1, 1, 1]
    strata = ["a"] * 6 + ["b"] * 4
    assert logrank_test(time, event, in_arm, strata=strata, **ARMS).statistic == approx(2)
    stratified = hazard_ratio(time, event, in_arm, strata=strata, ties="breslow", **ARMS)
    assert stratified.value == approx((3 + sqrt(33)) / 2, rel=1e-13)


# ---- counts


def test_patient_count():
    count = patient_count(57, what="analysed patients", arm="new", of=60, at=3)
    assert (count.value, count.n, count.unit, count.arm, count.at) == (57, 60, "patients", "new", 3)
    assert count.method == "Number of analysed patients"
    assert patient_count(4, what="deaths").n == 4


# ---- the words


def test_method_says_which_arguments_were_used():
    strata = ["x"] * 6 + ["y"] * 6
    plain = hazard_ratio(TIME, EVENT, IN_ARM, ties="breslow", conf_level=0.9, **ARMS)
    stratified = hazard_ratio(TIME * 2, EVENT * 2, IN_ARM * 2, strata=strata, **ARMS)
    assert plain.method == "Cox model, Breslow ties, Wald 90 % interval"
    assert stratified.method == "Cox model, Efron ties, stratified, Wald 95 % interval"
    assert "arcsine 99.999 % limits" in kaplan_meier(TIME, EVENT, conf_type="arcsine", conf_level=0.99999).method


def test_confidence_level_of_every_interval():
    """Limits at 1 - 2 * P(Z > 1) are one standard error away."""
    level = 1 - erfc(1 / sqrt(2))
    plain = kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0], conf_type="plain", conf_level=level)
    assert plain.high[2] - plain.survival[2] == approx(plain.std_error[2], rel=1e-12)
    ratio = hazard_ratio(TIME, EVENT, IN_ARM, conf_level=level, **ARMS)
    assert log(ratio.high / ratio.value) == approx(ratio.std_error, rel=1e-12)
    difference = survival_difference(plain, plain, 3)
    assert difference.high == approx(difference.std_error, rel=1e-12)
    assert difference.high < inf
