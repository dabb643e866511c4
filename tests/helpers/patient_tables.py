"""Patient tables to compare programs on: public ones that lifelines ships, and random ones with every awkwardness.

Each is a DataFrame with the columns time, event, in_arm and stratum (text).
"""

import lifelines.datasets
import numpy as np
import pandas as pd

DAYS_A_MONTH = 365.25 / 12
SIZES = (2, 3, 5, 8, 12, 20, 40, 80, 200)


def _table(time, event, in_arm, stratum):
    columns = {"time": time, "event": event, "in_arm": in_arm, "stratum": stratum}
    frame = pd.DataFrame({name: np.asarray(values) for name, values in columns.items()}).dropna()
    numbers = {"time": float, "event": int, "in_arm": int, "stratum": str}
    return frame.astype(numbers).reset_index(drop=True)


def public_tables():
    """Real patients (and two of flies and prisoners) from lifelines."""
    leukemia = lifelines.datasets.load_leukemia()
    waltons = lifelines.datasets.load_waltons()
    rossi = lifelines.datasets.load_rossi()
    lung = lifelines.datasets.load_lung()
    breast = lifelines.datasets.load_gbsg2()
    larynx = lifelines.datasets.load_larynx()
    transplants = lifelines.datasets.load_kidney_transplant()
    return {
        "leukemia": _table(leukemia["t"], leukemia["status"], leukemia["Rx"], leukemia["sex"]),
        "waltons": _table(waltons["T"], waltons["E"], waltons["group"] == "miR-137", np.zeros(len(waltons))),
        "rossi": _table(rossi["week"], rossi["arrest"], rossi["fin"], rossi["race"]),
        "lung": _table(lung["time"], lung["status"], lung["sex"] == 2, lung["ph.ecog"]),
        "gbsg2": _table(breast["time"], breast["cens"], breast["horTh"] == "yes", breast["tgrade"]),
        "larynx": _table(larynx["time"], larynx["death"], larynx["Stage_III"], larynx["age"] > 65),
        "kidney transplant": _table(
            transplants["time"], transplants["death"], transplants["black_male"], transplants["age"] > 50
        ),
    }


def random_table(seed):
    """Whole days with many ties, unequal arms, up to four strata; every fifth one odd in its events."""
    rng = np.random.default_rng(seed)
    size = SIZES[seed % len(SIZES)]
    in_arm = rng.random(size) < rng.choice([0.2, 0.5, 0.8])
    in_arm[:2] = True, False
    time = rng.integers(0, rng.choice([3, 10, 40, 1000]), size)
    event = _odd_events(seed, rng.random(size) < rng.choice([0.2, 0.6, 1.0]), in_arm)
    return _table(time, event, in_arm, rng.integers(0, 1 + seed % 4, size))


def _odd_events(seed, event, in_arm):
    """Events of one arm alone, one event, none; or as they are."""
    if seed % 15 == 0:
        return event & in_arm
    if seed % 15 == 5:
        return np.arange(len(event)) == len(event) // 2
    if seed % 15 == 10:
        return event & False
    return event


def in_months(table, seed):
    """The same patients with times in months, made badly: as differences of divided days, so that ties are broken."""
    start = np.random.default_rng(seed).integers(0, 2000, len(table))
    return table.assign(time=(table["time"] + start) / DAYS_A_MONTH - start / DAYS_A_MONTH)


def with_late_entry(table, seed):
    """The same patients a day later, each under observation from some whole day before the end, some from day 0."""
    rng = np.random.default_rng(seed)
    time = table["time"] + 1
    entry = np.floor(time * rng.random(len(table)) * rng.choice([0.0, 1.0], len(table)))
    return table.assign(time=time, entry=entry)


def with_case_weights(table, seed):
    """The same patients, each row standing for one to four of them."""
    return table.assign(weight=np.random.default_rng(seed).integers(1, 5, len(table)))
