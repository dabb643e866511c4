"""Tables, populations, endpoints, phases and responses: small tables worked out by hand."""

import numpy as np
import pytest
import yaml
from lifelines.datasets import load_leukemia

from smmlib.trial import (
    phase_course,
    population_steps,
    read_study,
    read_subjects,
    response_categories,
    stratum_levels,
    subjects_in_arm,
    time_to_event,
)
from smmlib.trial.data import DataError

STUDY = {
    "study": "small",
    "title": "Small",
    "trial": "A trial of six",
    "reference": "None",
    "data": {
        "origin": "synthetic",
        "note": "Six invented patients.",
        "subjects": "adsl.csv",
        "responses": "adrs.csv",
    },
    "time_unit": "months",
    "arms": {
        "variable": "TRT01P",
        "arm": {"id": "a", "value": "A", "label": "A", "name": "a"},
        "reference": {"id": "b", "value": "B", "label": "B", "name": "b"},
    },
    "population": {"label": "per protocol", "randomised": "RANDDT", "analysed": "PPROTFL"},
    "strata": [{"variable": "STRAT1R", "label": "Stratum"}],
    "endpoints": {
        "pfs": {
            "label": "Progression-free survival",
            "event_label": "Progression or death",
            "curve_label": "Free of progression",
            "start": "RANDDT",
            "event": ["PROGDT", "DTHDT"],
            "censor": "LSTASDT",
            "rule": "First of the two.",
        }
    },
    "phases": [
        {
            "id": "induction",
            "label": "Induction",
            "plan": "ten days",
            "days": 10,
            "start": "PH1SDT",
            "end": "PH1EDT",
            "ongoing_until": "LSTASDT",
        }
    ],
    "response": {
        "arm": "a",
        "visits": [
            {"id": "all", "visit": "INDUCTION", "label": "All", "denominator": "analysed"},
            {"id": "treated", "visit": "INDUCTION", "label": "Treated", "denominator": "induction"},
        ],
    },
    "analysis": {
        "conf_level": 0.95,
        "conf_type": "log-log",
        "ties": "efron",
        "landmarks": [6],
        "axis_times": [0, 12],
    },
    "runs": {"pfs": {"notebook": "time_to_event", "parameters": {"endpoint": "pfs"}}},
}
ADSL = """\
USUBJID,TRT01P,RANDDT,PPROTFL,STRAT1R,PROGDT,DTHDT,LSTASDT,PH1SDT,PH1EDT
1,A,2020-01-01,Y,low,2020-07-01,2020-08-01,2020-08-01,2020-01-01,2020-01-10
2,A,2020-01-01,Y,high,,2020-03-01,2020-02-01,2020-01-02,2020-01-10
3,A,2020-01-01,Y,low,,,2021-01-01,2020-12-31,
4,A,2020-01-01,N,low,,,2021-01-01,,
5,B,2020-01-01,Y,high,2020-02-01,,2020-12-01,,
6,B,2020-02-29,Y,low,,,2020-02-29,,
"""
ADRS = """\
USUBJID,AVISIT,AVALC
1,INDUCTION,sCR
2,INDUCTION,PD
4,INDUCTION,CR
"""


@pytest.fixture
def small(tmp_path):
    """Write the small study, with replacements in its tables, and read it."""

    def make(adsl=("", ""), adrs=("", ""), **changes):
        (tmp_path / "adsl.csv").write_text(ADSL.replace(*adsl), encoding="utf-8")
        (tmp_path / "adrs.csv").write_text(ADRS.replace(*adrs), encoding="utf-8")
        (tmp_path / "small.yaml").write_text(yaml.safe_dump({**STUDY, **changes}), encoding="utf-8")
        return read_study(tmp_path / "small.yaml")

    return make


