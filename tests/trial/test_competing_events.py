"""Events that compete with that of an endpoint: codes and texts of ADTTE, dates, and what contradicts in them."""

import pytest
from small_trial import STUDY, read_trial, write_trial

from smmlib.report import check
from smmlib.trial import derive, estimand, read_study, rule_in_words, time_to_event
from smmlib.trial.parameters.yaml_source import ParametersError
from smmlib.trial.tables.problems import DataError

pytestmark = pytest.mark.by_hand

ROWS = [
    ("a1", 10, 0, "Relapse", ""),
    ("a2", 20, 2, "", "Death"),
    ("a3", 30, 1, "", "End of study"),
    ("b1", 15, 0, "Relapse", ""),
    ("b2", 25, 3, "Moved away", ""),
    ("b3", 35, 2, "Death in remission", "Death"),
]
"""Patient, AVAL, CNSR, EVNTDESC, CNSDTDSC."""
SUBJECTS = [{"USUBJID": name, "TRT01P": name[0].upper(), "RANDDT": "2010-01-01"} for name, *_ in ROWS]
WORDS = {"label": "Time to relapse", "event_label": "Relapse", "curve_label": "In remission"}
RULE = "From randomisation to relapse."
RUNS = {"ttr": {"notebook": "time_to_event", "parameters": {"endpoint": "ttr"}}}
DEATH = {"2": "death in remission"}


def times(*left_out, rows=ROWS):
    columns = ("USUBJID", "AVAL", "CNSR", "EVNTDESC", "CNSDTDSC")
    cells = [dict(zip(columns, row, strict=True), PARAMCD="TTR") for row in rows]
    return [{name: cell for name, cell in row.items() if name not in left_out} for row in cells]


def study(competing, **more):
    endpoint = WORDS | {"paramcd": "TTR", "rule": RULE, "competing": competing} | more
    return STUDY | {"endpoints": {"ttr": endpoint}, "runs": RUNS}


def found(folder, competing, *left_out):
    """Causes by patient, and their reasons."""
    read, tables = read_trial(folder, study(competing), subjects=SUBJECTS, times=times(*left_out))
    patients = time_to_event(read, tables, "ttr")
    return patients.cause.tolist(), patients.derivation["reason"].tolist()


@pytest.mark.parametrize(
    ("competing", "causes"),
    [
        ({"2": "death"}, [1, 2, 0, 1, 0, 2]),
        ({"Death": "death"}, [1, 2, 0, 1, 0, 2]),
        ({"Death in remission": "death"}, [1, 0, 0, 1, 0, 2]),
        ({"2": "death", "3": "moved away"}, [1, 2, 0, 1, 2, 2]),
        ({"Death": "death", "Moved away": "moved away"}, [1, 2, 0, 1, 2, 2]),
        ({}, [1, 0, 0, 1, 0, 0]),
    ],
)
def test_a_code_or_a_text_says_what_competes(tmp_path, competing, causes):
    assert found(tmp_path, competing)[0] == causes


def test_the_reason_is_what_the_parameters_call_it(tmp_path):
    told = ["Relapse", "death", "censored: End of study", "Relapse", "censored: Moved away", "death"]
    assert found(tmp_path, {"2": "death"})[1] == told


def test_codes_alone_will_do(tmp_path):
    causes, reasons = found(tmp_path, {"2": "death"}, "EVNTDESC", "CNSDTDSC")
    assert causes == [1, 2, 0, 1, 0, 2]
    assert reasons == ["relapse", "death", "censored: CNSR 1", "relapse", "censored: CNSR 3", "death"]


def test_competing_events_survive_the_analysis_data(tmp_path):
    data = derive(read_study(write_trial(tmp_path, study(DEATH), subjects=SUBJECTS, times=times())))
    patients = data.endpoint("ttr")
    assert patients.cause.tolist() == [1, 2, 0, 1, 0, 2]
    assert patients.among("b").competing.tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("competing", "told"),
    [
        (
            {"4": "death"},
            "adtte.csv: endpoint ttr: competing event '4' is in no row: rows without the event have "
            "CNSR '2' 2, '1' 1, '3' 1; CNSDTDSC 'Death' 2, 'End of study' 1; "
            "EVNTDESC 'Moved away' 1, 'Death in remission' 1",
        ),
        ({"death": "death"}, "competing event 'death' is in no row (is it Death?)"),
        ({"Deaths in remission": "death"}, "is in no row (is it Death in remission?)"),
        (
            {"Relapse": "another relapse"},
            "endpoint ttr: competing event 'Relapse' is EVNTDESC of 2 rows with CNSR 0, the first line 2, and so the "
            "event as well: name what competes by its code of CNSR, above 0, or correct CNSR",
        ),
    ],
)
def test_a_code_that_no_row_or_the_event_has_is_refused(tmp_path, competing, told):
    with pytest.raises(DataError) as refused:
        read_trial(tmp_path, study(competing), subjects=SUBJECTS, times=times())
    assert told in str(refused.value).replace(f"{tmp_path}/", "")
    assert len(str(refused.value).splitlines()) == 1


