"""Records of trials at the edge under `suppress_below`: what none may say where nobody or everybody had the event."""

import hashlib
import hmac
import json
import re
from datetime import date, timedelta

import numpy as np
import pytest
from masked_trial import DAYS_PER_MONTH, LIMIT
from small_trial import write_trial

from smmlib import kaplan_meier, median_survival, survival_at
from smmlib.analysis import study_numbers
from smmlib.display.formatting import is_masked
from smmlib.report.disclosure.masked_numbers import masked_numbers
from smmlib.report.disclosure.shown_curves import is_readable, shown_curve
from smmlib.report.page.provenance import write_manifest
from smmlib.trial import derive, read_study

START = date(2011, 3, 7)
PATIENTS = 14
STUDY = {
    "suppress_below": LIMIT,
    "time_unit": "months",
    "follow_up": {"endpoint": "os", "estimator": "survivors"},
    "analysis": {
        "conf_level": 0.95,
        "conf_type": "log-log",
        "ties": "efron",
        "landmarks": [6, 60],
        "axis_times": [0, 6, 12, 24, 36],
    },
}
RESPONSE = {"visits": [{"id": "best", "visit": "BEST", "label": "Best", "denominator": "analysed"}]}
TELLING = (
    r"nobody|everybody|no event|no patients|every patient|last observed|not reached, |none where|no width|\b0 in arm"
)
"""Words that say of a count that it is zero or all, or when somebody was last seen."""


def patients(deaths):
    """Fourteen patients an arm, followed for ever longer, of whom the first so many die."""
    rows = []
    for arm, dead in deaths.items():
        for number in range(PATIENTS):
            last = START + timedelta(days=211 + 53 * number + (arm == "B") * 17)
            death = last if number < dead else ""
            rows.append({"USUBJID": f"{arm}{number}", "TRT01P": arm, "RANDDT": START, "DTHDT": death, "LSTALVDT": last})
    return rows


def categories(responders):
    return [
        {"USUBJID": f"{arm}{number}", "AVISIT": "BEST", "AVALC": "PR" if number < of_arm else "SD"}
        for arm, of_arm in responders.items()
        for number in range(PATIENTS)
    ]


def records_of(folder, changes, **tables):
    data = derive(read_study(write_trial(folder, STUDY | changes, **tables)))
    numbers = study_numbers(data) if data.study.suppress_below is None else masked_numbers(data)
    return {key.name: result for key, result in numbers.items()}


def told(records):
    """Words of the records that tell of a zero count or a last day, by record."""
    return {name: result.method for name, result in records.items() if re.search(TELLING, result.method)}


@pytest.mark.by_hand
@pytest.mark.parametrize("deaths", [{"A": 0, "B": 9}, {"A": 9, "B": 0}, {"A": 0, "B": 0}, {"A": 14, "B": 14}])
def test_nobody_and_everybody_are_not_told_of_in_words(tmp_path, deaths):
    rows = patients(deaths)
    open_records = records_of(tmp_path, {"suppress_below": None}, subjects=rows)
    assert told(open_records), "or there is nothing to hide"
    records = records_of(tmp_path, {}, subjects=rows)
    assert records.keys() == open_records.keys()
    assert told(records) == {}
    assert [name for name, result in records.items() if result.n < LIMIT or result.events < LIMIT] == []
    assert [name for name, result in records.items() if result.from_data] == []
    assert records["os.hazard_ratio.a_vs_b"].method.startswith("Cox model, Efron ties")


@pytest.mark.by_hand
@pytest.mark.parametrize("responders", [{"A": 0, "B": 7}, {"A": 14, "B": 7}])
def test_an_arm_without_responders_is_not_told_of_in_words_nor_by_what_is_missing(tmp_path, responders):
    """What compares the arms has the same fields, masked, as where some of the arm responded."""
    runs = {"runs": {"response": {"notebook": "response"}}, "response": RESPONSE}
    rows = patients({"A": 7, "B": 7})
    records = records_of(tmp_path, runs, subjects=rows, responses=categories(responders))
    others = records_of(tmp_path, runs, subjects=rows, responses=categories({"A": abs(responders["A"] - 2), "B": 7}))
    assert told(records) == {}
    for measure in ("odds_ratio", "fisher_test", "rate_difference"):
        name = f"response.best.{measure}.a_vs_b"
        assert repr(records[name]) == repr(others[name])
        assert is_masked(records[name])


