"""Cox models worked out on paper, on a few patients.

r stands for the hazard ratio, exp(coefficient). Cases: ties by all three rules; entry at the time of an event; limits
by likelihood and by score; a likelihood without a maximum, upwards and downwards; covariates that tell nothing; no
event; periods and subgroups.
"""

from dataclasses import replace
from math import acos, acosh, cos, erfc, exp, isnan, log, sqrt

import numpy as np
import pytest
from expectations import approx_within

from smmlib import (
    cox_regression,
    cox_residuals,
    hazard_ratio,
    hazard_ratio_test,
    logrank_test,
    piecewise_hazard_ratios,
    proportional_hazards_test,
    subgroup_hazard_ratios,
)

pytestmark = pytest.mark.by_hand

Z95 = 1.959963984540054
NAMES = {"arm": "new", "reference": "old"}

# Therneau's six patients: two leave at 1, one with the event; two have it at 6; one is censored at 8; one has it at 9.
TIME = [1, 1, 6, 6, 8, 9]
EVENT = [1, 0, 1, 1, 0, 1]
X = [1, 1, 1, 0, 0, 0]
# The slope 2 - r/(r + 1) - 2r/(r + 3) is zero here,
R_BRESLOW = (3 + sqrt(33)) / 2
# and here the slope 2 - r/(r + 1) - r/(r + 3) - r/(r + 5), where r^3 = 23 r + 30.
R_EFRON = 2 * sqrt(23 / 3) * cos(acos(15 / (23 / 3) ** 1.5) / 3)

# Four patients, at risk in (0, 2], (0, 3], (2, 4] and (1, 5]. The third enters as the first has the event, too late to
# be at risk then: r/(r + 2), 1/(r + 2), r/(r + 1). The slope 2 - 2r/(r + 2) - r/(r + 1) is zero where r^2 = 2r + 4.
LATE = {"time": [2, 3, 4, 5], "event": [1, 1, 1, 0], "entry": [0, 0, 2, 1]}
LATE_X = [1, 0, 1, 0]
R_LATE = 1 + sqrt(5)

# Two pairs, each a stratum: the arm's patient has the event first in one, the reference's in the other.
PAIRS = {"time": [1, 2, 2, 1], "event": [1, 0, 0, 1], "in_arm": [1, 0, 1, 0], "strata": ["a", "a", "b", "b"]}
# One event, of the arm, while two of it and three of the reference are at risk.
ONE_EVENT = {"time": [1, 2, 2, 2, 2], "event": [1, 0, 0, 0, 0], "in_arm": [1, 1, 0, 0, 0]}


# The information of `cox_regression` is that before its last step, which is of 1e-9 standard deviations at most.
OF_INFORMATION = 4e-9


approx = approx_within(rel=1e-13, scale=1e-14)


def six_patients(ties):
    return cox_regression(TIME, EVENT, {"x": X}, ties=ties)


def at_zero(model):
    """The same model with all coefficients zero, for its residuals."""
    return replace(model, fitted=replace(model.fitted, coefficients=np.zeros(len(model.names))))


# ---- six patients


def test_breslow_of_six_patients():
    """Likelihood r^2 / (3r + 3) / (r + 3)^2; at zero the slope is 1 and the information 1/4 + 2 * 3/16."""
    model, r = six_patients("breslow"), R_BRESLOW
    assert model.coefficients[0] == approx(log(r))
    assert model.null_log_likelihood == approx(-log(6 * 4 * 4))
    assert model.log_likelihood == approx(log(r**2 / (3 * r + 3) / (r + 3) ** 2))
    assert model.covariance[0, 0] ** -1 == approx(r / (r + 1) ** 2 + 6 * r / (r + 3) ** 2, rel=OF_INFORMATION)
    assert model.score_test.statistic == approx(8 / 5)
    assert model.wald_test.statistic == approx(log(r) ** 2 / model.covariance[0, 0])
    assert model.likelihood_ratio_test.statistic == approx(2 * log(96 * r**2 / (3 * r + 3) / (r + 3) ** 2))


