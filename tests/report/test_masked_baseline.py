"""Baseline characteristics under `suppress_below`: whole or not at all."""

import pytest
from small_trial import write_trial

from smmlib.analysis import Key, study_numbers
from smmlib.display.formatting import is_masked
from smmlib.report.disclosure.masked_numbers import masked_numbers
from smmlib.trial import derive, read_study

pytestmark = pytest.mark.by_hand

LIMIT, PATIENTS = 5, 40
BASELINE = [
    {"variable": "AGE", "label": "Age", "unit": "years"},
    {"variable": "WEIGHT", "label": "Weight", "unit": "kg"},
    {"variable": "SEX", "label": "Sex", "levels": {"F": "Female", "M": "Male"}},
    {"variable": "STAGE", "label": "Stage", "levels": {"I": "I", "II": "II"}},
    {"variable": "RACE", "label": "Race"},
]


def rows(**few):
    """Forty patients an arm; of arm A so many have a weight missing, stage II, or each a race of their own."""
    return [
        {
            "USUBJID": f"{arm}{number}",
            "TRT01P": arm,
            "RANDDT": "2010-01-01",
            "LSTALVDT": f"2010-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
            "DTHDT": "",
            "AGE": 40 + number,
            "WEIGHT": "" if arm == "A" and number < few.get("weights", 0) else 60 + number % 30,
            "SEX": "FM"[number % 2],
            "STAGE": "II" if number < (few.get("stages", 20) if arm == "A" else 20) else "I",
            "RACE": f"race {number}" if arm == "A" and number < few.get("races", 0) else ("one", "other")[number % 2],
        }
        for arm in "AB"
        for number in range(PATIENTS)
    ]


def shown(folder, **few):
    study = {"suppress_below": LIMIT, "baseline": BASELINE, "runs": {"baseline": {"notebook": "baseline"}}}
    data = derive(read_study(write_trial(folder, study, subjects=rows(**few))))
    return masked_numbers(data), study_numbers(data)


def hidden_factors(numbers):
    return {key.factor for key, result in numbers.items() if is_masked(result) and key.measure not in EXTREMES}


EXTREMES = ("minimum", "maximum")


def test_only_the_smallest_and_largest_value_are_masked_where_no_count_is_small(tmp_path):
    numbers, true = shown(tmp_path)
    assert hidden_factors(numbers) == set()
    assert {key.measure for key, result in numbers.items() if is_masked(result)} == set(EXTREMES)
    assert numbers[Key("baseline", "mean", arm="a", factor="AGE")].value == 59.5
    assert numbers.keys() == true.keys()


@pytest.mark.parametrize(
    ("few", "hidden"),
    [
        ({"weights": 1}, "WEIGHT"),
        ({"weights": 36}, "WEIGHT"),
        ({"stages": 4}, "STAGE"),
        ({"stages": 0}, "STAGE"),
        ({"stages": 36}, "STAGE"),
    ],
)
def test_a_characteristic_of_a_few_is_masked_as_a_whole_in_every_arm(tmp_path, few, hidden):
    numbers, _ = shown(tmp_path, **few)
    assert hidden_factors(numbers) == {hidden}
    assert all(is_masked(result) for key, result in numbers.items() if key.factor == hidden)


def test_a_missing_value_of_many_is_shown(tmp_path):
    """Zero of arm B among them is masked, so that all is: five of A alone would tell of none in B."""
    numbers, _ = shown(tmp_path, weights=20)
    assert hidden_factors(numbers) == {"WEIGHT"}


def test_levels_of_a_few_are_not_told_by_name(tmp_path):
    numbers, _ = shown(tmp_path, races=6)
    levels = {key.level for key in numbers if key.factor == "RACE" and key.measure == "category"}
    assert levels == {"one", "other", "other levels"}
    assert hidden_factors(numbers) == {"RACE"}  # six in arm A, but none in arm B


def test_the_order_of_levels_tells_nothing(tmp_path):
    one, _ = shown(tmp_path, races=6)
    other, _ = shown(tmp_path, races=7)
    assert list(one) == list(other)


def test_a_quartile_needs_enough_patients_beyond_it(tmp_path):
    """Of 16 patients 4 lie below the lower quartile."""
    study = {"suppress_below": LIMIT, "baseline": BASELINE[:1], "runs": {"baseline": {"notebook": "baseline"}}}
    few = [row for row in rows() if int(row["USUBJID"][1:]) < 16]
    numbers = masked_numbers(derive(read_study(write_trial(tmp_path, study, subjects=few))))
    assert is_masked(numbers[Key("baseline", "lower_quartile", arm="a", factor="AGE")])
    assert not is_masked(numbers[Key("baseline", "lower_quartile", factor="AGE")])
    assert not is_masked(numbers[Key("baseline", "median", arm="a", factor="AGE")])
