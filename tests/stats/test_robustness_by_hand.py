"""The analyses of robustness worked out on paper, on a few patients.

Cases: response before and after the landmark, event and censoring at it; response at time 0, at the event, after it and
after censoring; events moved to ties, past each other and to time 0; nobody to impute, nothing to draw from, a draw
that is certain, and the end of follow-up at it; tables of which Fisher's P value is a fraction.
"""

from math import exp, isnan, nan, sqrt

import pytest
from expectations import approx_within

from smmlib import (
    event_time_shift,
    fragility_index,
    hazard_ratio,
    landmark_hazard_ratio,
    reference_based_hazard_ratio,
    time_dependent_response_hazard_ratio,
    tipping_point,
)

pytestmark = pytest.mark.by_hand

Z95 = 1.959963984540054
ARMS = {"arm": "new", "reference": "old"}


approx = approx_within(rel=1e-12, scale=1e-15)


def limits(ratio, information):
    """Wald limits of a hazard ratio with this information on its logarithm."""
    return ratio * exp(-Z95 / sqrt(information)), ratio * exp(Z95 / sqrt(information))


# ---- landmark

# Event before the landmark of 4; censored at it; responder with the event at 7; event at 5; censored at 9; responds
# after the landmark, event at 8.
TIME = [3, 4, 7, 5, 9, 8]
EVENT = [1, 0, 1, 1, 0, 1]
RESPONSE = [1, 2, 2, nan, nan, 6]


def test_landmark_of_six_patients():
    """At 5 one responder and three others are at risk, at 7 one and two, at 8 none and two:
    1 = r/(r + 3) + r/(r + 2) at r = sqrt(6)."""
    r = sqrt(6)
    estimate = landmark_hazard_ratio(TIME, EVENT, RESPONSE, landmark=4)
    information = 3 * r / (r + 3) ** 2 + 2 * r / (r + 2) ** 2
    assert estimate.value == approx(r)
    assert (estimate.low, estimate.high) == approx(limits(r, information))
    assert (estimate.n, estimate.events, estimate.at) == (4, 3, 4)
    assert (estimate.arm, estimate.reference) == ("responders", "non-responders")
    assert estimate.method == (
        "Landmark analysis at 4, by response up to then, without 2 of 6 patients who left earlier or then; "
        "Cox model, Efron ties, Wald 95 % interval"
    )


def test_response_at_the_landmark_counts():
    """Responders at 2 and at 6. At 7 two of three at risk responded, at 8 one of two, at 9 all; the event at 8 is of
    the other: 1 = 2r/(2r + 1) + r/(r + 1) at r = 1/sqrt(2)."""
    estimate = landmark_hazard_ratio([7, 8, 9], [1, 1, 1], [6, nan, 2], landmark=6)
    assert estimate.value == approx(1 / sqrt(2))


def test_landmark_that_misses_a_time_by_rounding_alone():
    """180 days divided at once, and as a difference of two divisions: who is censored then is left out."""
    month = 365.25 / 12
    landmark = 1200 / month - 1020 / month
    assert landmark != 180 / month
    estimate = landmark_hazard_ratio(
        [180 / month, 7, 8, 9], [0, 1, 1, 1], [nan, 180 / month, nan, 2], landmark=landmark
    )
    assert estimate.n == 3
    assert estimate.value == approx(1 / sqrt(2))


# ---- response as a time-dependent covariate


def test_time_dependent_response_of_three_patients():
    """Response at 2, event at 5; events at 3 and 6 without response. At 3: one responder of three, at 5 one of two,
    at 6 none: 1 = r/(r + 2) + r/(r + 1) at r = sqrt(2)."""
    r = sqrt(2)
    estimate = time_dependent_response_hazard_ratio([5, 3, 6], [1, 1, 1], [2, nan, nan])
    assert estimate.value == approx(r)
    assert estimate.std_error == approx(1 / sqrt(2 * r / (r + 2) ** 2 + r / (r + 1) ** 2))
    assert (estimate.n, estimate.events) == (3, 3)
    assert estimate.method.startswith(
        "Response as a time-dependent covariate, 1 of 3 patients responded while at risk; "
    )


@pytest.mark.parametrize("never", [3, 4, nan], ids=["at the event", "after it", "never"])
def test_response_at_the_event_or_after_it_does_not_count(never):
    """The patient with the event at 3 is a non-responder at it, whatever came then."""
    estimate = time_dependent_response_hazard_ratio([5, 3, 6], [1, 1, 1], [2, never, nan])
    assert estimate.value == approx(sqrt(2))


def test_response_at_an_event_of_another_patient_counts_only_after_it():
    """Response at 3, when somebody else has the event: no responder is at risk then. At 5 one of two, at 6 one of one:
    with the event at 5 of the responder alone, nothing speaks against r without end."""
    estimate = time_dependent_response_hazard_ratio([5, 3, 6], [1, 1, 1], [3, nan, nan])
    assert isnan(estimate.value)
    assert "no event in arm 'non-responders' while patients of both arms were at risk" in estimate.method


