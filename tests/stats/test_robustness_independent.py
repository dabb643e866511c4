"""The analyses of robustness beside second, obvious implementations, on random patients, and at their limits.

The tipping point is compared three times: with loops that use the same random numbers; at factors so large and so
small that nothing is left to chance, with a fit of the tables that must result; and over very many draws with the
curve that they are drawn from.
"""

import itertools
from math import exp, inf, isnan, log

import numpy as np
import pytest
import reference
import reference_robustness as second
from expectations import approx_within
from robustness_tables import table_with_follow_up, table_with_responses, tables_to_impute
from scipy.stats import chi2

from smmlib import (
    event_time_shift,
    fragility_index,
    hazard_ratio,
    kaplan_meier,
    landmark_hazard_ratio,
    reference_based_hazard_ratio,
    survival_at,
    time_dependent_response_hazard_ratio,
    tipping_point,
)
from smmlib.stats.robustness.imputation import completed, draw

pytestmark = pytest.mark.independent

NAMES = {"arm": "arm", "reference": "reference"}
SEEDS = [seed for seed in range(200, 260) if len(table_with_responses(seed)) <= 40]
# Some in which there is hardly anything to impute, and many in which there is.
IMPUTED_SEEDS = sorted({*range(200, 212), *tables_to_impute(range(200, 330))})
IMPUTATIONS = 4
TRIALS = 100
Z95 = 1.959963984540054


approx = approx_within(rel=1e-9, scale=1e-12)


def columns(table, *names):
    return [table[name].tolist() for name in names]


def same(estimate, coefficient, std_error):
    """Coefficient and standard error, or neither."""
    if isnan(coefficient):
        assert isnan(estimate.value)
        assert "not estimable" in estimate.method
        return
    assert (log(estimate.value), estimate.std_error) == approx((coefficient, std_error))


# ---- guarantee time


@pytest.mark.parametrize("seed", SEEDS)
def test_landmark(seed):
    time, event, response, strata = columns(table_with_responses(seed), "time", "event", "response_time", "stratum")
    for landmark in sorted({0, 0.5, *time[:4]}):
        for labels in (None, strata):
            ours = landmark_hazard_ratio(time, event, response, landmark=landmark, strata=labels)
            rows = second.landmark_rows(time, event, response, labels or [0] * len(time), landmark)
            same(ours, *second.cox_fit(rows))
            assert (ours.n, ours.events) == (len(rows), sum(row[2] for row in rows))


@pytest.mark.parametrize("seed", SEEDS)
def test_time_dependent_response(seed):
    time, event, response, strata = columns(table_with_responses(seed), "time", "event", "response_time", "stratum")
    for labels in (None, strata):
        ours = time_dependent_response_hazard_ratio(time, event, response, strata=labels)
        rows = second.time_dependent_rows(time, event, response, labels or [0] * len(time))
        same(ours, *second.cox_fit(rows))
        observed = [happened for stop, happened in zip(time, event, strict=True) if stop > 0]
        assert (ours.n, ours.events) == (len(observed), sum(observed))


# ---- events moved


@pytest.mark.parametrize("seed", SEEDS)
def test_event_time_shift(seed):
    time, event, in_arm, strata = columns(table_with_responses(seed), "time", "event", "in_arm", "stratum")
    shifts = [0, 0.5, 1, 7, 2000]
    for shifted, moved_arm in (("arm", 1), ("reference", 0)):
        ours = event_time_shift(time, event, in_arm, shifts, shifted=shifted, strata=strata, **NAMES)
        for shift, ratio in zip(shifts, ours.hazard_ratios, strict=True):
            rows = [
                (-1, max(stop - shift, 0) if happened and arm == moved_arm else stop, happened, arm, label)
                for stop, happened, arm, label in zip(time, event, in_arm, strata, strict=True)
            ]
            same(ratio, *second.cox_fit(rows))
        limits = [(ratio.low, ratio.high) for ratio in ours.hazard_ratios]
        inside = [
            shift
            for shift, (low, high) in zip(shifts, limits, strict=True)
            if not (isnan(low) and isnan(high)) and not low > 1 and not high < 1
        ]
        assert ours.tipping_shift == approx(min(inside, default=float("nan")))


# ---- censoring questioned


def patients(table):
    return list(zip(*columns(table, "time", "event", "in_arm", "stratum", "followed_until"), strict=True))


def arguments(table, stratified):
    given = {name: table[name] for name in ("time", "event", "in_arm", "followed_until")}
    return given | NAMES | ({"strata": table["stratum"]} if stratified else {})


