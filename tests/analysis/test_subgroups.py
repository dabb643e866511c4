"""Subgroups of small trials, by hand, and by the other programs."""

import math

import pytest
from small_trial import write_trial

from smmlib.analysis import Key, possible_keys, study_numbers
from smmlib.report.verification.second_implementation import second_implementation
from smmlib.trial import derive, read_study
from smmlib.trial.parameters.covariates import Subgroup

RUNS = {"os": {"notebook": "subgroups", "parameters": {"endpoint": "os"}}}
SUBGROUPS = [
    {"variable": "SEX", "label": "Sex", "levels": {"F": "Female", "M": "Male"}},
    {"variable": "AGE", "label": "Age", "cuts": [65], "unit": "years"},
]
ROWS = [
    # arm, sex, age, days, died: the example of the verb's docstring, with women as its a and men as its b
    ("A", "F", 40, 1, True),
    ("A", "F", 64, 2, False),
    ("B", "F", 65, 2, True),
    ("A", "F", 70, 3, True),
    ("B", "M", 64.5, 1, True),
    ("A", "M", 65, 2, True),
    ("B", "M", 80, 3, True),
]


def subjects(rows):
    for number, (arm, sex, age, days, died) in enumerate(rows):
        last = f"2010-01-{days + 1:02d}"
        dates = {"RANDDT": "2010-01-01", "DTHDT": last if died else "", "LSTALVDT": last}
        yield {"USUBJID": f"p{number}", "TRT01P": arm, "SEX": sex, "AGE": age, **dates}


def write(folder, rows=ROWS, **changes):
    study = {"subgroups": SUBGROUPS, "runs": RUNS, **changes}
    return write_trial(folder, study, subjects=list(subjects(rows)))


def numbers_of(folder, rows=ROWS, **changes):
    return study_numbers(derive(read_study(write(folder, rows, **changes))))


def key(measure, factor="", level="", arm="a", reference="b"):
    return Key("subgroups", measure, "os", arm, reference, factor=factor, level=level)


def counts(numbers, measure, factor):
    return {
        (each.level, each.arm): result.value
        for each, result in numbers.items()
        if each.measure == measure and each.factor == factor
    }


@pytest.mark.by_hand
def test_patients_and_events(tmp_path):
    """65 itself is 65 or more, 64.5 is not."""
    numbers = numbers_of(tmp_path)
    assert counts(numbers, "patients", "") == {("", "a"): 4, ("", "b"): 3}
    assert counts(numbers, "events", "") == {("", "a"): 3, ("", "b"): 3}
    assert counts(numbers, "patients", "AGE") == {("<65", "a"): 2, ("<65", "b"): 1, (">=65", "a"): 2, (">=65", "b"): 2}
    assert counts(numbers, "events", "AGE") == {("<65", "a"): 1, ("<65", "b"): 1, (">=65", "a"): 2, (">=65", "b"): 2}
    assert counts(numbers, "missing", "SEX") == {("", "a"): 0, ("", "b"): 0}


@pytest.mark.by_hand
def test_hazard_ratios(tmp_path):
    """Men: events B, A, B. r/(r+2) at the second, so 0 = 1 - r/(r + 2) - r/(r + 1): r is the root of 2.

    Women: A dies at 1 of three and one, at 2 B of two and one, at 3 A alone: 1 - 3r/(3r + 1) + 0 - 2r/(2r + 1) + 0 = 0,
    so 1 = 6 r^2, with Efron's ties as with Breslow's.
    """
    numbers = numbers_of(tmp_path)
    assert numbers[key("hazard_ratio", "SEX", "M")].value == pytest.approx(math.sqrt(2), rel=1e-9)
    assert numbers[key("hazard_ratio", "SEX", "F")].value == pytest.approx(math.sqrt(1 / 6), rel=1e-9)
    assert numbers[key("hazard_ratio", "SEX", "F")].method.startswith("Subgroup Sex: Female: Cox model, Efron ties")
    assert numbers[key("interaction_test", "SEX")].df == 1


