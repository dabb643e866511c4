"""lifelines and statsmodels beside ours, on the calls in which they are right.

Left out because they are not: lifelines' median of a curve that stays at one half, its limits of the median where
the last patient has the event, and its log-rank test without events (P = 1); statsmodels' median at one half.
"""

import warnings

import numpy as np
import pytest
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.statistics import logrank_test as lifelines_logrank
from patient_tables import public_tables
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from smmlib import hazard_ratio, kaplan_meier, logrank_test, median_survival, survival_at

pytestmark = pytest.mark.other_package

TABLES = public_tables()
# lifelines stops at five figures otherwise.
CONVERGED = {"precision": 1e-12, "r_precision": 1e-14}
NAMES = {"arm": "arm", "reference": "reference"}


@pytest.fixture(params=TABLES)
def table(request):
    return TABLES[request.param]


def two_arms(table):
    return table["time"], table["event"], table["in_arm"]


def test_curve_and_log_log_limits_of_lifelines(table):
    curve = kaplan_meier(table["time"], table["event"], conf_level=0.9)
    fitted = KaplanMeierFitter(alpha=0.1).fit(table["time"], table["event"])
    theirs = fitted.survival_function_.iloc[:, 0].reindex(curve.time).to_numpy()
    limits = fitted.confidence_interval_.reindex(curve.time).to_numpy()
    np.testing.assert_allclose(curve.survival, theirs, rtol=1e-10)
    inside = (curve.survival > 0) & (curve.survival < 1)
    np.testing.assert_allclose(curve.low[inside], limits[inside, 0], rtol=1e-10)
    np.testing.assert_allclose(curve.high[inside], limits[inside, 1], rtol=1e-10)


def test_greenwood_of_statsmodels(table):
    curve = kaplan_meier(table["time"], table["event"])
    theirs = SurvfuncRight(table["time"], table["event"])
    for time, survival, std_error in zip(theirs.surv_times, theirs.surv_prob, theirs.surv_prob_se, strict=True):
        ours = survival_at(curve, time)
        assert ours.value == pytest.approx(survival, rel=1e-10)
        if survival > 0:
            assert ours.std_error == pytest.approx(std_error, rel=1e-10)


def test_median_of_statsmodels(table):
    """Where the curve does not stop at one half."""
    theirs = SurvfuncRight(table["time"], table["event"]).quantile(0.5)
    ours = median_survival(kaplan_meier(table["time"], table["event"])).value
    assert ours == pytest.approx(theirs, nan_ok=True)


def test_logrank_of_lifelines(table):
    time, event, in_arm = two_arms(table)
    arm = in_arm == 1
    theirs = lifelines_logrank(time[arm], time[~arm], event[arm], event[~arm])
    ours = logrank_test(time, event, in_arm, **NAMES)
    assert (ours.statistic, ours.p_value) == pytest.approx((theirs.test_statistic, theirs.p_value), rel=1e-8)


def test_stratified_logrank_of_statsmodels(table):
    theirs = survdiff(*two_arms(table), strata=table["stratum"])
    ours = logrank_test(*two_arms(table), strata=table["stratum"], **NAMES)
    assert (ours.statistic, ours.p_value) == pytest.approx(theirs, rel=1e-8)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("stratified", [False, True])
def test_hazard_ratio_of_statsmodels(table, ties, stratified):
    strata = table["stratum"] if stratified else None
    codes = np.unique(table["stratum"], return_inverse=True)[1] if stratified else None
    model = PHReg(table["time"], table[["in_arm"]], status=table["event"], ties=ties, strata=codes)
    fitted = model.fit(method="newton", tol=1e-12)
    ours = hazard_ratio(*two_arms(table), ties=ties, strata=strata, **NAMES)
    assert (np.log(ours.value), ours.std_error) == pytest.approx((fitted.params[0], fitted.bse[0]), rel=1e-6)


@pytest.mark.parametrize("stratified", [False, True])
def test_hazard_ratio_of_lifelines(table, stratified):
    strata = ["stratum"] if stratified else None
    data = table if stratified else table.drop(columns="stratum")
    with warnings.catch_warnings():
        # lifelines warns of pandas' coming changes, which do not touch its numbers.
        warnings.simplefilter("ignore")
        fitted = CoxPHFitter().fit(data, "time", "event", strata=strata, fit_options=CONVERGED)
    ours = hazard_ratio(*two_arms(table), strata=table["stratum"] if stratified else None, **NAMES)
    theirs = fitted.params_["in_arm"], fitted.standard_errors_["in_arm"]
    assert (np.log(ours.value), ours.std_error) == pytest.approx(theirs, rel=1e-6)
