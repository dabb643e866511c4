"""Categories of response: what they are called, which are a response, and which recorded ones count."""

from datetime import date, timedelta

import pytest
from small_trial import read_trial, write_trial

from smmlib.analysis import Key, study_numbers
from smmlib.display.response_figure import category_colours
from smmlib.report import check
from smmlib.report.records.labels import label
from smmlib.trial import derive, read_study, response_at, rule_in_words
from smmlib.trial.categories import IMWG, LUGANO, RECIST, YES_NO, own_scale
from smmlib.trial.tables.problems import DataError

pytestmark = pytest.mark.by_hand

START = date(2010, 1, 1)
LEUKAEMIA = {
    "categories": [
        {"id": "CR", "label": "Complete remission"},
        {"id": "CRi", "label": "Complete remission with incomplete recovery"},
        {"id": "PR", "label": "Partial remission"},
        {"id": "NR", "label": "No remission"},
        {"id": "REL", "label": "Relapse"},
    ],
    "responders": ["CR", "CRi"],
    "progression": ["REL"],
}
BEST = {"id": "best", "label": "Best response", "denominator": "analysed"}
RUNS = {"response": {"notebook": "response"}}


def patients(number=40, **columns):
    return [
        {"USUBJID": f"{arm}{n:02d}", "TRT01P": arm, "RANDDT": START, "DTHDT": "", "LSTALVDT": "2011-01-01", **columns}
        for arm in "AB"
        for n in range(number)
    ]


def rows(*recorded):
    """Patient, day from randomisation, category."""
    return [{"USUBJID": name, "ADT": START + timedelta(days=day), "AVALC": what} for name, day, what in recorded]


def best_of(folder, response, recorded, *, number=1, study=None, **columns):
    """Best responses of the patients, by name."""
    changes = {"response": {"visits": [BEST], **response}, **(study or {})}
    study, tables = read_trial(folder, changes, subjects=patients(number, **columns), responses=recorded)
    found = response_at(study, tables, study.response.visits[0]).derivation
    return dict(zip(found["patient"], found["response"], strict=True))


# ---- what they are called


@pytest.mark.parametrize(
    ("scale", "words", "short"),
    [
        (IMWG, "partial response or better", "PR or better"),
        (RECIST, "partial response or better", "PR or better"),
        (LUGANO, "partial response or better", "PR or better"),
        (YES_NO, "response", "Response"),
        (own_scale({"CR": "Complete remission", "NR": "None"}, ["CR"], []), "complete remission", "Complete remission"),
        (own_scale({"A": "Good", "B": "Fair", "C": "Poor"}, ["A", "C"], []), "good or poor", "A or C"),
        (own_scale({"A": "Good", "B": "Fair", "C": "Poor"}, ["C", "B"], []), "fair or poor", "B or C"),
        (own_scale({"A": "Good", "B": "Fair", "C": "Poor"}, ["B", "A"], []), "fair or better", "B or better"),
    ],
)
def test_a_response_is_called_by_its_categories(scale, words, short):
    assert (scale.responders_in_words, scale.responders_in_short) == (words, short)


def test_not_evaluable_joins_categories_of_ones_own_as_the_last():
    assert own_scale({"A": "Good"}, ["A"], []).categories == ("A", "NE")
    given = own_scale({"NE": "Not done", "A": "Good"}, ["A"], [])
    assert given.labels == {"NE": "Not done", "A": "Good"}


def test_a_row_says_a_category_once_where_its_name_is_the_same():
    scale = own_scale({"Good": "Good", "VGPR": "Very good"}, ["Good"], [])
    assert [scale.row_label(name) for name in scale.categories] == ["Good", "VGPR, very good", "NE, not evaluable"]


def test_responses_are_blue_and_the_others_grey():
    """The best is the darkest blue; a single response has the second colour, and so has a single other category."""
    assert category_colours(["CR", "PR", "SD", "PD", "NE"], ["CR", "PR"]) == {
        "CR": "#08306b",
        "PR": "#93bfe0",
        "SD": "#d3d7dd",
        "PD": "#8b929d",
        "NE": "#eceef1",
    }
    assert category_colours(["Y", "N", "NE"], ["Y"]) == {"Y": "#1c5a9c", "N": "#b4bac3", "NE": "#eceef1"}