def compare_pooled(estimate, expected):
    if isnan(expected[0]):
        assert isnan(estimate.value)
        return
    numbers = log(estimate.value), estimate.std_error, log(estimate.low), log(estimate.high)
    assert numbers == approx(expected)


@pytest.mark.parametrize("seed", IMPUTED_SEEDS)
@pytest.mark.parametrize("stratified", [False, True])
def test_same_random_numbers_give_the_same_tipping_point(seed, stratified):
    table = table_with_follow_up(seed)
    rows = [(*row[:3], row[3] if stratified else "", row[4]) for row in patients(table)]
    deltas, common = [0.3, 1, 2.5, 40], {"imputations": IMPUTATIONS, "seed": seed}
    ours = tipping_point(deltas=deltas, conf_level=0.9, **common, **arguments(table, stratified))
    expected = [second.pooled(rows, True, delta, conf_level=0.9, **common) for delta in deltas]
    for estimate, numbers in zip(ours.hazard_ratios, expected, strict=True):
        compare_pooled(estimate, numbers)
    tipped = [delta for delta, numbers in zip(deltas, expected, strict=True) if numbers[3] >= 0]
    assert ours.tipping_delta == approx(min(tipped, default=float("nan")))


@pytest.mark.parametrize("seed", IMPUTED_SEEDS)
@pytest.mark.parametrize("stratified", [False, True])
def test_same_random_numbers_give_the_same_reference_based_ratio(seed, stratified):
    table = table_with_follow_up(seed)
    rows = [(*row[:3], row[3] if stratified else "", row[4]) for row in patients(table)]
    common = {"imputations": IMPUTATIONS, "seed": seed}
    ours = reference_based_hazard_ratio(**common, **arguments(table, stratified))
    compare_pooled(ours, second.pooled(rows, False, 1, conf_level=0.95, **common))


def certain_trial():
    """In the arm four have the event at 3 and twenty at 10, so that every sample has some; ten are censored at 5.

    At 30 observation ends. The reference has events at 8 (eight patients) and at 20 (seven); five are censored at 5.
    """
    arm = [(3, 1)] * 4 + [(10, 1)] * 20 + [(5, 0)] * 10 + [(30, 0)] * 10
    other = [(8, 1)] * 8 + [(20, 1)] * 7 + [(5, 0)] * 5
    time, event = zip(*arm, *other, strict=True)
    return list(time), list(event), [1] * len(arm) + [0] * len(other)


def moved(time, event, in_arm, to, happens):
    """The arm's ten patients censored at 5 with another time, and with the event or without."""
    changed = [arm and stop == 5 for stop, arm in zip(time, in_arm, strict=True)]
    return (
        [to if change else stop for stop, change in zip(time, changed, strict=True)],
        [happens if change else happened for happened, change in zip(event, changed, strict=True)],
        in_arm,
    )


@pytest.mark.parametrize(
    ("delta", "to", "happens"), [(1e12, 10, 1), (inf, 10, 1), (1e-12, 30, 0)], ids=["worst", "worst of all", "best"]
)
def test_extreme_deltas_leave_nothing_to_chance(delta, to, happens):
    """Above all bounds, everybody has the event at the arm's next; near zero, nobody has it before the end."""
    delta = min(delta, 1e300)
    trial = certain_trial()
    ours = tipping_point(*trial, [delta], followed_until=30, imputations=5, seed=3, **NAMES).hazard_ratios[0]
    beta, std_error = reference.cox_fit(*moved(*trial, to, happens), "efron")
    same(ours, beta, std_error)
    assert (ours.low, ours.high) == approx(
        tuple(exp(beta + z * std_error) for z in (-1.959963984540054, 1.959963984540054))
    )


def test_jump_to_a_reference_whose_next_event_is_certain():
    """The reference's curve falls to zero at 8: whoever is censored at 5 has the event then."""
    arm, other = [(10, 1)] * 6 + [(5, 0)] * 4 + [(30, 0)] * 3, [(8, 1)] * 9
    time, event = zip(*arm, *other, strict=True)
    in_arm = [1] * len(arm) + [0] * len(other)
    ours = reference_based_hazard_ratio(
        time, event, in_arm, followed_until=[30] * len(time), imputations=2, seed=0, **NAMES
    )
    same(ours, *reference.cox_fit(*moved(list(time), list(event), in_arm, 8, 1), "efron"))


