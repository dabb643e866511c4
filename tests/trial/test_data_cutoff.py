"""Cut at an earlier day, everything is as it was known then."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from small_trial import read_trial

from smmlib.trial import derive, read_study, read_tables, response_at, time_to_event
from smmlib.trial.data_cutoff import cut_tables
from smmlib.trial.tables.problems import DataError

PATIENTS = [
    {"USUBJID": "dead", "TRT01P": "A", "RANDDT": "2010-01-01", "DTHDT": "2010-04-11", "LSTALVDT": "2010-04-11"},
    {"USUBJID": "dead-later", "TRT01P": "A", "RANDDT": "2010-01-01", "DTHDT": "2010-12-31", "LSTALVDT": ""},
    {"USUBJID": "alive", "TRT01P": "B", "RANDDT": "2010-01-01", "DTHDT": "", "LSTALVDT": "2011-01-01"},
    {"USUBJID": "lost", "TRT01P": "B", "RANDDT": "2010-01-01", "DTHDT": "", "LSTALVDT": "2010-02-20"},
    {"USUBJID": "late", "TRT01P": "B", "RANDDT": "2010-08-01", "DTHDT": "2010-09-01", "LSTALVDT": "2010-09-01"},
]


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("cutoff", "expected"),
    [
        (None, "dead 100 +, dead-later 364 +, alive 365 -, lost 50 -, late 31 +"),
        ("2010-08-01", "dead 100 +, dead-later 212 -, alive 212 -, lost 50 -, late 0 -"),
        ("2010-07-20", "dead 100 +, dead-later 200 -, alive 200 -, lost 50 -"),
        ("2010-04-11", "dead 100 +, dead-later 100 -, alive 100 -, lost 50 -"),
        ("2010-04-10", "dead 99 -, dead-later 99 -, alive 99 -, lost 50 -"),
    ],
)
def test_survival_at_a_cut_off(tmp_path, cutoff, expected):
    """Days from randomisation for each patient who is randomised by then, + with the event."""
    study, tables = read_trial(tmp_path, {"data_cutoff": cutoff}, subjects=PATIENTS)
    data = time_to_event(study, tables, "os")
    found = zip(data.derivation["patient"], data.time, data.event, strict=True)
    assert ", ".join(f"{patient} {time:g} {'+' if event else '-'}" for patient, time, event in found) == expected
    assert len(derive(study, tables).subjects) == len(data.time)


@pytest.mark.by_hand
def test_an_endpoint_may_have_a_cut_off_of_its_own(tmp_path):
    endpoints = {"os": {"like": "overall-survival", "data_cutoff": "2010-04-10"}, "all": {"like": "overall-survival"}}
    study, tables = read_trial(tmp_path, {"endpoints": endpoints}, subjects=PATIENTS)
    assert time_to_event(study, tables, "os").event.sum() == 0
    assert time_to_event(study, tables, "all").event.sum() == 3


@pytest.mark.by_hand
def test_treatment_that_goes_on_at_the_cut_off(tmp_path):
    treated = {"PH1SDT": "2010-01-01", "PH1EDT": "2010-02-15", "LSTASDT": "2010-02-19"}
    phase = {
        "id": "induction",
        "label": "Induction",
        "plan": "100 days",
        "days": 100,
        "start": "PH1SDT",
        "end": "PH1EDT",
        "ongoing_until": "LSTASDT",
    }
    changes = {"phases": [phase], "data_cutoff": "2010-02-09"}
    study, tables = read_trial(tmp_path, changes, subjects=[patient | treated for patient in PATIENTS])
    course = derive(study, tables).in_phase("induction")
    np.testing.assert_array_equal(course["time"], [40, 40, 40, 40])
    assert not course["ended"].any()


TIMES = [
    {"USUBJID": "dead", "AVAL": 100, "CNSR": 0, "STARTDT": "2010-01-01", "ADT": "2010-04-11"},
    {"USUBJID": "dead-later", "AVAL": 364, "CNSR": 0, "STARTDT": "2010-01-01", "ADT": "2010-12-31"},
    {"USUBJID": "alive", "AVAL": 365, "CNSR": 1, "STARTDT": "2010-01-01", "ADT": "2011-01-01"},
    {"USUBJID": "lost", "AVAL": 50, "CNSR": 1, "STARTDT": "2010-01-01", "ADT": "2010-02-20"},
    {"USUBJID": "late", "AVAL": 31, "CNSR": 0, "STARTDT": "2010-08-01", "ADT": "2010-09-01"},
]
RECORDED = {
    "label": "OS",
    "event_label": "Death",
    "curve_label": "Alive",
    "paramcd": "OS",
    "rule": "From randomisation to death.",
}


def recorded(tmp_path, times, **changes):
    rows = [{"PARAMCD": "OS"} | row for row in times]
    study, tables = read_trial(tmp_path, {"endpoints": {"os": RECORDED}, **changes}, subjects=PATIENTS, times=rows)
    return time_to_event(study, tables, "os")


@pytest.mark.by_hand
@pytest.mark.parametrize("first_day", [0, 1], ids=["from day 0", "from day 1"])
def test_recorded_times_are_cut_as_they_are_counted(tmp_path, first_day):
    """ADaM's AVAL may count the day of randomisation as 0 or as 1; what is cut off is counted alike."""
    times = [row | {"AVAL": row["AVAL"] + first_day} for row in TIMES]
    data = recorded(tmp_path, times, data_cutoff="2010-07-20", data={"first_day": 0})
    np.testing.assert_array_equal(data.time, np.array([100, 200, 200, 50]) + first_day)
    np.testing.assert_array_equal(data.event, [True, False, False, False])
    reasons = ["death", "censored: data cut-off", "censored: data cut-off", "censored"]
    assert data.derivation["reason"].tolist() == reasons
    if first_day:
        data = recorded(tmp_path, times, data_cutoff="2010-07-20", data={"first_day": 1})
        np.testing.assert_array_equal(data.time, [100, 200, 200, 50])


