"""Best change from baseline of the waterfall figure, by hand."""

from datetime import date, timedelta

import pytest
from small_trial import read_trial

from smmlib.trial import derive
from smmlib.trial.tables.problems import DataError

pytestmark = pytest.mark.by_hand

START = date(2010, 1, 1)
RECIST = {
    "criteria": "recist-1.1",
    "start": "RANDDT",
    "new_therapy": "NEWTRTDT",
    "confirmation": {"required": False},
    "stable_days": 42,
    "visits": [{"id": "best", "label": "Best", "denominator": "analysed"}],
}
FROM_ROWS = {"waterfall": {"label": "Change", "paramcd": "SUMDIAM"}}


def on(day):
    return START + timedelta(days=day)


def patient(name, therapy=None, **columns):
    therapy = "" if therapy is None else on(therapy)
    fixed = {"RANDDT": START, "NEWTRTDT": therapy, "DTHDT": "", "LSTALVDT": "2011-01-01"}
    return {"USUBJID": name, "TRT01P": name[0], **fixed, **columns}


def changes(folder, patients, sums=(), responses=(("B1", 60, "SD"),), waterfall=FROM_ROWS):
    """Best change of each patient; sums are patient, day and millimetres."""
    rows = [{"USUBJID": name, "PARAMCD": "SUMDIAM", "ADT": on(day), "AVAL": size} for name, day, size in sums]
    tables = {"tumours": rows} if rows else {}
    recorded = [{"USUBJID": name, "ADT": on(day), "AVALC": what} for name, day, what in responses]
    study, read = read_trial(folder, {"response": RECIST | waterfall}, subjects=patients, responses=recorded, **tables)
    found = derive(study, read).best_changes
    return dict(zip(found["patient"], found["change"], strict=True))


@pytest.mark.parametrize(
    ("sums", "change"),
    [
        ([(-10, 50), (56, 40), (112, 30), (168, 45)], -40),
        ([(-30, 80), (-10, 50), (56, 40)], -20),
        ([(0, 50), (56, 60)], 20),
        ([(-10, 50), (56, 0)], -100),
    ],
)
def test_the_lowest_later_value_is_compared_with_the_latest_up_to_the_start(tmp_path, sums, change):
    sums = [("A1", day, size) for day, size in sums]
    found = changes(tmp_path, [patient("A1"), patient("B1")], sums)
    assert found["A1"] == pytest.approx(change)
    assert found["B1"] != found["B1"]


@pytest.mark.parametrize("sums", [[(56, 40)], [(-10, 50)], [(-10, 0), (56, 10)]])
def test_without_a_baseline_or_a_later_value_there_is_no_change(tmp_path, sums):
    found = changes(tmp_path, [patient("A1"), patient("B1")], [("A1", day, size) for day, size in sums])
    assert found["A1"] != found["A1"]


def test_values_after_progression_and_under_new_therapy_do_not_count(tmp_path):
    """The value of the day of progression does; that of the first day of new therapy does not."""
    patients = [patient("A1"), patient("A2", therapy=112), patient("B1")]
    sums = [(name, day, size) for name in ("A1", "A2") for day, size in ((-10, 50), (56, 45), (112, 40), (168, 10))]
    found = changes(tmp_path, patients, sums, responses=[("A1", 112, "PD")])
    assert (found["A1"], found["A2"]) == (pytest.approx(-20), pytest.approx(-10))


def test_a_recorded_change_is_taken_as_it_is(tmp_path):
    recorded = {"waterfall": {"label": "Change", "variable": "BESTPCHG"}}
    patients = [patient("A1", BESTPCHG="-42.5"), patient("B1", BESTPCHG="")]
    found = changes(tmp_path, patients, waterfall=recorded)
    assert found["A1"] == -42.5
    assert found["B1"] != found["B1"]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("-142", "line 2: BESTPCHG is -142, but must be a change in percent, -100 or more"),
        ("less", "line 2: BESTPCHG is 'less', but must be a number"),
    ],
)
def test_what_is_no_change_is_told(tmp_path, value, told):
    recorded = {"waterfall": {"label": "Change", "variable": "BESTPCHG"}}
    with pytest.raises(DataError) as refused:
        changes(tmp_path, [patient("A1", BESTPCHG=value), patient("B1", BESTPCHG="")], waterfall=recorded)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("sums", "told"),
    [
        ([("A1", 56, 40), ("A1", 56, 41)], "line 3: SUMDIAM of the patient has another row on that day: keep one"),
        ([("A1", 56, "")], "PARAMCD 'SUMDIAM' has no value, but response.waterfall draws it"),
    ],
)
def test_values_that_cannot_be_used_are_told(tmp_path, sums, told):
    with pytest.raises(DataError) as refused:
        changes(tmp_path, [patient("A1"), patient("B1")], sums)
    assert told in str(refused.value)
