"""What must not change in log-rank tests of several groups, whatever the patients are."""

import numpy as np
import pandas as pd
import pytest
from group_tables import arguments_of, late_groups, random_groups

from smmlib import k_sample_logrank_test, logrank_test, trend_logrank_test

pytestmark = pytest.mark.invariant

SEEDS = range(300, 330)
SHIFTED = {"a": -4.0, "b": 5.0, "c": 32.0, "d": 77.0, "e": 140.0, "f": 221.0}
"""Nine times the square of the place, less four."""


@pytest.fixture(params=SEEDS)
def given(request):
    table = (late_groups if request.param % 2 else random_groups)(request.param)
    return table, *arguments_of(table, "stratified" if request.param % 3 else "plain")


def same(one, other):
    return (one.statistic, one.p_value) == pytest.approx(
        (other.statistic, other.p_value), rel=1e-9, abs=1e-12, nan_ok=True
    )


def test_two_groups_are_two_arms(given):
    _, arguments, _ = given
    in_arm = arguments.pop("group") == "b"
    test = logrank_test(**arguments, in_arm=in_arm, arm="b", reference="others")
    assert same(k_sample_logrank_test(**arguments, group=in_arm), test)
    assert same(trend_logrank_test(**arguments, group=in_arm, scores={True: 3, False: 1}), test)


def test_order_and_names_of_groups_and_level_and_unit_of_scores_do_not_matter(given):
    _, arguments, scores = given
    named = arguments | {"group": pd.Series([f"{221 - ord(name)} mg" for name in arguments["group"]])}
    assert same(k_sample_logrank_test(**named), k_sample_logrank_test(**arguments))
    scored = {name: SHIFTED[name] for name in scores}
    trend = trend_logrank_test(**arguments, scores=scores)
    assert same(trend_logrank_test(**arguments, scores=scored), trend)


def test_a_group_that_left_before_any_event_does_not_move_the_chi_square(given):
    table, arguments, _ = given
    if "entry" in arguments:
        return
    arguments["time"] = table["time"] + 1
    gone = {"time": [0, 0], "event": [0, 0], "group": ["z", "z"], "strata": list(table["stratum"][:2])}
    longer = {name: [*values, *gone[name]] for name, values in arguments.items()}
    assert same(k_sample_logrank_test(**longer), k_sample_logrank_test(**arguments))


def test_a_case_weight_is_so_many_patients(given):
    table, arguments, scores = given
    weights = np.random.default_rng(len(table)).integers(1, 4, len(table))
    repeated = {name: np.repeat(np.asarray(values), weights) for name, values in arguments.items()}
    assert same(k_sample_logrank_test(**arguments, weights=weights), k_sample_logrank_test(**repeated))
    of_trend = trend_logrank_test(**repeated, scores=scores)
    assert same(trend_logrank_test(**arguments, scores=scores, weights=weights), of_trend)


def test_more_groups_than_a_byte_counts():
    """Seventy groups of one hundred patients each, of which the first alone differs."""
    rng = np.random.default_rng(7)
    group = np.repeat(np.arange(70), 100)
    time, event = rng.exponential(np.where(group == 0, 3, 1)), rng.random(7000) < 0.8
    order = rng.permutation(7000)
    shuffled = k_sample_logrank_test(time[order], event[order], group[order])
    assert same(k_sample_logrank_test(time, event, group), shuffled)
    assert shuffled.df == 69
    first = k_sample_logrank_test(time, event, group == 0).statistic
    assert first < shuffled.statistic < first + 200
