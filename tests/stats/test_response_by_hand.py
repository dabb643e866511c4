"""Response worked out on paper, on tables whose equations have closed forms.

Cases: nobody and everybody, in one arm and in both; one patient an arm; half of the patients; tables whose cells are
small enough to count; strata of a few patients; strata that hold one arm alone.
"""

from fractions import Fraction
from math import asin, erfc, exp, isnan, log, pi, sqrt

import pytest
from expectations import approx_within
from response_tables import patients_of

from smmlib import (
    cochran_mantel_haenszel_test,
    fisher_test,
    odds_ratio,
    odds_ratio_interaction_test,
    rate_difference,
    rate_ratio,
    response_rate,
    stratified_odds_ratio,
    stratified_rate_difference,
    stratified_rate_ratio,
)

pytestmark = pytest.mark.by_hand

Z95 = 1.959963984540054
ARMS = {"arm": "new", "reference": "old"}


approx = approx_within(rel=1e-13, scale=1e-15)


def limits(estimate):
    return estimate.low, estimate.high


# ---- one proportion


@pytest.mark.parametrize("patients", [1, 7, 57])
def test_exact_interval_of_none_and_all(patients):
    """Nobody of n: p with (1 - p)^n = 0.025."""
    high = 1 - 0.025 ** (1 / patients)
    none, everybody = response_rate(0, patients), response_rate(patients, patients)
    assert (none.value, none.low, none.high) == approx((0, 0, high))
    assert (everybody.value, everybody.low, everybody.high) == approx((1, 1 - high, 1))


def test_exact_interval_of_one_of_two():
    """1 - (1 - p)^2 = 0.025 and 1 - p^2 = 0.025."""
    assert limits(response_rate(1, 2)) == approx((1 - sqrt(0.975), sqrt(0.975)))


def test_mid_p_interval():
    """Nobody of n: half of (1 - p)^n is 0.025. One of two: p^2 + half of 2 p (1 - p) is p itself."""
    assert limits(response_rate(0, 57, method="mid-p")) == approx((0, 1 - 0.05 ** (1 / 57)))
    assert limits(response_rate(57, 57, method="mid-p")) == approx((0.05 ** (1 / 57), 1))
    assert limits(response_rate(1, 2, method="mid-p")) == approx((0.025, 0.975))


def test_wilson_interval():
    """Of none of n: 0 and z^2 / (n + z^2). Of half: 1/2 on either side of it by z / (2 sqrt(n + z^2))."""
    none, half = response_rate(0, 10, method="wilson"), response_rate(5, 10, method="wilson")
    margin = Z95 / (2 * sqrt(10 + Z95**2))
    assert limits(none) == approx((0, Z95**2 / (10 + Z95**2)))
    assert limits(half) == approx((0.5 - margin, 0.5 + margin))
    assert half.std_error == approx(sqrt(0.25 / 10))


def test_corrected_wilson_interval():
    """Of one of two, half a patient more makes 3/4: 3/4 * 1/4 * 2 + z^2 / 4 under the root."""
    spread = sqrt(3 / 8 + Z95**2 / 4)
    high = (1.5 + Z95**2 / 2 + Z95 * spread) / (2 + Z95**2)
    assert limits(response_rate(1, 2, method="wilson-cc")) == approx((1 - high, high))


@pytest.mark.parametrize("method", ["wilson", "wilson-cc"])
@pytest.mark.parametrize("patients", range(1, 60))
def test_wilson_interval_of_none_and_all_ends_where_it_must(method, patients):
    assert response_rate(0, patients, method=method).low == 0
    assert response_rate(patients, patients, method=method).high == 1


def test_jeffreys_interval():
    """Of none of one, the distribution function is (2 / pi) (asin sqrt p + sqrt(p (1 - p))): 0.975 at the limit."""
    none, everybody = response_rate(0, 1, method="jeffreys"), response_rate(1, 1, method="jeffreys")
    assert none.low == 0
    assert everybody.high == 1
    for high in (none.high, 1 - everybody.low):
        assert 2 / pi * (asin(sqrt(high)) + sqrt(high * (1 - high))) == approx(0.975)


