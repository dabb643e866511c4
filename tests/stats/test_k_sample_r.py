"""Log-rank tests of several groups beside R's `survival`, on real and on random patients, to 1e-8 relative.

Where R and we differ:

* A statistic without variance is 0, NaN or an error in R. Here it is not estimable.
* R counts a degree of freedom for each group that is at risk at an event, even when no other is; then its covariance is
  singular, and survdiff stops. Here such a group adds nothing.
"""

import numpy as np
import pytest
from group_tables import arguments_of, late_groups, public_group_tables, random_groups
from r_program import Agreement, r_is_here, run_r, stacked
from skip_reasons import R_IS_MISSING

from smmlib import k_sample_logrank_test, trend_logrank_test

pytestmark = pytest.mark.other_package

RANDOM_TABLES, LATE_TABLES = 80, 24


def tables_for_r():
    tables = public_group_tables() | {f"random {seed}": random_groups(seed) for seed in range(RANDOM_TABLES)}
    tables |= {f"late {seed}": late_groups(seed) for seed in range(LATE_TABLES)}
    return tables


@pytest.fixture(scope="module")
def beside(tmp_path_factory):
    if not r_is_here():
        pytest.skip(R_IS_MISSING)
    tables = tables_for_r()
    rows = stacked({name: table.assign(entry=table.get("entry", np.nan)) for name, table in tables.items()})
    return tables, run_r("k_sample", tmp_path_factory.mktemp("r"), rows=rows)


def of(beside, what):
    """Table, arguments, scores, and R's numbers."""
    tables, results = beside
    for (name, verb, form), numbers in results.items():
        if verb == what:
            yield f"{name} {form}", *arguments_of(tables[name], form), numbers.loc[0]


def nothing(number):
    return number == 0 or np.isnan(number)


def test_k_sample_logrank_test(beside):
    agreement = Agreement()
    for key, arguments, _, theirs in of(beside, "k_sample"):
        ours = k_sample_logrank_test(**arguments)
        if np.isnan(ours.statistic):
            assert nothing(theirs.statistic), key
            continue
        if ours.df == theirs.df:
            agreement.add(key, ours.statistic, theirs.statistic)
    assert agreement.compared > 150
    agreement.check()


def test_trend_logrank_test(beside):
    agreement = Agreement()
    for key, arguments, scores, theirs in of(beside, "trend"):
        ours = trend_logrank_test(**arguments, scores=scores)
        if np.isnan(ours.statistic):
            assert nothing(theirs.statistic), key
            continue
        agreement.add(key, ours.statistic, theirs.statistic)
    assert agreement.compared > 150
    agreement.check()
