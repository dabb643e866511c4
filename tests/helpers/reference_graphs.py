"""Graphs of hypotheses for tests: published ones, random ones, and the closed test that each is short for."""

from itertools import combinations

import numpy as np

TRUNCATED_HOLM = {
    "weights": [0.5, 0.5, 0, 0],
    "transitions": [[0, 0.5, 0.25, 0.25], [0.5, 0, 0.25, 0.25], [0, 0, 0, 1], [0, 0, 1, 0]],
}
"""Two primary hypotheses by a truncated Holm procedure, then two secondary ones by Holm: Bretz and others (2011),
Biom J 53:894-913, section 4.1, with a truncation parameter of 0.5."""


def holm(size):
    """Holm's procedure as a graph."""
    to_the_others = (1 - np.eye(size)) / max(size - 1, 1)
    return {"weights": [1 / size] * size, "transitions": to_the_others.tolist()}


def fixed_sequence(size):
    """A fixed sequence as a graph: all of the level to the first, and from each to the next."""
    return {"weights": [1.0] + [0.0] * (size - 1), "transitions": np.eye(size, k=1).tolist()}


def random_graph(seed):
    """Two to five hypotheses; some without a share, some that pass little or nothing on; and their P values."""
    rng = np.random.default_rng(seed)
    size = 2 + seed % 4
    weights = rng.dirichlet(np.ones(size)) * (rng.random(size) < 0.7)
    transitions = rng.dirichlet(np.ones(size), size) * (rng.random((size, size)) < 0.7)
    np.fill_diagonal(transitions, 0)
    if seed % 3:  # rows that pass everything on
        total = transitions.sum(axis=1, keepdims=True)
        transitions = np.divide(transitions, total, out=np.zeros_like(transitions), where=total > 0)
    p_values = rng.beta(0.5, 6, size)
    return p_values, {"weights": weights.tolist(), "transitions": transitions.tolist()}


def closed_test(p_values, weights, transitions):
    """Adjusted P values by testing every intersection of hypotheses by Bonferroni, with the weights of the graph.

    That of a hypothesis is the largest of the intersections that it is part of.
    """
    size = len(p_values)
    adjusted = [0.0] * size
    for count in range(1, size + 1):
        for members in combinations(range(size), count):
            shares = _shares(members, weights, transitions)
            of_all = min((p_values[one] / shares[one] for one in members if shares[one] > 0), default=1.0)
            for one in members:
                adjusted[one] = max(adjusted[one], min(of_all, 1.0))
    return adjusted


def _shares(members, weights, transitions):
    """Shares of an intersection: the others are taken out of the graph, edge by edge, in falling order."""
    shares = dict(enumerate(weights))
    edges = {(i, j): part for i, row in enumerate(transitions) for j, part in enumerate(row)}
    left = set(shares)
    for gone in sorted(left - set(members), reverse=True):
        left.remove(gone)
        new = {}
        for i in left:
            shares[i] += shares[gone] * edges[gone, i]
            for j in left:
                loop = edges[i, gone] * edges[gone, i]
                is_edge = i != j and loop < 1 - 1e-12
                new[i, j] = (edges[i, j] + edges[i, gone] * edges[gone, j]) / (1 - loop) if is_edge else 0.0
        edges = new
    return shares
