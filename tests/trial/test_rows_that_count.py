"""Which rows of a table count: those of a filter, and those of the patients of the analysis."""

import pytest
from small_trial import read_trial, write_trial

from smmlib.report import check
from smmlib.trial import derive, read_study, time_to_event
from smmlib.trial.parameters.yaml_source import ParametersError
from smmlib.trial.tables.problems import DataError

pytestmark = pytest.mark.by_hand

NAMES = ("a1", "a2", "b1", "b2")
PATIENTS = [
    {"USUBJID": name, "TRT01P": name[0].upper(), "RANDDT": "2010-01-01", "DTHDT": "", "LSTALVDT": "2011-01-01"}
    for name in NAMES
]
OUTSIDE = [
    PATIENTS[0] | {"USUBJID": "screened", "RANDDT": "", "TRT01P": ""},
    PATIENTS[0] | {"USUBJID": "other-arm", "TRT01P": "C"},
]
WORDS = {"label": "OS", "event_label": "Death", "curve_label": "Alive", "rule": "From randomisation to death."}
RECORDED = {"endpoints": {"os": WORDS | {"paramcd": "OS"}}}


def times(names=NAMES, **more):
    return [{"USUBJID": name, "PARAMCD": "OS", "AVAL": 10, "CNSR": 0, "ANL01FL": "Y", **more} for name in names]


def read(folder, rows, subjects=PATIENTS, **data):
    return read_trial(folder, RECORDED | {"data": data}, subjects=subjects, times=rows)


def refusal(folder, rows, **data):
    with pytest.raises(DataError) as refused:
        read(folder, rows, **data)
    return str(refused.value).replace(f"{folder}/", "")


def conditions(**condition):
    return {"where": {"times": condition}}


# ---- filters


ROWS = [*times(), *times(AVAL=20, ANL01FL="", AVISIT="FOLLOW-UP"), *times(AVAL=30, ANL01FL="N", AVISIT="SCREENING")]


@pytest.mark.parametrize(
    ("condition", "aval", "words"),
    [
        ({"ANL01FL": "Y"}, 10, "passed over: 8 of 12 rows by data.where.times, which keeps ANL01FL Y"),
        ({"ANL01FL": ""}, 20, "passed over: 8 of 12 rows by data.where.times, which keeps ANL01FL empty"),
        ({"ANL01FL": ["N"]}, 30, "passed over: 8 of 12 rows by data.where.times, which keeps ANL01FL N"),
        ({"ANL01FL": ["Y", "N"], "AVISIT": {"not": "SCREENING"}}, 10, "ANL01FL Y or N, AVISIT not SCREENING"),
        ({"AVISIT": {"not": ["", "SCREENING"]}}, 20, "AVISIT not empty or SCREENING"),
        ({"PARAMCD": "OS", "AVISIT": ""}, 10, "PARAMCD OS, AVISIT empty"),
    ],
)
def test_the_rows_of_a_filter_count(tmp_path, condition, aval, words, capsys):
    study, tables = read(tmp_path, ROWS, **conditions(**condition))
    assert time_to_event(study, tables, "os").time.tolist() == [aval] * 4
    assert check.main([str(tmp_path / "small.yaml")]) == 0
    assert words in capsys.readouterr().out


def test_a_filter_of_subjects_leaves_their_rows_in_other_tables_out(tmp_path):
    subjects = [row | {"SITEID": "2.0" if row["USUBJID"] == "a1" else "1.0"} for row in PATIENTS]
    study, tables = read(tmp_path, times(), subjects, where={"subjects": {"SITEID": "1"}})
    assert tables.subjects.index.tolist() == ["a2", "b1", "b2"]
    assert "adtte.csv: passed over: 1 row of 1 patient not in the subject table" in tables.notes
    assert len(time_to_event(study, tables, "os").time) == 3


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ({"ANL1FL": "Y"}, "adtte.csv: no column ANL1FL (is it ANL01FL?); the table has USUBJID, PARAMCD, AVAL"),
        ({"AVISIT": "SCREENIG"}, "adtte.csv: AVISIT no row holds 'SCREENIG' (is it SCREENING?); the column holds '', "),
        ({"AVISIT": {"not": "BASE"}}, "adtte.csv: AVISIT no row holds 'BASE'; the column holds '', 'FOLLOW-UP', 'SCR"),
        (
            {"ANL01FL": "Y", "AVISIT": "SCREENING"},
            "adtte.csv: no row is left by data.where.times: ANL01FL Y, AVISIT SC",
        ),
    ],
)
def test_what_a_filter_does_not_find_is_told_with_the_nearest(tmp_path, condition, told):
    assert told in refusal(tmp_path, ROWS, **conditions(**condition))


