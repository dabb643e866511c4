"""The section of adverse events: its parts together."""

from collections.abc import Iterator

from smmlib.analysis.keys import Key
from smmlib.analysis.safety.event_counts import event_counts, safety_population_counts, worst_grades
from smmlib.analysis.safety.keys import SECTION, WORST_GRADES
from smmlib.analysis.safety.rates import event_rates, risk_differences
from smmlib.stats.results import Estimate
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.parameters.study import Study
from smmlib.trial.safety.kinds import KINDS

OPEN_MEASURES = ("patients", "events", *WORST_GRADES.values(), "rate", "difference")
"""Counts and rates whose classes and terms only the tables tell."""


def possible_keys(study: Study) -> Iterator[Key]:
    """Keys that the numbers of this section can have, but for those of classes and terms."""
    measures = ["patients", "events", *(["rate"] if study.safety.treatment else [])]
    for arm in study.arms.levels:
        yield Key(SECTION, "population", arm=arm.id)
        yield from (Key(SECTION, measure, arm=arm.id, variant=kind) for kind in KINDS for measure in measures)
        yield from (Key(SECTION, measure, arm=arm.id, variant="any") for measure in WORST_GRADES.values())
    for arm, reference in study.arms.pairs if study.safety.compare else ():
        yield from (Key(SECTION, "difference", arm=arm.id, reference=reference.id, variant=kind) for kind in KINDS)


def safety_numbers(data: AnalysisData) -> dict[Key, Estimate]:
    """All numbers of the section of adverse events.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate
    """
    return {
        **safety_population_counts(data),
        **event_counts(data),
        **worst_grades(data),
        **event_rates(data),
        **risk_differences(data),
    }
