"""Response beside a second, obvious implementation (`reference_response.py`), on awkward and on random counts."""

import numpy as np
import pytest
import reference_response as reference
from expectations import approx_within
from response_tables import AWKWARD, patients_of, random_strata, random_table

from smmlib import (
    cochran_mantel_haenszel_test,
    fisher_test,
    odds_ratio,
    odds_ratio_interaction_test,
    rate_difference,
    rate_ratio,
    response_rate,
    stratified_odds_ratio,
    stratified_rate_difference,
    stratified_rate_ratio,
)

pytestmark = pytest.mark.independent

LEVELS = [0.8, 0.95, 0.999]
NAMES = {"arm": "arm", "reference": "reference"}
RATES = [(0, 1), (1, 1), (0, 12), (1, 9), (7, 57), (45, 57), (57, 57), (36, 154), (1, 400), (399, 400)]
TABLES = AWKWARD + [random_table(seed) for seed in range(60)]
STRATA = [random_strata(seed) for seed in range(60)]


approx = approx_within(rel=1e-11, scale=1e-14)


def limits(estimate):
    return estimate.low, estimate.high


def name_of(table):
    return "{}/{} v {}/{}".format(*table)


# ---- one proportion


@pytest.mark.parametrize("method", reference.ONE_RATE)
@pytest.mark.parametrize("conf_level", LEVELS)
def test_response_rate(method, conf_level):
    for responders, patients in RATES:
        estimate = response_rate(responders, patients, method=method, conf_level=conf_level)
        expected = reference.ONE_RATE[method](responders, patients, conf_level)
        assert limits(estimate) == approx(expected, rel=1e-11), (responders, patients)


# ---- two proportions


@pytest.mark.parametrize("table", TABLES, ids=name_of)
def test_rate_difference(table):
    level = LEVELS[sum(table) % len(LEVELS)]
    for method, second in reference.TWO_RATES["rate_difference"].items():
        estimate = rate_difference(*table, method=method, conf_level=level)
        assert limits(estimate) == approx(second(*table, level), rel=1e-11), method
        assert estimate.value == approx(table[0] / table[1] - table[2] / table[3])


@pytest.mark.parametrize("table", TABLES, ids=name_of)
def test_rate_ratio(table):
    level = LEVELS[sum(table) % len(LEVELS)]
    for method, second in reference.TWO_RATES["rate_ratio"].items():
        estimate = rate_ratio(*table, method=method, conf_level=level)
        assert limits(estimate) == approx(second(*table, level), rel=1e-11), method


@pytest.mark.parametrize("table", TABLES, ids=name_of)
def test_odds_ratio(table):
    level = LEVELS[sum(table) % len(LEVELS)]
    for method, second in reference.TWO_RATES["odds_ratio"].items():
        if method != "exact-conditional" or table[1] + table[3] < 300:
            estimate = odds_ratio(*table, method=method, conf_level=level)
            assert limits(estimate) == approx(second(*table, level), rel=1e-11), method


@pytest.mark.parametrize("table", TABLES, ids=name_of)
def test_fisher_test(table):
    assert fisher_test(*table).p_value == approx(float(reference.fisher_p_value(*table)))


def test_fisher_test_of_arms_of_one_size():
    """Tables that mirror each other are equally likely, which floats do not always see."""
    for size in range(1, 25):
        for responders in range(size + 1):
            for others in range(responders + 1):
                table = responders, size, others, size
                assert fisher_test(*table).p_value == approx(float(reference.fisher_p_value(*table))), table


# ---- strata


def tables_and_patients(seed):
    patients = patients_of(STRATA[seed])
    return reference.tables_by_stratum(*patients), patients


def same(value, expected, rel=1e-11):
    assert value == approx(float(expected), rel=rel)


@pytest.mark.parametrize("seed", range(len(STRATA)))
def test_stratified_rate_difference(seed):
    tables, patients = tables_and_patients(seed)
    level = LEVELS[seed % len(LEVELS)]
    value, variance = reference.mantel_haenszel_difference(tables)
    estimate = stratified_rate_difference(*patients, conf_level=level, **NAMES)
    same(estimate.value, value)
    assert variance >= 0
    assert estimate.std_error == pytest.approx(float(variance) ** 0.5, rel=1e-7, abs=1e-8)
    score = stratified_rate_difference(*patients, method="miettinen-nurminen", conf_level=level, **NAMES)
    assert (score.value, score.std_error) == (estimate.value, estimate.std_error)
    assert limits(score) == approx(reference.stratified_score(tables, level), rel=1e-11)


@pytest.mark.parametrize(
    ("verb", "second"),
    [
        (stratified_rate_ratio, reference.mantel_haenszel_ratio),
        (stratified_odds_ratio, reference.mantel_haenszel_odds),
    ],
)
def test_stratified_ratios(verb, second):
    compared = 0
    for seed in range(len(STRATA)):
        tables, patients = tables_and_patients(seed)
        value, variance = second(tables)
        estimate = verb(*patients, **NAMES)
        same(estimate.value, value)
        same(estimate.std_error, np.nan if variance != variance else float(variance) ** 0.5)
        compared += not np.isnan(estimate.std_error)
    assert compared > len(STRATA) / 3


def test_cochran_mantel_haenszel():
    compared = 0
    for seed in range(len(STRATA)):
        tables, patients = tables_and_patients(seed)
        test = cochran_mantel_haenszel_test(*patients, **NAMES)
        same(test.statistic, reference.cochran_mantel_haenszel(tables))
        compared += not np.isnan(test.statistic)
    assert compared > len(STRATA) / 2


def test_interaction_of_odds_ratios():
    compared = 0
    for seed in range(16):
        tables, patients = tables_and_patients(seed)
        test = odds_ratio_interaction_test(*patients, **NAMES)
        expected = reference.odds_ratio_interaction(tables)
        assert test.statistic == approx(expected, rel=1e-8, abs=1e-8)
        compared += test.statistic > 0
    assert compared > 5


def test_ratios_of_one_stratum():
    """A stratum alone: Greenland-Robins is the delta method, Robins-Breslow-Greenland is Woolf."""
    tables = [(3, 10, 2, 8)]
    ratio, odds = (
        stratified_rate_ratio(*patients_of(tables), **NAMES),
        stratified_odds_ratio(*patients_of(tables), **NAMES),
    )
    same(ratio.std_error, float(reference.mantel_haenszel_ratio(tables)[1]) ** 0.5)
    same(odds.std_error, (1 / 3 + 1 / 7 + 1 / 2 + 1 / 6) ** 0.5)
