"""lifelines' weighted log-rank tests beside ours, on the calls in which they are right.

Left out because they are not: an event at time 0, where its Fleming-Harrington test fails, and case weights. It has no
strata, no modified Peto-Peto and no modest weights.
"""

import pytest
from lifelines.statistics import logrank_test as lifelines_logrank
from patient_tables import public_tables

from smmlib import FlemingHarrington, maxcombo_test, weighted_logrank_test

pytestmark = pytest.mark.other_package

TABLES = {name: table[table["time"] > 0] for name, table in public_tables().items()}
NAMES = {"arm": "arm", "reference": "reference"}
THEIRS = {
    "gehan": {"weightings": "wilcoxon"},
    "tarone-ware": {"weightings": "tarone-ware"},
    "peto": {"weightings": "peto"},
    **{
        FlemingHarrington(rho, gamma): {"weightings": "fleming-harrington", "p": rho, "q": gamma}
        for rho, gamma in [(0, 0), (1, 0), (0, 1), (1, 1), (0.5, 2)]
    },
}


def theirs(table, weighting):
    time, event, arm = table["time"], table["event"], table["in_arm"] == 1
    return lifelines_logrank(time[arm], time[~arm], event[arm], event[~arm], **THEIRS[weighting])


@pytest.mark.parametrize("weighting", THEIRS, ids=str)
@pytest.mark.parametrize("name", TABLES)
def test_weighted_logrank_of_lifelines(name, weighting):
    table = TABLES[name]
    ours = weighted_logrank_test(table["time"], table["event"], table["in_arm"], weighting=weighting, **NAMES)
    expected = theirs(table, weighting)
    assert (ours.statistic, ours.p_value) == pytest.approx((expected.test_statistic, expected.p_value), rel=1e-8)


@pytest.mark.parametrize("name", TABLES)
def test_largest_of_lifelines(name):
    table = TABLES[name]
    ours = maxcombo_test(table["time"], table["event"], table["in_arm"], weightings=list(THEIRS), seed=1, **NAMES)
    largest = max(theirs(table, weighting).test_statistic for weighting in THEIRS)
    assert ours.statistic**2 == pytest.approx(largest, rel=1e-8)
