"""Cox models worked out on paper: Therneau's six patients, and a few smaller cases."""

from math import exp, isnan, log, sqrt

import numpy as np
import pytest

from smmlib import (
    cox_regression,
    cox_residuals,
    hazard_ratio,
    hazard_ratio_test,
    piecewise_hazard_ratios,
    proportional_hazards_test,
    subgroup_hazard_ratios,
)
from smmlib.stats.cox.residuals import martingale_residuals, score_residuals

pytestmark = pytest.mark.by_hand

Z95 = 1.959963984540054
HALF_CHI_SQUARE = Z95**2 / 2
ARMS = {"arm": "new", "reference": "old"}
# Two leave at 1, one with the event; two have it at 6, one of either arm; one is censored at 8; one has it at 9.
TIME, EVENT, X = [1, 1, 6, 6, 8, 9], [1, 0, 1, 1, 0, 1], [1, 1, 1, 0, 0, 0]


def approx(value, rel=1e-12):
    return pytest.approx(value, rel=rel, abs=1e-14, nan_ok=True)


def six_patients(ties):
    return cox_regression(TIME, EVENT, {"x": X}, ties=ties)


# ---- six patients


def test_breslow():
    """Log-likelihood 2b - log(3r + 3) - 2 log(r + 3), r = exp(b), at its maximum r = (3 + sqrt(33)) / 2."""
    r, model = (3 + sqrt(33)) / 2, six_patients("breslow")
    assert model.coefficients[0] == approx(log(r))
    assert model.hazard_ratios[0].value == approx(r)
    assert model.null_log_likelihood == approx(-log(6) - 2 * log(4))
    assert model.log_likelihood == approx(2 * log(r) - log(3 * r + 3) - 2 * log(r + 3))
    assert model.std_errors[0] ** -2 == approx(r / (r + 1) ** 2 + 6 * r / (r + 3) ** 2)


def test_efron():
    """Log-likelihood 2b - log(3r + 3) - log(r + 3) - log((r + 5) / 2), whose slope is zero where r^3 = 23r + 30."""
    model = six_patients("efron")
    r = model.hazard_ratios[0].value
    assert r**3 == approx(23 * r + 30)
    assert model.null_log_likelihood == approx(-log(6) - log(4) - log(3))
    assert model.log_likelihood == approx(2 * log(r) - log(3 * r + 3) - log(r + 3) - log((r + 5) / 2))
    information = r / (r + 1) ** 2 + 3 * r / (r + 3) ** 2 + 5 * r / (r + 5) ** 2
    # The information is that one step before the maximum, which was at most 1e-9 standard deviations away.
    assert model.covariance[0, 0] == approx(1 / information, rel=1e-9)


def test_three_tests_of_the_six_patients():
    """At zero the slope is 13/12 (2 - 1/2 - 1/4 - 1/6) and the information 1/4 + 3/16 + 5/36 = 83/144."""
    model = six_patients("efron")
    assert model.score_test.statistic == approx((13 / 12) ** 2 / (83 / 144))
    assert model.wald_test.statistic == approx((model.coefficients[0] / model.std_errors[0]) ** 2)
    gain = 2 * (model.log_likelihood - model.null_log_likelihood)
    assert model.likelihood_ratio_test.statistic == approx(gain)
    assert model.score_test.df == model.wald_test.df == model.likelihood_ratio_test.df == 1


@pytest.mark.parametrize(
    ("ties", "martingale", "score"),
    [
        ("breslow", [5 / 6, -1 / 6, 1 / 3, 1 / 3, -2 / 3, -2 / 3], [5 / 12, -1 / 12, 7 / 24, -1 / 24, 5 / 24, 5 / 24]),
        (
            "efron",
            [5 / 6, -1 / 6, 5 / 12, 5 / 12, -3 / 4, -3 / 4],
            [5 / 12, -1 / 12, 55 / 144, -5 / 144, 29 / 144, 29 / 144],
        ),
    ],
)
def test_residuals_at_zero(ties, martingale, score):
    """Hazards 1/6 at 1; 2/4, or by Efron 1/4 + 1/3 of which those with the event have 1/4 + 1/6, at 6; 1 at 9."""
    fitted = six_patients(ties).fitted
    order = fitted.patients.order.order
    assert martingale_residuals(fitted.patients, np.zeros(1)).tolist() == approx([martingale[row] for row in order])
    scaled = score_residuals(fitted.patients, np.zeros(1))[0] * fitted.scales[0]
    assert scaled.tolist() == approx([score[row] for row in order])


