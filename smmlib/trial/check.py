"""Everything that a study's runs will read, read once before anything runs."""

from smmlib.trial.data import read_subjects
from smmlib.trial.endpoints import time_to_event
from smmlib.trial.population import analysed_subjects
from smmlib.trial.response.recorded import response_categories
from smmlib.trial.treatment import phase_course


def check_tables(study):
    """Read and derive all that the parameters name, so that a wrong table stops the run before it begins.

    Parameters
    ----------
    study : Study

    Raises
    ------
    DataError
        Naming the file, the row or the patient, the variable, the value and what is expected.
    """
    subjects = analysed_subjects(study, read_subjects(study))
    for endpoint in study.endpoints:
        time_to_event(study, endpoint)
    for phase in study.phases:
        phase_course(study, subjects, phase)
    for visit in study.response.visits if study.response else []:
        response_categories(study, visit)
