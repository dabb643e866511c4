"""All numbers of a study: the one list that notebooks, cohorts, ranges, ledger and checks share."""

from smmlib.analysis import disposition, exposure, follow_up, response, safety, time_to_event
from smmlib.analysis.keys import Key, KeysByName

OPEN_MEASURES = {"population": ("exclusion", "stratum"), "time_to_event": ("reason",)}
"""Counts of each section whose levels only the tables tell."""


def population_numbers(data):
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
        **disposition.exclusion_counts(data),
        **disposition.stratum_counts(data),
        **follow_up.follow_up_times(data),
        **exposure.exposure_numbers(data),
        **safety.adverse_event_counts(data),
    }


def study_numbers(data):
    """All numbers that the runs of a study record, but for those of reconstruction and of a user's own notebooks.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
        In the order of the runs.

    Examples
    --------
    Remission in Freireich 1963: textbooks and R's `survdiff` give a chi-square of 16.79.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import study_numbers
    >>> numbers = {key.name: number for key, number in study_numbers(analysis_data("freireich-1963")).items()}
    >>> print(f"{numbers['remission.logrank.placebo_vs_6-mp'].statistic:.2f}")
    16.79
    """
    numbers = {}
    for run in data.study.runs.values():
        if run.notebook == "population":
            numbers |= population_numbers(data)
        elif run.notebook == "time_to_event":
            numbers |= time_to_event.endpoint_numbers(data, run.parameters["endpoint"])
        elif run.notebook == "response":
            numbers |= response.response_numbers(data)
    return numbers


def possible_keys(study):
    """Keys that the numbers of a study can have, as far as they are known before the tables are read.

    Parameters
    ----------
    study : Study

    Yields
    ------
    Key

    Examples
    --------
    Freireich 1963 has two arms, so one comparison.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import possible_keys
    >>> keys = possible_keys(analysis_data("freireich-1963").study)
    >>> [key.name for key in keys if key.measure in ("median", "logrank")]
    ['remission.median.placebo', 'remission.median.6-mp', 'remission.logrank.placebo_vs_6-mp']
    """
    for run in study.runs.values():
        if run.notebook == "population":
            for part in (disposition, follow_up, exposure, safety):
                yield from part.possible_keys(study)
        elif run.notebook == "time_to_event" and run.parameters.get("endpoint") in study.endpoints:
            yield from time_to_event.possible_keys(study, run.parameters["endpoint"])
        elif run.notebook == "response" and study.response:
            yield from response.possible_keys(study)


def keys_by_name(study, found=()):
    """Keys of a study by their printed names.

    Parameters
    ----------
    study : Study
    found : iterable of Key
        Further ones, of numbers that the tables have.

    Returns
    -------
    KeysByName
    """
    keys = dict.fromkeys((*possible_keys(study), *found))
    return KeysByName(keys, two_arms=len(study.arms.levels) == 2)


def is_open(study, name):
    """Whether a name may be that of a number that only the tables, or a notebook of the user's own, can tell.

    Parameters
    ----------
    study : Study
    name : str

    Returns
    -------
    bool
    """
    beginnings = []
    for run_name, run in study.runs.items():
        if run.notebook in OPEN_MEASURES:
            endpoint = run.parameters.get("endpoint", "")
            keys = [Key(run.notebook, measure, endpoint) for measure in OPEN_MEASURES[run.notebook]]
            beginnings += [f"{key.name}(" for key in keys]
        elif run.notebook != "response":
            beginnings.append(f"{run_name}.")
    return name.startswith(tuple(beginnings))