def test_agresti_coull_interval():
    """Half of the patients is half of those added too; of none, the lower limit is cut at 0."""
    margin = Z95 * sqrt(0.25 / (10 + Z95**2))
    assert limits(response_rate(5, 10, method="agresti-coull")) == approx((0.5 - margin, 0.5 + margin))
    rate = Z95**2 / 2 / (10 + Z95**2)
    high = rate + Z95 * sqrt(rate * (1 - rate) / (10 + Z95**2))
    assert limits(response_rate(0, 10, method="agresti-coull")) == approx((0, high))


def test_wald_interval():
    """One of ten: 0.1 and z sqrt(0.009), cut at 0. Of none it has no width, and says so."""
    assert limits(response_rate(1, 10, method="wald")) == approx((0, 0.1 + Z95 * sqrt(0.009)))
    none = response_rate(0, 10, method="wald")
    assert limits(none) == (0, 0)
    assert none.method == "Proportion, Wald 95 % interval; it has no width, for the standard error is 0"


# ---- difference


def test_numbers_of_a_difference():
    """3/4 - 1/5, with variance 3/64 + 4/125."""
    estimate = rate_difference(3, 4, 1, 5, **ARMS)
    assert estimate.value == approx(0.55)
    assert estimate.std_error == approx(sqrt(3 / 64 + 4 / 125))
    assert (estimate.n, estimate.events, estimate.arm, estimate.reference) == (9, 4, "new", "old")
    assert estimate.unit == "difference of proportions"


@pytest.mark.parametrize(("method", "factor"), [("miettinen-nurminen", 119 / 118), ("mee", 1)])
def test_score_limits_of_nobody_in_both_arms(method, factor):
    """At d > 0 the rates are d and 0: d^2 = c d (1 - d) / 57 with c = z^2 N / (N - 1)."""
    c = Z95**2 * factor
    expected = (-c / (62 + c), c / (57 + c))
    assert limits(rate_difference(0, 57, 0, 62, method=method)) == approx(expected)
    mirrored = limits(rate_difference(57, 57, 62, 62, method=method))
    assert mirrored == approx((-expected[1], -expected[0]))


@pytest.mark.parametrize(("method", "factor"), [("miettinen-nurminen", 119 / 118), ("mee", 1)])
def test_score_limits_of_everybody_against_nobody(method, factor):
    """At d near 1 the larger arm stays at 0: (1 - d)^2 = c d (1 - d) / 57."""
    expected = 57 / (57 + Z95**2 * factor)
    assert limits(rate_difference(57, 57, 0, 62, method=method)) == approx((expected, 1))
    assert limits(rate_difference(0, 62, 57, 57, method=method)) == approx((-1, -expected))


def test_score_limits_of_half_in_both_arms():
    """By symmetry the rates are 1/2 + d/2 and 1/2 - d/2: d^2 = c (1 - d^2) / (2 n)."""
    c = Z95**2 * 40 / 39
    high = sqrt(c / (40 + c))
    assert limits(rate_difference(10, 20, 10, 20)) == approx((-high, high))


def test_newcombe_limits():
    """Of nobody in both arms, each Wilson limit is z^2 / (n + z^2)."""
    own, others = Z95**2 / (57 + Z95**2), Z95**2 / (62 + Z95**2)
    assert limits(rate_difference(0, 57, 0, 62, method="newcombe")) == approx((-others, own))
    far = sqrt(own**2 + others**2)
    assert limits(rate_difference(57, 57, 0, 62, method="newcombe")) == approx((1 - far, 1))


def test_corrected_newcombe_limits():
    """Of one in one and none in one: half a patient added is 1/2, so that the upper Wilson limit of nobody is
    (1/2 + z^2/2 + z sqrt(1/4 + z^2/4)) / (1 + z^2)."""
    above = (0.5 + Z95**2 / 2 + Z95 * sqrt(1 / 4 + Z95**2 / 4)) / (1 + Z95**2)
    low = 1 - sqrt(2) * above
    assert limits(rate_difference(1, 1, 0, 1, method="newcombe-cc")) == approx((low, 1))


def test_agresti_caffo_limits():
    """0/1 and 1/1 become 1/3 and 2/3, each with variance 2/27."""
    margin = Z95 * sqrt(4 / 27)
    assert limits(rate_difference(0, 1, 1, 1, method="agresti-caffo")) == approx((-1, -1 / 3 + margin))


