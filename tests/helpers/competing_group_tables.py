"""Random patients of several groups with competing risks: whole days with many ties, unequal groups, strata."""

import numpy as np
import pandas as pd

GROUPS = "abcde"
SIZES = (6, 9, 15, 30, 60, 150, 400)


def random_competing_groups(seed):
    """Three to five groups and up to three causes and strata; in some the cause is in one group alone, or in none."""
    rng = np.random.default_rng(seed)
    groups, size = 3 + seed % 3, SIZES[seed % len(SIZES)]
    group = rng.choice(list(GROUPS[:groups]), size, p=rng.dirichlet(np.full(groups, 3.0)))
    group[:groups] = list(GROUPS[:groups])
    time = rng.integers(0, rng.choice([4, 15, 60, 1000]), size)
    cause = np.where(rng.random(size) < rng.choice([0.3, 0.7, 1.0]), rng.integers(1, 3 + seed % 2, size), 0)
    if seed % 11 == 3:
        cause = np.where((cause == 1) & (group != "a"), 2, cause)
    if seed % 11 == 7:
        cause = np.where(cause == 1, 0, cause)
    frame = pd.DataFrame({"time": time, "cause": cause, "group": group, "stratum": rng.integers(0, 1 + seed % 3, size)})
    return frame.astype({"time": float, "stratum": str})


def gray_arguments(table, form):
    """What the test of several groups is called with, but for the cause."""
    strata = {"strata": table["stratum"]} if form == "stratified" else {}
    return {name: table[name] for name in ("time", "cause", "group")} | strata
