"""lifelines and statsmodels beside ours, on the Cox models in which they are right.

Left out because they are not: the martingale residuals of either with Efron's rule, and lifelines' test of
proportional hazards, which is of each covariate as if it stood alone and has no global test. lifelines' robust standard
errors are R's where no events are tied, and only there. In statsmodels who enters
at the time of an event is at risk at it; in R, in lifelines and here only afterwards, so that its entries are moved by
less than the times lie apart.
"""

import warnings

import numpy as np
import pytest
from cox_tables import public_cox_tables, strong_table
from lifelines import CoxPHFitter
from statsmodels.duration.hazard_regression import PHReg

from smmlib import cox_regression, hazard_ratio

pytestmark = pytest.mark.other_package

TABLES = public_cox_tables()
COVARIATES = ["in_arm", "x", "w"]
NAMES = {"arm": "arm", "reference": "reference"}
# lifelines stops at five figures otherwise.
CONVERGED = {"precision": 1e-12, "r_precision": 1e-14}


def entries_for_statsmodels(table):
    return np.where(table["entry"] > 0, table["entry"] + 0.05, 0)


@pytest.fixture(params=TABLES)
def table(request):
    return TABLES[request.param]


def ours_of(table, stratified=False, late=False, **more):
    strata, entry = table["stratum"] if stratified else None, table["entry"] if late else None
    return cox_regression(table["time"], table["event"], table[COVARIATES], strata=strata, entry=entry, **more)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize(("stratified", "late"), [(False, False), (True, False), (False, True), (True, True)])
def test_regression_of_statsmodels(table, ties, stratified, late):
    more = {
        "strata": np.unique(table["stratum"], return_inverse=True)[1] if stratified else None,
        "entry": entries_for_statsmodels(table) if late else None,
    }
    theirs = PHReg(table["time"], table[COVARIATES], status=table["event"], ties=ties, **more)
    theirs = theirs.fit(method="newton", tol=1e-12)
    ours = ours_of(table, stratified, late, ties=ties)
    np.testing.assert_allclose(ours.coefficients / ours.std_errors, theirs.params / theirs.bse, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(ours.covariance, theirs.cov_params(), rtol=1e-6, atol=1e-12)
    assert ours.log_likelihood == pytest.approx(theirs.llf, rel=1e-10)


def fitted_by_lifelines(table, columns, **options):
    with warnings.catch_warnings():
        # lifelines warns of pandas' coming changes, which do not touch its numbers.
        warnings.simplefilter("ignore")
        return CoxPHFitter().fit(table[columns], "time", "event", fit_options=CONVERGED, **options)


@pytest.mark.parametrize(("stratified", "late"), [(False, False), (True, False), (False, True)])
def test_regression_of_lifelines(table, stratified, late):
    """Efron's rule."""
    columns = ["time", "event", *COVARIATES] + ["stratum"] * stratified + ["entry"] * late
    options = {"strata": ["stratum"]} if stratified else {}
    theirs = fitted_by_lifelines(table, columns, **options, **({"entry_col": "entry"} if late else {}))
    ours = ours_of(table, stratified, late)
    std_errors = theirs.standard_errors_[COVARIATES].to_numpy()
    np.testing.assert_allclose(ours.coefficients / std_errors, theirs.params_[COVARIATES] / std_errors, 1e-6, 1e-6)
    np.testing.assert_allclose(ours.std_errors, std_errors, rtol=1e-6)
    assert ours.log_likelihood == pytest.approx(theirs.log_likelihood_, rel=1e-10)
    limits = np.log([(ratio.low, ratio.high) for ratio in ours.hazard_ratios]) / std_errors[:, np.newaxis]
    expected = theirs.confidence_intervals_.loc[COVARIATES].to_numpy() / std_errors[:, np.newaxis]
    np.testing.assert_allclose(limits, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_robust_standard_errors_of_lifelines(seed):
    """Of tables without ties."""
    table = strong_table(seed)
    theirs = fitted_by_lifelines(table, ["time", "event", *COVARIATES, "cluster"], cluster_col="cluster")
    ours = ours_of(table, cluster=table["cluster"])
    np.testing.assert_allclose(ours.std_errors, theirs.standard_errors_[COVARIATES], rtol=1e-6)


def test_hazard_ratio_with_late_entry_of_statsmodels(table):
    theirs = PHReg(
        table["time"], table[["in_arm"]], status=table["event"], ties="efron", entry=entries_for_statsmodels(table)
    ).fit(method="newton", tol=1e-12)
    ours = hazard_ratio(table["time"], table["event"], table["in_arm"], entry=table["entry"], **NAMES)
    assert (np.log(ours.value), ours.std_error) == pytest.approx((theirs.params[0], theirs.bse[0]), rel=1e-6)
