"""R, run once by script on many patient tables, and its numbers read back.

`tests/oracles/survival.R` says what it computes. It needs R and its recommended package `survival`, nothing more.
"""

import csv
import functools
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd

SCRIPT = Path(__file__).parent / "oracles" / "survival.R"
COLUMNS = ["table", "time", "event", "in_arm", "stratum"]


@functools.cache
def r_is_here():
    """Whether Rscript can be run and finds the package survival."""
    if not shutil.which("Rscript"):
        return False
    return subprocess.run(["Rscript", "-e", "library(survival)"], capture_output=True, check=False).returncode == 0


def run_survival(tables, landmarks, folder):
    """R's numbers for each of the tables.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Columns time, event, in_arm, stratum.
    landmarks : mapping of str to sequence of float
        Times at which survival is asked for, by table.
    folder : Path
        For the files that pass between the two programs.

    Returns
    -------
    tables : dict of str to DataFrame
        The given ones, as R read them, and the public ones that ship with R's `survival`.
    results : dict of (table, what, group) to DataFrame
        A row for each `at`, a column for each field.
    """
    given, times, data, results = (folder / f"{name}.csv" for name in ("given", "times", "data", "results"))
    rows = pd.concat([frame.assign(table=name) for name, frame in tables.items()])
    rows.to_csv(given, columns=COLUMNS, index=False, float_format="%.17g", quoting=csv.QUOTE_NONNUMERIC)
    at = pd.DataFrame([(name, time) for name, moments in landmarks.items() for time in moments])
    at.to_csv(times, header=["table", "time"], index=False, float_format="%.17g")
    command = ["Rscript", "--vanilla", str(SCRIPT), *map(str, (given, times, data, results))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{SCRIPT.name} failed:\n{done.stderr}")
    return _tables(data), _results(results)


def _tables(file):
    rows = pd.read_csv(file, dtype={"stratum": str}, float_precision="round_trip")
    return {name: frame.reset_index(drop=True) for name, frame in rows.groupby("table", sort=False)}


def _results(file):
    """A row for each time, in R's order, and a column for each field."""
    columns = {}
    with file.open(newline="") as lines:
        for row in csv.DictReader(lines):
            fields = columns.setdefault((row["table"], row["what"], row["group"]), {"at": {}})
            values = fields.setdefault(row["field"], [])
            fields["at"][len(values)] = float(row["at"] or "nan")
            values.append(float(row["value"] or "nan"))
    return {key: pd.DataFrame(fields | {"at": list(fields["at"].values())}) for key, fields in columns.items()}


def largest_difference(ours, theirs, *, absolute=1e-12):
    """Largest relative difference of two arrays of numbers; infinite where one of them is missing alone.

    Numbers smaller than `absolute` are compared as if they were that large: a chi-square of 1e-31 is zero.
    """
    ours, theirs = np.broadcast_arrays(np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float))
    both = np.isnan(ours) & np.isnan(theirs)
    if (np.isnan(ours) != np.isnan(theirs)).any():
        return np.inf
    scale = np.maximum(np.abs(theirs), absolute)
    return float(np.where(both, 0, np.abs(ours - theirs) / scale).max(initial=0))
