"""The same statistics by other programs: lifelines, statsmodels, scikit-survival and R, as far as they are here."""

import csv
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.statistics import logrank_test
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

try:
    import sksurv
    from sksurv.compare import compare_survival
    from sksurv.linear_model import CoxPHSurvivalAnalysis
    from sksurv.nonparametric import kaplan_meier_estimator
    from sksurv.util import Surv
except ImportError:  # it is under the GPL, and so no dependency of ours
    sksurv = None

IMPORTS = ("pandas", "lifelines", "statsmodels.api", *(["sksurv.nonparametric"] if sksurv else []))
PACKAGES = ("numpy", "scipy", "lifelines", "statsmodels", "scikit-survival")
R_SCRIPT = Path(__file__).parent / "peers.R"


@dataclass(frozen=True)
class Data:
    """Patients: times, events, whether in the arm, and covariates by name."""

    time: np.ndarray
    event: np.ndarray
    in_arm: np.ndarray
    covariates: dict


def of(work, data):
    """Calls of the Python peers that do this work, by package; what they need is prepared beforehand."""
    time, event, in_arm = data.time, data.event, data.in_arm
    columns = {"arm": data.covariates["arm"]} if work == "Cox, arm only" else data.covariates
    covariates = pd.DataFrame(columns)
    frame = covariates.assign(time=time, event=event)
    calls = {
        "Kaplan-Meier with limits": {
            "lifelines": lambda: KaplanMeierFitter().fit(time, event),
            "statsmodels": lambda: SurvfuncRight(time, event),
        },
        "log-rank, two arms": {
            "lifelines": lambda: logrank_test(time[in_arm], time[~in_arm], event[in_arm], event[~in_arm]),
            "statsmodels": lambda: survdiff(time, event, in_arm),
        },
    }.get(
        work,
        {
            "lifelines": lambda: CoxPHFitter().fit(frame, "time", "event"),
            "statsmodels": lambda: PHReg(time, covariates, event, ties="efron").fit(disp=False),
        },
    )
    if sksurv:
        calls["scikit-survival"] = _of_scikit_survival(work, data, covariates)
    return calls


def _of_scikit_survival(work, data, covariates):
    both = Surv.from_arrays(data.event, data.time)
    return {
        "Kaplan-Meier with limits": lambda: kaplan_meier_estimator(data.event, data.time, conf_type="log-log"),
        "log-rank, two arms": lambda: compare_survival(both, data.in_arm),
    }.get(work, lambda: CoxPHSurvivalAnalysis(ties="efron").fit(covariates, both))


def r_seconds(data, works):
    """R's own time for each work, as {work: {"R": seconds}}; nothing where R is not here."""
    if not shutil.which("Rscript") or not works:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        columns = (data.time, data.event, data.in_arm, data.covariates["age"])
        np.column_stack(columns).astype(float).tofile(f"{folder}/data.bin")
        Path(folder, "works.txt").write_text("\n".join(works) + "\n")
        done = subprocess.run(["Rscript", "--vanilla", R_SCRIPT, folder], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{R_SCRIPT.name} failed:\n{done.stderr}")
        with open(f"{folder}/seconds.csv", newline="") as rows:
            return {row["work"]: {"R": float(row["seconds"])} for row in csv.DictReader(rows)}


def versions():
    """What was compared: package and version, or that it was not here."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    expression = "cat(as.character(getRversion()), as.character(packageVersion('survival')))"
    if shutil.which("Rscript"):
        told = subprocess.run(["Rscript", "-e", expression], capture_output=True, text=True, check=True).stdout.split()
        found |= dict(zip(("R", "R survival"), told, strict=True))
    else:
        found["R"] = "not installed"
    return found
