"""What must not change, or must change in a known way, whatever the counts of responders are."""

from math import isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from response_tables import patients_of

from smmlib import (
    cochran_mantel_haenszel_test,
    fisher_test,
    odds_ratio,
    rate_difference,
    rate_ratio,
    response_rate,
    stratified_odds_ratio,
    stratified_rate_difference,
    stratified_rate_ratio,
)
from smmlib.stats.response import difference as response_difference
from smmlib.stats.response import rate as response
from smmlib.stats.response import ratio as response_ratio

pytestmark = pytest.mark.invariant

NAMES = {"arm": "new", "reference": "old"}
DIFFERENCES, RATIOS, ODDS = (
    sorted(methods)
    for methods in (response_difference.INTERVALS, response_ratio.RATIO_INTERVALS, response_ratio.ODDS_INTERVALS)
)
EVERY_RATIO = [(rate_ratio, method) for method in RATIOS] + [(odds_ratio, method) for method in ODDS]

reproducible = settings(deadline=None, derandomize=True, max_examples=40, database=None)


@st.composite
def arms(draw, largest=200):
    """Responders and patients of an arm, often nobody or everybody."""
    patients = draw(st.integers(1, largest))
    return draw(st.one_of(st.integers(0, patients), st.sampled_from([0, patients]))), patients


tables = st.builds(lambda arm, reference: (*arm, *reference), arms(), arms())
strata = st.lists(st.builds(lambda arm, reference: (*arm, *reference), arms(12), arms(12)), min_size=1, max_size=4)
levels = st.sampled_from([0.5, 0.8, 0.95, 0.999])


def same(ours, expected, rel=1e-9):
    assert ours == pytest.approx(expected, rel=rel, abs=1e-12, nan_ok=True)


def numbers(estimate):
    return estimate.value, estimate.low, estimate.high


def swapped(table):
    return (*table[2:], *table[:2])


def mirrored(table):
    """Responders and others exchanged."""
    x, n, x0, n0 = table
    return n - x, n, n0 - x0, n0


def inverse(number):
    """Of zero it is infinite, which is no number here."""
    return 1 / number if number else float("nan")


# ---- one proportion


@reproducible
@given(arms(300), st.sampled_from(sorted(response.INTERVALS)), levels)
def test_intervals_of_responders_and_others_mirror(arm, method, level):
    responders, patients = arm
    yes = response_rate(responders, patients, method=method, conf_level=level)
    no = response_rate(patients - responders, patients, method=method, conf_level=level)
    same((1 - no.value, 1 - no.high, 1 - no.low, no.std_error), (*numbers(yes), yes.std_error))
    assert 0 <= yes.low <= yes.high <= 1
    if method != "agresti-coull" and (method != "jeffreys" or level > 0.6):
        assert yes.low <= yes.value <= yes.high


@reproducible
@given(arms(300), st.sampled_from(sorted(response.INTERVALS)))
def test_wider_at_a_higher_level(arm, method):
    narrow, wide = (response_rate(*arm, method=method, conf_level=level) for level in (0.8, 0.99))
    assert wide.low <= narrow.low
    assert wide.high >= narrow.high


@reproducible
@given(arms(300), levels)
def test_mid_p_and_wilson_are_inside_their_conservative_forms(arm, level):
    inner, outer = (response_rate(*arm, method=method, conf_level=level) for method in ("mid-p", "clopper-pearson"))
    assert outer.low <= inner.low + 1e-15
    assert outer.high >= inner.high - 1e-15
    inner, outer = (response_rate(*arm, method=method, conf_level=level) for method in ("wilson", "wilson-cc"))
    assert outer.low <= inner.low
    assert outer.high >= inner.high


# ---- two proportions


