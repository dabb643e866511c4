"""Interval-censored times beside a second, obvious implementation (`reference_interval.py`), on random patients.

Self-consistency comes near the maximum slowly, and where a mass is zero by a hair it never arrives. So its masses are
compared to 1e-5 only; that ours are the maximum is seen from the Kuhn-Tucker conditions, in fractions. Everything else
is computed from our masses by the second implementation.
"""

import numpy as np
import pytest
import reference
import reference_interval
from expectations import approx_within
from interval_tables import columns, public_tables, random_table

from smmlib import interval_censored_survival_at, interval_censored_test, logrank_test, turnbull

pytestmark = pytest.mark.independent

ARMS = {"arm": "arm", "reference": "reference"}
SEEDS = range(100, 140)
# Seeds whose tables are small enough for many steps, or for all assignments to the arms.
SMALL = [seed for seed in SEEDS if len(random_table(seed)) <= 20]
TINY = [seed for seed in SEEDS if len(random_table(seed)) <= 12]
CLOSE_TO_THE_MAXIMUM = 1e-5


approx = approx_within(rel=1e-9, scale=1e-10)


def fitted(table):
    """Bounds and arm, the curve, and its intervals as pairs."""
    left, right, in_arm = columns(table)
    curve = turnbull(left, right)
    return left, right, in_arm, curve, list(zip(curve.low.tolist(), curve.high.tolist(), strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_kuhn_tucker_conditions(seed):
    """No slope above the number of patients, and none below it where there is mass: this is the maximum."""
    left, right, _, curve, intervals = fitted(random_table(seed))
    assert set(intervals) <= set(reference_interval.innermost(left, right))
    largest, smallest = reference_interval.largest_slopes(left, right, intervals, curve.mass)
    assert float(largest - 1) == pytest.approx(0, abs=1e-12)
    assert float(smallest - 1) == pytest.approx(0, abs=1e-12)
    assert curve.mass.min() > 0
    assert curve.mass.sum() == pytest.approx(1, abs=1e-14)
    assert curve.certified


@pytest.mark.parametrize("name", public_tables())
def test_kuhn_tucker_conditions_on_real_patients(name):
    left, right, _, curve, intervals = fitted(public_tables()[name])
    largest, smallest = reference_interval.largest_slopes(left, right, intervals, curve.mass)
    assert float(largest - 1) == pytest.approx(0, abs=1e-12)
    assert float(smallest - 1) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("seed", SMALL)
def test_masses_and_likelihood(seed):
    left, right, _, curve, ours = fitted(random_table(seed))
    intervals, mass, log_likelihood = reference_interval.self_consistent_masses(left, right)
    theirs = dict(zip(intervals, mass, strict=True))
    got = dict(zip(ours, curve.mass, strict=True))
    assert [got.get(inner, 0) for inner in intervals] == pytest.approx(list(theirs.values()), abs=CLOSE_TO_THE_MAXIMUM)
    assert log_likelihood <= curve.log_likelihood + 1e-9
    assert log_likelihood == pytest.approx(curve.log_likelihood, abs=CLOSE_TO_THE_MAXIMUM)


@pytest.mark.parametrize("seed", SEEDS)
def test_survival_at_every_end(seed):
    left, right, _, curve, intervals = fitted(random_table(seed))
    for time in np.unique([*left, *right[np.isfinite(right)]]).tolist():
        estimate = interval_censored_survival_at(curve, time)
        if any(low < time < high for low, high in intervals):
            assert np.isnan(estimate.value)
            continue
        assert estimate.value == approx(reference_interval.survival_after(time, intervals, curve.mass))


@pytest.mark.parametrize("seed", SEEDS)
def test_statistic(seed):
    """Scores by the published quotient of survival at both ends."""
    left, right, in_arm, curve, intervals = fitted(random_table(seed))
    scores = reference_interval.sun_scores(left, right, intervals, curve.mass)
    ours = interval_censored_test(left, right, in_arm, **ARMS)
    if np.isnan(ours.statistic):
        assert np.ptp(scores) < 1e-9
        return
    assert sum(scores) == pytest.approx(0, abs=1e-9)
    assert ours.statistic == approx(reference_interval.statistic(scores, in_arm))
    assert ours.p_value == approx(reference.chi_square_tail(ours.statistic))


@pytest.mark.parametrize("seed", TINY)
def test_variance_over_all_assignments(seed):
    left, right, in_arm, curve, intervals = fitted(random_table(seed))
    ours = interval_censored_test(left, right, in_arm, **ARMS)
    scores = reference_interval.sun_scores(left, right, intervals, curve.mass)
    mean, variance = reference_interval.permutation_moments(scores, int(in_arm.sum()))
    if np.isnan(ours.statistic):
        assert variance == pytest.approx(0, abs=1e-12)
        return
    score = sum(score for score, arm in zip(scores, in_arm, strict=True) if arm)
    assert ours.statistic == approx((score - mean) ** 2 / variance)


@pytest.mark.parametrize("seed", SEEDS)
def test_right_censored_times_give_the_logrank_numerator(seed):
    """Observed less expected events, with the permutation variance in place of the hypergeometric one."""
    _, right, in_arm = columns(random_table(seed))
    event = np.isfinite(right)
    time = np.where(event, right, random_table(seed + 1)["left"].max()).tolist()
    scores = reference_interval.right_censored_scores(time, event)
    score = sum(score for score, arm in zip(scores, in_arm, strict=True) if arm)
    ours = interval_censored_test(time, np.where(event, time, np.inf), in_arm, **ARMS)
    if not any(scores):
        assert np.isnan(ours.statistic)
        return
    assert ours.statistic == approx(float(reference_interval.statistic(scores, in_arm)))
    logrank = logrank_test(time, event, in_arm, **ARMS)
    if not np.isnan(logrank.statistic):
        hypergeometric = reference_interval.hypergeometric_variance(time, event, in_arm)
        assert logrank.statistic == approx(float(score**2 / hypergeometric))
