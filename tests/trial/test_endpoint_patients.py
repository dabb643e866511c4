"""Patients whose time to event was worked out by hand (endpoint_patients.yaml), and what the library makes of them."""

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
import yaml
from small_trial import write_trial

from smmlib.trial import read_study, read_tables, time_to_event
from smmlib.trial.data import DataError

pytestmark = pytest.mark.by_hand

COMPETING = "competing"
DAY_0 = date(2010, 1, 1)
PATIENTS = yaml.safe_load(Path(__file__).with_name("endpoint_patients.yaml").read_text(encoding="utf-8"))
ASKED = {"patient", "rule", "dates", "expected", "why"}
ALSO = {"with", "cutoff", "plan", "assessments", "new_therapy_ends_response"}
OUTCOMES = ({"days", "event", "because"}, {"left_out"}, {"not_analysed"}, {"refused"})
DATES = ["RANDDT", "BASEDT", "DIAGDT", "PROGDT", "CLPRGDT", "DTHDT", "NEWTRTDT", "DCTDT", "LSTALVDT", "LSTASDT"]
FILLERS = {
    arm: {
        "patient": f"filler in arm {arm}",
        "dates": {"DIAGDT": -50, "PROGDT": 84, "LSTALVDT": 100, "LSTASDT": 84},
        "assessments": [[28, "PR"], [56, "PR"], [84, "PD"]],
    }
    for arm in "AB"
}
SETTINGS = {"runs": {"asked": {"notebook": "time_to_event", "parameters": {"endpoint": "asked"}}}}


def date_of(day):
    """The date of a day of the table: whole days since day 0, or a date already."""
    return DAY_0 + timedelta(days=day) if isinstance(day, int) else day


def group_of(patient):
    """What must be alike for patients to be of one study; one that is refused is on its own."""
    settings = [patient.get(name) for name in ("rule", "with", "cutoff", "plan", "new_therapy_ends_response")]
    alone = patient["patient"] if "refused" in patient["expected"] else None
    return json.dumps([*settings, alone], sort_keys=True)


def identifier(patient):
    """The name of a patient without commas, which an identifier cannot have."""
    return patient["patient"].replace(",", "")


def dates_of(patient):
    return {name: date_of(day) for name, day in ({"RANDDT": 0, "BASEDT": 0} | patient["dates"]).items()}


def study_of(patient):
    """The study that a patient and those alike are in."""
    endpoint = {"like": patient["rule"], **patient.get("with", {})}
    if "data_cutoff" in endpoint:
        endpoint["data_cutoff"] = date_of(endpoint["data_cutoff"])
    plan = patient.get("plan", {"every": 28, "late": 7})
    source = {} if "last" in plan else {"table": "responses", "baseline": "BASEDT"}
    response = {"arm": "a", "criteria": "recorded"}
    if patient.get("new_therapy_ends_response"):
        response["new_therapy"] = "NEWTRTDT"
    study = {
        **SETTINGS,
        "endpoints": {"asked": endpoint},
        "assessments": source | plan,
        "response": response | {"visits": [{"id": "best", "label": "Best", "denominator": "analysed"}]},
    }
    return study if patient.get("cutoff") is None else study | {"data_cutoff": date_of(patient["cutoff"])}


@pytest.fixture(scope="module")
def derived(tmp_path_factory):
    """The derivation of a patient's group, each derived once: the table and the data, or the error."""
    groups, found = {}, {}
    for patient in PATIENTS:
        groups.setdefault(group_of(patient), []).append(patient)

    def derive(patient):
        folder = tmp_path_factory.mktemp("study")
        members = groups[group_of(patient)]
        in_arms = [
            *((one, "AB"[index % 2]) for index, one in enumerate(members)),
            *((FILLERS[arm], arm) for arm in FILLERS),
        ]
        unknown = dict.fromkeys(DATES, "")
        subjects = [{"USUBJID": identifier(one), "TRT01P": arm, **unknown, **dates_of(one)} for one, arm in in_arms]
        responses = [
            {"USUBJID": identifier(one), "ADT": date_of(day), "AVALC": category}
            for one, _ in in_arms
            for day, category in one.get("assessments", [])
        ]
        study = read_study(write_trial(folder, study_of(patient), subjects=subjects, responses=responses))
        try:
            return time_to_event(study, read_tables(study), "asked")
        except DataError as error:
            return error

    def of(patient):
        group = group_of(patient)
        if group not in found:
            found[group] = derive(patient)
        return found[group]

    return of


@pytest.mark.parametrize("patient", PATIENTS, ids=lambda patient: patient["patient"])
def test_patient(patient, derived):
    expected, why, result = patient["expected"], patient["why"], derived(patient)
    if "refused" in expected:
        assert isinstance(result, DataError), why
        problems = list(map(str, result.problems))
        assert len(problems) == 1, why  # the fillers are not at fault
        for word in ["adsl.csv", "line 2", *expected["refused"]]:
            assert word in problems[0], why
        return
    if isinstance(result, DataError):
        pytest.fail(f"refused: {result}")
    rows = result.derivation.set_index("patient")
    with_time = list(rows.index[rows["time"].notna()])
    assert with_time[-2:] == [identifier(filler) for filler in FILLERS.values()]
    if expected.get("not_analysed"):
        assert identifier(patient) not in rows.index, why
        return
    row = rows.loc[identifier(patient)]
    if expected.get("left_out"):
        assert pd.isna(row["time"]), f"{why} (got: {row['time']:g}, {row['reason']})"
        assert "left out" in row["reason"], why
        return
    start = date_of(expected.get("start", dates_of(patient)["RANDDT"]))
    asked = {
        "days": expected["days"],
        "event": expected["event"] is True,
        "start": start,
        "end": date_of(expected["end"]) if "end" in expected else start + timedelta(days=expected["days"]),
        "entry": expected.get("entry", 0),
    }
    got = {
        "days": row["time"],
        "event": bool(row["event"]),
        "start": pd.Timestamp(row["start"]).date(),
        "end": pd.Timestamp(row["end"]).date(),
        "entry": 0 if pd.isna(row["entry"]) else row["entry"],
    }
    assert got == asked, f"{why} (got: {row['reason']})"
    reason = row["reason"]
    assert reason.startswith("censored: ") == (expected["event"] is False), why
    if expected["because"] is not None:
        words = reason.removeprefix("censored: ")
        assert words == expected["because"] or (not expected["event"] and expected["because"] in words), why
    at = with_time.index(identifier(patient))
    assert len(result.time) == len(result.event) == len(with_time)
    assert (result.time[at], result.event[at]) == (expected["days"], expected["event"] is True), why
    assert (result.cause[at] == 2) == (expected["event"] == COMPETING), why
    assert (result.entry is not None) == ("entry" in expected), why
    if "entry" in expected:
        assert result.entry[at] == expected["entry"], why


def test_table_is_large_enough_and_complete():
    assert len(PATIENTS) >= 65
    assert [name for name, times in Counter(identifier(one) for one in PATIENTS).items() if times > 1] == []
    for patient in PATIENTS:
        assert ASKED <= patient.keys() <= ASKED | ALSO, patient["patient"]
        assert set(patient["dates"]) <= set(DATES), patient["patient"]
        outcome = patient["expected"].keys() - {"start", "end", "entry"}
        assert outcome in OUTCOMES, patient["patient"]
        if "days" in outcome:
            assert patient["expected"]["event"] in (True, False, COMPETING), patient["patient"]