def test_schoenfeld_residuals():
    """Of the events at 1, 6, 6 and 9: x less r/(r + 1); less the mean of r/(r + 3) and r/(r + 5), twice; less 0."""
    model = six_patients("efron")
    r = model.hazard_ratios[0].value
    tied = (r / (r + 3) + r / (r + 5)) / 2
    expected = [1 - r / (r + 1), 1 - tied, -tied, 0]
    assert cox_residuals(model, kind="schoenfeld")[:, 0].tolist() == approx(expected)


def test_residuals_add_up():
    """Martingale and score residuals to zero, at the maximum."""
    for ties in ("breslow", "efron"):
        model = six_patients(ties)
        assert cox_residuals(model, kind="martingale").sum() == approx(0)
        assert cox_residuals(model, kind="score").sum() == approx(0)


def test_robust_standard_error_of_six_patients():
    """Each patient a cluster: the squares of the score residuals, between two inverses of the information."""
    model, robust = six_patients("breslow"), cox_regression(TIME, EVENT, {"x": X}, ties="breslow", cluster=range(6))
    scores = cox_residuals(model, kind="score")[:, 0]
    assert robust.coefficients[0] == approx(model.coefficients[0])
    assert robust.std_errors[0] == approx(model.std_errors[0] ** 2 * sqrt((scores**2).sum()))
    assert robust.method.endswith("Efron ties, robust standard errors".replace("Efron", "Breslow"))


# ---- two covariates, late entry, strata


def test_two_covariates_of_two_strata_are_two_models():
    """A covariate that is zero outside its stratum: each stratum has its own maximum, 1/sqrt(2) and sqrt(2)."""
    time, event = [1, 2, 3] * 2, [1, 1, 1] * 2
    covariates = {"first": [1, 0, 1, 0, 0, 0], "second": [0, 0, 0, 0, 1, 0]}
    model = cox_regression(time, event, covariates, strata=[0, 0, 0, 1, 1, 1])
    assert [ratio.value for ratio in model.hazard_ratios] == approx([1 / sqrt(2), sqrt(2)])
    assert model.covariance[0, 1] == approx(0)


def test_late_entry():
    """Of the arm, (0, 2] with the event and (3, 5] without; of the reference, (0, 4] with the event and (1, 6] without.
    At 2 the second of the arm is not there yet: r/(r + 2); at 4 it is: 2/(r + 2). Slope 1 - 2r/(r + 2), zero at 2."""
    columns = {"entry": [0, 3, 0, 1], "arm": "new", "reference": "old"}
    ratio = hazard_ratio([2, 5, 4, 6], [1, 0, 1, 0], [1, 1, 0, 0], **columns)
    assert ratio.value == approx(2)
    model = cox_regression([2, 5, 4, 6], [1, 0, 1, 0], {"x": [1, 1, 0, 0]}, entry=[0, 3, 0, 1])
    assert model.hazard_ratios[0].value == approx(2)
    assert cox_residuals(model, kind="martingale").tolist() == approx([1 / 2, -1 / 2, 1 - 1 / 2, -1 / 2])


# ---- exact ties


def test_exact_ties_count_combinations():
    """Two of four at once, one of either arm: of the six pairs r² + 4r + 1 the four mixed ones; slope zero at r = 1."""
    ratio = hazard_ratio([1, 1, 2, 2], [1, 1, 0, 0], [1, 0, 1, 0], ties="exact", **ARMS)
    assert ratio.value == approx(1)
    assert ratio.std_error == approx(sqrt(3))