@pytest.mark.by_hand
def test_a_landmark_after_the_last_patient_is_masked_as_one_after_all_but_a_few(tmp_path):
    """Arm A is followed for 900 days, arm B for 917: 29.57 and 30.13 months."""
    rows = patients({"A": 7, "B": 7})
    records = records_of(tmp_path, {}, subjects=rows)
    for row in rows:
        if row["USUBJID"] in ("A13", "B13"):
            row["LSTALVDT"] = START + timedelta(days=2203)
    longer = records_of(tmp_path, {}, subjects=rows)
    for name in ("os.survival.60.a", "os.survival.60.b", "os.survival_difference.60.a_vs_b"):
        assert repr(records[name]) == repr(longer[name])
        assert records[name].unit == "masked"
    assert records["os.survival.6.a"].value == longer["os.survival.6.a"].value == 1.0


@pytest.mark.by_hand
def test_texts_that_few_patients_have_are_counted_together_and_not_told(tmp_path):
    texts = ["no sign of it", *["study closed"] * 9, "withdrew on the 4th", *["study closed"] * 3]
    times = [
        {
            "USUBJID": f"{arm}{number}",
            "PARAMCD": "OS",
            "AVAL": 7.31 + number,
            "CNSR": int(number % 2),
            "EVNTDESC": "Death" if number % 2 == 0 else "",
            "CNSDTDSC": text if number % 2 else "",
        }
        for arm in "AB"
        for number, text in enumerate(texts[1:] + texts[:1])
    ]
    words = {"label": "Survival", "event_label": "Death", "curve_label": "Alive", "rule": "As recorded."}
    changes = {"endpoints": {"os": {"paramcd": "OS", **words}}}
    records = records_of(tmp_path, changes, subjects=patients({"A": 7, "B": 7}), times=times)
    reasons = {result.method for name, result in records.items() if name.startswith("os.reason(")}
    assert {method.partition("; masked")[0] for method in reasons} == {
        "Number of patients, Death",
        "Number of patients, censored: study closed",
        "Number of patients, other reasons",
    }


@pytest.mark.by_hand
def test_the_length_of_a_phase_is_masked_where_its_limit_is_read_off_few(tmp_path):
    """Eight start it: the median is the fourth to end, day 40, and its upper limit the seventh, with two left."""
    rows = patients({"A": 7, "B": 7})
    for number, row in enumerate(rows[:8]):
        row |= {"PH1SDT": START, "PH1EDT": START + timedelta(days=10 * number + 9)}
    phase = {"id": "induction", "label": "Induction", "plan": "a while", "days": 60, "start": "PH1SDT", "end": "PH1EDT"}
    changes = {"phases": [phase | {"ongoing_until": "LSTALVDT"}], "runs": {"population": {"notebook": "population"}}}
    name = "population.induction.length"
    length = records_of(tmp_path, changes | {"suppress_below": None}, subjects=rows)[name]
    assert length.high == pytest.approx(70 / DAYS_PER_MONTH, rel=1e-12)
    masked = records_of(tmp_path, changes, subjects=rows)[name]
    assert masked.unit == "masked"
    assert np.isnan([masked.value, masked.low, masked.high]).all()


# ---- what is read off a curve


def curve_of(days, events):
    return kaplan_meier(np.array(days) / DAYS_PER_MONTH, events, arm="A")


