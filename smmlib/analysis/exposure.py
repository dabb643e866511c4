"""How far patients went with each phase of the treatment, and for how long."""

from collections.abc import Iterator

from smmlib.analysis.disposition import SECTION
from smmlib.analysis.keys import Key
from smmlib.stats.counts import patient_count
from smmlib.stats.results import Estimate, SurvivalCurve
from smmlib.stats.survival.kaplan_meier import kaplan_meier, median_survival
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.parameters.study import Study

PARTS = ("started", "completed", "stopped", "ongoing")


def possible_keys(study: Study) -> Iterator[Key]:
    """Keys that the numbers of this part can have."""
    for phase in study.phases:
        yield from (Key(SECTION, measure, phase=phase.id) for measure in (*PARTS, "length"))


def exposure_numbers(data: AnalysisData) -> dict[Key, Estimate]:
    """Patients who started each phase, completed it, stopped before, or were still in it; and its median length.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate
        The length is the median of the Kaplan-Meier curve of the time to the end of the phase.

    Examples
    --------
    In QuiRedex, the 57 patients analysed in the treatment arm all started induction.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import exposure_numbers
    >>> numbers = {key.name: number.value for key, number in exposure_numbers(analysis_data("quiredex-2013")).items()}
    >>> numbers["population.induction.started"]
    57.0
    """
    numbers, curves = {}, length_curves(data)
    for phase in data.study.phases:
        exposure = data.in_phase(phase.id)
        ended, completed = exposure["ended"].to_numpy(dtype=bool), exposure["completed"].to_numpy(dtype=bool)
        counts = len(exposure), completed.sum(), (ended & ~completed).sum(), (~ended).sum()
        for part, patients in zip(PARTS, map(int, counts), strict=True):
            what = f"patients, {phase.id} {part}"
            numbers[Key(SECTION, part, phase=phase.id)] = patient_count(patients, what=what, of=len(exposure))
        length = Key(SECTION, "length", phase=phase.id)
        numbers |= {length: median_survival(curves[length])} if length in curves else {}
    return numbers


def length_curves(data: AnalysisData) -> dict[Key, SurvivalCurve]:
    """The Kaplan-Meier curve of the time to the end of each phase that anybody started.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to SurvivalCurve
        By the key of its median, the length of the phase.
    """
    study, curves = data.study, {}
    for phase in study.phases:
        exposure = data.in_phase(phase.id)
        if len(exposure):
            observed = exposure["time"].to_numpy(dtype=float), exposure["ended"].to_numpy(dtype=bool)
            curves[Key(SECTION, "length", phase=phase.id)] = kaplan_meier(
                *observed, conf_level=study.analysis.conf_level, time_unit=study.time_unit
            )
    return curves
