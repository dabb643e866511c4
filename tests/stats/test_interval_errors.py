"""Interval-censored times: bad input is refused by argument, place and value; what is not estimable says why."""

from decimal import Decimal
from math import inf, isnan, nan

import numpy as np
import pandas as pd
import pytest
from expectations import refused

from smmlib import interval_censored_survival_at, interval_censored_test, turnbull

pytestmark = pytest.mark.by_hand

NAMES = {"arm": "new", "reference": "old"}
TWO_ARMS = {"left": [0, 1, 2], "right": [1, 3, inf], "in_arm": [1, 0, 0]} | NAMES


def calls(left, right):
    return (
        lambda: turnbull(left, right),
        lambda: interval_censored_test(left, right, [1, 0, 0], **NAMES),
    )


# ---- bounds


@pytest.mark.parametrize(
    ("left", "words"),
    [
        ([0, -1, 2], "left[1] is -1: a time is a finite number, zero or more."),
        ([0, 1, nan], "left[2] is nan: "),
        ([0, 1, inf], "left[2] is inf: "),
        ([0, None, 2], "left[1] is None: "),
        (["0", "1", "2"], "left[0] is '0': "),
        ([True, False, True], "left[0] is True: "),
        (pd.array([0, pd.NA, 2], dtype="Int64"), "left[1] is "),
        ([], "left must be one-dimensional and hold at least one time, but has shape (0,)."),
        (0, "left must be one-dimensional"),
    ],
)
def test_what_is_no_left_bound_is_refused(left, words):
    for call in calls(left, [1, 3, inf]):
        with refused(words):
            call()


@pytest.mark.parametrize(
    ("right", "words"),
    [
        ([1, 3, -inf], "right[2] is -inf: a time is a number, zero or more, or infinity."),
        ([1, nan, inf], "right[1] is nan: "),
        ([1, -3, inf], "right[1] is -3.0: "),
        ([1, None, inf], "right[1] is None: "),
        (["1", "3", "inf"], "right[0] is '1': "),
        ([1, "never", inf], "right[0] is '1': "),
        (np.array(["2020-01-01"] * 3, dtype="datetime64[D]"), "right[0] is 2020-01-01: "),
        ([1, 3], "right has shape (2,), but left has 3 patients: give one value a patient."),
        ([[1, 3, inf]], "right must be one-dimensional and hold at least one time, but has shape (1, 3)."),
        ([1, 0, 1], "left[1] is 1, but right[1] is 0: an interval must not end before it begins."),
    ],
)
def test_what_is_no_right_bound_is_refused(right, words):
    for call in calls([0, 1, 2], right):
        with refused(words):
            call()


def test_bounds_are_shown_as_given():
    with refused("left[1] is 2.5, but right[1] is 2.25: "):
        turnbull([0, 2.5], np.array([1, 2.25], dtype=np.float32))


def test_any_number_is_a_bound():
    curve = turnbull([Decimal("0.5"), 1, np.float32(2.5)], pd.Series([1, 3, inf]))
    assert curve.low.tolist() == [0.5, 2.5]
    assert turnbull(np.array([0, 1]), np.array([2, 3])).high.tolist() == [2]


def test_what_was_given_is_left_as_it_was():
    """Ends that differ by rounding error are made equal in a copy."""
    left, right = np.array([0.0, 0.1 + 0.2]), np.array([0.3, 1.0])
    assert turnbull(left, right).mass == pytest.approx([1 / 2, 1 / 2])
    assert (left.tolist(), right.tolist()) == ([0.0, 0.1 + 0.2], [0.3, 1.0])


def test_bounds_that_cross_by_rounding_error_alone_are_an_exact_time():
    curve = turnbull([0.1 + 0.2, 1], [0.3, 2])
    assert (curve.low[0], curve.high[0]) == (0.3, 0.3)


# ---- arms, strata, landmarks


@pytest.mark.parametrize(
    ("in_arm", "words"),
    [
        ([1, 2, 0], "in_arm[1] is 2: code it as True/False or as 1/0."),
        ([1, 0], "in_arm has shape (2,), but left has 3 patients: give one value a patient."),
        ([1, 1, 1], "arm 'old' has no patients: in_arm must hold both 1 ('new') and 0 ('old')."),
        ([0, 0, 0], "arm 'new' has no patients: "),
    ],
)
def test_what_is_no_arm_is_refused(in_arm, words):
    with refused(words):
        interval_censored_test(**TWO_ARMS | {"in_arm": in_arm})


@pytest.mark.parametrize(
    ("strata", "words"),
    [
        (["a", None, "b"], "strata[1] is None: every patient "),
        (["a", "b"], "strata has shape (2,), but left has 3 patients: give one label a patient."),
    ],
)
def test_missing_stratum_is_refused(strata, words):
    with refused(words):
        interval_censored_test(**TWO_ARMS, strata=strata)


@pytest.mark.parametrize("time", [-1, nan, inf, "36", None, [12], True])
def test_what_is_no_landmark_is_refused(time):
    with refused(f"time is {time!r}: a landmark is one finite number, zero or more."):
        interval_censored_survival_at(turnbull([0, 1], [2, 3]), time)


# ---- not estimable (warnings are errors here, so none of these warns)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ([0, 5, 9], [inf, inf, inf]),
        ([0, 1, 2], [4, 5, 6]),
        ([3, 3, 3], [3, 3, 3]),
        ([0, 0, 0], [inf, inf, inf]),
    ],
)
def test_no_score_differs_from_another(left, right):
    """Nobody with the event; all could have had it, or had it, together; nothing known of anybody."""
    test = interval_censored_test(left, right, [1, 0, 0], **NAMES)
    assert isnan(test.statistic)
    assert isnan(test.p_value)
    assert test.method == (
        "Log-rank test for interval-censored times, Sun's scores: "
        "not estimable, no patient's score differs from another's"
    )


def test_arms_that_never_meet_in_a_stratum():
    test = interval_censored_test(**TWO_ARMS, strata=["a", "b", "b"])
    assert isnan(test.statistic)
    assert test.method.startswith("Log-rank test for interval-censored times, Sun's scores, stratified: not estimable")


def test_landmark_after_the_last_visit_of_those_without_the_event():
    curve = turnbull([0, 5], [4, inf], arm="new")
    estimate = interval_censored_survival_at(curve, 6)
    assert isnan(estimate.value)
    assert estimate.method == "Not estimable: 6 months lies beyond 5, after which nothing is known in arm 'new'"


def test_search_that_does_not_arrive_is_said(monkeypatch):
    """No such patients are known, so none are good enough here."""
    monkeypatch.setattr("smmlib.stats.interval.likelihood.CERTIFIED_TO", -1.0)
    reason = "the search for the maximum likelihood did not reach it"
    curve = turnbull([0, 1, 2], [1, 3, inf])
    assert not curve.certified
    assert curve.method.endswith(f"; {reason}")
    test = interval_censored_test(**TWO_ARMS)
    assert isnan(test.statistic)
    assert test.method.endswith(f": not estimable, {reason}")
