"""An invented trial of 120 patients with solid tumours in three arms, two of them treated, as ADSL, ADRS and ADTR."""

from datetime import date, timedelta
from random import Random

from small_trial import STUDY

PER_ARM, EVERY, VISITS = 40, 56, 9
FIRST = date(2018, 1, 1)
SHRINKS = {"High": 0.55, "Low": 0.4, "Placebo": 0.12}
"""Chance that the tumours of a patient shrink, by arm."""
SCREENED = 7
"""Patients of each arm with a response recorded 30 days before randomisation."""
ARMS = {
    "variable": "TRT01P",
    "reference": "placebo",
    "levels": [
        {"id": "high", "value": "High", "label": "20 mg", "name": "the drug at 20 mg"},
        {"id": "low", "value": "Low", "label": "10 mg", "name": "the drug at 10 mg"},
        {"id": "placebo", "value": "Placebo", "label": "Placebo", "name": "placebo"},
    ],
}
RESPONSE = {
    "criteria": "recist-1.1",
    "start": "RANDDT",
    "new_therapy": "NEWTRTDT",
    "confirmation": {"required": True, "days": 28},
    "stable_days": 49,
    "stratified": True,
    "waterfall": {"label": "Best change of the sum of diameters from baseline", "paramcd": "SUMDIAM"},
    "swimmer": {"endpoint": "os"},
    "visits": [{"id": "best", "label": "Best overall response", "denominator": "analysed"}],
}
TRIAL = STUDY | {
    "study": "solid-tumours",
    "title": "A drug at two doses or placebo in solid tumours",
    "trial": "An invented trial",
    "reference": "its protocol",
    "time_unit": "months",
    "arms": ARMS,
    "strata": [{"variable": "STRAT1R", "label": "Liver metastases"}],
    "assessments": {"table": "responses", "baseline": "BASEDT"},
    "endpoints": {
        "os": {"like": "overall-survival"},
        "pfs": {"like": "progression-free-survival", "event": {"first-progression": "progression", "DTHDT": "death"}},
        "duration": {"like": "duration-of-response", "event": {"first-progression": "progression"}},
    },
    "response": RESPONSE,
    "subgroups": [
        {"variable": "SEX", "label": "Sex", "levels": {"F": "Female", "M": "Male"}},
        {"variable": "STRAT1R", "label": "Liver metastases"},
    ],
    "analysis": STUDY["analysis"] | {"landmarks": [6], "axis_times": [0, 6, 12, 18]},
    "runs": {
        "population": {"notebook": "population"},
        "os": {"notebook": "time_to_event", "parameters": {"endpoint": "os"}},
        "pfs": {"notebook": "time_to_event", "parameters": {"endpoint": "pfs"}},
        "response": {"notebook": "response"},
        "response-subgroups": {"notebook": "response_subgroups"},
    },
}


def recist_tables(seed=2009):
    """Rows of ADSL, ADRS and ADTR, the same for a seed.

    Returns
    -------
    dict of str to list of dict
        By the name of the table.
    """
    draw, tables = Random(seed), {name: [] for name in ("subjects", "responses", "tumours")}
    for arm in SHRINKS:
        for number in range(PER_ARM):
            _add_patient(tables, arm, number, draw)
    return tables


def _add_patient(tables, arm, number, draw):
    name, start = f"{arm[0]}-{number:02d}", FIRST + timedelta(days=draw.randrange(365))
    sums, responses = _course(arm, draw)
    progressed = next((day for day, response in responses if response == "PD"), None)
    died = draw.randrange(300, 900) if draw.random() < 0.45 else None
    last = died or draw.randrange(max([day for day, _ in responses], default=30) + 1, 700)
    last = max(last, max([day for day, _ in responses], default=0))
    therapy = progressed + 14 if progressed and draw.random() < 0.6 else None
    if died and last > died:
        died = last
    tables["subjects"].append(
        {
            "USUBJID": name,
            "TRT01P": arm,
            "RANDDT": start,
            "BASEDT": "" if number == 0 else start - timedelta(days=10),
            "SEX": "FM"[number % 2],
            "STRAT1R": "Yes" if draw.random() < 0.4 else "No",
            "NEWTRTDT": _on(start, therapy),
            "DTHDT": _on(start, died),
            "LSTALVDT": _on(start, last),
        }
    )
    screened = [(-30, "CR")] if number < SCREENED else []
    for day, response in [*screened, *responses]:
        tables["responses"].append({"USUBJID": name, "PARAMCD": "OVRLRESP", "ADT": _on(start, day), "AVALC": response})
    tables["responses"].append({"USUBJID": name, "PARAMCD": "BOR", "ADT": _on(start, last), "AVALC": "NE"})
    for day, sum_of_diameters in [(-10, 60), *sums] if number else sums:
        row = {"USUBJID": name, "PARAMCD": "SUMDIAM", "ADT": _on(start, day), "AVAL": sum_of_diameters}
        tables["tumours"].append(row)


def _course(arm, draw):
    """Sums of diameters and overall responses at the visits of one patient, from 60 mm."""
    shrinks, size, lowest = draw.random() < SHRINKS[arm], 60.0, 60.0
    sums, responses = [], []
    for visit in range(1, draw.randrange(1, VISITS + 1) + 1):
        day = visit * EVERY + draw.randrange(-5, 6)
        change = draw.uniform(0.35, 0.95) if shrinks and visit < 4 else draw.uniform(0.85, 1.25)
        size = 0.0 if size < 9 else round(size * change, 1)
        sums.append((day, size))
        responses.append((day, "NE" if draw.random() < 0.08 else _response(size, lowest)))
        lowest = min(lowest, size)
        if responses[-1][1] == "PD":
            break
    return sums, responses


def _response(size, lowest):
    if size >= 1.2 * lowest and size >= lowest + 5:
        return "PD"
    return "CR" if size == 0 else "PR" if size <= 0.7 * 60 else "SD"


def _on(start, day):
    return "" if day is None else start + timedelta(days=day)
