"""What two places say of one patient is held against one another; a real record may be let through, with its reason."""

import pytest
import yaml
from small_trial import read_trial, write_trial

from smmlib.report import check
from smmlib.trial import read_study, time_to_event
from smmlib.trial.parameters.table_rows import CHECKS
from smmlib.trial.tables.accepted import accepted_records
from smmlib.trial.tables.problems import DataError

pytestmark = pytest.mark.by_hand

DEATHS = {"a1": "2010-12-01", "a2": "", "a3": "", "b1": "", "b2": "2010-06-01"}
PATIENTS = [
    {"USUBJID": name, "TRT01P": name[0].upper(), "RANDDT": "2010-01-01", "DTHDT": day, "LSTALVDT": day or "2011-01-01"}
    for name, day in DEATHS.items()
]
ADVICE = ["Where the records of a patient are right in spite of this, write under accept of data, and the reason."]


def patients(**columns):
    """The patients with other cells of some of them in some columns; a new column is empty otherwise."""
    changed = [{**row, **{name: row.get(name, "") for name in columns}} for row in PATIENTS]
    for name, cells in columns.items():
        for row in changed:
            row[name] = cells.get(row["USUBJID"], row[name])
    return changed


def accept(patient, what, reason="Confirmed by the site."):
    return {"accept": [{"patient": patient, "check": what, "reason": reason}]}


def refusal(folder, study=(), **tables):
    with pytest.raises(DataError) as refused:
        read_trial(folder, dict(study), **tables)
    return str(refused.value).replace(f"{folder}/", "").splitlines()


# ---- arms


def times(*arms, variable="TRTP"):
    rows = zip(PATIENTS, arms, strict=True)
    return [{"USUBJID": row["USUBJID"], "PARAMCD": "OS", "AVAL": 10, "CNSR": 0, variable: arm} for row, arm in rows]


WORDS = {"label": "OS", "event_label": "Death", "curve_label": "Alive", "rule": "From randomisation to death."}
RECORDED = {"endpoints": {"os": WORDS | {"paramcd": "OS"}}}


@pytest.mark.parametrize("variable", ["TRTP", "TRT01P"])
def test_another_arm_in_another_table_is_one_line(tmp_path, variable):
    rows = times("B", "B", "B", "A", "A", variable=variable)
    assert refusal(tmp_path, RECORDED, subjects=PATIENTS, times=rows) == [
        f"adtte.csv: lines 2, 3, 4, 5, 6: {variable} is 'B' and TRT01P of the subject table 'A', 'A' and TRT01P of the "
        "subject table 'B', but must be the same: was a table merged with other patients?",
        *ADVICE,
        *(f'  - {{patient: "{row["USUBJID"]}", check: arm, reason: ...}}' for row in PATIENTS),
    ]


def test_arms_that_agree_or_are_not_given(tmp_path):
    study, tables = read_trial(tmp_path, RECORDED, subjects=PATIENTS, times=times("A", "A", "", "B", "B"))
    assert len(time_to_event(study, tables, "os").time) == 5


def test_the_treatment_received_is_held_against_that_of_the_subject_table(tmp_path):
    study = {"populations": {"all": {"label": "as treated", "arm_variable": "TRT01A"}}}
    subjects = patients(TRT01A={"a1": "A", "a2": "B", "a3": "A", "b1": "B", "b2": "B"})
    event = {"AEDECOD": "Rash", "AETOXGR": 3, "AESER": "N", "ASTDT": "2010-02-01"}
    rows = [event | {"USUBJID": "a2", "TRTA": "B"}, event | {"USUBJID": "a3", "TRTA": "B"}]
    told = refusal(tmp_path, study, subjects=subjects, adverse_events=rows)
    assert told[0].startswith("adae.csv: line 3: TRTA is 'B' and TRT01A of the subject table 'A', but must be the same")


# ---- deaths and dates


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ({"a1": "Y", "a2": "Y", "b2": "Y"}, "adsl.csv: line 3: DTHFL is 'Y', but must be so only where DTHDT is given"),
        ({"a1": "Y", "b2": "N"}, "adsl.csv: line 6: DTHFL is 'N', but must be Y where DTHDT is given"),
        ({"b2": "Y"}, "adsl.csv: line 2: DTHFL is '', but must be Y where DTHDT is given"),
    ],
)
def test_the_flag_and_the_date_of_death(tmp_path, flags, told):
    patient = {"3": "a2", "6": "b2", "2": "a1"}[told.split()[2].rstrip(":")]
    write = f'  - {{patient: "{patient}", check: death, reason: ...}}'
    assert refusal(tmp_path, subjects=patients(DTHFL=flags)) == [told, *ADVICE, write]


def test_the_lines_of_the_message_let_the_patients_through(tmp_path):
    subjects = patients(DTHFL={"a1": "Y", "a2": "Y", "b2": "N"}, LSTALVDT={"a1": "2010-12-05"})
    told = "\n".join(refusal(tmp_path, subjects=subjects))
    written = yaml.safe_load(told.partition(f"{ADVICE[0]}\n")[2].replace("...", "Verified."))
    study, tables = read_trial(tmp_path, {"data": {"accept": written}}, subjects=subjects)
    assert len(accepted_records(study)) == 3
    assert time_to_event(study, tables, "os").event.sum() == 2


