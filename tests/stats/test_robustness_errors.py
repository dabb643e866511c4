"""Bad input is refused by argument, place and value; what is not estimable is NaN, says why, and warns of nothing."""

from math import inf, isnan, nan

import numpy as np
import pandas as pd
import pytest
from expectations import refused

from smmlib import (
    event_time_shift,
    fragility_index,
    landmark_hazard_ratio,
    reference_based_hazard_ratio,
    time_dependent_response_hazard_ratio,
    tipping_point,
)

pytestmark = pytest.mark.by_hand

NAMES = {"arm": "new", "reference": "old"}
RESPONSE = {"time": [5, 3, 6], "event": [1, 1, 0], "response_time": [2, nan, nan]}
SHIFT = {"time": [5, 3, 6], "event": [1, 1, 0], "in_arm": [1, 0, 0], "shifts": [0, 1], "shifted": "new"} | NAMES
IMPUTED = {
    "time": [5, 3, 6, 2],
    "event": [1, 1, 0, 0],
    "in_arm": [1, 0, 0, 1],
    "followed_until": 10,
    "imputations": 2,
    "seed": 1,
} | NAMES


def landmark(**changed):
    return landmark_hazard_ratio(**{"landmark": 4} | RESPONSE | changed)


def time_dependent(**changed):
    return time_dependent_response_hazard_ratio(**RESPONSE | changed)


def shift(**changed):
    return event_time_shift(**SHIFT | changed)


def tipping(**changed):
    return tipping_point(**{"deltas": [1, 2]} | IMPUTED | changed)


def reference_based(**changed):
    return reference_based_hazard_ratio(**IMPUTED | changed)


OF_RESPONSE = [landmark, time_dependent]
IMPUTING = [tipping, reference_based]


# ---- refused by all


@pytest.mark.parametrize("verb", [*OF_RESPONSE, shift, *IMPUTING])
def test_what_is_no_time_event_stratum_or_level_is_refused(verb):
    with refused("time[1] is -2: "):
        verb(time=[1, -2, 3])
    with refused("time[0] is nan: "):
        verb(time=[nan, 2, 3])
    with refused("event[2] is 2: "):
        verb(event=[1, 0, 2], time=[1, 2, 3], **({"in_arm": [1, 0, 0]} if verb in [shift, *IMPUTING] else {}))
    with refused("event has shape (2,), but time has "):
        verb(event=[1, 0])
    with refused("strata has shape (2,), but time has "):
        verb(strata=["a", "b"])
    with refused("conf_level is 95: "):
        verb(conf_level=95)


@pytest.mark.parametrize("verb", [*OF_RESPONSE, shift])
def test_unknown_ties_are_refused(verb):
    with refused("ties is 'exakt': choose one of 'efron', 'breslow', 'exact'."):
        verb(ties="exakt")


@pytest.mark.parametrize("verb", [shift, *IMPUTING])
def test_arms_are_refused(verb):
    with refused("in_arm[1] is 2: "):
        verb(in_arm=[1, 2, 0, 0][: len(SHIFT["time"]) if verb is shift else 4])
    with refused("arm 'new' has no patients: "):
        verb(in_arm=[0, 0, 0, 0][: len(SHIFT["time"]) if verb is shift else 4])


# ---- responses


@pytest.mark.parametrize("verb", OF_RESPONSE)
@pytest.mark.parametrize(
    ("response", "words"),
    [
        ([2, -1.5, nan], "response_time[1] is -1.5: "),
        ([inf, 1, nan], "response_time[0] is inf: "),
        (["late", 1, nan], "response_time[0] is 'late': "),
        (["1", "nan", "2"], "response_time[0] is '1': "),
        ([True, 1, None], "response_time[0] is True: "),
        (np.array(["2020-01-01"] * 3, dtype="datetime64[D]"), "response_time[0] is "),
        ([1, 2], "response_time has shape (2,), but time has 3 patients: "),
        (4.0, "response_time has shape (), but time has 3 patients: "),
    ],
)
def test_what_is_no_time_of_response_is_refused(verb, response, words):
    with refused(words):
        verb(response_time=response)


