"""Which times are tied: those that differ by rounding error alone, whatever times the other patients have."""

from itertools import pairwise

import numpy as np
import pytest
from cox_tables import random_cox_table
from r_program import Agreement, r_is_here, run_r, stacked
from skip_reasons import R_IS_MISSING

from smmlib import (
    FlemingHarrington,
    ModestlyWeighted,
    cause_specific_hazard_ratio,
    cox_regression,
    cox_residuals,
    cumulative_incidence,
    event_time_shift,
    gray_test,
    hazard_ratio,
    incidence_at,
    interval_censored_survival_at,
    interval_censored_test,
    k_sample_gray_test,
    kaplan_meier,
    landmark_hazard_ratio,
    logrank_test,
    median_follow_up,
    median_survival,
    piecewise_hazard_ratios,
    proportional_hazards_test,
    reference_based_hazard_ratio,
    restricted_mean_survival,
    risk_table,
    subgroup_hazard_ratios,
    survival_at,
    time_dependent_response_hazard_ratio,
    tipping_point,
    turnbull,
    weighted_logrank_test,
)

DAYS_A_MONTH = 365.25 / 12
NAMES = {"arm": "new", "reference": "old"}
RNG = np.random.default_rng(3)
SIZE = 41
DAYS = RNG.integers(20, 60, SIZE)
ENTRY = (DAYS - RNG.integers(1, 20, SIZE)) / DAYS_A_MONTH
LAST = np.arange(SIZE) == SIZE - 1
CAUSE = np.where(LAST, 0, RNG.integers(0, 3, SIZE))
EVENT = CAUSE == 1
IN_ARM = RNG.random(SIZE) < 0.5
STRATA = RNG.integers(0, 2, SIZE)
RESPONSE = np.where(RNG.random(SIZE) < 0.5, DAYS // 2, np.nan) / DAYS_A_MONTH
X = RNG.normal(size=SIZE)
LANDMARKS = DAYS[:9] / DAYS_A_MONTH + 1e-4
DRAWN = {"followed_until": 3.0, "imputations": 3, "seed": 1}


def with_last(months):
    """Times in months, the last patient being censored at a time that is given."""
    return np.where(LAST, months, DAYS / DAYS_A_MONTH)


def model(time, **options):
    return cox_regression(time, EVENT, {"x": X, "arm": IN_ARM}, **options)


def fits(fit):
    return [*fit.coefficients, *fit.std_errors, fit.log_likelihood]


def ratios(analysis):
    return [*(ratio.value for ratio in analysis.hazard_ratios), analysis.interaction_test.statistic]


# Each makes numbers of the order of the times alone, or of times far below the last one.
VERBS = {
    "curve": lambda time: kaplan_meier(time, EVENT).survival,
    "weighted curve": lambda time: kaplan_meier(time, EVENT, weights=1 + STRATA, entry=ENTRY).survival,
    "landmarks": lambda time: [survival_at(kaplan_meier(time, EVENT), at).value for at in LANDMARKS],
    "median": lambda time: median_survival(kaplan_meier(time, EVENT)).value,
    "follow-up": lambda time: median_follow_up(time, EVENT, estimator="reverse-kaplan-meier").value,
    "restricted mean": lambda time: restricted_mean_survival(kaplan_meier(time, EVENT), 1.7).value,
    "risk table": lambda time: risk_table([kaplan_meier(time, EVENT)], [1.2, 1.3, 1.4])["at_risk"],
    "log-rank": lambda time: logrank_test(time, EVENT, IN_ARM, **NAMES).statistic,
    "stratified": lambda time: logrank_test(time, EVENT, IN_ARM, strata=STRATA, **NAMES).statistic,
    "weighted": lambda time: weighted_logrank_test(
        time, EVENT, IN_ARM, weighting=FlemingHarrington(0, 1), **NAMES
    ).statistic,
    "modest": lambda time: weighted_logrank_test(
        time, EVENT, IN_ARM, weighting=ModestlyWeighted(time=1.37), **NAMES
    ).statistic,
    "late": lambda time: logrank_test(time, EVENT, IN_ARM, entry=ENTRY, **NAMES).statistic,
    "hazard ratio": lambda time: hazard_ratio(time, EVENT, IN_ARM, ties="exact", **NAMES).value,
    "cox": lambda time: fits(model(time)),
    "cox, strata": lambda time: fits(model(time, strata=STRATA)),
    "cox, late": lambda time: fits(model(time, entry=ENTRY)),
    "residuals": lambda time: cox_residuals(model(time), kind="score"),
    "proportional hazards": lambda time: [
        proportional_hazards_test(model(time), transform=transform).statistic for transform in ("km", "rank")
    ],
    "subgroups": lambda time: ratios(subgroup_hazard_ratios(time, EVENT, IN_ARM, STRATA, **NAMES)),
    "periods": lambda time: ratios(piecewise_hazard_ratios(time, EVENT, IN_ARM, cuts=[1.31], **NAMES)),
    "incidence": lambda time: cumulative_incidence(time, CAUSE, of=1).incidence,
    "incidence at": lambda time: incidence_at(cumulative_incidence(time, CAUSE, of=1), 1.31).value,
    "gray of groups": lambda time: k_sample_gray_test(time, CAUSE, IN_ARM, of=1).statistic,
    "gray": lambda time: gray_test(time, CAUSE, IN_ARM, of=1, **NAMES).statistic,
    "cause-specific": lambda time: cause_specific_hazard_ratio(time, CAUSE, IN_ARM, of=2, **NAMES).value,
    "turnbull": lambda time: turnbull(time, np.where(EVENT, time + 0.07, np.inf)).mass,
    "turnbull at": lambda time: interval_censored_survival_at(
        turnbull(time, np.where(EVENT, time, np.inf)), 1.31
    ).value,
    "interval test": lambda time: interval_censored_test(
        time, np.where(EVENT, time + 0.07, np.inf), IN_ARM, **NAMES
    ).statistic,
    "landmark": lambda time: landmark_hazard_ratio(time, EVENT, RESPONSE, landmark=0.8).value,
    "time-dependent": lambda time: time_dependent_response_hazard_ratio(time, EVENT, RESPONSE).value,
    "found late": lambda time: event_time_shift(
        time, EVENT, IN_ARM, [0.1], shifted="new", **NAMES
    ).hazard_ratios[0].value,
    "tipping": lambda time: tipping_point(time, EVENT, IN_ARM, [1.5], **DRAWN, **NAMES).hazard_ratios[0].value,
    "reference-based": lambda time: reference_based_hazard_ratio(time, EVENT, IN_ARM, **DRAWN, **NAMES).value,
}  # fmt: skip


@pytest.mark.invariant
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("absurd", [1e9, 1e15, 1e300])
def test_one_absurd_time_ties_no_others(verb, absurd):
    """The last patient is censored after all others: how long after tells nothing."""
    ours, expected = (np.asarray(VERBS[verb](with_last(months)), dtype=float) for months in (absurd, 4.0))
    assert np.isfinite(expected).any()
    np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.by_hand
def test_a_missing_code_among_days_of_four_patients():
    """Three who die on three days in a row, and one with 999999999 for missing."""
    curve = kaplan_meier([10, 11, 12, 999999999], [1, 1, 1, 0])
    assert curve.time.tolist() == [10, 11, 12, 999999999]
    assert curve.survival == pytest.approx([0.75, 0.5, 0.25, 0.25])
    assert survival_at(curve, 10.5).value == 0.75


@pytest.mark.by_hand
def test_one_absurd_weight_leaves_the_others_at_risk():
    """A row of a billion patients who leave first; of the other three, one leaves at each later time."""
    curve = kaplan_meier([1, 2, 3, 4], [0, 1, 1, 1], entry=[0, 0.5, 0, 0], weights=[1e9, 1, 1, 1])
    assert curve.survival == pytest.approx([1, 2 / 3, 1 / 3, 0], abs=1e-6)


@pytest.mark.by_hand
@pytest.mark.parametrize("far", [1.0, 60.0, 5000.0, 1e9])
def test_times_that_differ_by_rounding_alone_are_tied(far):
    """Near zero by a hundred millionth, elsewhere by as much relative to the time itself; a thousandth is a time."""
    tied = [1e-12, 2e-9, far, far * (1 + 1e-12), far * (1 + 1e-9)]
    apart = [0.001, far * 1.001]
    curve = kaplan_meier([0, *tied, *apart], [1] * 8)
    assert curve.events.tolist() == [3, 1, 3, 1]
    assert survival_at(curve, far * (1 - 1e-12)).value == pytest.approx(1 / 8)
    assert survival_at(curve, far * 0.9999).value == pytest.approx(4 / 8)
    assert risk_table([curve], [far * (1 + 1e-12)])["at_risk"].tolist() == [4]


@pytest.mark.invariant
def test_ties_do_not_depend_on_who_else_is_there():
    """Each pair of times is one or two, alone and among others."""
    times = np.sort(np.concatenate([DAYS / DAYS_A_MONTH, (DAYS + 3) / DAYS_A_MONTH - 3 / DAYS_A_MONTH, [0.0, 1e9]]))
    everybody = kaplan_meier(times, np.ones(len(times)))
    for one, other in pairwise(times):
        alone = len(kaplan_meier([one, other], [1, 1]).time)
        among = len(np.unique(np.searchsorted(everybody.time, [one, other], side="right")))
        assert alone == among


@pytest.mark.other_package
def test_one_absurd_day_beside_r(tmp_path):
    """R, told to take times as they are: whole days, one of them a billion."""
    if not r_is_here():
        pytest.skip(R_IS_MISSING)
    days = {f"random {seed}": random_cox_table(seed) for seed in (4, 6, 7, 8, 9)}
    absurd = {name: table.assign(time=table["time"].where(table.index > 0, 1e9)) for name, table in days.items()}
    theirs, agreement = run_r("ties", tmp_path, rows=stacked(absurd)), Agreement()
    for name, table in absurd.items():
        columns = table["time"], table["event"]
        curve, numbers = kaplan_meier(*columns), theirs[name, "curve", ""]
        assert curve.time.tolist() == numbers["at"].tolist()
        for ours, field in (("at_risk", "n.risk"), ("events", "n.event"), ("survival", "surv"), ("high", "upper")):
            agreement.add((name, ours), getattr(curve, ours), numbers[field])
        test = logrank_test(*columns, table["in_arm"], strata=table["stratum"], **NAMES)
        agreement.add((name, "log-rank"), test.statistic, theirs[name, "logrank", ""]["statistic"])
        fit = cox_regression(*columns, table[["in_arm", "x"]], strata=table["stratum"])
        agreement.add((name, "coefficients"), fit.coefficients, theirs[name, "cox", ""]["coefficient"])
        agreement.add((name, "errors"), fit.std_errors, theirs[name, "cox", ""]["std_error"])
    agreement.check()
