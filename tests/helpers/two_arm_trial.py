"""A trial of two arms as ADSL and ADTTE, made by a seed: what a protocol may declare can be estimated in it."""

import numpy as np
from small_trial import write_trial

DECLARED = {
    "conf_level": 0.95,
    "conf_type": "log-log",
    "ties": "efron",
    "landmarks": [200],
    "axis_times": [0, 200, 400, 600],
    "adjust": ["AGE", "STAGE"],
    "restricted_mean": [400],
    "weighted_tests": [{"rho": 0, "gamma": 1}, {"rho": 1, "gamma": 0}],
    "maxcombo": {"weights": [{"rho": 0, "gamma": 0}, {"rho": 0, "gamma": 1}], "seed": 1},
    "periods": [150, 300],
    "proportionality": "km",
}
WORDS = {"label": "Overall survival", "event_label": "Death", "curve_label": "Alive", "rule": "To death."}
STUDY = {
    "data": {"origin": "synthetic", "note": "Made by a seed."},
    "randomised": None,
    "strata": [{"variable": "SEX", "label": "Sex"}],
    "baseline": [
        {"variable": "AGE", "label": "Age", "unit": "years"},
        {"variable": "STAGE", "label": "Stage", "levels": {"I": "I", "II": "II", "III": "III"}},
        {"variable": "MONTHS", "label": "Age in months", "kind": "continuous"},
        {"variable": "CENTRE", "label": "Centre of the arm"},
        {"variable": "COUNTRY", "label": "Country"},
    ],
    "endpoints": {"os": {**WORDS, "paramcd": "OS"}},
    "analysis": DECLARED,
}


def rows(patients=160, seed=1963):
    """Rows of ADSL and of ADTTE: the arm A lives longer, from day 150 on; the age of three patients is missing."""
    rng = np.random.default_rng(seed)
    subjects, times = [], []
    for number in range(patients):
        name, arm = f"P-{number:03d}", "AB"[number % 2]
        early, late = rng.exponential(500), rng.exponential(900 if arm == "A" else 350)
        dies = 1 + round(early if early < 150 else 150 + late)
        until = round(rng.uniform(200, 700))
        age = "" if number in (3, 50, 91) else int(rng.integers(40, 80))
        described = {"SEX": "MF"[int(rng.integers(2))], "AGE": age, "STAGE": "I" * int(rng.integers(1, 4))}
        described |= {"MONTHS": age and 12 * age, "CENTRE": f"centre {arm}", "COUNTRY": "Spain"}
        subjects.append({"USUBJID": name, "TRT01P": arm, **described})
        times.append({"USUBJID": name, "PARAMCD": "OS", "AVAL": min(dies, until), "CNSR": int(dies > until)})
    return subjects, times


def write_two_arms(folder, **changes):
    """Write the trial; gives the parameters file."""
    subjects, times = rows()
    return write_trial(folder, STUDY | changes, subjects=subjects, times=times)
