"""Patients with covariates, strata and late entry, with every awkwardness, to compare programs on.

Each table is a DataFrame with the columns time, event, in_arm, stratum (text), entry, x (continuous), w (whole) and
cluster.
"""

import numpy as np
import pandas as pd
from patient_tables import DAYS_A_MONTH, public_tables

SIZES = (3, 5, 8, 12, 20, 30, 50, 80, 150, 200)
WHOLE = ["event", "in_arm", "w", "cluster"]


def random_cox_table(seed):
    """Whole days with many ties, hazards that depend on all covariates; every fourth table odd in its events."""
    rng = np.random.default_rng(5000 + seed)
    size = SIZES[seed % len(SIZES)]
    in_arm = rng.random(size) < rng.choice([0.2, 0.5, 0.8])
    in_arm[:2] = True, False
    x, w = rng.normal(rng.choice([0, 60]), rng.choice([0.1, 1, 10]), size), rng.integers(0, 4, size)
    hazard = np.exp(0.7 * in_arm + 0.4 * (x - x.mean()) / x.std() - 0.2 * w)
    time = np.ceil(rng.choice([3, 10, 40, 1000]) * rng.exponential(1 / hazard) + 1e-9)
    event = rng.random(size) < rng.choice([0.3, 0.7, 1.0])
    stratum = rng.integers(0, 1 + seed % 4, size)
    if seed % 20 == 0:  # a stratum of one arm, and one without events
        stratum = np.where(in_arm, np.maximum(stratum, 1), stratum)
        event &= stratum != 2
    frame = {"time": time, "event": _odd_events(seed, event, in_arm, time), "in_arm": in_arm, "stratum": stratum}
    came = np.where(rng.random(size) < 0.4, 0, np.floor(time * rng.random(size)))
    frame |= {"entry": came, "x": x, "w": w, "cluster": rng.integers(0, max(2, size // 3), size)}
    return _typed(frame)


def _odd_events(seed, event, in_arm, time):
    """One event, all at one time, or of one arm alone; or as they are."""
    if seed % 20 == 5:
        return np.arange(len(event)) == len(event) // 2
    if seed % 20 == 10:
        return time == np.median(time[time >= np.median(time)])
    if seed % 20 == 15:
        return event & in_arm
    return event


def strong_table(seed):
    """200 patients in three strata, without ties, with hazards that differ more than a thousandfold."""
    rng = np.random.default_rng(6000 + seed)
    x, w, in_arm = rng.normal(size=200), rng.integers(0, 4, 200), rng.random(200) < 0.5
    time = 1 + np.argsort(np.argsort(rng.exponential(np.exp(-(seed % 4 + 2) * x))))
    frame = {"time": time, "event": rng.random(200) < 0.9, "in_arm": in_arm, "stratum": rng.integers(0, 3, 200)}
    return _typed(frame | {"entry": np.floor(time * 0.5), "x": x, "w": w, "cluster": rng.integers(0, 30, 200)})


def separated_table(seed):
    """Few patients with few events, some with collinear covariates: more often than not hazards grow without end.

    Every second one has strata, two of three late entry.
    """
    rng = np.random.default_rng(seed)
    size, latest = int(rng.integers(2, 41)), rng.choice([3, 30, 2000])
    time = rng.integers(1, latest + 1, size)
    entry = np.array([rng.integers(0, end) for end in time])
    event, in_arm = rng.random(size) < rng.choice([0.2, 0.5, 0.9]), rng.random(size) < 0.5
    in_arm[:2] = True, False
    stratum, x, w = rng.integers(0, 2, size), rng.integers(-8, 9, size) / 4, rng.integers(0, 3, size)
    kind = rng.integers(0, 6)
    if kind == 0:
        x = in_arm * rng.choice([1.0, 0.25, -2]) + w * rng.choice([0.0, 1, 0.5, 0.1])
    if kind == 1:
        w = (w > 0) * 1
        x = (in_arm | (w > 0)) * 1.0
    if kind == 2:
        x = in_arm - 0.1 * w
    given = {"stratum": stratum if seed % 2 else 0, "entry": entry if seed % 3 else 0, "cluster": 0}
    return _typed({"time": time, "event": event, "in_arm": in_arm, "x": x, "w": w} | given)


def growing_together(seed):
    """Nobody has the event whose x is above w, so that x and w grow without end together, and against each other."""
    rng = np.random.default_rng(7000 + seed)
    w, above = rng.integers(0, 4, 80), rng.random(80) < 0.25
    in_arm = rng.random(80) < 0.2 + 0.15 * w
    time = np.ceil(40 * rng.exponential(size=80) * np.exp(-0.5 * in_arm))
    frame = {"time": time, "event": (rng.random(80) < 0.8) & ~above, "in_arm": in_arm, "x": w + above, "w": w}
    return _typed(
        frame | {"stratum": rng.integers(0, 2, 80), "entry": np.floor(time / 3), "cluster": np.arange(80) // 4}
    )


def in_broken_months(table, seed):
    """The same patients with times and entries in months, as differences of divided days, so that ties are broken."""
    start = np.random.default_rng(seed).integers(0, 2000, len(table))
    months = {name: (table[name] + start) / DAYS_A_MONTH - start / DAYS_A_MONTH for name in ("time", "entry")}
    return table.assign(**months)


def public_cox_tables():
    """The real patients of `patient_tables`, with covariates and late entry that are made up."""
    return {name: _with_covariates(table, seed) for seed, (name, table) in enumerate(public_tables().items())}


def _with_covariates(table, seed):
    rng = np.random.default_rng(seed)
    size = len(table)
    made = {"x": rng.normal(60, 10, size), "w": rng.integers(0, 4, size), "cluster": rng.integers(0, 20, size)}
    late = table[table["time"] > 0].assign(**{name: values[table["time"] > 0] for name, values in made.items()})
    return _typed(late.assign(entry=np.floor(late["time"] / 10)))


def _typed(columns):
    frame = pd.DataFrame(columns).reset_index(drop=True)
    return frame.astype({"time": float, "stratum": str, "entry": float, "x": float} | dict.fromkeys(WHOLE, int))
