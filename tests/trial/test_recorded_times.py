"""AVAL of ADTTE in any unit, from day 0 or day 1; what AVALU, PARAM and the dates say of it; codes of censoring."""

from datetime import date, timedelta

import numpy as np
import pytest
from small_trial import read_trial

from smmlib.trial import rule_in_words, time_to_event
from smmlib.trial.tables.problems import DataError

pytestmark = pytest.mark.by_hand

START = date(2010, 1, 1)
DAYS = {"a1": 0, "a2": 61, "a3": 365, "b1": 7, "b2": 100, "b3": 731}
A_UNIT = {"days": 1, "weeks": 7, "months": 30.4375, "years": 365.25}
PATIENTS = [
    {"USUBJID": name, "TRT01P": name[0].upper(), "RANDDT": START.isoformat(), "DTHDT": "", "LSTALVDT": "2013-01-01"}
    for name in DAYS
]


def endpoint(code="OS", **more):
    words = {"label": code, "event_label": "Death", "curve_label": "Alive", "rule": "From randomisation to death."}
    return words | {"paramcd": code} | more


def rows(unit="days", code="OS", *, first_day=0, dated=True, **more):
    """A row a patient, AVAL in a unit with all its digits."""
    for name, days in DAYS.items():
        dates = {"STARTDT": START.isoformat(), "ADT": (START + timedelta(days=days)).isoformat()} if dated else {}
        aval = repr((days + first_day) / A_UNIT[unit])
        yield {"USUBJID": name, "PARAMCD": code, "AVAL": aval, "CNSR": int(name[1] == "3"), **dates, **more}


def read(folder, times, **changes):
    study = {"endpoints": {"os": endpoint()}, "time_unit": "months", **changes}
    return read_trial(folder, study, subjects=PATIENTS, times=list(times))


def found(folder, times, **changes):
    study, tables = read(folder, times, **changes)
    return time_to_event(study, tables, "os").time


def refusal(folder, times, **changes):
    with pytest.raises(DataError) as refused:
        read(folder, times, **changes)
    return str(refused.value).replace(f"{folder}/", "")


def in_months(days):
    return np.array(list(days)) / 30.4375


# ---- units


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("unit", A_UNIT)
@pytest.mark.parametrize(
    ("said", "data"),
    [
        (lambda unit: {"AVALU": unit.upper()}, lambda unit: {}),
        (lambda unit: {"AVALU": unit.title().removesuffix("s")}, lambda unit: {}),
        (lambda unit: {"PARAM": f"Overall Survival ({unit.title()})"}, lambda unit: {}),
        (lambda unit: {}, lambda unit: {"aval_unit": unit}),
        (lambda unit: {"AVALU": "HOURS", "PARAM": "Survival (weeks)"}, lambda unit: {"aval_unit": unit}),
    ],
    ids=["AVALU", "AVALU in the singular", "PARAM", "declared", "declared against AVALU"],
)
def test_every_unit_becomes_that_of_the_study(tmp_path, unit, said, data, dated):
    """Whole days divided once: the same bits as a time derived from dates."""
    times = found(tmp_path, rows(unit, dated=dated, **said(unit)), data=data(unit))
    assert np.all(times == in_months(DAYS.values())) or unit == "months"
    np.testing.assert_allclose(times, in_months(DAYS.values()), rtol=1e-15)


def test_parameters_of_one_table_may_have_units_of_their_own(tmp_path):
    times = [*rows("days", AVALU="DAYS"), *rows("years", code="PFS", AVALU="")]
    endpoints = {"os": endpoint(), "pfs": endpoint("PFS", aval_unit="years")}
    study, tables = read(tmp_path, times, endpoints=endpoints)
    for name in endpoints:
        np.testing.assert_array_equal(time_to_event(study, tables, name).time, in_months(DAYS.values()))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"AVALU": "HOURS"}, "AVALU is 'HOURS' in 6 rows (line 2, line 3, line 4, ...), but must be DAYS, WEEKS, "),
        (
            {"AVALU": "MONTHS", "PARAM": "Survival (Days)"},
            "AVALU is 'MONTHS', but PARAM is 'Survival (Days)' in 6 rows (line 2, line 3, line 4, ...): write which is "
            "right, data: {aval_unit: months} or data: {aval_unit: days}",
        ),
    ],
)
def test_units_that_cannot_be_believed_are_one_line(tmp_path, more, told):
    refused = refusal(tmp_path, rows(dated=False, **more))
    assert told in refused
    assert len(refused.splitlines()) == 1


