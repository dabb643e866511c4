"""Levels of strata come in the order of the number beside them, and too many of them are noted."""

import pytest
from small_trial import read_trial, write_trial

from smmlib.analysis import study_numbers
from smmlib.report import check
from smmlib.trial import derive
from smmlib.trial.analysis_files import read_analysis_data, write_analysis_data

pytestmark = pytest.mark.by_hand

NUMBERS = {"<65": "1", "65-80": "2", ">80": "3"}
STUDY = {"strata": [{"variable": "AGEGR1", "label": "Age"}]}


def patients(levels, numbers=None, **more):
    return [
        {
            "USUBJID": f"p{row:02}",
            "TRT01P": "AB"[row % 2],
            "RANDDT": "2010-01-01",
            "DTHDT": "",
            "LSTALVDT": "2011-01-01",
            "AGEGR1": level,
            **({"AGEGR1N": numbers[row]} if numbers else {}),
            **more,
        }
        for row, level in enumerate(levels)
    ]


AGES = ["65-80", "<65", ">80", "65-80"] * 5


def order(folder, subjects):
    study, tables = read_trial(folder, STUDY, subjects=subjects)
    data = derive(study, tables)
    levels = [key.level for key in study_numbers(data) if key.measure == "stratum" and key.arm == "a"]
    write_analysis_data(data, folder / "data")
    assert read_analysis_data(study, folder / "data").levels == data.levels
    return levels


@pytest.mark.parametrize("written", ["{}", "{}.0", "10{}"])
def test_levels_come_in_the_order_of_the_number_beside_them(tmp_path, written):
    numbers = [written.format(NUMBERS[age]) for age in AGES]
    assert order(tmp_path, patients(AGES, numbers)) == ["<65", "65-80", ">80"]
    backwards = [str(-int(NUMBERS[age])) for age in AGES]
    assert order(tmp_path, patients(AGES, backwards)) == [">80", "65-80", "<65"]


@pytest.mark.parametrize(
    "numbers",
    [
        None,
        ["1"] * 20,
        [*(NUMBERS[age] for age in AGES[:-1]), "7"],
        [NUMBERS[age] if age != ">80" else "" for age in AGES],
        [{"<65": "one"}.get(age, NUMBERS[age]) for age in AGES],
    ],
    ids=["none", "one for all", "two for one", "one missing", "a word"],
)
def test_otherwise_they_come_in_the_order_of_their_texts(tmp_path, numbers):
    assert order(tmp_path, patients(AGES, numbers)) == ["65-80", "<65", ">80"]


def test_the_check_shows_that_order(tmp_path, capsys):
    file = write_trial(tmp_path, STUDY, subjects=patients(AGES, [NUMBERS[age] for age in AGES]))
    assert check.main([str(file)]) == 0
    said = capsys.readouterr().out
    assert "Age: <65 5, 65-80 10, >80 5" in said
    assert "note" not in said


@pytest.mark.parametrize(("levels", "noted"), [(4, False), (5, True)])
def test_a_factor_with_more_levels_than_a_fifth_of_the_patients_is_noted(tmp_path, capsys, levels, noted):
    file = write_trial(tmp_path, STUDY, subjects=patients([f"site {row % levels}" for row in range(20)]))
    assert check.main([str(file)]) == 0
    words = f"stratum AGEGR1: {levels} levels in 20 patients, fewer than 5 a level"
    assert (words in capsys.readouterr().out) == noted


def test_factors_that_have_many_levels_together_are_noted(tmp_path, capsys):
    subjects = [row | {"SEX": "MF"[number // 4 % 2]} for number, row in enumerate(patients(AGES))]
    study = {"strata": [*STUDY["strata"], {"variable": "SEX", "label": "Sex"}]}
    assert check.main([str(write_trial(tmp_path, study, subjects=subjects))]) == 0
    said = capsys.readouterr().out
    assert "strata AGEGR1, SEX together: 6 levels in 20 patients, fewer than 5 a level" in said
    assert "stratum AGEGR1:" not in said
