"""Cox models of bad input, which is refused by argument, place and value; and of input that tells too little or is
extreme, which is NaN with its reason, or right, and never a warning."""

from math import inf, isnan, log, nan, sqrt

import numpy as np
import pandas as pd
import pytest
from expectations import refused

from smmlib import (
    cox_regression,
    cox_residuals,
    hazard_ratio,
    hazard_ratio_test,
    piecewise_hazard_ratios,
    proportional_hazards_test,
    subgroup_hazard_ratios,
)

pytestmark = pytest.mark.by_hand

NAMES = {"arm": "new", "reference": "old"}
DATA = {"time": [1, 2, 3, 4], "event": [1, 1, 1, 0]}
MODEL = DATA | {"covariates": {"x": [1, 0, 1, 0], "y": [0.5, 2.5, 1, 3]}}
TWO_ARMS = DATA | {"in_arm": [1, 0, 1, 0]} | NAMES
PERIODS = TWO_ARMS | {"cuts": [2]}
SUBGROUPS = TWO_ARMS | {"subgroup": ["a", "a", "b", "b"]}
VERBS = (
    (cox_regression, MODEL),
    (hazard_ratio, TWO_ARMS),
    (hazard_ratio_test, TWO_ARMS | {"kind": "score"}),
    (piecewise_hazard_ratios, PERIODS),
    (subgroup_hazard_ratios, SUBGROUPS),
)
REDUNDANT = "among patients at risk together it does not vary, or the covariates before it determine it"
WITHOUT_END = "the partial likelihood grows without end in this covariate"
OUTWEIGHED = "nothing tells of it where the partial likelihood grows without end in another covariate"


# ---- times, events, strata and entries


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"time": [1, -2, 3, 4]}, "time[1] is -2: "),
        ({"time": [1, 2, nan, 4]}, "time[2] is nan: "),
        ({"time": ["a", 2, 3, 4]}, "time[0] is 'a': "),
        ({"event": [1, 2, 1, 0]}, "event[1] is 2: "),
        ({"event": [1, 1, 1]}, "event has shape (3,), but time has 4 patients: "),
        ({"strata": ["a", None, "b", "b"]}, "strata[1] is None: "),
        ({"strata": ["a", "b"]}, "strata has shape (2,), but time has 4 patients: "),
        ({"entry": [0, 0, -1, 0]}, "entry[2] is -1: "),
        ({"entry": [0, 0, nan, 0]}, "entry[2] is nan: "),
        ({"entry": [0, "b", 0, 0]}, "entry[0] is '0': "),
        ({"entry": [0, 0, 0]}, "entry has shape (3,), but time has 4 patients: "),
        ({"entry": [0, 2, 0, 0]}, "entry[1] is 2 and time[1] is 2: "),
        ({"entry": [0, 0, 0, 5]}, "entry[3] is 5 and time[3] is 4: "),
        ({"conf_level": 95}, "conf_level is 95: "),
        ({"ties": "exakt"}, "ties is 'exakt': choose one of 'efron', 'breslow'"),
    ],
)
def test_bad_input_is_refused_by_every_verb(given, words):
    for verb, data in VERBS:
        if verb is hazard_ratio_test and "conf_level" in given:
            continue
        with refused(words):
            verb(**data | given)


def test_entry_that_misses_the_time_by_rounding_alone_is_refused():
    time = np.array([1200.0, 2000, 2500, 3000]) / 30.4375
    entry = [time[0] * (1 + 1e-15), 0, 0, 0]
    for verb, data in VERBS:
        with refused("entry[0] is 39.4251 and time[0] is 39.4251: "):
            verb(**data | {"time": time, "entry": entry})


# ---- covariates