def test_a_renamed_column_is_filtered_under_the_name_of_the_parameters(tmp_path):
    rows = [{"PRIMARY" if name == "ANL01FL" else name: value for name, value in row.items()} for row in ROWS]
    data = {"columns": {"times": {"ANL01FL": "PRIMARY"}}, **conditions(ANL01FL="Y")}
    _, tables = read(tmp_path, rows, **data)
    assert tables.times["AVAL"].tolist() == [10] * 4


def test_several_rows_of_a_patient_are_one_line_with_what_to_write(tmp_path):
    assert refusal(tmp_path, ROWS) == (
        "adtte.csv: line 6: patient a1, OS, has a row already, in line 2, and so it is with 7 more rows: keep one, or "
        "say which rows count: data: {where: {times: {ANL01FL: Y}}} leaves one each"
    )
    two = [*times(), *times(ANL01FL="")]
    assert "data: {where: {times: {ANL01FL: Y}}} leaves one each" in refusal(tmp_path, two)
    readers = [*times(PARQUAL="INVESTIGATOR", ANL01FL=""), *times(PARQUAL="INDEPENDENT", ANL01FL="")]
    assert "data: {where: {times: {PARQUAL: INVESTIGATOR}}} leaves one each" in refusal(tmp_path, readers)
    some = [*times(PARQUAL="", ANL01FL=""), *times(["a1"], PARQUAL="SECOND"), *times(["a1"], PARQUAL="THIRD")]
    assert "{PARQUAL: [SECOND, '']}" in refusal(tmp_path, some[1:])
    same = [*times(), *times()]
    assert refusal(tmp_path, same).endswith("has a row already, in line 2, and so it is with 3 more rows: keep one")


def test_a_filter_of_a_table_that_is_not_there(tmp_path):
    file = write_trial(tmp_path, {"data": conditions(ANL01FL="Y")}, subjects=PATIENTS)
    with pytest.raises(
        ParametersError, match=r"data.where.times: says which rows count, but data.times names no table"
    ):
        read_study(file)


# ---- patients outside the analysis


EVENT = {"AEDECOD": "Rash", "AETOXGR": 3, "AESER": "N", "ASTDT": "2010-02-01"}
STRANGERS = ("a1", "screened", "other-arm", "nobody", "nobody")


def test_rows_of_others_are_counted_and_passed_over(tmp_path):
    rows, events = times([*NAMES, *STRANGERS[1:4]]), [EVENT | {"USUBJID": name} for name in STRANGERS]
    study, tables = read_trial(tmp_path, RECORDED, subjects=[*PATIENTS, *OUTSIDE], times=rows, adverse_events=events)
    assert tables.outside == {"C": 1}
    assert tables.notes == (
        "adtte.csv: passed over: 1 row of 1 patient not in the subject table",
        "adtte.csv: passed over: 2 rows of 2 patients not randomised to one of the arms",
        "adae.csv: passed over: 2 rows of 1 patient not in the subject table",
        "adae.csv: passed over: 2 rows of 2 patients not randomised to one of the arms",
    )
    data = derive(study, tables)
    assert data.notes == tables.notes
    affected = data.adverse_events.query("affected and kind == 'any' and term == ''")
    assert affected["patient"].tolist() == ["a1"]


@pytest.mark.parametrize("written", ["A1", "a01", "a-1", "a 1", "al"])
def test_an_identifier_that_seems_misspelt_is_refused(tmp_path, written):
    with pytest.raises(DataError) as refused:
        read_trial(
            tmp_path, {}, subjects=PATIENTS, adverse_events=[EVENT | {"USUBJID": name} for name in ("b1", written)]
        )
    assert f"line 3: USUBJID is '{written}', but must be a patient of the subject table: is it a1?" in str(
        refused.value
    )


def test_a_table_with_nobody_of_the_subject_table_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"adae.csv: USUBJID no row is of a patient of the subject table"):
        read_trial(tmp_path, {}, subjects=PATIENTS, adverse_events=[EVENT | {"USUBJID": "nobody"}])