def lost_trial(seed, size):
    """Exponential times, the hazard of the arm half that of the reference; a third are lost before the end."""
    rng = np.random.default_rng(seed)
    in_arm = np.arange(size) < size // 2
    happens = rng.exponential(np.where(in_arm, 40.0, 20.0))
    end = rng.uniform(30, 60, size)
    lost = np.minimum(np.where(rng.random(size) < 0.6, rng.uniform(0, 60, size), np.inf), end)
    return {"time": np.minimum(happens, lost), "event": happens <= lost, "in_arm": in_arm, "followed_until": end}


@pytest.fixture(scope="module")
def large_trial():
    return lost_trial(11, 800)


def test_independent_censoring_gives_back_the_truth_and_the_plain_analysis():
    """At a delta of 1, over 100 trials of 120 patients, with 15 imputations each.

    The estimates differ from the plain ones by chance alone (four standard errors of the mean difference are allowed);
    standardised by Rubin's standard error, they spread about the true one half as chance says: a mean within four
    standard errors, a variance within the range of chi-square that leaves 1 in 10 000 outside on either side.
    """
    differences, standardised = [], []
    for seed in range(TRIALS):
        trial = lost_trial(seed, 120)
        plain = hazard_ratio(*(trial[name] for name in ("time", "event", "in_arm")), **NAMES)
        ours = tipping_point(deltas=[1], imputations=15, seed=seed, **trial, **NAMES).hazard_ratios[0]
        differences.append(log(ours.value / plain.value))
        standardised.append(log(ours.value / 0.5) / ours.std_error)
    assert abs(np.mean(differences)) < 4 * np.std(differences, ddof=1) / np.sqrt(TRIALS)
    assert abs(np.mean(standardised)) < 4 / np.sqrt(TRIALS)
    low, high = chi2.ppf([1e-4, 1 - 1e-4], TRIALS - 1) / (TRIALS - 1)
    assert low < np.var(standardised, ddof=1) < high


def test_jump_to_reference_loses_part_of_the_effect(large_trial):
    plain = hazard_ratio(*(large_trial[name] for name in ("time", "event", "in_arm")), **NAMES)
    ours = reference_based_hazard_ratio(imputations=100, seed=5, **large_trial, **NAMES)
    assert plain.value < ours.value < 1


@pytest.mark.parametrize("factor", [0.5, 1.0, 3.0])
def test_imputed_times_follow_the_curve(large_trial, factor):
    """Of 4000 draws for one patient, the share without the event at t is (S(t) / S(c))^factor, but for chance.

    The curve itself varies by the sampling of the arm; its mean is the arm's curve for a factor of 1, and nearly so
    for another. Four standard errors of the share, and the bias of a power of so precise a curve, are allowed for.
    """
    time, event, in_arm = (large_trial[name] for name in ("time", "event", "in_arm"))
    group = np.flatnonzero(in_arm)
    patient = group[~event[group]][[np.argmin(np.abs(time[group[~event[group]]] - 10))]]
    end = np.full(len(time), 45.0)
    drawn = draw(time, event, group, patient, end, 4000, 17)
    times, events = zip(
        *((t[patient[0]], e[patient[0]]) for t, e in completed(drawn, factor, time, event)), strict=True
    )
    curve = kaplan_meier(time[group], event[group])
    censored = survival_at(curve, time[patient[0]])
    for at in (15.0, 25.0, 40.0):
        landmark = survival_at(curve, at)
        expected = (landmark.value / censored.value) ** factor
        without = np.mean([not (happened and stop <= at) for stop, happened in zip(times, events, strict=True)])
        bias = (factor * landmark.std_error / landmark.value) ** 2
        assert without == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / 4000) + bias)
    assert set(np.array(times)[np.array(events)]) <= set(time[group][event[group]])
    assert set(np.array(times)[~np.array(events)]) == {45.0}


# ---- fragility


def test_fragility_index():
    rng = np.random.default_rng(8)
    for _ in range(150):
        size, other_size = (int(number) for number in rng.integers(1, 40, 2))
        first, other = (int(number) for number in rng.integers(0, [size + 1, other_size + 1]))
        alpha = float(rng.choice([0.01, 0.05, 0.2]))
        ours = fragility_index(first, size, other, other_size, alpha=alpha)
        assert ours.value == second.fragility(first, size, other, other_size, alpha)


def test_p_value_at_the_level_is_not_significant():
    """The level is the exact P value of each small table: no change is needed, whatever the rounding."""
    for size, other_size in itertools.product(range(1, 8), range(3, 10)):
        for first, other in itertools.product(range(size + 1), range(other_size + 1)):
            p_value = float(second.fisher_p_value(first, size, other, other_size))
            if p_value < 0.5:
                assert fragility_index(first, size, other, other_size, alpha=p_value).value == 0
