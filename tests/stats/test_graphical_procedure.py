"""The graphical procedure: published examples, on paper, beside closed testing by brute force; its special cases."""

from math import nan

import numpy as np
import pytest
from expectations import approx_within, refused
from reference_graphs import TRUNCATED_HOLM, closed_test, fixed_sequence, holm, random_graph

from smmlib import adjusted_p_values, graphical_p_values
from smmlib.stats.comparison.graphical_procedure import graphical_levels

approx = approx_within(rel=1e-12, scale=1e-15)
FALLBACK = {"weights": [0.5, 0.3, 0.2], "transitions": [[0, 1, 0], [0, 0, 1], [0, 0, 0]]}


@pytest.mark.oracle
def test_holm_as_published():
    """Bretz, Maurer, Brannath & Posch (2009), Stat Med 28:586-604, figure 4 and section 3.1."""
    adjusted = graphical_p_values([0.02, 0.055, 0.012], **holm(3))
    assert adjusted.tolist() == approx([0.04, 0.055, 0.036], rel=1e-9)
    levels = graphical_levels([0.02, 0.055, 0.012], alpha=0.05, **holm(3))
    assert levels.tolist() == approx([0.05 / 2, 0.05, 0.05 / 3], rel=1e-9)


@pytest.mark.oracle
def test_truncated_holm_as_published():
    """Bretz and others (2011), Biom J 53:894-913, section 4.1, printed to three decimals."""
    adjusted = graphical_p_values([0.0121, 0.0337, 0.0084, 0.0160], **TRUNCATED_HOLM)
    assert [f"{p:.3f}" for p in adjusted] == ["0.024", "0.045", "0.045", "0.045"]


@pytest.mark.oracle
@pytest.mark.parametrize("least", [1e-6, 1e-9])
def test_holm_as_gatekeeper_as_published(least):
    """Bretz and others (2009), figures 9 and 10: all are rejected at 0.05, H3 at 0.04, by edges of next to nothing."""
    transitions = [
        [0, 1, 0, 0],
        [1 - least, 0, 0.8 * least, 0.2 * least],
        [0, 0, 0, 1],
        [0, 0, 1, 0],
    ]
    graph = {"weights": [0.5, 0.5, 0, 0], "transitions": transitions}
    adjusted = graphical_p_values([0.04, 0.01, 0.03, 0.04], **graph)
    assert (adjusted <= 0.05).all()
    levels = graphical_levels([0.04, 0.01, 0.03, 0.04], alpha=0.05, **graph)
    assert levels.tolist() == approx([0.05, 0.025, 0.04, 0.05], rel=1e-5)


@pytest.mark.by_hand
def test_fallback():
    """0.02/0.5; then 0.03 / (0.3 + 0.5) is less, and 0.06 / 1 the last."""
    adjusted = graphical_p_values([0.02, 0.03, 0.06], **FALLBACK)
    assert adjusted.tolist() == approx([0.04, 0.04, 0.06])
    assert graphical_levels([0.02, 0.03, 0.06], alpha=0.05, **FALLBACK).tolist() == approx([0.025, 0.04, 0.05])


@pytest.mark.by_hand
def test_in_fallback_a_later_hypothesis_keeps_its_own_share():
    """The second has 0.01/0.3 at once, and passes its share to the third: 0.024 / (0.2 + 0.3); the first has 0.5."""
    adjusted = graphical_p_values([0.4, 0.01, 0.024], **FALLBACK)
    assert adjusted.tolist() == approx([0.8, 0.01 / 0.3, 0.048])
    assert graphical_levels([0.4, 0.01, 0.024], alpha=0.05, **FALLBACK).tolist() == approx([0.025, 0.015, 0.025])


@pytest.mark.by_hand
def test_without_a_share_nothing_is_rejected():
    """The second waits for the first; of the third, whom nobody passes anything, even 0 is not small enough."""
    graph = {"weights": [1, 0, 0], "transitions": [[0, 1, 0], [0, 0, 0], [0, 0, 0]]}
    assert graphical_p_values([0.03, 0.01, 0], **graph).tolist() == approx([0.03, 0.03, 1])
    assert graphical_levels([0.03, 0.01, 0], alpha=0.025, **graph).tolist() == approx([0.025, 0, 0])