@pytest.mark.parametrize("said", [{}, {"AVALU": "MONTHS"}, {"PARAM": "Survival (months)"}])
def test_another_unit_by_the_dates_is_one_line_with_its_cure(tmp_path, said):
    told = refusal(tmp_path, rows("days", **said))
    assert told == (
        "adtte.csv: AVAL is the time from STARTDT to ADT in days, and not in months, in 5 of 6 rows of OS "
        "(line 3: 61 months, but 2010-01-01 to 2010-03-03; line 4: 365 months, but 2010-01-01 to 2011-01-01; "
        "line 5: 7 months, but 2010-01-01 to 2010-01-08; ...): write data: {aval_unit: days}"
    )
    np.testing.assert_array_equal(
        found(tmp_path, rows("days", **said), data={"aval_unit": "days"}), in_months(DAYS.values())
    )


def test_a_time_that_is_not_that_of_its_dates(tmp_path):
    times = [row | ({"AVAL": "4000"} if row["USUBJID"] == "b2" else {}) for row in rows(AVALU="DAYS")]
    assert refusal(tmp_path, times).startswith(
        "adtte.csv: AVAL is not the time from STARTDT to ADT in 1 of 6 rows of OS (line 6: 4000 days, but "
        "2010-01-01 to 2010-04-11): correct AVAL or the dates"
    )


# ---- the first day


@pytest.mark.parametrize("unit", A_UNIT)
def test_times_that_count_the_start_as_day_1(tmp_path, unit):
    times = list(rows(unit, first_day=1, AVALU=unit.upper()))
    told = refusal(tmp_path, times)
    assert "AVAL is a day more than the time from STARTDT to ADT in all 6 rows of OS (line 2: " in told
    assert "): write data: {first_day: 1}, so that the day of STARTDT is day 0 of every time, or {first_day: 0}" in told
    assert len(told.splitlines()) == 1
    np.testing.assert_array_equal(found(tmp_path, times, data={"first_day": 1}), in_months(DAYS.values()))
    as_recorded = found(tmp_path, times, data={"first_day": 0})
    np.testing.assert_allclose(as_recorded, in_months(day + 1 for day in DAYS.values()), rtol=1e-15)


def test_one_endpoint_may_count_from_day_1(tmp_path):
    times = [*rows(AVALU="DAYS"), *rows(code="PFS", first_day=1, AVALU="DAYS")]
    endpoints = {"os": endpoint(), "pfs": endpoint("PFS")}
    told = refusal(tmp_path, times, endpoints=endpoints)
    assert "in all 6 rows of PFS" in told
    assert "write of the endpoints with PFS {first_day: 1}" in told
    endpoints["pfs"] |= {"first_day": 1}
    study, tables = read(tmp_path, times, endpoints=endpoints)
    np.testing.assert_array_equal(time_to_event(study, tables, "pfs").time, in_months(DAYS.values()))


def test_a_first_day_that_the_dates_deny(tmp_path):
    told = refusal(tmp_path, [row for row in rows(AVALU="DAYS") if row["USUBJID"] != "a1"], data={"first_day": 1})
    assert "AVAL is the time from STARTDT to ADT in all 5 rows of OS" in told
    assert "write data: {first_day: 0}" in told


def test_without_dates_a_time_below_day_1_is_refused(tmp_path):
    told = refusal(tmp_path, rows(AVALU="DAYS", dated=False), data={"first_day": 1})
    assert "line 2: AVAL is 0, which is less than a day, in 1 row, but must be a day or more" in told