@pytest.mark.parametrize("verb", OF_RESPONSE)
@pytest.mark.parametrize(
    "response",
    [[2, None, None], pd.array([2, pd.NA, pd.NA], dtype="Int64"), pd.Series([2.0, nan, nan]), (2, nan, None)],
)
def test_every_way_to_write_no_response_is_the_same(verb, response):
    ours, expected = verb(response_time=response), verb()
    assert (ours.n, ours.method) == (expected.n, expected.method)


@pytest.mark.parametrize("moment", [-1, nan, inf, "6", None, [6], True])
def test_what_is_no_landmark_is_refused(moment):
    with refused(f"landmark is {moment!r}: "):
        landmark(landmark=moment)


@pytest.mark.parametrize("response", [[nan, nan, nan], [2, 1, 1]], ids=["nobody", "everybody"])
def test_responders_or_non_responders_alone(response):
    estimate = landmark(response_time=response, landmark=2)
    who = "nobody" if isnan(response[0]) else "everybody"
    assert isnan(estimate.value)
    assert isnan(estimate.low)
    assert estimate.method.endswith(f": not estimable, {who} had responded")
    assert (estimate.n, estimate.events, estimate.at, estimate.unit) == (3, 2, 2, "ratio")
    from_start = time_dependent(response_time=[0 * time for time in response])
    assert from_start.method.endswith(f": not estimable, {who} had responded")


@pytest.mark.parametrize("verb", OF_RESPONSE)
def test_nobody_at_risk(verb):
    estimate = verb(time=[0, 0, 0])
    assert isnan(estimate.value)
    assert (estimate.n, estimate.events) == (0, 0)
    assert estimate.method.endswith(": not estimable, nobody was at risk")


@pytest.mark.parametrize("verb", OF_RESPONSE)
def test_bad_options_are_refused_even_where_nothing_is_fitted(verb):
    with refused("conf_level is 2: "):
        verb(time=[0, 0, 0], conf_level=2)
    with refused("ties is None: "):
        verb(time=[0, 0, 0], ties=None)


def test_no_event_after_the_landmark():
    estimate = landmark(event=[0, 1, 0])
    assert isnan(estimate.value)
    assert "not estimable, no event was seen while patients of both arms were at risk" in estimate.method


# ---- events moved


@pytest.mark.parametrize(
    ("shifts", "words"),
    [
        ([0, -1], "shifts[1] is -1: "),
        ([nan], "shifts[0] is nan: "),
        ([1, inf], "shifts[1] is inf: "),
        ([], "shifts must be one-dimensional and hold at least one time"),
        (3, "shifts must be one-dimensional"),
    ],
)
def test_what_is_no_shift_is_refused(shifts, words):
    with refused(words):
        shift(shifts=shifts)


@pytest.mark.parametrize("name", ["Rd", None, 1])
def test_unknown_arm_to_move_is_refused(name):
    with refused(f"shifted is {name!r}: name the arm whose events are moved, 'new' or 'old'."):
        shift(shifted=name)


def test_no_event_to_move():
    result = shift(event=[0, 0, 0])
    assert all(isnan(ratio.value) for ratio in result.hazard_ratios)
    assert isnan(result.tipping_shift)
    assert result.method.endswith("none of those tried")


# ---- censoring questioned


@pytest.mark.parametrize(
    ("deltas", "words"),
    [
        ([1, 0], "deltas[1] is 0: give finite numbers above zero."),
        ([-1], "deltas[0] is -1: "),
        ([1, nan], "deltas[1] is nan: "),
        ([inf], "deltas[0] is inf: "),
        (["2"], "deltas[0] is '2': "),
        ([], "deltas must be one-dimensional and hold at least one number"),
        (2.0, "deltas must be one-dimensional"),
    ],
)
def test_what_is_no_delta_is_refused(deltas, words):
    with refused(words):
        tipping(deltas=deltas)


