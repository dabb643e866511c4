"""What was measured: parameters, tables, populations, endpoints and responses of a trial, down to its analysis data."""

from smmlib.trial.analysis_data import AnalysisData, derive
from smmlib.trial.data import read_tables
from smmlib.trial.endpoints.time_to_event import TimeToEvent, reason_counts, time_to_event
from smmlib.trial.endpoints.words import estimand, rule_in_words, start_in_words
from smmlib.trial.further_columns import subject_columns
from smmlib.trial.parameters.study import Study, read_study
from smmlib.trial.response.rates import arm_categories, response_at
from smmlib.trial.response.words import criteria_in_words
from smmlib.trial.safety.words import counting_in_words

__all__ = [
    "AnalysisData",
    "Study",
    "TimeToEvent",
    "arm_categories",
    "counting_in_words",
    "criteria_in_words",
    "derive",
    "estimand",
    "read_study",
    "read_tables",
    "reason_counts",
    "response_at",
    "rule_in_words",
    "start_in_words",
    "subject_columns",
    "time_to_event",
]