@pytest.mark.by_hand
def test_a_subgroup_without_an_event_of_an_arm_has_no_hazard_ratio(tmp_path):
    rows = [(arm, sex, age, days, died and (arm, sex) != ("B", "F")) for arm, sex, age, days, died in ROWS]
    ratio = numbers_of(tmp_path, rows)[key("hazard_ratio", "SEX", "F")]
    assert math.isnan(ratio.value)
    assert "no event in arm 'B' while patients of both arms were at risk" in ratio.method


@pytest.mark.by_hand
def test_a_subgroup_without_patients_of_an_arm_has_no_hazard_ratio(tmp_path):
    rows = [(arm, "F" if arm == "B" else "M", age, days, died) for arm, _, age, days, died in ROWS]
    numbers = numbers_of(tmp_path, rows)
    assert "it has no patients of arm 'A'" in numbers[key("hazard_ratio", "SEX", "F")].method
    assert math.isnan(numbers[key("interaction_test", "SEX")].p_value)


@pytest.mark.by_hand
def test_a_variable_that_is_unknown_of_an_arm_has_nothing_to_compare(tmp_path):
    rows = [(arm, sex, age if arm == "A" else "", days, died) for arm, sex, age, days, died in ROWS]
    numbers = numbers_of(tmp_path, rows)
    test = numbers[key("interaction_test", "AGE")]
    assert (math.isnan(test.p_value), test.df) == (True, 0)
    assert "not known of any patient of an arm" in test.method
    assert math.isnan(numbers[key("hazard_ratio", "AGE", "<65")].value)
    assert counts(numbers, "missing", "AGE") == {("", "a"): 0, ("", "b"): 3}


@pytest.mark.by_hand
def test_excluded_levels_of_one_comparison_stay_rows_of_it(tmp_path):
    """A level that neither arm of the comparison has."""
    rows = [*ROWS, ("C", "X", 50, 4, True), ("C", "X", 70, 5, False)]
    arms = {
        "variable": "TRT01P",
        "reference": "b",
        "levels": [{"id": each, "value": each.upper(), "label": each.upper(), "name": each} for each in "abc"],
    }
    subgroups = [{"variable": "SEX", "label": "Sex"}]
    numbers = numbers_of(tmp_path, rows, arms=arms, subgroups=subgroups)
    nobody = numbers[key("hazard_ratio", "SEX", "X")]
    assert (nobody.n, nobody.method) == (0, "Subgroup Sex: X: not estimable, it has no patients")
    assert "it has no patients of arm 'B'" in numbers[key("hazard_ratio", "SEX", "X", arm="c")].method


@pytest.mark.by_hand
def test_keys_are_known_before_the_tables_where_levels_are_listed(tmp_path):
    numbers, study = numbers_of(tmp_path), read_study(write(tmp_path))
    assert set(possible_keys(study)) == numbers.keys()
    assert [each.name for each in numbers if each.level == ">=65"] == [
        *("subgroups.os.patients(AGE: >=65).a", "subgroups.os.events(AGE: >=65).a"),
        *("subgroups.os.patients(AGE: >=65).b", "subgroups.os.events(AGE: >=65).b"),
        "subgroups.os.hazard_ratio(AGE: >=65).a_vs_b",
    ]


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("cuts", "intervals"),
    [
        ([65], ["<65", ">=65"]),
        ([65, 75], ["<65", "65 to <75", ">=75"]),
        ([-0.5, 0, 2.25], ["<-0.5", "-0.5 to <0", "0 to <2.25", ">=2.25"]),
    ],
)
def test_intervals_are_named_by_their_cuts(cuts, intervals):
    assert Subgroup(variable="X", label="X", cuts=cuts).intervals == intervals


@pytest.mark.other_package
def test_numbers_are_computed_twice(tmp_path):
    file = write(tmp_path, [(*row[:3], row[3] + shift, row[4]) for shift in (0, 5, 9) for row in ROWS])
    numbers, again = study_numbers(derive(read_study(file))), second_implementation(file, None)
    compared = set()
    for each, quantity, value, _ in again:
        if each in numbers:
            assert getattr(numbers[each], quantity) == pytest.approx(value, rel=1e-6), each.name
            compared.add(each)
    assert {each.name for each in numbers.keys() - compared} == {
        f"subgroups.os.missing({factor}).{arm}" for factor in ("SEX", "AGE") for arm in "ab"
    }
