"""The words of a method that come from the data are named, and the sentence without them is the same for other data."""

import numpy as np
import pytest

from smmlib import (
    cochran_mantel_haenszel_test,
    cox_regression,
    cumulative_incidence,
    fisher_test,
    gray_test,
    hazard_ratio,
    hazard_ratio_test,
    incidence_at,
    interval_censored_survival_at,
    interval_censored_test,
    kaplan_meier,
    landmark_hazard_ratio,
    logrank_test,
    maxcombo_test,
    median_follow_up,
    median_survival,
    odds_ratio,
    piecewise_hazard_ratios,
    rate_difference,
    rate_ratio,
    reference_based_hazard_ratio,
    response_rate,
    restricted_mean_difference,
    restricted_mean_ratio,
    restricted_mean_survival,
    stratified_odds_ratio,
    stratified_rate_difference,
    stratified_rate_ratio,
    subgroup_hazard_ratios,
    survival_at,
    survival_difference,
    time_dependent_response_hazard_ratio,
    tipping_point,
    turnbull,
    weighted_logrank_test,
)
from smmlib.report.disclosure.masked_results import without_data

pytestmark = pytest.mark.invariant

NAMES = {"arm": "new", "reference": "old"}
TIME, EVENT, NEW = [1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 0, 1, 1, 0, 1, 1], [1, 0, 1, 0, 1, 0, 1, 0]
NO_EVENT, ONLY_OLD = [0] * 8, [0, 1, 0, 1, 0, 0, 0, 1]
RESPONDED = np.array([1, 0, 1, 0, 1, 1, 0, 0])


def curve(last, arm="new", events=(1, 0, 0)):
    return kaplan_meier([1.5, 2, last], events, arm=arm)


def observed(events=EVENT):
    return TIME, events, NEW


BEYOND = [
    lambda last: survival_at(curve(last), 60),
    lambda last: survival_difference(curve(last), curve(70, "old"), 60),
    lambda last: restricted_mean_survival(curve(last), 60),
    lambda last: restricted_mean_difference(curve(70), curve(last, "old"), 60),
    lambda last: restricted_mean_ratio(curve(70), curve(last, "old"), 60),
    lambda last: incidence_at(cumulative_incidence([1, 2, last], [1, 2, 0], of=1, arm="new"), 60),
    lambda last: interval_censored_survival_at(turnbull([0, 2, last], [1, 3, np.inf], arm="new"), 60),
    lambda last: interval_censored_survival_at(turnbull([0, last], [1, 80]), 60),
]


@pytest.mark.parametrize("place", range(len(BEYOND)))
def test_the_last_observed_time_is_named_as_coming_from_the_data(place):
    early, late = BEYOND[place](7.1335), BEYOND[place](9.2468)
    assert "7.1335" in early.method
    assert without_data(early).method == without_data(late).method
    assert "60 months" in without_data(early).method