def test_exact_ties_of_unlike_arms():
    """Two of the arm's three and one of the reference's two at once; of the ten triples one has three of the arm, six
    have two and three have one: 2 = (3r³ + 12r² + 3r) / (r³ + 6r² + 3r) at r = sqrt(3)."""
    ratio = hazard_ratio([1, 1, 2, 1, 2], [1, 1, 0, 1, 0], [1, 1, 1, 0, 0], ties="exact", **ARMS)
    assert ratio.value == approx(sqrt(3))


# ---- intervals


def test_profile_and_score_limits_of_two_events():
    """Two strata of one patient an arm, in one the arm's has the event, in the other the reference's: the likelihood
    is r / (1 + r)², the likelihood ratio statistic -2 log(4r / (1 + r)²), the score statistic (1 - r)² / (2r)."""
    columns = [1, 2, 1, 2], [1, 0, 1, 0], [1, 0, 0, 1]
    strata = ["a", "a", "b", "b"]
    profile = hazard_ratio(*columns, strata=strata, interval="profile", **ARMS)
    score = hazard_ratio(*columns, strata=strata, interval="score", **ARMS)
    assert profile.value == approx(1)
    k = 2 * exp(HALF_CHI_SQUARE) - 1  # (1 + r)² / (4r) = exp(z²/2), so r + 1/r = 4 exp(z²/2) - 2
    assert (profile.low, profile.high) == approx((k - sqrt(k**2 - 1), k + sqrt(k**2 - 1)), rel=1e-10)
    k = 1 + Z95**2  # (1 - r)² = 2 z² r, so r + 1/r = 2 + 2 z²
    assert (score.low, score.high) == approx((k - sqrt(k**2 - 1), k + sqrt(k**2 - 1)), rel=1e-10)


@pytest.mark.parametrize(("in_arm", "side"), [([1, 0], "low"), ([0, 1], "high")])
def test_one_event_of_one_arm_has_one_limit(in_arm, side):
    """Likelihood r/(r + 1) against its limit 1: -2 log(r/(r + 1)) = z² at r = 1/(exp(z²/2) - 1); the other way, 1/r."""
    ratio = hazard_ratio([1, 2], [1, 0], in_arm, **ARMS)
    bound = 1 / (exp(HALF_CHI_SQUARE) - 1)
    expected = {"low": bound, "high": 1 / bound}[side]
    assert getattr(ratio, side) == approx(expected, rel=1e-10)
    assert isnan(ratio.value)
    assert isnan(ratio.high if side == "low" else ratio.low)
    assert f"{'lower' if side == 'low' else 'upper'} limit of the profile-likelihood 95 % interval" in ratio.method


def test_score_limit_of_one_event():
    """Slope 1/(r + 1), information r/(r + 1)²: the statistic is 1/r, which is z² at r = 1/z²."""
    ratio = hazard_ratio([1, 2], [1, 0], [1, 0], interval="score", **ARMS)
    assert ratio.low == approx(1 / Z95**2, rel=1e-10)


def test_tests_without_a_maximum():
    """One event of the arm among one and one: slope 1/2, information 1/4, likelihood 1/2 against 1."""
    columns = [1, 2], [1, 0], [1, 0]
    assert hazard_ratio_test(*columns, kind="score", **ARMS).statistic == approx(1)
    assert hazard_ratio_test(*columns, kind="likelihood-ratio", **ARMS).statistic == approx(2 * log(2))
    wald = hazard_ratio_test(*columns, kind="wald", **ARMS)
    assert isnan(wald.statistic)
    assert wald.method.endswith("not estimable, no event in arm 'old' while patients of both arms were at risk")


# ---- coefficients that do not exist


