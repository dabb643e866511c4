"""What becomes of each patient in the variants of an analysis, worked out by hand."""

from datetime import date, timedelta

import pytest
from small_trial import write_trial

from smmlib.trial import derive, read_study
from smmlib.trial.tables.problems import DataError

pytestmark = pytest.mark.by_hand

START = date(2010, 1, 1)
CUTOFF = START + timedelta(days=200)
DATED = {
    "data_cutoff": CUTOFF,
    "populations": {"all": {"label": "all randomised"}, "protocol": {"label": "per protocol", "flag": "PPROTFL"}},
    "population": "all",
    "assessments": {"table": "responses"},
    "endpoints": {"pfs": {"like": "progression-free-survival"}},
}
PATIENTS = {
    # arm, days of: assessments, progression, death, new therapy, last seen alive; per protocol
    "a-progression": ("A", (30, 60, 100), 100, None, 80, 150, "Y"),
    "a-death": ("A", (30,), None, 45, None, 45, "Y"),
    "a-lost": ("A", (30, 60), None, None, 50, 90, "N"),
    "a-to-the-end": ("A", (60, 120, 200), None, None, None, 230, "Y"),
    "b-progression": ("B", (21,), 21, None, None, 90, "Y"),
    "b-lost": ("B", (40, 80), None, None, None, 85, "Y"),
    "b-to-the-end": ("B", (60, 195), None, None, None, 230, "Y"),
}
MAIN = {
    "a-progression": (100, True),
    "a-death": (45, True),
    "a-lost": (60, False),
    "a-to-the-end": (200, False),
    "b-progression": (21, True),
    "b-lost": (80, False),
    "b-to-the-end": (195, False),
}


def day(days):
    return "" if days is None else START + timedelta(days=days)


def tables():
    subjects = [
        {"USUBJID": name, "TRT01P": arm, "RANDDT": START, "PROGDT": day(progressed), "DTHDT": day(died)}
        | {"NEWTRTDT": day(therapy), "LSTALVDT": day(last), "PPROTFL": protocol}
        for name, (arm, _, progressed, died, therapy, last, protocol) in PATIENTS.items()
    ]
    responses = [
        {"USUBJID": name, "ADT": day(visit), "AVALC": "PD" if visit == of[2] else "SD"}
        for name, of in PATIENTS.items()
        for visit in of[1]
    ]
    return {"subjects": subjects, "responses": responses}


def study(variant, **changes):
    asked = {"endpoints": {"pfs": {"other": {"label": "Other", **variant}}}}
    runs = {"sensitivity": {"notebook": "sensitivity"}}
    return {**DATED, "sensitivity": asked, "runs": runs, **changes}


def rows_of(folder, variant, **changes):
    data = derive(read_study(write_trial(folder, study(variant, **changes), **tables())))
    return data.sensitivity_times.set_index("patient")


def outcome(rows):
    return {name: (row.time, bool(row.event)) for name, row in rows.iterrows()}


