"""Every statistic beside a second, obvious implementation (`reference.py`), on random patients."""

import numpy as np
import pytest
import reference
from expectations import approx_within
from patient_tables import random_table

from smmlib import (
    hazard_ratio,
    kaplan_meier,
    logrank_test,
    median_follow_up,
    median_survival,
    risk_table,
    survival_at,
    survival_difference,
)

pytestmark = pytest.mark.independent

NAMES = {"arm": "arm", "reference": "reference"}
CONF_TYPES = ["log-log", "log", "plain", "logit", "arcsine"]
LEVELS = [0.8, 0.95, 0.999]
SEEDS = range(100, 130)
# Seeds whose tables are small enough for the loops of the reference.
SMALL = [seed for seed in SEEDS if len(random_table(seed)) <= 40]


approx = approx_within(rel=1e-10, scale=1e-14)


def columns(table):
    return tuple(table[name].tolist() for name in ("time", "event", "in_arm"))


@pytest.mark.parametrize("seed", SMALL)
def test_counts_and_survival(seed):
    time, event, _ = columns(random_table(seed))
    curve = kaplan_meier(time, event)
    for row, t in enumerate(curve.time.tolist()):
        assert curve.survival[row] == approx(float(reference.survival_and_greenwood(time, event, t)[0]))
        assert curve.at_risk[row] == reference.number_at_risk(time, t)
        assert curve.events[row] == reference.number_leaving(time, event, t, 1)
        assert curve.censored[row] == reference.number_leaving(time, event, t, 0)


@pytest.mark.parametrize("seed", SMALL)
def test_limits_and_median(seed):
    time, event, _ = columns(random_table(seed))
    level = LEVELS[seed % len(LEVELS)]
    steps = [reference.survival_and_greenwood(time, event, t) for t in sorted(set(time))]
    for conf_type in CONF_TYPES:
        curve = kaplan_meier(time, event, conf_type=conf_type, conf_level=level)
        expected = np.array([reference.limits(*step, conf_type, level) for step in steps])
        assert curve.low == approx(expected[:, 0])
        assert curve.high == approx(expected[:, 1])
        median = median_survival(curve)
        assert (median.value, median.low, median.high) == reference_median(time, event, conf_type, level)


def reference_median(time, event, conf_type, level):
    return approx(reference.median_and_limits(time, event, conf_type, level))


@pytest.mark.parametrize("seed", SMALL)
def test_median_follow_up(seed):
    time, event, _ = columns(random_table(seed))
    median = median_follow_up(time, event, estimator="reverse-kaplan-meier", conf_level=0.9)
    censored = [1 - happened for happened in event]
    assert (median.value, median.low, median.high) == reference_median(time, censored, "log-log", 0.9)


@pytest.mark.parametrize("seed", SMALL)
def test_survival_and_numbers_at_landmarks(seed):
    time, event, _ = columns(random_table(seed))
    curve = kaplan_meier(time, event)
    landmarks = sorted({0, 0.5, *time[:5], max(time)})
    table = risk_table([curve], landmarks)
    for row, t in enumerate(landmarks):
        survival, greenwood = reference.survival_and_greenwood(time, event, t)
        assert survival_at(curve, t).value == approx(float(survival))
        if survival > 0:
            assert survival_at(curve, t).std_error == approx(float(survival) * float(greenwood) ** 0.5)
        assert table.at_risk[row] == reference.number_at_risk(time, t)
        assert table.events[row] == sum(1 for x, d in zip(time, event, strict=True) if x <= t and d)
        assert table.censored[row] == sum(1 for x, d in zip(time, event, strict=True) if x <= t and not d)


@pytest.mark.parametrize("seed", SMALL)
def test_difference_at_a_landmark(seed):
    time, event, in_arm = columns(random_table(seed))
    arms = [[(t, d) for t, d, a in zip(time, event, in_arm, strict=True) if a == side] for side in (1, 0)]
    landmark = min(max(t for t, _ in arm) for arm in arms) / 2
    steps = [reference.survival_and_greenwood(*zip(*arm, strict=True), landmark) for arm in arms]
    difference = survival_difference(*(kaplan_meier(*zip(*arm, strict=True)) for arm in arms), landmark)
    assert difference.value == approx(float(steps[0][0] - steps[1][0]))
    if all(survival > 0 for survival, _ in steps):
        variance = sum(survival**2 * greenwood for survival, greenwood in steps)
        assert difference.std_error == approx(float(variance) ** 0.5)


@pytest.mark.parametrize("stratified", [False, True])
@pytest.mark.parametrize("seed", SMALL)
def test_logrank(seed, stratified):
    table = random_table(seed)
    strata = table["stratum"].tolist() if stratified else None
    test = logrank_test(*columns(table), strata=strata, **NAMES)
    expected = float(reference.logrank_chi_square(*columns(table), strata))
    assert test.statistic == approx(expected)
    if not np.isnan(expected):
        assert test.p_value == approx(reference.chi_square_tail(expected))


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("stratified", [False, True])
@pytest.mark.parametrize("seed", SMALL)
def test_hazard_ratio(seed, stratified, ties):
    """Where the likelihood has no maximum, it rises without end in one direction or is flat."""
    table = random_table(seed)
    strata = table["stratum"].tolist() if stratified else None
    estimate = hazard_ratio(*columns(table), strata=strata, ties=ties, **NAMES)
    if np.isnan(estimate.value):
        terms = reference.cox_terms(*columns(table), ties, strata)
        ends = [reference.log_partial_likelihood(beta, terms) for beta in (-30, -10, 0, 10, 30)]
        assert ends == sorted(ends) or ends == sorted(ends, reverse=True) or ends == approx([ends[0]] * 5)
        return
    beta, std_error = reference.cox_fit(*columns(table), ties, strata)
    assert (np.log(estimate.value), estimate.std_error) == approx((beta, std_error), rel=1e-9)
