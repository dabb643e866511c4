"""Categories as covariates: an indicator of each level against the first, as R's factors with treatment contrasts."""

from itertools import product

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from cox_tables import random_cox_table
from expectations import refused
from r_program import r_is_here, run_r, stacked
from skip_reasons import R_IS_MISSING

from smmlib import cox_regression, cox_residuals, proportional_hazards_test, subgroup_hazard_ratios

TIME = np.array([5, 8, 2, 9, 4, 7, 3, 6, 1, 10.0])
EVENT = np.array([1, 0, 1, 1, 1, 0, 1, 1, 1, 0])
STAGE = np.array(["II", "I", "III", "I", "II", "II", "III", "I", "III", "II"])
X = np.array([0.3, 1.2, -0.4, 0.8, 0.1, -1.0, 0.5, 1.9, 0.2, -0.7])
IN_ORDER = pd.Categorical(STAGE, categories=["I", "II", "III"])


def fitted(stage, **options):
    return cox_regression(TIME, EVENT, {"x": X, "stage": stage}, **options)


def same_numbers(ours, expected):
    np.testing.assert_allclose(ours.coefficients, expected.coefficients, rtol=1e-12)
    np.testing.assert_allclose(ours.covariance, expected.covariance, rtol=1e-12)
    assert ours.log_likelihood == expected.log_likelihood


# ---- what a category is


@pytest.mark.by_hand
@pytest.mark.parametrize("categories", [["I", "II", "III"], ["III", "I", "II"], ["0", "II", "I", "X", "III", "IV"]])
@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("kind", [pd.Categorical, pd.CategoricalIndex, pd.Series])
def test_indicators_written_by_hand(categories, ordered, kind):
    """Levels in their own order, those without patients left out, the first that occurs being the reference."""
    stage = kind(pd.Categorical(STAGE, categories=categories, ordered=ordered))
    first, *others = [level for level in categories if level in STAGE]
    model = fitted(stage)
    by_hand = {f"stage[{level}]": (level == STAGE).astype(int) for level in others}
    same_numbers(model, cox_regression(TIME, EVENT, {"x": X} | by_hand))
    assert model.names == ("x", *by_hand)
    assert model.method == f"Cox model of x, {', '.join(by_hand)}, Efron ties"
    for ratio, level in zip(model.hazard_ratios[1:], others, strict=True):
        assert ratio.method.startswith(f"Hazard ratio of stage[{level}] to stage[{first}], Cox model of x, ")
    assert model.hazard_ratios[0].method.startswith("Hazard ratio of x, Cox model of x, ")


@pytest.mark.by_hand
def test_categories_that_are_numbers_are_no_numbers():
    """1, 2 and 3 for the stages, in any order: two indicators, and no trend."""
    numbers = np.searchsorted(["I", "II", "III"], STAGE) + 1
    for categories in ([1, 2, 3], [1, 3, 2]):
        model = fitted(pd.Categorical(numbers, categories=categories))
        assert model.names == ("x", *(f"stage[{number}]" for number in categories[1:]))
        expected = fitted(IN_ORDER)
        order = [0, *(number - 1 for number in categories[1:])]
        np.testing.assert_allclose(model.coefficients, expected.coefficients[order], rtol=1e-12)
    trend = fitted(numbers)
    assert trend.names == ("x", "stage")
    assert len(trend.coefficients) == 2


@pytest.mark.by_hand
def test_categories_of_true_and_false_and_of_intervals():
    drug = pd.Categorical(X > 0.2)
    model = cox_regression(TIME, EVENT, {"drug": drug})
    assert model.names == ("drug[True]",)
    same_numbers(model, cox_regression(TIME, EVENT, {"drug": X > 0.2}))
    same_numbers(model, cox_regression(TIME, EVENT, {"drug": pd.array(X > 0.2, dtype="boolean")}))
    groups = pd.cut(pd.Series(X), [-2, 0.2, 2])
    assert cox_regression(TIME, EVENT, {"x": groups}).names == ("x[(0.2, 2.0]]",)


