"""Trials of three arms as ADSL and ADTTE: R's colon cancer trial, and patients made up here, some with response."""

import numpy as np
import pandas as pd
from small_trial import write_trial

ARMS = {
    "variable": "TRT01P",
    "reference": "obs",
    "levels": [
        {"id": "lev-5fu", "value": "Lev+5FU", "label": "Lev+5FU", "name": "levamisole with fluorouracil"},
        {"id": "lev", "value": "Lev", "label": "Levamisole", "name": "levamisole"},
        {"id": "obs", "value": "Obs", "label": "Observation", "name": "observation"},
    ],
}
ENDPOINT = {"event_label": "Event", "curve_label": "Event-free", "rule": "From randomisation to the event."}
STUDY = {
    "data": {"origin": "patients", "note": "Patients of R's colon.", "subjects": "adsl.csv"},
    "arms": ARMS,
    "randomised": None,
    "strata": [{"variable": "OBSTRUCT", "label": "Obstruction"}],
    "follow_up": {"endpoint": "os", "estimator": "reverse-kaplan-meier"},
    "endpoints": {
        "os": {**ENDPOINT, "label": "Overall survival", "paramcd": "OS"},
        "recurrence": {**ENDPOINT, "label": "Time to recurrence", "paramcd": "REC"},
    },
    "analysis": {
        "conf_level": 0.95,
        "conf_type": "log-log",
        "ties": "efron",
        "landmarks": [1825],
        "axis_times": [0, 1000, 2000, 3000],
    },
    "runs": {
        "population": {"notebook": "population"},
        "os": {"notebook": "time_to_event", "parameters": {"endpoint": "os"}},
        "recurrence": {"notebook": "time_to_event", "parameters": {"endpoint": "recurrence"}},
    },
}
CODES = {1: "REC", 2: "OS"}
BEST = {"id": "best", "visit": "BEST", "label": "Best response", "denominator": "analysed"}
HAZARDS, RESPONDING = (0.4, 0.6, 1.0), (0.6, 0.45, 0.2)
"""Of patients made by a seed, by arm in the order of `ARMS`: hazards, and shares that respond."""


def write_eighteen_patients(folder, **changes):
    """Write six patients an arm, whose times grow by a day from one to the next; gives the parameters file."""
    names = [f"C-{number:02d}" for number in range(1, 19)]
    values = [level["value"] for level in ARMS["levels"]]
    subjects = [
        {"USUBJID": name, "TRT01P": values[number % 3], "OBSTRUCT": number // 3 % 2}
        for number, name in enumerate(names)
    ]
    times = [
        {
            "USUBJID": name,
            "PARAMCD": code,
            "AVAL": 1000 + number,
            "CNSR": number % 4 // 3,
            "EVNTDESC": "" if number % 4 == 3 else "event",
            "CNSDTDSC": "end of follow-up" if number % 4 == 3 else "",
        }
        for code in CODES.values()
        for number, name in enumerate(names)
    ]
    return write_trial(folder, STUDY | changes, subjects=subjects, times=times)


def write_with_response(folder, patients=240, seed=1990, **changes):
    """Write patients made by a seed, with a best response each; gives the parameters file.

    The first arm has much lower hazards than the last, and more responders, the second somewhat.
    """
    rng = np.random.default_rng(seed)
    values = [level["value"] for level in ARMS["levels"]]
    subjects, times, responses = [], [], []
    for number in range(patients):
        name, arm = f"R-{number:03d}", number % 3
        subjects.append({"USUBJID": name, "TRT01P": values[arm], "OBSTRUCT": int(rng.integers(2))})
        until = 1 + round(rng.uniform(600, 2400))
        for code in CODES.values():
            day = 1 + round(rng.exponential(1200 / HAZARDS[arm]))
            words = {"EVNTDESC": "event", "CNSDTDSC": ""} if day <= until else {"EVNTDESC": "", "CNSDTDSC": "cut-off"}
            times.append({"USUBJID": name, "PARAMCD": code, "AVAL": min(day, until), "CNSR": int(day > until), **words})
        category = "PR" if rng.random() < RESPONDING[arm] else "SD"
        responses.append({"USUBJID": name, "AVISIT": "BEST", "AVALC": category})
    study = STUDY | {"response": {"visits": [BEST]}} | changes
    return write_trial(folder, study, subjects=subjects, times=times, responses=responses)


def write_three_arms(folder, patients_file, **changes):
    """Write the trial from the patients that R wrote, columns in capitals as they are; gives the parameters file."""
    patients = pd.read_csv(patients_file)
    described = pd.read_csv(patients_file, dtype=str, keep_default_na=False).filter(regex="^[A-Z]+$")
    subjects = [
        {"USUBJID": f"C-{row.id}", "TRT01P": row.arm, "OBSTRUCT": row.obstruction, **described.loc[row.Index]}
        for row in patients.drop_duplicates("id").itertuples()
    ]
    times = [
        {
            "USUBJID": f"C-{row.id}",
            "PARAMCD": CODES[row.etype],
            "AVAL": row.time,
            "CNSR": 1 - row.status,
            "EVNTDESC": "event" if row.status else "",
            "CNSDTDSC": "" if row.status else "end of follow-up",
        }
        for row in patients.itertuples()
    ]
    return write_trial(folder, STUDY | changes, subjects=subjects, times=times)
