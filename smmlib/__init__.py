"""Reproducible analysis of randomised trials: survival, response and the way of a number to the page.

`help(smmlib.hazard_ratio)` says what a verb takes and gives, with an example. The verbs by subject:

One arm
    kaplan_meier, survival_at, median_survival, survival_quantile, restricted_mean_survival, median_follow_up,
    extreme_follow_up, risk_table
Two arms
    logrank_test, hazard_ratio, hazard_ratio_test, survival_difference, restricted_mean_difference,
    restricted_mean_ratio, subgroup_hazard_ratios, piecewise_hazard_ratios, weighted_logrank_test, maxcombo_test,
    FlemingHarrington, ModestlyWeighted, one_sided_logrank_test
Several groups
    k_sample_logrank_test, trend_logrank_test, adjusted_p_values, gatekeeping_p_values,
    graphical_p_values
Several covariates
    cox_regression, cox_residuals, proportional_hazards_test
Competing risks and interval censoring
    cumulative_incidence, incidence_at, incidence_difference, gray_test, k_sample_gray_test,
    cause_specific_hazard_ratio, turnbull, interval_censored_survival_at, interval_censored_test
Incidence
    incidence_rate
Response
    response_rate, rate_difference, rate_ratio, odds_ratio, fisher_test, stratified_rate_difference,
    stratified_rate_ratio, stratified_odds_ratio, cochran_mantel_haenszel_test, odds_ratio_interaction_test
Robustness
    landmark_hazard_ratio, time_dependent_response_hazard_ratio, tipping_point, reference_based_hazard_ratio,
    event_time_shift, fragility_index
Baseline
    summary_statistics, standardised_mean_difference, multinomial_standardised_difference, welch_test, pearson_test
Patients
    analysis_data, calibrate, cohorts, digitise, reconstruct, patient_count

They return frozen results: Estimate, HypothesisTest, SurvivalCurve, CumulativeIncidenceCurve, IntervalCensoredCurve,
CoxModel, PHTest, SubgroupAnalysis, TippingPoint, EventTimeShift, SummaryStatistics; a figure or patients; a data frame;
an array.
"""

from importlib import import_module
from typing import TYPE_CHECKING

import smmlib.command_line.start  # noqa: F401 (first: whatever is imported after it ends in words)
from smmlib.stats.baseline.comparison_tests import pearson_test, welch_test
from smmlib.stats.baseline.standardised_difference import (
    multinomial_standardised_difference,
    standardised_mean_difference,
)
from smmlib.stats.baseline.summary import summary_statistics
from smmlib.stats.comparison.gatekeeping import gatekeeping_p_values
from smmlib.stats.comparison.graphical_procedure import graphical_p_values
from smmlib.stats.comparison.hazard_ratio import hazard_ratio, hazard_ratio_test
from smmlib.stats.comparison.k_sample import k_sample_logrank_test, trend_logrank_test
from smmlib.stats.comparison.logrank import logrank_test
from smmlib.stats.comparison.multiple_testing import adjusted_p_values
from smmlib.stats.comparison.one_sided import one_sided_logrank_test
from smmlib.stats.comparison.subgroups import piecewise_hazard_ratios, subgroup_hazard_ratios
from smmlib.stats.comparison.survival_difference import survival_difference
from smmlib.stats.comparison.weighted import maxcombo_test, weighted_logrank_test
from smmlib.stats.comparison.weightings import FlemingHarrington, ModestlyWeighted
from smmlib.stats.competing.competing_risks import (
    cause_specific_hazard_ratio,
    cumulative_incidence,
    incidence_at,
)
from smmlib.stats.competing.gray import gray_test, k_sample_gray_test
from smmlib.stats.competing.incidence_difference import incidence_difference
from smmlib.stats.counts import patient_count
from smmlib.stats.cox.model import cox_regression
from smmlib.stats.cox.proportional_hazards import proportional_hazards_test
from smmlib.stats.cox.residuals import cox_residuals
from smmlib.stats.incidence.incidence_rate import incidence_rate
from smmlib.stats.interval.turnbull import interval_censored_survival_at, interval_censored_test, turnbull
from smmlib.stats.response.difference import rate_difference
from smmlib.stats.response.interaction import odds_ratio_interaction_test
from smmlib.stats.response.rate import response_rate
from smmlib.stats.response.ratio import fisher_test, odds_ratio, rate_ratio
from smmlib.stats.response.stratified_difference import stratified_rate_difference
from smmlib.stats.response.stratified_ratio import (
    cochran_mantel_haenszel_test,
    stratified_odds_ratio,
    stratified_rate_ratio,
)
from smmlib.stats.results import (
    CoxModel,
    CumulativeIncidenceCurve,
    Estimate,
    EventTimeShift,
    HypothesisTest,
    IntervalCensoredCurve,
    PHTest,
    SubgroupAnalysis,
    SummaryStatistics,
    SurvivalCurve,
    TippingPoint,
)
from smmlib.stats.robustness.event_time_shift import event_time_shift
from smmlib.stats.robustness.fragility import fragility_index
from smmlib.stats.robustness.immortal_time import landmark_hazard_ratio, time_dependent_response_hazard_ratio
from smmlib.stats.robustness.tipping_point import reference_based_hazard_ratio, tipping_point
from smmlib.stats.survival.follow_up import extreme_follow_up, median_follow_up, risk_table
from smmlib.stats.survival.kaplan_meier import kaplan_meier, median_survival, survival_at, survival_quantile
from smmlib.stats.survival.restricted_mean import (
    restricted_mean_difference,
    restricted_mean_ratio,
    restricted_mean_survival,
)

