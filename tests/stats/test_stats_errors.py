"""Bad input is refused by argument, place and value; what is not estimable is NaN, says why, and warns of nothing."""

from decimal import Decimal
from math import inf, isnan, nan

import numpy as np
import pandas as pd
import pytest
from expectations import refused

from smmlib import (
    extreme_follow_up,
    hazard_ratio,
    hazard_ratio_test,
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

NAMES = {"arm": "new", "reference": "old"}
TWO_ARMS = {"time": [1, 2, 3], "event": [1, 0, 1], "in_arm": [1, 0, 0]} | NAMES
REVERSE = "reverse-kaplan-meier"


# ---- times


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ([1, -2, 3], "time[1] is -2: "),
        ([1.5, 2, nan], "time[2] is nan: "),
        ([inf, 2, 3], "time[0] is inf: "),
        ([1, None, 3], "time[1] is None: "),
        (["1", "2", "3"], "time[0] is '1': "),
        ([1, "late", 3], "time[0] is '1': "),
        (pd.Series([1, "late", 3], dtype=object), "time[1] is 'late': "),
        (pd.array([1, pd.NA, 3], dtype="Int64"), "time[1] is "),
        ([True, False, True], "time[0] is True: "),
        (pd.to_timedelta([1, 2, 3], unit="D"), "time[0] is "),
        (np.array(["2020-01-01"] * 3, dtype="datetime64[D]"), "time[0] is 2020-01-01: "),
        ([], "time must be one-dimensional and hold at least one time, but has shape (0,)."),
        ([[1, 2, 3]], "time must be one-dimensional and hold at least one time, but has shape (1, 3)."),
        (5, "time must be one-dimensional"),
    ],
)
def test_what_is_no_time_is_refused(time, words):
    for call in (
        lambda: kaplan_meier(time, [1, 0, 1]),
        lambda: logrank_test(**TWO_ARMS | {"time": time}),
        lambda: hazard_ratio(**TWO_ARMS | {"time": time}),
        lambda: median_follow_up(time, [1, 0, 1], estimator=REVERSE),
    ):
        with refused(words):
            call()


@pytest.mark.parametrize("time", [-1, nan, inf, "36", None, [12], True])
def test_what_is_no_landmark_is_refused(time):
    curve = kaplan_meier([1, 2], [1, 0])
    with refused(f"time is {time!r}: "):
        survival_at(curve, time)
    with refused(f"time is {time!r}: "):
        survival_difference(curve, curve, time)


def test_times_of_a_risk_table_are_refused_by_name():
    with refused("times[1] is -6: "):
        risk_table([kaplan_meier([1, 2], [1, 0])], [0, -6])


def test_whole_and_decimal_times_are_times():
    assert kaplan_meier([Decimal("1.5"), 2, np.float32(2.5)], [1, 0, 1]).time.tolist() == [1.5, 2, 2.5]


# ---- events and arms


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1, 2, 0], "[1] is 2: code it as True/False or as 1/0."),
        ([0, 1, nan], "[2] is nan: "),
        ([0.5, 1, 0], "[0] is 0.5: "),
        ([-1, 1, 0], "[0] is -1: "),
        (["1", "0", "1"], "[0] is '1': "),
        ([True, None, False], "[1] is None: "),
        (pd.array([True, False, pd.NA], dtype="boolean"), "[2] is <NA>: "),
        ([1, 0], " has shape (2,), but time has 3 patients: "),
        ([[1, 0, 1]], " has shape (1, 3), but time has 3 patients: "),
    ],
)
def test_what_is_no_indicator_is_refused(values, words):
    for name in ("event", "in_arm"):
        for verb in (logrank_test, hazard_ratio):
            with refused(f"{name}{words}"):
                verb(**TWO_ARMS | {name: values})
    with refused(f"event{words}"):
        kaplan_meier([1, 2, 3], values)
    with refused(f"event{words}"):
        median_follow_up([1, 2, 3], values, estimator=REVERSE)


@pytest.mark.parametrize(
    "event", [[True, False, True], [1, 0, 1], [1.0, 0.0, 1.0], np.array([1, 0, True], dtype=object)]
)
def test_every_way_to_write_an_indicator_is_the_same(event):
    assert kaplan_meier([1, 2, 3], event).events.tolist() == [1, 0, 1]
    assert kaplan_meier([1, 2, 3], pd.Series(event)).events.tolist() == [1, 0, 1]


@pytest.mark.parametrize(("in_arm", "empty"), [([0, 0, 0], "new"), ([1, 1, 1], "old")])
def test_empty_arm_is_refused_by_name(in_arm, empty):
    for verb in (logrank_test, hazard_ratio):
        with refused(f"arm {empty!r} has no patients: "):
            verb(**TWO_ARMS | {"in_arm": in_arm})


# ---- strata


