"""Bad input on competing risks is refused by argument, place and value; what is not estimable is NaN and says why."""

from math import inf, isnan, nan

import numpy as np
import pandas as pd
import pytest
from expectations import refused

from smmlib import cause_specific_hazard_ratio, cumulative_incidence, gray_test, incidence_at

pytestmark = pytest.mark.by_hand

NAMES = {"arm": "new", "reference": "old"}
ONE_ARM = {"time": [1, 2, 3], "cause": [1, 0, 2], "of": 1}
TWO_ARMS = ONE_ARM | {"in_arm": [1, 0, 0]} | NAMES
COMPARISONS = [gray_test, cause_specific_hazard_ratio]


def refused_by_all(words, **arguments):
    with refused(words):
        cumulative_incidence(**ONE_ARM | arguments)
    for verb in COMPARISONS:
        with refused(words):
            verb(**TWO_ARMS | arguments)


# ---- causes


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (["1", "0", "2"], "cause[0] is '1': code it 0 where censored and 1, 2, ... by cause."),
        ([0, 1, nan], "cause[2] is nan: "),
        ([0, -1, 1], "cause[1] is -1: "),
        ([1.5, 1, 0], "cause[0] is 1.5: "),
        ([0, 1, inf], "cause[2] is inf: "),
        ([0, None, 1], "cause[1] is None: "),
        ([True, False, True], "cause[0] is True: "),
        (pd.Series(["pcm", "censor", "death"]), "cause[0] is 'pcm': "),
        (pd.Categorical(["pcm", "censor", "death"]), "cause[0] is 'pcm': "),
        (pd.array([1, pd.NA, 0], dtype="Int64"), "cause[1] is "),
        ([1, 0], "cause has shape (2,), but time has 3 patients: give one value a patient."),
        ([[1, 0, 2]], "cause has shape (1, 3), but time has 3 patients: "),
    ],
)
def test_what_is_no_cause_is_refused(cause, words):
    refused_by_all(words, cause=cause)


@pytest.mark.parametrize("of", [0, -1, 1.5, nan, inf, "1", None, True, [1]])
def test_what_is_no_cause_of_interest_is_refused(of):
    refused_by_all(f"of is {of!r}: a cause is one whole number, 1 or more; 0 is censored.", of=of)


@pytest.mark.parametrize(
    "cause", [[1, 0, 2], [1.0, 0.0, 2.0], np.array([1, 0, 2], dtype=np.int8), np.array([1, 0, 2], dtype=object)]
)
def test_every_way_to_write_a_cause_is_the_same(cause):
    for of in (2, 2.0, np.int64(2)):
        curve = cumulative_incidence([1, 2, 3], pd.Series(cause), of=of)
        assert (curve.events.tolist(), curve.competing.tolist(), curve.cause) == ([0, 0, 1], [1, 0, 0], 2)


# ---- everything else


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ([1, -2, 3], "time[1] is -2: "),
        ([1, 2, nan], "time[2] is nan: "),
        (["1", "2", "3"], "time[0] is '1': "),
        ([], "time must be one-dimensional and hold at least one time, but has shape (0,)."),
    ],
)
def test_what_is_no_time_is_refused(time, words):
    refused_by_all(words, time=time)


@pytest.mark.parametrize(
    ("values", "words"), [([1, 2, 0], "[1] is 2: "), ([0, 1, nan], "[2] is nan: "), ([1, 0], " has shape (2,), ")]
)
def test_what_is_no_arm_is_refused(values, words):
    for verb in COMPARISONS:
        with refused(f"in_arm{words}"):
            verb(**TWO_ARMS | {"in_arm": values})


@pytest.mark.parametrize(("in_arm", "empty"), [([0, 0, 0], "new"), ([1, 1, 1], "old")])
def test_empty_arm_is_refused_by_name(in_arm, empty):
    for verb in COMPARISONS:
        with refused(f"arm {empty!r} has no patients: in_arm must hold both 1 ('new') and 0 ('old')."):
            verb(**TWO_ARMS | {"in_arm": in_arm})


def test_missing_stratum_is_refused():
    for verb in COMPARISONS:
        with refused("strata[1] is None: "):
            verb(**TWO_ARMS, strata=["a", None, "b"])


