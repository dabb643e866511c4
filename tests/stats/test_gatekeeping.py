"""Families one after another: on paper, beside the procedure step by step, and the levels of each procedure."""

from math import nan

import numpy as np
import pytest
from expectations import approx_within, refused

from smmlib import adjusted_p_values, gatekeeping_p_values
from smmlib.stats.comparison.multiple_testing import PROCEDURES, final_levels

approx = approx_within(rel=1e-12, scale=1e-15)


@pytest.mark.by_hand
def test_two_families():
    """Within the first 2 * 0.01 and 0.02; within the second 2 * 0.001, 0.03: none below the 0.02 of the gate."""
    first, second = gatekeeping_p_values([[0.01, 0.02], [0.03, 0.001]], procedures=["holm", "hochberg"])
    assert (first.tolist(), second.tolist()) == (approx([0.02, 0.02]), approx([0.03, 0.02]))


@pytest.mark.by_hand
def test_a_gate_stays_closed_for_all_that_come_later():
    found = gatekeeping_p_values([[0.01], [0.2, 0.001], [0.001]], procedures=["holm", "fixed-sequence", "holm"])
    assert [family.tolist() for family in found] == [approx([0.01]), approx([0.2, 0.2]), approx([0.2])]


@pytest.mark.by_hand
def test_a_test_that_is_not_estimable_closes_the_gate():
    found = gatekeeping_p_values([[0.01, nan], [0.001]], procedures=["holm", "holm"])
    assert [family.tolist() for family in found] == [approx([0.02, nan]), approx([1])]


@pytest.mark.by_hand
def test_families_without_their_procedures_are_refused():
    with refused("procedures has 1 entries for 2 families: give one for each."):
        gatekeeping_p_values([[0.1], [0.2]], procedures=["holm"])
    with refused("procedures has 0 entries for 0 families: give one for each."):
        gatekeeping_p_values([], procedures=[])


def rejected(p_values, procedure, alpha):
    """Which hypotheses of a family are rejected at a level, from the first to the last step of its procedure."""
    order = np.arange(len(p_values)) if procedure == "fixed-sequence" else np.argsort(p_values)
    parts = [1 if procedure == "fixed-sequence" else len(p_values) - step for step in range(len(p_values))]
    met = [p_values[one] <= alpha / part for one, part in zip(order, parts, strict=True)]
    stop = met.index(False) if False in met else len(met)
    if procedure == "hochberg":
        stop = max((step + 1 for step, is_met in enumerate(met) if is_met), default=0)
    return set(order[:stop].tolist())


@pytest.mark.independent
@pytest.mark.parametrize("seed", range(40))
def test_a_hypothesis_is_rejected_from_its_adjusted_p_value_on(seed):
    rng = np.random.default_rng(seed)
    families = [rng.beta(0.4, 8, 1 + rng.integers(3)) for _ in range(3)]
    procedures = [PROCEDURES[number] for number in rng.integers(3, size=3)]
    adjusted = gatekeeping_p_values(families, procedures=procedures)
    for place, of_family in enumerate(adjusted):
        for one, p_value in enumerate(of_family.tolist()):
            for alpha, is_rejected in ((p_value - 1e-9, False), (p_value + 1e-9, p_value < 1)):
                found = [rejected(*each, alpha) for each in zip(families, procedures, strict=True)]
                gates_open = all(len(found[before]) == len(families[before]) for before in range(place))
                assert (gates_open and one in found[place]) == is_rejected or p_value == 1


@pytest.mark.invariant
def test_one_family_is_its_procedure():
    for procedure in PROCEDURES:
        alone = gatekeeping_p_values([[0.01, 0.04, 0.03]], procedures=[procedure])[0]
        assert alone.tolist() == adjusted_p_values([0.01, 0.04, 0.03], procedure=procedure).tolist()


# ---- the level at which each hypothesis is tested in the end


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("procedure", "p_values", "expected"),
    [
        # 0.001 of three, 0.02 of two, and 0.03 alone
        ("holm", [0.03, 0.001, 0.02], [0.05, 0.05 / 3, 0.025]),
        # the second is not rejected, and the third no longer tested at more than it
        ("holm", [0.04, 0.001, 0.03], [0.025, 0.05 / 3, 0.025]),
        # all within 0.05 at the first step
        ("hochberg", [0.04, 0.001, 0.03], [0.05, 0.05, 0.05]),
        # the largest is not rejected at 0.05; at 0.025 the other two are
        ("hochberg", [0.06, 0.001, 0.02], [0.05, 0.025, 0.025]),
        ("hochberg", [0.06, 0.03, 0.04], [0.05, 0.05 / 3, 0.025]),
        ("fixed-sequence", [0.01, 0.06, 0.001], [0.05, 0.05, 0]),
        ("fixed-sequence", [nan, 0.01], [0.05, 0]),
    ],
)
def test_levels(procedure, p_values, expected):
    assert final_levels(p_values, alpha=0.05, procedure=procedure).tolist() == approx(expected)


@pytest.mark.invariant
@pytest.mark.parametrize("procedure", PROCEDURES)
@pytest.mark.parametrize("seed", range(20))
def test_a_hypothesis_is_rejected_where_its_p_value_is_within_its_level(procedure, seed):
    p_values = np.random.default_rng(seed).beta(0.5, 6, 1 + seed % 5)
    for alpha in (0.01, 0.05, 0.2):
        levels = final_levels(p_values, alpha=alpha, procedure=procedure)
        assert ((p_values <= levels) == (adjusted_p_values(p_values, procedure=procedure) <= alpha)).all()
