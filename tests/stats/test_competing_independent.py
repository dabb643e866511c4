"""Competing risks beside a second, obvious implementation (`reference_competing.py`), on random patients."""

from math import exp, isnan

import numpy as np
import pytest
import reference
import reference_competing
from competing_tables import columns, random_competing, small, with_late_entry
from expectations import approx_within

from smmlib import cause_specific_hazard_ratio, cumulative_incidence, gray_test, incidence_at

pytestmark = pytest.mark.independent

NAMES = {"arm": "arm", "reference": "reference"}
SMALL = small(range(100, 160))
LEVELS = [0.8, 0.95, 0.999]


approx = approx_within(rel=1e-10, scale=1e-14)


@pytest.mark.parametrize("seed", SMALL)
@pytest.mark.parametrize("of", [1, 2])
def test_incidence_and_counts(seed, of):
    time, cause, _ = columns(random_competing(seed))
    curve = cumulative_incidence(time, cause, of=of)
    assert curve.time.tolist() == sorted(set(time))
    for row, t in enumerate(curve.time.tolist()):
        assert curve.incidence[row] == approx(float(reference_competing.incidence(time, cause, of, t)))
        assert curve.at_risk[row] == reference_competing.number_at_risk(time, t)
        for counts, wanted in ((curve.events, {of}), (curve.competing, {1, 2, 3} - {of}), (curve.censored, {0})):
            assert counts[row] == reference_competing.number_leaving(time, cause, t, wanted)


@pytest.mark.parametrize("seed", small(range(100, 160), most=20))
def test_variance_and_limits(seed):
    time, cause, _ = columns(random_competing(seed))
    level = LEVELS[seed % len(LEVELS)]
    curve = cumulative_incidence(time, cause, of=1, conf_level=level)
    for row, t in enumerate(curve.time.tolist()):
        incidence = reference_competing.incidence(time, cause, 1, t)
        variance = reference_competing.aalen_variance(time, cause, 1, t)
        assert curve.std_error[row] == approx(float(variance) ** 0.5)
        assert (curve.low[row], curve.high[row]) == approx(reference_competing.limits(incidence, variance, level))


@pytest.mark.parametrize("seed", small(range(100, 160), most=20))
def test_variance_as_three_sums_where_causes_share_no_time(seed):
    """Four times as many days, so that each cause has days of its own."""
    time, cause, _ = columns(random_competing(seed))
    time = [4 * t + why for t, why in zip(time, cause, strict=True)]
    curve = cumulative_incidence(time, cause, of=1)
    for row, t in enumerate(curve.time.tolist()):
        assert curve.std_error[row] ** 2 == approx(float(reference_competing.three_term_variance(time, cause, 1, t)))


@pytest.mark.parametrize("seed", small(range(60)))
def test_late_entry(seed):
    table = with_late_entry(seed)
    (time, cause, _), entry = columns(table), table["entry"].tolist()
    curve = cumulative_incidence(time, cause, of=1, entry=entry)
    for row, t in enumerate(curve.time.tolist()):
        expected = reference_competing.incidence_after_entry(time, cause, 1, t, entry)
        assert curve.incidence[row] == approx(float(expected))
        assert curve.at_risk[row] == reference_competing.number_at_risk(time, t, entry)


@pytest.mark.parametrize("seed", SMALL)
def test_incidence_at_landmarks(seed):
    """At the times, between them, and past the last one, where it is known only when nobody was left."""
    time, cause, _ = columns(random_competing(seed))
    curve = cumulative_incidence(time, cause, of=1)
    for t in sorted({0, 0.5, *time[:5], max(time), max(time) + 1}):
        estimate = incidence_at(curve, t)
        if t > max(time) and reference_competing.product_limit(time, cause, t) > 0:
            assert isnan(estimate.value)
        else:
            assert estimate.value == approx(float(reference_competing.incidence(time, cause, 1, t)))
        assert (estimate.n, estimate.events) == (len(time), cause.count(1))


@pytest.mark.parametrize("stratified", [False, True])
@pytest.mark.parametrize("of", [1, 2])
@pytest.mark.parametrize("seed", SMALL)
def test_gray(seed, of, stratified):
    table = random_competing(seed)
    strata = table["stratum"].tolist() if stratified else None
    test = gray_test(*columns(table), of=of, strata=strata, **NAMES)
    expected = float(reference_competing.gray_chi_square(*columns(table), of, strata))
    assert test.statistic == approx(expected)
    if not np.isnan(expected):
        assert test.p_value == approx(reference_competing.chi_square_tail(expected), rel=1e-9)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("seed", SMALL)
def test_cause_specific_hazard_ratio(seed, ties):
    """The second implementation of Cox's model, told that the other causes are censorings."""
    table = random_competing(seed)
    time, cause, in_arm = columns(table)
    strata = table["stratum"].tolist()
    estimate = cause_specific_hazard_ratio(time, cause, in_arm, of=1, strata=strata, ties=ties, **NAMES)
    event = [int(why == 1) for why in cause]
    assert estimate.events == sum(event)
    if isnan(estimate.value):
        terms = reference.cox_terms(time, event, in_arm, ties, strata)
        ends = [reference.log_partial_likelihood(beta, terms) for beta in (-30, -10, 0, 10, 30)]
        assert ends == sorted(ends) or ends == sorted(ends, reverse=True) or ends == approx([ends[0]] * 5)
        return
    beta, std_error = reference.cox_fit(time, event, in_arm, ties, strata)
    assert (estimate.value, estimate.std_error) == approx((exp(beta), std_error), rel=1e-9)
