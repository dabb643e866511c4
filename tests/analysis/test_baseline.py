"""Baseline characteristics of a small trial, by hand, and by the other programs."""

import math
from collections import Counter

import pytest
from small_trial import STUDY, write_trial

from smmlib.analysis import Key, possible_keys, study_numbers
from smmlib.analysis.baseline import SECTION
from smmlib.report.verification.second_implementation import second_implementation
from smmlib.trial import derive, read_study

ROWS = [
    # arm, age, sex, stage
    ("A", 50, "F", "I"),
    ("A", 60, "M", "II"),
    ("A", 70, "M", ""),
    ("A", 80, "F", "I"),
    ("B", 55, "F", "II"),
    ("B", 65, "M", "I"),
    ("B", "", "F", "III"),
]
BASELINE = [
    {"variable": "AGE", "label": "Age", "unit": "years"},
    {"variable": "SEX", "label": "Sex", "levels": {"M": "Male", "F": "Female"}},
    {"variable": "STAGE", "label": "Stage"},
]
RUNS = {"baseline": {"notebook": "baseline"}}


def patients():
    for number, row in enumerate(ROWS):
        of_patient = dict(zip(("TRT01P", "AGE", "SEX", "STAGE"), row, strict=True))
        dates = {"RANDDT": "2010-01-01", "DTHDT": "", "LSTALVDT": f"2010-02-0{number + 1}"}
        yield {"USUBJID": f"p{number}", **of_patient, **dates, "ITTFL": "Y"}


def write(folder, **changes):
    return write_trial(folder, {"baseline": BASELINE, "runs": RUNS, **changes}, subjects=list(patients()))


@pytest.fixture
def numbers(tmp_path):
    return study_numbers(derive(read_study(write(tmp_path))))


def values(numbers, measure, **fields):
    return {
        (key.arm, key.level): result.value
        for key, result in numbers.items()
        if key.measure == measure and all(getattr(key, name) == value for name, value in fields.items())
    }


@pytest.mark.by_hand
def test_numbers_of_each_arm_and_of_all(numbers):
    """Ages 50, 60, 70, 80 of A; 55, 65 and a missing one of B; 50, 55, 60, 65, 70, 80 of all."""
    age = {"factor": "AGE"}
    assert values(numbers, "patients", **age) == {("a", ""): 4, ("b", ""): 2, ("", ""): 6}
    assert values(numbers, "missing", **age) == {("a", ""): 0, ("b", ""): 1, ("", ""): 1}
    assert values(numbers, "mean", **age) == {("a", ""): 65, ("b", ""): 60, ("", ""): pytest.approx(380 / 6)}
    assert values(numbers, "standard_deviation", **age)["b", ""] == pytest.approx(math.sqrt(50))
    assert values(numbers, "median", **age) == {("a", ""): 65, ("b", ""): 60, ("", ""): 62.5}
    assert values(numbers, "lower_quartile", **age) == {("a", ""): 55, ("b", ""): 55, ("", ""): 55}
    assert values(numbers, "upper_quartile", **age) == {("a", ""): 75, ("b", ""): 65, ("", ""): 70}
    assert values(numbers, "minimum", **age) == {("a", ""): 50, ("b", ""): 55, ("", ""): 50}
    assert values(numbers, "maximum", **age) == {("a", ""): 80, ("b", ""): 65, ("", ""): 80}
    assert numbers[Key(SECTION, "mean", arm="a", factor="AGE")].unit == "years"


@pytest.mark.by_hand
def test_patients_in_each_level_of_those_whose_level_is_known(numbers):
    stage = {"factor": "STAGE"}
    expected = {("a", "I"): 2, ("a", "II"): 1, ("a", "III"): 0, ("b", "I"): 1, ("b", "II"): 1, ("b", "III"): 1}
    assert values(numbers, "category", **stage) == expected | {("", "I"): 3, ("", "II"): 2, ("", "III"): 1}
    assert values(numbers, "missing", **stage) == {("a", ""): 1, ("b", ""): 0, ("", ""): 1}
    assert numbers[Key(SECTION, "category", arm="a", factor="STAGE", level="I")].n == 3
    assert [key.level for key in numbers if key.factor == "SEX" and key.arm == "a" and key.level] == ["M", "F"]


