"""What must not change, or must change in a known way, whatever the patients are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smmlib import (
    hazard_ratio,
    kaplan_meier,
    logrank_test,
    median_follow_up,
    median_survival,
    restricted_mean_difference,
    restricted_mean_ratio,
    risk_table,
    survival_at,
    survival_difference,
)

pytestmark = pytest.mark.invariant

DAYS_A_MONTH = 365.25 / 12
NAMES = {"arm": "new", "reference": "old"}
SWAPPED = {"arm": "old", "reference": "new"}
CONF_TYPES = ["log-log", "log", "plain", "logit", "arcsine"]

reproducible = settings(deadline=None, derandomize=True, max_examples=40, database=None)


@st.composite
def patients(draw):
    """Whole days with ties, events, arms (both present) and strata of 2 to 40 patients."""
    size = draw(st.integers(2, 40))
    latest = draw(st.sampled_from([3, 30, 2000]))
    each = {"min_size": size, "max_size": size}
    days = np.array(draw(st.lists(st.integers(0, latest), **each)))
    event = np.array(draw(st.lists(st.booleans(), **each)))
    in_arm = np.array(draw(st.lists(st.booleans(), **each)))
    strata = np.array(draw(st.lists(st.sampled_from("abc"), **each)))
    in_arm[:2] = True, False
    return days, event, in_arm, strata


def same(ours, expected, rel=1e-9):
    assert ours == pytest.approx(expected, rel=rel, abs=1e-12, nan_ok=True)


def numbers(result):
    """Every number of an estimate or a test, for comparison."""
    if hasattr(result, "p_value"):
        return result.statistic, result.p_value
    return result.value, result.low, result.high, result.std_error


def curves(days, event, in_arm, **options):
    return [kaplan_meier(days[arm], event[arm], **options) for arm in (in_arm, ~in_arm)]


# ---- units of time


@reproducible
@given(patients())
def test_months_and_days_give_the_same_numbers(drawn):
    days, event, in_arm, strata = drawn
    months = days / DAYS_A_MONTH
    for options in ({}, {"strata": strata}):
        in_days, in_months = (logrank_test(time, event, in_arm, **options, **NAMES) for time in (days, months))
        same(numbers(in_months), numbers(in_days))
        in_days, in_months = (hazard_ratio(time, event, in_arm, **options, **NAMES) for time in (days, months))
        same(numbers(in_months), numbers(in_days))
    in_days, in_months = kaplan_meier(days, event), kaplan_meier(months, event, time_unit="days")
    same(in_months.survival, in_days.survival)
    for median in (median_survival, lambda curve: survival_at(curve, curve.time[0])):
        scale = DAYS_A_MONTH if median is median_survival else 1
        same(np.multiply(numbers(median(in_months)), scale), numbers(median(in_days)))


@reproducible
@given(patients(), st.integers(0, 100_000))
def test_ties_survive_months_subtracted_after_the_division(drawn, start):
    """The same days, as the difference of two dates in months: 180 days become many floats, but stay tied."""
    days, event, in_arm, strata = drawn
    starts = start + np.arange(len(days)) * 37
    months = (starts + days) / DAYS_A_MONTH - starts / DAYS_A_MONTH
    months = np.maximum(months, 0)
    same(kaplan_meier(months, event).survival, kaplan_meier(days, event).survival)
    assert kaplan_meier(months, event).at_risk.tolist() == kaplan_meier(days, event).at_risk.tolist()
    for ties in ("efron", "breslow"):
        broken, whole = (
            hazard_ratio(time, event, in_arm, strata=strata, ties=ties, **NAMES) for time in (months, days)
        )
        same(numbers(broken), numbers(whole))
    broken, whole = (logrank_test(time, event, in_arm, strata=strata, **NAMES) for time in (months, days))
    same(numbers(broken), numbers(whole))


# ---- the arms, swapped


@reproducible
@given(patients())
def test_swapped_arms_invert_the_ratio_and_leave_the_test(drawn):
    days, event, in_arm, strata = drawn
    for options in ({}, {"strata": strata}, {"ties": "breslow"}):
        ratio = hazard_ratio(days, event, in_arm, **options, **NAMES)
        inverse = hazard_ratio(days, event, ~in_arm, **options, **SWAPPED)
        same((1 / inverse.value, 1 / inverse.high, 1 / inverse.low), (ratio.value, ratio.low, ratio.high))
        same(inverse.std_error, ratio.std_error)
    for options in ({}, {"strata": strata}):
        test = logrank_test(days, event, in_arm, **options, **NAMES)
        same(numbers(logrank_test(days, event, ~in_arm, **options, **SWAPPED)), numbers(test))


@reproducible
@given(patients(), st.floats(0, 2500))
def test_swapped_arms_negate_the_difference(drawn, landmark):
    days, event, in_arm, _ = drawn
    first, second = curves(days, event, in_arm)
    there, back = survival_difference(first, second, landmark), survival_difference(second, first, landmark)
    same((-back.value, -back.high, -back.low, back.std_error), (there.value, there.low, there.high, there.std_error))


@reproducible
@given(patients(), st.floats(0, 2500))
def test_swapped_arms_negate_and_invert_restricted_means(drawn, tau):
    days, event, in_arm, _ = drawn
    first, second = curves(days + 1, event, in_arm)
    there, back = restricted_mean_difference(first, second, tau), restricted_mean_difference(second, first, tau)
    same((-back.value, -back.high, -back.low, back.std_error), numbers(there))
    there, back = restricted_mean_ratio(first, second, tau), restricted_mean_ratio(second, first, tau)
    same((1 / back.value, 1 / back.high, 1 / back.low, back.std_error), numbers(there))


# ---- case weights and late entry


@reproducible
@given(patients(), st.data())
def test_weight_is_so_many_patients(drawn, data):
    days, event, in_arm, strata = drawn
    weights = np.array(data.draw(st.lists(st.integers(1, 4), min_size=len(days), max_size=len(days))))
    repeated = [np.repeat(column, weights) for column in (days, event, in_arm, strata)]
    weighted, listed = kaplan_meier(days, event, weights=weights), kaplan_meier(*repeated[:2])
    for field in ("time", "survival", "std_error", "at_risk", "events", "censored"):
        same(getattr(weighted, field), getattr(listed, field))
    for strata_of in (lambda column: None, lambda column: column):
        ours = logrank_test(days, event, in_arm, weights=weights, strata=strata_of(strata), **NAMES)
        same(numbers(ours), numbers(logrank_test(*repeated[:3], strata=strata_of(repeated[3]), **NAMES)))


@reproducible
@given(patients(), st.data())
def test_patient_in_two_stretches_is_one_patient(drawn, data):
    """Censored at any day, and under observation again from then on."""
    days, event, in_arm, strata = drawn
    days, event = days + 2, event
    until = np.array(data.draw(st.lists(st.integers(1, 2000), min_size=len(days), max_size=len(days)))) % (days - 1) + 1
    start, end = np.append(np.zeros(len(days)), until), np.append(until, days)
    last = np.append(np.zeros(len(days), dtype=bool), event)
    twice = [np.tile(column, 2) for column in (in_arm, strata)]
    for options in ({}, {"ties": "breslow"}, {"ties": "exact"}):
        split = hazard_ratio(end, last, twice[0], strata=twice[1], entry=start, **options, **NAMES)
        same(numbers(split), numbers(hazard_ratio(days, event, in_arm, strata=strata, **options, **NAMES)))
    split = logrank_test(end, last, twice[0], strata=twice[1], entry=start, **NAMES)
    same(numbers(split), numbers(logrank_test(days, event, in_arm, strata=strata, **NAMES)))
    curve, whole = kaplan_meier(end, last, entry=start), kaplan_meier(days, event)
    same([survival_at(curve, day).value for day in days], [survival_at(whole, day).value for day in days])


# ---- the order of the rows


@reproducible
@given(patients(), st.randoms(use_true_random=False))
def test_order_of_the_patients_does_not_matter(drawn, random):
    days, event, in_arm, strata = drawn
    order = list(range(len(days)))
    random.shuffle(order)
    shuffled = days[order], event[order], in_arm[order]
    same(
        numbers(logrank_test(*shuffled, strata=strata[order], **NAMES)),
        numbers(logrank_test(days, event, in_arm, strata=strata, **NAMES)),
    )
    same(
        numbers(hazard_ratio(*shuffled, strata=strata[order], **NAMES)),
        numbers(hazard_ratio(days, event, in_arm, strata=strata, **NAMES)),
    )
    assert kaplan_meier(*shuffled[:2]).survival.tolist() == kaplan_meier(days, event).survival.tolist()


# ---- strata


@reproducible
@given(patients())
def test_one_stratum_is_no_stratum(drawn):
    days, event, in_arm, _ = drawn
    one = {"strata": np.full(len(days), "all")}
    same(
        numbers(logrank_test(days, event, in_arm, **one, **NAMES)), numbers(logrank_test(days, event, in_arm, **NAMES))
    )
    same(
        numbers(hazard_ratio(days, event, in_arm, **one, **NAMES)), numbers(hazard_ratio(days, event, in_arm, **NAMES))
    )


@reproducible
@given(patients())
def test_third_stratum_without_events_changes_nothing(drawn):
    days, event, in_arm, strata = drawn
    more = [1, 2, 3, 4]
    columns = np.append(days, more), np.append(event, [False] * 4), np.append(in_arm, [True, True, False, False])
    wider = {"strata": np.append(strata, ["third"] * 4)}
    same(
        numbers(logrank_test(*columns, **wider, **NAMES)),
        numbers(logrank_test(days, event, in_arm, strata=strata, **NAMES)),
    )
    same(
        numbers(hazard_ratio(*columns, **wider, **NAMES)),
        numbers(hazard_ratio(days, event, in_arm, strata=strata, **NAMES)),
    )


@reproducible
@given(patients())
def test_stratum_twice_doubles_the_evidence(drawn):
    """Twice the chi-square, the same hazard ratio, its variance halved."""
    days, event, in_arm, _ = drawn
    twice = [np.tile(column, 2) for column in (days, event, in_arm)]
    strata = np.repeat(["first", "second"], len(days))
    once = logrank_test(days, event, in_arm, **NAMES)
    same(logrank_test(*twice, strata=strata, **NAMES).statistic, 2 * once.statistic)
    ratio, doubled = hazard_ratio(days, event, in_arm, **NAMES), hazard_ratio(*twice, strata=strata, **NAMES)
    same((doubled.value, doubled.std_error), (ratio.value, ratio.std_error / np.sqrt(2)))


# ---- one arm


@reproducible
@given(patients())
def test_everybody_is_at_risk_or_gone(drawn):
    """Between observed times, at risk and those with the event and the censored are all patients, in each arm."""
    days, event, in_arm, _ = drawn
    between = np.append(np.unique(days) + 0.5, 0)
    both = curves(days, event, in_arm)
    table = risk_table(both, between[:-1])
    for curve, members in zip(both, (in_arm, ~in_arm), strict=True):
        assert curve.at_risk[0] == members.sum()
        assert (curve.events + curve.censored).sum() == members.sum()
    everybody = np.repeat([in_arm.sum(), (~in_arm).sum()], len(between) - 1)
    assert (table.at_risk + table.events + table.censored).tolist() == everybody.tolist()


@reproducible
@given(patients(), st.sampled_from(CONF_TYPES))
def test_curve_falls_within_its_limits(drawn, conf_type):
    days, event, _, _ = drawn
    curve = kaplan_meier(days, event, conf_type=conf_type)
    assert (np.diff(np.append(1, curve.survival)) <= 0).all()
    known = ~np.isnan(curve.low)
    rounding = 1e-12
    assert (curve.low[known] <= curve.survival[known] + rounding).all()
    assert (curve.high[known] >= curve.survival[known] - rounding).all()
    assert (curve.low[known] >= 0).all()
    assert (curve.high[known] <= 1).all()


@reproducible
@given(patients(), st.sampled_from(CONF_TYPES))
def test_wider_at_a_higher_confidence_level(drawn, conf_type):
    days, event, _, _ = drawn
    narrow, wide = (kaplan_meier(days, event, conf_type=conf_type, conf_level=level) for level in (0.8, 0.99))
    known = ~np.isnan(narrow.low)
    assert (wide.low[known] <= narrow.low[known]).all()
    assert (wide.high[known] >= narrow.high[known]).all()


@reproducible
@given(patients())
def test_without_censoring_survival_is_the_share_alive(drawn):
    days, _, _, _ = drawn
    curve = kaplan_meier(days, np.ones(len(days), dtype=bool))
    same(curve.survival, [(days > time).mean() for time in curve.time])


@reproducible
@given(patients())
def test_follow_up_is_the_median_with_events_and_censorings_exchanged(drawn):
    days, event, _, _ = drawn
    follow_up = median_follow_up(days, event, estimator="reverse-kaplan-meier")
    same(numbers(follow_up), numbers(median_survival(kaplan_meier(days, ~event))))


@reproducible
@given(patients())
def test_inputs_are_not_changed(drawn):
    days, event, in_arm, strata = drawn
    before = [column.copy() for column in drawn]
    hazard_ratio(days, event, in_arm, strata=strata, **NAMES)
    logrank_test(days, event, in_arm, strata=strata, **NAMES)
    kaplan_meier(days, event)
    assert all((now == then).all() for now, then in zip(drawn, before, strict=True))