@pytest.mark.by_hand
def test_a_test_that_is_not_estimable_passes_nothing_on():
    """The first begins with everything, and keeps it."""
    assert graphical_p_values([nan, 0.01], **fixed_sequence(2)).tolist() == approx([nan, 1])
    assert graphical_p_values([0.01, nan], **fixed_sequence(2)).tolist() == approx([0.01, nan])
    assert graphical_levels([nan, 0.01], alpha=0.025, **fixed_sequence(2)).tolist() == approx([0.025, 0])


@pytest.mark.independent
@pytest.mark.parametrize("seed", range(60))
def test_the_closed_test_by_brute_force_says_the_same(seed):
    p_values, graph = random_graph(seed)
    assert graphical_p_values(p_values, **graph).tolist() == approx(closed_test(p_values, **graph), rel=1e-9)


@pytest.mark.independent
@pytest.mark.parametrize("size", [2, 3, 4])
def test_all_that_a_cycle_passes_round_comes_back(size):
    """Each passes everything to the next, and the last to the first: once all but one are rejected, it has all."""
    graph = {"weights": [1 / size] * size, "transitions": np.roll(np.eye(size), 1, axis=1).tolist()}
    p_values = np.linspace(0.001, 0.01, size)
    assert graphical_p_values(p_values, **graph).tolist() == approx(closed_test(p_values, **graph), rel=1e-9)
    assert graphical_levels(p_values, alpha=0.05, **graph)[-1] == approx(0.05)


@pytest.mark.invariant
@pytest.mark.parametrize("seed", range(20))
def test_holm_and_a_fixed_sequence_are_graphs(seed):
    p_values = np.random.default_rng(seed).beta(0.5, 3, 1 + seed % 6)
    for procedure, graph in {"holm": holm, "fixed-sequence": fixed_sequence}.items():
        expected = adjusted_p_values(p_values, procedure=procedure).tolist()
        assert graphical_p_values(p_values, **graph(len(p_values))).tolist() == approx(expected, rel=1e-9)


@pytest.mark.invariant
@pytest.mark.parametrize("seed", range(40))
def test_a_hypothesis_is_rejected_where_its_p_value_is_within_its_level(seed):
    p_values, graph = random_graph(seed)
    adjusted = graphical_p_values(p_values, **graph)
    for alpha in (0.01, 0.05, 0.2):
        levels = graphical_levels(p_values, alpha=alpha, **graph)
        assert ((p_values <= levels) == (adjusted <= alpha)).all()
        assert levels[adjusted > alpha].sum() <= alpha * (1 + 1e-9)


@pytest.mark.invariant
@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_the_hypotheses_does_not_matter(seed):
    p_values, graph = random_graph(seed)
    order = np.random.default_rng(seed).permutation(len(p_values))
    weights, transitions = np.array(graph["weights"]), np.array(graph["transitions"])
    shuffled = graphical_p_values(p_values[order], weights=weights[order], transitions=transitions[order][:, order])
    assert shuffled.tolist() == approx(graphical_p_values(p_values, **graph)[order].tolist(), rel=1e-9)


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("weights", "transitions", "told"),
    [
        ([0.5], [[0, 1], [1, 0]], "weights has shape (1,): give one for each of the 2 P values."),
        ([0.5, 0.5], [[0, 1]], "transitions has shape (1, 2): give a row and a column for each of 2 P values."),
        ([0.5, -0.5], [[0, 1], [1, 0]], "weights[1] is -0.5: a share is a number from 0 to 1."),
        ([0.5, 0.6], [[0, 1], [1, 0]], "weights sums to 1.1: shares sum to at most 1."),
        ([0.5, 0.5], [[0, nan], [1, 0]], "transitions[0][1] is nan: a share is a number from 0 to 1."),
        ([0.5, 0.5], [[0.5, 0.6], [1, 0]], "transitions[0] sums to 1.1: shares sum to at most 1."),
        ([0.5, 0.5], [[0, 1], [0.5, 0.5]], "transitions[1, 1] is 0.5: no share is passed to itself."),
    ],
)
def test_what_is_no_graph_is_refused(weights, transitions, told):
    with refused(told):
        graphical_p_values([0.01, 0.02], weights=weights, transitions=transitions)


@pytest.mark.by_hand
def test_thirds_with_ten_decimals_sum_to_one():
    graph = holm(3) | {"weights": [0.3333333334] * 3}
    assert graphical_p_values([0.02, 0.055, 0.012], **graph).tolist() == approx([0.04, 0.055, 0.036], rel=1e-8)
