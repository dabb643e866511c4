"""Counts that no trial has: refused at once by their size, where memory or time would grow with their value."""

import numpy as np
import pytest
from expectations import refused, refused_saying
from project_files import PARAMS
from scipy.stats import fisher_exact, hypergeom

from smmlib import (
    FlemingHarrington,
    cause_specific_hazard_ratio,
    cohorts,
    cox_regression,
    cumulative_incidence,
    event_time_shift,
    fisher_test,
    fragility_index,
    gray_test,
    hazard_ratio,
    kaplan_meier,
    landmark_hazard_ratio,
    logrank_test,
    odds_ratio,
    patient_count,
    rate_difference,
    rate_ratio,
    reconstruct,
    reference_based_hazard_ratio,
    response_rate,
    restricted_mean_survival,
    risk_table,
    survival_at,
    tipping_point,
    turnbull,
)
from smmlib.curves.reconstruct import reconstructions
from smmlib.stats.response import difference, rate, ratio
from smmlib.trial import read_study
from smmlib.trial.parameters.yaml_source import ParametersError

NAMES = {"arm": "new", "reference": "old"}
TIME, EVENT, IN_ARM = [5, 6, 7, 8, 9, 10], [1, 1, 0, 1, 1, 0], [1, 0, 1, 0, 1, 0]
CURVE = ([0, 10, 20], [1, 0.8, 0.5])
IMPUTED = {"followed_until": 12, "seed": 1, **NAMES}
LONG = 10**400
ENDLESS = 10**5000  # more digits than Python writes out


def each(name, **values):
    """A test for each of some numbers; they are named, as some are too long to be written."""
    return pytest.mark.parametrize(name, values.values(), ids=values)


# ---- counts in a table


@pytest.mark.by_hand
@pytest.mark.parametrize("method", rate.INTERVALS)
def test_a_rate_of_more_patients_than_a_float_counts(method):
    with refused("patients is 10000000000000000, but must be 1,000,000,000,000,000 or less."):
        response_rate(10**15, 10**16, method=method)
    with refused("patients is a whole number of some 400 digits, but must be"):
        response_rate(1, LONG, method=method)
    most = response_rate(3 * 10**14, 10**15, method=method)
    assert most.low <= 0.3 <= most.high
    assert most.high - most.low < 1e-7


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("verb", "method"),
    [
        *((rate_difference, method) for method in difference.INTERVALS),
        *((rate_ratio, method) for method in ratio.RATIO_INTERVALS),
        *((odds_ratio, method) for method in ratio.ODDS_INTERVALS),
    ],
)
def test_a_comparison_of_more_patients_than_a_float_counts(verb, method):
    for count in (10**16, 10**308, LONG, ENDLESS):
        with refused("reference_patients is "):
            verb(1, 10, 1, count, method=method)
        with refused("responders is "):
            verb(count, count, 1, 10, method=method)


@pytest.mark.by_hand
@each("count", beyond=10**16, float=1e300, long=LONG, endless=ENDLESS)
def test_a_count_of_more_patients_than_a_float_counts(count):
    with refused("patients is "):
        patient_count(count, what="patients")
    with refused("of is "):
        patient_count(1, of=count, what="patients")


