"""What was measured: parameters, tables, populations, endpoints and responses of a trial."""

from smmlib.trial.adverse_events import adverse_event_patients
from smmlib.trial.data import read_tables
from smmlib.trial.endpoints.time_to_event import arm_times, reason_counts, time_to_event
from smmlib.trial.endpoints.words import estimand, rule_in_words, start_in_words
from smmlib.trial.parameters.study import read_study
from smmlib.trial.population import exclusion_reasons, population_steps, stratum_levels, subjects_in_arm
from smmlib.trial.response.rates import arm_categories, response_at
from smmlib.trial.treatment import phase_course

__all__ = [
    "adverse_event_patients",
    "arm_categories",
    "arm_times",
    "estimand",
    "exclusion_reasons",
    "phase_course",
    "population_steps",
    "read_study",
    "read_tables",
    "reason_counts",
    "response_at",
    "rule_in_words",
    "start_in_words",
    "stratum_levels",
    "subjects_in_arm",
    "time_to_event",
]