@pytest.mark.by_hand
def test_a_median_on_a_plateau_that_ends_with_the_last_patient_cannot_be_read():
    """Five of ten die, and the middle between the fifth death, day 70, and the last day, 991, would tell that day."""
    days, events = [30, 40, 50, 60, 70, 300, 410, 520, 777, 991], [1] * 5 + [0] * 5
    curve = curve_of(days, events)
    median = median_survival(curve)
    assert median.value == pytest.approx((70 + 991) / 2 / DAYS_PER_MONTH, rel=1e-12)
    assert not is_readable(median, curve, LIMIT)
    ends_with_a_death = curve_of(days, [1] * 6 + [0] * 4)
    median = median_survival(ends_with_a_death)
    assert median.value == pytest.approx((70 + 300) / 2 / DAYS_PER_MONTH, rel=1e-12)
    assert np.isnan(median.high)
    assert is_readable(median, ends_with_a_death, LIMIT)


@pytest.mark.by_hand
def test_survival_is_told_only_where_five_are_at_risk():
    """Ten patients leave on days 100, 200, ..., 1000: five are left on day 600, four on day 601."""
    curve = curve_of(range(100, 1001, 100), [1, 0] * 5)
    for day, readable in ((0, True), (600, True), (601, False), (1000, False), (1001, False)):
        assert is_readable(survival_at(curve, day / DAYS_PER_MONTH), curve, LIMIT) == readable


@pytest.mark.by_hand
def test_a_drawn_curve_has_the_steps_and_the_axis_times_with_five_at_risk_and_no_other_time():
    """Deaths on days 100, 300, ..., 900; those of 700 and 900 have four and two at risk."""
    curve = curve_of(range(100, 1001, 100), [1, 0] * 5)
    drawn = shown_curve(curve, LIMIT, [0, 12, 24])
    assert [round(time * DAYS_PER_MONTH) for time in drawn.time] == [0, 100, 300, 500]
    np.testing.assert_allclose(drawn.survival, [1, 9 / 10, 9 / 10 * 7 / 8, 9 / 10 * 7 / 8 * 5 / 6], rtol=1e-12)
    assert not drawn.censored.any()
    to_the_axis = shown_curve(curve, LIMIT, [0, 18, 24])
    assert to_the_axis.time[-1] == 18
    assert to_the_axis.survival[-1] == drawn.survival[-1]


@pytest.mark.by_hand
def test_nothing_is_drawn_before_a_step_with_few_at_risk_where_patients_come_late():
    """One is there from the start and one more dies at 2 of two at risk; six come at 3, of whom one dies at 5."""
    curve = kaplan_meier([2, 9, 5, 6, 7, 8, 9, 9], [1, 0, 1, 0, 0, 0, 0, 0], entry=[0, 0, 3, 3, 3, 3, 3, 3])
    drawn = shown_curve(curve, LIMIT, [0, 4])
    np.testing.assert_array_equal(drawn.time, [0, 5])
    np.testing.assert_allclose(drawn.survival, [np.nan, 1 / 2 * 6 / 7], rtol=1e-12)


@pytest.mark.invariant
def test_without_a_limit_a_curve_is_drawn_as_it_is():
    curve = curve_of([100, 200], [1, 0])
    assert shown_curve(curve, None, [0, 12]) is curve


# ---- hashes of the tables


@pytest.mark.independent
def test_hashes_of_tables_are_keyed_so_that_they_prove_no_guess(tmp_path):
    """Where patients are identified there is no key, and no hash."""
    hashes = {}
    for limit, privacy in ((None, "hashed"), (LIMIT, "hashed"), (LIMIT, "identified")):
        changes = STUDY | {"suppress_below": limit, "privacy": privacy}
        file, manifest = write_trial(tmp_path, changes, subjects=patients({"A": 7, "B": 7})), tmp_path / "manifest.json"
        (tmp_path / "salt.txt").write_text("a salt for some patients\n", encoding="ascii")
        write_manifest(manifest, params_file=file, project=tmp_path, study=read_study(file), notebooks=[], runs={})
        hashes[limit, privacy] = json.loads(manifest.read_text(encoding="utf-8"))["data"]["subjects"]
    table = (tmp_path / "adsl.csv").read_bytes()
    assert hashes[None, "hashed"] == hashlib.sha256(table).hexdigest()
    assert hashes[LIMIT, "hashed"] == hmac.new(b"a salt for some patients", table, "sha256").hexdigest()
    assert hashes[LIMIT, "identified"] is None
