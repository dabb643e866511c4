"""How long patients were followed."""

from collections.abc import Iterator
from typing import TypedDict

from smmlib.analysis.disposition import SECTION
from smmlib.analysis.keys import Key
from smmlib.stats.results import Estimate
from smmlib.stats.survival.follow_up import EXTREMES, extreme_follow_up, median_follow_up
from smmlib.stats.types import FollowUpEstimator
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.parameters.study import Study


class _Meant(TypedDict):
    """What follow-up means in a study."""

    estimator: FollowUpEstimator
    time_unit: str


def possible_keys(study: Study) -> Iterator[Key]:
    """Keys that the numbers of this part can have."""
    if study.follow_up is not None:
        yield from (Key(SECTION, "follow_up", variant=variant) for variant in ("", *EXTREMES))


def follow_up_times(data: AnalysisData) -> dict[Key, Estimate]:
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
    observed = patients.time, patients.cause > 0  # a competing event ends nobody's follow-up
    meant: _Meant = {"estimator": study.follow_up.estimator, "time_unit": study.time_unit}
    numbers = {Key(SECTION, "follow_up"): median_follow_up(*observed, conf_level=study.analysis.conf_level, **meant)}
    for which in EXTREMES:
        numbers[Key(SECTION, "follow_up", variant=which)] = extreme_follow_up(*observed, which, **meant)
    return numbers