@pytest.mark.other_package
def test_fisher_ends_where_it_is_done():
    """Of some millions it is done in a moment; of billions it did not end, and of 10**15 it overflowed."""
    of = (2_000_000, 5_000_000, 1_999_000, 5_000_000)
    expected = fisher_exact([[2_000_000, 3_000_000], [1_999_000, 3_001_000]]).pvalue
    assert fisher_test(*of).p_value == pytest.approx(expected, rel=1e-12)
    for count in (5_000_001, 10**9, 10**15):
        with refused(
            f"the number of all patients is {2 * count}, but must be 10,000,000 or less: take a score interval"
        ):
            fisher_test(count // 2, count, count // 2, count)


@pytest.mark.independent
def test_the_exact_interval_ends_where_its_tables_are_gone_through():
    low = odds_ratio(500, 10**6, 400, 10**6, method="exact-conditional").low
    # The probability of 500 or more is that of one tail at the lower limit: by the ratios of neighbouring tables.
    count = np.arange(901)
    weights = hypergeom.logpmf(count, 2 * 10**6, 900, 10**6) + count * np.log(low)
    weights = np.exp(weights - weights.max())
    assert weights[500:].sum() / weights.sum() == pytest.approx(0.025, rel=1e-6)
    with refused(
        "the number of tables with these margins is 1000002, but must be 1,000,000 or less: take the score interval"
    ):
        odds_ratio(500_000, 1_000_001, 500_001, 1_000_001, method="exact-conditional")
    with refused("the number of tables with these margins"):
        odds_ratio(10**14, 10**15, 10**14, 10**15, method="exact-conditional")


@pytest.mark.by_hand
def test_fragility_is_not_counted_among_millions():
    with refused("the number of all patients is 100001, but must be 100,000 or less: the index is found patient by"):
        fragility_index(30_000, 50_000, 1, 50_001)
    assert fragility_index(1, 50_000, 1, 50_000).value == 0


# ---- numbers of what is made


@pytest.mark.by_hand
@each("imputations", just=100_001, beyond=10**12, long=LONG, endless=ENDLESS)
def test_imputations(imputations):
    with refused("imputations is "):
        tipping_point(TIME, EVENT, IN_ARM, [1], imputations=imputations, **IMPUTED)
    with refused_saying("but must be 100,000 or less: some hundred are enough"):
        reference_based_hazard_ratio(TIME, EVENT, IN_ARM, imputations=imputations, **IMPUTED)


@pytest.mark.by_hand
def test_imputations_of_many_patients():
    with refused("imputations is 16667, but must be 16,666 or less"):
        tipping_point(TIME * 1000, EVENT * 1000, IN_ARM * 1000, [1], imputations=16_667, **IMPUTED)


@pytest.mark.by_hand
@pytest.mark.parametrize("method", ["optimised", "guyot"])
@each("count", just=100_001, beyond=10**12, far=10**30, float=1e300, long=LONG)
def test_reconstructed_patients(method, count):
    for facts in ({"n": count}, {"n": 100, "events": count}):
        with refused_saying("but must be 100,000 or less: no arm is larger."):
            reconstruct(CURVE, **facts, method=method)
    with refused("risk_table"):
        reconstruct(CURVE, ([0, 10], [count, count]), method=method)


@pytest.mark.by_hand
@each("time", just=1e12, beyond=1e300, long=LONG)
def test_times_of_a_curve_to_reconstruct(time):
    with refused("curve"):
        reconstruct(([0, 10, time], [1, 0.8, 0.5]), n=100)


@pytest.mark.by_hand
def test_numbers_of_reconstructions_and_cohorts():
    with refused("size is 1000000000000, but must be 10,000 or less"):
        reconstructions(10**12, 1, CURVE, n=100, pixel=(0, 0))
    study = read_study(PARAMS / "quiredex-2013.yaml")
    for n in (10**12, 10_001, 1.5, LONG):
        with refused_saying("ask for one cohort or more, up to 10,000."):
            cohorts(study, n, 1)


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        (
            "randomised: {arm: 62, reference: 63}",
            "randomised: {arm: 62000000000, reference: 63}",
            "synthetic.randomised.arm",
        ),
        ("cohorts: 200", "cohorts: 200000000000", "synthetic.ensemble.cohorts"),
    ],
)
def test_synthetic_patients_and_cohorts_of_parameters(old, new, place, tmp_path):
    text = (PARAMS / "quiredex-2013.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (tmp_path / "study.yaml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ParametersError, match=rf"{place}: is \d+, but must be 10+ or less"):
        read_study(tmp_path / "study.yaml", with_files=False)


# ---- numbers that no float holds


@pytest.mark.by_hand
@each("number", long=LONG, minus=-LONG, endless=ENDLESS)
def test_whole_numbers_beyond_floats_are_refused_in_words(number):
    curve = kaplan_meier(TIME, EVENT)
    last = [*TIME[:-1], number]
    for call in (
        lambda: kaplan_meier(last, EVENT),
        lambda: kaplan_meier(TIME, EVENT, weights=[number] * 6),
        lambda: kaplan_meier(TIME, EVENT, entry=[number] * 6),
        lambda: hazard_ratio(last, EVENT, IN_ARM, **NAMES),
        lambda: logrank_test(TIME, EVENT, [number] * 6, **NAMES),
        lambda: risk_table([curve], [0, number]),
        lambda: survival_at(curve, number),
        lambda: restricted_mean_survival(curve, number),
        lambda: landmark_hazard_ratio(TIME, EVENT, [number] * 6, landmark=1),
        lambda: cumulative_incidence(TIME, [1, 2, 0, 1, 2, number], of=1),
        lambda: cumulative_incidence(TIME, EVENT, of=number),
        lambda: gray_test(TIME, EVENT, IN_ARM, of=number, **NAMES),
        lambda: cause_specific_hazard_ratio(TIME, EVENT, IN_ARM, of=number, **NAMES),
        lambda: cox_regression(TIME, EVENT, {"x": last}),
        lambda: FlemingHarrington(0, number),
        lambda: event_time_shift(TIME, EVENT, IN_ARM, [number], shifted="new", **NAMES),
        lambda: tipping_point(TIME, EVENT, IN_ARM, [number], imputations=2, **IMPUTED),
    ):
        with refused_saying("a whole number of some "):
            call()


@pytest.mark.by_hand
def test_an_endless_end_of_an_interval_is_infinity():
    assert turnbull([1, 2], [3, LONG]).n == turnbull([1, 2], [3, np.inf]).n == 2


@pytest.mark.by_hand
@pytest.mark.parametrize("weight", [1e16, 1e160, 10**30])
def test_weights_of_more_patients_than_a_float_counts(weight):
    with refused(f"weights[1] is {weight!r}: a weight is at most 1e+15."):
        kaplan_meier(TIME, EVENT, weights=[1, weight, 1, 1, 1, 1])
    with refused("weights[0] is "):
        logrank_test(TIME, EVENT, IN_ARM, weights=[weight] * 6, **NAMES)
