"""Adverse events beside pandas' cross tables of the same rows, which know nothing of the package."""

import pandas as pd
import pytest
from adverse_event_tables import STUDY, tables
from small_trial import read_trial

from smmlib.analysis import Key, study_numbers
from smmlib.stats.response.difference import rate_difference
from smmlib.trial import derive

pytestmark = pytest.mark.independent

ARMS = {"High": "high", "Low": "low", "Placebo": "placebo"}


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    rows = tables(3)
    data = derive(*read_trial(tmp_path_factory.mktemp("trial"), STUDY, **rows))
    subjects = pd.DataFrame(rows["subjects"]).query("SAFFL == 'Y'")
    subjects["arm"] = subjects["TRT01A"].map(ARMS)
    events = pd.DataFrame(rows["adverse_events"]).query("TRTEMFL == 'Y'").merge(subjects[["USUBJID", "arm"]])
    events["term"] = events["AEDECOD"].str.capitalize()
    return data, study_numbers(data), subjects, events


def test_population_is_by_treatment_received(trial):
    _, numbers, subjects, _ = trial
    expected = subjects["arm"].value_counts()
    assert {arm: numbers[Key("safety", "population", arm=arm)].value for arm in ARMS.values()} == expected.to_dict()
    assert (subjects["TRT01A"] != subjects["TRT01P"]).any()


def test_terms_that_are_frequent_in_an_arm_are_shown_with_their_patients_and_events(trial):
    _, numbers, subjects, events = trial
    patients = pd.crosstab(events["term"], events["arm"], events["USUBJID"], aggfunc="nunique").fillna(0)
    rows = pd.crosstab(events["term"], events["arm"])
    shares = patients / subjects["arm"].value_counts()
    frequent = shares.index[(shares >= 0.05).any(axis=1)]
    shown = {key.level for key in numbers if key.section == "safety" and key.level}
    assert shown == set(frequent)
    found = {(key.level, key.arm, key.measure): result.value for key, result in numbers.items() if key.level}
    for term in frequent:
        for arm in ARMS.values():
            assert found[term, arm, "patients"] == patients.loc[term, arm]
            assert found[term, arm, "events"] == rows.loc[term, arm]


def test_events_of_the_classes_add_up_to_all(trial):
    _, numbers, _, events = trial
    for arm in ARMS.values():
        of_arm = {key: result.value for key, result in numbers.items() if key.measure == "events" and key.arm == arm}
        of_classes = [value for key, value in of_arm.items() if key.factor and not key.level]
        assert (
            sum(of_classes) == of_arm[Key("safety", "events", arm=arm, variant="any")] == (events["arm"] == arm).sum()
        )


def test_worst_grades_add_up_to_the_patients(trial):
    _, numbers, _, _ = trial
    lines = [key for key in numbers if key.measure == "patients" and (key.factor or key.variant == "any")]
    graded = {(key.variant, key.factor, key.level, key.arm): 0 for key in lines}
    for key, result in numbers.items():
        if key.measure.startswith("worst_grade"):
            graded[key.variant, key.factor, key.level, key.arm] += result.value
    assert len(lines) > 30
    assert [graded[key.variant, key.factor, key.level, key.arm] for key in lines] == [
        numbers[key].value for key in lines
    ]


def test_differences_are_those_of_the_counts(trial):
    _, numbers, _, _ = trial
    compared = [key for key in numbers if key.measure == "difference"]
    assert {(key.arm, key.reference) for key in compared} == {("high", "placebo"), ("low", "placebo")}
    for key in compared:
        about = {"variant": key.variant, "factor": key.factor, "level": key.level}
        one, other = (numbers[Key("safety", "patients", arm=arm, **about)] for arm in (key.arm, key.reference))
        expected = rate_difference(int(one.value), one.n, int(other.value), other.n)
        assert (numbers[key].value, numbers[key].low, numbers[key].high) == (
            expected.value,
            expected.low,
            expected.high,
        )
        assert numbers[key].value == pytest.approx(one.value / one.n - other.value / other.n, abs=1e-15)


def test_most_frequent_come_first(trial):
    data, numbers, _, _ = trial
    first = data.study.arms.levels[0].id
    lines = [key for key in numbers if key.measure == "patients" and key.arm == first and key.factor]
    totals = {
        key: sum(
            numbers[Key("safety", "patients", arm=arm, factor=key.factor, level=key.level)].value
            for arm in ARMS.values()
        )
        for key in lines
    }
    classes = [totals[key] for key in lines if not key.level]
    assert classes == sorted(classes, reverse=True)
    for key in lines:
        terms = [totals[line] for line in lines if line.factor == key.factor and line.level]
        assert terms == sorted(terms, reverse=True)
        places = [place for place, line in enumerate(lines) if line.factor == key.factor]
        assert places == list(range(places[0], places[0] + len(places)))
