"""Tables, populations, endpoints, phases and responses: small tables worked out by hand."""

from hashlib import sha256

import numpy as np
import pytest
import yaml
from lifelines.datasets import load_leukemia

from smmlib.analysis import Key, disposition_counts, stratum_counts
from smmlib.trial import derive, read_study, read_tables, reason_counts, response_at, time_to_event
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
    "privacy": "identified",
    "arms": {
        "variable": "TRT01P",
        "reference": "b",
        "levels": [
            {"id": "a", "value": "A", "label": "A", "name": "a"},
            {"id": "b", "value": "B", "label": "B", "name": "b"},
        ],
    },
    "randomised": "RANDDT",
    "populations": {"per-protocol": {"label": "per protocol", "flag": "PPROTFL"}},
    "population": "per-protocol",
    "strata": [{"variable": "STRAT1R", "label": "Stratum"}],
    "endpoints": {
        "pfs": {
            "label": "Progression-free survival",
            "event_label": "Progression or death",
            "curve_label": "Free of progression",
            "start": "RANDDT",
            "event": {"PROGDT": "progression", "DTHDT": "death"},
            "censor": "LSTASDT",
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
        (tmp_path / "small.yaml").write_text(yaml.safe_dump({**STUDY, **changes}, sort_keys=False), encoding="utf-8")
        return read_study(tmp_path / "small.yaml")

    return make


def endpoint_of(study, endpoint="pfs"):
    return time_to_event(study, read_tables(study), endpoint)


def categories(study, visit):
    return response_at(study, read_tables(study), visit).category


@pytest.mark.by_hand
def test_endpoint_from_dates(small):
    data = endpoint_of(small())
    days = np.array([182, 60, 366, 31, 0])  # 2020 is a leap year
    np.testing.assert_array_equal(data.time, days / (365.25 / 12))
    np.testing.assert_array_equal(data.event, [True, True, False, True, False])
    np.testing.assert_array_equal(data.arm, ["a", "a", "a", "b", "b"])
    np.testing.assert_array_equal(data.strata, ["low", "high", "low", "high", "low"])
    assert data.entry is None


@pytest.mark.by_hand
def test_derivation_says_of_each_patient_which_date_decided_and_where_it_stands(small):
    data = endpoint_of(small())
    why, censored = data.derivation, "censored: last assessment"
    np.testing.assert_array_equal(why["patient"], ["1", "2", "3", "5", "6"])
    np.testing.assert_array_equal(why["arm"], ["a", "a", "a", "b", "b"])
    np.testing.assert_array_equal(why["time"], data.time)
    np.testing.assert_array_equal(why["event"], data.event)
    np.testing.assert_array_equal(why["reason"], ["progression", "death", censored, "progression", censored])
    ends = ["2020-07-01", "2020-03-01", "2021-01-01", "2020-02-01", "2020-02-29"]
    np.testing.assert_array_equal(why["end"].astype(str), ends)
    np.testing.assert_array_equal(why["start"].astype(str), ["2020-01-01"] * 4 + ["2020-02-29"])
    places = ["line 2, PROGDT", "line 3, DTHDT", "line 4, LSTASDT", "line 6, PROGDT", "line 7, LSTASDT"]
    np.testing.assert_array_equal(why["source"], [f"adsl.csv {place}" for place in places])
    assert reason_counts(data, "a") == {"progression": 1, censored: 1, "death": 1}
    assert reason_counts(data, "b") == {"progression": 1, censored: 1, "death": 0}


@pytest.mark.by_hand
def test_two_events_on_one_day_count_as_the_one_named_first(small):
    on_one_day = ("2020-02-01,,2020-12-01", "2020-02-01,2020-02-01,2020-02-01")
    assert endpoint_of(small(adsl=on_one_day)).derivation["reason"][3] == "progression"
    deaths_first = {**STUDY["endpoints"]["pfs"], "event": {"DTHDT": "death", "PROGDT": "progression"}}
    data = endpoint_of(small(adsl=on_one_day, endpoints={"pfs": deaths_first}))
    assert data.derivation["reason"][3] == "death"
    assert data.time[3] == 31 / (365.25 / 12)


@pytest.mark.independent
def test_patients_are_named_by_a_keyed_hash_unless_the_study_says_otherwise(small, tmp_path):
    study = small(privacy="hashed")
    (tmp_path / "salt.txt").write_text("a secret of the study\n", encoding="ascii")
    for table in (
        endpoint_of(study).derivation,
        response_at(study, read_tables(study), study.response.visits[0]).derivation,
    ):
        named = [patient for patient in "12356" if len(table) == 5 or patient in "123"]
        # HMAC as RFC 2104 defines it: H(K xor opad, H(K xor ipad, text))
        key = b"a secret of the study".ljust(64, b"\0")
        inner, outer = bytes(byte ^ 0x36 for byte in key), bytes(byte ^ 0x5C for byte in key)
        expected = [sha256(outer + sha256(inner + patient.encode()).digest()).hexdigest()[:12] for patient in named]
        np.testing.assert_array_equal(table["patient"], sorted(expected))


@pytest.mark.invariant
def test_a_salt_is_made_once_and_no_two_studies_have_the_same(small, tmp_path):
    first = endpoint_of(small(privacy="hashed")).derivation["patient"].tolist()
    assert endpoint_of(small(privacy="hashed")).derivation["patient"].tolist() == first
    (tmp_path / "salt.txt").unlink()
    assert not set(endpoint_of(small(privacy="hashed")).derivation["patient"]) & set(first)


@pytest.mark.by_hand
@pytest.mark.parametrize(("unit", "days"), [("days", 1), ("weeks", 7), ("months", 30.4375), ("years", 365.25)])
def test_days_are_divided_once(small, unit, days):
    assert endpoint_of(small(time_unit=unit)).time[0] == 182 / days


@pytest.mark.by_hand
def test_population_and_strata(small):
    data = derive(small())
    counts = {key.name: result.value for key, result in disposition_counts(data).items()}
    assert counts == {
        "population.randomised": 6,
        "population.randomised.a": 4,
        "population.randomised.b": 2,
        "population.excluded": 1,
        "population.excluded.a": 1,
        "population.excluded.b": 0,
        "population.analysed": 5,
        "population.analysed.a": 3,
        "population.analysed.b": 2,
    }
    levels = {(key.level, key.arm): result.value for key, result in stratum_counts(data).items()}
    assert levels == {("high", "a"): 1, ("high", "b"): 1, ("low", "a"): 2, ("low", "b"): 1}
    assert Key("population", "stratum", arm="a", factor="STRAT1R", level="low") in stratum_counts(data)


@pytest.mark.by_hand
def test_a_patient_without_randomisation_date_is_not_randomised(small):
    study = small(adsl=("6,B,2020-02-29", "6,B,"))
    assert len(read_tables(study).subjects) == 5


@pytest.mark.by_hand
def test_course_of_a_phase(small):
    course = derive(small()).in_phase("induction")
    np.testing.assert_array_equal(course["time"] * 30.4375, [10, 9, 2])
    np.testing.assert_array_equal(course["ended"], [True, True, False])
    np.testing.assert_array_equal(course["completed"], [True, False, False])


@pytest.mark.by_hand
def test_response_of_the_denominator(small):
    """Patient 3 has no record and is not evaluable; patient 4 is not analysed; all of the first three were treated."""
    study = small()
    analysed, treated = study.response.visits
    np.testing.assert_array_equal(categories(study, analysed), ["sCR", "PD", "NE"])
    np.testing.assert_array_equal(categories(study, treated), ["sCR", "PD", "NE"])


@pytest.mark.by_hand
def test_response_of_those_who_started_a_phase(small):
    study = small(adsl=(",2020-12-31,", ",,"))
    np.testing.assert_array_equal(categories(study, study.response.visits[1]), ["sCR", "PD"])


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("USUBJID,TRT01P", "USUBJID,TRTP", ["no column TRT01P (is it TRTP?)"]),
        ("5,B,2020-01-01", "1,B,2020-01-01", ["line 6: patient 1 has a row already, in line 2"]),
        ("5,B,2020-01-01", "5,B,01/01/2020", ["line 6: RANDDT is '01/01/2020'", "YYYY-MM-DD"]),
        ("5,B,2020-01-01", "5,B,2020-02-30", ["line 6: RANDDT is '2020-02-30'", "a day that the calendar has"]),
        ("5,B,2020-01-01,Y", "5,B,2020-01-01,yes", ["line 6: PPROTFL is 'yes'", "Y or N"]),
        ("3,A,2020-01-01,Y,low,,,2021-01-01", "3,A,2020-01-01,Y,low,,,", ["line 4: neither", "LSTASDT"]),
        (
            "2020-02-01,,2020-12-01",
            "2019-12-31,,2020-12-01",
            ["line 6: progression on 2019-12-31, before randomisation on 2020-01-01", "no earlier than RANDDT"],
        ),
    ],
)
def test_wrong_subjects_are_refused(small, old, new, words):
    study = small(adsl=(old, new))
    with pytest.raises(DataError) as refused:
        endpoint_of(study)
    assert len(refused.value.problems) == 1
    for word in ["adsl.csv", *words]:
        assert word in str(refused.value)


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2,INDUCTION,PD", "2,INDUCTION,progress", ["line 3: AVALC is 'progress'", "sCR"]),
        ("2,INDUCTION", "1,INDUCTION", ["line 3: patient 1, INDUCTION, has a row already, in line 2"]),
        ("INDUCTION", "CYCLE 9", ["AVISIT 'INDUCTION' does not occur", "CYCLE 9"]),
    ],
)
def test_wrong_responses_are_refused(small, old, new, words):
    study = small(adrs=(old, new))
    with pytest.raises(DataError) as refused:
        categories(study, study.response.visits[0])
    assert len(refused.value.problems) == 1
    for word in ["adrs.csv", *words]:
        assert word in str(refused.value)