def test_a_text_of_events_and_of_censorings_is_refused(tmp_path):
    rows = [*ROWS[:3], ("b1", 15, 0, "Death in remission", ""), *ROWS[4:]]
    with pytest.raises(DataError, match=r"is EVNTDESC of 1 row with CNSR 0, the first line 5, and so the event"):
        read_trial(tmp_path, study({"Death in remission": "death"}), subjects=SUBJECTS, times=times(rows=rows))


def dated(**changes):
    rule = {"start": "RANDDT", "event": {"RELDT": "relapse"}, "censor": "LSTALVDT", "competing": {"DTHDT": "death"}}
    return STUDY | {"endpoints": {"ttr": WORDS | rule | changes}, "runs": RUNS}


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        (study({"0": "death"}), "competing has CNSR 0, which is the event: give the codes, above 0, of what competes"),
        (study({2: "death"}), "the key 2 is read as a number, not as text: quote it"),
        (study({"2": ""}), "endpoints.ttr.competing.2: is empty, but must be text"),
        (study({"2": "Relapse"}), "competing has 'Relapse' for '2', as the event is called: it can be one of the two"),
        (study({"2": "censored: death"}), "competing has 'censored: death' for '2', as of a censored patient: write"),
        (dated(competing={"RELDT": "death"}), "RELDT is an event and competes with the event: it can be one of"),
        (dated(competing={"DTHDT": "relapse"}), "competing has 'relapse' for 'DTHDT', as the event is called"),
        (dated(ends_observation={"DTHDT": "death"}), "DTHDT ends observation and competes with the event"),
        (dated(competing={"RANDDT": "death"}), "RANDDT is the start and competes with the event"),
        (dated(competing={"LSTALVDT": "death"}), "LSTALVDT is the date of censoring and competes with the event"),
        (dated(competing={"last-day": "death"}), "uses 'last-day', which is no variable"),
        (dated(competing={"first-response": "response"}), "starts or ends with a response, but the study has no"),
    ],
)
def test_what_contradicts_is_told_before_any_table_is_read(tmp_path, parameters, told):
    with pytest.raises(ParametersError) as refused:
        read_study(write_trial(tmp_path, parameters))
    assert told in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_a_date_that_no_column_has_is_refused(tmp_path):
    rows = [{**row, "RELDT": "", "LSTALVDT": "2011-01-01"} for row in SUBJECTS]
    with pytest.raises(DataError, match=r"DTHDT"):
        read_trial(tmp_path, dated(), subjects=rows)


def test_a_bundled_rule_lets_death_compete_that_ended_observation(tmp_path):
    like = {"like": "time-to-progression", "competing": {"DTHDT": "death without progression"}}
    given = STUDY | {"endpoints": {"ttr": like}, "runs": RUNS, "assessments": {"last": "LSTASDT"}}
    rule = read_study(write_trial(tmp_path, given, subjects=SUBJECTS)).endpoints["ttr"]
    assert (rule.ends_observation, rule.competing) == ({}, {"DTHDT": "death without progression"})


def test_words_say_what_competes(tmp_path):
    sentence = "Where death in remission comes first, it is a competing event, at which time ends."
    read = read_study(write_trial(tmp_path, study(DEATH, first_day=1), subjects=SUBJECTS, times=times()))
    told = f"{RULE} {sentence} Times are those recorded less one day, for the day of the start was recorded as day 1."
    assert rule_in_words(read, read.endpoints["ttr"]) == told
    two = dated(competing={"DTHDT": "death", "MOVEDT": "moving away"})
    by_dates = read_study(write_trial(tmp_path, two, subjects=SUBJECTS))
    rule = by_dates.endpoints["ttr"]
    assert "Where death or moving away comes first, it is a competing event" in rule_in_words(by_dates, rule)
    assert estimand(rule)["death"] == "competing event"


def test_the_check_names_arms_without_a_competing_event(tmp_path):
    file = write_trial(tmp_path, study({"3": "moved away"}), subjects=SUBJECTS, times=times())
    errors, lines = check.checked(file)
    assert errors == []
    assert [line.split() for line in lines if "competing event" in line and "note" in line] == [
        ["note", "nobody", "in", "A", "had", "a", "competing", "event"]
    ]