def test_efron_of_six_patients():
    """Likelihood r^2 / (3r + 3) / (r + 3) / ((r + 5)/2); at zero the slope is 13/12 and the information 83/144."""
    model, r = six_patients("efron"), R_EFRON
    likelihood = r**2 / (3 * r + 3) / (r + 3) / ((r + 5) / 2)
    assert model.coefficients[0] == approx(log(r))
    assert model.null_log_likelihood == approx(-log(6 * 4 * 3))
    assert model.log_likelihood == approx(log(likelihood))
    information = r / (r + 1) ** 2 + 3 * r / (r + 3) ** 2 + 5 * r / (r + 5) ** 2
    assert model.covariance[0, 0] ** -1 == approx(information, rel=OF_INFORMATION)
    assert model.score_test.statistic == approx((13 / 12) ** 2 / (83 / 144))
    assert model.likelihood_ratio_test.statistic == approx(2 * log(72 * likelihood))
    assert (model.n, model.events, model.score_test.df) == (6, 4, 1)


def test_three_tests_of_six_patients():
    """With exact ties the score test is the log-rank test: observed 2, expected 1, variance 1/2."""
    statistics = {"breslow": 8 / 5, "efron": 169 / 83, "exact": 2}
    for ties, expected in statistics.items():
        test = hazard_ratio_test(TIME, EVENT, X, kind="score", ties=ties, **NAMES)
        assert test.statistic == approx(expected)
        assert test.p_value == approx(erfc(sqrt(expected / 2)))
        assert (test.df, test.n, test.events) == (1, 6, 4)
    for ties in ("breslow", "efron"):
        model = six_patients(ties)
        for kind, expected in (("wald", model.wald_test), ("likelihood-ratio", model.likelihood_ratio_test)):
            test = hazard_ratio_test(TIME, EVENT, X, kind=kind, ties=ties, **NAMES)
            assert (test.statistic, test.p_value) == approx((expected.statistic, expected.p_value), rel=OF_INFORMATION)


def test_martingale_residuals_of_six_patients():
    """Hazards 1/(3r + 3) at 1; at 6 two of 1/(r + 3) with Breslow's rule; with Efron's 1/(r + 3), then 2/(r + 5), of
    which those with the event bear half; 1 at 9."""
    for ties, r in (("breslow", R_BRESLOW), ("efron", R_EFRON)):
        model = six_patients(ties)
        for fit, ratio in ((at_zero(model), 1.0), (model, r)):
            first, second = 1 / (3 * ratio + 3), 1 / (ratio + 3)
            third, share = (second, 1) if ties == "breslow" else (2 / (ratio + 5), 1 / 2)
            tied, later = first + second + share * third, first + second + third
            hazards = [first * ratio, first * ratio, tied * ratio, tied, later, later + 1]
            assert cox_residuals(fit, kind="martingale") == approx(np.array(EVENT) - hazards, rel=1e-12)
    assert cox_residuals(at_zero(six_patients("efron")), kind="martingale") == approx(
        [5 / 6, -1 / 6, 5 / 12, 5 / 12, -3 / 4, -3 / 4]
    )


def test_score_residuals_of_six_patients_at_zero():
    expected = {
        "efron": [5 / 12, -1 / 12, 55 / 144, -5 / 144, 29 / 144, 29 / 144],
        "breslow": [5 / 12, -1 / 12, 7 / 24, -1 / 24, 5 / 24, 5 / 24],
    }
    for ties, residuals in expected.items():
        assert cox_residuals(at_zero(six_patients(ties)), kind="score")[:, 0] == approx(residuals)


