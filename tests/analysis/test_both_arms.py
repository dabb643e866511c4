"""Response where the parameters name no arm: reported in both, and compared."""

import pytest
from small_trial import read_trial, write_trial

from smmlib.analysis import Key
from smmlib.analysis.sections import study_numbers
from smmlib.display.formatting import is_masked
from smmlib.report import check
from smmlib.report.disclosure.masked_numbers import masked_numbers
from smmlib.report.records.recording import result_text
from smmlib.report.verification.second_implementation import second_implementation
from smmlib.trial import arm_categories, derive, read_study, response_at
from smmlib.trial.tables.problems import DataError

pytestmark = pytest.mark.by_hand

CATEGORIES = {"A": ["CR", "PR", "PR", "SD", ""], "B": ["PR", "SD", "PD", "PD"]}
"""Of each patient, by arm; the last of arm A has no assessment."""
BEST = {"id": "best", "visit": "BEST", "label": "Best response", "denominator": "analysed"}
RUNS = {"response": {"notebook": "response"}}


def patients():
    return [
        {"USUBJID": f"{arm}{number}", "TRT01P": arm, "RANDDT": "2010-01-01", "DTHDT": "", "LSTALVDT": "2011-01-01"}
        for arm, categories in CATEGORIES.items()
        for number in range(len(categories))
    ]


def responses(arms="AB"):
    return [
        {"USUBJID": f"{arm}{number}", "AVISIT": "BEST", "AVALC": category}
        for arm in arms
        for number, category in enumerate(CATEGORIES[arm])
        if category
    ]


def study_of(arm=None, **visit):
    return {"response": {"visits": [BEST | visit]} | ({"arm": arm} if arm else {}), "runs": RUNS}


def test_each_patient_counts_for_the_arm_that_they_are_of(tmp_path):
    study, tables = read_trial(tmp_path, study_of(), subjects=patients(), responses=responses())
    found = response_at(study, tables, study.response.visits[0])
    for arm in study.arms.levels:
        assert list(arm_categories(found, arm)) == [category or "NE" for category in CATEGORIES[arm.label]]
    assert list(found.derivation["arm"]) == ["a"] * 5 + ["b"] * 4


def test_where_an_arm_is_named_the_other_is_left_out(tmp_path):
    study, tables = read_trial(tmp_path, study_of("b"), subjects=patients(), responses=responses())
    assert list(response_at(study, tables, study.response.visits[0]).category) == CATEGORIES["B"]


def test_an_arm_that_was_never_assessed_counts_as_not_responding(tmp_path, capsys):
    file = write_trial(tmp_path, study_of(), subjects=patients(), responses=responses("A"))
    assert check.main([str(file)]) == 0
    assert "Best response, B, 4 patients: NE 4" in capsys.readouterr().out


def test_an_arm_of_which_nobody_counts_is_told(tmp_path):
    """Nobody of arm B was ever treated: there is no rate of theirs in the phase."""
    phase = {"id": "treated", "label": "Treated", "plan": "a year", "days": 365, "ongoing_until": "LSTALVDT"}
    phases = [phase | {"start": "PH1SDT", "end": "PH1EDT"}]
    dates = {"PH1SDT": "2010-01-02", "PH1EDT": ""}
    rows = [row | (dates if row["TRT01P"] == "A" else dict.fromkeys(dates, "")) for row in patients()]
    changes = study_of(denominator="treated") | {"phases": phases}
    study, tables = read_trial(tmp_path, changes, subjects=rows, responses=responses())
    with pytest.raises(DataError, match=r"response at best: no patient of arm 'B' started treated"):
        response_at(study, tables, study.response.visits[0])


def test_an_arm_with_few_patients_is_not_reported_where_small_counts_are_masked(tmp_path, capsys):
    changes = study_of() | {"suppress_below": 5}
    assert check.main([str(write_trial(tmp_path, changes, subjects=patients(), responses=responses()))]) == 2
    assert "response at best is counted among 4 patients of arm B, under suppress_below 5" in capsys.readouterr().err


def test_other_programs_are_asked_of_both_arms_and_of_their_odds_ratio(tmp_path):
    """3 of 5 against 1 of 4: (3 / 2) / (1 / 3) = 4.5."""
    file = write_trial(tmp_path, study_of(), subjects=patients(), responses=responses())
    found = {(key.name, quantity): value for key, quantity, value, _ in second_implementation(file, None)}
    ratio = "response.best.odds_ratio.a_vs_b"
    assert found[ratio, "value"] == pytest.approx(4.5)
    assert {name for name, _ in found} >= {"response.best.rate.a", "response.best.rate.wilson.b", ratio}


@pytest.mark.parametrize(("responders_of_b", "hidden"), [(2, True), (10, False)])
def test_a_comparison_is_masked_where_it_gives_away_the_responders_of_an_arm(tmp_path, responders_of_b, hidden):
    """Of 20 patients an arm 12 responded in A, all with PR; the others of both arms had SD."""
    responders = {"A": 12, "B": responders_of_b}
    identity = {"RANDDT": "2010-01-01", "DTHDT": "", "LSTALVDT": "2011-01-01"}
    rows = [
        {"USUBJID": f"{arm}{number}", "TRT01P": arm, "AVISIT": "BEST", "AVALC": "PR" if number < responding else "SD"}
        for arm, responding in responders.items()
        for number in range(20)
    ]
    subjects = [{"USUBJID": row["USUBJID"], "TRT01P": row["TRT01P"], **identity} for row in rows]
    data = derive(
        read_study(write_trial(tmp_path, study_of() | {"suppress_below": 5}, subjects=subjects, responses=rows))
    )
    shown = masked_numbers(data)
    compared = {"arm": "a", "reference": "b", "phase": "best"}
    fisher = Key("response", "fisher_test", **compared)
    assert is_masked(shown[Key("response", "rate", arm="a", phase="best")]) is False
    for key in (
        Key("response", "rate", arm="b", phase="best"),
        Key("response", "rate", arm="b", phase="best", variant="wilson"),
        Key("response", "rate_difference", **compared),
        Key("response", "odds_ratio", **compared),
        fisher,
    ):
        assert is_masked(shown[key]) == hidden, key.name
    true = study_numbers(data)[fisher]
    assert (shown[fisher].p_value == true.p_value) == (not hidden)
    assert result_text(shown[fisher]) == ("masked" if hidden else "P = 0.75")
