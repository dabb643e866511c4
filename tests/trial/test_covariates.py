"""Variables that describe patients: kept in the analysis data as they are, and refused where they cannot be read."""

import math

import pytest
from small_trial import write_trial

from smmlib import analysis_data
from smmlib.trial import derive, read_study
from smmlib.trial.analysis_files import read_analysis_data, write_analysis_data
from smmlib.trial.parameters.yaml_source import ParametersError
from smmlib.trial.tables.problems import DataError

pytestmark = pytest.mark.by_hand

ROWS = [
    # arm, age, sex, age group and its number, change
    ("A", "64.5", "F", "<65", "1", "-1.5"),
    ("A", "", "M", "65-80", "2", "0"),
    ("B", "81", "", ">80", "3", "2e-3"),
    ("B", "70", "F", "", "", ""),
]
AGE = {"variable": "AGE", "label": "Age", "unit": "years"}
SEX = {"variable": "SEX", "label": "Sex", "levels": {"F": "Female", "M": "Male"}}
GROUP = {"variable": "AGEGR1", "label": "Age group"}
CHANGE = {"variable": "CHG", "label": "Change", "kind": "continuous"}


def patients(**changes):
    """Four patients; a change is a column of texts."""
    names = ("TRT01P", "AGE", "SEX", "AGEGR1", "AGEGR1N", "CHG")
    rows = [dict(zip(names, row, strict=True)) for row in ROWS]
    for number, row in enumerate(rows):
        row |= {"USUBJID": f"p{number}", "RANDDT": "2010-01-01", "DTHDT": "", "LSTALVDT": f"2010-0{number + 2}-01"}
        row |= {name: column[number] for name, column in changes.items() if column is not None}
    return [{name: value for name, value in row.items() if changes.get(name, "") is not None} for row in rows]


def write(folder, baseline, rows=None, **changes):
    return write_trial(folder, {"baseline": baseline, **changes}, subjects=rows or patients())


def told(folder, baseline, rows=None, **changes):
    with pytest.raises((ParametersError, DataError)) as refused:
        derive(read_study(write(folder, baseline, rows, **changes)))
    return str(refused.value)


def same(one, other):
    return all(a == b or (a != a and b != b) for a, b in zip(one, other, strict=True))


def test_values_are_kept_and_read_back_to_the_last_digit(tmp_path):
    file = write(tmp_path, [AGE, SEX, GROUP, CHANGE])
    study = read_study(file)
    data = derive(study)
    write_analysis_data(data, tmp_path / "data")
    for subjects in (data.subjects, read_analysis_data(study, tmp_path / "data").subjects):
        assert same(subjects["AGE"], [64.5, math.nan, 81, 70])
        assert same(subjects["CHG"], [-1.5, 0, 0.002, math.nan])
        assert list(subjects["SEX"]) == ["F", "M", "", "F"]
    assert read_analysis_data(study, tmp_path / "data").levels == data.levels
    assert {name: covariate.is_continuous for name, covariate in study.covariates.items()} == {
        "AGE": True,
        "SEX": False,
        "AGEGR1": False,
        "CHG": True,
    }


def test_patients_of_an_endpoint_have_their_covariates(tmp_path):
    """Whatever the order of the hashes; p2 of arm B is 81 and last seen on day 90."""
    file = write(tmp_path, [AGE, SEX], privacy="hashed", data={"salt": "salt.txt"})
    (tmp_path / "salt.txt").write_text("a salt of the tests\n", encoding="ascii")
    patients = analysis_data(file).endpoint("os")
    age, sex = patients.covariates["AGE"], patients.covariates["SEX"]
    assert age[patients.time == 90] == [81]
    assert sex[patients.time == 90] == [""]
    assert age[patients.time == 31] == [64.5]
    of_arm = patients.among("b")
    assert sorted(of_arm.covariates["AGE"]) == [70, 81]


def test_levels_are_in_the_order_of_the_number_beside_them(tmp_path):
    assert derive(read_study(write(tmp_path, [GROUP]))).levels == {"AGEGR1": ["<65", "65-80", ">80"]}
    rows = patients(AGEGR1N=["3", "2", "1", ""])
    assert derive(read_study(write(tmp_path, [GROUP], rows))).levels == {"AGEGR1": [">80", "65-80", "<65"]}


def test_levels_without_a_number_are_in_the_order_of_numbers_or_of_the_alphabet(tmp_path):
    rows = patients(AGEGR1N=None)
    assert derive(read_study(write(tmp_path, [GROUP], rows))).levels == {"AGEGR1": ["65-80", "<65", ">80"]}
    rows = patients(SEX=["10", "2", "", "2"])
    sex = {"variable": "SEX", "label": "Sex"}
    assert derive(read_study(write(tmp_path, [sex], rows))).levels == {"SEX": ["2", "10"]}


def test_listed_levels_have_the_order_of_the_parameters(tmp_path):
    levels = {"65-80": "to 80", ">80": "older", "<65": "younger"}
    study = read_study(write(tmp_path, [GROUP | {"levels": levels}], patients(AGEGR1N=["x", "", "", ""])))
    assert derive(study).levels == {"AGEGR1": ["65-80", ">80", "<65"]}


