"""Myeloma patients read by hand against the IMWG criteria (imwg_patients.yaml), and what the library makes of them."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from smmlib.trial.response.history import best_response, first_response, progression, response_history
from smmlib.trial.response.imwg import Assessment

pytestmark = pytest.mark.by_hand

START = date(2010, 1, 1)
PATIENTS = yaml.safe_load(Path(__file__).with_name("imwg_patients.yaml").read_text(encoding="utf-8"))
ASKED = {"patient", "why", "baseline", "later", "best", "first_response", "progression"}
ALSO = {"stop", "best_day", "confirmed_on", "categories", "confirmed", "phases"}
MEASURED = (
    "serum",
    "urine",
    "serum_immunofixation",
    "urine_immunofixation",
    "kappa",
    "lambda",
    "marrow",
    "clonal_cells",
)


def date_of(day):
    return None if day is None else START + timedelta(days=day)


def day_of(moment):
    return None if moment is None else (moment - START).days


def assessment(values):
    """One visit; what the table leaves out was not done."""
    if values is None:
        return None
    assert set(values) <= {"day", *MEASURED}
    measured = {name: values.get(name) for name in MEASURED}
    return Assessment(day=date_of(values["day"]), lambda_=measured.pop("lambda"), **measured)


def of_asked(expected, found):
    """The categories found, with those the table does not ask for blanked."""
    return [None if asked is None else category for asked, category in zip(expected, found, strict=True)]


@pytest.mark.parametrize("patient", PATIENTS, ids=lambda patient: patient["patient"])
def test_patient(patient):
    history = response_history(
        assessment(patient["baseline"]),
        [assessment(visit) for visit in patient["later"]],
        stop=date_of(patient.get("stop")),
    )
    best, response, worse = best_response(history), first_response(history), progression(history)
    found = {
        "best": best.category,
        "best_day": day_of(best.day),
        "confirmed_on": day_of(best.confirmed_on),
        "first_response": None if response is None else day_of(response.day),
        "progression": None if worse is None else day_of(worse.day),
    }
    if "categories" in patient:
        found["categories"] = of_asked(patient["categories"], [one.category for one in history])
    if "confirmed" in patient:
        found["confirmed"] = of_asked(patient["confirmed"], [one.confirmed or "none" for one in history])
    if "phases" in patient:
        found["phases"] = []
        for phase in patient["phases"]:
            first, last = phase["first"], phase["last"]
            in_phase = best_response(history, first=date_of(first), last=date_of(last))
            found["phases"].append(
                {"first": first, "last": last, "best": in_phase.category, "day": day_of(in_phase.day)}
            )
    expected = {name: patient[name] for name in found if name in patient}
    assert {name: found[name] for name in expected} == expected, patient["why"]


def test_table_is_large_enough_and_complete():
    assert len(PATIENTS) >= 60
    assert [name for name, times in Counter(one["patient"] for one in PATIENTS).items() if times > 1] == []
    for patient in PATIENTS:
        assert patient.keys() >= ASKED, patient["patient"]
        assert patient.keys() <= ASKED | ALSO, patient["patient"]
        for name in ("categories", "confirmed"):
            assert len(patient.get(name, patient["later"])) == len(patient["later"]), patient["patient"]
