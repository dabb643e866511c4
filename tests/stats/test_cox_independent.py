"""Cox models beside a second, obvious implementation (`reference_cox.py`), on small random tables of patients."""

from math import exp, log

import numpy as np
import pytest
import reference_cox as reference
from cox_tables import random_cox_table, strong_table
from expectations import approx_within
from scipy.optimize import brentq, minimize
from scipy.stats import chi2, norm

from smmlib import (
    cox_regression,
    cox_residuals,
    hazard_ratio,
    hazard_ratio_test,
    piecewise_hazard_ratios,
    proportional_hazards_test,
    subgroup_hazard_ratios,
)

pytestmark = pytest.mark.independent

NAMES = {"arm": "arm", "reference": "reference"}
FORMS = {"plain": (False, False), "stratified": (True, False), "late": (False, True), "stratified late": (True, True)}
COVARIATES = ["in_arm", "x", "w"]
Z95 = norm.ppf(0.975)
# Of 12 to 50 patients, so that coefficients exist and loops end; other seeds than those compared with R.
SEEDS = [seed for seed in range(200, 300) if 12 <= len(random_cox_table(seed)) <= 50 and seed % 5]
FEW = [seed for seed in range(200, 300) if 5 <= len(random_cox_table(seed)) <= 12 and seed % 5]


approx = approx_within(rel=1e-9, scale=1e-9)


class Case:
    """A table in one form, for both implementations."""

    def __init__(self, table, form):
        stratified, late = FORMS[form]
        self.table = table
        self.time, self.event, self.in_arm = (table[name].tolist() for name in ("time", "event", "in_arm"))
        self.entry = table["entry"].tolist() if late else None
        self.strata = table["stratum"].tolist() if stratified else None
        self.sets = reference.risk_sets(self.time, self.event, self.entry, self.strata)
        self.options = {"entry": self.entry, "strata": self.strata}
        self.arms = self.time, self.event, self.in_arm
        self.x = table[COVARIATES].to_numpy(float)
        self.arm = table[["in_arm"]].to_numpy(float)

    def fit(self, ties, **more):
        return cox_regression(self.time, self.event, self.table[COVARIATES], ties=ties, **self.options, **more)


def cases(seeds):
    return pytest.mark.parametrize(
        ("seed", "form"), [(seed, list(FORMS)[number % 4]) for number, seed in enumerate(seeds)]
    )


both_ties = pytest.mark.parametrize("ties", ["efron", "breslow"])


@both_ties
@cases(SEEDS)
def test_regression_and_residuals(seed, form, ties):
    case = Case(random_cox_table(seed), form)
    ours = case.fit(ties)
    if np.isnan(ours.coefficients).any():
        assert any(": not estimable, " in ratio.method for ratio in ours.hazard_ratios)
        return
    centred = case.x - case.x.mean(axis=0)
    beta = reference.maximum(centred, case.sets, ties)
    slope, information = reference.slope_and_information(np.zeros(3), centred, case.sets, ties)
    at_beta = reference.slope_and_information(beta, centred, case.sets, ties)[1]
    std_errors = np.sqrt(np.diag(np.linalg.inv(at_beta)))
    assert ours.coefficients / std_errors == approx(beta / std_errors)
    assert ours.std_errors == approx(std_errors, scale=0)
    assert ours.log_likelihood == approx(reference.log_likelihood(beta, centred, case.sets, ties))
    assert ours.null_log_likelihood == approx(reference.log_likelihood(np.zeros(3), centred, case.sets, ties))
    assert ours.score_test.statistic == approx(slope @ np.linalg.solve(information, slope))
    assert ours.wald_test.statistic == approx(beta @ at_beta @ beta)
    gain = 2 * (ours.log_likelihood - ours.null_log_likelihood)
    assert ours.likelihood_ratio_test.statistic == approx(gain)
    assert ours.likelihood_ratio_test.p_value == approx(chi2.sf(gain, 3))

    martingale = reference.martingale(beta, centred, case.event, case.sets, ties)
    assert cox_residuals(ours, kind="martingale") == approx(martingale)
    spread = case.x.std(axis=0)
    assert cox_residuals(ours, kind="score") / spread == approx(
        reference.score(beta, centred, case.sets, ties) / spread
    )
    assert cox_residuals(ours, kind="schoenfeld") / spread == approx(
        reference.schoenfeld(beta, centred, case.event, case.sets, ties) / spread
    )


@both_ties
@cases(SEEDS)
def test_robust_covariance(seed, form, ties):
    case = Case(random_cox_table(seed), form)
    ours = case.fit(ties, cluster=case.table["cluster"])
    if np.isnan(ours.coefficients).any():
        assert any(": not estimable, " in ratio.method for ratio in ours.hazard_ratios)
        return
    expected = reference.robust_covariance(ours.coefficients, case.x, case.sets, ties, case.table["cluster"])
    spread = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    assert ours.covariance / spread == approx(expected / spread)
    assert ours.std_errors == approx(np.sqrt(np.diag(expected)))


