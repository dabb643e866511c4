"""The population section: its parts together."""

from collections.abc import Iterator

from smmlib.analysis import disposition, exposure, follow_up, received_arms
from smmlib.analysis.keys import Key
from smmlib.analysis.safety import population_counts
from smmlib.stats.results import Estimate
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.parameters.study import Study

OPEN_MEASURES = ("exclusion", "stratum")
"""Counts whose levels only the tables tell."""


def possible_keys(study: Study) -> Iterator[Key]:
    """Keys that the numbers of this section can have, but for the levels of `OPEN_MEASURES`."""
    for part in (disposition, received_arms, follow_up, exposure, population_counts):
        yield from part.possible_keys(study)


def population_numbers(data: AnalysisData) -> dict[Key, Estimate]:
    """All numbers of the population section.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate
    """
    return {
        **disposition.disposition_counts(data),
        **received_arms.received_arm_counts(data),
        **disposition.exclusion_counts(data),
        **disposition.stratum_counts(data),
        **follow_up.follow_up_times(data),
        **exposure.exposure_numbers(data),
        **population_counts.adverse_event_counts(data),
    }