@pytest.mark.by_hand
def test_an_unknown_endpoint_is_refused(small):
    with pytest.raises(ValueError, match=r"endpoint is 'os', but study small has pfs"):
        endpoint_of(small(), "os")


@pytest.fixture
def recorded(tmp_path):
    """Write the study with times as AVAL and CNSR, and read it."""

    def make(rows):
        endpoint = {name: STUDY["endpoints"]["pfs"][name] for name in ("label", "event_label", "curve_label")}
        data = {**STUDY["data"], "times": "adtte.csv"}
        study = {
            **STUDY,
            "data": data,
            "endpoints": {"pfs": {**endpoint, "paramcd": "PFS", "rule": "First of the two."}},
        }
        (tmp_path / "adsl.csv").write_text(ADSL, encoding="utf-8")
        (tmp_path / "adrs.csv").write_text(ADRS, encoding="utf-8")
        (tmp_path / "adtte.csv").write_text("USUBJID,PARAMCD,AVAL,CNSR\n" + rows, encoding="utf-8")
        (tmp_path / "small.yaml").write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")
        return read_study(tmp_path / "small.yaml")

    return make


TIMES = "1,PFS,2,0\n2,PFS,3.5,1\n3,PFS,1,0\n5,PFS,7,1\n6,PFS,0,0\n1,OS,9,1\n"