@both_ties
@cases(SEEDS)
def test_proportional_hazards(seed, form, ties):
    case = Case(random_cox_table(seed), form)
    model = case.fit(ties)
    if np.isnan(model.coefficients).any():
        assert any(": not estimable, " in ratio.method for ratio in model.hazard_ratios)
        return
    entry = [-1.0] * len(case.time) if case.entry is None else case.entry
    transforms = {
        "identity": lambda t: t,
        "log": log,
        "rank": lambda t: reference.mid_rank(case.time, t),
        "km": lambda t: reference.one_less_kaplan_meier(case.time, case.event, entry, t),
    }
    centred = case.x - case.x.mean(axis=0)
    for name, of_time in transforms.items():
        ours = proportional_hazards_test(model, transform=name)
        at = {t: of_time(t) for t, _ in case.sets}
        middle, width = np.mean(list(at.values())), np.std(list(at.values()))
        transform = {t: (value - middle) / width for t, value in at.items()}
        alone, together = reference.proportional_hazards(model.coefficients, centred, case.sets, ties, transform)
        assert ours.statistic == approx(alone, rel=1e-8)
        assert ours.global_test.statistic == approx(together, rel=1e-8)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("form", FORMS)
def test_hazards_far_apart(seed, form):
    """Where hazards differ by more than e^12, in strata and with late entry, no digits are lost."""
    case = Case(strong_table(seed), form)
    ours = case.fit("efron")
    slope, information = reference.slope_and_information(ours.coefficients, case.x, case.sets, "efron")
    assert np.linalg.solve(information, slope) / ours.std_errors == approx(np.zeros(3))
    assert ours.std_errors == approx(np.sqrt(np.diag(np.linalg.inv(information))))
    assert cox_residuals(ours, kind="martingale") == approx(
        reference.martingale(ours.coefficients, case.x, case.event, case.sets, "efron")
    )


# ---- exact ties and limits of one coefficient


@cases(FEW)
def test_exact_ties(seed, form):
    """Where there is a maximum its slope is zero; where not, the slope keeps its sign."""
    case = Case(random_cox_table(seed), form)
    ours = hazard_ratio(*case.arms, ties="exact", **case.options, **NAMES)

    def slope(beta):
        return reference.exact_slope(beta, case.arm[:, 0], case.sets)

    if np.isnan(ours.value):
        assert slope(-25) * slope(25) >= 0 or max(abs(slope(-25)), abs(slope(25))) < 1e-9
        return
    beta = brentq(slope, -25, 25, xtol=1e-13)
    assert log(ours.value) / ours.std_error == approx(beta / ours.std_error)
    step = 1e-4
    information = (slope(beta - step) - slope(beta + step)) / (2 * step)
    assert ours.std_error == pytest.approx(information**-0.5, rel=1e-6)


def likelihoods_of(case, ties):
    """Log-likelihood, and slope with information, of the arm alone as functions of the coefficient."""

    def at(beta):
        slope, information = reference.slope_and_information(np.array([beta]), case.arm, case.sets, ties)
        return slope[0], information[0, 0]

    return lambda beta: reference.log_likelihood([beta], case.arm, case.sets, ties), at


@both_ties
@cases(SEEDS)
def test_profile_and_score_limits(seed, form, ties):
    """Each limit is where twice the log-likelihood has fallen by z squared, or the score statistic is z squared."""
    case = Case(random_cox_table(seed), form)
    height, slope_at = likelihoods_of(case, ties)
    tests = {
        kind: hazard_ratio_test(*case.arms, kind=kind, ties=ties, **case.options, **NAMES)
        for kind in ("score", "wald", "likelihood-ratio")
    }
    slope, information = slope_at(0)
    if information == 0:
        assert np.isnan(tests["score"].statistic)
        return
    assert tests["score"].statistic == approx(slope**2 / information)
    profile, score = (
        hazard_ratio(*case.arms, ties=ties, interval=kind, **case.options, **NAMES) for kind in ("profile", "score")
    )
    monotone_direction = np.isnan(profile.value)
    highest = max(height(-60), height(60)) if monotone_direction else height(log(profile.value))
    assert tests["likelihood-ratio"].statistic == approx(2 * (highest - height(0)))
    assert np.isnan(tests["wald"].statistic) == monotone_direction
    limits = [limit for limit in (profile.low, profile.high) if not np.isnan(limit)]
    assert len(limits) == 2 - monotone_direction
    for limit in limits:
        assert 2 * (highest - height(log(limit))) == approx(Z95**2)
    for limit in (score.low, score.high):
        if not np.isnan(limit):
            slope, information = slope_at(log(limit))
            assert slope**2 / information == approx(Z95**2)