def test_hauck_anderson_limits():
    """10/20 and 4/16: variances 5/20/19 and 3/16/15, and 1/32 of correction."""
    margin = Z95 * sqrt(1 / 4 / 19 + 3 / 16 / 15) + 1 / 32
    assert limits(rate_difference(10, 20, 4, 16, method="hauck-anderson")) == approx((0.25 - margin, 0.25 + margin))


def test_hauck_anderson_limits_of_one_patient_do_not_exist():
    estimate = rate_difference(0, 1, 1, 5, method="hauck-anderson")
    assert estimate.value == -0.2
    assert all(isnan(number) for number in (*limits(estimate), estimate.conf_level))
    assert estimate.method.endswith("interval: not estimable, an arm of one patient has no variance")


def test_wald_limits_of_a_difference():
    """3/4 - 1/4, each with variance 3/64; everybody against nobody has no width."""
    margin = Z95 * sqrt(6 / 64)
    assert limits(rate_difference(3, 4, 1, 4, method="wald")) == approx((0.5 - margin, 1))
    certain = rate_difference(57, 57, 0, 62, method="wald")
    assert limits(certain) == (1, 1)
    assert certain.method.endswith("Wald 95 % interval; it has no width, for the standard error is 0")


# ---- ratio


def test_numbers_of_a_ratio():
    """(3/4) / (1/5), with variance 1/12 + 4/5 of the logarithm."""
    estimate = rate_ratio(3, 4, 1, 5, **ARMS)
    assert estimate.value == approx(3.75)
    assert estimate.std_error == approx(sqrt(1 / 12 + 4 / 5))
    assert estimate.unit == "ratio"


@pytest.mark.parametrize(("method", "factor"), [("miettinen-nurminen", 119 / 118), ("koopman", 1)])
def test_score_limits_of_a_ratio_without_responders_in_the_reference(method, factor):
    """Everybody against nobody: at ratio t the rates are 1 and 1/t, so that 1 = c (t - 1) / 62."""
    c = Z95**2 * factor
    estimate = rate_ratio(57, 57, 0, 62, method=method, **ARMS)
    assert estimate.low == approx((62 + c) / c)
    assert isnan(estimate.value)
    assert isnan(estimate.high)
    assert estimate.method.endswith(": estimate and upper limit not estimable, nobody responded in arm 'old'")
    inverse = rate_ratio(0, 62, 57, 57, method=method)
    assert (inverse.value, inverse.low, inverse.high) == approx((0, 0, c / (62 + c)))


@pytest.mark.parametrize(("method", "factor"), [("miettinen-nurminen", 119 / 118), ("koopman", 1)])
def test_score_limits_of_a_ratio_of_everybody(method, factor):
    """At t < 1 the rates are t and 1: (1 - t)^2 = c t (1 - t) / 57."""
    c = Z95**2 * factor
    assert limits(rate_ratio(57, 57, 62, 62, method=method)) == approx((57 / (57 + c), (62 + c) / 62))


def test_ratio_of_nobody_to_nobody_is_not_known():
    for method in ("miettinen-nurminen", "koopman", "katz"):
        estimate = rate_ratio(0, 57, 0, 62, method=method)
        assert all(isnan(number) for number in (estimate.value, *limits(estimate), estimate.conf_level))
        words = "nobody responded in the arm and nobody responded in the reference"
        assert estimate.method.endswith(f": estimate and limits not estimable, {words}")


def test_katz_limits():
    """(3/4) / (1/4): standard error sqrt(1/12 + 3/4); without a responder there are none."""
    margin = Z95 * sqrt(5 / 6)
    assert limits(rate_ratio(3, 4, 1, 4, method="katz")) == approx((3 * exp(-margin), 3 * exp(margin)))
    none = rate_ratio(0, 1, 1, 1, method="katz", **ARMS)
    assert none.value == 0
    assert isnan(none.low)
    assert none.method.endswith(": limits not estimable, nobody responded in arm 'new'")
    assert limits(rate_ratio(57, 57, 62, 62, method="katz")) == (1, 1)


# ---- odds ratio


def test_numbers_of_an_odds_ratio():
    """3:1 over 1:4."""
    estimate = odds_ratio(3, 4, 1, 5, **ARMS)
    assert estimate.value == approx(12)
    assert estimate.std_error == approx(sqrt(1 / 3 + 1 + 1 + 1 / 4))