def test_score_residuals_of_six_patients_at_the_maximum():
    """(x - mean) times (event - hazard), time by time; the mean is r/(r + 1), then r/(r + 3), and with Efron's rule
    r/(r + 5) for the second of the tied events, of which each is half; 0 at 9."""
    for ties, r in (("breslow", R_BRESLOW), ("efron", R_EFRON)):
        a, b = r / (r + 1), r / (r + 3)
        first, second = 1 / (3 * r + 3), 1 / (r + 3)
        c, third, share = (b, second, 1) if ties == "breslow" else (r / (r + 5), 2 / (r + 5), 1 / 2)
        with_x = -(1 - a) * first * r
        without = a * first
        expected = [
            (1 - a) + with_x,
            with_x,
            with_x + (1 - b) * (1 / 2 - second * r) + (1 - c) * (1 / 2 - share * third * r),
            without - b * (1 / 2 - second) - c * (1 / 2 - share * third),
            without + b * second + c * third,
            without + b * second + c * third,
        ]
        assert cox_residuals(six_patients(ties), kind="score")[:, 0] == approx(expected, rel=1e-12)
        assert sum(expected) == approx(0)


def test_schoenfeld_residuals_of_six_patients():
    """At zero the means are 1/2, then 1/4 and with Efron's rule 1/6 after it, on average 5/24; nobody differs at 9."""
    for ties, mean in (("breslow", 1 / 4), ("efron", 5 / 24)):
        residuals = cox_residuals(at_zero(six_patients(ties)), kind="schoenfeld")
        assert residuals.shape == (4, 1)
        assert residuals[:, 0] == approx([1 / 2, 1 - mean, -mean, 0])
    r = R_EFRON
    mean = (r / (r + 3) + r / (r + 5)) / 2
    residuals = cox_residuals(six_patients("efron"), kind="schoenfeld")[:, 0]
    assert residuals == approx([1 / (r + 1), 1 - mean, -mean, 0], rel=1e-12)


def test_residuals_come_in_the_order_of_the_patients():
    turned = [3, 0, 5, 2, 4, 1]
    model = cox_regression(*([column[i] for i in turned] for column in (TIME, EVENT)), {"x": [X[i] for i in turned]})
    for kind in ("martingale", "score"):
        assert cox_residuals(model, kind=kind) == approx(cox_residuals(six_patients("efron"), kind=kind)[turned])
    with_event = [i for i in turned if EVENT[i]]
    before = cox_residuals(six_patients("efron"), kind="schoenfeld")
    places = [[0, 2, 3, 5].index(i) for i in with_event]
    assert cox_residuals(model, kind="schoenfeld") == approx(before[places])


def test_residuals_add_up():
    """Martingale and score residuals to zero, at the maximum."""
    for ties in ("breslow", "efron"):
        model = six_patients(ties)
        assert cox_residuals(model, kind="martingale").sum() == approx(0)
        assert cox_residuals(model, kind="score").sum() == approx(0)


# ---- late entry


def test_late_entry():
    model, r = cox_regression(LATE["time"], LATE["event"], {"x": LATE_X}, entry=LATE["entry"]), R_LATE
    information = 4 * r / (r + 2) ** 2 + r / (r + 1) ** 2
    assert model.coefficients[0] == approx(log(r))
    assert model.covariance[0, 0] ** -1 == approx(information, rel=OF_INFORMATION)
    assert model.null_log_likelihood == approx(-log(3 * 3 * 2))
    assert model.log_likelihood == approx(log(r**2 / (r + 2) ** 2 / (r + 1)))
    for ties in ("efron", "breslow", "exact"):
        ratio = hazard_ratio(**LATE, in_arm=LATE_X, ties=ties, **NAMES)
        assert (ratio.value, ratio.std_error**-2) == approx((r, information))
    assert ratio.method == "Cox model, Exact ties, late entry, Wald 95 % interval"


def test_residuals_with_late_entry():
    """Hazards 1/(r + 2) at 2 and at 3, 1/(r + 1) at 4; the third patient is not exposed to the first of them."""
    model, r = cox_regression(LATE["time"], LATE["event"], {"x": LATE_X}, entry=LATE["entry"]), R_LATE
    early, last = 1 / (r + 2), 1 / (r + 1)
    hazards = [r * early, 2 * early, r * (early + last), 2 * early + last]
    assert cox_residuals(model, kind="martingale") == approx(np.array(LATE["event"]) - hazards)
    means = [r * early, r * early, r * last]
    assert cox_residuals(model, kind="schoenfeld")[:, 0] == approx([1 - means[0], -means[1], 1 - means[2]])
    a, c = means[0], means[2]
    expected = [
        (1 - a) * (1 - a),
        a * early - a * (1 - early),
        -(1 - a) * a + (1 - c) * (1 - c),
        2 * a * early + c * last,
    ]
    assert cox_residuals(model, kind="score")[:, 0] == approx(expected)


