"""What must not change, or must change in a known way, whatever the patients and their causes are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smmlib import (
    cause_specific_hazard_ratio,
    cumulative_incidence,
    gray_test,
    hazard_ratio,
    incidence_at,
    kaplan_meier,
    survival_at,
)

pytestmark = pytest.mark.invariant

DAYS_A_MONTH = 365.25 / 12
NAMES = {"arm": "new", "reference": "old"}
SWAPPED = {"arm": "old", "reference": "new"}
CURVE_FIELDS = ("incidence", "low", "high", "std_error", "at_risk", "events", "competing", "censored")

reproducible = settings(deadline=None, derandomize=True, max_examples=40, database=None)


@st.composite
def patients(draw):
    """Whole days with ties, causes 0 to 3, arms (both present) and strata of 2 to 40 patients."""
    size = draw(st.integers(2, 40))
    latest = draw(st.sampled_from([3, 30, 2000]))
    each = {"min_size": size, "max_size": size}
    days = np.array(draw(st.lists(st.integers(0, latest), **each)))
    cause = np.array(draw(st.lists(st.integers(0, 3), **each)))
    in_arm = np.array(draw(st.lists(st.booleans(), **each)))
    strata = np.array(draw(st.lists(st.sampled_from("abc"), **each)))
    in_arm[:2] = True, False
    return days, cause, in_arm, strata


def same(ours, expected, rel=1e-9):
    assert ours == pytest.approx(expected, rel=rel, abs=1e-12, nan_ok=True)


def same_curve(ours, expected):
    for field in CURVE_FIELDS:
        same(getattr(ours, field), getattr(expected, field))


def numbers(result):
    """Every number of an estimate or a test, for comparison."""
    if hasattr(result, "p_value"):
        return result.statistic, result.p_value
    return result.value, result.low, result.high, result.std_error


def comparisons(time, cause, in_arm, strata, of=1, names=NAMES):
    """The numbers of Gray's test and of the hazard ratio, plain and stratified."""
    return [
        numbers(verb(time, cause, in_arm, of=of, strata=labels, **names))
        for verb in (gray_test, cause_specific_hazard_ratio)
        for labels in (None, strata)
    ]


def same_comparisons(ours, expected):
    for mine, theirs in zip(ours, expected, strict=True):
        same(mine, theirs)


# ---- together with Kaplan-Meier


@reproducible
@given(patients())
def test_incidences_of_all_causes_and_survival_are_one(drawn):
    days, cause, _, _ = drawn
    curves = [cumulative_incidence(days, cause, of=of) for of in (1, 2, 3)]
    same(
        sum(curve.incidence for curve in curves) + kaplan_meier(days, cause > 0).survival, np.ones(len(curves[0].time))
    )
    for curve in curves:
        assert (np.diff(curve.incidence) >= 0).all()
        assert (curve.at_risk >= curve.events + curve.competing + curve.censored).all()


@reproducible
@given(patients())
def test_one_cause_alone_is_one_minus_kaplan_meier(drawn):
    """Exactly so at the end, where everybody may have had it; by Cox's model too."""
    days, cause, in_arm, strata = drawn
    alone = np.minimum(cause, 1)
    curve, survival = cumulative_incidence(days, alone, of=1), kaplan_meier(days, alone)
    same(curve.incidence, 1 - survival.survival)
    assert (curve.incidence == 1).tolist() == (survival.survival == 0).tolist()
    specific = cause_specific_hazard_ratio(days, alone, in_arm, of=1, strata=strata, **NAMES)
    same(numbers(specific), numbers(hazard_ratio(days, alone, in_arm, strata=strata, **NAMES)))


@reproducible
@given(patients(), st.floats(0, 2500))
def test_landmark_of_one_cause_alone(drawn, landmark):
    """Estimable where survival is."""
    days, cause, _, _ = drawn
    alone = np.minimum(cause, 1)
    incidence = incidence_at(cumulative_incidence(days, alone, of=1), landmark)
    same(incidence.value, 1 - survival_at(kaplan_meier(days, alone), landmark).value)


@reproducible
@given(patients())
def test_competing_events_lower_the_incidence(drawn):
    """Taking them as censorings never gives less: the error that Aalen-Johansen avoids."""
    days, cause, _, _ = drawn
    naive = 1 - kaplan_meier(days, cause == 1).survival
    assert (cumulative_incidence(days, cause, of=1).incidence <= naive + 1e-12).all()


# ---- the names of the causes


@reproducible
@given(patients())
def test_other_causes_are_one_to_the_cause_of_interest(drawn):
    days, cause, in_arm, strata = drawn
    relabelled = np.where(cause > 1, 5 - cause, cause)
    together = np.minimum(cause, 2)
    expected = cumulative_incidence(days, cause, of=1)
    for other in (relabelled, together):
        same_curve(cumulative_incidence(days, other, of=1), expected)
        same_comparisons(comparisons(days, other, in_arm, strata), comparisons(days, cause, in_arm, strata))


