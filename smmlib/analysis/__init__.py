"""What is estimated of a study: the numbers of each section by their keys, from its analysis data."""

from smmlib.analysis.adjusted_comparisons import adjusted_hazard_ratios
from smmlib.analysis.baseline import baseline_characteristics, baseline_differences
from smmlib.analysis.claims import ClaimError, claims_by_key
from smmlib.analysis.competing_risks import competing_risk_numbers, incidence_curves
from smmlib.analysis.declared_comparisons import declared_numbers
from smmlib.analysis.described_patients import disposition_table, extent_of_exposure
from smmlib.analysis.disposition import disposition_counts, exclusion_counts, stratum_counts
from smmlib.analysis.exposure import exposure_numbers
from smmlib.analysis.follow_up import follow_up_times
from smmlib.analysis.keys import Key
from smmlib.analysis.multiple_testing import hypothesis_tests
from smmlib.analysis.received_arms import received_arm_counts
from smmlib.analysis.response import category_counts, passed_over, rate_comparisons, response_rates
from smmlib.analysis.response_subgroups import response_by_subgroup
from smmlib.analysis.safety.event_counts import event_counts, safety_population_counts, term_table, worst_grades
from smmlib.analysis.safety.population_counts import adverse_event_counts
from smmlib.analysis.safety.rates import event_rates, risk_differences
from smmlib.analysis.sections import possible_keys, study_numbers
from smmlib.analysis.sensitivity import response_sensitivity, sensitivity_analyses, tipping_points
from smmlib.analysis.subgroups import subgroup_comparisons, subgroup_counts
from smmlib.analysis.time_to_event import (
    comparison_numbers,
    event_reasons,
    events_and_survival,
    numbers_at_risk,
    survival_curves,
)

__all__ = [
    "ClaimError",
    "Key",
    "adjusted_hazard_ratios",
    "adverse_event_counts",
    "baseline_characteristics",
    "baseline_differences",
    "category_counts",
    "claims_by_key",
    "comparison_numbers",
    "competing_risk_numbers",
    "declared_numbers",
    "disposition_counts",
    "disposition_table",
    "event_counts",
    "event_rates",
    "event_reasons",
    "events_and_survival",
    "exclusion_counts",
    "exposure_numbers",
    "extent_of_exposure",
    "follow_up_times",
    "hypothesis_tests",
    "incidence_curves",
    "numbers_at_risk",
    "passed_over",
    "possible_keys",
    "rate_comparisons",
    "received_arm_counts",
    "response_by_subgroup",
    "response_rates",
    "response_sensitivity",
    "risk_differences",
    "safety_population_counts",
    "sensitivity_analyses",
    "stratum_counts",
    "study_numbers",
    "subgroup_comparisons",
    "subgroup_counts",
    "survival_curves",
    "term_table",
    "tipping_points",
    "worst_grades",
]