def test_logrank_with_late_entry():
    """Expected 1/3 + 1/3 + 1/2 of 2, variance 2/9 + 2/9 + 1/4: chi-square 1."""
    test = logrank_test(**LATE, in_arm=LATE_X, **NAMES)
    assert test.statistic == approx(1)
    assert hazard_ratio_test(**LATE, in_arm=LATE_X, kind="score", ties="exact", **NAMES).statistic == approx(1)


# ---- proportional hazards


def test_proportional_hazards_of_four_patients():
    """Shares p of the arm at 2, 3, 4 and their variances v: U = sum g (x - p), V = sum g^2 v - (sum g v)^2 / sum v.

    Kaplan-Meier with late entry is 2/3, 4/9, 2/9; before the events it is 1, 2/3, 4/9."""
    model, r = cox_regression(LATE["time"], LATE["event"], {"x": LATE_X}, entry=LATE["entry"]), R_LATE
    share = np.array([r / (r + 2), r / (r + 2), r / (r + 1)])
    spread, surprise = share * (1 - share), np.array([1, 0, 1]) - share
    of_time = {"identity": [2, 3, 4], "rank": [1, 2, 3], "log": np.log([2, 3, 4]), "km": [0, 1 / 3, 5 / 9]}
    for transform, values in of_time.items():
        g = np.array(values) - np.mean(values)
        variance = g**2 @ spread - (g @ spread) ** 2 / spread.sum()
        test = proportional_hazards_test(model, transform=transform)
        expected = (g @ surprise) ** 2 / variance
        assert test.statistic[0] == approx(expected, rel=1e-12)
        assert test.p_value[0] == approx(erfc(sqrt(expected / 2)), rel=1e-12)
        assert (test.global_test.statistic, test.global_test.df) == (approx(expected, rel=1e-12), 1)


# ---- exact ties


def test_exact_ties():
    """Two events at once, one an arm, of 2 and 3 at risk. Of the ways to choose two, 3 hold none of the arm, 6 one and
    1 both: r / (3 + 6r + r^2) is largest at r = sqrt(3), where the number in the arm has variance 6 / (6 + 6r)."""
    data = {"time": [1, 2, 1, 2, 2], "event": [1, 0, 1, 0, 0], "in_arm": [1, 1, 0, 0, 0]}
    ratio = hazard_ratio(**data, ties="exact", **NAMES)
    assert ratio.value == approx(sqrt(3))
    assert ratio.std_error == approx(sqrt(1 + sqrt(3)))
    at_zero_and_maximum = 1 / 10, sqrt(3) / (6 + 6 * sqrt(3))
    test = hazard_ratio_test(**data, kind="likelihood-ratio", ties="exact", **NAMES)
    assert test.statistic == approx(2 * log(at_zero_and_maximum[1] / at_zero_and_maximum[0]))


def test_exact_ties_of_unlike_arms():
    """Two of the arm's three and one of the reference's two at once; of the ten triples one has three of the arm, six
    have two and three have one: 2 = (3r³ + 12r² + 3r) / (r³ + 6r² + 3r) at r = sqrt(3)."""
    ratio = hazard_ratio([1, 1, 2, 1, 2], [1, 1, 0, 1, 0], [1, 1, 1, 0, 0], ties="exact", **NAMES)
    assert ratio.value == approx(sqrt(3))


# ---- limits