@pytest.mark.parametrize(
    ("variant", "changed"),
    [
        # who is lost: b-lost at 80 and a-lost at 60, and b-to-the-end five days before the cut-off, on day 200
        ({"worst_case": {"grace": 5}}, {"a-lost": (60, True), "b-lost": (200, False)}),
        ({"best_case": {"grace": 5}}, {"a-lost": (200, False), "b-lost": (80, True)}),
        (
            {"worst_case": {}},
            {"a-lost": (60, True), "b-lost": (200, False), "b-to-the-end": (200, False)},
        ),
        ({"worst_case": {"followed_until": 70}}, {"a-lost": (60, True)}),
        ({"best_case": {"followed_until": 70}}, {"a-lost": (70, False)}),
        ({"worst_case": {"reasons": ["last assessment"], "grace": 5}}, {"a-lost": (60, True), "b-lost": (200, False)}),
        # a-progression was assessed on 60 before 100, b-progression never before; deaths are known to the day
        ({"late_detection": {"to": "start"}}, {"a-progression": (60, True), "b-progression": (0, True)}),
        ({"late_detection": {"to": "middle"}}, {"a-progression": (80, True), "b-progression": (10.5, True)}),
        ({"late_detection": {"to": "start", "arms": ["a"]}}, {"a-progression": (60, True)}),
        (
            {"late_detection": {"to": "start", "interval": 28}},
            {"a-progression": (72, True), "b-progression": (0, True)},
        ),
        ({"late_detection": {"to": "middle", "interval": 28, "arms": ["b"]}}, {"b-progression": (10.5, True)}),
        ({"late_detection": {"to": "start", "interval": 15, "reasons": ["death"]}}, {"a-death": (30, True)}),
        # new therapy on day 80 and on day 50; censored at the last assessment until then
        (
            {"rule": {"ends_observation": {"NEWTRTDT": "new therapy"}}},
            {"a-progression": (60, False), "a-lost": (30, False)},
        ),
        (
            {"rule": {"event": {"PROGDT": "progression", "DTHDT": "death", "NEWTRTDT": "new therapy"}}},
            {"a-progression": (80, True), "a-lost": (50, True)},
        ),
        ({"rule": {"ends_observation": {"DTHDT": "death"}}}, {"a-death": (30, False)}),
        ({"rule": {"like": "overall-survival"}}, {"a-progression": (150, False), "a-lost": (90, False)}
            | {"a-to-the-end": (200, False), "b-progression": (90, False), "b-lost": (85, False)}
            | {"b-to-the-end": (200, False)}),
    ],
)  # fmt: skip
def test_time_and_event(tmp_path, variant, changed):
    assert outcome(rows_of(tmp_path, variant)) == MAIN | changed


def test_another_population_leaves_out_who_is_not_in_it(tmp_path):
    assert outcome(rows_of(tmp_path, {"population": "protocol"})) == {
        name: of for name, of in MAIN.items() if name != "a-lost"
    }


def test_rule_and_population_together(tmp_path):
    variant = {"population": "protocol", "rule": {"ends_observation": {"NEWTRTDT": "new therapy"}}}
    expected = {name: of for name, of in MAIN.items() if name != "a-lost"} | {"a-progression": (60, False)}
    assert outcome(rows_of(tmp_path, variant)) == expected


def test_a_tipping_point_changes_nobody_and_marks_whose_time_is_imputed(tmp_path):
    tipping = {"factors": [1, 2], "imputations": 5, "seed": 1, "grace": 5}
    rows = rows_of(tmp_path, {"tipping_point": tipping})
    assert outcome(rows) == MAIN
    imputed = rows["followed_until"] > rows["time"]
    assert rows.loc[imputed, "followed_until"].to_dict() == {"a-lost": 200, "b-lost": 200}


def test_what_changed_is_told_of_each_patient(tmp_path):
    rows = rows_of(tmp_path, {"worst_case": {"grace": 5}})
    assert rows.loc["a-lost", "explanation"].endswith("last assessment; taken for lost: the event then")
    assert rows.loc["a-lost", "reason"] == "taken for lost"
    assert rows.loc["b-lost", "explanation"].endswith("free of the event to the end of follow-up")
    assert rows.loc["b-lost", "end"] == CUTOFF
    moved = rows_of(tmp_path, {"late_detection": {"to": "middle"}})
    assert moved.loc["a-progression", "explanation"] == f"progression on {day(100)}; moved 20 days earlier"
    assert moved.loc["a-progression", "end"] == day(80)
    assert moved.loc["b-progression", "end"] == day(10)


@pytest.mark.parametrize(("case", "arm"), [("best_case", "a"), ("worst_case", "b")])
def test_an_event_that_is_hoped_for_is_good_news_of_a_patient_lost(tmp_path, case, arm):
    """In the best case those lost in arm A have it at once, in the worst those of the reference."""
    hoped = {"pfs": {"like": "progression-free-survival", "favourable_event": True}}
    rows = rows_of(tmp_path, {case: {"grace": 5}}, endpoints=hoped)
    other = {"a": "b", "b": "a"}[arm]
    changed = {f"{arm}-lost": (MAIN[f"{arm}-lost"][0], True), f"{other}-lost": (200, False)}
    assert outcome(rows) == MAIN | changed


def test_months_are_whole_days_divided_once(tmp_path):
    """60 days and 200 days, in months; a grace of a fifth of a month is 6.1 days."""
    rows = rows_of(tmp_path, {"worst_case": {"grace": 0.2}}, time_unit="months")
    assert rows.loc["a-lost", "time"] == 60 / (365.25 / 12)
    assert rows.loc["b-lost", "time"] == 200 / (365.25 / 12)
    assert rows.loc["b-to-the-end", "time"] == 195 / (365.25 / 12)