@pytest.mark.parametrize("verb", IMPUTING)
@pytest.mark.parametrize("number", [1, 0, -3, 2.5, nan, "10", None, True])
def test_too_few_imputations_are_refused(verb, number):
    with refused(f"imputations is {number!r}: give a whole number, 2 or more."):
        verb(imputations=number)


@pytest.mark.parametrize("verb", IMPUTING)
@pytest.mark.parametrize("seed", [-1, 0.5, nan, "1", None, False])
def test_what_is_no_seed_is_refused(verb, seed):
    with refused(f"seed is {seed!r}: give a whole number, 0 or more."):
        verb(seed=seed)


@pytest.mark.parametrize("verb", IMPUTING)
@pytest.mark.parametrize(
    ("until", "words"),
    [
        (-1, "followed_until is -1: the end of follow-up is one finite number, zero or more."),
        (inf, "followed_until is inf: "),
        (None, "followed_until is None: "),
        ([10, 10, nan, 10], "followed_until[2] is nan: "),
        ([10, 10], "followed_until has shape (2,), but time has 4 patients: give one value a patient, or one for all."),
    ],
)
def test_what_is_no_end_of_follow_up_is_refused(verb, until, words):
    with refused(words):
        verb(followed_until=until)


@pytest.mark.parametrize("verb", IMPUTING)
def test_seed_and_imputations_have_no_default(verb):
    function = tipping_point if verb is tipping else reference_based_hazard_ratio
    for name in ("seed", "imputations", "followed_until"):
        given = {key: value for key, value in IMPUTED.items() if key != name}
        with pytest.raises(TypeError, match=name):
            function(**given | ({"deltas": [1]} if verb is tipping else {}))


def test_completed_data_sets_without_a_hazard_ratio():
    """Nobody in the reference has the event, so that no completed data set has a maximum either."""
    result = tipping(event=[1, 0, 0, 0])
    assert all(isnan(ratio.value) and isnan(ratio.high) for ratio in result.hazard_ratios)
    assert (
        "not estimable, 2 of the completed data sets have no hazard ratio (Cox model, "
        in result.hazard_ratios[0].method
    )
    assert isnan(result.tipping_delta)
    assert result.method.endswith("none of those tried")
    assert isnan(reference_based(event=[1, 0, 0, 0]).value)


def test_nobody_has_the_event():
    assert isnan(tipping(event=[0, 0, 0, 0]).tipping_delta)
    assert isnan(reference_based(event=[0, 0, 0, 0]).value)


# ---- fragility


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((8, 7, 1, 9), "responders is 8, but patients only 7: are they swapped?"),
        ((1, 7, 10, 9), "reference_responders is 10, but reference_patients only 9: are they swapped?"),
        ((1, 7, -1, 9), "reference_responders is -1: "),
        ((0, 0, 1, 9), "patients is 0: "),
        ((1.5, 7, 1, 9), "responders is 1.5: "),
    ],
)
def test_impossible_counts_are_refused(counts, words):
    with refused(words):
        fragility_index(*counts)


@pytest.mark.parametrize("alpha", [0, 1, 5, -0.05, nan, "0.05", None, True])
def test_level_outside_its_range_is_refused(alpha):
    with refused(f"alpha is {alpha!r}: "):
        fragility_index(0, 5, 5, 5, alpha=alpha)


def test_some_number_of_changes_is_always_enough():
    """4 of 5 against 5 of 5 has P = 1, 3 of 5 has 0.44; of 2 patients against 3, 1 against 2 has P = 1."""
    assert fragility_index(0, 5, 5, 5, alpha=0.999999).value == 4
    assert fragility_index(0, 2, 2, 3, alpha=0.999999).value == 1