def test_score_limits_of_an_odds_ratio():
    """Everybody of n against nobody of n: with m moved, 2 m n / (n - m) = c, and the odds ratio is ((n - m) / m)^2."""
    n = 20
    c = Z95**2 * 2 * n / (2 * n - 1)
    estimate = odds_ratio(n, n, 0, n, **ARMS)
    assert estimate.low == approx((2 * n / c) ** 2)
    assert isnan(estimate.value)
    assert isnan(estimate.high)
    assert estimate.method.endswith(
        ": estimate and upper limit not estimable, nobody responded in arm 'old' and everybody responded in arm 'new'"
    )
    assert limits(odds_ratio(0, n, n, n)) == approx((0, (c / (2 * n)) ** 2))


def test_score_limits_of_half_in_both_arms_on_the_odds():
    """With m of n/2 moved: m^2 * 2 n / ((n/2)^2 - m^2) = c."""
    c = Z95**2 * 40 / 39
    moved = 10 * sqrt(c / (c + 40))
    low = ((10 - moved) / (10 + moved)) ** 2
    assert limits(odds_ratio(10, 20, 10, 20)) == approx((low, 1 / low))


def test_exact_limits_of_one_patient_an_arm():
    """One response in two patients: it is the arm's with probability t / (1 + t)."""
    assert limits(odds_ratio(0, 1, 1, 1, method="exact-conditional")) == approx((0, 39))
    everybody = odds_ratio(1, 1, 0, 1, method="exact-conditional")
    assert everybody.low == approx(1 / 39)
    assert isnan(everybody.high)


def test_exact_limits_of_two_patients_an_arm():
    """One response in each arm: of two responses, 1 : 4 t : t^2 for none, one, both in the arm. At the upper limit
    (1 + 4 t) / (1 + 4 t + t^2) = 0.025, so that t^2 - 39 * 4 t - 39 = 0."""
    high = (39 * 4 + sqrt((39 * 4) ** 2 + 4 * 39)) / 2
    estimate = odds_ratio(1, 2, 1, 2, method="exact-conditional")
    assert estimate.value == 1
    assert limits(estimate) == approx((1 / high, high))


@pytest.mark.parametrize("method", ["miettinen-nurminen", "woolf", "exact-conditional"])
def test_odds_ratio_of_nobody_or_everybody_is_not_known(method):
    for table, words in (((0, 57, 0, 62), "nobody"), ((57, 57, 62, 62), "everybody")):
        estimate = odds_ratio(*table, method=method, **ARMS)
        assert all(isnan(number) for number in (estimate.value, *limits(estimate), estimate.conf_level))
        reason = f"{words} responded in arm 'new' and {words} responded in arm 'old'"
        assert estimate.method.endswith(f": estimate and limits not estimable, {reason}")


def test_woolf_limits():
    """3:1 over 1:3."""
    margin = Z95 * sqrt(8 / 3)
    assert limits(odds_ratio(3, 4, 1, 4, method="woolf")) == approx((9 * exp(-margin), 9 * exp(margin)))
    none = odds_ratio(0, 4, 1, 4, method="woolf")
    assert none.value == 0
    assert isnan(none.high)


# ---- Fisher's exact test


def test_fisher_counts_tables():
    """Of 8 cups, 4 with milk first: 3 right in 16 + 16 ways out of 70, 4 right or none in 2 more."""
    test = fisher_test(3, 4, 1, 4, **ARMS)
    assert test.p_value == approx(34 / 70)
    assert (test.statistic, test.df, test.n, test.events) == (9, 0, 8, 4)
    assert (test.arm, test.reference) == ("new", "old")


def test_one_sided_fisher_counts_one_end_of_the_tables():
    """3 right in 16 ways of 70, 4 right in 1 more; 3 or fewer in all but that 1."""
    more, fewer = (fisher_test(3, 4, 1, 4, alternative=side) for side in ("greater", "less"))
    assert (more.p_value, fewer.p_value) == (approx(17 / 70), approx(69 / 70))
    assert more.method == "Fisher's exact test, one-sided for a higher rate"
    assert fewer.method == "Fisher's exact test, one-sided for a lower rate"


def test_fisher_test_of_equally_likely_tables():
    """Two arms of 9 with 0 and 3 responders: 84 ways of 816, and 84 the other way round, though not in floats."""
    assert fisher_test(0, 9, 3, 9).p_value == approx(168 / 816)
    assert fisher_test(3, 9, 0, 9).p_value == approx(168 / 816)


