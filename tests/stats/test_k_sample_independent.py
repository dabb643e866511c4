"""Log-rank tests of several groups beside a second, obvious implementation (`reference_groups.py`)."""

import numpy as np
import pytest
from expectations import approx_within
from group_tables import arguments_of, late_groups, random_groups
from reference_groups import excess_and_covariance, quadratic_form

from smmlib import k_sample_logrank_test, trend_logrank_test

pytestmark = pytest.mark.independent

approx = approx_within(rel=1e-10, scale=1e-14)
TABLES = {f"{make.__name__} {seed}": make(seed) for make in (random_groups, late_groups) for seed in range(200, 240)}
SMALL = {name: table for name, table in TABLES.items() if len(table) <= 40}


def members_of(table, form):
    strata = table["stratum"] if form == "stratified" else np.zeros(len(table))
    entry = table.get("entry", np.full(len(table), -1.0))
    return list(zip(table["time"], table["event"], table["group"], strata, entry, strict=True))


@pytest.mark.parametrize("form", ["plain", "stratified"])
@pytest.mark.parametrize("name", SMALL)
def test_groups_and_trend(name, form):
    table = SMALL[name]
    arguments, scores = arguments_of(table, form)
    excess, covariance = excess_and_covariance(members_of(table, form), sorted(scores))
    statistic, rank = quadratic_form(excess, covariance)
    ours = k_sample_logrank_test(**arguments)
    assert ours.df == rank
    assert ours.statistic == (approx(float(statistic)) if rank else pytest.approx(float("nan"), nan_ok=True))
    weigh = {group: int(score) for group, score in scores.items()}
    variance = sum(weigh[one] * weigh[other] * covariance[one, other] for one in weigh for other in weigh)
    trend = trend_logrank_test(**arguments, scores=scores)
    if not variance:
        assert np.isnan(trend.statistic)
        return
    assert trend.statistic == approx(float(sum(weigh[group] * excess[group] for group in weigh) ** 2 / variance))
