"""The table of adverse events: which events count when nothing is said, what is fatal, and what is refused."""

import pytest
from small_trial import read_trial, write_trial

from smmlib.analysis import study_numbers
from smmlib.trial import counting_in_words, derive, read_study, read_tables
from smmlib.trial.tables.problems import DataError

pytestmark = pytest.mark.by_hand

PATIENTS = [
    {"USUBJID": f"{arm}{number}", "TRT01P": arm, "RANDDT": "2010-01-01", "DTHDT": "", "LSTALVDT": "2011-01-01"}
    for arm in "AB"
    for number in range(1, 4)
]
SECTION = {"runs": {"population": {"notebook": "population"}, "safety": {"notebook": "safety"}}}


def event(patient, term="Rash", grade=1, **changes):
    return {"USUBJID": patient, "AEDECOD": term, "AETOXGR": grade, "AESER": "N"} | changes


def derived(folder, events, **changes):
    return derive(*read_trial(folder, changes, subjects=PATIENTS, adverse_events=events))


def patients_with(data, kind):
    rows = data.adverse_events
    return sorted(rows.loc[(rows["kind"] == kind) & (rows["term"] == "") & rows["affected"], "patient"])


def refused(folder, events, **changes):
    with pytest.raises(DataError) as error:
        derived(folder, events, **changes)
    return str(error.value).replace(f"{folder}/", "")


# ---- which events count


BEFORE_AND_AFTER = [event("A1", grade=3, TRTEMFL=""), event("A2", grade=3, TRTEMFL="Y"), event("B1", TRTEMFL="N")]


def test_the_flag_counts_where_there_is_one(tmp_path):
    data = derived(tmp_path, BEFORE_AND_AFTER)
    assert patients_with(data, "any") == patients_with(data, "grade_3") == ["A2"]
    (number,) = (found for key, found in study_numbers(data).items() if key.name == "population.adverse_event.any.a")
    assert (number.value, number.method) == (1, "Number of patients, any adverse event, treatment-emergent")
    counted = counting_in_words(data.study, data.event_sources)["counted"]
    assert counted == "Treatment-emergent adverse events are counted: those with TRTEMFL Y."


@pytest.mark.parametrize("flag", [{}, {"TRTEMFL": ""}])
def test_all_events_count_without_a_flag_and_it_is_said(tmp_path, flag):
    data = derived(tmp_path, [event(patient, **flag) for patient in ("A1", "A2", "B1")])
    assert patients_with(data, "any") == ["A1", "A2", "B1"]
    counted = counting_in_words(data.study, data.event_sources)["counted"]
    assert counted == (
        "All adverse events of the table are counted, whether treatment-emergent or not: no row has TRTEMFL Y, "
        "and safety.emergent does not say how to tell."
    )


def test_all_events_count_where_the_parameters_say_so(tmp_path):
    data = derived(tmp_path, BEFORE_AND_AFTER, safety={"emergent": "all"})
    assert patients_with(data, "any") == ["A1", "A2", "B1"]
    counted = counting_in_words(data.study, data.event_sources)["counted"]
    assert counted == "All adverse events of the table are counted, whether treatment-emergent or not."


def test_a_flag_that_the_parameters_ask_for_must_be_y_somewhere(tmp_path):
    events = [event("A1", TRTEMFL="N")]
    told = refused(tmp_path, events, safety={"emergent": "flag"})
    assert told == "adae.csv: TRTEMFL is Y in no row, so no event would count: set safety.emergent to dates or all"


# ---- grades, fatal events, spellings


def test_an_event_is_fatal_by_its_grade_by_its_outcome_or_because_the_patient_died_of_it(tmp_path):
    events = [
        event("A1", grade=5, AESDTH="N", AEOUT="NOT RECOVERED"),
        event("A2", grade=3, AESDTH="Y", AEOUT=""),
        event("A3", grade=4, AESDTH="", AEOUT="Fatal"),
        event("B1", grade=4, AESDTH="N", AEOUT="RECOVERED"),
    ]
    data = derived(tmp_path, events)
    assert patients_with(data, "fatal") == ["A1", "A2", "A3"]
    words = counting_in_words(data.study, data.event_sources)["fatal"]
    assert words == "Fatal are events of grade 5 or AESDTH Y or AEOUT FATAL."


def test_severity_in_words_gives_the_grade(tmp_path):
    words = {"A1": "MILD", "A2": "Severe", "A3": "life threatening", "B1": "", "B2": "FATAL"}
    events = [event(patient, AESEV=word) | {"AETOXGR": ""} for patient, word in words.items()]
    data = derived(tmp_path, events)
    assert patients_with(data, "grade_3") == ["A2", "A3", "B2"]
    assert patients_with(data, "fatal") == ["B2"]
    without = [{name: value for name, value in row.items() if name != "AETOXGR"} for row in events]
    assert patients_with(derived(tmp_path, without), "grade_3") == ["A2", "A3", "B2"]


def test_severity_in_words_of_ones_own(tmp_path):
    events = [event("A1", AESEV="leicht"), event("A2", AESEV="SCHWER")]
    safety = {"severity": "AESEV", "grades": {"leicht": 1, "schwer": 3}}
    data = derived(tmp_path, events, safety=safety)
    assert patients_with(data, "grade_3") == ["A2"]
    words = counting_in_words(data.study, data.event_sources)["grade"]
    assert words == "Grades are made from AESEV: leicht 1, schwer 3."


