"""How fast the library and a report are, against what a user would pick instead, in one run on one machine.

`make bench` prints a table of ratios: a peer's time divided by ours, so that more than 1 means that we are faster.
"""

import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.statistics import logrank_test as lifelines_logrank
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from smmlib import hazard_ratio, kaplan_meier, logrank_test

PROJECT = Path(__file__).parents[1]
STUDY = "params/quiredex-2013.yaml"
ARMS = {"arm": "a", "reference": "b"}


def main():
    print(f"{'work':34}{'n':>10}{'ours':>12}  peers, as a multiple of ours")
    for patients in (119, 10_000, 100_000):
        compare_statistics(patients)
    compare_reports()


def compare_statistics(patients):
    time_, event, in_arm = sample(patients)
    frame = pd.DataFrame({"time": time_, "event": event, "in_arm": in_arm.astype(float)})
    row(
        "Kaplan-Meier with limits",
        patients,
        lambda: kaplan_meier(time_, event),
        lifelines=lambda: KaplanMeierFitter().fit(time_, event),
        statsmodels=lambda: SurvfuncRight(time_, event),
    )
    row(
        "log-rank test, two arms",
        patients,
        lambda: logrank_test(time_, event, in_arm, **ARMS),
        lifelines=lambda: lifelines_logrank(time_[in_arm], time_[~in_arm], event[in_arm], event[~in_arm]),
        statsmodels=lambda: survdiff(time_, event, in_arm),
    )
    row(
        "Cox model of the arm, Efron",
        patients,
        lambda: hazard_ratio(time_, event, in_arm, **ARMS),
        lifelines=lambda: CoxPHFitter().fit(frame, "time", "event"),
        statsmodels=lambda: PHReg(time_, frame[["in_arm"]], event, ties="efron").fit(disp=False),
    )


def compare_reports():
    with tempfile.TemporaryDirectory() as folder:
        report = [sys.executable, "-m", "smmlib.report", STUDY, "--reports", folder]
        papermill = [
            [sys.executable, "-m", "papermill", f"{name}.ipynb", f"{folder}/{run}.ipynb", *parameters]
            for name, run, parameters in (
                ("population", "population", []),
                ("time_to_event", "ttp", ["-p", "endpoint", "ttp"]),
                ("time_to_event", "os", ["-p", "endpoint", "os"]),
                ("response", "response", []),
            )
        ]
        row(
            "report of quiredex-2013",
            119,
            lambda: call(report),
            plain_kernels=lambda: call([*report, "--kernels", "plain"]),
            papermill_commands_without_page=lambda: [call(command, PROJECT / "notebooks") for command in papermill],
        )
    row(
        "import smmlib",
        0,
        lambda: call([sys.executable, "-c", "import smmlib"]),
        pandas=lambda: call([sys.executable, "-c", "import pandas"]),
        lifelines=lambda: call([sys.executable, "-c", "import lifelines"]),
    )


def sample(patients):
    """Whole days, so that there are ties as in a trial; the arm halves the hazard; a third are censored."""
    random = np.random.default_rng(119)
    in_arm = random.random(patients) < 0.5
    progression = random.exponential(np.where(in_arm, 1200.0, 600.0))
    followed = random.uniform(300, 1500, patients)
    return np.ceil(np.minimum(progression, followed)), progression <= followed, in_arm


def row(work, patients, ours, **peers):
    mine = seconds(ours)
    ratios = [f"{name.replace('_', ' ')} {seconds(peer) / mine:.1f}x" for name, peer in peers.items()]
    print(f"{work:34}{patients or '':>10}{shown(mine):>12}  {', '.join(ratios)}", flush=True)


def seconds(work):
    """Median of five after one that warms up, or of one where one takes longer than two seconds."""
    taken = []
    for _ in range(6):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
        if len(taken) == 2 and taken[1] > 2:
            break
    return statistics.median(taken[1:])


def shown(taken):
    return f"{taken:.2f} s" if taken >= 1 else f"{taken * 1000:.2f} ms"


def call(command, folder=PROJECT):
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