def test_response_after_censoring_does_not_count():
    """Censored at 4, response recorded at 5: a non-responder at 3. At 3: one responder of four, at 5 one of two:
    1 = r/(r + 3) + r/(r + 1) at r = sqrt(3)."""
    estimate = time_dependent_response_hazard_ratio([5, 3, 6, 4], [1, 1, 1, 0], [2, nan, nan, 5])
    assert estimate.value == approx(sqrt(3))


def test_response_at_the_start_counts_from_the_start():
    """At 1 one responder of three is at risk, at 5 one of two, and has the event: 1 = r/(r + 2) + r/(r + 1)."""
    estimate = time_dependent_response_hazard_ratio([1, 5, 6], [1, 1, 0], [nan, 0, nan])
    plain = hazard_ratio([1, 5, 6], [1, 1, 0], [0, 1, 0], arm="responders", reference="non-responders")
    assert estimate.value == approx(sqrt(2))
    assert (estimate.value, estimate.std_error) == (plain.value, plain.std_error)


def test_patient_who_leaves_at_the_start_is_left_out():
    estimate = time_dependent_response_hazard_ratio([5, 3, 6, 0, 0], [1, 1, 1, 1, 0], [2, nan, nan, nan, 0])
    assert estimate.value == approx(sqrt(2))
    assert (estimate.n, estimate.events) == (3, 3)


def test_stratum_without_a_comparison_changes_nothing():
    """Two more patients without response, with events, in a stratum of their own; their labels follow split rows."""
    time, event, response = [5, 3, 6, 1, 2], [1, 1, 1, 1, 1], [2, nan, nan, nan, nan]
    strata = ["a"] * 3 + ["b"] * 2
    estimate = time_dependent_response_hazard_ratio(time, event, response, strata=strata)
    assert estimate.value == approx(sqrt(2))
    assert ", stratified" in estimate.method
    on = landmark_hazard_ratio(
        [*TIME, 5, 6], [*EVENT, 1, 1], [*RESPONSE, nan, nan], landmark=4, strata=[1] * 6 + [2] * 2
    )
    assert on.value == approx(sqrt(6))


# ---- events moved earlier


def test_events_moved_past_another():
    """Times 2 (old), 3 (new), 4 (new), as in an arm whose events are moved by 2: 1 and 2, the latter tied with the old.
    Before: 1 = 2r/(2r + 1) at 2, with the arm alone after it: no maximum. After: at 1 the arm of two and one, at 2
    both of two, tied: 2 = 2r/(2r + 1) + 2r/(r + 1), so that r^2 = r + 1."""
    shifted = event_time_shift([3, 2, 4], [1, 1, 1], [1, 0, 1], [0, 2], shifted="new", **ARMS)
    before, after = shifted.hazard_ratios
    golden = (1 + sqrt(5)) / 2
    assert isnan(before.value)
    assert after.value == approx(golden)
    assert after.std_error == approx(1 / sqrt(2 * golden / (2 * golden + 1) ** 2 + 2 * golden / (golden + 1) ** 2))
    assert after.method.startswith("Events of arm 'new' moved 2 earlier, not before 0; Cox model, Efron ties")


def test_censorings_and_the_other_arm_stay():
    """Times 1, 3 (new, event), 2 (old, event), and one of the new censored at 4; moving the old by 9 brings it to 0."""
    time, event, in_arm = [1, 3, 2, 4], [1, 1, 1, 0], [1, 1, 0, 1]
    moved = event_time_shift(time, event, in_arm, [9], shifted="old", **ARMS).hazard_ratios[0]
    by_hand = hazard_ratio([1, 3, 0, 4], event, in_arm, **ARMS)
    assert (moved.low, moved.high) == approx((by_hand.low, by_hand.high))
    assert moved.method.startswith("Events of arm 'old' moved 9 earlier, not before 0; ")


def test_tipping_shift_is_the_smallest_that_includes_one():
    """Twenty events each, the new at 101 to 120 and the old at 1 to 20. Moved by 100 they are the same times: a hazard
    ratio of one. Moved by 1 the arms still never mix: the interval is half open and below one."""
    time = [*range(101, 121), *range(1, 21)]
    moved = event_time_shift(time, [1] * 40, [1] * 20 + [0] * 20, [100, 1, 0], shifted="new", **ARMS)
    assert moved.shifts == (100, 1, 0)
    assert moved.hazard_ratios[0].value == approx(1)
    assert moved.tipping_shift == 100
    none = event_time_shift(time, [1] * 40, [1] * 20 + [0] * 20, [1, 0], shifted="new", **ARMS)
    assert isnan(none.tipping_shift)
    assert none.method.endswith("includes 1: none of those tried")


# ---- censoring questioned