def test_fisher_test_where_nothing_can_be_seen():
    for table in ((0, 57, 0, 62), (57, 57, 62, 62)):
        test = fisher_test(*table)
        assert test.p_value == 1
        assert isnan(test.statistic)


def test_fisher_p_value_is_not_lost():
    """Everybody against nobody: one table of C(119, 57) and no other is as unlikely."""
    ways = 1
    for step in range(57):
        ways = ways * (119 - step) // (step + 1)
    assert fisher_test(57, 57, 0, 62).p_value == approx(float(Fraction(1, ways)), rel=1e-12)


# ---- strata

# 3/4 against 1/4, and 2/6 against 0/2: weights 2 and 3/2.
STRATA = [(3, 4, 1, 4), (2, 6, 0, 2)]


def test_mantel_haenszel_difference():
    """(2 * 1/2 + 3/2 * 1/3) / (7/2) = 3/7. Sato: P is (16 - 48)/64 and (-8 - 24)/64, Q is 10/16 and 4/16."""
    estimate = stratified_rate_difference(*patients_of(STRATA), **ARMS)
    std_error = sqrt(3 / 7 * -1 + 14 / 16) / 3.5
    assert estimate.value == approx(3 / 7)
    assert estimate.std_error == approx(std_error)
    assert limits(estimate) == approx((3 / 7 - Z95 * std_error, 3 / 7 + Z95 * std_error))
    assert (estimate.n, estimate.events) == (16, 6)
    assert estimate.method == (
        "Mantel-Haenszel difference of proportions in 2 strata, Sato variance, normal 95 % interval"
    )


@pytest.mark.parametrize("copies", [1, 2, 5])
def test_stratified_score_limits_of_nobody(copies):
    """k strata of nobody in 57 and in 62: d^2 = c d (1 - d) / (57 k)."""
    c = Z95**2 * 119 / 118 / copies
    patients = patients_of([(0, 57, 0, 62)] * copies)
    estimate = stratified_rate_difference(*patients, method="miettinen-nurminen", **ARMS)
    assert limits(estimate) == approx((-c / (62 + c), c / (57 + c)))


def test_mantel_haenszel_ratio():
    """(3 * 4/8 + 2 * 2/8) / (1 * 4/8) = 4; variance (4*4*4 - 3*8)/64 + (6*2*2)/64 over 2 * 1/2."""
    estimate = stratified_rate_ratio(*patients_of(STRATA), **ARMS)
    std_error = 1.0
    assert estimate.value == approx(4)
    assert estimate.std_error == approx(std_error)
    assert limits(estimate) == approx((4 * exp(-Z95), 4 * exp(Z95)))


def test_mantel_haenszel_odds_ratio():
    """R is 9/8 and 4/8, S is 1/8 and 0; P is 6/8 and 4/8, Q is 2/8 and 4/8."""
    estimate = stratified_odds_ratio(*patients_of(STRATA), **ARMS)
    r, s = 13 / 8, 1 / 8
    pr, cross, qs = 54 / 64 + 16 / 64, 6 / 64 + 18 / 64 + 16 / 64, 2 / 64
    assert estimate.value == approx(13)
    assert estimate.std_error == approx(sqrt(pr / (2 * r * r) + cross / (2 * r * s) + qs / (2 * s * s)))
    assert log(estimate.high / estimate.value) == approx(Z95 * estimate.std_error)


def test_cochran_mantel_haenszel_statistic():
    """Expected 2 and 3/2; variances 4*4*4*4 / (64*7) = 4/7 and 6*2*2*6 / (64*7) = 9/28: (3/2)^2 / (25/28)."""
    test = cochran_mantel_haenszel_test(*patients_of(STRATA), **ARMS)
    assert test.statistic == approx(2.52)
    assert test.p_value == approx(erfc(sqrt(1.26)), rel=1e-12)
    assert (test.df, test.n, test.events) == (1, 16, 6)


def test_one_sided_cochran_mantel_haenszel_test_is_that_of_the_root():
    """3/2 responders more than expected, so that more is half of the two sides."""
    two_sided = erfc(sqrt(1.26))
    more, fewer = (
        cochran_mantel_haenszel_test(*patients_of(STRATA), alternative=side, **ARMS) for side in ("greater", "less")
    )
    assert (more.p_value, fewer.p_value) == (approx(two_sided / 2), approx(1 - two_sided / 2))
    assert more.statistic == approx(2.52)
    assert more.method.endswith("without continuity correction, one-sided for a higher rate")


