"""What other programs compute rightly, computed by them from the same patients.

Left out are the calls on which they differ from R and SAS: medians on a plateau, their limits when the last patient has
the event, limits that are not log-log, comparisons without an event while patients of both arms are at risk, and score
limits of a difference of rates; and what rests on random numbers, the event times that tipping points impute.
"""

import warnings
from functools import partial

from smmlib.report.verification import (
    described_patients,
    multiple_testing,
    population,
    response,
    response_subgroups,
    safety,
    sensitivity,
    subgroups,
    time_to_event,
)
from smmlib.trial.analysis_files import analysis_data

SECTIONS = {
    "population": population.population_numbers,
    "disposition": partial(described_patients.described_numbers, section="disposition"),
    "baseline": described_patients.baseline_numbers,
    "exposure": partial(described_patients.described_numbers, section="exposure"),
    "time_to_event": time_to_event.endpoint_numbers,
    "multiple_testing": multiple_testing.hypothesis_tests,
    "subgroups": subgroups.subgroup_numbers,
    "response": response.response_numbers,
    "response_subgroups": response_subgroups.response_subgroup_numbers,
    "sensitivity": sensitivity.sensitivity_numbers,
    "safety": safety.safety_numbers,
}
"""By notebook: the numbers of analysis data, and of the endpoint of a run that has one."""


def second_implementation(study_file, folder):
    """All numbers of a study's runs that another program computes rightly.

    Parameters
    ----------
    study_file : str
        The parameters file.
    folder : Path
        Where the run keeps its analysis data.

    Returns
    -------
    list of tuple
        (key, quantity, value, program).
    """
    data = analysis_data(study_file, folder)
    asked = sorted(
        (run.notebook, run.parameters.get("endpoint", ""))
        for run in data.study.runs.values()
        if run.notebook in SECTIONS
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the other programs warn of is told by the comparison
        return [
            number
            for notebook, endpoint in dict.fromkeys(asked)
            for number in SECTIONS[notebook](data, *filter(None, [endpoint]))
        ]
