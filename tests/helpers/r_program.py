"""R, run by script on many patient tables, and its numbers read back.

Each script of `tests/oracles` says what it computes. They need R and its packages survival and cmprsk, and for
their patients MASS and boot.
"""

import csv
import functools
import shutil
import subprocess

import numpy as np
import pandas as pd
from project_files import ORACLES

TOLERANCE = 1e-8
SCRIPTS = ORACLES


@functools.cache
def r_is_here():
    """Whether Rscript can be run and finds the packages."""
    if not shutil.which("Rscript"):
        return False
    packages = "; ".join(f"library({name})" for name in ("survival", "cmprsk", "MASS", "boot"))
    return subprocess.run(["Rscript", "-e", packages], capture_output=True, check=False).returncode == 0


def run_r(script, folder, **tables):
    """Run `tests/oracles/SCRIPT.R` and read its numbers back.

    Parameters
    ----------
    script : str
        Name of the script, which says what it reads and computes.
    folder : Path
        For the files that pass between the two programs.
    **tables : DataFrame
        What the script reads: each as `folder/NAME.csv`, numbers in full precision.

    Returns
    -------
    dict of (table, what, group) to DataFrame
        A row for each `at`, a column for each field.
    """
    for name, frame in tables.items():
        frame.to_csv(folder / f"{name}.csv", index=False, float_format="%.17g", quoting=csv.QUOTE_NONNUMERIC)
    command = ["Rscript", "--vanilla", f"{script}.R", str(folder)]
    done = subprocess.run(command, cwd=SCRIPTS, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{script}.R failed:\n{done.stderr}")
    return _results(folder / "results.csv")


def stacked(tables):
    """Tables by name as one frame, with the name in the column `table`."""
    return pd.concat([frame.assign(table=name) for name, frame in tables.items()])


def unstacked(file):
    """Tables by name, from such a frame that R wrote; the column `stratum` is text."""
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


class Agreement:
    """Largest differences by label; none may be above the tolerance, and there must be some to compare."""

    def __init__(self):
        self.differences = {}
        self.compared = 0

    def add(self, label, ours, theirs):
        self.differences[label] = max(self.differences.get(label, 0), largest_difference(ours, theirs))
        self.compared += np.broadcast(ours, theirs).size

    def check(self):
        """Also prints what the table of evidence says: `pytest -rP` shows it."""
        worst = max(self.differences, key=self.differences.get)
        print(f"{self.compared} values compared, largest relative difference {self.differences[worst]:.2g}")
        above = sum(value > TOLERANCE for value in self.differences.values())
        assert not above, f"{above} of {len(self.differences)}, worst {worst}: {self.differences[worst]:.3g}"
