"""Adjusted P values, the graphical procedure and one-sided log-rank tests beside R, to 1e-8 relative.

One-sided P values near 1 are 1 less the small one here, and the normal tail of the other side in R.
"""

import numpy as np
import pandas as pd
import pytest
from patient_tables import public_tables, random_table
from r_program import Agreement, r_is_here, run_r, stacked
from reference_graphs import random_graph
from skip_reasons import R_IS_MISSING

from smmlib import adjusted_p_values, graphical_p_values, one_sided_logrank_test

pytestmark = pytest.mark.other_package

NAMES = {"arm": "arm", "reference": "reference"}


def p_values_of(seed):
    """Of one to twelve hypotheses, some of them equal, some tiny, some 1."""
    rng = np.random.default_rng(seed)
    p_values = rng.beta(0.4, 1.5, 1 + seed % 12)
    p_values[rng.random(len(p_values)) < 0.2] = rng.choice([0.0, 0.025, 1.0, 1e-12])
    return p_values


def graph_of(seed):
    """A random graph as R reads it, a row a hypothesis."""
    p_values, graph = random_graph(seed)
    to = {f"to_{place}": column for place, column in enumerate(zip(*graph["transitions"], strict=True), start=1)}
    return pd.DataFrame({"p_value": p_values, "weight": graph["weights"], **to})


@pytest.fixture(scope="module")
def beside(tmp_path_factory):
    if not r_is_here():
        pytest.skip(R_IS_MISSING)
    p_values = {f"p {seed}": pd.DataFrame({"p_value": p_values_of(seed)}) for seed in range(60)}
    patients = public_tables() | {f"random {seed}": random_table(seed) for seed in range(60)}
    folder = tmp_path_factory.mktemp("r")
    graphs = stacked({f"graph {seed}": graph_of(seed) for seed in range(100, 160)})
    results = run_r("multiple_testing", folder, p_values=stacked(p_values), rows=stacked(patients), graphs=graphs)
    return p_values, patients, results


def test_adjusted_p_values(beside):
    p_values, _, results = beside
    agreement = Agreement()
    for (name, procedure, _), rows in results.items():
        if procedure not in ("one_sided", "graph"):
            ours = adjusted_p_values(p_values[name]["p_value"], procedure=procedure)
            agreement.add(f"{name} {procedure}", ours, rows["p_value"])
    assert agreement.compared > 1000
    agreement.check()


def test_graphical_p_values(beside):
    _, _, results = beside
    agreement = Agreement()
    for (name, what, _), rows in results.items():
        if what == "graph":
            p_values, graph = random_graph(int(name.removeprefix("graph ")))
            agreement.add(name, graphical_p_values(p_values, **graph), rows["p_value"])
    assert agreement.compared > 200
    agreement.check()


def test_one_sided_logrank_test(beside):
    _, patients, results = beside
    agreement = Agreement()
    for (name, what, form), rows in results.items():
        if what != "one_sided":
            continue
        table = patients[name]
        options = {"strata": table["stratum"]} if form == "stratified" else {}
        for alternative in ("less", "greater"):
            ours = one_sided_logrank_test(
                table["time"], table["event"], table["in_arm"], alternative=alternative, **options, **NAMES
            )
            agreement.add(f"{name} {form} {alternative}", ours.p_value, rows[alternative].iloc[0])
    assert agreement.compared > 150
    agreement.check()