@pytest.mark.parametrize("ties", ["efron", "breslow", "exact"])
def test_limits_of_two_pairs(ties):
    """Likelihood r / (1 + r)^2. It has fallen enough where cosh(b/2)^2 = exp(z^2/2); the score statistic
    (1 - 2p)^2 / (2 p (1 - p)) is z^2 where p (1 - p) = 1 / (4 + 2 z^2); the standard error is sqrt(2)."""
    for level, z in ((0.95, Z95), (0.9, 1.6448536269514722)):
        margin = {"wald": z * sqrt(2), "profile": 2 * acosh(exp(z**2 / 4))}
        p = (1 + sqrt(1 - 4 / (4 + 2 * z**2))) / 2
        margin["score"] = log(p / (1 - p))
        for interval, expected in margin.items():
            ratio = hazard_ratio(**PAIRS, ties=ties, interval=interval, conf_level=level, **NAMES)
            assert ratio.value == approx(1)
            assert (log(ratio.low), log(ratio.high)) == approx((-expected, expected), rel=1e-12)
            assert ratio.conf_level == level


def test_robust_variance_of_two_pairs():
    """Score residuals 1/4, 1/4, -1/4, -1/4 and information 1/2: variance (4/16) / (1/4) of single patients, and
    (2/4) / (1/4) of pairs, in which they add up."""
    columns = PAIRS["time"], PAIRS["event"], {"x": PAIRS["in_arm"]}
    assert cox_regression(*columns, strata=PAIRS["strata"]).std_errors[0] == approx(sqrt(2))
    for cluster, variance in ((["p", "q", "r", "s"], 1), (PAIRS["strata"], 2)):
        model = cox_regression(*columns, strata=PAIRS["strata"], cluster=cluster)
        assert model.covariance[0, 0] == approx(variance)
        assert model.hazard_ratios[0].high == approx(exp(Z95 * sqrt(variance)))
        assert model.method.endswith(", robust standard errors")


# ---- no maximum


def numbers_of(estimate):
    return estimate.value, estimate.low, estimate.high, estimate.std_error


def test_one_event_in_the_arm():
    """The likelihood is half the arm's share p = 2r/(2r + 3), which rises to 1. Twice its logarithm has fallen by z^2
    at p = exp(-z^2/2); the score statistic (1 - p)/p is z^2 at p/(1 - p) = 1/z^2."""
    p = exp(-(Z95**2) / 2)
    limits = {"profile": 1.5 * p / (1 - p), "score": 1.5 / Z95**2}
    for ties in ("efron", "breslow", "exact"):
        for interval, low in limits.items():
            ratio = hazard_ratio(**ONE_EVENT, ties=ties, interval=interval, **NAMES)
            assert numbers_of(ratio) == approx((float("nan"), low, float("nan"), float("nan")), rel=1e-12)
            assert "no event in arm 'old' while patients of both arms were at risk" in ratio.method
            name = {"profile": "profile-likelihood", "score": "score"}[interval]
            assert ratio.method.endswith(f"; lower limit of the {name} 95 % interval")
    wald = hazard_ratio(**ONE_EVENT, **NAMES)
    assert numbers_of(wald) == approx((float("nan"), limits["profile"], float("nan"), float("nan")), rel=1e-12)


def test_one_event_in_the_reference():
    """The same turned round: an upper limit, (3/2) (1 - p)/p by likelihood and (3/2) z^2 by score."""
    p = exp(-(Z95**2) / 2)
    data = ONE_EVENT | {"event": [0, 0, 1, 0, 0], "time": [2, 2, 1, 2, 2]}
    for interval, high in {"profile": 1.5 * (1 - p) / p, "score": 1.5 * Z95**2}.items():
        ratio = hazard_ratio(**data, interval=interval, **NAMES)
        assert numbers_of(ratio) == approx((float("nan"), float("nan"), high, float("nan")), rel=1e-12)
        assert "no event in arm 'new' while patients of both arms were at risk" in ratio.method
        assert "; upper limit of the " in ratio.method