def test_where_the_identifier_may_not_be_told_it_is_said_where_it_stands(tmp_path):
    subjects = patients(DTHFL={row["USUBJID"]: "Y" for row in PATIENTS})
    told = refusal(tmp_path, {"privacy": "hashed"}, subjects=subjects)
    assert told[-2:] == [
        f"  - {{patient: ..., check: death, reason: ...}} # patient: USUBJID in line {line} of adsl.csv"
        for line in (4, 5)
    ]
    many = [row | {"USUBJID": f"a{number}", "DTHDT": ""} for number, row in enumerate(subjects * 2)]
    told = refusal(tmp_path, {"privacy": "hashed"}, subjects=[*many, *subjects[3:]])
    assert len(told) == 8
    assert told[-1] == "  # and so for 6 more"


def test_a_last_contact_before_randomisation_is_told_of_recorded_times_too(tmp_path):
    study = {"endpoints": {"os": {"like": "overall-survival", "start": "TRTSDT"}}}
    subjects = patients(TRTSDT={row["USUBJID"]: "2009-12-01" for row in PATIENTS}, LSTALVDT={"a2": "2009-12-20"})
    told = refusal(tmp_path, study, subjects=subjects)
    assert told[0] == "adsl.csv: line 3: LSTALVDT is '2009-12-20', but must be no earlier than RANDDT"


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"LSTALVDT": "2009-11-20"}, "LSTALVDT is '2009-11-20', but must be no earlier than TRTSDT and RANDDT"),
        ({"RANDDT": "2012-01-01"}, "RANDDT is '2012-01-01', but must be no later than LSTALVDT and DTHDT"),
        ({"DTHDT": "2009-01-01"}, "DTHDT is '2009-01-01', but must be no earlier than TRTSDT, LSTALVDT and RANDDT"),
    ],
)
def test_one_wrong_date_is_one_line_with_all_that_it_contradicts(tmp_path, cells, told):
    study = {"endpoints": {"os": {"like": "overall-survival", "start": "TRTSDT"}}}
    subjects = patients(TRTSDT={row["USUBJID"]: "2009-12-01" for row in PATIENTS})
    line, *advice = refusal(tmp_path, study, subjects=[subjects[0] | cells, *subjects[1:]])
    assert line == f"adsl.csv: line 2: {told}"
    assert advice == [*ADVICE, '  - {patient: "a1", check: order, reason: ...}']


# ---- let through


def test_a_record_that_is_let_through_is_said_with_its_reason(tmp_path, capsys):
    subjects = patients(DTHFL={"a1": "Y", "a3": "Y", "b2": "Y"})
    reason = "Died abroad; the date is not known."
    study, tables = read_trial(tmp_path, {"data": accept("a3", "death", reason)}, subjects=subjects)
    assert time_to_event(study, tables, "os").event.tolist() == [True, False, False, False, True]
    assert accepted_records(study) == [("a3", CHECKS["death"], reason)]
    assert check.main([str(tmp_path / "small.yaml")]) == 0
    said = f"accepted       a3: DTHFL and DTHDT do not agree on whether the patient died. {reason}"
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(("privacy", "name"), [({"privacy": "hashed"}, "hash"), ({"suppress_below": 2}, "")])
def test_a_patient_who_is_let_through_is_named_as_privacy_says(tmp_path, privacy, name):
    file = write_trial(tmp_path, privacy | {"data": accept("a3", "death")}, subjects=PATIENTS)
    ((patient, _, _),) = accepted_records(read_study(file))
    assert (len(patient) == 12 and patient != "a3") if name else patient == ""


def test_what_is_let_through_must_contradict_itself(tmp_path):
    for patient in ("a2", "nobody"):
        (told,) = refusal(tmp_path, {"data": accept(patient, "order")}, subjects=PATIENTS)
        assert told.startswith(f"adsl.csv: data.accept lets patient '{patient}' through for order, where nothing")
    (told,) = refusal(tmp_path, {"privacy": "hashed", "data": accept("a2", "order")}, subjects=PATIENTS)
    assert "lets patient withheld through" in told


def test_only_the_named_check_of_the_named_patient_is_let_through(tmp_path):
    subjects = patients(LSTALVDT={"a1": "2010-12-05", "b2": "2010-06-02"})
    told = refusal(tmp_path, {"data": accept("a1", "order")}, subjects=subjects)
    assert told[0].startswith("adsl.csv: line 6: LSTALVDT is '2010-06-02', but must be no later than DTHDT")
    accepted = [accept(patient, "order")["accept"][0] for patient in ("a1", "b2")]
    study, tables = read_trial(tmp_path, {"data": {"accept": accepted}}, subjects=subjects)
    assert time_to_event(study, tables, "os").event.sum() == 2


def test_a_recorded_time_that_is_let_through(tmp_path):
    rows = [
        row | {"STARTDT": "2010-01-01", "ADT": "2010-01-11", "AVAL": 100 if row["USUBJID"] == "a3" else 10}
        for row in times("A", "A", "A", "B", "B")
    ]
    told, *advice = refusal(tmp_path, RECORDED, subjects=PATIENTS, times=rows)
    assert "AVAL is not the time from STARTDT to ADT in 1 of 5 rows of OS" in told
    assert advice == [*ADVICE, '  - {patient: "a3", check: recorded time, reason: ...}']
    study = RECORDED | {"data": accept("a3", "recorded time")}
    study, tables = read_trial(tmp_path, study, subjects=PATIENTS, times=rows)
    assert time_to_event(study, tables, "os").time.tolist() == [10, 10, 100, 10, 10]