@reproducible
@given(tables, st.sampled_from(DIFFERENCES), levels)
def test_swapped_or_mirrored_arms_negate_the_difference(table, method, level):
    value, low, high = numbers(rate_difference(*table, method=method, conf_level=level))
    for other in (swapped(table), mirrored(table)):
        same(numbers(rate_difference(*other, method=method, conf_level=level)), (-value, -high, -low))


@pytest.mark.parametrize(("verb", "method"), EVERY_RATIO)
@reproducible
@given(table=tables, level=levels)
def test_swapped_arms_invert_the_ratio(verb, method, table, level):
    ours, theirs = (verb(*arms, method=method, conf_level=level) for arms in (table, swapped(table)))
    same((ours.high, theirs.high), (inverse(theirs.low), inverse(ours.low)))
    if not isnan(ours.value):
        same(theirs.value, inverse(ours.value))


@reproducible
@given(tables, st.sampled_from(ODDS), levels)
def test_mirrored_arms_invert_the_odds_ratio(table, method, level):
    same(
        numbers(odds_ratio(*mirrored(table), method=method, conf_level=level)),
        numbers(odds_ratio(*swapped(table), method=method, conf_level=level)),
    )


@pytest.mark.parametrize(("verb", "method"), [(rate_difference, method) for method in DIFFERENCES] + EVERY_RATIO)
@reproducible
@given(table=tables)
def test_limits_widen_and_hold_the_estimate(verb, method, table):
    narrow, wide = (verb(*table, method=method, conf_level=level) for level in (0.8, 0.99))
    rounding = 1e-12
    if not isnan(narrow.low):
        assert wide.low <= narrow.low + rounding
    if not isnan(narrow.high):
        assert wide.high >= narrow.high - rounding
    # Agresti and Caffo's interval is around another estimate.
    if not isnan(narrow.value) and not isnan(narrow.low) and method != "agresti-caffo":
        assert narrow.low - rounding <= narrow.value <= narrow.high + rounding


@reproducible
@given(tables, levels)
def test_score_limits_exclude_no_effect_together(table, level):
    """At no effect the score statistic is the same for the difference, the ratio and the odds ratio."""
    difference = rate_difference(*table, conf_level=level)
    for verb in (rate_ratio, odds_ratio):
        ratio = verb(*table, conf_level=level)
        if not isnan(ratio.low) and abs(difference.low) > 1e-9 and abs(ratio.low - 1) > 1e-9:
            assert (difference.low > 0) == (ratio.low > 1)
        if not isnan(ratio.high) and abs(difference.high) > 1e-9 and abs(ratio.high - 1) > 1e-9:
            assert (difference.high < 0) == (ratio.high < 1)


@reproducible
@given(tables)
def test_estimates_do_not_depend_on_the_method(table):
    for verb, methods in ((rate_difference, DIFFERENCES), (rate_ratio, RATIOS), (odds_ratio, ODDS)):
        estimates = [verb(*table, method=method) for method in methods]
        for estimate in estimates:
            same((estimate.value, estimate.std_error), (estimates[0].value, estimates[0].std_error), rel=0)


@reproducible
@given(tables)
def test_fisher_test_does_not_know_the_arms(table):
    p_values = [fisher_test(*other).p_value for other in (table, swapped(table), mirrored(table))]
    same(p_values[1:], [p_values[0]] * 2)
    assert 0 < p_values[0] <= 1


# ---- strata


def stratified_score(patients, level=0.95):
    return stratified_rate_difference(*patients, method="miettinen-nurminen", conf_level=level, **NAMES)


@reproducible
@given(tables, levels)
def test_one_stratum_is_none(table, level):
    """The difference by another way to its rates, the ratio and odds ratio by another variance."""
    patients = patients_of([table])
    plain, score = rate_difference(*table, conf_level=level), stratified_score(patients, level)
    same(numbers(score), numbers(plain))
    # One table's Mantel-Haenszel standard errors are those of the logarithms, where they exist.
    for verb, stratified in ((rate_ratio, stratified_rate_ratio), (odds_ratio, stratified_odds_ratio)):
        alone, pooled = verb(*table), stratified(*patients, **NAMES)
        same((pooled.value, pooled.std_error), (alone.value, alone.std_error))


