"""Treatment-emergent or not, and the days at risk: patients worked out by hand, each with the reason."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
import yaml
from small_trial import read_trial

from smmlib.trial import derive
from smmlib.trial.tables.problems import DataError

pytestmark = pytest.mark.by_hand

DAY_0 = date(2010, 3, 15)
CASES = yaml.safe_load(Path(__file__).with_name("adverse_event_patients.yaml").read_text(encoding="utf-8"))
OTHER = {"USUBJID": "other", "TRT01P": "B", "RANDDT": "2010-01-01", "TRTSDT": "2010-01-02", "TRTEDT": "2010-01-03"}


def as_date(day):
    if day is None:
        return ""
    return day.isoformat() if isinstance(day, date) else (DAY_0 + timedelta(days=day)).isoformat()


def trial_of(case):
    """Parameters and tables: the patient in arm A, and somebody without events in arm B."""
    start, end = case.get("treatment", [0, 100])
    treatment = {"start": "TRTSDT", "end": "TRTEDT", "days_after": case.get("days_after", 30)}
    treatment |= {"observed_until": "SEENDT"} if "seen" in case else {}
    safety = {"emergent": "dates", "treatment": treatment} | (
        {"initial_grade": "AEITOXGR"} if "initial" in case else {}
    )
    endpoints = {"os": {"like": "overall-survival"}}
    patient = {
        "USUBJID": "one",
        "TRT01P": "A",
        "RANDDT": "2010-01-01",
        "TRTSDT": as_date(start),
        "TRTEDT": as_date(end),
    }
    patient |= {"DTHDT": as_date(case.get("died")), "SEENDT": as_date(case.get("seen"))}
    other = OTHER | {"DTHDT": "", "SEENDT": OTHER["TRTEDT"]}
    happened = case["event"]
    event = {"USUBJID": "one", "AEDECOD": "Rash", "AESER": "N", "AETOXGR": happened.get("grade", 1)}
    event |= {"ASTDT": as_date(happened.get("start")), "AENDT": as_date(happened.get("end"))}
    event |= {"ASTDTF": happened.get("flag", ""), "AEITOXGR": happened.get("initial", "")}
    changes = {"safety": safety, "endpoints": endpoints}
    changes |= {"data_cutoff": as_date(case["cutoff"])} if "cutoff" in case else {}
    last_alive = {"LSTALVDT": "2014-01-01"}
    subjects = [row | (last_alive if not row["DTHDT"] else {"LSTALVDT": row["DTHDT"]}) for row in (patient, other)]
    return changes, {"subjects": subjects, "adverse_events": [event]}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["patient"])
def test_patient(tmp_path, case):
    changes, tables = trial_of(case)
    expected = case["expected"]
    if "refused" in expected:
        with pytest.raises(DataError) as refused:
            derive(*read_trial(tmp_path, changes, **tables))
        assert expected["refused"] in str(refused.value)
        return
    data = derive(*read_trial(tmp_path, changes, **tables))
    at_risk = data.safety_population.set_index("patient")["days_at_risk"]
    if "not_at_risk" in expected:
        assert list(at_risk.index) == ["other"]
        return
    any_event = data.adverse_events.query("kind == 'any'").set_index("patient").loc["one"]
    assert any_event["affected"] == expected["emergent"], case["why"]
    assert any_event["days_to_event"] == expected.get("day") or np.isnan(any_event["days_to_event"])
    assert at_risk["one"] == expected.get("at_risk", 131), case["why"]


def test_there_are_enough_patients_of_each_kind():
    kinds = [case["expected"].get("emergent") for case in CASES]
    assert kinds.count(True) >= 10
    assert kinds.count(False) >= 10
