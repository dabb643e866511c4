"""A trial of three arms with adverse events in the shape of the CDISC pilot, made by chance from a seed.

Every quirk of such tables occurs: events before treatment and after it, starts that are missing, several rows of one
event, terms in two spellings, terms without a class, patients without events, events of patients who were not treated,
severity in words or not given, relation not given, deaths that only AEOUT or AESDTH tells, patients who received
another treatment than they were randomised to.
"""

from datetime import date, timedelta
from random import Random

ARMS = {
    "variable": "TRT01P",
    "reference": "placebo",
    "levels": [
        {"id": "high", "value": "High", "label": "High dose", "name": "the high dose"},
        {"id": "low", "value": "Low", "label": "Low dose", "name": "the low dose"},
        {"id": "placebo", "value": "Placebo", "label": "Placebo", "name": "placebo"},
    ],
}
SAFETY = {"treatment": {"start": "TRTSDT", "end": "TRTEDT", "days_after": 7}, "compare": True}
STUDY = {
    "study": "safety",
    "arms": ARMS,
    "populations": {
        "all": {"label": "all randomised"},
        "safety": {"label": "safety", "flag": "SAFFL", "arm_variable": "TRT01A"},
    },
    "safety_population": "safety",
    "safety": SAFETY,
    "runs": {"population": {"notebook": "population"}, "safety": {"notebook": "safety"}},
}
CLASSES = {
    "Skin disorders": ["Pruritus", "Erythema", "Rash", "Blister"],
    "Gastrointestinal disorders": ["Nausea", "Vomiting", "Diarrhoea"],
    "Nervous system disorders": ["Dizziness", "Headache", "Syncope"],
    'Infections, "other"; <all>': ["Nasopharyngitis", "Sepsis, fungal"],
    "Cardiac disorders": ["Sinus bradycardia"],
    "": ["Uncoded"],
}
START = date(2012, 7, 9)
PATIENTS = 60


def tables(seed=1):
    """Rows of ADSL and of ADAE."""
    draw = Random(seed)
    subjects = [_subject(draw, number) for number in range(3 * PATIENTS)]
    events = [event for row in subjects for event in _events(draw, row)]
    return {"subjects": subjects, "adverse_events": events}


def _subject(draw, number):
    arm = ("High", "Low", "Placebo")[number % 3]
    received = draw.choice(["High", "Low", "Placebo"]) if number % 29 == 0 else arm
    randomised = START + timedelta(days=draw.randrange(400))
    treated = number % 41 != 40
    first = randomised + timedelta(days=draw.randrange(3))
    last = first + timedelta(days=draw.randrange(1, 200))
    return {
        "USUBJID": f"01-{700 + number % 7}-{1000 + number}",
        "TRT01P": arm,
        "TRT01A": received if treated else "",
        "SAFFL": "Y" if treated else "N",
        "RANDDT": randomised,
        "TRTSDT": first if treated else "",
        "TRTEDT": last if treated else "",
        "DTHDT": "",
        "LSTALVDT": randomised + timedelta(days=300),
    }


def _events(draw, row):
    count = draw.choice([0, 0, 1, 2, 3, 5, 9]) if row["TRT01P"] != "Placebo" else draw.choice([0, 0, 0, 1, 2, 4])
    first = row["TRTSDT"] or row["RANDDT"]
    for _ in range(count):
        name = draw.choice(list(CLASSES))
        term = draw.choice(CLASSES[name])
        start = first + timedelta(days=draw.randrange(-20, 230))
        emergent = row["TRTSDT"] != "" and start >= first
        yield {
            "USUBJID": row["USUBJID"],
            "AEBODSYS": name.upper() if draw.random() < 0.1 else name,
            "AEDECOD": term.upper() if draw.random() < 0.1 else term,
            "AESEV": draw.choice(["MILD", "MILD", "Moderate", "MODERATE", "SEVERE", ""]),
            "AESER": draw.choice(["N"] * 9 + ["Y"]),
            "AEREL": draw.choice(["NONE", "REMOTE", "POSSIBLE", "PROBABLE", ""]),
            "AEACN": draw.choice(["", "DOSE NOT CHANGED", "DRUG WITHDRAWN"]),
            "AEOUT": draw.choice(["RECOVERED/RESOLVED"] * 20 + ["FATAL"]),
            "AESDTH": draw.choice(["N"] * 30 + ["Y"]),
            "TRTEMFL": "Y" if emergent else "",
            "ASTDT": "" if draw.random() < 0.03 else start,
        }
