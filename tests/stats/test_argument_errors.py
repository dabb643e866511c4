"""Columns that do not belong together, results of the wrong kind, names that name nothing: refused, and said why."""

import numpy as np
import pandas as pd
import pytest
from expectations import refused

from smmlib import (
    cox_regression,
    cox_residuals,
    cumulative_incidence,
    gray_test,
    hazard_ratio,
    incidence_at,
    interval_censored_survival_at,
    interval_censored_test,
    kaplan_meier,
    landmark_hazard_ratio,
    logrank_test,
    median_survival,
    proportional_hazards_test,
    restricted_mean_difference,
    restricted_mean_survival,
    risk_table,
    stratified_rate_difference,
    subgroup_hazard_ratios,
    survival_at,
    survival_difference,
    turnbull,
)

pytestmark = pytest.mark.by_hand

NAMES = {"arm": "new", "reference": "old"}
TABLE = pd.DataFrame(
    {"time": [1, 2, 3, 4], "event": [1, 0, 1, 1], "in_arm": [1, 0, 1, 0], "label": ["a", "a", "b", "b"]},
    index=["w", "x", "y", "z"],
)
BACKWARDS = TABLE.iloc[::-1]


# ---- columns in different orders


@pytest.mark.parametrize(
    "call",
    [
        lambda: kaplan_meier(TABLE["time"], BACKWARDS["event"]),
        lambda: logrank_test(TABLE["time"], BACKWARDS["event"], TABLE["in_arm"], **NAMES),
        lambda: hazard_ratio(TABLE["time"], [1, 0, 1, 1], BACKWARDS["in_arm"], **NAMES),
        lambda: hazard_ratio(TABLE["time"], [1, 0, 1, 1], [1, 0, 1, 0], strata=BACKWARDS["label"], **NAMES),
        lambda: cox_regression(TABLE["time"], TABLE["event"], BACKWARDS[["in_arm"]]),
        lambda: cox_regression(TABLE["time"], TABLE["event"], {"arm": BACKWARDS["in_arm"]}),
        lambda: subgroup_hazard_ratios(*(TABLE[name] for name in TABLE.columns[:3]), BACKWARDS["label"], **NAMES),
        lambda: cumulative_incidence(TABLE["time"], BACKWARDS["event"], of=1),
        lambda: gray_test(TABLE["time"], TABLE["event"], BACKWARDS["in_arm"], of=1, **NAMES),
        lambda: turnbull(TABLE["time"], BACKWARDS["time"] + 4),
        lambda: interval_censored_test(TABLE["time"], TABLE["time"] + 1, BACKWARDS["in_arm"], **NAMES),
        lambda: stratified_rate_difference(TABLE["event"], BACKWARDS["in_arm"], TABLE["label"], **NAMES),
        lambda: landmark_hazard_ratio(TABLE["time"], TABLE["event"], BACKWARDS["time"], landmark=1),
    ],
)
def test_same_rows_in_another_order_are_refused(call):
    with pytest.raises(
        ValueError, match=r"hold the same rows in different orders: at place 0 .* has row 'z'.* row 'w'"
    ):
        call()


def test_columns_without_common_labels_are_taken_by_place():
    """A filtered column beside a list, an array, or a column numbered anew."""
    expected = kaplan_meier([1, 3, 4], [1, 1, 1]).survival.tolist()
    chosen = TABLE[TABLE["event"] == 1]
    for event in ([1, 1, 1], np.ones(3), pd.Series([1, 1, 1])):
        assert kaplan_meier(chosen["time"], event).survival.tolist() == expected


# ---- values that are not there, and names given twice


def test_masked_values_are_missing():
    masked = np.ma.masked_array([1.0, 2.0, 3.0], mask=[False, True, False])
    with refused("time[1] is None: "):
        kaplan_meier(masked, [1, 0, 1])
    with refused("event[1] is None: "):
        kaplan_meier([1, 2, 3], masked.astype(int))
    assert kaplan_meier(np.ma.masked_array([1.0, 2.0]), [1, 0]).at_risk.tolist() == [2, 1]