@pytest.mark.parametrize(
    ("baseline", "changes", "message"),
    [
        ([AGE | {"variable": "AGEE"}], {}, "adsl.csv: no column AGEE (is it AGE?)"),
        ([AGE], {"AGE": ["64", "old", "", ""]}, "adsl.csv: line 3: AGE is 'old', but must be a number, or nothing"),
        ([AGE], {"AGE": ["64,5", "", "", ""]}, "must be a number with a decimal point, not a comma"),
        ([AGE], {"AGE": [">89", "", "", ""]}, "AGE is '>89', but must be a number: decide by the protocol"),
        ([AGE], {"AGE": ["", "", "", ""]}, "AGE is empty for every randomised patient: take it out"),
        ([GROUP], {"AGEGR1": ["", "", "", ""]}, "AGEGR1 is empty for every randomised patient"),
        (
            [SEX | {"levels": {"Fem": "Female", "M": "Male"}}],
            {"SEX": ["Female", "M", "M", "M"]},
            "SEX holds no 'Fem', which the parameters list as a level (is it 'Female'?); it holds 'M' 3, 'Female' 1",
        ),
        ([SEX], {"SEX": ["F", "M", "U", "M"]}, "line 4: SEX is 'U', but must be one of F, M, or nothing"),
        (
            [GROUP],
            {"AGEGR1N": ["1", "2", "2", ""]},
            "AGEGR1N is 2 where AGEGR1 is '65-80' and '>80', but must be a number of its own for each level",
        ),
        (
            [GROUP],
            {"AGEGR1N": ["1", "", "3", ""], "AGEGR1": ["a", "a", "b", ""]},
            "AGEGR1N is empty where AGEGR1 is 'a', but",
        ),
    ],
)
def test_a_variable_that_cannot_be_used_is_told(tmp_path, baseline, changes, message):
    assert message in told(tmp_path, baseline, patients(**changes))


def test_a_variable_of_two_hundred_levels_is_named(tmp_path):
    rows = [
        {"USUBJID": f"p{number}", "TRT01P": "AB"[number % 2], "RANDDT": "2010-01-01", "SITE": f"S{number}"}
        | {"LSTALVDT": "2011-01-01", "DTHDT": ""}
        for number in range(200)
    ]
    message = told(tmp_path, [{"variable": "SITE", "label": "Site"}], rows)
    assert message.endswith(
        "adsl.csv: SITE has 200 levels, but must have 50 or fewer: numbers are continuous, with a unit or cuts"
    )


def test_a_wrong_level_is_one_message(tmp_path):
    message = told(tmp_path, [SEX | {"levels": {"Female": "Female", "M": "Male"}}])
    assert len(message.splitlines()) == 1


SUBGROUP = {"variable": "AGEGR1", "label": "Age group"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"baseline": [AGE, dict(AGE)]}, "baseline: variable 'AGE' is given twice"),
        ({"baseline": [AGE | {"kind": "categorical"}]}, "unit is given, but kind is 'categorical'"),
        ({"baseline": [SEX | {"unit": "sexes"}]}, "levels are given, but the variable holds numbers"),
        ({"baseline": [SEX | {"levels": {"F": "Female"}}]}, "has 1 entries, but must have 2 or more"),
        ({"baseline": [{"variable": "TRT01P", "label": "Arm"}]}, "baseline: variable 'TRT01P' is read as the arm"),
        ({"baseline": [{"variable": "DTHDT", "label": "Death"}]}, "variable 'DTHDT' is read as a date"),
        ({"baseline": [{"variable": "arm", "label": "Arm"}]}, "has the name of a column of the analysis data: map it"),
        (
            {"baseline": [AGE], "strata": [{"variable": "AGE", "label": "Age"}]},
            "variable 'AGE' is read as a stratum, so not as numbers",
        ),
        ({"subgroups": [SUBGROUP | {"unit": "years"}]}, "unit is given, but only numbers have one: give cuts"),
        ({"subgroups": [SUBGROUP | {"cuts": [65, 65]}]}, "cuts are [65, 65]: each must be larger than the one before"),
        (
            {"subgroups": [SUBGROUP | {"cuts": [65], "levels": {"a": "A", "b": "B"}}]},
            "cuts and levels are both given",
        ),
        ({"baseline": [AGE], "subgroups": [SUBGROUP | {"variable": "AGE"}]}, "'AGE' holds numbers under baseline"),
        (
            {"baseline": [GROUP], "subgroups": [SUBGROUP | {"cuts": [65]}]},
            "'AGEGR1' has cuts, but holds categories under baseline",
        ),
        (
            {"baseline": [SEX], "subgroups": [SEX | {"levels": {"M": "Men", "F": "Women"}}]},
            "subgroups: 'SEX' has other levels than under baseline",
        ),
        ({"runs": {"who": {"notebook": "baseline"}}}, "runs.who: describes patients, but the study has no baseline"),
        ({"runs": {"who": {"notebook": "subgroups"}}}, "the study has no subgroups section"),
    ],
)
def test_a_contradiction_is_told(tmp_path, changes, message):
    with pytest.raises(ParametersError) as refused:
        read_study(write_trial(tmp_path, changes, subjects=patients()))
    assert message in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1
