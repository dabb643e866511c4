"""Real patients of trials.csv: times and events by trial and arm."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

TABLE = Path(__file__).parent / "trials.csv"


@dataclass(frozen=True, eq=False)
class Arm:
    """The patients of one arm: time in the table's unit, event 1 = observed, both shape (n,)."""

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
    return {trial: tuple(_arm(name, found) for name, found in arms.items()) for trial, arms in rows.items()}


def _arm(name, rows):
    return Arm(name, np.array([float(row["time"]) for row in rows]), np.array([int(row["event"]) for row in rows]))