@pytest.mark.by_hand
def test_standardised_differences(numbers):
    """Ages: 5 over the root of (500/3 + 50) / 2. Sex, males 1/2 and 1/3: 1/6 over the root of (1/4 + 2/9) / 2."""
    found = {key.factor: result.value for key, result in numbers.items() if key.measure == "standardised_difference"}
    assert found["AGE"] == pytest.approx(5 / math.sqrt((500 / 3 + 50) / 2), rel=1e-14)
    assert found["SEX"] == pytest.approx(1 / 6 / math.sqrt((1 / 4 + 2 / 9) / 2), rel=1e-14)
    assert not [key for key in numbers if key.measure == "test"]


@pytest.mark.by_hand
def test_p_values_where_the_study_asks_for_them(tmp_path):
    file = write(tmp_path, analysis=STUDY["analysis"] | {"baseline_p_values": True})
    numbers = study_numbers(derive(read_study(file)))
    tests = {key.factor: result for key, result in numbers.items() if key.measure == "test"}
    assert tests["SEX"].statistic == pytest.approx(7 * (2 * 2 - 2 * 1) ** 2 / (4 * 3 * 3 * 4), rel=1e-14)
    assert tests["SEX"].df == 1
    assert tests["AGE"].statistic == pytest.approx(5 / math.sqrt(500 / 3 / 4 + 50 / 2), rel=1e-14)


@pytest.mark.by_hand
def test_excluded_patients_are_not_described_and_have_no_level(tmp_path):
    rows = [row | {"ITTFL": "N" if row["STAGE"] == "III" else "Y"} for row in patients()]
    populations = {"all": {"label": "intention to treat", "flag": "ITTFL"}}
    study = {"baseline": [dict(each) for each in BASELINE], "runs": RUNS, "populations": populations}
    numbers = study_numbers(derive(read_study(write_trial(tmp_path, study, subjects=rows))))
    assert {key.level for key in numbers if key.factor == "STAGE"} == {"", "I", "II"}
    assert numbers[Key(SECTION, "patients", factor="AGE")].n == 6


@pytest.mark.by_hand
def test_one_arm_is_described_once(tmp_path):
    arms = {"variable": "TRT01P", "levels": [STUDY["arms"]["levels"][0]]}
    numbers = study_numbers(derive(read_study(write(tmp_path, arms=arms))))
    assert {key.arm for key in numbers} == {"a"}
    assert not [key for key in numbers if key.reference]


@pytest.mark.by_hand
def test_keys_are_known_before_the_tables_but_for_levels_that_they_tell(tmp_path, numbers):
    known = set(possible_keys(read_study(write(tmp_path))))
    assert {key.factor for key in numbers.keys() - known} == {"STAGE"}
    assert {key.measure for key in numbers.keys() - known} == {"category"}
    assert known <= numbers.keys()


@pytest.mark.by_hand
def test_a_claim_about_a_level_is_met_by_its_name(tmp_path):
    published = [{"number": "baseline.category(STAGE: I).a", "value": "2", "source": "x", "confidence": "verified"}]
    study = read_study(write(tmp_path, published=published))
    assert [claim.number in {key.name for key in study_numbers(derive(study))} for claim in study.published] == [True]


@pytest.mark.other_package
def test_every_number_is_computed_twice(tmp_path):
    """By pandas, numpy and scipy; of two values a P value is that of scipy too."""
    file = write(tmp_path, analysis=STUDY["analysis"] | {"baseline_p_values": True})
    numbers, again = study_numbers(derive(read_study(file))), second_implementation(file, None)
    compared = Counter()
    for key, quantity, value, _ in again:
        if key in numbers:
            assert getattr(numbers[key], quantity) == pytest.approx(value, rel=1e-12), key.name
            compared[key.measure] += 1
    assert compared == {
        **dict.fromkeys(("patients", "mean", "standard_deviation", "median", "minimum", "maximum"), 3),
        **dict.fromkeys(("lower_quartile", "upper_quartile"), 3),
        "missing": 9,
        "category": 6 + 8,
        "standardised_difference": 3,
        "test": 6,
    }