@reproducible
@given(strata, levels)
def test_score_limits_agree_with_the_test(tables, level):
    """The stratified score interval holds no difference if, and only if, P is above 1 - level."""
    patients = patients_of(tables)
    test, estimate = cochran_mantel_haenszel_test(*patients, **NAMES), stratified_score(patients, level)
    if isnan(test.p_value) or abs(test.p_value - (1 - level)) < 1e-9:
        return
    assert (estimate.low <= 0 <= estimate.high) == (test.p_value > 1 - level)


@reproducible
@given(strata, st.randoms(use_true_random=False))
def test_order_of_patients_and_names_of_strata_do_not_matter(tables, random):
    responded, in_arm, labels = patients_of(tables)
    order = list(range(len(labels)))
    random.shuffle(order)
    shuffled = [[column[index] for index in order] for column in (responded, in_arm, [hash(name) for name in labels])]
    for verb in (stratified_rate_difference, stratified_rate_ratio, stratified_odds_ratio):
        ours, theirs = verb(responded, in_arm, labels, **NAMES), verb(*shuffled, **NAMES)
        same((*numbers(ours), ours.std_error), (*numbers(theirs), theirs.std_error))
        assert ours.method == theirs.method


@reproducible
@given(strata)
def test_every_stratum_twice(tables):
    """Estimates stay, variances halve, the statistic doubles; in place of two strata, one of twice the size is near."""
    once, twice = patients_of(tables), patients_of(tables * 2)
    for verb in (stratified_rate_difference, stratified_rate_ratio, stratified_odds_ratio):
        single, double = verb(*once, **NAMES), verb(*twice, **NAMES)
        same(double.value, single.value)
        same(double.std_error * np.sqrt(2), single.std_error, rel=1e-7)
    single, double = (cochran_mantel_haenszel_test(*patients, **NAMES) for patients in (once, twice))
    same(double.statistic, 2 * single.statistic)


@reproducible
@given(strata)
def test_swapped_arms_of_strata(tables):
    responded, in_arm, labels = patients_of(tables)
    other = [1 - arm for arm in in_arm]
    for method in ("mantel-haenszel", "miettinen-nurminen"):
        value, low, high = numbers(stratified_rate_difference(responded, in_arm, labels, method=method, **NAMES))
        turned = stratified_rate_difference(responded, other, labels, method=method, **NAMES)
        same(numbers(turned), (-value, -high, -low))
    for verb in (stratified_rate_ratio, stratified_odds_ratio):
        value, low, high = numbers(verb(responded, in_arm, labels, **NAMES))
        turned = verb(responded, other, labels, **NAMES)
        if value and turned.value:
            same(numbers(turned), (inverse(value), inverse(high), inverse(low)))
    tests = [cochran_mantel_haenszel_test(responded, arm, labels, **NAMES) for arm in (in_arm, other)]
    same(tests[0].statistic, tests[1].statistic)


@reproducible
@given(strata)
def test_inputs_are_not_changed(tables):
    columns = [np.array(column) for column in patients_of(tables)]
    before = [column.copy() for column in columns]
    for verb in (stratified_rate_difference, stratified_rate_ratio, cochran_mantel_haenszel_test):
        verb(*columns, **NAMES)
    assert all((now == then).all() for now, then in zip(columns, before, strict=True))


@pytest.mark.parametrize("method", sorted(response.INTERVALS))
@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int64])
def test_counts_of_numpy_are_as_plain_ones_however_few_bits_they_have(kind, method):
    ours, plain = response_rate(kind(60), kind(100), method=method), response_rate(60, 100, method=method)
    np.testing.assert_equal(vars(ours), vars(plain))  # where NaN is NaN; of results themselves only up to Python 3.12
