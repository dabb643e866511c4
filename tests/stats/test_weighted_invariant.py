"""What must not change in weighted and combined tests, whatever the patients are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smmlib import FlemingHarrington, ModestlyWeighted, logrank_test, maxcombo_test, weighted_logrank_test

pytestmark = pytest.mark.invariant

DAYS_A_MONTH = 365.25 / 12
NAMES = {"arm": "new", "reference": "old"}
SWAPPED = {"arm": "old", "reference": "new"}
COMBINED = [FlemingHarrington(0, 0), FlemingHarrington(1, 0), FlemingHarrington(0, 1), FlemingHarrington(1, 1)]

reproducible = settings(deadline=None, derandomize=True, max_examples=30, database=None)


@st.composite
def patients(draw):
    """Whole days with ties, events, arms (both present) and strata of 2 to 40 patients."""
    size = draw(st.integers(2, 40))
    latest = draw(st.sampled_from([3, 30, 2000]))
    each = {"min_size": size, "max_size": size}
    days = np.array(draw(st.lists(st.integers(0, latest), **each)))
    event = np.array(draw(st.lists(st.booleans(), **each)))
    in_arm = np.array(draw(st.lists(st.booleans(), **each)))
    strata = np.array(draw(st.lists(st.sampled_from("abc"), **each)))
    in_arm[:2] = True, False
    return days, event, in_arm, strata


weightings = st.sampled_from(
    [
        *("gehan", "tarone-ware", "peto", "modified-peto", ModestlyWeighted(survival=0.6)),
        *(FlemingHarrington(0.5, 2), FlemingHarrington(1, 0), FlemingHarrington(0, 1)),
    ]
)


def same(ours, expected):
    assert (ours.statistic, ours.p_value) == pytest.approx(
        (expected.statistic, expected.p_value), rel=1e-8, abs=1e-12, nan_ok=True
    )


def both(days, event, in_arm, weighting, strata=None, names=NAMES, **options):
    """The weighted test, and the standard combination with it in place of the first."""
    given = {"strata": strata, **names, **options}
    yield weighted_logrank_test(days, event, in_arm, weighting=weighting, **given)
    yield maxcombo_test(days, event, in_arm, weightings=[weighting, *COMBINED[2:]], seed=3, **given)


def all_same(ours, expected):
    for one, other in zip(ours, expected, strict=True):
        same(one, other)


@reproducible
@given(patients())
def test_fleming_harrington_0_0_is_the_logrank_test(drawn):
    days, event, in_arm, strata = drawn
    for options in ({}, {"strata": strata}):
        weighted = weighted_logrank_test(days, event, in_arm, weighting=COMBINED[0], **options, **NAMES)
        same(weighted, logrank_test(days, event, in_arm, **options, **NAMES))


@reproducible
@given(patients(), weightings)
def test_swapped_arms_leave_the_tests(drawn, weighting):
    days, event, in_arm, strata = drawn
    all_same(both(days, event, ~in_arm, weighting, strata, SWAPPED), both(days, event, in_arm, weighting, strata))


@reproducible
@given(patients(), weightings, st.randoms(use_true_random=False))
def test_order_of_the_patients_does_not_matter(drawn, weighting, random):
    days, event, in_arm, strata = drawn
    order = list(range(len(days)))
    random.shuffle(order)
    shuffled = both(days[order], event[order], in_arm[order], weighting, strata[order])
    all_same(shuffled, both(days, event, in_arm, weighting, strata))


@reproducible
@given(patients(), weightings)
def test_months_and_days_give_the_same_numbers(drawn, weighting):
    days, event, in_arm, strata = drawn
    in_months = both(days / DAYS_A_MONTH, event, in_arm, weighting, strata)
    all_same(in_months, both(days, event, in_arm, weighting, strata))


@reproducible
@given(patients(), st.integers(0, 30), st.integers(0, 100_000))
def test_modest_weights_survive_months_subtracted_after_the_division(drawn, until, start):
    days, event, in_arm, _ = drawn
    starts = start + np.arange(len(days)) * 37
    months = np.maximum((starts + days) / DAYS_A_MONTH - starts / DAYS_A_MONTH, 0)
    in_days = weighted_logrank_test(days, event, in_arm, weighting=ModestlyWeighted(until), **NAMES)
    until_months = ModestlyWeighted(until / DAYS_A_MONTH)
    same(weighted_logrank_test(months, event, in_arm, weighting=until_months, **NAMES), in_days)


@reproducible
@given(patients(), weightings, st.data())
def test_case_weights_stand_for_as_many_rows(drawn, weighting, data):
    days, event, in_arm, strata = drawn
    copies = np.array(data.draw(st.lists(st.integers(1, 3), min_size=len(days), max_size=len(days))))
    rows = [np.repeat(column, copies) for column in drawn]
    expected = both(rows[0], rows[1], rows[2], weighting, rows[3])
    all_same(both(days, event, in_arm, weighting, strata, weights=copies), expected)


@reproducible
@given(patients(), weightings)
def test_entry_before_the_first_event_is_no_late_entry(drawn, weighting):
    days, event, in_arm, strata = drawn
    later = days + 1
    entered = both(later, event, in_arm, weighting, strata, entry=np.zeros(len(days)))
    all_same(entered, both(later, event, in_arm, weighting, strata))


@reproducible
@given(patients(), weightings)
def test_stratum_without_events_changes_nothing(drawn, weighting):
    days, event, in_arm, strata = drawn
    columns = np.append(days, [1, 2, 3]), np.append(event, [False] * 3), np.append(in_arm, [True, False, True])
    wider = both(*columns, weighting, np.append(strata, ["third"] * 3))
    all_same(wider, both(days, event, in_arm, weighting, strata))


@reproducible
@given(patients(), weightings)
def test_stratum_twice_doubles_the_chi_square(drawn, weighting):
    days, event, in_arm, _ = drawn
    twice = [np.tile(column, 2) for column in (days, event, in_arm)]
    once = weighted_logrank_test(days, event, in_arm, weighting=weighting, **NAMES)
    strata = np.repeat(["first", "second"], len(days))
    doubled = weighted_logrank_test(*twice, weighting=weighting, strata=strata, **NAMES)
    assert doubled.statistic == pytest.approx(2 * once.statistic, rel=1e-9, abs=1e-12, nan_ok=True)


@reproducible
@given(patients(), weightings)
def test_combination_lies_between_its_parts_and_their_sum(drawn, weighting):
    """The largest |Z| is one of them; P is at least the smallest of the parts, at most their sum, and 1."""
    days, event, in_arm, strata = drawn
    chosen = [weighting, *COMBINED]
    parts = [weighted_logrank_test(days, event, in_arm, weighting=one, strata=strata, **NAMES) for one in chosen]
    whole = maxcombo_test(days, event, in_arm, weightings=chosen, seed=1, strata=strata, **NAMES)
    p_values = [part.p_value for part in parts]
    if any(np.isnan(p_values)):
        assert np.isnan(whole.p_value)
        return
    assert whole.statistic**2 == pytest.approx(max(part.statistic for part in parts), rel=1e-12)
    rounding = 1e-9
    assert min(p_values) * (1 - rounding) <= whole.p_value <= min(sum(p_values), 1) * (1 + rounding)


@reproducible
@given(patients(), weightings)
def test_order_and_repetition_of_the_weightings_do_not_matter(drawn, weighting):
    days, event, in_arm, _ = drawn
    tests = (
        maxcombo_test(days, event, in_arm, weightings=chosen, seed=1, **NAMES)
        for chosen in ([weighting, *COMBINED[2:]], [*COMBINED[:1:-1], weighting], [weighting, *COMBINED[2:], weighting])
    )
    first, *others = tests
    for other in others:
        same(other, first)


@reproducible
@given(patients(), weightings)
def test_inputs_are_not_changed(drawn, weighting):
    before = [column.copy() for column in drawn]
    list(both(*drawn[:3], weighting, drawn[3]))
    assert all((now == then).all() for now, then in zip(drawn, before, strict=True))