@pytest.mark.by_hand
def test_endpoint_from_dates(small):
    data = time_to_event(small(), "pfs")
    days = np.array([182, 60, 366, 31, 0])  # 2020 is a leap year
    np.testing.assert_array_equal(data.patient, ["1", "2", "3", "5", "6"])
    np.testing.assert_array_equal(data.time, days / (365.25 / 12))
    np.testing.assert_array_equal(data.event, [True, True, False, True, False])
    np.testing.assert_array_equal(data.in_arm, [True, True, True, False, False])
    np.testing.assert_array_equal(data.strata, ["low", "high", "low", "high", "low"])
    expected = ["PROGDT", "DTHDT", "censored at LSTASDT", "PROGDT", "censored at LSTASDT"]
    np.testing.assert_array_equal(data.reason, expected)


@pytest.mark.by_hand
@pytest.mark.parametrize(("unit", "days"), [("days", 1), ("weeks", 7), ("months", 30.4375), ("years", 365.25)])
def test_days_are_divided_once(small, unit, days):
    assert time_to_event(small(time_unit=unit), "pfs").time[0] == 182 / days


@pytest.mark.by_hand
def test_population_and_strata(small):
    study = small()
    steps = population_steps(study, read_subjects(study))
    assert {step: len(members) for step, members in steps.items()} == {
        "randomised": 6,
        "excluded": 1,
        "analysed": 5,
    }
    assert len(subjects_in_arm(study, steps["analysed"], study.arms.arm)) == 3
    assert stratum_levels(study.strata[0], steps["analysed"]) == ["high", "low"]


@pytest.mark.by_hand
def test_a_patient_without_randomisation_date_is_not_randomised(small):
    study = small(adsl=("6,B,2020-02-29", "6,B,"))
    assert len(read_subjects(study)) == 5


@pytest.mark.by_hand
def test_course_of_a_phase(small):
    study = small()
    course = phase_course(study, population_steps(study, read_subjects(study))["analysed"], study.phases[0])
    np.testing.assert_array_equal(course.time * 30.4375, [10, 9, 2])
    np.testing.assert_array_equal(course.ended, [True, True, False])
    np.testing.assert_array_equal(course.completed, [True, False, False])


@pytest.mark.by_hand
def test_response_of_the_denominator(small):
    """Patient 3 has no record and is not evaluable; patient 4 is not analysed; all of the first three were treated."""
    study = small()
    analysed, treated = study.response.visits
    np.testing.assert_array_equal(response_categories(study, analysed), ["sCR", "PD", "NE"])
    np.testing.assert_array_equal(response_categories(study, treated), ["sCR", "PD", "NE"])


@pytest.mark.by_hand
def test_response_of_those_who_started_a_phase(small):
    study = small(adsl=(",2020-12-31,", ",,"))
    np.testing.assert_array_equal(response_categories(study, study.response.visits[1]), ["sCR", "PD"])


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("USUBJID,TRT01P", "USUBJID,TRTP", ["no column TRT01P", "TRTP"]),
        ("5,B,2020-01-01", "5,C,2020-01-01", ["row 6", "patient 5", "TRT01P", "'C'", "'A' or 'B'"]),
        ("5,B,2020-01-01", "1,B,2020-01-01", ["row 6", "1 has a row already"]),
        ("5,B,2020-01-01", "5,B,01/01/2020", ["row 6", "RANDDT", "'01/01/2020'", "YYYY-MM-DD"]),
        ("5,B,2020-01-01", "5,B,2020-02-30", ["row 6", "RANDDT", "'2020-02-30'"]),
        ("5,B,2020-01-01,Y", "5,B,2020-01-01,yes", ["row 6", "PPROTFL", "'yes'", "Y or N"]),
        ("3,A,2020-01-01,Y,low,,,2021-01-01", "3,A,2020-01-01,Y,low,,,", ["patient 3", "neither", "LSTASDT"]),
        ("2020-02-01,,2020-12-01", "2019-12-31,,2020-12-01", ["patient 5", "before RANDDT"]),
    ],
)
def test_wrong_subjects_are_refused(small, old, new, words):
    study = small(adsl=(old, new))
    with pytest.raises(DataError) as refused:
        time_to_event(study, "pfs")
    for word in ["adsl.csv", *words]:
        assert word in str(refused.value)


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2,INDUCTION,PD", "2,INDUCTION,progress", ["row 3", "patient 2", "'progress'", "sCR"]),
        ("2,INDUCTION", "1,INDUCTION", ["row 3", "1, INDUCTION has a row already"]),
        ("INDUCTION", "CYCLE 9", ["AVISIT 'INDUCTION' does not occur", "CYCLE 9"]),
    ],
)
def test_wrong_responses_are_refused(small, old, new, words):
    study = small(adrs=(old, new))
    with pytest.raises(DataError) as refused:
        response_categories(study, study.response.visits[0])
    for word in ["adrs.csv", *words]:
        assert word in str(refused.value)


