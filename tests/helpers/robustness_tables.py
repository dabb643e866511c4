"""Random patients with times of response and ends of follow-up, with every awkwardness.

Those of `patient_tables.random_table`, which says more, in whole days.
"""

import numpy as np
from patient_tables import random_table


def table_with_responses(seed):
    """Responses before, at and after the end of observation, at time 0 and never; half of them on whole days."""
    table = random_table(seed)
    rng = np.random.default_rng([seed, 1])
    response = np.floor(rng.random(len(table)) * (table["time"].to_numpy() + 2) * 2) / (1 + seed % 2)
    response[rng.random(len(table)) < 0.2] = 0
    response[rng.random(len(table)) < 0.4] = np.nan
    return table.assign(response_time=response)


def table_with_follow_up(seed):
    """An end of follow-up for each patient: at the time of censoring, or later."""
    table = random_table(seed)
    rng = np.random.default_rng([seed, 2])
    longer = rng.integers(0, table["time"].max() + 2, len(table)) * (rng.random(len(table)) < 0.8)
    return table.assign(followed_until=table["time"] + longer)


def tables_to_impute(seeds, largest=40):
    """Those of the seeds, by seed, with two patients to impute or more and an event in each arm, and not too large."""
    tables = {seed: table_with_follow_up(seed) for seed in seeds}
    return {seed: table for seed, table in tables.items() if len(table) <= largest and _worth(table)}


def _worth(table):
    early = (table["in_arm"] == 1) & (table["event"] == 0) & (table["time"] < table["followed_until"])
    return early.sum() >= 2 and table.groupby("in_arm")["event"].sum().min() >= 1
