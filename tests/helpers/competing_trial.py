"""Simulated trials of three arms whose event competes with another, as ADSL and ADTTE."""

import numpy as np
import pandas as pd
from small_trial import write_trial
from three_arm_trial import ARMS

ENDPOINT = {
    "label": "Time to relapse",
    "event_label": "Relapse",
    "curve_label": "Free of relapse",
    "paramcd": "TTR",
    "rule": "From randomisation to relapse.",
    "competing": {"2": "death without relapse"},
}
LANDMARKS = [180, 540]
STUDY = {
    "study": "competing",
    "title": "Competing risks",
    "data": {"origin": "synthetic", "note": "Simulated patients.", "subjects": "adsl.csv"},
    "arms": ARMS,
    "randomised": None,
    "strata": [{"variable": "OBSTRUCT", "label": "Obstruction"}],
    "endpoints": {"ttr": ENDPOINT},
    "analysis": {
        "conf_level": 0.95,
        "conf_type": "log-log",
        "ties": "efron",
        "landmarks": LANDMARKS,
        "axis_times": [0, 360, 720],
    },
    "runs": {
        "population": {"notebook": "population"},
        "ttr": {"notebook": "time_to_event", "parameters": {"endpoint": "ttr"}},
    },
}
MEANS = {"Lev+5FU": (900, 700), "Lev": (600, 900), "Obs": (400, 1200)}
"""Mean days to relapse and to death in each arm."""
REASONS = {0: ("Relapse", ""), 1: ("", "end of follow-up"), 2: ("", "death"), 3: ("", "withdrawal")}
"""EVNTDESC and CNSDTDSC by CNSR."""


def simulated_patients(seed, *, patients=180, grid=7, without=()):
    """Patients followed for two years, times on a grid of days; CNSR 2 is the competing event.

    Parameters
    ----------
    seed : int
    patients : int
    grid : int
        Days between times: the wider, the more ties.
    without : collection of str
        Arms in which nobody has the competing event.

    Returns
    -------
    DataFrame
        A row a patient: id, arm, stratum, time, cnsr.
    """
    rng, rows = np.random.default_rng(seed), []
    for number in range(patients):
        arm = list(MEANS)[number % 3]
        relapse, death = rng.exponential(MEANS[arm])
        ends = {0: relapse, 2: np.inf if arm in without else death, 1: rng.uniform(400, 760)}
        cnsr = min(ends, key=ends.get)
        time = grid * (1 + int(ends[cnsr] // grid))
        rows.append((f"T-{number:03d}", arm, number // 3 % 2, time, cnsr))
    return pd.DataFrame(rows, columns=["id", "arm", "stratum", "time", "cnsr"])


def write_competing_trial(folder, patients, **changes):
    """Write a trial of such patients; gives the parameters file."""
    subjects = [{"USUBJID": row.id, "TRT01P": row.arm, "OBSTRUCT": row.stratum} for row in patients.itertuples()]
    times = [
        {
            "USUBJID": row.id,
            "PARAMCD": "TTR",
            "AVAL": row.time,
            "CNSR": row.cnsr,
            "EVNTDESC": REASONS[row.cnsr][0],
            "CNSDTDSC": REASONS[row.cnsr][1],
        }
        for row in patients.itertuples()
    ]
    return write_trial(folder, STUDY | changes, subjects=subjects, times=times)