def test_interaction_of_two_mirrored_subgroups():
    """One odds ratio in both is 1, by symmetry: each of the 16 responses has likelihood 1/2 against 3/4 or 1/4."""
    test = odds_ratio_interaction_test(*patients_of([(3, 4, 1, 4), (1, 4, 3, 4)]), **ARMS)
    assert test.statistic == approx(2 * (16 * log(2) + 12 * log(3 / 4) + 4 * log(1 / 4)))
    assert (test.df, test.n, test.events) == (1, 16, 8)


def test_subgroups_that_tell_nothing_of_an_odds_ratio_do_not_count():
    """In the third nobody responded, and in the fourth everybody; the fifth has one arm alone."""
    tables = [(3, 4, 1, 4), (1, 4, 3, 4), (0, 5, 0, 3), (2, 2, 3, 3), (1, 3, 0, 0)]
    test = odds_ratio_interaction_test(*patients_of(tables), **ARMS)
    assert test.statistic == approx(2 * (16 * log(2) + 12 * log(3 / 4) + 4 * log(1 / 4)))
    assert test.df == 1


def test_an_infinite_odds_ratio_that_all_subgroups_share_is_no_interaction():
    test = odds_ratio_interaction_test(*patients_of([(4, 4, 1, 4), (2, 3, 0, 5)]), **ARMS)
    assert (test.statistic, test.p_value) == (0, 1)


def test_stratum_of_one_arm_changes_nothing_but_the_words():
    patients = patients_of([*STRATA, (5, 9, 0, 0), (0, 0, 1, 3)])
    difference = stratified_rate_difference(*patients, **ARMS)
    assert difference.value == approx(3 / 7)
    assert (difference.n, difference.events) == (28, 12)
    assert "in 2 strata (2 more with patients of one arm alone), " in difference.method
    assert stratified_rate_ratio(*patients, **ARMS).value == approx(4)
    assert stratified_odds_ratio(*patients, **ARMS).value == approx(13)
    assert cochran_mantel_haenszel_test(*patients, **ARMS).statistic == approx(2.52)


# ---- the words


def test_method_says_which_arguments_were_used():
    assert "exact (Clopper-Pearson) 97.5 % interval" in response_rate(1, 3, conf_level=0.975).method
    expected = "Difference of proportions, Newcombe (Wilson score, continuity-corrected) 90 % interval"
    assert rate_difference(1, 3, 2, 4, method="newcombe-cc", conf_level=0.9).method == expected
    assert rate_ratio(1, 3, 2, 4).method == "Ratio of proportions, Miettinen-Nurminen score 95 % interval"
    expected = "Odds ratio of the sample, exact conditional (non-central hypergeometric) 99 % interval"
    assert odds_ratio(1, 3, 2, 4, method="exact-conditional", conf_level=0.99).method == expected
    stratified = stratified_rate_difference(*patients_of(STRATA), method="miettinen-nurminen", conf_level=0.8, **ARMS)
    assert stratified.method == (
        "Mantel-Haenszel difference of proportions in 2 strata, stratified Miettinen-Nurminen score 80 % interval"
    )


def test_confidence_level_of_every_standard_error():
    """Limits at 1 - 2 * P(Z > 1) are one standard error away."""
    level = {"conf_level": 1 - erfc(1 / sqrt(2))}
    rate = response_rate(5, 10, method="wald", **level)
    assert rate.high - rate.value == approx(rate.std_error, rel=1e-12)
    difference = rate_difference(5, 10, 6, 20, method="wald", **level)
    assert difference.high - difference.value == approx(difference.std_error, rel=1e-12)
    for ratio in (rate_ratio(5, 10, 6, 20, method="katz", **level), odds_ratio(5, 10, 6, 20, method="woolf", **level)):
        assert log(ratio.high / ratio.value) == approx(ratio.std_error, rel=1e-12)
    for verb in (stratified_rate_ratio, stratified_odds_ratio):
        ratio = verb(*patients_of(STRATA), **level, **ARMS)
        assert log(ratio.high / ratio.value) == approx(ratio.std_error, rel=1e-12)
    difference = stratified_rate_difference(*patients_of(STRATA), **level, **ARMS)
    assert difference.high - difference.value == approx(difference.std_error, rel=1e-12)