# ---- recorded times

RECORDED = {
    "label": "Survival",
    "event_label": "Death",
    "curve_label": "Alive",
    "paramcd": "OS",
    "rule": "From randomisation to death.",
}
TIMES = [
    # arm, days, CNSR, what happened, why censored
    ("A", 10, 0, "death", ""),
    ("A", 20, 2, "", "lost to follow-up"),
    ("A", 30, 1, "", "end of study"),
    ("B", 15, 0, "death", ""),
    ("B", 25, 2, "", "lost to follow-up"),
    ("B", 30, 3, "", "withdrew"),
]


def recorded_rows(folder, variant, **changes):
    asked = {"endpoints": {"os": {"other": {"label": "Other", **variant}}}}
    runs = {"sensitivity": {"notebook": "sensitivity"}}
    subjects = [{"USUBJID": f"p{at}", "TRT01P": row[0], "RANDDT": START} for at, row in enumerate(TIMES)]
    times = [
        {"USUBJID": f"p{at}", "PARAMCD": "OS", "AVAL": days, "CNSR": code, "EVNTDESC": event, "CNSDTDSC": why}
        | {"STARTDT": START, "ADT": day(days)}
        for at, (_, days, code, event, why) in enumerate(TIMES)
    ]
    parts = {"endpoints": {"os": RECORDED}, "sensitivity": asked, "runs": runs, **changes}
    data = derive(read_study(write_trial(folder, parts, subjects=subjects, times=times)))
    return data.sensitivity_times.set_index("patient")


def test_codes_of_cnsr_count_as_events(tmp_path):
    rows = recorded_rows(tmp_path, {"event_codes": [0, 2]})
    assert rows["event"].tolist() == [True, True, False, True, True, False]
    assert rows["time"].tolist() == [10, 20, 30, 15, 25, 30]
    assert rows["reason"].tolist()[1] == "lost to follow-up"
    assert rows["reason"].tolist()[2] == "censored: end of study"


def test_a_code_after_the_data_cutoff_is_no_event(tmp_path):
    """On day 22 only p0, p1 and p3 have ended."""
    rows = recorded_rows(tmp_path, {"event_codes": [0, 2]}, data_cutoff=START + timedelta(days=22))
    assert rows["event"].tolist() == [True, True, False, True, False, False]
    assert rows["time"].tolist() == [10, 20, 22, 15, 22, 22]


def test_recorded_patients_taken_for_lost_by_their_reason(tmp_path):
    rows = recorded_rows(tmp_path, {"worst_case": {"followed_until": 40, "reasons": ["lost to follow-up"]}})
    assert rows["event"].tolist() == [True, True, False, True, False, False]
    assert rows["time"].tolist() == [10, 20, 30, 15, 40, 30]


def test_recorded_events_are_moved_by_a_fixed_interval(tmp_path):
    rows = recorded_rows(tmp_path, {"late_detection": {"to": "start", "interval": 12}})
    assert rows["time"].tolist() == [0, 20, 30, 3, 25, 30]


@pytest.mark.parametrize(
    ("variant", "told"),
    [
        (
            {"event_codes": [0, 5]},
            "CNSR is 5 in no patient with PARAMCD OS, but os.other of sensitivity counts it: the nearest is 3; "
            "the codes are 0 in 2, 1 in 1, 2 in 2, 3 in 1 patients",
        ),
        (
            {"worst_case": {"followed_until": 40, "reasons": ["lost to followup"]}},
            "nobody is censored for 'lost to followup' (is it 'lost to follow-up'?); the reasons there are "
            "'lost to follow-up' 2, 'end of study' 1, 'withdrew' 1",
        ),
        (
            {"late_detection": {"to": "start", "interval": 7, "reasons": ["progression"]}},
            "nobody has the event for 'progression'; the reasons there are 'death' 2",
        ),
    ],
)
def test_what_nobody_has_is_told_with_the_nearest_and_the_counts(tmp_path, variant, told):
    with pytest.raises(DataError) as refused:
        recorded_rows(tmp_path, variant)
    assert told in str(refused.value)
    assert len(refused.value.causes) == 1