@pytest.mark.parametrize(
    ("covariates", "words"),
    [
        ({}, "covariates is empty: "),
        ({"x": [1, 0, 1]}, "covariates['x'] has shape (3,), but time has 4 patients: "),
        ({"x": [[1], [0], [1], [0]]}, "covariates['x'] has shape (4, 1), but time has 4 patients: "),
        ({"x": [1, 0, nan, 0]}, "covariates['x'][2] is nan: "),
        ({"x": [1, 0, 0, 1], "y": [1, inf, 0, 0]}, "covariates['y'][1] is inf: "),
        ({"x": [1, 0, -inf, 0]}, "covariates['x'][2] is -inf: "),
        ({"x": ["a", "b", "a", "b"]}, "covariates['x'][0] is 'a': "),
        ({"x": [1, None, 1, 0]}, "covariates['x'][1] is None: "),
        (
            {"x": np.array(["2020-01-01"] * 4, dtype="datetime64[D]")},
            "covariates['x'][0] is ",
        ),
        (pd.DataFrame({"x": pd.array([1, pd.NA, 0, 1], dtype="Int64")}), "covariates['x'][1] is "),
        ([1, 0, 1, 0], "covariates is of type list: "),
        (pd.DataFrame([[1, 2]] * 4, columns=["x", "x"]), "covariates has 2 columns named 'x': "),
    ],
)
def test_what_is_no_covariate_is_refused(covariates, words):
    with refused(words):
        cox_regression(**DATA, covariates=covariates)


@pytest.mark.parametrize(
    ("cluster", "words"),
    [
        (["a", None, "b", "b"], "cluster[1] is None: "),
        ([1.0, nan, 2, 2], "cluster[1] is nan: "),
        (["a", "b"], "cluster has shape (2,), but time has 4 patients: "),
        ([7, 7, 7, 7], "cluster holds a single label: "),
    ],
)
def test_bad_clusters_are_refused(cluster, words):
    with refused(words):
        cox_regression(**MODEL, cluster=cluster)


def test_every_way_to_write_covariates_is_the_same():
    expected = cox_regression(**DATA, covariates={"x": [1, 0, 1, 0]})
    for column in ([True, False, True, False], np.array([1, 0, 1, 0], dtype=object), pd.Series([1.0, 0.0, 1.0, 0.0])):
        model = cox_regression(**DATA, covariates=pd.DataFrame({"x": column}))
        assert (model.names, model.coefficients.tolist()) == (("x",), expected.coefficients.tolist())


# ---- options


def test_unknown_options_are_refused_with_the_known_ones():
    model = cox_regression(**MODEL)
    with refused("ties is 'exact': choose one of 'efron', 'breslow'."):
        cox_regression(**MODEL, ties="exact")
    with refused("ties is 'exact': choose one of 'efron', 'breslow'."):
        subgroup_hazard_ratios(**SUBGROUPS, ties="exact")
    with refused("kind is 'deviance': choose one of 'martingale', 'score', 'schoenfeld'."):
        cox_residuals(model, kind="deviance")
    with refused("transform is 'sqrt': choose one of 'km', 'rank', 'identity', 'log'."):
        proportional_hazards_test(model, transform="sqrt")
    with refused("kind is 'lr': choose one of 'wald', 'score', 'likelihood-ratio'."):
        hazard_ratio_test(**TWO_ARMS, kind="lr")
    with refused("interval is 'likelihood': choose one of 'wald', 'profile', 'score'."):
        hazard_ratio(**TWO_ARMS, interval="likelihood")


@pytest.mark.parametrize(
    ("cuts", "words"),
    [
        ([0, 2], "cuts[0] is 0: "),
        ([2, 2], "cuts[1] is 2: "),
        ([3, 1], "cuts[1] is 1: "),
        ([1, nan], "cuts[1] is nan: "),
        ([-1], "cuts[0] is -1: "),
        ([], "cuts must be one-dimensional and hold at least one time"),
        (2, "cuts must be one-dimensional"),
    ],
)
def test_cuts_that_do_not_divide_are_refused(cuts, words):
    with refused(words):
        piecewise_hazard_ratios(**TWO_ARMS, cuts=cuts)


@pytest.mark.parametrize(
    ("subgroup", "words"),
    [
        (["a", "b", None, "b"], "subgroup[2] is None: "),
        (["a", "b"], "subgroup has shape (2,), but time has 4 patients: "),
    ],
)
def test_missing_subgroup_is_refused(subgroup, words):
    with refused(words):
        subgroup_hazard_ratios(**TWO_ARMS, subgroup=subgroup)


