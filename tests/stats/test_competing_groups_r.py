"""Gray's test of several groups, and differences of incidence, beside R's `cmprsk`, to 1e-8 relative.

Where R and we differ:

* Where the covariance is singular, as where a group has left before any event of the cause, `cuminc` returns -1. Here
  such a group adds no degree of freedom, as in the log-rank test of several groups, and what is left is tested when it
  has a variance.
* As of two arms, when the correction for ties makes a variance negative, `cuminc` returns what its inverse happens to
  give, and where the pooled incidence comes to 1 before the events end, it stops with an error.
"""

import numpy as np
import pytest
from competing_group_tables import gray_arguments, random_competing_groups
from r_program import Agreement, r_is_here, run_r, stacked
from skip_reasons import R_IS_MISSING

from smmlib import cumulative_incidence, incidence_difference, k_sample_gray_test

pytestmark = pytest.mark.other_package

ROUNDING_IN_R = 1e-14
TABLES = {f"random {seed}": random_competing_groups(seed) for seed in range(90)}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    if not r_is_here():
        pytest.skip(R_IS_MISSING)
    return run_r("competing_groups", tmp_path_factory.mktemp("r"), rows=stacked(TABLES))


def test_k_sample_gray_test(results):
    agreement = Agreement()
    for (name, what, group), numbers in results.items():
        if what != "gray":
            continue
        form, cause = group.split()
        ours, theirs = k_sample_gray_test(**gray_arguments(TABLES[name], form), of=int(cause)), numbers.loc[0]
        if np.isnan(theirs.statistic) or np.isnan(ours.statistic) or ours.df < theirs.df:
            assert not theirs.statistic > 0, (name, group)
            continue
        assert ours.df == theirs.df
        agreement.add((name, group), [ours.statistic, ours.p_value], [theirs.statistic, theirs.p_value])
    assert agreement.compared > 400
    agreement.check()


def test_incidence_difference(results):
    agreement = Agreement()
    for (name, what, cause), numbers in results.items():
        if what != "difference":
            continue
        table = TABLES[name]
        ends = table["group"].max(), table["group"].min()
        members = [table[table["group"] == group] for group in ends]
        curves = [cumulative_incidence(each["time"], each["cause"], of=int(cause)) for each in members]
        for row in numbers.itertuples():
            ours, value = incidence_difference(*curves, row.at), round(row.value, 15)
            if row.variance < ROUNDING_IN_R:  # a difference of sums in cuminc, whose variance is 0
                assert ours.std_error == pytest.approx(0, abs=1e-7)
                agreement.add((name, cause, row.at), ours.value, value)
                continue
            agreement.add((name, cause, row.at), [ours.value, ours.low, ours.high], [value, row.low, row.high])
    assert agreement.compared > 400
    agreement.check()