def test_covariates_that_are_no_columns_are_refused():
    for covariates, words in (
        (np.ones((4, 2)), "covariates is of type ndarray: give a mapping of names to arrays, or a DataFrame."),
        (TABLE["time"], "covariates is of type Series: "),
        ("age", "covariates is of type str: "),
        ({}, "covariates is empty: "),
        (pd.concat([TABLE["time"], TABLE["time"]], axis=1), "covariates has 2 columns named 'time': "),
        (
            {"label": TABLE["label"]},
            "covariates['label'][0] is 'a': a covariate is a finite number; make ",
        ),
    ):
        with refused(words):
            cox_regression(TABLE["time"], TABLE["event"], covariates)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({"arm": "new", "reference": "new"}, "arm and reference are both 'new': "),
        ({"arm": None, "reference": "old"}, "arm is None: give its name"),
        ({"arm": "new", "reference": 0}, "reference is 0: give its name"),
    ],
)
def test_arms_without_names_of_their_own_are_refused(names, words):
    with refused(words):
        logrank_test(TABLE["time"], TABLE["event"], TABLE["in_arm"], **names)


# ---- results of another kind


CURVE = kaplan_meier([1, 2], [1, 0])
INCIDENCE = cumulative_incidence([1, 2], [1, 0], of=1)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: survival_at(INCIDENCE, 1), "curve is of type CumulativeIncidenceCurve: give a SurvivalCurve, which "),
        (lambda: incidence_at(CURVE, 1), "curve is of type SurvivalCurve: give a CumulativeIncidenceCurve, which "),
        (lambda: interval_censored_survival_at(CURVE, 1), "curve is of type SurvivalCurve: give a IntervalCens"),
        (lambda: median_survival([CURVE]), "curve is of type list: "),
        (lambda: restricted_mean_survival(INCIDENCE, 1), "curve is of type CumulativeIncidenceCurve: "),
        (lambda: survival_difference(CURVE, INCIDENCE, 1), "reference_curve is of type CumulativeIncidenceCurve: "),
        (lambda: restricted_mean_difference([1], CURVE, 1), "curve is of type list: "),
        (lambda: risk_table(CURVE, [0]), "curves is of type SurvivalCurve: give a list of one curve or more."),
        (lambda: risk_table([], [0]), "curves is empty: give a list of one curve or more."),
        (lambda: risk_table({"a": CURVE}, [0]), "curves[0] is of type str: "),
        (lambda: risk_table([CURVE, INCIDENCE], [0]), "curves[1] is of type CumulativeIncidenceCurve: "),
        (lambda: cox_residuals(CURVE, kind="score"), "model is of type SurvivalCurve: give a CoxModel, which "),
        (lambda: proportional_hazards_test(CURVE), "model is of type SurvivalCurve: "),
    ],
)
def test_results_of_another_verb_are_refused(call, words):
    with refused(words):
        call()


# ---- what is told


def test_subgroups_keep_the_order_of_their_categories():
    grade = pd.Categorical(["II", "II", "I", "I"], categories=["III", "II", "I"])
    analysis = subgroup_hazard_ratios(TABLE["time"], TABLE["event"], TABLE["in_arm"], grade, **NAMES)
    assert analysis.labels == ("II", "I")


def test_hazard_ratio_of_too_large_a_unit():
    """A covariate in units of a million: exp(coefficient) is larger than any float."""
    model = cox_regression([1, 2, 3, 4], [1, 1, 1, 1], {"x": [4e-6, 1e-6, 3e-6, 2e-6]})
    assert np.isfinite(model.coefficients[0])
    assert np.isnan(model.hazard_ratios[0].value)
    assert "measure it in smaller units" in model.hazard_ratios[0].method


def test_interaction_is_not_tested_where_one_arm_has_no_event():
    analysis = subgroup_hazard_ratios(
        [1, 2, 3, 4] * 2, [1, 0, 1, 0] * 2, [1, 0, 1, 0] * 2, ["a"] * 4 + ["b"] * 4, **NAMES
    )
    assert np.isnan(analysis.interaction_test.statistic)
    assert "not estimable" in analysis.interaction_test.method


def test_curve_prints_in_one_line():
    assert repr(CURVE) == (
        "<SurvivalCurve 2 patients, 1 events, 2 times to 2 months; "
        "Kaplan-Meier estimate, Greenwood variance, log-log 95 % limits>"
    )