@pytest.mark.parametrize("month", [30, 30.4, 30.42, 30.44, 30.5])
def test_months_of_other_lengths_do_not_bring_day_1_before_the_start(tmp_path, month):
    times = [
        row | {"AVAL": repr((DAYS[row["USUBJID"]] + 1) / month if row["USUBJID"] != "a1" else 1 / month)}
        for row in rows(dated=False, AVALU="MONTHS")
    ]
    time = found(tmp_path, times, data={"first_day": 1})
    assert time[0] == pytest.approx(0, abs=0.02 / 30)
    assert (time >= 0).all()


def test_a_few_days_in_some_rows_are_noted(tmp_path):
    times = [row | ({"AVAL": "102"} if row["USUBJID"] == "b2" else {}) for row in rows(AVALU="DAYS")]
    _, tables = read(tmp_path, times)
    assert "OS: AVAL differs by one to three days from the time from STARTDT to ADT in line 6" in " ".join(tables.notes)


# ---- censoring


@pytest.mark.parametrize("zero", ["0", "0.0", "0.00"])
def test_every_code_but_0_is_censored_for_the_reason_of_its_row(tmp_path, zero):
    codes = {"a1": zero, "a2": "1", "a3": "2.0", "b1": zero, "b2": "3", "b3": "10"}
    described = {
        "a1": {"EVNTDESC": "death"},
        "a2": {"CNSDTDSC": "last contact", "EVNTDESC": "alive"},
        "a3": {"EVNTDESC": "withdrew consent"},
        "b2": {"CNSDTDSC": "."},
    }
    times = [row | {"CNSR": codes[row["USUBJID"]]} | described.get(row["USUBJID"], {}) for row in rows(AVALU="DAYS")]
    study, tables = read(tmp_path, times)
    data = time_to_event(study, tables, "os")
    np.testing.assert_array_equal(data.event, [True, False, False, True, False, False])
    reasons = [
        "death",
        "censored: last contact",
        "censored: withdrew consent",
        "death",
        "censored: CNSR 3",
        "censored: CNSR 10",
    ]
    assert data.derivation["reason"].tolist() == reasons


def test_censoring_of_one_code_that_no_text_describes_is_told_by_that_word(tmp_path):
    codes = {"a1": "0", "a2": "1", "a3": "1", "b1": "0", "b2": "1", "b3": "1"}
    times = [row | {"CNSR": codes[row["USUBJID"]]} for row in rows(AVALU="DAYS")]
    study, tables = read(tmp_path, times)
    reasons = ["death", "censored", "censored", "death", "censored", "censored"]
    assert time_to_event(study, tables, "os").derivation["reason"].tolist() == reasons


@pytest.mark.parametrize("code", ["-1", "1.5", "Y", "", "1e0", "99999999999"])
def test_other_codes_of_censoring_are_refused(tmp_path, code):
    times = [row | ({"CNSR": code} if row["USUBJID"] == "b2" else {}) for row in rows(AVALU="DAYS")]
    assert f"line 6: CNSR is '{code}', but must be 0 (event) or a whole number above it" in refusal(tmp_path, times)


def test_what_is_done_to_the_times_is_said(tmp_path):
    study, tables = read(tmp_path, rows("days", first_day=1, AVALU="DAYS"), data={"first_day": 1})
    assert tables.notes == ("adtte.csv: AVAL of OS is taken from days into months, less one day (first_day: 1)",)
    assert rule_in_words(study, study.endpoints["os"]) == (
        "From randomisation to death. Times are those recorded less one day, for the day of the start was recorded as "
        "day 1."
    )


@pytest.mark.parametrize(
    ("event", "censored", "noted"),
    [
        ("Alive at last contact", "Death", True),
        ("Censored", "", True),
        ("Death", "Alive", False),
        ("Complete response", "No response", False),
        ("Withdrawal by subject", "Ongoing treatment", False),
        ("", "", False),
    ],
)
def test_words_that_say_the_codes_are_the_other_way_round_are_noted(tmp_path, event, censored, noted):
    times = [row | {"EVNTDESC": censored if row["CNSR"] else event} for row in rows(AVALU="DAYS")]
    _, tables = read(tmp_path, times)
    said = f"adtte.csv: OS: CNSR 0 is described as '{event}': is 0 the event, or are its codes the other way round?"
    assert (said in tables.notes) == noted
    assert ("CNSR" in " ".join(tables.notes)) == noted
