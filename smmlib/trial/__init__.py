"""What was measured: parameters, tables, populations and endpoints of a trial."""

from smmlib.trial.data import read_subjects
from smmlib.trial.endpoints import arm_times, time_to_event
from smmlib.trial.parameters.study import read_study
from smmlib.trial.population import exclusion_reasons, population_steps, stratum_levels, subjects_in_arm
from smmlib.trial.response.recorded import response_categories
from smmlib.trial.treatment import phase_course

__all__ = [
    "arm_times",
    "exclusion_reasons",
    "phase_course",
    "population_steps",
    "read_study",
    "read_subjects",
    "response_categories",
    "stratum_levels",
    "subjects_in_arm",
    "time_to_event",
]
