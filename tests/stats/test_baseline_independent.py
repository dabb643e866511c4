"""Baseline characteristics against exact fractions."""

import pytest
import reference_baseline as reference
from baseline_tables import categories, measurements
from expectations import approx_within

from smmlib import (
    multinomial_standardised_difference,
    pearson_test,
    standardised_mean_difference,
    summary_statistics,
)

pytestmark = pytest.mark.independent
approx = approx_within(rel=1e-9, scale=1e-12)


@pytest.mark.parametrize("name", measurements())
def test_summary(name):
    values = measurements()[name]["value"]
    summary = summary_statistics(values)
    assert summary.n == len(reference.known(values))
    assert summary.mean == approx(float(reference.mean(values)))
    assert summary.std_dev**2 == approx(float(reference.variance(values)))
    for quarters, field in enumerate(("lower_quartile", "median", "upper_quartile"), start=1):
        assert getattr(summary, field) == approx(float(reference.quantile(values, quarters / 4)))


@pytest.mark.parametrize("name", measurements())
def test_standardised_mean_difference(name):
    table = measurements()[name]
    arms = [table.loc[table["arm"] == arm, "value"] for arm in (1, 0)]
    assert standardised_mean_difference(*arms).value == approx(reference.standardised_mean_difference(*arms))


@pytest.mark.parametrize("name", categories())
def test_categories(name):
    counts = [categories()[name][column].to_numpy() for column in ("patients", "reference_patients")]
    distance = multinomial_standardised_difference(*counts).value
    assert distance == approx(reference.multinomial_standardised_difference(*counts))
    assert pearson_test(*counts).statistic == approx(float(reference.pearson_statistic(*counts)))
