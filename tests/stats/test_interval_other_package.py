"""The Turnbull estimate beside lifelines' `npmle`, the core of its `fit_interval_censoring`.

lifelines takes an interval as [left, right], ours is (left, right]: so its left ends are moved by a little, as its own
documentation advises. It stops when a step gains less log-likelihood than a tolerance, near the maximum but not at it:
masses are compared to 1e-4, and its log-likelihood is never above ours. On the mice it stays 0.0006 away after 16 s;
there the log-likelihood alone is compared, after a shorter search.
"""

import numpy as np
import pytest
import reference_interval
from interval_tables import columns, public_tables, random_tables
from lifelines.fitters.npmle import npmle

from smmlib import turnbull

pytestmark = pytest.mark.other_package

A_LITTLE = 1e-5
TABLES = public_tables() | random_tables(40)
SLOW = ["mice"]


def masses_of_lifelines(left, right, tolerance):
    """Their masses by innermost interval, the left ends moved back."""
    # A mass of exactly one has infinite odds in lifelines, which does no harm.
    with np.errstate(divide="ignore", invalid="ignore"):
        masses, intervals = npmle(np.where(left < right, left + A_LITTLE, left), right, tol=tolerance)
    ends = np.unique(left)
    return {
        (ends[np.abs(ends - low).argmin()], high): mass for (low, high), mass in zip(intervals, masses, strict=True)
    }


@pytest.mark.parametrize("name", TABLES)
def test_masses_and_likelihood_beside_lifelines(name):
    left, right, _ = columns(TABLES[name])
    curve = turnbull(left, right)
    ours = dict(zip(zip(curve.low, curve.high, strict=True), curve.mass, strict=True))
    theirs = masses_of_lifelines(left, right, 1e-7 if name in SLOW else 1e-10)
    assert set(ours) <= set(theirs)
    if name not in SLOW:
        assert [ours.get(inner, 0) for inner in theirs] == pytest.approx(list(theirs.values()), abs=1e-4)
    probability = reference_interval.covered(left, right, list(theirs)) @ np.array(list(theirs.values()))
    log_likelihood = np.log(probability / sum(theirs.values())).sum()
    assert log_likelihood <= curve.log_likelihood + 1e-9
    assert log_likelihood == pytest.approx(curve.log_likelihood, abs=1e-3)
