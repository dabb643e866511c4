"""All numbers of a study: the one list that notebooks, cohorts, ranges, ledger and checks share."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from smmlib.analysis import (
    baseline,
    described_patients,
    multiple_testing,
    population,
    response,
    response_subgroups,
    sensitivity,
    subgroups,
    time_to_event,
)
from smmlib.analysis.keys import Key, KeysByName, Numbers
from smmlib.analysis.safety import section as safety
from smmlib.stats.results import Estimate, HypothesisTest
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.parameters.study import Study


@dataclass(frozen=True)
class Section:
    """What the runs of one notebook record.

    Attributes
    ----------
    possible_keys : callable
        Of a study, and of an endpoint in a section that has a run an endpoint: the keys that its numbers can have, as
        far as they are known before the tables are read.
    numbers : callable
        Of analysis data, and of an endpoint likewise: its numbers, by key.
    open_measures : tuple of str
        Counts whose levels only the tables tell.
    of_endpoint : bool
        Whether it has a run an endpoint.
    """

    possible_keys: Callable[..., Iterator[Key]]
    numbers: Callable[..., Mapping[Key, Estimate | HypothesisTest]]
    open_measures: tuple[str, ...] = ()
    of_endpoint: bool = False


SECTIONS = {
    "population": Section(population.possible_keys, population.population_numbers, population.OPEN_MEASURES),
    "disposition": Section(
        partial(described_patients.keys_of_descriptions, section="disposition"),
        described_patients.disposition_table,
        described_patients.OPEN_MEASURES,
    ),
    "baseline": Section(baseline.possible_keys, baseline.baseline_numbers, described_patients.OPEN_MEASURES),
    "exposure": Section(
        partial(described_patients.keys_of_descriptions, section="exposure"),
        described_patients.extent_of_exposure,
        described_patients.OPEN_MEASURES,
    ),
    "time_to_event": Section(
        time_to_event.possible_keys, time_to_event.endpoint_numbers, time_to_event.OPEN_MEASURES, of_endpoint=True
    ),
    "multiple_testing": Section(multiple_testing.possible_keys, multiple_testing.hypothesis_tests),
    "subgroups": Section(
        subgroups.possible_keys, subgroups.subgroup_numbers, subgroups.OPEN_MEASURES, of_endpoint=True
    ),
    "response": Section(response.possible_keys, response.response_numbers, response.OPEN_MEASURES),
    "response_subgroups": Section(
        response_subgroups.possible_keys,
        response_subgroups.response_subgroup_numbers,
        response_subgroups.OPEN_MEASURES,
    ),
    "sensitivity": Section(sensitivity.possible_keys, sensitivity.sensitivity_numbers),
    "safety": Section(safety.possible_keys, safety.safety_numbers, safety.OPEN_MEASURES),
}
"""The sections of the list by their notebooks."""
BUNDLED_NOTEBOOKS = (*SECTIONS, "reconstruction")


def sections_of(study: Study) -> Iterator[tuple[Section, tuple[str, ...]]]:
    """The sections of the list that a study has, in the order of its runs.

    Parameters
    ----------
    study : Study

    Yields
    ------
    section : Section
    endpoint : tuple of str
        The endpoint of the run, in a section that has a run an endpoint; else empty.
    """
    for run in study.runs.values():
        section = SECTIONS.get(run.notebook)
        if section is None:
            continue
        if not section.of_endpoint:
            yield section, ()
        elif run.parameters.get("endpoint") in study.endpoints:
            yield section, (str(run.parameters["endpoint"]),)


def study_numbers(data: AnalysisData) -> Numbers:
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
    numbers: Numbers = {}
    for section, endpoint in sections_of(data.study):
        numbers |= section.numbers(data, *endpoint)
    return numbers


def possible_keys(study: Study) -> Iterator[Key]:
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
    for section, endpoint in sections_of(study):
        yield from section.possible_keys(study, *endpoint)


def keys_by_name(study: Study, found: Iterable[Key] = ()) -> KeysByName:
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


def is_open(study: Study, name: str) -> bool:
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
        if run.notebook in SECTIONS:
            endpoint = str(run.parameters.get("endpoint", ""))
            keys = [Key(run.notebook, measure, endpoint) for measure in SECTIONS[run.notebook].open_measures]
            beginnings += [f"{key.name}(" for key in keys]
        else:
            beginnings.append(f"{run_name}.")
    return name.startswith(tuple(beginnings))
