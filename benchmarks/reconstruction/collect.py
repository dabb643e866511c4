"""Where trials.csv comes from: R's package survival, the tables that ship with lifelines, and those of our own tests.

Run only to make the file again; nothing else here needs R.
"""

import subprocess
from io import StringIO
from pathlib import Path

import pandas as pd
from lifelines import datasets

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent


def main():
    tables = pd.concat([from_r(), from_lifelines(), from_our_tests()])
    tables = tables.sort_values(["trial", "arm", "time", "event"])
    tables["time"] = [f"{time:g}" for time in tables["time"]]
    tables.to_csv(HERE / "trials.csv", index=False, lineterminator="\n")


def from_r():
    printed = subprocess.run(
        ["Rscript", "--vanilla", HERE / "collect.R"], capture_output=True, text=True, check=True
    ).stdout
    return pd.read_csv(StringIO(printed))


def from_lifelines():
    rossi, larynx, leukemia = datasets.load_rossi(), datasets.load_larynx(), datasets.load_leukemia()
    kidneys = datasets.load_kidney_transplant()
    white = kidneys["white_male"] + (kidneys[["white_male", "black_male", "black_female"]].sum(axis=1) == 0)
    late = larynx[["Stage_III", "Stage_IV"]].sum(axis=1) == 1
    actg = pd.read_csv(Path(datasets.__file__).parent / "ACTG175.csv").query("arms in (0, 1)")
    return pd.concat(
        [
            taken("rossi", rossi["fin"], ("none", "aid"), rossi["week"], rossi["arrest"]),
            taken("larynx", late, ("early", "late"), larynx["time"], larynx["death"]),
            taken("freireich", leukemia["Rx"], ("6-MP", "placebo"), leukemia["t"], leukemia["status"]),
            taken("transplant", white, ("black", "white"), kidneys["time"], kidneys["death"]),
            taken("actg175", actg["arms"], ("zidovudine", "both"), actg["days"], actg["cens"]),
        ]
    )


def from_our_tests():
    table = pd.read_csv(PROJECT / "tests" / "oracles" / "whas500.csv")
    return taken("whas500", table["AFB"], ("sinus", "fibrillation"), table["LENFOL"], table["FSTAT"])


def taken(trial, second, names, time, event):
    """Rows of one table; `second` tells who is in the second of the two named groups."""
    arm = [names[int(one)] for one in second]
    return pd.DataFrame({"trial": trial, "arm": arm, "time": list(time), "event": list(event)}).astype({"event": int})


if __name__ == "__main__":
    main()