def test_likelihood_that_grows_without_end_in_one_covariate():
    """Whoever has y = 1 never has the event; among the others x = 1 has it first of three: the model without them."""
    time, event = [1, 2, 3, 5, 5], [1, 1, 1, 0, 0]
    model = cox_regression(time, event, {"x": [1, 0, 1, 0, 0], "y": [0, 0, 0, 1, 1]})
    assert isnan(model.coefficients[1])
    reason = "not estimable, the partial likelihood grows without end in this covariate"
    assert model.hazard_ratios[1].method.endswith(reason)
    r = 1 / sqrt(2)
    assert model.hazard_ratios[0].value == approx(r, rel=1e-9)
    assert model.log_likelihood == approx(log(r / ((2 * r + 1) * (r + 1))), rel=1e-9)
    assert isnan(model.wald_test.statistic)


@pytest.mark.parametrize("redundant", [[0, 0, 0], [7, 7, 7], [2, 0, 2], [3, 1, 3]])
def test_redundant_covariate(redundant):
    """One that never varies, or is the first one in other units."""
    model = cox_regression([1, 2, 3], [1, 1, 1], {"x": [1, 0, 1], "again": redundant})
    assert model.hazard_ratios[0].value == approx(1 / sqrt(2))
    assert isnan(model.coefficients[1])
    assert "does not vary, or the covariates before it determine it" in model.hazard_ratios[1].method
    assert model.likelihood_ratio_test.df == 1


def test_no_event():
    model = cox_regression([1, 2], [0, 0], {"x": [1, 0]})
    assert isnan(model.coefficients[0])
    assert model.hazard_ratios[0].method.endswith("not estimable, there is no event")
    assert isnan(model.score_test.statistic)
    assert isnan(proportional_hazards_test(model).global_test.statistic)


# ---- parts of a trial


def test_piecewise_hazard_ratios():
    """The first three events at 1, 2, 3 as before (1/sqrt(2)), and once more after 10, with the arms exchanged."""
    time, event, in_arm = [1, 2, 11, 12, 13], [1, 1, 1, 1, 1], [1, 0, 0, 1, 0]
    analysis = piecewise_hazard_ratios(time, event, in_arm, cuts=[10], **ARMS)
    early, late = analysis.hazard_ratios
    assert analysis.labels == ("0 to 10", "after 10")
    assert late.value == approx(sqrt(2))
    # At 1 the arm has 2r of 2r + 3, at 2 r of r + 3: of two events one was expected there.
    r = early.value
    assert 2 * r / (2 * r + 3) + r / (r + 3) == approx(1)
    assert (early.n, early.events, late.n, late.events) == (5, 2, 3, 3)
    assert analysis.interaction_test.df == 1


def test_event_at_a_cut_belongs_to_the_period_before():
    analysis = piecewise_hazard_ratios([1, 2, 3], [1, 1, 1], [1, 0, 1], cuts=[2], **ARMS)
    assert [ratio.events for ratio in analysis.hazard_ratios] == [2, 1]
    assert isnan(analysis.hazard_ratios[1].value)
    assert isnan(analysis.interaction_test.statistic)


def test_subgroups():
    """Each with the three patients of 1/sqrt(2), the second with the arms exchanged."""
    time, event = [1, 2, 3] * 2, [1] * 6
    analysis = subgroup_hazard_ratios(time, event, [1, 0, 1, 0, 1, 0], ["a"] * 3 + ["b"] * 3, **ARMS)
    assert analysis.labels == ("a", "b")
    assert [ratio.value for ratio in analysis.hazard_ratios] == approx([1 / sqrt(2), sqrt(2)])
    assert analysis.hazard_ratios[0].method == "Subgroup a: Cox model, Efron ties, Wald 95 % interval"


def test_subgroup_without_an_arm():
    analysis = subgroup_hazard_ratios([1, 2, 3, 4], [1, 1, 1, 1], [1, 0, 1, 1], ["a", "a", "a", "b"], **ARMS)
    assert isnan(analysis.hazard_ratios[1].value)
    assert analysis.hazard_ratios[1].method == "Subgroup b: not estimable, it has no patients of arm 'old'"