@pytest.mark.by_hand
def test_an_unknown_endpoint_is_refused(small):
    with pytest.raises(ValueError, match=r"endpoint is 'os', but study small has pfs"):
        time_to_event(small(), "os")


@pytest.fixture
def recorded(tmp_path):
    """Write the study with times as AVAL and CNSR, and read it."""

    def make(rows):
        endpoint = {name: STUDY["endpoints"]["pfs"][name] for name in ("label", "event_label", "curve_label", "rule")}
        data = {**STUDY["data"], "times": "adtte.csv"}
        study = {**STUDY, "data": data, "endpoints": {"pfs": {**endpoint, "paramcd": "PFS"}}}
        (tmp_path / "adsl.csv").write_text(ADSL, encoding="utf-8")
        (tmp_path / "adrs.csv").write_text(ADRS, encoding="utf-8")
        (tmp_path / "adtte.csv").write_text("USUBJID,PARAMCD,AVAL,CNSR\n" + rows, encoding="utf-8")
        (tmp_path / "small.yaml").write_text(yaml.safe_dump(study), encoding="utf-8")
        return read_study(tmp_path / "small.yaml")

    return make


TIMES = "1,PFS,2,0\n2,PFS,3.5,1\n3,PFS,1,0\n5,PFS,7,1\n6,PFS,0,0\n1,OS,9,1\n"


@pytest.mark.by_hand
def test_recorded_times_and_the_sense_of_cnsr(recorded):
    data = time_to_event(recorded(TIMES), "pfs")
    np.testing.assert_array_equal(data.time, [2, 3.5, 1, 7, 0])
    np.testing.assert_array_equal(data.event, [True, False, True, False, True])


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2,PFS,3.5,1", "2,PFS,3.5,2", ["row 3", "CNSR", "'2'", "0 (event) or 1 (censored)"]),
        ("2,PFS,3.5,1", "2,PFS,-1,1", ["row 3", "AVAL", "'-1'", "zero or more"]),
        ("2,PFS,3.5,1", "2,PFS,,1", ["row 3", "AVAL", "''"]),
        ("2,PFS,3.5,1\n", "", ["patient 2", "no row with PARAMCD PFS"]),
        ("PFS", "TTP", ["PARAMCD 'PFS' does not occur", "OS, TTP"]),
    ],
)
def test_wrong_times_are_refused(recorded, old, new, words):
    with pytest.raises(DataError) as refused:
        time_to_event(recorded(TIMES.replace(old, new)), "pfs")
    for word in ["adtte.csv", *words]:
        assert word in str(refused.value)


@pytest.mark.other_package
def test_freireich_is_the_table_of_lifelines(pytestconfig):
    data = time_to_event(read_study(pytestconfig.rootpath / "params/freireich-1963.yaml"), "remission")
    theirs = load_leukemia()
    np.testing.assert_array_equal(data.time, theirs["t"])
    np.testing.assert_array_equal(data.event, theirs["status"] == 1)
    np.testing.assert_array_equal(data.in_arm, theirs["Rx"] == 1)