@pytest.mark.by_hand
def test_later_tests_are_of_the_indicators():
    model = fitted(IN_ORDER, strata=X > 0.6)
    by_hand = {"II": STAGE == "II", "III": STAGE == "III"}
    expected = cox_regression(TIME, EVENT, {"x": X} | by_hand, strata=X > 0.6)
    assert cox_residuals(model, kind="schoenfeld").shape == (7, 3)
    for kind in ("martingale", "score", "schoenfeld"):
        np.testing.assert_array_equal(cox_residuals(model, kind=kind), cox_residuals(expected, kind=kind))
    ours, theirs = (proportional_hazards_test(fit, transform="rank") for fit in (model, expected))
    np.testing.assert_array_equal(ours.statistic, theirs.statistic)
    assert ours.names == ("x", "stage[II]", "stage[III]")
    assert fitted(IN_ORDER).wald_test.df == 3


# ---- what is refused


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("stage", "words"),
    [
        (
            IN_ORDER.set_categories(["I", "III"]),
            "covariates['stage'][0] is missing: every patient needs one of the cat",
        ),
        (
            pd.Categorical(["I"] * 10, categories=["I", "II"]),
            "covariates['stage'] is 'I' for every patient: a category",
        ),
        (pd.Categorical([1] * 10), "covariates['stage'] is 1 for every patient: "),
        (IN_ORDER[:9], "covariates['stage'] has shape (9,), but time has 10 patients: "),
        (STAGE, "covariates['stage'][0] is 'II': a covariate is a finite number; make a pandas.Categorical "),
        (STAGE.tolist(), "covariates['stage'][0] is 'II': "),
        (pd.Series(STAGE), "covariates['stage'][0] is 'II': "),
        (pd.Series(STAGE, dtype="string"), "covariates['stage'][0] is 'II': "),
        (pd.Series(STAGE, dtype="string[pyarrow]"), "covariates['stage'][0] is 'II': "),
        (["1", "2"] * 5, "covariates['stage'][0] is '1': "),
        (pd.Series(["1", "2"] * 5, dtype="string[pyarrow]"), "covariates['stage'][0] is '1': "),
        (np.array(["1", "2"] * 5), "covariates['stage'][0] is '1': "),
        ([1, "2"] * 5, "covariates['stage'][0] is '1': "),
        (pd.to_datetime(["2020-01-01"] * 10), "covariates['stage'][0] is 2020-01-01"),
        (pd.to_timedelta(np.arange(10), unit="D"), "covariates['stage'][0] is 0 "),
        (pd.array([1, None] * 5, dtype="Int64"), "covariates['stage'][1] is "),
        (pd.array([True, None] * 5, dtype="boolean"), "covariates['stage'][1] is <NA>: "),
        (
            pd.Series(pd.arrays.ArrowExtensionArray(pa.array([3, 1] * 5).dictionary_encode())),
            "covariates['stage'] is a ",
        ),
    ],
)
def test_what_is_neither_number_nor_category_is_refused(stage, words):
    with refused(words):
        fitted(stage)


@pytest.mark.by_hand
def test_two_columns_of_one_name_are_refused():
    indicator = {"stage[III]": STAGE == "III", "stage": IN_ORDER}
    with refused("covariates has 2 columns named 'stage[III]': give each a name of its own."):
        cox_regression(TIME, EVENT, indicator)
    both = pd.Categorical([1, "1"] * 5, categories=[0, 1, "1"])
    with refused("covariates has 2 columns named 'x[1]': "):
        cox_regression(TIME, EVENT, {"x": pd.Categorical([0, 1, "1", 0, 1] * 2, categories=[0, 1, "1"]), "y": X})
    assert cox_regression(TIME, EVENT, {"x": both}).names == ("x[1]",)


# ---- beside R


