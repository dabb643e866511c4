"""Patients of several groups with scores: public ones that lifelines ships, and random ones with ties and strata."""

import lifelines.datasets
import numpy as np
import pandas as pd

GROUPS = "abcdef"


def group_table(time, event, group, stratum):
    """A row a patient; the score of a group is the square of its place, so that no other score is a multiple of it."""
    frame = pd.DataFrame({"time": time, "event": event, "group": group, "stratum": stratum}).dropna()
    frame = frame.astype({"time": float, "event": int, "group": str, "stratum": str}).reset_index(drop=True)
    scores = {name: float(place**2) for place, name in enumerate(sorted(set(frame["group"])))}
    return frame.assign(score=frame["group"].map(scores))


def public_group_tables():
    """Four stages of cancer of the larynx, three grades of breast cancer, performance status in lung cancer."""
    larynx, breast = lifelines.datasets.load_larynx(), lifelines.datasets.load_gbsg2()
    lung = lifelines.datasets.load_lung()
    stage = 1 + larynx["Stage_II"] + 2 * larynx["Stage_III"] + 3 * larynx["Stage_IV"]
    return {
        "larynx": group_table(larynx["time"], larynx["death"], stage, larynx["age"] > 65),
        "gbsg2": group_table(breast["time"], breast["cens"], breast["tgrade"], breast["menostat"]),
        "lung": group_table(lung["time"], lung["status"], lung["ph.ecog"], lung["sex"]),
    }


def random_groups(seed):
    """Whole days with many ties, three to six groups of unequal size, up to three strata."""
    rng = np.random.default_rng(seed)
    groups, size = 3 + seed % 4, int(rng.choice([6, 12, 40, 150]))
    group = rng.choice(list(GROUPS[:groups]), size, p=rng.dirichlet(np.full(groups, 2.0)))
    group[:groups] = list(GROUPS[:groups])
    time, event = rng.integers(0, rng.choice([5, 30, 1000]), size), rng.random(size) < rng.choice([0.3, 0.7, 1.0])
    return group_table(time, event, group, rng.integers(0, 1 + seed % 3, size))


def late_groups(seed):
    """The same a day later, each patient under observation from some whole day before the end."""
    rows, rng = random_groups(seed), np.random.default_rng(seed)
    rows["time"] += 1
    return rows.assign(entry=np.floor(rows["time"] * rng.random(len(rows))))


def arguments_of(table, form):
    """What a verb is called with, and the scores of the groups."""
    chosen = {"strata": table["stratum"]} if form == "stratified" else {}
    chosen |= {"entry": table["entry"]} if "entry" in table else {}
    scores = table.drop_duplicates("group").set_index("group")["score"].to_dict()
    return {name: table[name] for name in ("time", "event", "group")} | chosen, scores
