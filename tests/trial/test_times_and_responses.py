"""Tables that say something else than they seem to: other units and parameters, days after death, doubled rows."""

import pytest
import yaml
from small_trial import read_trial, write_trial

from smmlib.report import check
from smmlib.trial import response_at, rule_in_words, time_to_event
from smmlib.trial.tables.problems import DataError

pytestmark = pytest.mark.by_hand

PATIENTS = [
    {"USUBJID": name, "TRT01P": arm, "RANDDT": "2010-01-01", "PROGDT": "", "DTHDT": dead, "LSTALVDT": last}
    for name, arm, dead, last in (
        ("a1", "A", "2010-12-01", "2010-12-01"),
        ("a2", "A", "", "2011-01-01"),
        ("b1", "B", "", "2011-01-01"),
    )
]
RECORDED = {
    "label": "OS",
    "event_label": "Death",
    "curve_label": "Alive",
    "paramcd": "OS",
    "rule": "From randomisation to death.",
}
RESPONSE = {"arm": "a", "visits": [{"id": "best", "label": "Best", "denominator": "analysed"}]}
PFS = {"os": {"like": "overall-survival", "event": {"PROGDT": "progression", "DTHDT": "death"}}}


def times(**changes):
    days = {"a1": 334, "a2": 365, "b1": 365}
    row = {"PARAMCD": "OS", "CNSR": 1, "STARTDT": "2010-01-01", "ADT": "2011-01-01", "AVALU": "DAYS"}
    rows = [{**row, "USUBJID": name, "AVAL": aval, **changes} for name, aval in days.items()]
    rows[0] |= {"ADT": "2010-12-01", "CNSR": 0}
    return rows


def read_times(folder, rows, **study):
    return read_trial(folder, {"endpoints": {"os": RECORDED}, **study}, subjects=PATIENTS, times=rows)


def test_recorded_times_in_the_unit_of_the_study(tmp_path):
    study, tables = read_times(tmp_path, times())
    assert list(time_to_event(study, tables, "os").time) == [334, 365, 365]


def test_patients_without_a_time_are_left_out_where_the_parameters_say_so(tmp_path):
    """As in the duration of response, of which those who did not respond are no part."""
    some = {**RECORDED, "missing_row": "left out"}
    study, tables = read_times(tmp_path, [times()[0], times()[2]], endpoints={"os": some})
    found = time_to_event(study, tables, "os")
    assert (list(found.time), list(found.event)) == ([334, 365], [True, False])
    reasons = found.derivation.set_index("patient")["reason"]
    assert sorted(reasons == "left out") == [False, False, True]
    assert "Patients without a recorded time are left out" in rule_in_words(study, study.endpoints["os"])


def test_patients_without_a_time_are_refused_otherwise(tmp_path):
    study, tables = read_times(tmp_path, [times()[0], times()[2]])
    with pytest.raises(DataError, match=r"no row with PARAMCD OS in .*adtte.csv; .* say missing_row: left out"):
        time_to_event(study, tables, "os")


@pytest.mark.parametrize("held", ["", "NA", "."])
@pytest.mark.parametrize(("column", "must"), [("AVAL", "a number, zero or more"), ("CNSR", "0 (event) or a whole")])
def test_a_row_without_a_time_is_told_with_its_cure_and_the_cure_leaves_it_out(tmp_path, held, column, must):
    rows = times()
    rows[1][column] = held
    with pytest.raises(DataError) as refused:
        read_times(tmp_path, rows)
    told = str(refused.value)
    assert f"line 3: {column} is {held!r}, " in told
    assert f"must be {must}" in told
    cure = f"data: {{where: {{times: {{{column}: {{not: ''}}}}}}}}"
    assert told.endswith(f"; correct it, or leave such rows out by {cure} and missing_row: left out beside its paramcd")
    some = {"endpoints": {"os": {**RECORDED, "missing_row": "left out"}}, **yaml.safe_load(cure)}
    study, tables = read_times(tmp_path, [rows[0], rows[1], rows[2], rows[1] | {"USUBJID": "a1"}], **some)
    assert list(time_to_event(study, tables, "os").time) == [334, 365]


def responses(*rows):
    columns = ("USUBJID", "PARAMCD", "ADT", "AVALC")
    return [dict(zip(columns, row, strict=True)) for row in rows]


