"""Adverse events in the section of the patients: those of the safety population who had any of each kind."""

from collections.abc import Iterator

from smmlib.analysis.disposition import SECTION
from smmlib.analysis.keys import Key
from smmlib.stats.counts import patient_count
from smmlib.stats.results import Estimate
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.parameters.study import Study
from smmlib.trial.safety.kinds import kind_in_words, kinds_in_population


def possible_keys(study: Study) -> Iterator[Key]:
    """Keys that the numbers of this part can have."""
    if study.data.adverse_events is None:
        return
    for variant, term in kinds_in_population(study):
        for arm in study.arms.levels:
            yield Key(SECTION, "adverse_event", arm=arm.id, variant=variant, level=term)


def adverse_event_counts(data: AnalysisData) -> dict[Key, Estimate]:
    """Patients with any, with a severe, a serious and a fatal adverse event, and with each severe one that is named.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate
        Empty where the study has no table of adverse events.

    Examples
    --------
    QuiRedex reported one fatal infection in the treatment arm.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import adverse_event_counts
    >>> counts = {key.name: count.value for key, count in adverse_event_counts(analysis_data("quiredex-2016")).items()}
    >>> counts["population.adverse_event.fatal.rd"]
    1.0
    """
    rows = data.adverse_events
    numbers = {}
    for key in possible_keys(data.study):
        chosen = (rows["kind"] == key.variant) & (rows["term"] == key.level) & (rows["arm"] == key.arm)
        affected = rows.loc[chosen, "affected"]
        what = f"patients, {kind_in_words(key.variant, key.level, data.event_sources)}"
        arm = data.study.arms.named(key.arm).label
        numbers[key] = patient_count(int(affected.sum()), what=what, arm=arm, of=len(affected))
    return numbers
