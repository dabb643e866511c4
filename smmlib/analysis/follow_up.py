"""How long patients were followed."""

from smmlib.analysis.disposition import SECTION
from smmlib.analysis.keys import Key
from smmlib.stats.survival.follow_up import extreme_follow_up, median_follow_up


def possible_keys(study):
    """Keys that the numbers of this part can have."""
    if study.follow_up is not None:
        yield from (Key(SECTION, "follow_up", variant=variant) for variant in ("", "shortest", "longest"))


def follow_up_times(data):
    """Median follow-up by the estimator that the study names, and the shortest and longest of the same patients.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate
        Empty where the study does not ask for it.

    Examples
    --------
    QuiRedex reported a median follow-up of 40 months.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import follow_up_times
    >>> times = {key.name: time.value for key, time in follow_up_times(analysis_data("quiredex-2013")).items()}
    >>> print(f"{times['population.follow_up']:.0f}")
    40
    """
    study = data.study
    if study.follow_up is None:
        return {}
    patients = data.endpoint(study.follow_up.endpoint)
    observed = patients.time, patients.event
    meant = {"estimator": study.follow_up.estimator, "time_unit": study.time_unit}
    median = median_follow_up(*observed, conf_level=study.analysis.conf_level, **meant)
    return {
        key: extreme_follow_up(*observed, key.variant, **meant) if key.variant else median
        for key in possible_keys(study)
    }