def tables_for_r():
    """Stages and grades in orders of their own, some without patients; the larger of the random tables."""
    tables, levels = {}, []
    for seed in (5, 6, 7, 8, 9, 16, 17, 18, 19, 27, 28, 29):
        table, rng = random_cox_table(seed), np.random.default_rng(seed)
        if table["event"].sum() < 20:
            continue
        table["stage"], table["grade"] = rng.choice(["II", "I", "IIIa"], len(table)), rng.integers(8, 12, len(table))
        table["drug"], name = table["in_arm"], f"random {seed}"
        tables[name] = table.astype({"grade": str})
        for factor, known in (("stage", ["II", "0", "IIIa", "I"]), ("grade", ["10", "11", "8", "12", "9"])):
            levels += [(name, factor, level) for level in rng.permutation(known)]
    return tables, pd.DataFrame(levels, columns=["table", "factor", "level"])


def as_categories(table, levels, ordered):
    """The covariates of a table, grades being whole numbers."""
    known = {factor: rows["level"].tolist() for factor, rows in levels.groupby("factor")}
    grade = pd.Categorical(table["grade"].astype(int), categories=[int(level) for level in known["grade"]])
    return pd.DataFrame(
        {
            "x": table["x"],
            "stage": pd.Categorical(table["stage"], categories=known["stage"], ordered=ordered),
            "drug": table["drug"] == 1,
            "grade": grade,
        }
    )


@pytest.mark.other_package
def test_categories_beside_r(tmp_path):
    if not r_is_here():
        pytest.skip(R_IS_MISSING)
    tables, levels = tables_for_r()
    forms = dict(zip(tables, product([0, 1], [0, 1], [0, 1, 2]), strict=False))
    fits = pd.DataFrame([(name, late, stratified) for name, (late, stratified, _) in forms.items()])
    fits.columns = ["table", "late", "stratified"]
    theirs = run_r("factors", tmp_path, rows=stacked(tables), levels=levels, fits=fits)
    assert len(tables) > 7
    for number, (name, (late, stratified, _)) in enumerate(forms.items()):
        table = tables[name]
        covariates = as_categories(table, levels[levels["table"] == name], ordered=number % 2 == 0)
        options = {"entry": table["entry"] if late else None, "strata": table["stratum"] if stratified else None}
        model = cox_regression(table["time"], table["event"], covariates, **options)
        numbers = {what: theirs[name, what, ""] for what in ("coefficients", "covariance", "tests", "score", "zph")}
        scale, expected = model.std_errors, numbers["coefficients"]
        same = {"rtol": 1e-9, "atol": 1e-9}
        np.testing.assert_allclose(model.coefficients / scale, expected["coefficient"] / scale, **same)
        np.testing.assert_allclose(model.std_errors, expected["std_error"], rtol=1e-9)
        covariance = numbers["covariance"]["value"].to_numpy().reshape(len(scale), -1) / np.outer(scale, scale)
        np.testing.assert_allclose(model.covariance / np.outer(scale, scale), covariance, **same)
        tests = numbers["tests"].loc[0]
        assert model.score_test.df == tests.df
        ours = [model.score_test.statistic, model.wald_test.statistic, model.likelihood_ratio_test.statistic]
        np.testing.assert_allclose(ours, tests[["score", "wald", "ratio"]], rtol=1e-9)
        np.testing.assert_allclose(cox_residuals(model, kind="score").T.ravel(), numbers["score"]["value"], **same)
        zph = proportional_hazards_test(model)
        np.testing.assert_allclose([*zph.statistic, zph.global_test.statistic], numbers["zph"]["statistic"], rtol=1e-8)


@pytest.mark.by_hand
def test_subgroups_by_whole_numbers_keep_the_order_of_their_categories():
    grade = pd.Categorical([10, 2] * 5, categories=[11, 10, 2])
    names = {"arm": "new", "reference": "old"}
    assert subgroup_hazard_ratios(TIME, EVENT, X > 0.2, grade, **names).labels == ("10", "2")
    for numbers in (np.array([10, 2] * 5), [10, 2] * 5, pd.array([10, 2] * 5, dtype="Int64")):
        assert subgroup_hazard_ratios(TIME, EVENT, X > 0.2, numbers, **names).labels == ("2", "10")
    assert subgroup_hazard_ratios(TIME, EVENT, X > 0.2, np.array([10.0, 2.5] * 5), **names).labels == ("2.5", "10.0")