def test_names_of_numbers_in_words_are_those_of_the_study(tmp_path):
    changes = {"response": {"visits": [BEST], **LEUKAEMIA}, "runs": RUNS}
    study, _ = read_trial(tmp_path, changes, subjects=patients(1), responses=rows(("A00", 30, "CRi")))
    rate = label(study, Key("response", "rate", arm="a", phase="best"))
    assert rate == "Response: best response, complete remission with incomplete recovery or better, A"


def test_a_rule_that_starts_with_response_says_what_that_is(tmp_path):
    endpoints = {"dor": {"like": "duration-of-response", "event": {"DTHDT": "death"}, "ends_observation": {}}}
    changes = {
        "response": {"visits": [BEST], **LEUKAEMIA},
        "endpoints": {"os": {"like": "overall-survival"}, **endpoints},
        "assessments": {"table": "responses"},
    }
    study, _ = read_trial(tmp_path, changes, subjects=patients(1), responses=rows(("A00", 30, "CRi")))
    said = rule_in_words(study, study.endpoints["dor"])
    assert "Response is complete remission with incomplete recovery or better." in said


# ---- what counts


def test_complete_remissions_before_randomisation_do_not_count(tmp_path, capsys):
    """Twenty patients of arm A were in remission 30 days before randomisation; two of arm B responded after it."""
    before = [(f"A{n:02d}", -30, "CR") for n in range(20)]
    recorded = rows(*before, ("A00", 60, "NR"), ("B00", 60, "CR"), ("B01", 60, "CRi"))
    changes = {"response": {"visits": [BEST], **LEUKAEMIA}, "runs": RUNS}
    file = write_trial(tmp_path, changes, subjects=patients(), responses=recorded)
    numbers = study_numbers(derive(read_study(file)))
    rates = {key.arm: number.events for key, number in numbers.items() if key.measure == "rate" and not key.variant}
    assert rates == {"a": 0, "b": 2}
    assert numbers[Key("response", "passed_over", arm="a", level="on or before the start")].value == 20
    assert Key("response", "passed_over", arm="b", level="on or before the start") not in numbers
    assert check.main([str(file)]) == 0
    said = capsys.readouterr().out
    assert "passed over  20 on or before the start; of 23 dated assessments" in said
    assert "response       by categories of its own, best first CR, CRi, PR, NR, REL, NE" in said


@pytest.mark.parametrize(("day", "best"), [(-1, "NE"), (0, "NE"), (1, "CR")])
def test_from_the_day_after_the_start_a_response_counts(tmp_path, day, best):
    assert best_of(tmp_path, LEUKAEMIA, rows(("A00", day, "CR")))["A00"] == best


@pytest.mark.parametrize(("day", "best"), [(4, "NE"), (5, "NE"), (6, "CR")])
def test_the_start_may_be_another_date(tmp_path, day, best):
    response = LEUKAEMIA | {"start": "TRTSDT"}
    treated = START + timedelta(days=5)
    assert best_of(tmp_path, response, rows(("A00", day, "CR")), TRTSDT=treated)["A00"] == best


def test_a_patient_who_never_started_has_no_response(tmp_path):
    response = LEUKAEMIA | {"start": "TRTSDT"}
    assert best_of(tmp_path, response, rows(("A00", 30, "CR")), TRTSDT="")["A00"] == "NE"


def test_where_randomisation_has_no_date_every_response_counts(tmp_path):
    study = {"randomised": "RANDFL", "endpoints": {"os": {"like": "overall-survival", "start": "DIAGDT"}}}
    found = best_of(tmp_path, LEUKAEMIA, rows(("A00", -30, "CR")), study=study, RANDFL="Y", DIAGDT="2009-01-01")
    assert found["A00"] == "CR"


@pytest.mark.parametrize(("day", "best"), [(49, "CR"), (50, "PR"), (51, "PR")])
def test_from_the_day_of_new_therapy_on_nothing_counts(tmp_path, day, best):
    response = LEUKAEMIA | {"new_therapy": "NEWTRTDT"}
    recorded = rows(("A00", 20, "PR"), ("A00", day, "CR"))
    assert best_of(tmp_path, response, recorded, NEWTRTDT=START + timedelta(days=50))["A00"] == best