@reproducible
@given(patients())
def test_number_of_the_cause_does_not_matter(drawn):
    days, cause, in_arm, strata = drawn
    renamed = np.where(cause == 1, 9, cause)
    same_curve(cumulative_incidence(days, renamed, of=9), cumulative_incidence(days, cause, of=1))
    same_comparisons(comparisons(days, renamed, in_arm, strata, of=9), comparisons(days, cause, in_arm, strata))


# ---- units of time


@reproducible
@given(patients(), st.integers(0, 100_000))
def test_ties_survive_months_subtracted_after_the_division(drawn, start):
    """The same days in months, and as the difference of two dates in months: 180 days become many floats."""
    days, cause, in_arm, strata = drawn
    starts = start + np.arange(len(days)) * 37
    broken = np.maximum((starts + days) / DAYS_A_MONTH - starts / DAYS_A_MONTH, 0)
    in_days = cumulative_incidence(days, cause, of=1, time_unit="days")
    for months in (days / DAYS_A_MONTH, broken):
        curve = cumulative_incidence(months, cause, of=1)
        same_curve(curve, in_days)
        same(numbers(incidence_at(curve, curve.time[0])), numbers(incidence_at(in_days, in_days.time[0])))
        same_comparisons(comparisons(months, cause, in_arm, strata), comparisons(days, cause, in_arm, strata))


# ---- arms, rows and strata


@reproducible
@given(patients())
def test_swapped_arms_leave_the_test_and_invert_the_ratio(drawn):
    days, cause, in_arm, strata = drawn
    *tests, ratio, stratified = comparisons(days, cause, in_arm, strata)
    *back, inverse, inverse_stratified = comparisons(days, cause, ~in_arm, strata, names=SWAPPED)
    same_comparisons(back, tests)
    for (value, low, high, std_error), there in ((inverse, ratio), (inverse_stratified, stratified)):
        same((1 / value, 1 / high, 1 / low, std_error), there)


@reproducible
@given(patients(), st.randoms(use_true_random=False))
def test_order_of_the_patients_does_not_matter(drawn, random):
    days, cause, in_arm, strata = drawn
    order = list(range(len(days)))
    random.shuffle(order)
    same_curve(cumulative_incidence(days[order], cause[order], of=1), cumulative_incidence(days, cause, of=1))
    shuffled = comparisons(days[order], cause[order], in_arm[order], strata[order])
    same_comparisons(shuffled, comparisons(days, cause, in_arm, strata))


@reproducible
@given(patients())
def test_everybody_twice_in_a_stratum_of_their_own(drawn):
    """Gray's chi-square doubles, the hazard ratio stays and its variance halves."""
    days, cause, in_arm, _ = drawn
    twice = [np.tile(column, 2) for column in (days, cause, in_arm)]
    strata = np.repeat(["a", "b"], len(days))
    same(
        gray_test(*twice, of=1, strata=strata, **NAMES).statistic,
        2 * gray_test(days, cause, in_arm, of=1, **NAMES).statistic,
    )
    once, doubled = (
        cause_specific_hazard_ratio(*columns, of=1, strata=labels, **NAMES)
        for columns, labels in (((days, cause, in_arm), None), (twice, strata))
    )
    same((doubled.value, doubled.std_error), (once.value, once.std_error / np.sqrt(2)))


@reproducible
@given(patients())
def test_one_stratum_is_none(drawn):
    days, cause, in_arm, _ = drawn
    plain, stratified, ratio, ratio_in_one = comparisons(days, cause, in_arm, np.full(len(days), "all"))
    same_comparisons([stratified, ratio_in_one], [plain, ratio])


@reproducible
@given(patients())
def test_entry_at_the_start_changes_nothing(drawn):
    days, cause, _, _ = drawn
    start = np.zeros(len(days))
    same_curve(cumulative_incidence(days + 1, cause, of=1, entry=start), cumulative_incidence(days + 1, cause, of=1))


@reproducible
@given(patients())
def test_what_is_estimated_is_a_number_in_its_range(drawn):
    days, cause, in_arm, strata = drawn
    curve = cumulative_incidence(days, cause, of=1)
    inside = (curve.incidence > 0) & (curve.incidence < 1)
    assert np.isfinite(curve.std_error).all()
    assert (np.isfinite(curve.low) == inside).all()
    assert (curve.low[inside] <= curve.incidence[inside]).all()
    assert (curve.incidence[inside] <= curve.high[inside]).all()
    for labels in (None, strata):
        test = gray_test(days, cause, in_arm, of=1, strata=labels, **NAMES)
        assert np.isnan(test.statistic) or (test.statistic >= 0 and 0 <= test.p_value <= 1)
        assert np.isnan(test.statistic) == ("not estimable" in test.method)