@pytest.mark.by_hand
def test_recorded_times_and_the_sense_of_cnsr(recorded):
    data = endpoint_of(recorded(TIMES))
    np.testing.assert_array_equal(data.time, [2, 3.5, 1, 7, 0])
    np.testing.assert_array_equal(data.event, [True, False, True, False, True])
    event = "progression or death"
    recorded_as = [event, "censored", event, "censored", event]
    np.testing.assert_array_equal(data.derivation["reason"], recorded_as)
    np.testing.assert_array_equal(data.derivation["source"], [f"adtte.csv line {line}" for line in range(2, 7)])


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2,PFS,3.5,1", "2,PFS,3.5,-1", ["adtte.csv: line 3: CNSR is '-1'", "0 (event) or a whole number above"]),
        ("2,PFS,3.5,1", "2,PFS,-1,1", ["adtte.csv: line 3: AVAL is '-1'", "zero or more"]),
        ("2,PFS,3.5,1", "2,PFS,,1", ["adtte.csv: line 3: AVAL is ''", "zero or more"]),
        ("2,PFS,3.5,1\n", "", ["adsl.csv: line 3: the patient has no row with PARAMCD PFS", "adtte.csv"]),
        ("PFS", "TTP", ["adtte.csv: PARAMCD 'PFS' does not occur", "OS, TTP"]),
    ],
)
def test_wrong_times_are_refused(recorded, old, new, words):
    with pytest.raises(DataError) as refused:
        endpoint_of(recorded(TIMES.replace(old, new)))
    assert len(refused.value.problems) == 1
    for word in words:
        assert word in str(refused.value)


@pytest.mark.other_package
def test_freireich_is_the_table_of_lifelines(pytestconfig):
    data = endpoint_of(read_study(pytestconfig.rootpath / "params/freireich-1963.yaml"), "remission")
    theirs = load_leukemia()
    np.testing.assert_array_equal(data.time, theirs["t"])
    np.testing.assert_array_equal(data.event, theirs["status"] == 1)
    np.testing.assert_array_equal(data.arm == "placebo", theirs["Rx"] == 1)


# ---- arms


@pytest.mark.by_hand
def test_patients_of_other_arms_are_outside_the_analysis_and_counted(small):
    """Patient 6 had another treatment: not an error, but said."""
    data = derive(small(adsl=("6,B,2020-02-29", "6,C,2020-02-29")))
    assert data.outside == {"C": 1}
    assert list(data.subjects["patient"]) == ["1", "2", "3", "4", "5"]
    assert list(data.endpoint("pfs").arm) == ["a", "a", "a", "b"]


@pytest.mark.by_hand
def test_an_arm_of_which_nobody_was_randomised_is_told_with_what_the_column_holds(small):
    with pytest.raises(DataError) as refused:
        derive(small(adsl=(",B,", ",b,")))
    assert "TRT01P nobody was randomised to 'B', the value of arm b; the column holds 'A' 4, 'b' 2" in str(
        refused.value
    )


@pytest.mark.by_hand
def test_an_arm_that_differs_by_its_capitals_alone_is_no_other_arm(small):
    """Patient 6's arm is misspelt: outside the analysis the patient would be lost."""
    with pytest.raises(DataError) as refused:
        derive(small(adsl=("6,B,2020-02-29", "6,b,2020-02-29")))
    assert "line 7: TRT01P is 'b', but must be 'B', the value of arm b: correct one of the two" in str(refused.value)