PAIRS = {
    "nobody without the event": (
        median_follow_up([1, 2], [1, 1], estimator="survivors"),
        median_follow_up([1, 2], [0, 1], estimator="survivors"),
    ),
    "follow-up not reached": (
        median_follow_up([1, 2, 3], [0, 1, 1], estimator="reverse-kaplan-meier"),
        median_follow_up([1, 2, 3], [0, 0, 0], estimator="reverse-kaplan-meier"),
    ),
    "median not reached": (median_survival(curve(5)), median_survival(curve(5, events=(1, 1, 1)))),
    "survival of 1": (survival_at(curve(5), 1), survival_at(curve(5), 2)),
    "incidence of 0": tuple(incidence_at(cumulative_incidence([1, 2, 3], [2, 1, 0], of=1), time) for time in (1, 2)),
    "survival of 0": (
        survival_difference(curve(5, events=(1, 1, 1)), curve(5, "old"), 5),
        survival_difference(curve(5), curve(5, "old"), 5),
    ),
    "no reference responders, ratio": (rate_ratio(4, 9, 0, 9, **NAMES), rate_ratio(3, 9, 4, 9, **NAMES)),
    "no reference responders, odds": (odds_ratio(4, 9, 0, 9, **NAMES), odds_ratio(3, 9, 4, 9, **NAMES)),
    "all responders, odds": (odds_ratio(9, 9, 4, 9, **NAMES), odds_ratio(3, 9, 4, 9, **NAMES)),
    "all responders, Fisher": (fisher_test(9, 9, 4, 9, **NAMES), fisher_test(3, 9, 4, 9, **NAMES)),
    "no width, rate": (response_rate(0, 9, method="wald"), response_rate(3, 9, method="wald")),
    "no width, difference": tuple(rate_difference(count, 9, 9, 9, method="wald", **NAMES) for count in (9, 3)),
    **{
        f"strata of one arm, {verb.__name__}": tuple(
            verb(RESPONDED, NEW, strata, **NAMES) for strata in ([1] * 8, [1] * 7 + [2])
        )
        for verb in (
            stratified_rate_difference,
            stratified_rate_ratio,
            stratified_odds_ratio,
            cochran_mantel_haenszel_test,
        )
    },
    "who left before a landmark": tuple(
        landmark_hazard_ratio(time, EVENT, np.where(RESPONDED, 2.0, np.nan), landmark=2.5)
        for time in (TIME, [1, 2, 2, 4, 5, 6, 7, 8])
    ),
    "who responded": tuple(
        time_dependent_response_hazard_ratio(TIME, EVENT, np.where(responded, 0.5, np.nan))
        for responded in (RESPONDED, 1 - RESPONDED * (np.arange(8) > 2))
    ),
    "who is imputed": tuple(
        reference_based_hazard_ratio(*observed(events), followed_until=9, imputations=2, seed=1, **NAMES)
        for events in (EVENT, [1, 1, 0, 1, 0, 0, 1, 1])
    ),
    "who is imputed, tipping": tuple(
        tipping_point(*observed(events), deltas=[1], followed_until=9, imputations=2, seed=1, **NAMES).hazard_ratios[0]
        for events in (EVENT, [1, 1, 0, 1, 0, 0, 1, 1])
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_sentence_without_what_the_data_add_is_the_same_for_other_data(name):
    one, other = PAIRS[name]
    assert one.method != other.method
    assert without_data(one).method == without_data(other).method
    for result in (one, other):
        assert all(words in result.method for words in result.from_data)
        assert without_data(result).from_data == ()


def rank_tests(events, **more):
    given = NAMES | more
    return [
        logrank_test(*observed(events), **given),
        weighted_logrank_test(*observed(events), weighting="gehan", **given),
        maxcombo_test(*observed(events), weightings=["gehan"], seed=1, **given),
        hazard_ratio_test(*observed(events), kind="wald", **given),
        hazard_ratio(*observed(events), **given),
    ]


ONE_SIDED = [
    *rank_tests(NO_EVENT),
    hazard_ratio_test(*observed(ONLY_OLD), kind="wald", **NAMES),
    hazard_ratio(*observed(ONLY_OLD), **NAMES),
    gray_test(TIME, NO_EVENT, NEW, of=1, **NAMES),
    interval_censored_test([1, 1], [2, 2], [1, 0], **NAMES),
    *subgroup_hazard_ratios(*observed(ONLY_OLD), [1, 1, 1, 1, 1, 1, 2, 3], **NAMES).hazard_ratios,
    *piecewise_hazard_ratios(*observed(ONLY_OLD), cuts=[4], **NAMES).hazard_ratios,
    cox_regression(TIME, EVENT, {"dose": [2] * 8}).hazard_ratios[0],
    cox_regression(TIME, EVENT, {"dose": [2] * 8}).wald_test,
    cox_regression(TIME, NO_EVENT, {"dose": TIME}).score_test,
]


@pytest.mark.parametrize("place", range(len(ONE_SIDED)))
def test_why_a_result_is_not_estimable_comes_from_the_data(place):
    result = ONE_SIDED[place]
    assert "not estimable, " in result.method
    assert any(words.startswith(": not estimable, ") for words in result.from_data)
    said = without_data(result).method
    assert "not estimable" not in said
    assert "event" not in said.removeprefix("Gray's test of the cumulative incidence of cause 1")