def test_empty_arm_is_refused_by_name():
    for verb, data in VERBS[1:]:
        with refused("arm 'old' has no patients: "):
            verb(**data | {"in_arm": [1, 1, 1, 1]})


# ---- not estimable (warnings are errors here, so none of these warns)


def not_estimable(model, reasons):
    """Whether the covariates are without coefficient for these reasons, "" where there is one."""
    for ratio, reason, coefficient, std_error in zip(
        model.hazard_ratios, reasons, model.coefficients, model.std_errors, strict=True
    ):
        assert isnan(coefficient) == isnan(std_error) == isnan(ratio.value) == isnan(ratio.high) == bool(reason)
        assert ratio.method.endswith(f": not estimable, {reason}" if reason else "interval")


def test_nothing_to_tell():
    """A constant; one that varies between strata alone; one that varies among those who left before the first event."""
    constant = cox_regression(**DATA, covariates={"x": [1e6 + 0.1] * 4})
    not_estimable(constant, [REDUNDANT])
    assert (constant.log_likelihood, constant.null_log_likelihood) == pytest.approx((-log(24), -log(24)), rel=1e-14)
    by_stratum = cox_regression(**DATA, covariates={"x": [1, 5, 1, 5]}, strata=["a", "b", "a", "b"])
    not_estimable(by_stratum, [REDUNDANT])
    early = cox_regression([1, 2, 3, 4], [0, 1, 1, 0], {"x": [9, 1, 1, 1]})
    not_estimable(early, [REDUNDANT])
    for model in (constant, by_stratum, early):
        for test in (model.wald_test, model.score_test, model.likelihood_ratio_test):
            assert (test.df, isnan(test.statistic)) == (0, True)
            assert test.method.endswith(f": not estimable, {REDUNDANT}")
        test = proportional_hazards_test(model)
        assert isnan(test.statistic[0])
        assert test.global_test.method.endswith(": not estimable, no covariate has a coefficient")


def test_collinear_covariates():
    """The sum of two others, in millions, is found out; the others are as without it."""
    rng = np.random.default_rng(1)
    time, x, y = rng.exponential(size=60), rng.normal(size=60), rng.normal(size=60)
    model = cox_regression(time, np.ones(60), {"x": x, "y": y, "sum": 1e6 * (x + y)})
    without = cox_regression(time, np.ones(60), {"x": x, "y": y})
    not_estimable(model, ["", "", REDUNDANT])
    np.testing.assert_allclose(model.coefficients[:2], without.coefficients, rtol=1e-12)
    assert model.score_test.df == 2


@pytest.mark.parametrize("entry", [None, [0, 1, 0, 2]])
def test_one_event_time(entry):
    """All events at one time: there is an effect, but nothing tells whether it changes."""
    data = {"time": [3, 3, 4, 5], "event": [1, 1, 0, 0], "entry": entry}
    model = cox_regression(**data, covariates={"x": [1, 0, 1, 0]})
    not_estimable(model, [""])
    for transform in ("km", "rank", "identity", "log"):
        test = proportional_hazards_test(model, transform=transform)
        assert isnan(test.statistic[0])
        assert test.method.endswith(": not estimable, all events are at one time")
        assert test.global_test.method.endswith(": not estimable, all events are at one time")
    analysis = piecewise_hazard_ratios(**data, in_arm=[1, 0, 1, 0], cuts=[4], **NAMES)
    assert isnan(analysis.interaction_test.statistic)


def test_effect_that_is_known_at_one_time_alone():
    """x differs at the first event time only, where two of three have the event: whether its effect changes is unknown.
    y differs at two of them."""
    time, event = [1, 1, 1, 2, 3, 4], [1, 1, 0, 1, 1, 1]
    x, y = [1, 0, 0, 0, 0, 0], [0, 1, 0, 0.3, 1.5, 0.7]
    model = cox_regression(time, event, {"x": x}, ties="breslow")
    for transform in ("km", "rank", "identity", "log"):
        test = proportional_hazards_test(model, transform=transform)
        assert isnan(test.statistic[0])
        assert isnan(test.p_value[0])
        assert test.method.endswith("; not estimable for x, which differs among those at risk at one event time alone")
        assert isnan(test.global_test.statistic)
        reason = ": not estimable, covariates differ among those at risk at too few event times"
        assert test.global_test.method.endswith(reason)
    both = proportional_hazards_test(cox_regression(time, event, {"x": x, "y": y}, ties="breslow"))
    assert [isnan(value) for value in both.statistic] == [True, False]
    assert isnan(both.global_test.statistic)


