"""Baseline characteristics as base R computes them, and standardised differences by R's matrices."""

import pytest
from baseline_tables import categories, measurements
from r_program import Agreement, r_is_here, run_r, stacked
from skip_reasons import R_IS_MISSING

from smmlib import (
    multinomial_standardised_difference,
    pearson_test,
    standardised_mean_difference,
    summary_statistics,
    welch_test,
)

pytestmark = [pytest.mark.other_package, pytest.mark.skipif(not r_is_here(), reason=R_IS_MISSING)]
FIELDS = ("n", "missing", "mean", "std_dev", "lower_quartile", "median", "upper_quartile", "minimum", "maximum")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("baseline")
    return run_r("baseline", folder, measurements=stacked(measurements()), categories=stacked(categories()))


@pytest.mark.parametrize("group", ["arm", "reference", "all"])
def test_summary_is_that_of_r(theirs, group):
    agreement = Agreement()
    for name, table in measurements().items():
        members = {"arm": table["arm"] == 1, "reference": table["arm"] == 0, "all": table["arm"] >= 0}[group]
        ours, rows = summary_statistics(table.loc[members, "value"]), theirs[name, "summary", group]
        for field in FIELDS:
            agreement.add(f"{name} {field}", getattr(ours, field), rows[field].iloc[0])
    agreement.check()


def test_standardised_difference_and_welch_test_are_those_of_r(theirs):
    agreement = Agreement()
    for name, table in measurements().items():
        arms = table.loc[table["arm"] == 1, "value"], table.loc[table["arm"] == 0, "value"]
        test, rows = welch_test(*arms), theirs[name, "test", ""]
        difference = theirs[name, "standardised", ""]["value"].iloc[0]
        agreement.add(f"{name} difference", standardised_mean_difference(*arms).value, difference)
        agreement.add(f"{name} t", test.statistic, rows["statistic"].iloc[0])
        agreement.add(f"{name} P", test.p_value, rows["p_value"].iloc[0])
    agreement.check()


def test_distance_and_pearson_test_are_those_of_r(theirs):
    agreement = Agreement()
    for name, table in categories().items():
        counts = table["patients"], table["reference_patients"]
        test, rows = pearson_test(*counts), theirs[name, "test", ""]
        distance = theirs[name, "distance", ""]["value"].iloc[0]
        agreement.add(f"{name} distance", multinomial_standardised_difference(*counts).value, distance)
        for field in ("statistic", "p_value", "df"):
            agreement.add(f"{name} {field}", getattr(test, field), rows[field].iloc[0])
    agreement.check()
