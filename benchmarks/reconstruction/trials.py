"""Real patients of trials.csv: times and events by trial and arm, in the unit of a published figure."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

TABLE = Path(__file__).parent / "trials.csv"
# Nobody prints days under a curve: what was counted in days is drawn in months.
IN_DAYS = ["actg175", "cgd", "colon", "gbsg", "kidney", "lung", "ovarian", "pbc", "transplant", "veteran", "whas500"]
DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True, eq=False)
class Arm:
    """The patients of one arm: time in the unit of the figure, event 1 = observed, both shape (n,)."""

    name: str
    time: np.ndarray
    event: np.ndarray

    @property
    def patients(self):
        return len(self.time)

    @property
    def events(self):
        return int(self.event.sum())


def read_trials(names=None):
    """Both arms of each trial, as {trial: (Arm, Arm)}, in alphabetical order; of the named trials only, if given."""
    rows = {}
    with TABLE.open(newline="") as lines:
        for row in csv.DictReader(lines):
            if names is None or row["trial"] in names:
                rows.setdefault(row["trial"], {}).setdefault(row["arm"], []).append(row)
    return {trial: tuple(_arm(trial, name, found) for name, found in arms.items()) for trial, arms in rows.items()}


def _arm(trial, name, rows):
    time, event = (np.array([float(row[column]) for row in rows]) for column in ("time", "event"))
    return Arm(name, time / DAYS_A_MONTH if trial in IN_DAYS else time, event.astype(int))