def test_entry_after_the_time_is_refused():
    with refused("entry[1] is 2 and time[1] is 2: "):
        cumulative_incidence(**ONE_ARM, entry=[0, 2, 0])
    with refused("entry[1] is 2 and time[1] is 2: "):
        cause_specific_hazard_ratio(**TWO_ARMS, entry=[0, 2, 0])


@pytest.mark.parametrize("conf_level", [0, 1, 95, nan, "0.95", None])
def test_confidence_level_outside_its_range_is_refused(conf_level):
    for call in (
        lambda: cumulative_incidence(**ONE_ARM, conf_level=conf_level),
        lambda: cause_specific_hazard_ratio(**TWO_ARMS, conf_level=conf_level),
    ):
        with refused(f"conf_level is {conf_level!r}: "):
            call()


@pytest.mark.parametrize("time", [-1, nan, inf, "36", None, [12], True])
def test_what_is_no_landmark_is_refused(time):
    with refused(f"time is {time!r}: "):
        incidence_at(cumulative_incidence(**ONE_ARM), time)


def test_unknown_ties_are_refused():
    with refused("ties is 'exakt': "):
        cause_specific_hazard_ratio(**TWO_ARMS, ties="exakt")


# ---- not estimable (warnings are errors here, so none of these warns)


def test_cause_that_never_happens():
    """Incidence 0, known exactly, without limits; nothing to test."""
    curve = cumulative_incidence([1, 2, 3], [1, 0, 2], of=7)
    assert curve.incidence.tolist() == [0, 0, 0]
    assert curve.std_error.tolist() == [0, 0, 0]
    assert np.isnan([curve.low, curve.high]).all()
    estimate = incidence_at(curve, 2)
    assert estimate.value == 0
    assert isnan(estimate.low)
    assert estimate.method.endswith("; none where incidence is 0 or 1")
    unmet = "not estimable, no event of cause 7 was seen while patients of both arms were at risk"
    test = gray_test(**TWO_ARMS | {"of": 7})
    assert (isnan(test.statistic), isnan(test.p_value), test.events) == (True, True, 0)
    assert test.method == f"Gray's test of the cumulative incidence of cause 7: {unmet}"
    ratio = cause_specific_hazard_ratio(**TWO_ARMS | {"of": 7})
    assert isnan(ratio.value)
    assert ratio.method.startswith("Cause-specific hazard ratio of cause 7, ")
    assert ratio.method.endswith(": not estimable, no event was seen while patients of both arms were at risk")


def test_nobody_has_any_event():
    curve = cumulative_incidence([1, 2], [0, 0], of=1)
    assert curve.incidence.tolist() == [0, 0]
    assert isnan(gray_test([1, 2], [0, 0], [1, 0], of=1, **NAMES).statistic)


def test_cause_seen_when_one_arm_has_left():
    test = gray_test([1, 2, 3], [2, 1, 1], [1, 0, 0], of=1, **NAMES)
    assert isnan(test.statistic)
    assert test.method.endswith("no event of cause 1 was seen while patients of both arms were at risk")


@pytest.mark.parametrize(
    ("time", "cause", "in_arm"),
    [
        ([5, 5, 5], [1] * 3, [1, 0, 0]),
        ([1, 4, 4, 4], [1] * 4, [0, 1, 0, 1]),
        (
            [1] * 75 + [2] * 4 + [5] + [3] * 9 + [4] + [6] * 10,
            [1] * 75 + [0] * 5 + [1] * 10 + [0] * 10,
            [0] * 80 + [1] * 20,
        ),
    ],
    ids=["all at one time", "negative by the correction for ties", "a pooled incidence of 1 before the events end"],
)
def test_gray_without_a_variance(time, cause, in_arm):
    test = gray_test(time, cause, in_arm, of=1, **NAMES)
    assert isnan(test.statistic)
    assert test.method.endswith(": not estimable, its variance is not a number above zero")


def test_cause_in_one_arm_alone():
    """The test has a value, the hazard ratio none."""
    only_new = {"time": [1, 2, 3, 4], "cause": [1, 1, 2, 0], "in_arm": [1, 1, 0, 0], "of": 1} | NAMES
    assert gray_test(**only_new).statistic > 0
    ratio = cause_specific_hazard_ratio(**only_new)
    assert isnan(ratio.value)
    assert "no event in arm 'old' while patients of both arms were at risk" in ratio.method