def test_tests_of_one_event_in_the_arm():
    """At r = 1 the share is 2/5, so that the score statistic is (3/5)^2 / (6/25) and the other 2 log(5/2)."""
    score = hazard_ratio_test(**ONE_EVENT, kind="score", **NAMES)
    ratio = hazard_ratio_test(**ONE_EVENT, kind="likelihood-ratio", **NAMES)
    wald = hazard_ratio_test(**ONE_EVENT, kind="wald", **NAMES)
    assert (score.statistic, ratio.statistic) == approx((3 / 2, 2 * log(5 / 2)))
    assert isnan(wald.statistic)
    assert isnan(wald.p_value)
    assert wald.method.endswith(": not estimable, no event in arm 'old' while patients of both arms were at risk")


def test_model_of_one_event():
    """As a covariate among others: its likelihood-ratio and score tests, but no coefficient, limits or Wald test."""
    model = cox_regression(ONE_EVENT["time"], ONE_EVENT["event"], {"x": ONE_EVENT["in_arm"]})
    assert numbers_of(model.hazard_ratios[0]) == approx((float("nan"),) * 4)
    assert model.hazard_ratios[0].method == (
        "Hazard ratio of x, Cox model of x, Efron ties: not estimable, "
        "the partial likelihood grows without end in this covariate"
    )
    assert model.log_likelihood == approx(-log(2), rel=1e-11)
    assert model.score_test.statistic == approx(3 / 2)
    assert model.likelihood_ratio_test.statistic == pytest.approx(2 * log(5 / 2), rel=1e-11)
    assert isnan(model.wald_test.statistic)


def test_growth_without_end_leaves_the_other_covariate_alone():
    """One stratum tells of x alone, the other of y alone: y has the four patients' coefficient and information."""
    time, event = [1, 2, 2, *LATE["time"]], [1, 0, 0, *LATE["event"]]
    columns = {"x": [1, 0, 0] + [0] * 4, "y": [0] * 3 + LATE_X}
    strata, entry = ["a"] * 3 + ["b"] * 4, [0] * 3 + LATE["entry"]
    model = cox_regression(time, event, columns, strata=strata, entry=entry)
    r = R_LATE
    assert isnan(model.coefficients[0])
    assert model.coefficients[1] == approx(log(r), rel=1e-11)
    assert model.std_errors[1] ** -2 == approx(4 * r / (r + 2) ** 2 + r / (r + 1) ** 2, rel=1e-11)
    assert model.covariance[0].tolist() == approx([float("nan")] * 2)
    assert model.score_test.df == 2


def test_growth_without_end_within_a_stratum():
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


def test_two_covariates_that_do_not_meet():
    """Strata that tell of one covariate each: both closed forms at once, no covariance, tests that add up."""
    time, event, strata = TIME + LATE["time"], EVENT + LATE["event"], ["a"] * 6 + ["b"] * 4
    columns = {"x": X + [7] * 4, "y": [3] * 6 + LATE_X}
    model = cox_regression(time, event, columns, strata=strata, entry=[0] * 6 + LATE["entry"])
    assert model.coefficients == approx([log(R_EFRON), log(R_LATE)], rel=1e-12)
    assert model.covariance[0, 1] == approx(0)
    assert model.score_test.statistic == approx(169 / 83 + 1, rel=1e-12)
    assert model.score_test.df == 2
    assert model.null_log_likelihood == approx(-log(72 * 18))


# ---- covariates that tell nothing


def test_redundant_covariates_are_named():
    """A constant, and twice the first plus one: the first keeps its coefficient, and the tests their one degree."""
    model = cox_regression(TIME, EVENT, {"one": [4.2] * 6, "x": X, "again": [2 * x + 1 for x in X]})
    assert model.coefficients.tolist() == approx([float("nan"), log(R_EFRON), float("nan")])
    for index in (0, 2):
        assert model.hazard_ratios[index].method.endswith(
            ": not estimable, "
            "among patients at risk together it does not vary, or the covariates before it determine it"
        )
    assert (model.score_test.df, model.score_test.statistic) == (1, approx(169 / 83, rel=1e-12))
    assert model.wald_test.statistic == approx(six_patients("efron").wald_test.statistic, rel=1e-12)


