"""Random patients with competing risks, with every awkwardness, to compare programs on.

Each table is a DataFrame with the columns time, cause, in_arm, stratum (text) and entry.
"""

import numpy as np
import pandas as pd

SIZES = (2, 3, 5, 8, 12, 20, 40, 80, 200, 500)


def random_competing(seed):
    """Whole days with many ties, unequal arms, up to three causes and four strata; some odd in their causes."""
    rng = np.random.default_rng(seed)
    size = SIZES[seed % len(SIZES)]
    in_arm = rng.random(size) < rng.choice([0.2, 0.5, 0.8])
    in_arm[:2] = True, False
    time = rng.integers(0, rng.choice([3, 10, 40, 1000]), size)
    causes = rng.integers(1, 4)
    cause = np.where(rng.random(size) < rng.choice([0.3, 0.7, 1.0]), rng.integers(1, causes + 1, size), 0)
    frame = {"time": time, "cause": _odd_causes(seed, cause, in_arm), "in_arm": in_arm}
    frame |= {"stratum": rng.integers(0, 1 + seed % 4, size), "entry": np.nan}
    return pd.DataFrame(frame).astype({"time": float, "in_arm": int, "stratum": str})


def _odd_causes(seed, cause, in_arm):
    """The cause in one arm alone, one event of it, none of it, no event at all, one time of another cause; or as is."""
    if seed % 17 == 0:
        return np.where((cause == 1) & ~in_arm, 2, cause)
    if seed % 17 == 5:
        return np.where(cause == 1, 0, cause) + (np.arange(len(cause)) == len(cause) // 2) * (cause <= 1)
    if seed % 17 == 8:
        return np.where(cause == 1, 2, cause)
    if seed % 17 == 11:
        return 0 * cause
    return cause


def with_late_entry(seed):
    """The same, each patient coming under observation some days before the end, a third of them at the start."""
    rng = np.random.default_rng(1000 + seed)
    table = random_competing(seed)
    table["time"] += 1
    came = np.floor(table["time"] * rng.random(len(table)))
    return table.assign(entry=np.where(rng.random(len(table)) < 1 / 3, 0.0, came))


def two_groups(reference, arm):
    """A table of the (time, cause) of the patients of both arms, in one stratum."""
    time, cause = zip(*reference, *arm, strict=True)
    in_arm = [0] * len(reference) + [1] * len(arm)
    frame = pd.DataFrame({"time": time, "cause": cause, "in_arm": in_arm, "stratum": "0", "entry": np.nan})
    return frame.astype({"time": float})


def columns(table):
    """Times, causes and arms as lists."""
    return tuple(table[name].tolist() for name in ("time", "cause", "in_arm"))


def small(seeds, most=40):
    """Seeds whose tables are small enough for loops over fractions."""
    return [seed for seed in seeds if len(random_competing(seed)) <= most]