if TYPE_CHECKING:
    from smmlib.calibration.calibrate import calibrate
    from smmlib.calibration.ensemble import cohorts
    from smmlib.curves.digitise import digitise
    from smmlib.curves.reconstruct import reconstruct
    from smmlib.trial.analysis_files import analysis_data

__version__ = "0.1.0"

LATER = {
    "analysis_data": "smmlib.trial.analysis_files",
    "calibrate": "smmlib.calibration.calibrate",
    "cohorts": "smmlib.calibration.ensemble",
    "digitise": "smmlib.curves.digitise",
    "reconstruct": "smmlib.curves.reconstruct",
}
"""Verbs that read or make patients, with their modules, which are imported when first asked for."""

__all__ = [
    "CoxModel",
    "CumulativeIncidenceCurve",
    "Estimate",
    "EventTimeShift",
    "FlemingHarrington",
    "HypothesisTest",
    "IntervalCensoredCurve",
    "ModestlyWeighted",
    "PHTest",
    "SubgroupAnalysis",
    "SummaryStatistics",
    "SurvivalCurve",
    "TippingPoint",
    "adjusted_p_values",
    "analysis_data",
    "calibrate",
    "cause_specific_hazard_ratio",
    "cochran_mantel_haenszel_test",
    "cohorts",
    "cox_regression",
    "cox_residuals",
    "cumulative_incidence",
    "digitise",
    "event_time_shift",
    "extreme_follow_up",
    "fisher_test",
    "fragility_index",
    "gatekeeping_p_values",
    "graphical_p_values",
    "gray_test",
    "hazard_ratio",
    "hazard_ratio_test",
    "incidence_at",
    "incidence_difference",
    "incidence_rate",
    "interval_censored_survival_at",
    "interval_censored_test",
    "k_sample_gray_test",
    "k_sample_logrank_test",
    "kaplan_meier",
    "landmark_hazard_ratio",
    "logrank_test",
    "maxcombo_test",
    "median_follow_up",
    "median_survival",
    "multinomial_standardised_difference",
    "odds_ratio",
    "odds_ratio_interaction_test",
    "one_sided_logrank_test",
    "patient_count",
    "pearson_test",
    "piecewise_hazard_ratios",
    "proportional_hazards_test",
    "rate_difference",
    "rate_ratio",
    "reconstruct",
    "reference_based_hazard_ratio",
    "response_rate",
    "restricted_mean_difference",
    "restricted_mean_ratio",
    "restricted_mean_survival",
    "risk_table",
    "standardised_mean_difference",
    "stratified_odds_ratio",
    "stratified_rate_difference",
    "stratified_rate_ratio",
    "subgroup_hazard_ratios",
    "summary_statistics",
    "survival_at",
    "survival_difference",
    "survival_quantile",
    "time_dependent_response_hazard_ratio",
    "tipping_point",
    "trend_logrank_test",
    "turnbull",
    "weighted_logrank_test",
    "welch_test",
]


if not TYPE_CHECKING:  # which would take any name for one that there is

    def __getattr__(name):
        if name in LATER:
            return getattr(import_module(LATER[name]), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