def test_no_event():
    model = cox_regression([1, 2, 3], [0, 0, 0], {"x": [1, 0, 1], "y": [1, 2, 3]})
    assert np.isnan(model.coefficients).all()
    assert (model.log_likelihood, model.null_log_likelihood) == (0, 0)
    for test in (model.wald_test, model.score_test, model.likelihood_ratio_test):
        assert isnan(test.statistic)
        assert test.method.endswith(": not estimable, there is no event")
    assert cox_residuals(model, kind="martingale").tolist() == [0, 0, 0]
    assert cox_residuals(model, kind="schoenfeld").shape == (0, 2)


# ---- parts of a trial

# The arm has the event at 1 and 5, the reference at 2 and 4, one of each is censored at 9. Up to 3: r/(r + 1) of
# 3 and 3, 3/(2r + 3) of 2 and 3; later 1/(r + 1) of 2 and 2, 2r/(2r + 1) of 2 and 1.
COURSE = {"time": [1, 5, 9, 2, 4, 9], "event": [1, 1, 0, 1, 1, 0], "in_arm": [1, 1, 1, 0, 0, 0]}


def log_likelihood_early(r):
    return log(r / (3 * r + 3) / (2 * r + 3))


def log_likelihood_later(r):
    return log(r / (2 * r + 2) / (2 * r + 1))


@pytest.mark.parametrize("cut", [2, 3, 3.9])
def test_two_periods(cut):
    """The slopes are zero where 2 r^2 = 3 and where 2 r^2 = 1; of both together where 4r^3 + 4r^2 - 4r = 3."""
    analysis = piecewise_hazard_ratios(**COURSE, cuts=[cut], **NAMES)
    early, later = analysis.hazard_ratios
    assert (early.value, later.value) == approx((sqrt(3 / 2), sqrt(1 / 2)))
    r = early.value
    assert early.std_error**-2 == approx(r / (r + 1) ** 2 + 6 * r / (2 * r + 3) ** 2)
    assert [(part.n, part.events) for part in (early, later)] == [(6, 2), (4, 2)]
    assert analysis.labels == (f"0 to {cut}", f"after {cut}")
    together = max(np.roots([4, 4, -4, -3]).real)
    gain = log_likelihood_early(sqrt(3 / 2)) + log_likelihood_later(sqrt(1 / 2))
    gain -= log_likelihood_early(together) + log_likelihood_later(together)
    assert analysis.interaction_test.statistic == approx(2 * gain, rel=1e-11)
    assert (analysis.interaction_test.df, analysis.interaction_test.n, analysis.interaction_test.events) == (1, 6, 4)


def test_periods_count_those_at_risk_in_them():
    """Who enters at the cut, or after it, is not at risk before it."""
    time, event, in_arm, entry = [1, 2, 4, 5, 6, 7], [1, 1, 1, 1, 0, 0], [1, 0, 1, 0, 1, 0], [0, 0, 1, 2, 3, 5]
    analysis = piecewise_hazard_ratios(time, event, in_arm, entry=entry, cuts=[2, 4], **NAMES)
    assert [(part.n, part.events) for part in analysis.hazard_ratios] == [(3, 2), (3, 1), (3, 1)]


def test_period_without_a_comparison():
    """After 5 nobody of the reference is left: that period has no hazard ratio, and no degree of freedom."""
    analysis = piecewise_hazard_ratios([1, 2, 4, 6, 7], [1, 1, 1, 1, 1], [1, 0, 0, 1, 1], cuts=[5], **NAMES)
    assert isnan(analysis.hazard_ratios[1].value)
    assert analysis.hazard_ratios[1].method == (
        "Cox model, Efron ties, period after 5: not estimable, "
        "no event was seen while patients of both arms were at risk"
    )
    assert isnan(analysis.interaction_test.statistic)
    assert analysis.interaction_test.method.endswith(
        ": not estimable, events of both arms are compared in one part at most"
    )


