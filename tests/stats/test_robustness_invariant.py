"""What must not change, or must change in a known way, in the analyses of robustness, whatever the patients are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smmlib import (
    event_time_shift,
    fragility_index,
    hazard_ratio,
    landmark_hazard_ratio,
    reference_based_hazard_ratio,
    time_dependent_response_hazard_ratio,
    tipping_point,
)

pytestmark = pytest.mark.invariant

DAYS_A_MONTH = 365.25 / 12
NAMES = {"arm": "new", "reference": "old"}
SWAPPED = {"arm": "old", "reference": "new"}
DRAWS = {"imputations": 3, "seed": 2}

reproducible = settings(deadline=None, derandomize=True, max_examples=40, database=None)


@st.composite
def patients(draw):
    """Whole days with ties, events, arms (both present), strata, responses, ends of follow-up; 4 to 30 patients."""
    size = draw(st.integers(4, 30))
    latest = draw(st.sampled_from([3, 30, 2000]))
    each = {"min_size": size, "max_size": size}
    days = st.integers(0, latest)
    time = np.array(draw(st.lists(days, **each)))
    event = np.array(draw(st.lists(st.booleans(), **each)))
    in_arm = np.array(draw(st.lists(st.booleans(), **each)))
    in_arm[:2] = True, False
    strata = np.array(draw(st.lists(st.sampled_from("abc"), **each)))
    response = np.array(draw(st.lists(days | st.just(float("nan")), **each)), dtype=float)
    until = time + np.array(draw(st.lists(days, **each)))
    return {"time": time, "event": event, "in_arm": in_arm, "strata": strata, "response": response, "until": until}


def every_result(drawn, in_months=False, order=slice(None)):
    """Every estimate of these patients, by name."""
    drawn = {name: values[order] for name, values in drawn.items()}
    scale = DAYS_A_MONTH if in_months else 1
    time, response, until = (drawn[name] / scale for name in ("time", "response", "until"))
    event, in_arm = drawn["event"], drawn["in_arm"]
    results = {}
    for label, strata in (("", None), (" in strata", drawn["strata"])):
        of_response = landmark_hazard_ratio(time, event, response, landmark=2 / scale, strata=strata)
        results["landmark" + label] = of_response
        results["time-dependent" + label] = time_dependent_response_hazard_ratio(time, event, response, strata=strata)
        moved = event_time_shift(time, event, in_arm, [0, 1 / scale, 7 / scale], shifted="new", strata=strata, **NAMES)
        results |= {f"moved {at}{label}": ratio for at, ratio in enumerate(moved.hazard_ratios)}
        common = {"followed_until": until, "strata": strata} | DRAWS | NAMES
        tipping = tipping_point(time, event, in_arm, [0.5, 2], **common)
        results |= {f"delta {at}{label}": ratio for at, ratio in enumerate(tipping.hazard_ratios)}
        results["jump" + label] = reference_based_hazard_ratio(time, event, in_arm, **common)
    return results


def numbers(estimate):
    return estimate.value, estimate.low, estimate.high, estimate.std_error


def same(ours, expected):
    assert ours == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True)


def all_same(ours, expected):
    for name, estimate in expected.items():
        same(numbers(ours[name]), numbers(estimate))
        assert (ours[name].n, ours[name].events) == (estimate.n, estimate.events)


@reproducible
@given(patients(), st.randoms(use_true_random=False))
def test_order_of_the_patients_does_not_matter(drawn, random):
    """Not even to the draws of the imputation, which go by the patients and not by the rows."""
    order = random.sample(range(len(drawn["time"])), len(drawn["time"]))
    all_same(every_result(drawn, order=order), every_result(drawn))


@reproducible
@given(patients())
def test_months_and_days_give_the_same_numbers(drawn):
    all_same(every_result(drawn, in_months=True), every_result(drawn))


@reproducible
@given(patients(), st.integers(0, 100_000))
def test_ties_survive_months_subtracted_after_the_division(drawn, start):
    """A response on the day of an event is at it, though the two were divided with different days before."""
    starts = start + np.arange(len(drawn["time"])) * 37
    broken = drawn | {
        name: np.maximum((starts + drawn[name]) / DAYS_A_MONTH - starts / DAYS_A_MONTH, 0)
        for name in ("time", "response", "until")
    }
    whole = {name: drawn[name] / DAYS_A_MONTH for name in ("time", "response", "until")}
    for verb in (
        lambda given: time_dependent_response_hazard_ratio(given["time"], drawn["event"], given["response"]),
        lambda given: landmark_hazard_ratio(
            given["time"], drawn["event"], given["response"], landmark=2 / DAYS_A_MONTH
        ),
        lambda given: reference_based_hazard_ratio(
            given["time"], drawn["event"], drawn["in_arm"], followed_until=given["until"], **DRAWS, **NAMES
        ),
    ):
        same(numbers(verb(broken)), numbers(verb(whole)))


@reproducible
@given(patients())
def test_swapped_arms_invert_the_ratios_of_moved_events(drawn):
    time, event, in_arm = (drawn[name] for name in ("time", "event", "in_arm"))
    there = event_time_shift(time, event, in_arm, [0, 1, 5], shifted="new", **NAMES)
    back = event_time_shift(time, event, ~in_arm, [0, 1, 5], shifted="new", **SWAPPED)
    for ratio, inverse in zip(there.hazard_ratios, back.hazard_ratios, strict=True):
        same((1 / inverse.value, 1 / inverse.high, 1 / inverse.low), (ratio.value, ratio.low, ratio.high))
    same(back.tipping_shift, there.tipping_shift)


@reproducible
@given(patients())
def test_nothing_moved_is_the_plain_hazard_ratio(drawn):
    time, event, in_arm = (drawn[name] for name in ("time", "event", "in_arm"))
    plain = hazard_ratio(time, event, in_arm, strata=drawn["strata"], **NAMES)
    moved = event_time_shift(time, event, in_arm, [0], shifted="old", strata=drawn["strata"], **NAMES)
    assert numbers(moved.hazard_ratios[0]) == pytest.approx(numbers(plain), rel=0, abs=0, nan_ok=True)


@reproducible
@given(patients())
def test_each_delta_has_its_numbers_whatever_the_others_are(drawn):
    """The same seed is the same draws, whichever deltas are asked for and how often."""
    given_patients = [drawn[name] for name in ("time", "event", "in_arm")]
    common = {"followed_until": drawn["until"]} | DRAWS | NAMES
    together = tipping_point(*given_patients, [3, 0.2, 1], **common)
    alone = tipping_point(*given_patients, [1], **common).hazard_ratios[0]
    again = tipping_point(*given_patients, [3, 0.2, 1], **common)
    assert numbers(together.hazard_ratios[2]) == pytest.approx(numbers(alone), rel=0, abs=0, nan_ok=True)
    for ratio, repeated in zip(together.hazard_ratios, again.hazard_ratios, strict=True):
        assert numbers(ratio) == pytest.approx(numbers(repeated), rel=0, abs=0, nan_ok=True)


@reproducible
@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_fragility_does_not_depend_on_which_arm_comes_first(size, other_size, data):
    first, second = data.draw(st.integers(0, size)), data.draw(st.integers(0, other_size))
    there = fragility_index(first, size, second, other_size, **NAMES)
    back = fragility_index(second, other_size, first, size, **SWAPPED)
    assert there.value == back.value
    if (first, size) != (second, other_size):
        assert there.method == back.method