# ---- parts of a trial


def supremum(x, sets, ties):
    """The largest log-likelihood, found without derivatives of ours: good to 1e-6 where it is not attained."""
    found = minimize(
        lambda beta: -reference.log_likelihood(beta, x, sets, ties),
        np.zeros(x.shape[1]),
        jac=lambda beta: -reference.slope_and_information(beta, x, sets, ties)[0],
        method="BFGS",
        options={"gtol": 1e-8, "maxiter": 2000},
    )
    return -found.fun


@both_ties
@cases([83, *SEEDS[::2]])
def test_interaction(seed, form, ties):
    """Twice the gain by a hazard ratio of its own for each subgroup, also where some have none."""
    case = Case(random_cox_table(seed), "late" if seed == 83 else form)
    ours = subgroup_hazard_ratios(*case.arms, case.table["w"], ties=ties, **case.options, **NAMES)
    levels = sorted(set(case.table["w"]))
    groups = np.array([[w == level for level in levels[1:]] for w in case.table["w"]], dtype=float)
    without = np.hstack([case.arm, groups])
    gain = 2 * (supremum(np.hstack([without, groups * case.arm]), case.sets, ties) - supremum(without, case.sets, ties))
    if not np.isnan(ours.interaction_test.statistic):
        assert ours.interaction_test.statistic == pytest.approx(gain, abs=1e-5)
    for level, estimate in zip(levels, ours.hazard_ratios, strict=True):
        members = case.table[case.table["w"] == level].reset_index(drop=True)
        assert (estimate.n, estimate.events) == (len(members), members["event"].sum())
        if not np.isnan(estimate.value):
            alone = Case(members, form if seed != 83 else "late")
            slope = reference.slope_and_information(np.array([log(estimate.value)]), alone.arm, alone.sets, ties)[0]
            assert slope[0] * estimate.std_error == approx(0)


@both_ties
@cases(SEEDS)
def test_periods(seed, form, ties):
    """Rows cut by hand at two times, and a Cox model of each period's rows."""
    case = Case(random_cox_table(seed), form)
    cuts = [float(np.quantile(case.time, 0.3, method="lower")), float(np.quantile(case.time, 0.6)) + 0.25]
    ours = piecewise_hazard_ratios(*case.arms, cuts=cuts, ties=ties, **case.options, **NAMES)
    rows = reference.split_at(case.time, case.event, case.entry or [-1.0] * len(case.time), cuts)
    highest = 0.0
    for period, estimate in enumerate(ours.hazard_ratios):
        inside = [row for row in rows if row[1] == period]
        patients = [row[0] for row in inside]
        strata = None if case.strata is None else [case.strata[patient] for patient in patients]
        time, event, entry = ([row[column] for row in inside] for column in (3, 4, 2))
        sets, arm = reference.risk_sets(time, event, entry, strata), case.arm[patients]
        assert (estimate.n, estimate.events) == (len(inside), sum(event))
        if np.isnan(estimate.value):
            highest += max(reference.log_likelihood([beta], arm, sets, ties) for beta in (-60, 60))
            continue
        beta = np.array([log(estimate.value)])
        slope, information = reference.slope_and_information(beta, arm, sets, ties)
        assert (slope[0] * estimate.std_error, information[0, 0]) == approx((0, estimate.std_error**-2))
        highest += reference.log_likelihood(beta, arm, sets, ties)
    test = ours.interaction_test
    if not np.isnan(test.statistic):
        assert test.statistic == pytest.approx(2 * (highest - supremum(case.arm, case.sets, ties)), abs=1e-6)


def test_reference_itself():
    """Therneau's six patients: the published coefficient of Efron's rule, and residuals at zero as fractions."""
    time, event, x = [1, 1, 6, 6, 8, 9], [1, 0, 1, 1, 0, 1], np.array([[1.0], [1], [1], [0], [0], [0]])
    sets = reference.risk_sets(time, event)
    beta = reference.maximum(x, sets, "efron")
    assert exp(beta[0]) == pytest.approx(5.348721, abs=5e-7)
    zero = np.zeros(1)
    expected = [5 / 6, -1 / 6, 5 / 12, 5 / 12, -3 / 4, -3 / 4]
    assert reference.martingale(zero, x, event, sets, "efron") == approx(expected)
    expected = [5 / 12, -1 / 12, 55 / 144, -5 / 144, 29 / 144, 29 / 144]
    assert reference.score(zero, x, sets, "efron")[:, 0] == approx(expected)
    assert reference.exact_log_likelihood(0.0, x, sets) == approx(-log(6 * 6))