def best_of_first(folder, rows, **data):
    changes = {"response": RESPONSE, "data": data}
    study, tables = read_trial(folder, changes, subjects=PATIENTS, responses=rows)
    return response_at(study, tables, study.response.visits[0]).category[0]


VISIT, BEST = ("a1", "OVR", "2010-02-01", "PR"), ("a1", "BEST", "2010-11-01", "CR")


def test_of_several_parameters_of_responses_the_parameters_name_one(tmp_path):
    assert best_of_first(tmp_path, responses(VISIT)) == "PR"
    assert best_of_first(tmp_path, responses(VISIT, BEST), responses_paramcd="OVR") == "PR"
    assert best_of_first(tmp_path, responses(VISIT, BEST), responses_paramcd="BEST") == "CR"


@pytest.mark.parametrize(
    ("rows", "data", "told"),
    [
        ([VISIT, BEST], {}, "PARAMCD holds BEST, OVR: say under data.responses_paramcd which rows are the responses"),
        ([VISIT], {"responses_paramcd": "BOR"}, "PARAMCD 'BOR' does not occur; the table holds OVR"),
        ([VISIT, ("a1", "OVR", "2010-02-01", "sCR")], {}, "line 3: patient a1, 2010-02-01, has a row already"),
        (
            [VISIT, ("a1", "OVR", "", "sCR")],
            {},
            "line 3: ADT is '', but must be a date, YYYY-MM-DD: it is empty; correct it, or leave such rows out by "
            "data: {where: {responses: {ADT: {not: ''}}}}",
        ),
        (
            [VISIT, ("a1", "OVR", "2010-12-02", "PD")],
            {},
            "line 3: ADT is '2010-12-02', but must be no later than",
        ),
    ],
)
def test_rows_that_cannot_all_be_responses_are_told(tmp_path, rows, data, told):
    with pytest.raises(DataError) as refused:
        best_of_first(tmp_path, responses(*rows), **data)
    assert told in str(refused.value)


def test_an_endpoint_with_nobody_in_an_arm_is_named(tmp_path):
    endpoints = {"os": {"like": "overall-survival"}, "dor": {"like": "overall-survival", "start": "first-response"}}
    endpoints["dor"]["missing_start"] = "left out"
    changes = {"response": RESPONSE, "endpoints": endpoints}
    study, tables = read_trial(tmp_path, changes, subjects=PATIENTS, responses=responses(VISIT))
    with pytest.raises(DataError, match=r"endpoint dor: no patient of arm 'B' is part of it, for all are left out"):
        time_to_event(study, tables, "dor")


def test_progression_without_its_date_is_noted(tmp_path, capsys):
    rows = responses(VISIT, ("a2", "OVR", "2010-05-01", "PD"))
    file = write_trial(tmp_path, {"response": RESPONSE, "endpoints": PFS}, subjects=PATIENTS, responses=rows)
    assert check.main([str(file)]) == 0
    assert "1 patients have PD among the responses, and no PROGDT" in capsys.readouterr().out


def test_a_phase_that_was_not_started_holds_no_response(tmp_path):
    """Both of arm A responded before maintenance; only one of them went on to it, and responded there again."""
    phase = {
        "id": "maintenance",
        "label": "Maintenance",
        "plan": "100 days",
        "days": 100,
        "start": "PH2SDT",
        "end": "PH2EDT",
        "ongoing_until": "LSTALVDT",
    }
    visit = {"id": "maintenance", "label": "Maintenance", "phase": "maintenance", "denominator": "analysed"}
    patients = [row | {"PH2SDT": "2010-06-01" if row["USUBJID"] == "a1" else "", "PH2EDT": ""} for row in PATIENTS]
    rows = responses(VISIT, ("a2", "OVR", "2010-02-01", "CR"), ("a1", "OVR", "2010-07-01", "VGPR"))
    changes = {"response": {"arm": "a", "visits": [visit]}, "phases": [phase]}
    study, tables = read_trial(tmp_path, changes, subjects=patients, responses=rows)
    found = response_at(study, tables, study.response.visits[0])
    assert list(found.category) == ["VGPR", "NE"]
    assert list(found.derivation["explanation"]) == ["as recorded", "the phase was not started"]