def test_subgroups_that_mirror_each_other():
    """The early part of the course, and the same with the arms exchanged: sqrt(3/2) and its inverse, together 1 by
    symmetry. With a stratum for each subgroup the test is twice the gain over r = 1, twice over."""
    time, event, in_arm = [1, 3, 3, 2, 3, 3], [1, 0, 0, 1, 0, 0], [1, 1, 1, 0, 0, 0]
    groups = ["women"] * 6 + ["men"] * 6
    analysis = subgroup_hazard_ratios(
        time * 2, event * 2, in_arm + [1 - x for x in in_arm], groups, strata=groups, **NAMES
    )
    assert analysis.labels == ("men", "women")
    assert [part.value for part in analysis.hazard_ratios] == approx([sqrt(2 / 3), sqrt(3 / 2)])
    assert [(part.n, part.events) for part in analysis.hazard_ratios] == [(6, 2), (6, 2)]
    gain = log_likelihood_early(sqrt(3 / 2)) - log_likelihood_early(1)
    assert analysis.interaction_test.statistic == approx(4 * gain, rel=1e-11)
    assert (analysis.interaction_test.df, analysis.interaction_test.arm) == (1, "new")


def test_subgroups():
    """Each with the three patients of 1/sqrt(2), the second with the arms exchanged."""
    time, event = [1, 2, 3] * 2, [1] * 6
    analysis = subgroup_hazard_ratios(time, event, [1, 0, 1, 0, 1, 0], ["a"] * 3 + ["b"] * 3, **NAMES)
    assert analysis.labels == ("a", "b")
    assert [ratio.value for ratio in analysis.hazard_ratios] == approx([1 / sqrt(2), sqrt(2)])
    assert analysis.hazard_ratios[0].method == "Subgroup a: Cox model, Efron ties, Wald 95 % interval"


def test_a_subgroup_without_events_is_no_part_of_the_interaction():
    """A third subgroup in which nothing happens changes nothing; beside one other alone there is nothing to test."""
    time, event, in_arm = [1, 2, 3] * 2, [1] * 6, [1, 0, 1, 0, 1, 0]
    groups, quiet = ["a"] * 3 + ["b"] * 3, {"time": [2, 3, 3], "event": [0] * 3, "in_arm": [1, 0, 1]}
    two = subgroup_hazard_ratios(time, event, in_arm, groups, **NAMES).interaction_test
    columns = {name: given + quiet[name] for name, given in (("time", time), ("event", event), ("in_arm", in_arm))}
    three = subgroup_hazard_ratios(**columns, subgroup=[*groups, *"ccc"], **NAMES).interaction_test
    assert (three.statistic, three.df) == (approx(two.statistic, rel=1e-10), 1)
    assert (three.n, three.events) == (9, 6)
    columns = {name: given[:3] + quiet[name] for name, given in (("time", time), ("event", event), ("in_arm", in_arm))}
    one = subgroup_hazard_ratios(**columns, subgroup=[*"aaaccc"], **NAMES).interaction_test
    assert isnan(one.p_value)
    assert one.method.endswith(": not estimable, events are in one subgroup at most")


def test_no_interaction_is_tested_where_no_subgroup_has_a_hazard_ratio():
    """In a the arm alone has events, in b the reference alone: both ratios are without bound."""
    test = subgroup_hazard_ratios(
        [1, 2, 3, 3] * 2, [1, 1, 0, 0] * 2, [1, 1, 0, 0, 0, 0, 1, 1], [*"aaaabbbb"], **NAMES
    ).interaction_test
    assert isnan(test.p_value)
    assert test.method.endswith(": not estimable, no subgroup has a hazard ratio that is estimable")


def test_subgroup_of_one_arm():
    analysis = subgroup_hazard_ratios(
        COURSE["time"] + [1, 2], COURSE["event"] + [1, 1], COURSE["in_arm"] + [1, 1], ["a"] * 6 + ["b"] * 2, **NAMES
    )
    assert isnan(analysis.hazard_ratios[1].value)
    assert analysis.hazard_ratios[1].method == "Subgroup b: not estimable, it has no patients of arm 'old'"
    assert (analysis.hazard_ratios[1].n, analysis.hazard_ratios[1].events) == (2, 2)
    assert isnan(analysis.interaction_test.statistic)
