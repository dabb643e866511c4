"""Interval-censored patients to compare programs on: public ones, and random ones with every awkwardness.

Each is a DataFrame with the columns left, right and in_arm. The event lies in (left, right]; right is infinite where it
was not seen, and equal to left where its time is known.
"""

import json

import lifelines.datasets
import numpy as np
import pandas as pd
from project_files import ORACLES

DAYS_A_MONTH = 365.25 / 12
SIZES = (2, 3, 5, 8, 12, 20, 40, 80)
COSMESIS = json.loads((ORACLES / "interval.json").read_text())["cosmesis"]


def _table(left, right, in_arm):
    return pd.DataFrame(
        {"left": np.asarray(left, float), "right": np.asarray(right, float), "in_arm": np.asarray(in_arm, int)}
    )


def cosmesis():
    """Cosmetic deterioration after radiotherapy, with chemotherapy (the arm) and without."""
    arms = COSMESIS["arms"]
    parts = [(bounds, arm == "RadChem") for arm in ("Rad", "RadChem") for bounds in arms[arm]]
    right = [np.inf if bounds[1] is None else bounds[1] for bounds, _ in parts]
    return _table([bounds[0] for bounds, _ in parts], right, [in_arm for _, in_arm in parts])


def public_tables():
    """Real patients, and mice."""
    diabetes, mice = lifelines.datasets.load_diabetes(), lifelines.datasets.load_mice()
    return {
        "cosmesis": cosmesis(),
        "diabetes": _table(diabetes["left"], diabetes["right"], diabetes["gender"] == "female"),
        "mice": _table(mice["l"], mice["u"], mice["grp"] == "ge"),
    }


def random_table(seed):
    """Visits on whole days with many ties, unequal arms; exact, right-censored and left-censored ones by turns."""
    rng = np.random.default_rng(seed)
    size, latest = SIZES[seed % len(SIZES)], rng.choice([3, 8, 30, 1000])
    ends = np.sort(rng.integers(0, latest, (size, 2)), axis=1).astype(float)
    left, right = ends[:, 0], ends[:, 1] + (ends[:, 0] == ends[:, 1])
    left[rng.random(size) < rng.choice([0.0, 0.3])] = 0
    exact = rng.random(size) < rng.choice([0.0, 0.3])
    left[exact] = right[exact]
    if seed % 8 == 7:
        left = right.copy()
    unseen = rng.random(size) < rng.choice([0.0, 0.2, 0.6])
    unseen[0] = False
    in_arm = rng.random(size) < rng.choice([0.3, 0.5])
    in_arm[:2] = True, False
    return _table(left, np.where(unseen, np.inf, right), in_arm)


def random_tables(number):
    return {f"random {seed}": random_table(seed) for seed in range(number)}


def in_months(table, seed):
    """The same patients in months, made badly: as differences of divided days, so that ties are broken."""
    start = np.random.default_rng(seed).integers(0, 2000, len(table))
    shifted = {end: (table[end] + start) / DAYS_A_MONTH - start / DAYS_A_MONTH for end in ("left", "right")}
    return table.assign(**{end: np.maximum(values, 0) for end, values in shifted.items()})


def columns(table):
    """Left, right and arm of each patient."""
    return tuple(table[name].to_numpy() for name in ("left", "right", "in_arm"))
