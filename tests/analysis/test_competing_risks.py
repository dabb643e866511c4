"""Competing risks of a few patients worked out on paper: which numbers there are, of which event, in which words."""

import numpy as np
import pandas as pd
import pytest
from competing_trial import ENDPOINT, STUDY, write_competing_trial
from small_trial import write_trial

from smmlib.analysis import Key, competing_risk_numbers, follow_up_times, incidence_curves
from smmlib.analysis.competing_risks import possible_keys
from smmlib.analysis.time_to_event import endpoint_numbers
from smmlib.trial import derive, read_study

pytestmark = pytest.mark.by_hand

FOUR = [(10, 0), (20, 2), (30, 0), (40, 1)]
"""Time and CNSR: relapse, death, relapse, censored. Relapse 1/4 by 10, 1/2 * 1/2 more by 30; death 3/4 * 1/3 by 20."""
TWO = [(15, 0), (45, 1), (45, 1), (45, 1)]
NONE = [(50, 1)] * 4
"""Nobody has any event."""
ARMS = {"Lev+5FU": FOUR, "Lev": TWO, "Obs": NONE}
MEASURES = {
    "competing_events",
    "incidence",
    "incidence_difference",
    "gray_test",
    "overall_gray_test",
    "cause_specific_hazard_ratio",
}


def patients(arms=ARMS):
    rows = [(arm, time, cnsr) for arm, of_arm in arms.items() for time, cnsr in of_arm]
    frame = pd.DataFrame(rows, columns=["arm", "time", "cnsr"])
    return frame.assign(id=[f"P{number}" for number in range(len(rows))], stratum=0)


def study_of(folder, arms=ARMS, **changes):
    analysis = STUDY["analysis"] | {"landmarks": [25, 35], "axis_times": [0, 50]}
    return read_study(write_competing_trial(folder, patients(arms), **({"analysis": analysis} | changes)))


@pytest.fixture(scope="module")
def numbers(tmp_path_factory):
    return competing_risk_numbers(derive(study_of(tmp_path_factory.mktemp("trial"))), "ttr")


def key(measure, arm="", reference="", **fields):
    return Key("time_to_event", measure, "ttr", arm, reference, **fields)


def test_incidence_of_the_event_and_of_what_competes(numbers):
    expected = {("", 25): 1 / 4, ("", 35): 1 / 2, ("competing", 25): 1 / 4, ("competing", 35): 1 / 4}
    for (variant, at), value in expected.items():
        found = numbers[key("incidence", "lev-5fu", variant=variant, at=float(at))]
        assert (found.value, found.n, found.unit) == (value, 4, "proportion")
    assert numbers[key("incidence", "lev", at=25.0)].value == 1 / 4
    assert numbers[key("incidence", "obs", variant="competing", at=35.0)].value == 0


def test_patients_with_a_competing_event(numbers):
    counted = {arm: numbers[key("competing_events", arm)] for arm in ("lev-5fu", "lev", "obs")}
    assert {arm: (count.value, count.n) for arm, count in counted.items()} == {
        "lev-5fu": (1, 4),
        "lev": (0, 4),
        "obs": (0, 4),
    }


def test_differences_are_arm_less_reference(numbers):
    found = numbers[key("incidence_difference", "lev-5fu", "obs", at=35.0)]
    assert (found.value, found.arm, found.reference) == (1 / 2, "Lev+5FU", "Observation")
    assert found.std_error == pytest.approx(numbers[key("incidence", "lev-5fu", at=35.0)].std_error)


def test_methods_name_the_events_in_the_words_of_the_study(numbers):
    relapse, death = (numbers[key("gray_test", "lev-5fu", "obs", variant=variant)] for variant in ("", "competing"))
    assert relapse.method == "Gray's test of the cumulative incidence of ‘Relapse’, two-sided"
    assert death.method == "Gray's test of the cumulative incidence of ‘death without relapse’, two-sided"
    none = numbers[key("gray_test", "lev", "obs", variant="competing")]
    unmet = ": not estimable, no event of ‘death without relapse’ was seen while patients of both arms were at risk"
    assert none.from_data == (unmet,)
    assert none.method.endswith(unmet)
    assert not [
        result.method for result in numbers.values() if "cause 1" in result.method or "cause 2" in result.method
    ]


