"""Gray's test of several groups beside a second, obvious implementation (`reference_competing.py`)."""

import pytest
from competing_group_tables import gray_arguments, random_competing_groups
from expectations import approx_within
from reference_competing import gray_of_groups, incidence
from reference_groups import quadratic_form

from smmlib import cumulative_incidence, incidence_difference, k_sample_gray_test

pytestmark = pytest.mark.independent

approx = approx_within(rel=1e-9, scale=1e-12)
SMALL = [seed for seed in range(100, 170) if len(random_competing_groups(seed)) <= 15]


@pytest.mark.parametrize("form", ["plain", "stratified"])
@pytest.mark.parametrize("of", [1, 2])
@pytest.mark.parametrize("seed", SMALL)
def test_k_sample_gray_test(seed, of, form):
    arguments = gray_arguments(random_competing_groups(seed), form)
    listed = {name: values.tolist() for name, values in arguments.items()}
    score, covariance = gray_of_groups(listed["time"], listed["cause"], listed["group"], of, listed.get("strata"))
    statistic, rank = quadratic_form(score, covariance)
    test = k_sample_gray_test(**arguments, of=of)
    if test.statistic != test.statistic:
        assert rank == 0 or min(covariance[name, name] for name in score) <= 0 or rank < test.df
        return
    assert (test.statistic, test.df) == (approx(float(statistic)), rank)


@pytest.mark.parametrize("seed", SMALL)
def test_incidence_difference(seed):
    table = random_competing_groups(seed)
    one, other = ([*zip(own["time"], own["cause"], strict=True)] for _, own in list(table.groupby("group"))[:2])
    curves = [cumulative_incidence(*zip(*own, strict=True), of=1) for own in (one, other)]
    for at in sorted({0.0, *(time for time, _ in one + other)}):
        if at > min(max(time for time, _ in own) for own in (one, other)):
            break
        shares = [incidence(*map(list, zip(*own, strict=True)), 1, at) for own in (one, other)]
        assert incidence_difference(*curves, at).value == approx(float(shares[0] - shares[1]))