def test_a_named_visit_before_the_start_does_not_count(tmp_path):
    visit = {"visits": [BEST | {"visit": "BEST"}]}
    recorded = [row | {"AVISIT": "BEST"} for row in rows(("A00", -30, "CR"), ("B00", 30, "CR"))]
    assert best_of(tmp_path, LEUKAEMIA | visit, recorded) == {"A00": "NE", "B00": "CR"}


def test_after_the_progression_of_the_study_nothing_counts(tmp_path):
    """Relapse is the progression here, and PD no category at all."""
    recorded = rows(("A00", 20, "PR"), ("A00", 50, "REL"), ("A00", 80, "CR"), ("B00", 20, "REL"))
    assert best_of(tmp_path, LEUKAEMIA, recorded) == {"A00": "PR", "B00": "REL"}


def test_the_best_is_the_first_of_the_list_that_was_recorded(tmp_path):
    recorded = rows(("A00", 20, "NR"), ("A00", 50, "CRi"), ("A00", 80, "PR"), ("B00", 20, "NE"))
    assert best_of(tmp_path, LEUKAEMIA, recorded) == {"A00": "CRi", "B00": "NE"}


def test_yes_or_no(tmp_path):
    recorded = rows(("A00", 20, "N"), ("A00", 50, "Y"), ("B00", 20, "N"))
    assert best_of(tmp_path, {"scale": "yes-no"}, recorded) == {"A00": "Y", "B00": "N"}


def test_responders_may_be_fewer_than_those_of_the_scale(tmp_path):
    changes = {"response": {"visits": [BEST], "scale": "imwg", "responders": ["sCR", "CR", "VGPR"]}, "runs": RUNS}
    recorded = rows(("A00", 20, "VGPR"), ("A01", 20, "PR"), ("B00", 20, "PR"))
    file = write_trial(tmp_path, changes, subjects=patients(2), responses=recorded)
    numbers = study_numbers(derive(read_study(file)))
    rates = {key.arm: number.events for key, number in numbers.items() if key.measure == "rate" and not key.variant}
    assert rates == {"a": 1, "b": 0}


# ---- what is no category


@pytest.mark.parametrize(
    ("response", "told"),
    [
        (LEUKAEMIA, "line 2: AVALC is 'sCR', but must be one of CR, CRi, PR, NR, REL, NE"),
        ({"scale": "recist-1.1"}, "AVALC is 'sCR', but must be one of CR, PR, SD, NON-CR/NON-PD, PD, NE"),
    ],
)
def test_a_category_of_another_scale_is_refused(tmp_path, response, told):
    with pytest.raises(DataError) as refused:
        best_of(tmp_path, response, rows(("A00", 20, "sCR")))
    assert str(refused.value).endswith(told)


def test_where_no_scale_is_named_the_message_says_how_to_name_one(tmp_path):
    with pytest.raises(
        DataError, match=r"is 'CRi', but must be one of sCR, CR, .*: name those of the trial under resp"
    ):
        best_of(tmp_path, {}, rows(("A00", 20, "CRi")))


def test_of_several_parameters_recist_takes_the_overall_response(tmp_path):
    """CDISC calls it OVRLRESP; with another name the parameters say which rows they are."""
    confirmation = {"confirmation": {"required": False}, "stable_days": 42}
    response = {"criteria": "recist-1.1", "start": "RANDDT", **confirmation}
    overall, best = rows(("A00", 60, "PR"), ("A00", 90, "CR"))
    recorded = [overall | {"PARAMCD": "OVRLRESP"}, best | {"PARAMCD": "BOR"}]
    assert best_of(tmp_path, response, recorded)["A00"] == "PR"
    assert best_of(tmp_path, response, recorded, study={"data": {"responses_paramcd": "BOR"}})["A00"] == "CR"
    with pytest.raises(DataError, match=r"say under data\.responses_paramcd which rows"):
        best_of(tmp_path, response, [overall | {"PARAMCD": "OVR"}, best | {"PARAMCD": "BOR"}])
