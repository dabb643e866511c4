"""Interval-censored times: what must not change, or must change in a known way, whatever the patients are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from interval_tables import columns, random_table

from smmlib import interval_censored_survival_at, interval_censored_test, kaplan_meier, survival_at, turnbull

pytestmark = pytest.mark.invariant

DAYS_A_MONTH = 365.25 / 12
NAMES = {"arm": "new", "reference": "old"}

reproducible = settings(deadline=None, derandomize=True, max_examples=60, database=None)


@st.composite
def patients(draw):
    """Intervals in whole days, with ties, exact and right-censored ones, and arms, of 2 to 40 patients."""
    size, latest = draw(st.integers(2, 40)), draw(st.sampled_from([3, 30, 2000]))
    each = {"min_size": size, "max_size": size}
    ends = np.array(draw(st.lists(st.tuples(st.integers(0, latest), st.integers(0, latest)), **each)), dtype=float)
    unseen = np.array(draw(st.lists(st.sampled_from([True, False, False]), **each)))
    in_arm = np.array(draw(st.lists(st.booleans(), **each)))
    in_arm[:2] = True, False
    return ends.min(axis=1), np.where(unseen, np.inf, ends.max(axis=1)), in_arm


def same(ours, expected, rel=1e-9):
    assert ours == pytest.approx(expected, rel=rel, abs=1e-9, nan_ok=True)


def same_curve(ours, expected):
    assert (ours.low.tolist(), ours.high.tolist()) == (expected.low.tolist(), expected.high.tolist())
    same(ours.mass, expected.mass)


@reproducible
@given(patients())
def test_every_estimate_is_certified(drawn):
    left, right, _ = drawn
    curve = turnbull(left, right)
    assert curve.certified
    assert curve.shortfall <= 1e-9 * len(left)
    assert (curve.mass > 0).all()
    assert (np.diff(curve.survival) < 0).all()
    assert (curve.high[:-1] <= curve.low[1:]).all()
    same(curve.mass.sum(), 1)


@reproducible
@given(patients(), st.randoms(use_true_random=False))
def test_order_of_the_patients(drawn, random):
    left, right, in_arm = drawn
    order = np.array(random.sample(range(len(left)), len(left)))
    same_curve(turnbull(left[order], right[order]), turnbull(left, right))
    there = interval_censored_test(left[order], right[order], in_arm[order], **NAMES)
    same(there.statistic, interval_censored_test(left, right, in_arm, **NAMES).statistic)


@reproducible
@given(patients(), st.integers(0, 100_000))
def test_months_subtracted_after_the_division(drawn, start):
    """The same days as differences of two dates in months: equal ends become different floats, but stay equal."""
    left, right, in_arm = drawn
    starts = start + np.arange(len(left)) * 37
    in_months = [np.maximum((starts + end) / DAYS_A_MONTH - starts / DAYS_A_MONTH, 0) for end in (left, right)]
    months, days = turnbull(*in_months), turnbull(left, right)
    same(months.low * DAYS_A_MONTH, days.low, rel=1e-6)
    same(months.mass, days.mass)
    there = interval_censored_test(*in_months, in_arm, **NAMES)
    same(there.statistic, interval_censored_test(left, right, in_arm, **NAMES).statistic)


@reproducible
@given(patients())
def test_only_the_order_of_the_ends_counts(drawn):
    left, right, in_arm = drawn
    squared, plain = turnbull(left**2, right**2), turnbull(left, right)
    assert squared.high.tolist() == (plain.high**2).tolist()
    same(squared.mass, plain.mass)
    there = interval_censored_test(left**2, right**2, in_arm, **NAMES)
    same(there.statistic, interval_censored_test(left, right, in_arm, **NAMES).statistic)


@reproducible
@given(patients())
def test_every_patient_twice(drawn):
    """The same masses, twice the log-likelihood; twice the score, of 4 (n - 1) / (2n - 1) times the variance."""
    left, right, _ = drawn
    once, twice = turnbull(left, right), turnbull(np.tile(left, 2), np.tile(right, 2))
    same_curve(twice, once)
    same(twice.log_likelihood, 2 * once.log_likelihood)
    n = len(left)
    tests = [interval_censored_test(*(np.tile(part, times) for part in drawn), **NAMES) for times in (1, 2)]
    same(tests[1].statistic, tests[0].statistic * (2 * n - 1) / (n - 1))


@reproducible
@given(patients())
def test_patient_of_whom_nothing_is_known(drawn):
    """An interval from 0 to infinity holds the event for certain."""
    left, right, _ = drawn
    known = left > 0
    if known.any():
        left, right = left[known], right[known]
        same_curve(turnbull(np.append(left, 0), np.append(right, np.inf)), turnbull(left, right))


@reproducible
@given(patients())
def test_swapped_arms_leave_the_test(drawn):
    left, right, in_arm = drawn
    there = interval_censored_test(left, right, in_arm, **NAMES)
    back = interval_censored_test(left, right, ~in_arm, arm="old", reference="new")
    same((back.statistic, back.p_value), (there.statistic, there.p_value))
    assert (back.arm, back.reference) == (there.reference, there.arm)


@reproducible
@given(patients())
def test_one_stratum_is_no_stratum(drawn):
    left, right, in_arm = drawn
    there = interval_censored_test(left, right, in_arm, strata=["all"] * len(left), **NAMES)
    same(there.statistic, interval_censored_test(left, right, in_arm, **NAMES).statistic)


@reproducible
@given(patients())
def test_exact_and_right_censored_times_give_kaplan_meier(drawn):
    left, right, _ = drawn
    event = np.isfinite(right)
    curve = turnbull(left, np.where(event, left, np.inf))
    known = kaplan_meier(left, event)
    for time in np.unique(left):
        same(interval_censored_survival_at(curve, time).value, survival_at(known, time).value)


@pytest.mark.parametrize("setting", ["SELF_CONSISTENCY_STEPS", "LARGEST_NUMBER_OF_EXCHANGES"])
@pytest.mark.parametrize("seed", range(200, 230))
def test_every_way_of_the_search_leads_to_the_same_maximum(monkeypatch, setting, seed):
    """From equal masses, so that steps are damped; with one exchange at a time in the quadratic problem."""
    left, right, _ = columns(random_table(seed))
    usual = turnbull(left, right)
    monkeypatch.setattr(f"smmlib.stats.interval.likelihood.{setting}", 0)
    other = turnbull(left, right)
    assert other.certified
    same_curve(other, usual)
