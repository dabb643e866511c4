"""Tables in the shape of a sponsor's: three arms, the start counted as day 1, severity in words, coded levels."""

import csv
from datetime import date, timedelta

ARMS = [("Placebo", 0), ("Drug Low Dose", 54), ("Drug High Dose", 81)]
AGE_GROUPS = [("<65", 1), ("65-80", 2), (">80", 3)]
START = date(2014, 1, 2)
TERMS = [("PRURITUS", "SKIN"), ("ERYTHEMA", "SKIN"), ("DIARRHOEA", "GASTROINTESTINAL"), ("SUDDEN DEATH", "GENERAL")]
SEVERITIES = ["MILD", "MODERATE", "SEVERE"]


def subjects(patients=36):
    """ADSL: a row a patient, and two who failed screening."""
    rows = []
    for number in range(patients):
        arm, code = ARMS[number % 3]
        group, group_number = AGE_GROUPS[number // 3 % 3]
        start = START + timedelta(days=number)
        rows.append(
            {
                "STUDYID": "SHAPE01",
                "USUBJID": f"01-{number:03d}",
                "TRT01P": arm,
                "TRT01PN": code,
                "TRT01A": arm,
                "TRTSDT": start.isoformat(),
                "TRTEDT": (start + timedelta(days=60 + number)).isoformat(),
                "AGE": 60 + 2 * (number // 3 % 15) + number % 2,
                "AGEU": "YEARS",
                "AGEGR1": group,
                "AGEGR1N": group_number,
                "SEX": "FM"[number % 2],
                "WEIGHTBL": "" if number == 5 else 50.5 + number,
                "SITEGR1": "701",
                "ITTFL": "Y",
                "SAFFL": "Y",
            }
        )
    for number in range(2):
        rows.append({"STUDYID": "SHAPE01", "USUBJID": f"99-{number:03d}", "TRT01P": "Screen Failure", "ITTFL": "N"})
    return rows


def times(patients=36):
    """ADTTE: an endpoint in days, the day of the start being day 1; every third patient is censored, CNSR 1 or 2."""
    rows = []
    for number in range(patients):
        start = START + timedelta(days=number)
        length = 5 + 7 * number % 150
        rows.append(
            {
                "STUDYID": "SHAPE01",
                "USUBJID": f"01-{number:03d}",
                "PARAMCD": "TTDE",
                "PARAM": "Time to First Dermatologic Event",
                "AVAL": length + 1,
                "STARTDT": start.isoformat(),
                "ADT": (start + timedelta(days=length)).isoformat(),
                "CNSR": 0 if number % 3 else 1 + number % 2,
                "EVNTDESC": "Dermatologic event" if number % 3 else "Study completion",
            }
        )
    return rows


def adverse_events(patients=36):
    """ADAE: severity in words; every fourth event began before treatment."""
    rows = []
    for number in range(2 * patients):
        patient = number % patients
        term, system = TERMS[number % 4]
        before = number % 4 == 3
        day = START + timedelta(days=patient + (-3 if before else number % 20))
        rows.append(
            {
                "STUDYID": "SHAPE01",
                "USUBJID": f"01-{patient:03d}",
                "ASTDT": day.isoformat(),
                "AEDECOD": term,
                "AEBODSYS": system,
                "AESEV": SEVERITIES[number % 3],
                "AESER": "Y" if number % 11 == 0 else "N",
                "AESDTH": "",
                "AEREL": ["PROBABLE", "NONE"][number % 2],
                "AEOUT": "RECOVERED",
                "AEACN": "",
                "TRTEMFL": "" if before else "Y",
            }
        )
    return rows


def write_tables(folder):
    """Write adsl.csv, adtte.csv and adae.csv."""
    for name, rows in (("adsl", subjects()), ("adtte", times()), ("adae", adverse_events())):
        write_rows(folder / f"{name}.csv", rows)


def write_rows(file, rows):
    """Write rows as a CSV file with all their columns."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