def test_everybody_has_the_event_at_once():
    """By the rules of Breslow and Efron the likelihood is largest without effect; the exact one is flat."""
    data = {"time": [3, 3, 3, 3], "event": [1, 1, 1, 1], "in_arm": [1, 1, 0, 0]} | NAMES
    for ties in ("efron", "breslow"):
        assert hazard_ratio(**data, ties=ties).value == pytest.approx(1, abs=1e-12)
    exact = hazard_ratio(**data, ties="exact")
    assert isnan(exact.value)
    assert ": not estimable, " in exact.method
    assert isnan(hazard_ratio_test(**data, ties="exact", kind="score").statistic)


def test_event_at_time_zero_has_no_logarithm():
    model = cox_regression([0, 2, 3, 4], [1, 1, 1, 0], {"x": [1, 0, 1, 0]})
    test = proportional_hazards_test(model, transform="log")
    assert isnan(test.statistic[0])
    assert test.method.endswith(": not estimable, an event is at time 0, which has no logarithm")
    assert not isnan(proportional_hazards_test(model, transform="identity").statistic[0])
    censored = cox_regression([0, 2, 3, 4], [0, 1, 1, 1], {"x": [1, 0, 1, 0]})
    assert not isnan(proportional_hazards_test(censored, transform="log").statistic[0])


