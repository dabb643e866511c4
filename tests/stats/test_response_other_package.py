"""statsmodels and scipy beside our response, on the calls in which they are right.

Left out because they are not: statsmodels' score limits of a difference, which are wrong or end in an error. Its
Jeffreys limits of nobody and of everybody are quantiles too, where ours, as those of SAS and of Brown, are 0 and 1.
"""

import warnings

import numpy as np
import pytest
import statsmodels.api as sm
from response_tables import AWKWARD, patients_of, random_strata, random_table
from scipy.stats import binomtest, fisher_exact
from scipy.stats.contingency import odds_ratio as scipy_odds_ratio
from scipy.stats.contingency import relative_risk
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from smmlib import (
    cochran_mantel_haenszel_test,
    fisher_test,
    odds_ratio,
    odds_ratio_interaction_test,
    rate_difference,
    rate_ratio,
    response_rate,
    stratified_odds_ratio,
    stratified_rate_ratio,
)

pytestmark = pytest.mark.other_package

NAMES = {"arm": "arm", "reference": "reference"}
RATES = [(0, 12), (1, 9), (45, 57), (57, 57), (36, 154)]
TABLES = AWKWARD + [random_table(seed) for seed in range(300, 340)]
FULL = [(x, n, x0, n0) for x, n, x0, n0 in TABLES if 0 < x < n and 0 < x0 < n0]


def limits(estimate):
    return estimate.low, estimate.high


def near(expected, rel=1e-10):
    return pytest.approx(tuple(expected), rel=rel, abs=1e-14)


def of_statsmodels(table, **options):
    """Limits at 90 %; on its way to some, statsmodels divides zero by zero and recovers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return confint_proportions_2indep(*table, alpha=0.1, **options)


def cells(table):
    x, n, x0, n0 = table
    return [[x, n - x], [x0, n0 - x0]]


@pytest.mark.parametrize(
    ("method", "theirs"),
    [
        ("clopper-pearson", "beta"),
        ("wilson", "wilson"),
        ("jeffreys", "jeffreys"),
        ("agresti-coull", "agresti_coull"),
        ("wald", "normal"),
    ],
)
@pytest.mark.parametrize(("responders", "patients"), RATES)
def test_intervals_of_statsmodels(method, theirs, responders, patients):
    ours = response_rate(responders, patients, method=method, conf_level=0.9)
    if method == "jeffreys" and responders in (0, patients):
        assert ours.low == 0 or ours.high == 1
        return
    expected = np.clip(proportion_confint(responders, patients, alpha=0.1, method=theirs), 0, 1)
    assert limits(ours) == near(expected)


@pytest.mark.parametrize(
    ("method", "theirs"), [("clopper-pearson", "exact"), ("wilson", "wilson"), ("wilson-cc", "wilsoncc")]
)
@pytest.mark.parametrize(("responders", "patients"), RATES)
def test_intervals_of_scipy(method, theirs, responders, patients):
    """scipy's exact limits are found to ten digits."""
    ours = response_rate(responders, patients, method=method, conf_level=0.9)
    expected = binomtest(responders, patients).proportion_ci(0.9, method=theirs)
    assert limits(ours) == near(expected, rel=1e-8)


@pytest.mark.parametrize(
    ("method", "theirs"), [("newcombe", "newcomb"), ("wald", "wald"), ("agresti-caffo", "agresti-caffo")]
)
def test_differences_of_statsmodels(method, theirs):
    for table in FULL:
        ours = rate_difference(*table, method=method, conf_level=0.9)
        expected = of_statsmodels(table, method=theirs, compare="diff")
        assert limits(ours) == near(np.clip(expected, -1, 1)), table


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("miettinen-nurminen", {"method": "score", "correction": True}),
        ("koopman", {"method": "score", "correction": False}),
        ("katz", {"method": "log"}),
    ],
)
def test_ratios_of_statsmodels(method, options):
    for table in FULL:
        ours = rate_ratio(*table, method=method, conf_level=0.9)
        expected = of_statsmodels(table, compare="ratio", **options)
        assert limits(ours) == near(expected, rel=1e-8), table


@pytest.mark.parametrize(
    ("method", "options"),
    [("miettinen-nurminen", {"method": "score", "correction": True}), ("woolf", {"method": "logit"})],
)
def test_odds_ratios_of_statsmodels(method, options):
    for table in FULL:
        ours = odds_ratio(*table, method=method, conf_level=0.9)
        expected = of_statsmodels(table, compare="odds-ratio", **options)
        assert limits(ours) == near(expected, rel=1e-8), table


def test_ratios_of_scipy():
    for table in FULL:
        expected = relative_risk(*table)
        ours = rate_ratio(*table, method="katz")
        assert ours.value == pytest.approx(expected.relative_risk)
        assert limits(ours) == near(expected.confidence_interval(0.95)), table


@pytest.mark.parametrize(("method", "kind"), [("woolf", "sample"), ("exact-conditional", "conditional")])
def test_odds_ratios_of_scipy(method, kind):
    for table in FULL:
        ours = odds_ratio(*table, method=method)
        expected = scipy_odds_ratio(cells(table), kind=kind).confidence_interval(0.95)
        assert limits(ours) == near(expected, rel=1e-8), table


def test_fisher_test_of_scipy():
    for table in TABLES:
        assert fisher_test(*table).p_value == pytest.approx(fisher_exact(cells(table)).pvalue, rel=1e-9), table


def test_interaction_of_statsmodels():
    """Where the one odds ratio that fits all tables best is neither 0 nor infinite, which it cannot reach."""
    compared = 0
    for seed in range(400, 440):
        tables = [(x, n, x0, n0) for x, n, x0, n0 in random_strata(seed) if 0 < x + x0 < n + n0 and n and n0]
        if len(tables) < 2:
            continue
        ours = odds_ratio_interaction_test(*patients_of(tables), **NAMES)
        if ours.statistic == 0:
            continue
        counts = np.array([cells(table) for table in tables], dtype=float).reshape(-1, 2)
        arm = np.tile([[1.0], [0.0]], (len(tables), 1))
        model = sm.GLM(
            counts, np.hstack([arm, np.repeat(np.eye(len(tables)), 2, axis=0)]), family=sm.families.Binomial()
        )
        assert ours.statistic == pytest.approx(model.fit(tol=1e-14, maxiter=200).deviance, rel=1e-7)
        compared += 1
    assert compared > 10


def test_strata_of_statsmodels():
    """Where it has an answer: no sum of its is zero."""
    compared = 0
    for seed in range(400, 440):
        tables = random_strata(seed)
        patients = patients_of(tables)
        ours = stratified_odds_ratio(*patients, **NAMES)
        if np.isnan(ours.std_error):
            continue
        theirs = StratifiedTable([np.array(cells(table), dtype=float) for table in tables])
        assert ours.value == pytest.approx(theirs.oddsratio_pooled, rel=1e-10)
        assert limits(ours) == near(theirs.oddsratio_pooled_confint(), rel=1e-9)
        assert stratified_rate_ratio(*patients, **NAMES).value == pytest.approx(theirs.riskratio_pooled, rel=1e-10)
        test, expected = cochran_mantel_haenszel_test(*patients, **NAMES), theirs.test_null_odds(correction=False)
        assert (test.statistic, test.p_value) == near((expected.statistic, expected.pvalue), rel=1e-8)
        compared += 1
    assert compared > 10