def test_one_term_in_two_spellings_is_one_line(tmp_path):
    events = [event("A1", "Skin  rash"), event("A2", "SKIN RASH"), event("A3", "SKIN RASH")]
    data = derived(tmp_path, events)
    assert data.adverse_event_terms["term"].unique().tolist() == ["SKIN RASH"]


def test_related_and_stopped_are_counted_where_the_table_tells(tmp_path):
    told = {"AEREL": "", "AEACN": "DOSE REDUCED"}
    events = [
        event("A1", **told | {"AEREL": "PROBABLE"}),
        event("A2", **told | {"AEREL": "NOT RELATED", "AEACN": "Drug withdrawn"}),
        event("A3", **told),
    ]
    data = derived(tmp_path, events, **SECTION)
    assert patients_with(data, "related") == ["A1", "A3"]
    assert patients_with(data, "stopped") == ["A2"]
    empty = derived(tmp_path, [event("A1", AEREL="", AEACN="")], **SECTION)
    assert not {"related", "stopped"} & set(empty.adverse_events["kind"])
    words = counting_in_words(empty.study, empty.event_sources)
    assert words["related"].startswith("The table does not tell which events are related to treatment")
    assert words["stopped"].startswith("The table does not tell which events led to a stop of treatment")


# ---- what is refused


def test_a_term_that_no_row_has_is_refused_with_the_nearest(tmp_path):
    events = [event("A1", "Rash"), event("A2", "Rash"), event("B1", "Neutropenia")]
    told = refused(tmp_path, events, severe_adverse_events=["Neutropaenia"], safety={"terms": ["rash", "Gout"]})
    assert told.splitlines() == [
        "adae.csv: AEDECOD has no 'Neutropaenia', which severe_adverse_events names; the nearest is 'Neutropenia' 1; "
        "the column holds 'Rash' 2, 'Neutropenia' 1",
        "adae.csv: AEDECOD has no 'Gout', which safety.terms names; the column holds 'Rash' 2, 'Neutropenia' 1",
    ]


def test_a_long_column_is_told_by_its_most_frequent_words(tmp_path):
    events = [event("A1", f"Term {letter}") for letter in "ABCDEFGH"] + [event("A2", "Term H")]
    told = refused(tmp_path, events, safety={"terms": ["Gout"]})
    assert told.endswith("holds 'Term H' 2, 'Term A' 1, 'Term B' 1, 'Term C' 1, 'Term D' 1 and 3 others")


def test_a_table_without_a_grade_is_refused(tmp_path):
    events = [{name: value for name, value in event("A1").items() if name != "AETOXGR"}]
    told = refused(tmp_path, events)
    assert told == "adae.csv: no column AETOXGR, with grades 1 to 5, nor AESEV, with the severity in words"


def test_a_severity_without_a_grade_is_refused(tmp_path):
    told = refused(tmp_path, [event("A1", AESEV="Grave") | {"AETOXGR": ""}])
    assert told == (
        "adae.csv: line 2: AESEV is 'Grave', but must be one of MILD, MODERATE, SEVERE, LIFE THREATENING, "
        "LIFE-THREATENING, FATAL, or nothing: give the grade of each word under safety.grades"
    )


def test_a_relation_that_says_neither_is_refused_where_it_is_reported(tmp_path):
    events = [event("A1", AEREL="CONDITIONAL")]
    told = refused(tmp_path, events, **SECTION)
    assert told == (
        "adae.csv: line 2: AEREL is 'CONDITIONAL', but must be a word that says related or not: "
        "list those that mean related under safety.related"
    )
    assert "related" not in set(derived(tmp_path, events).adverse_events["kind"])
    data = derived(tmp_path, events, **SECTION, safety={"related": ["Conditional"]})
    assert patients_with(data, "related") == ["A1"]


def test_words_of_the_parameters_that_no_row_has_are_refused(tmp_path):
    events = [event("A1", AEREL="RELATED", AEACN="PERMANENTLY DISCONTINUED")]
    told = refused(tmp_path, events, safety={"related": ["Relatd"], "stopped": ["permanently discontinud"]})
    assert told.splitlines() == [
        "adae.csv: AEREL has no 'Relatd', which safety.related names; the nearest is 'RELATED' 1; "
        "the column holds 'RELATED' 1",
        "adae.csv: AEACN has no 'permanently discontinud', which safety.stopped names; the nearest is "
        "'PERMANENTLY DISCONTINUED' 1; the column holds 'PERMANENTLY DISCONTINUED' 1",
    ]


def test_a_mark_of_a_completed_date_must_be_known(tmp_path):
    patients = [row | {"TRTSDT": "2010-01-02", "TRTEDT": "2010-02-01"} for row in PATIENTS]
    safety = {"emergent": "dates", "treatment": {"start": "TRTSDT", "end": "TRTEDT"}}
    events = [event("A1", ASTDT="2010-01-15", ASTDTF="X")]
    study = read_study(write_trial(tmp_path, {"safety": safety}, subjects=patients, adverse_events=events))
    with pytest.raises(DataError, match="ASTDTF is 'X', but must be D, M or Y, for what of the date was completed"):
        read_tables(study)


def test_treatment_that_ends_before_it_begins_is_refused(tmp_path):
    patients = [row | {"TRTSDT": "2010-02-02", "TRTEDT": "2010-02-01"} for row in PATIENTS]
    safety = {"treatment": {"start": "TRTSDT", "end": "TRTEDT"}}
    study = read_study(
        write_trial(tmp_path, {"safety": safety}, subjects=patients, adverse_events=[event("A1", ASTDT="")])
    )
    with pytest.raises(DataError, match="TRTEDT is '2010-02-01', but must be no earlier than TRTSDT"):
        read_tables(study)