@pytest.mark.parametrize("late", [False, True])
def test_growth_without_end_leaves_the_others_at_their_limit(late):
    """Nobody with z has the event: the model of the others without them, to which R's coefficients tend."""
    rng = np.random.default_rng(2)
    time, x, z = rng.integers(2, 40, 80), rng.normal(size=80), rng.random(80) < 0.2
    event, entry = (rng.random(80) < 0.8) & ~z, np.floor(time / 3) if late else np.zeros(80)
    model = cox_regression(time, event, {"z": z, "x": x}, entry=entry)
    alone = cox_regression(time[~z], event[~z], {"x": x[~z]}, entry=entry[~z])
    not_estimable(model, [WITHOUT_END, ""])
    np.testing.assert_allclose(model.coefficients[1], alone.coefficients[0], rtol=1e-9)
    np.testing.assert_allclose(model.std_errors[1], alone.std_errors[0], rtol=1e-9)
    np.testing.assert_allclose(model.log_likelihood, alone.log_likelihood, rtol=1e-11)
    assert isnan(model.wald_test.statistic)
    assert model.wald_test.method.endswith(f": not estimable, {WITHOUT_END}")
    assert not isnan(model.likelihood_ratio_test.statistic)
    zph, expected = (proportional_hazards_test(fit, transform="identity") for fit in (model, alone))
    assert isnan(zph.statistic[0])
    assert zph.statistic[1] == pytest.approx(expected.statistic[0], rel=1e-6)
    residuals = cox_residuals(model, kind="martingale")
    np.testing.assert_allclose(residuals[~z], cox_residuals(alone, kind="martingale"), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("clusters", [None, 3])
def test_growth_together_leaves_the_others_at_their_limit(clusters):
    """Nobody with y above x has the event: as in the model of x and z of the others, though x itself is not told."""
    rng = np.random.default_rng(11)
    x, above = rng.normal(size=80), rng.random(80) < 0.25
    z = 0.8 * x + rng.normal(size=80)
    time, event = np.ceil(40 * rng.exponential(size=80) * np.exp(-0.5 * z)), (rng.random(80) < 0.8) & ~above
    cluster = None if clusters is None else np.arange(80) // clusters
    model = cox_regression(time, event, {"x": x, "y": x + above, "z": z}, cluster=cluster)
    there = ~above
    of_others = {"x": x[there], "z": z[there]}
    alone = cox_regression(time[there], event[there], of_others, cluster=None if cluster is None else cluster[there])
    not_estimable(model, [WITHOUT_END, WITHOUT_END, ""])
    np.testing.assert_allclose(model.coefficients[2], alone.coefficients[1], rtol=1e-9)
    np.testing.assert_allclose(model.std_errors[2], alone.std_errors[1], rtol=1e-9)
    zph, expected = (proportional_hazards_test(fit, transform="identity") for fit in (model, alone))
    assert zph.statistic[2] == pytest.approx(expected.statistic[1], rel=1e-6)


def test_what_is_not_told_beside_growth_is_zero():
    """Nobody with z has the event, and y is x among the others: as in a model without y."""
    rng = np.random.default_rng(5)
    x, z = rng.normal(size=60), rng.random(60) < 0.3
    y = np.where(z, rng.normal(size=60), x)
    time, event = rng.exponential(size=60), (rng.random(60) < 0.8) & ~z
    model = cox_regression(time, event, {"z": z, "x": x, "y": y})
    alone = cox_regression(time[~z], event[~z], {"x": x[~z]})
    not_estimable(model, [WITHOUT_END, "", OUTWEIGHED])
    np.testing.assert_allclose(model.coefficients[1], alone.coefficients[0], rtol=1e-9)
    np.testing.assert_allclose(model.std_errors[1], alone.std_errors[0], rtol=1e-9)


def test_growth_in_a_combination():
    """Neither x nor y tells events apart, but their difference does: it grows without end, and both with it."""
    x, y = np.array([3, 1, 2, 0, 3.0]), np.array([0, -1, 1, 0.5, 4.0])
    order = np.argsort(y - x)
    time = np.empty(5)
    time[order] = np.arange(1, 6)
    model = cox_regression(time, np.ones(5), {"x": x, "y": y})
    not_estimable(model, [WITHOUT_END, WITHOUT_END])
    assert model.log_likelihood == pytest.approx(0, abs=1e-6)


def test_too_few_clusters_have_no_wald_test():
    """Two clusters tell of one direction: standard errors, but no test of two coefficients."""
    rng = np.random.default_rng(3)
    covariates = {"x": rng.normal(size=30), "y": rng.normal(size=30)}
    model = cox_regression(np.arange(30), np.ones(30), covariates, cluster=np.arange(30) % 2)
    assert np.isfinite(model.std_errors).all()
    assert isnan(model.wald_test.statistic)
    assert model.wald_test.method.endswith(
        ": not estimable, there are too few clusters for a robust variance of all coefficients"
    )


def test_residuals_of_nothing():
    model = cox_regression([1, 2], [0, 0], {"x": [1, 0]})
    assert cox_residuals(model, kind="martingale").tolist() == [0, 0]
    assert cox_residuals(model, kind="score").tolist() == [[0], [0]]
    assert cox_residuals(model, kind="schoenfeld").shape == (0, 1)
    assert isnan(proportional_hazards_test(model).statistic[0])
    analysis = subgroup_hazard_ratios([1, 2, 3, 4], [0, 0, 0, 0], [1, 0, 1, 0], ["a", "a", "b", "b"], **NAMES)
    assert isnan(analysis.interaction_test.statistic)
    analysis = piecewise_hazard_ratios([1, 2, 3, 4], [0, 0, 0, 0], [1, 0, 1, 0], cuts=[2], **NAMES)
    assert isnan(analysis.interaction_test.statistic)


# ---- extremes


@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize("event", [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [1, 1, 1]])
@pytest.mark.parametrize("x", [[1, 0, 1], [0, 1, 1], [0.5, 0.5, 2]])
@pytest.mark.parametrize("time", [[1, 2, 3], [1, 1, 1], [3, 2, 1]])
def test_two_or_three_patients(size, event, x, time):
    """Every verb has an answer, if only that there is none."""
    columns = time[:size], event[:size]
    for ties in ("efron", "breslow"):
        model = cox_regression(*columns, {"x": x[:size]}, ties=ties)
        assert isnan(model.coefficients[0]) == (": not estimable, " in model.hazard_ratios[0].method)
        for kind in ("martingale", "score", "schoenfeld"):
            assert np.isfinite(cox_residuals(model, kind=kind)).all()
        for transform in ("km", "rank", "identity", "log"):
            test = proportional_hazards_test(model, transform=transform)
            assert isnan(test.statistic[0]) or test.statistic[0] >= 0
        in_arm = [value > 0.5 for value in x[:size]]
        if len(set(in_arm)) == 2:
            piecewise_hazard_ratios(*columns, in_arm, cuts=[1.5], ties=ties, **NAMES)
            subgroup_hazard_ratios(*columns, in_arm, list("abc")[:size], ties=ties, **NAMES)
            for interval in ("wald", "profile", "score"):
                hazard_ratio(*columns, in_arm, ties="exact", interval=interval, **NAMES)


@pytest.mark.parametrize(("scale", "shift"), [(1e6, 0), (1, 1e6), (1e-6, 0), (1e6, 1e6), (1e12, 0)])
def test_covariates_in_millions(scale, shift):
    """Three patients of 1/sqrt(2), measured otherwise."""
    model = cox_regression([1, 2, 3], [1, 1, 1], {"x": [scale + shift, shift, scale + shift]})
    assert model.coefficients[0] * scale == pytest.approx(-log(2) / 2, rel=1e-8)


def test_one_extreme_value():
    """A patient with x = 1e6 who is censored before any event does not count; the others' coefficient is as without."""
    rng = np.random.default_rng(4)
    time, x = 1 + rng.exponential(size=50), rng.normal(size=50)
    alone = cox_regression(time, np.ones(50), {"x": x})
    more = cox_regression(np.append(time, 0.5), np.append(np.ones(50), 0), {"x": np.append(x, 1e6)})
    np.testing.assert_allclose(more.coefficients, alone.coefficients, rtol=1e-9)
    np.testing.assert_allclose(more.std_errors, alone.std_errors, rtol=1e-8)


def test_hazard_ratio_of_a_thousand():
    """One of the arm and 1000 of the reference, twice: the arm's has the event once, one of the others the other time.
    The share r/(r + 1000) of the arm in the two events is one half, with information 1/4 each."""
    arm, reference = 1, 1000
    time = [1] + [3] * (arm + reference - 1)
    in_arm = [1] * arm + [0] * reference
    strata = ["a"] * len(time) + ["b"] * len(time)
    second = [3] * arm + [1] + [3] * (reference - 1)
    event = [1] + [0] * (len(time) - 1) + [0] * arm + [1] + [0] * (reference - 1)
    ratio = hazard_ratio(time + second, event, in_arm * 2, strata=strata, **NAMES)
    model = cox_regression(time + second, event, {"x": in_arm * 2}, strata=strata)
    assert ratio.value == pytest.approx(1000, rel=1e-12)
    assert ratio.std_error == pytest.approx(sqrt(2), rel=1e-12)
    assert model.hazard_ratios[0].value == pytest.approx(1000, rel=1e-9)


def test_heavy_exact_ties():
    """Half of 400 patients have the event at one time, 150 of the arm's 200: near the odds ratio of 9."""
    in_arm = np.repeat([1, 0], 200)
    event = np.concatenate([np.arange(200) < 150, np.arange(200) < 50])
    ratio = hazard_ratio(np.where(event, 1, 2), event, in_arm, ties="exact", **NAMES)
    assert log(ratio.value) == pytest.approx(log(9), rel=0.01)
    test = hazard_ratio_test(np.where(event, 1, 2), event, in_arm, ties="exact", kind="likelihood-ratio", **NAMES)
    assert test.statistic > 100


@pytest.mark.parametrize("mark", ["NA", ".", "nan"])
def test_a_mark_of_a_missing_value_is_no_level_of_a_category(mark):
    stage = pd.Categorical(["I", mark, "II", "I"])
    with pytest.raises(ValueError, match=r"^covariates\['stage'\]\[1\] is '.*', the mark of a missing value: every"):
        cox_regression(**DATA, covariates={"stage": stage})
