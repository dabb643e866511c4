"""Laboratory rows as assessments: units, findings, visits, and what is wrong with them."""

from datetime import date

import pytest
from small_trial import read_trial

from smmlib.trial.response.histories import response_dates, response_histories
from smmlib.trial.response.laboratory import laboratory_assessments
from smmlib.trial.tables.problems import DataError

pytestmark = pytest.mark.by_hand

PATIENTS = [
    {"USUBJID": "one", "TRT01P": "A", "RANDDT": "2010-01-10", "DTHDT": "", "LSTALVDT": "2011-01-01", "NEWTRTDT": ""},
    {"USUBJID": "two", "TRT01P": "B", "RANDDT": "2010-01-10", "DTHDT": "", "LSTALVDT": "2011-01-01", "NEWTRTDT": ""},
]
TESTS = {
    "serum": {"paramcd": "SPEP", "unit": "g/dL"},
    "urine": {"paramcd": "UPEP", "unit": "g/24h"},
    "serum_immunofixation": {"paramcd": "SIFE"},
    "clonal_cells": {"paramcd": "CLON", "values": {"present": "DETECTED"}},
    "lambda": {"paramcd": "LAMBDA", "unit": "mg/dL"},
}
RESPONSE = {
    "arm": "a",
    "criteria": "imwg-2016",
    "start": "RANDDT",
    "new_therapy": "NEWTRTDT",
    "visits": [{"id": "best", "label": "Best", "denominator": "analysed"}],
}


def row(day, code, value, **more):
    finding = isinstance(value, str)
    unit = next((test.get("unit", "") for test in TESTS.values() if test["paramcd"] == code), "")
    measured = {"AVAL": "" if finding else value, "AVALC": value if finding else "", "AVALU": unit}
    return {"USUBJID": "one", "PARAMCD": code, "ADT": f"2010-{day}", **measured, **more}


def assessments(tmp_path, *rows, **changes):
    study = {"laboratory": TESTS, "response": RESPONSE, **changes}
    study, tables = read_trial(tmp_path, study, subjects=PATIENTS, laboratory=rows)
    return study, laboratory_assessments(study, tables)


def test_units_are_those_of_the_criteria_and_findings_their_words(tmp_path):
    rows = [row("02-07", "SPEP", 3.3), row("02-07", "UPEP", 0.2), row("02-07", "LAMBDA", 1.7)]
    rows += [row("02-07", "SIFE", "Positive"), row("02-07", "CLON", "detected"), row("02-07", "OTHER", "?")]
    _, found = assessments(tmp_path, *rows)
    (later,) = found["one"][1]
    assert (later.serum, later.urine, later.lambda_) == (33, 200, 17)
    assert (later.serum_immunofixation, later.clonal_cells) == ("positive", "present")
    assert later.rows == ("line 2", "line 3", "line 4", "line 5", "line 6")
    assert found["two"] == (None, [])


def test_the_baseline_is_the_latest_value_of_each_test_up_to_the_start(tmp_path):
    rows = [row("01-02", "SPEP", 3.0), row("01-10", "SPEP", 3.5), row("01-05", "UPEP", 0.4), row("01-11", "UPEP", 0.5)]
    _, found = assessments(tmp_path, *rows)
    baseline, later = found["one"]
    assert (baseline.serum, baseline.urine) == (35, 400)
    assert [(each.day, each.urine) for each in later] == [(date(2010, 1, 11), 500)]


def test_rows_of_one_visit_are_one_assessment_on_its_last_day(tmp_path):
    rows = [row("02-07", "SPEP", 1.0, AVISIT="C2"), row("02-09", "UPEP", 0.1, AVISIT="C2"), row("03-01", "SPEP", 0.9)]
    _, found = assessments(tmp_path, *rows)
    two_days, one_day = found["one"][1]
    assert (two_days.day, two_days.serum, two_days.urine) == (date(2010, 2, 9), 10, 100)
    assert (one_day.day, one_day.serum, one_day.urine) == (date(2010, 3, 1), 9, None)


def test_new_therapy_ends_what_counts(tmp_path):
    rows = [row("01-10", "SPEP", 4.0), row("02-07", "SPEP", 1.5), row("03-07", "SPEP", 1.5)]
    for new_therapy, response in (("", date(2010, 2, 7)), ("2010-03-08", date(2010, 2, 7)), ("2010-03-07", None)):
        patients = [patient | {"NEWTRTDT": new_therapy} for patient in PATIENTS]
        changes = {"laboratory": TESTS, "response": RESPONSE}
        study, tables = read_trial(tmp_path, changes, subjects=patients, laboratory=rows)
        assessed = response_histories(study, tables, through_new_therapy=True)
        assert [each.category for each in assessed["one"]] == ["PR", "PR"]
        first = response_dates(study, tables)["one"].get("first-response")
        assert (first and first.day) == response


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            [row("02-07", "SPEP", 3, AVALU="g/L")],
            "line 2: AVALU is 'g/L', but must be g/dL, as laboratory says of SPEP",
        ),
        ([row("02-07", "SPEP", "")], "line 2: AVAL is empty, but must be a number for SPEP"),
        ([row("02-07", "SIFE", "weak")], "line 2: AVALC is 'weak', but must be POSITIVE or NEGATIVE for SIFE"),
        ([row("02-07", "CLON", "PRESENT")], "AVALC is 'PRESENT', but must be DETECTED or ABSENT for CLON"),
        ([row("02-07", "SPEP", 3), row("02-07", "SPEP", 3)], "line 3: serum at 2010-02-07 has a row already"),
        (
            [row("02-07", "SPEP", 3, AVISIT="EXTRA"), row("03-07", "SPEP", 3, AVISIT="EXTRA")],
            "line 3: serum at EXTRA has a row already for the patient, in line 2: keep one, or leave AVISIT empty",
        ),
        (
            [row("02-07", "SPEP", 3, AVISIT="C2"), row("02-07", "SPEP", 3, AVISIT="C3")],
            "line 3: visits C2 and C3 of the patient both end on 2010-02-07: give them one name",
        ),
    ],
)
def test_rows_that_cannot_be_are_told(tmp_path, rows, told):
    with pytest.raises(DataError) as refused:
        assessments(tmp_path, *rows)
    assert f"{tmp_path}/adlb.csv: " in str(refused.value)
    assert told in str(refused.value)


def test_all_wrong_rows_are_told_at_once(tmp_path):
    rows = [row("02-07", "SPEP", 3, AVALU="g/L"), row("03-07", "SPEP", ""), row("03-07", "SIFE", "weak")]
    with pytest.raises(DataError) as refused:
        assessments(tmp_path, *rows)
    assert len(refused.value.problems) == 3
