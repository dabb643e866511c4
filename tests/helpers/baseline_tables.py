"""Measurements and categories of two arms: few and many, tied and missing, levels that an arm does not have."""

import numpy as np
import pandas as pd

SIZES = [(2, 2), (3, 5), (7, 4), (20, 21), (58, 63), (150, 301)]


def measurements():
    """Tables by name, with the columns `arm` (1 is the arm, 0 the reference) and `value`, NaN where missing."""
    tables = {}
    for seed, sizes in enumerate(SIZES):
        random = np.random.default_rng(seed)
        arm = np.repeat([1, 0], sizes)
        for name, value in (
            ("normal", random.normal(60, 11, len(arm))),
            ("whole", random.integers(0, 6, len(arm)).astype(float)),
            ("change", random.normal(0, 1e-3, len(arm))),
            ("large", 1e4 + random.normal(0, 1, len(arm))),
        ):
            tables[f"{name} {sizes}"] = pd.DataFrame({"arm": arm, "value": value})
        if min(sizes) > 3:
            value = np.where(random.random(len(arm)) < 0.1, np.nan, random.lognormal(3, 1, len(arm)))
            tables[f"missing {sizes}"] = pd.DataFrame({"arm": arm, "value": value})
    return tables


def categories():
    """Tables by name, a row a level, with the columns `patients` and `reference_patients`; some levels are empty."""
    tables = {}
    for seed in range(40):
        random = np.random.default_rng(seed)
        levels = int(random.integers(2, 7))
        counts = random.integers(0, 30, (2, levels))
        counts[:, 0] += 1
        counts[:, -1] += random.integers(0, 2, 2)
        tables[f"{levels} levels, seed {seed}"] = pd.DataFrame(counts.T, columns=["patients", "reference_patients"])
    return tables
