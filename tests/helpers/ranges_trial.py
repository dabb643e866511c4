"""A synthetic trial of six patients and three cohorts of it, small enough to know every range by heart."""

import pandas as pd
from small_trial import write_trial

from smmlib.analysis.sections import study_numbers
from smmlib.calibration.cohort_analysis import cohort_numbers
from smmlib.report.claims.ranges import ranges_over
from smmlib.trial import derive, read_study

DEATHS = {
    "own": {"a1": 100, "a2": 200, "a3": 300, "b1": 50, "b2": 60, "b3": 220},
    "slow": {"a1": 150, "a2": 250, "a3": 350, "b1": 50, "b2": 60, "b3": 220},
    "cured": {"a1": None, "a2": None, "a3": 300, "b1": 50, "b2": 60, "b3": 260},
}
"""Days from randomisation to death; who has none was seen alive on day 400."""
SEEN = 400
CLAIMS = [
    {"number": "population.analysed.a", "value": "3", "source": "a paper", "confidence": "verified"},
    {"number": "os.median.b", "value": "60", "source": "a paper", "confidence": "verified"},
]
STUDY = {"published": CLAIMS, "privacy": "hashed"}


def subjects(cohort):
    """The subject table of a cohort, as texts."""
    start = pd.Timestamp("2020-01-01")
    rows = []
    for patient, day in DEATHS[cohort].items():
        death = "" if day is None else f"{start + pd.Timedelta(days=day):%Y-%m-%d}"
        last = death or f"{start + pd.Timedelta(days=SEEN):%Y-%m-%d}"
        rows.append(
            {
                "USUBJID": patient,
                "TRT01P": patient[0].upper(),
                "RANDDT": f"{start:%Y-%m-%d}",
                "DTHDT": death,
                "LSTALVDT": last,
            }
        )
    return rows


def cohorts():
    """Tables of each cohort."""
    return [{"subjects": pd.DataFrame(subjects(name))} for name in DEATHS]


def write(folder, **changes):
    """The trial in a folder, its own cohort and something that stands for its ensemble; the parameters file."""
    file = write_trial(folder, STUDY | changes, subjects=subjects("own"))
    (folder / "salt.txt").write_text("a salt for six patients", encoding="utf-8")
    (folder / "ensemble.parquet").write_bytes(b"three cohorts")
    return file


def of_three(folder, **changes):
    """The study, its own numbers, and the ranges over its three cohorts."""
    study = read_study(write(folder, **changes))
    own = study_numbers(derive(study))
    return study, own, ranges_over([cohort_numbers(study, cohort) for cohort in cohorts()], own)