@pytest.mark.by_hand
def test_recorded_times_that_do_not_follow_from_their_dates_cannot_be_cut(tmp_path):
    times = [row | {"AVAL": row["AVAL"] * 1.04} for row in TIMES]
    assert recorded(tmp_path, times).time[0] == 104
    with pytest.raises(
        DataError, match=r"adtte.csv: line 2: AVAL is 104 days, which is not the time from STARTDT to ADT"
    ):
        recorded(tmp_path, times, data_cutoff="2010-07-20")


QUIREDEX = "params/quiredex-2013.yaml"


@pytest.fixture(scope="module")
def quiredex(pytestconfig):
    study = read_study(pytestconfig.rootpath / QUIREDEX)
    return study, read_tables(study), pd.read_csv(study.data.subjects)


@pytest.mark.independent
@pytest.mark.parametrize("cutoff", ["2008-06-30", "2010-01-01", "2011-03-15", "2012-08-31"])
def test_quiredex_cut_again_is_what_pandas_makes_of_the_file(quiredex, cutoff):
    """Overall survival of the per-protocol set, worked out from the file in three lines."""
    study, tables, file = quiredex
    study = study.model_copy(update={"data_cutoff": date.fromisoformat(cutoff)})
    file = file[(file["PPROTFL"] == "Y") & (file["RANDDT"] <= cutoff)]
    event = (file["DTHDT"] <= cutoff).to_numpy()
    end = file["DTHDT"].where(event, file["LSTALVDT"].clip(upper=cutoff))
    days = (pd.to_datetime(end) - pd.to_datetime(file["RANDDT"])).dt.days
    data = time_to_event(study, tables, "os")
    np.testing.assert_array_equal(data.event, event)
    np.testing.assert_array_equal(data.time, days / 30.4375)


@pytest.mark.invariant
def test_a_cut_after_everything_changes_nothing(quiredex):
    study, tables, _ = quiredex
    whole, late = time_to_event(study, tables, "ttp"), cut_tables(study, tables, date(2020, 1, 1))
    cut = time_to_event(study, late, "ttp")
    np.testing.assert_array_equal(whole.time, cut.time)
    assert whole.derivation.equals(cut.derivation)


@pytest.mark.invariant
def test_the_earlier_of_two_cuts_decides(quiredex):
    study, tables, _ = quiredex
    early, late = date(2010, 6, 1), date(2011, 6, 1)
    twice, once = cut_tables(study, cut_tables(study, tables, late), early), cut_tables(study, tables, early)
    assert twice.subjects.equals(once.subjects)
    assert twice.responses.equals(once.responses)


@pytest.mark.by_hand
def test_responses_after_the_cut_off_have_not_been_assessed(quiredex):
    study, tables, _ = quiredex
    induction = study.response.visits[0]
    study = study.model_copy(update={"data_cutoff": date(2008, 6, 30)})
    cut = response_at(study, tables, induction).derivation
    assert cut.loc[cut["response"] != "NE", "date"].max() <= "2008-06-30"
    assert (cut["response"] == "NE").any()