@pytest.mark.parametrize(
    ("strata", "words"),
    [
        (["a", None, "b"], "strata[1] is None: every patient needs a label."),
        (["a", "b", nan], "strata[2] is nan: "),
        ([nan, 1.0, 2.0], "strata[0] is nan: "),
        (pd.Series(["a", pd.NA, "b"], dtype="string"), "strata[1] is <NA>: "),
        (pd.Categorical(["a", None, "b"]), "strata[1] is nan: "),
        (["a", "b"], "strata has shape (2,), but time has 3 patients: "),
    ],
)
def test_missing_stratum_is_refused(strata, words):
    for verb in (logrank_test, hazard_ratio):
        with refused(words):
            verb(**TWO_ARMS, strata=strata)


@pytest.mark.parametrize("strata", [["a", 1, 1], [(1), 2.5, 2.5], [True, "x", "x"], pd.Categorical(["a", "b", "b"])])
def test_any_label_names_a_stratum(strata):
    """The arms meet in none of these strata, so nothing can be compared."""
    assert isnan(logrank_test(**TWO_ARMS, strata=strata).statistic)


# ---- late entry and case weights


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ([0, 2, 1], "entry[1] is 2 and time[1] is 2: a patient comes under observation before "),
        ([0, 1, 9], "entry[2] is 9 and time[2] is 3: "),
        ([0, 2 - 1e-12, 1], "entry[1] is 2 and time[1] is 2: "),
        ([0, -1, 1], "entry[1] is -1: a time is a finite number, zero or more."),
        ([0, nan, 1], "entry[1] is nan: "),
        ([0, 1], "entry has shape (2,), but time has 3 patients: "),
    ],
)
def test_late_entry_that_cannot_be_is_refused(entry, words):
    for call in (
        lambda: kaplan_meier([1, 2, 3], [1, 0, 1], entry=entry),
        lambda: logrank_test(**TWO_ARMS, entry=entry),
        lambda: hazard_ratio(**TWO_ARMS, entry=entry),
    ):
        with refused(words):
            call()


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ([1, 0, 1], "weights[1] is 0: a weight is a finite number above zero."),
        ([1, 1, -2], "weights[2] is -2: "),
        ([inf, 1, 1], "weights[0] is inf: "),
        ([1, nan, 1], "weights[1] is nan: "),
        (["1", "1", "1"], "weights[0] is '1': "),
        ([1, 1], "weights has shape (2,), but time has 3 patients: "),
    ],
)
def test_weights_that_are_none_are_refused(weights, words):
    for call in (
        lambda: kaplan_meier([1, 2, 3], [1, 0, 1], weights=weights),
        lambda: logrank_test(**TWO_ARMS, weights=weights),
    ):
        with refused(words):
            call()


@pytest.mark.parametrize("q", [0, 1, -0.5, 50, nan, "0.5", None, True])
def test_share_that_is_none_is_refused(q):
    with refused(f"q is {q!r}: give a number between 0 and 1, such as 0.25."):
        survival_quantile(kaplan_meier([1, 2], [1, 0]), q)


@pytest.mark.parametrize("tau", [-1, nan, inf, "36", None])
def test_end_of_a_restricted_mean_that_is_no_time_is_refused(tau):
    curve = kaplan_meier([1, 2], [1, 0])
    for call in (
        lambda: restricted_mean_survival(curve, tau),
        lambda: restricted_mean_difference(curve, curve, tau),
        lambda: restricted_mean_ratio(curve, curve, tau),
    ):
        with refused(f"tau is {tau!r}: the end of the restricted mean is one finite number, zero or more."):
            call()


# ---- options


def test_unknown_option_is_refused_with_the_known_ones():
    with refused("conf_type is 'loglog': choose one of 'log-log', 'log', 'plain', 'logit', 'arcsine'."):
        kaplan_meier([1], [1], conf_type="loglog")
    with refused("ties is 'exakt': choose one of 'efron', 'breslow', 'exact'."):
        hazard_ratio(**TWO_ARMS, ties="exakt")
    with refused("interval is 'walt': choose one of 'wald', 'profile', 'score'."):
        hazard_ratio(**TWO_ARMS, interval="walt")
    with refused("kind is 'logrank': choose one of 'wald', 'score', 'likelihood-ratio'."):
        hazard_ratio_test(**TWO_ARMS, kind="logrank")
    with refused("plateau is 'sas': choose one of 'midpoint', 'strict'."):
        median_survival(kaplan_meier([1], [1]), plateau="sas")
    with refused("estimator is 'median': choose one of 'reverse-kaplan-meier', 'survivors', 'observed'."):
        median_follow_up([1], [1], estimator="median")
    with refused("which is 'median': choose one of 'shortest', 'longest'."):
        extreme_follow_up([1], [1], "median", estimator=REVERSE)


