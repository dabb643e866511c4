"""The hazard ratio adjusted for covariates: of patients who have them all, and what is missing is said."""

import math

import pandas as pd
import pytest
from two_arm_trial import DECLARED, rows, write_two_arms

from smmlib import cox_regression
from smmlib.analysis import Key, adjusted_hazard_ratios
from smmlib.report.disclosure.masked_numbers import masked_numbers
from smmlib.report.records.labels import label
from smmlib.report.verification.second_implementation import second_implementation
from smmlib.trial import derive, read_study

PAIR = {"endpoint": "os", "arm": "a", "reference": "b", "variant": "adjusted"}
RATIO, TEST = (Key("time_to_event", measure, **PAIR) for measure in ("hazard_ratio", "wald_test"))


def adjusted(folder, *variables, **changes):
    analysis = DECLARED | {"adjust": list(variables)} | changes
    return adjusted_hazard_ratios(derive(read_study(write_two_arms(folder, analysis=analysis))), "os")


@pytest.mark.independent
@pytest.mark.parametrize("primary", ["plain", "stratified"])
def test_the_model_is_of_the_patients_with_all_covariates(tmp_path, primary):
    """Put together here from the rows of the tables."""
    subjects, times = (pd.DataFrame(part) for part in rows())
    known = (subjects["AGE"] != "").to_numpy()
    stage = {f"stage {level}": (subjects["STAGE"] == level)[known].to_numpy() for level in ("II", "III")}
    covariates = {"arm": (subjects["TRT01P"] == "A")[known].to_numpy(), "age": subjects["AGE"][known].astype(float)}
    strata = {"strata": subjects["SEX"][known].to_numpy()} if primary == "stratified" else {}
    observed = times["AVAL"][known].to_numpy(), (times["CNSR"] == 0)[known].to_numpy()
    model = cox_regression(*observed, {**covariates, "age": covariates["age"].to_numpy(), **stage}, **strata)
    numbers = adjusted(tmp_path, "AGE", "STAGE", primary=primary)
    ratio, expected = numbers[RATIO], model.hazard_ratios[0]
    assert (ratio.value, ratio.low, ratio.high) == pytest.approx(
        (expected.value, expected.low, expected.high), rel=1e-9
    )
    assert numbers[TEST].p_value == pytest.approx(model.p_values[0], rel=1e-9)
    assert (ratio.n, ratio.arm, ratio.reference) == (157, "A", "B")


@pytest.mark.other_package
@pytest.mark.parametrize("primary", ["plain", "stratified"])
def test_other_programs_compute_the_same(tmp_path, primary):
    file = write_two_arms(tmp_path, analysis=DECLARED | {"primary": primary})
    numbers = adjusted(tmp_path, "AGE", "STAGE", primary=primary)
    found = [number for number in second_implementation(file, None) if number[0] in numbers]
    assert [(key.measure, quantity, by) for key, quantity, _, by in found] == [
        ("hazard_ratio", "value", "statsmodels"),
        ("hazard_ratio", "value", "lifelines"),
        ("hazard_ratio", "low", "lifelines"),
        ("hazard_ratio", "high", "lifelines"),
        ("wald_test", "p_value", "lifelines"),
    ]
    for key, quantity, value, _ in found:
        assert getattr(numbers[key], quantity) == pytest.approx(value, rel=1e-7)


@pytest.mark.by_hand
def test_what_is_left_out_is_said(tmp_path):
    for result in adjusted(tmp_path, "AGE").values():
        assert result.method.endswith("; left out: 3 patients without AGE")
        assert result.from_data == ("; left out: 3 patients without AGE",)
    assert "left out" not in adjusted(tmp_path, "STAGE")[RATIO].method


@pytest.mark.by_hand
def test_a_covariate_that_tells_nothing_is_named_and_the_others_are_adjusted_for(tmp_path):
    alone = adjusted(tmp_path, "AGE")[RATIO]
    twice = adjusted(tmp_path, "AGE", "MONTHS")[RATIO]
    assert twice.value == pytest.approx(alone.value, rel=1e-9)
    assert "; without a coefficient: MONTHS, which others determine or which has no bound" in twice.method
    same = adjusted(tmp_path, "AGE", "COUNTRY")[RATIO]
    assert same.value == pytest.approx(alone.value, rel=1e-12)
    assert "; not in the model: COUNTRY, which is the same for all" in same.method
    of_arm = adjusted(tmp_path, "CENTRE")[RATIO]
    assert "; without a coefficient: CENTRE[centre B]" in of_arm.method


@pytest.mark.by_hand
def test_other_programs_are_not_asked_where_a_covariate_tells_nothing(tmp_path):
    file = write_two_arms(tmp_path, analysis=DECLARED | {"adjust": ["AGE", "MONTHS"]})
    assert [key for key, *_ in second_implementation(file, None) if key == RATIO] == []


@pytest.mark.by_hand
def test_where_small_counts_are_masked_nobody_is_told_how_many_had_the_covariates(tmp_path):
    shown = masked_numbers(derive(read_study(write_two_arms(tmp_path, suppress_below=5))))
    for key in (RATIO, TEST):
        assert math.isnan(shown[key].n)
        assert math.isnan(shown[key].events)
        assert "left out" not in shown[key].method
    assert not math.isnan(shown[RATIO].value)


@pytest.mark.by_hand
def test_label(tmp_path):
    study = read_study(write_two_arms(tmp_path))
    assert label(study, RATIO) == "Overall survival: hazard ratio, adjusted"