def test_the_cause_specific_hazard_ratio_of_the_event_is_the_hazard_ratio(tmp_path):
    data = derive(study_of(tmp_path, {"Lev+5FU": FOUR, "Lev": TWO, "Obs": [(12, 0), (22, 2), (50, 1), (50, 1)]}))
    found = endpoint_numbers(data, "ttr")
    about = {"arm": "lev-5fu", "reference": "obs"}
    same = found[key("hazard_ratio", **about)], found[key("cause_specific_hazard_ratio", **about)]
    assert same[0].value == same[1].value
    assert same[1].method.startswith("Cause-specific hazard ratio of ‘Relapse’, other causes as censorings: ")


def test_numbers_are_those_of_the_list(numbers, tmp_path):
    study = study_of(tmp_path)
    assert list(numbers) == list(possible_keys(study, "ttr"))
    assert {each.measure for each in numbers} == MEASURES
    assert set(numbers) <= set(endpoint_numbers(derive(study), "ttr"))


def test_strata_are_those_of_the_primary_test(tmp_path):
    analysis = STUDY["analysis"] | {"landmarks": [25], "axis_times": [0, 50], "primary": "stratified"}
    found = competing_risk_numbers(derive(study_of(tmp_path, analysis=analysis)), "ttr")
    stratified = {each.measure for each, result in found.items() if ", stratified" in result.method}
    assert stratified == {"gray_test", "overall_gray_test", "cause_specific_hazard_ratio"}


def test_an_endpoint_without_competing_events_has_none_of_it(tmp_path):
    data = derive(study_of(tmp_path, endpoints={"ttr": ENDPOINT | {"competing": {}}}))
    assert (competing_risk_numbers(data, "ttr"), incidence_curves(data, "ttr")) == ({}, {})
    assert MEASURES & {each.measure for each in endpoint_numbers(data, "ttr")} == set()
    assert data.endpoint("ttr").competing is None


def test_reverse_kaplan_meier_takes_a_competing_event_for_an_end_of_follow_up_by_an_event(tmp_path):
    """Censored at 40, 45 three times and 50 four times of twelve: 4 are left of 8 after 45, by then one half."""
    follow_up = {"endpoint": "ttr", "estimator": "reverse-kaplan-meier"}
    times = follow_up_times(derive(study_of(tmp_path, follow_up=follow_up)))
    assert {each.variant: time.value for each, time in times.items()} == {"": 47.5, "shortest": 40, "longest": 50}


def late(tmp_path):
    """The same patients by dates, under observation from the fifth day on, in two arms."""
    days = pd.Timestamp("2010-01-01")

    def date(day):
        return (days + pd.Timedelta(days=int(day))).date().isoformat()

    subjects = [
        {
            "USUBJID": row.id,
            "TRT01P": {"Lev+5FU": "A", "Lev": "B"}[row.arm],
            "DIAGDT": date(0),
            "RANDDT": date(5),
            "RELDT": date(row.time) if row.cnsr == 0 else "",
            "DTHDT": date(row.time) if row.cnsr == 2 else "",
            "LSTALVDT": date(row.time),
        }
        for row in patients({"Lev+5FU": FOUR, "Lev": TWO}).itertuples()
    ]
    rule = {
        **{name: ENDPOINT[name] for name in ("label", "event_label", "curve_label")},
        "start": "DIAGDT",
        "entry": "RANDDT",
        "event": {"RELDT": "relapse"},
        "competing": {"DTHDT": "death without relapse"},
        "censor": "LSTALVDT",
    }
    runs = {"ttr": {"notebook": "time_to_event", "parameters": {"endpoint": "ttr"}}}
    analysis = STUDY["analysis"] | {"landmarks": [35], "axis_times": [0, 50]}
    changes = {"endpoints": {"ttr": rule}, "runs": runs, "analysis": analysis, "time_unit": "days"}
    return derive(read_study(write_trial(tmp_path, changes, subjects=subjects)))


def test_late_entry_leaves_out_gray_test(tmp_path):
    found = competing_risk_numbers(late(tmp_path), "ttr")
    assert {each.measure for each in found} == MEASURES - {"gray_test", "overall_gray_test"}
    assert found[key("incidence", "a", at=35.0)].value == 1 / 2
    assert "late entry" in found[key("incidence", "a", at=35.0)].method


def test_past_the_end_of_follow_up_nothing_is_estimable(tmp_path):
    analysis = STUDY["analysis"] | {"landmarks": [48], "axis_times": [0, 50]}
    found = competing_risk_numbers(derive(study_of(tmp_path, analysis=analysis)), "ttr")
    assert np.isnan(found[key("incidence", "lev-5fu", at=48.0)].value)
    assert np.isnan(found[key("incidence_difference", "lev-5fu", "obs", at=48.0)].value)
    assert found[key("incidence", "obs", at=48.0)].value == 0