@pytest.mark.parametrize("conf_level", [0, 1, 95, -0.5, nan, "0.95", None])
def test_confidence_level_outside_its_range_is_refused(conf_level):
    for call in (
        lambda: kaplan_meier([1], [1], conf_level=conf_level),
        lambda: median_follow_up([1], [1], estimator=REVERSE, conf_level=conf_level),
        lambda: hazard_ratio(**TWO_ARMS, conf_level=conf_level),
    ):
        with refused(f"conf_level is {conf_level!r}: "):
            call()


def test_curves_that_cannot_be_compared_are_refused():
    curve = kaplan_meier([1, 2], [1, 0])
    with refused("conf_level is 0.95 for the arm and 0.9 for the reference: "):
        survival_difference(curve, kaplan_meier([1, 2], [1, 0], conf_level=0.9), 1)
    with refused("conf_level is 0.95 for the arm and 0.9 for the reference: "):
        restricted_mean_difference(curve, kaplan_meier([1, 2], [1, 0], conf_level=0.9), 1)
    with refused("time_unit is 'months' for the arm and 'weeks' for the reference: "):
        survival_difference(curve, kaplan_meier([1, 2], [1, 0], time_unit="weeks"), 1)


# ---- counts


@pytest.mark.parametrize(("patients", "of"), [(-1, None), (8, 7), (2.5, 7), (nan, 7), (inf, inf), (3, nan), ("3", 7)])
def test_impossible_counts_of_patients_are_refused(patients, of):
    with refused(f"patients is {patients} of "):
        patient_count(patients, what="patients", of=of)


def test_whole_numbers_of_any_kind_are_counts():
    assert patient_count(np.int64(3), what="patients").value == 3


# ---- not estimable (warnings are errors here, so none of these warns)


def test_no_event_while_both_arms_are_at_risk():
    """Nobody has the event; or those of the arm are gone when the reference has it."""
    reason = "not estimable, no event was seen while patients of both arms were at risk"
    for time, event in (([1, 2, 3], [0, 0, 0]), ([1, 2, 3], [0, 1, 1])):
        data = TWO_ARMS | {"time": time, "event": event}
        test, ratio = logrank_test(**data), hazard_ratio(**data)
        assert isnan(test.statistic)
        assert isnan(test.p_value)
        assert test.method == f"Log-rank test: {reason}"
        assert all(isnan(number) for number in (ratio.value, ratio.low, ratio.high, ratio.std_error))
        assert ratio.method.endswith(f": {reason}")


def test_events_of_one_arm_alone():
    """The test has a value, the hazard ratio none."""
    only_new = {"time": [1, 2, 3, 4], "event": [1, 1, 0, 0], "in_arm": [1, 1, 0, 0]} | NAMES
    assert logrank_test(**only_new).statistic > 0
    ratio = hazard_ratio(**only_new)
    assert isnan(ratio.value)
    assert ratio.method == (
        "Cox model, Efron ties: not estimable, no event in arm 'old' while patients of both arms were at risk; "
        "lower limit of the profile-likelihood 95 % interval"
    )
    only_old = hazard_ratio(**only_new | {"in_arm": [0, 0, 1, 1]}, interval="score")
    assert only_old.method == (
        "Cox model, Efron ties: not estimable, no event in arm 'new' while patients of both arms were at risk; "
        "upper limit of the score 95 % interval"
    )


def test_all_events_at_once():
    """Nothing can be said of who had it first: the hypergeometric variance is zero."""
    test = logrank_test([5, 5, 5], [1, 1, 1], [1, 0, 0], **NAMES)
    assert isnan(test.statistic)
    assert test.method == "Log-rank test: not estimable, all at risk had the event at one time"


def test_median_that_is_not_reached():
    curve = kaplan_meier([1, 2, 3], [1, 0, 0])
    assert isnan(median_survival(curve).value)
    assert median_survival(curve).method.endswith(": not reached, the curve stays above one half")
    follow_up = median_follow_up([1, 2], [1, 1], estimator=REVERSE)
    assert isnan(follow_up.value)
    assert follow_up.method.endswith(": not reached, the curve stays above one half")


def test_landmark_past_the_last_time_of_one_arm():
    new, old = kaplan_meier([1, 9], [1, 0], arm="new"), kaplan_meier([1, 5], [1, 0], arm="old")
    for difference in (survival_difference(new, old, 7), survival_difference(old, new, 7)):
        assert isnan(difference.value)
        assert difference.method == (
            "Difference of Kaplan-Meier estimates, Greenwood variance: "
            "not estimable: 7 months lies beyond the last observed time, 5, in arm 'old'"
        )


def test_difference_without_limits_where_nobody_is_left():
    new, old = kaplan_meier([1, 9], [1, 0]), kaplan_meier([1, 2], [1, 1])
    difference = survival_difference(new, old, 5)
    assert difference.value == 0.5
    assert isnan(difference.low)
    assert isnan(difference.std_error)