def test_nobody_to_impute_leaves_the_plain_analysis():
    """Therneau's six patients with everybody censored at the end of follow-up: no draw, and a normal interval."""
    time, event, in_arm = [1, 1, 6, 6, 8, 9], [1, 0, 1, 1, 0, 1], [1, 1, 1, 0, 0, 0]
    plain = hazard_ratio(time, event, in_arm, **ARMS)
    common = {"followed_until": time, "imputations": 2, "seed": 0} | ARMS
    tipping = tipping_point(time, event, in_arm, [1, 9], **common)
    for ratio in (*tipping.hazard_ratios, reference_based_hazard_ratio(time, event, in_arm, **common)):
        assert (ratio.value, ratio.low, ratio.high) == approx((plain.value, plain.low, plain.high))
        assert (ratio.n, ratio.events) == (6, 4)
    assert tipping.tipping_delta == 1
    assert (tipping.deltas, tipping.imputations, tipping.seed) == ((1, 9), 2, 0)


def test_censored_after_the_last_event_of_the_arm():
    """Of the arm, one has the event at 1 and one is censored at 6, after which the arm has no hazard: followed to 20.
    The reference has events at 6 and 9. 1 = 2r/(2r + 2) + r/(r + 2) + r/(r + 1) at r = (sqrt(5) - 1)/2."""
    r = (sqrt(5) - 1) / 2
    tipping = tipping_point(
        [1, 6, 6, 9], [1, 0, 1, 1], [1, 1, 0, 0], [1, 50], followed_until=20, imputations=3, seed=4, **ARMS
    )
    for ratio in tipping.hazard_ratios:
        assert ratio.value == approx(r)
        assert ratio.std_error == approx(1 / sqrt(2 * r / (r + 1) ** 2 + 2 * r / (r + 2) ** 2))
        assert (ratio.low, ratio.high) == approx(limits(r, 1 / ratio.std_error**2))


def test_jump_to_a_reference_of_one_patient():
    """The reference's only event, at 10, is in every sample, and nobody is left: who was censored at 4 in the arm has
    it then, also when follow-up ends then. 2 = 2r/(2r + 1) + 2r/(r + 1), so that r^2 = r + 1."""
    golden = (1 + sqrt(5)) / 2
    for end in (10, 30):
        ratio = reference_based_hazard_ratio(
            [4, 7, 10], [0, 1, 1], [1, 1, 0], followed_until=end, imputations=5, seed=1, **ARMS
        )
        assert ratio.value == approx(golden)
        assert ratio.method.startswith(
            "Multiple imputation of those of arm 'new' censored before the end of follow-up (1), with the hazard of "
            "arm 'old' from then on: 5 imputations"
        )


def test_end_of_follow_up_before_the_next_event():
    """As above with follow-up to 9: the patient is censored there, and no event of the reference is left to compare."""
    ratio = reference_based_hazard_ratio(
        [4, 7, 10], [0, 1, 1], [1, 1, 0], followed_until=9, imputations=5, seed=1, **ARMS
    )
    assert isnan(ratio.value)
    assert "not estimable, 5 of the completed data sets have no hazard ratio" in ratio.method


# ---- fragility


def test_fragility_of_ten_patients():
    """0 of 5 against 5 of 5: P = 2/252. With 1 of 5: 2 * 5/210 = 0.048. With 2 of 5: 2 * 10/120 = 0.17."""
    index = fragility_index(0, 5, 5, 5, **ARMS)
    assert (index.value, index.unit, index.n, index.events) == (2, "patients", 10, 5)
    assert index.method == (
        "Fragility index: patients of arm 'new' who change to response until Fisher's exact test, two-sided, has a "
        "P value of 0.05 or more"
    )
    assert fragility_index(0, 5, 5, 5, alpha=0.01).value == 1
    assert fragility_index(0, 5, 5, 5, alpha=0.007).value == 0
    swapped = fragility_index(5, 5, 0, 5, **ARMS)
    assert swapped.value == 2
    assert "patients of arm 'old' who" in swapped.method


def test_fragility_without_significance_is_zero():
    """2 of 5 against 5 of 5."""
    assert fragility_index(2, 5, 5, 5).value == 0


def test_p_value_at_the_level_is_not_below_it():
    """0 of 3 against 3 of 3 has P = 2/20; 1 of 1 against 0 of n has P = 1/(n + 1)."""
    assert fragility_index(0, 3, 3, 3, alpha=0.1).value == 0
    assert fragility_index(0, 3, 3, 3, alpha=0.1000001).value == 1
    for others in (4, 9, 19, 24, 39, 49, 99, 199, 999):
        assert fragility_index(1, 1, 0, others, alpha=1 / (others + 1)).value == 0


def test_fragility_of_arms_of_unlike_size():
    """1 of 1 against 2 of 100: P = 3/101. The fewer responders are of the smaller arm, with the higher rate: 0 of 1 has
    P = 1."""
    index = fragility_index(1, 1, 2, 100, **ARMS)
    assert index.value == 1
    assert "patients of arm 'new' who change to non-response" in index.method
