"""What must not change in Gray's test of several groups and in differences of incidence, whatever the patients are."""

import pandas as pd
import pytest
from competing_group_tables import gray_arguments, random_competing_groups

from smmlib import cumulative_incidence, gray_test, incidence_difference, k_sample_gray_test

pytestmark = pytest.mark.invariant

SEEDS = range(300, 340)


@pytest.fixture(params=SEEDS)
def arguments(request):
    return gray_arguments(random_competing_groups(request.param), "stratified" if request.param % 2 else "plain")


def same(one, other):
    return (one.statistic, one.p_value, one.df) == pytest.approx(
        (other.statistic, other.p_value, other.df), rel=1e-8, abs=1e-12, nan_ok=True
    )


def test_two_groups_are_two_arms(arguments):
    in_arm = arguments.pop("group") == "b"
    ours = k_sample_gray_test(**arguments, group=in_arm, of=1)
    theirs = gray_test(**arguments, in_arm=in_arm, of=1, arm="b", reference="others")
    assert (ours.statistic, ours.p_value) == pytest.approx(
        (theirs.statistic, theirs.p_value), rel=1e-9, abs=1e-12, nan_ok=True
    )


def test_order_and_names_of_groups_do_not_matter(arguments):
    named = arguments | {"group": pd.Series([f"{221 - ord(name)} mg" for name in arguments["group"]])}
    assert same(k_sample_gray_test(**named, of=1), k_sample_gray_test(**arguments, of=1))


def test_a_group_that_left_before_any_event_does_not_move_the_chi_square(arguments):
    arguments["time"] = arguments["time"] + 1
    gone = {"time": [0, 0], "cause": [0, 0], "group": ["z", "z"], "strata": list(arguments.get("strata", []))[:2]}
    longer = {name: [*values, *gone[name]] for name, values in arguments.items()}
    assert same(k_sample_gray_test(**longer, of=1), k_sample_gray_test(**arguments, of=1))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_arms_change_the_sign_alone(seed):
    table = random_competing_groups(seed)
    one, other = [cumulative_incidence(own["time"], own["cause"], of=1) for _, own in list(table.groupby("group"))[:2]]
    at = min(one.time[-1], other.time[-1]) / 2
    there, back = incidence_difference(one, other, at), incidence_difference(other, one, at)
    assert (there.value, there.low, there.high) == pytest.approx((-back.value, -back.high, -back.low), abs=1e-15)
