"""Weighted and combined tests beside second, obvious implementations (`reference_weighted.py`)."""

import numpy as np
import pandas as pd
import pytest
import reference_weighted as reference
from expectations import approx_within
from patient_tables import random_table
from project_files import ORACLES

from smmlib import FlemingHarrington, ModestlyWeighted, maxcombo_test, weighted_logrank_test
from smmlib.stats.comparison.max_normal import max_normal_tail

pytestmark = pytest.mark.independent

NAMES = {"arm": "arm", "reference": "reference"}
SMALL = [seed for seed in range(100, 160) if len(random_table(seed)) <= 40]
WEIGHTINGS = {
    ("gehan",): "gehan",
    ("tarone-ware",): "tarone-ware",
    ("peto",): "peto",
    ("modified-peto",): "modified-peto",
    ("fleming-harrington", 0, 0): FlemingHarrington(0, 0),
    ("fleming-harrington", 1, 0): FlemingHarrington(1, 0),
    ("fleming-harrington", 0, 1): FlemingHarrington(0, 1),
    ("fleming-harrington", 1, 1): FlemingHarrington(1, 1),
    ("fleming-harrington", 0.5, 2): FlemingHarrington(0.5, 2),
    ("modest-time", 3): ModestlyWeighted(time=3),
    ("modest-survival", 0.5): ModestlyWeighted(survival=0.5),
}
COMBINATIONS = [
    [("fleming-harrington", 0, 0), ("fleming-harrington", 0, 1)],
    [("fleming-harrington", 0, 0), ("fleming-harrington", 1, 0), ("fleming-harrington", 0, 1)],
    [*(("fleming-harrington", rho, gamma) for rho in (0, 1) for gamma in (0, 1))],
    [("gehan",), ("modest-time", 3), ("gehan",)],
]


DRAWS = 2_000_000


approx = approx_within(rel=1e-9, scale=1e-14)


def columns(table):
    return {name: table[name].tolist() for name in ("time", "event", "in_arm")}


def options(seed, table):
    """By the seed: strata, late entry, case weights, alone and together."""
    rng = np.random.default_rng(seed)
    # One day later, so that everybody can enter before leaving.
    entry = np.floor((table["time"] + 1) * rng.random(len(table))).astype(int) - 1
    chosen = {
        "strata": table["stratum"].tolist(),
        "entry": np.maximum(entry, 0).tolist(),
        "weights": rng.integers(1, 4, len(table)).tolist(),
    }
    return {name: values for bit, (name, values) in enumerate(chosen.items()) if seed >> bit & 1}


def drawn(seed):
    """Arguments, and the same as patients."""
    table = random_table(seed)
    given = options(seed, table)
    if "entry" in given:
        table = table.assign(time=table["time"] + 1)
    arguments = columns(table) | given
    return arguments, reference.patients(**arguments)


@pytest.mark.parametrize("seed", SMALL)
def test_weighted_tests(seed):
    arguments, patients = drawn(seed)
    for name, weighting in WEIGHTINGS.items():
        test = weighted_logrank_test(**arguments, weighting=weighting, **NAMES)
        if name[0].startswith("modest") and unbounded(name, patients):
            continue
        assert test.statistic == approx(reference.chi_square(patients, name)), name


def unbounded(name, patients):
    """Whether a modest weight divides by zero: with late entry only, and then there is no test."""
    try:
        reference.chi_square(patients, name)
    except ZeroDivisionError:
        return True
    return False


@pytest.mark.parametrize("combination", COMBINATIONS, ids=len)
@pytest.mark.parametrize("seed", SMALL[::2])
def test_maxcombo(seed, combination):
    arguments, patients = drawn(seed)
    if any(unbounded(name, patients) for name in combination):
        return
    weightings = [WEIGHTINGS[name] for name in combination]
    test = maxcombo_test(**arguments, weightings=weightings, seed=seed, **NAMES)
    largest, correlation = reference.largest_z_and_correlation(patients, combination)
    assert test.statistic == approx(largest)
    if largest > 0:
        expected, error = reference.tail_by_directions(largest, correlation)
        assert test.p_value == approx(expected, rel=error)


@pytest.mark.parametrize("strata", [None, "GENDER"])
def test_maxcombo_of_heart_attacks_by_two_integrals(strata):
    """A grid of directions, and two million random points."""
    rows = pd.read_csv(ORACLES / "whas500.csv")
    given = [rows[name].tolist() for name in ("LENFOL", "FSTAT", "AFB")]
    stratum = rows[strata].tolist() if strata else None
    names = COMBINATIONS[2]
    test = maxcombo_test(*given, weightings=[WEIGHTINGS[name] for name in names], seed=1, strata=stratum, **NAMES)
    size, correlation = reference.largest_z_and_correlation(reference.patients(*given, stratum), names)
    assert test.statistic == approx(size)
    expected, error = reference.tail_by_directions(size, correlation)
    assert test.p_value == approx(expected, rel=error)
    assert test.p_value == pytest.approx(share_beyond(size, correlation, DRAWS), abs=4 * np.sqrt(expected / DRAWS))


def share_beyond(size, correlation, draws):
    rng = np.random.default_rng(20)
    variances, axes = np.linalg.eigh(correlation)
    normals = axes * np.sqrt(np.maximum(variances, 0))
    beyond = 0
    for _ in range(10):
        beyond += (np.abs(normals @ rng.standard_normal((len(correlation), draws // 10))).max(axis=0) >= size).sum()
    return beyond / draws


# ---- the largest of correlated normals


@pytest.mark.parametrize("size", [0.01, 0.7, 1.96, 3.3, 6, 9])
@pytest.mark.parametrize("correlation", [-0.999999, -0.9, -0.3, 0, 0.5, 0.98, 0.9999])
def test_largest_of_two_normals(size, correlation):
    ours = max_normal_tail(size, [[1, correlation], [correlation, 1]], 1)
    assert ours == approx(reference.tail_of_two(size, correlation), rel=1e-10)


def correlation_of(variables, rank, seed):
    """Of random directions, not far from each other in every second case."""
    rng = np.random.default_rng(seed)
    directions = rng.normal(size=(variables, rank)) + 2 * (seed % 2)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    correlation = directions @ directions.T
    np.fill_diagonal(correlation, 1)
    return correlation


@pytest.mark.parametrize("size", [0.2, 1.5, 3.3, 6])
@pytest.mark.parametrize("seed", [0, 1, 2, 3])
@pytest.mark.parametrize(("variables", "rank"), [(3, 2), (6, 2), (3, 3), (4, 3), (6, 3)])
def test_largest_of_normals_of_rank_two_and_three(size, seed, variables, rank):
    correlation = correlation_of(variables, rank, seed)
    expected, error = reference.tail_by_directions(size, correlation)
    assert max_normal_tail(size, correlation, 1) == approx(expected, rel=error)


@pytest.mark.parametrize("size", [0.2, 1.5, 3.3])
@pytest.mark.parametrize("variables", [4, 5])
def test_largest_of_normals_of_rank_four(size, variables):
    correlation = correlation_of(variables, 4, 1)
    expected, error = reference.tail_by_directions(size, correlation)
    for seed in (1, 2):
        assert max_normal_tail(size, correlation, seed) == approx(expected, rel=error)


def test_seed_decides_where_the_rank_is_four():
    correlation = correlation_of(5, 4, 1)
    first, second, other = (max_normal_tail(1.5, correlation, seed) for seed in (1, 1, 2))
    assert first == second != other
