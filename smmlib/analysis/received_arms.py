"""Patients who count in another arm than the one that they were randomised to, as by the treatment received."""

from collections import Counter
from collections.abc import Iterator, Mapping

import pandas as pd

from smmlib.analysis.keys import Key
from smmlib.stats.counts import patient_count
from smmlib.stats.results import Estimate
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.parameters.study import Study

SECTION, MEASURE = "population", "counted_in"


def populations_by_arm_variable(study: Study) -> list[str]:
    """Names of the populations that are analysed, and whose patients count in the arm that a column tells.

    Parameters
    ----------
    study : Study

    Returns
    -------
    list of str
    """
    of_endpoints = [each.population for each in study.endpoints.values() if each.population]
    used = dict.fromkeys(filter(None, (study.population, study.safety_population, *of_endpoints)))
    return [name for name in used if study.populations[name].arm_variable]


def possible_keys(study: Study) -> Iterator[Key]:
    """Keys that the numbers of this part can have: of each such population, each arm by each."""
    for name in populations_by_arm_variable(study):
        for randomised in study.arms.levels:
            for counted in study.arms.levels:
                yield Key(SECTION, MEASURE, arm=randomised.id, factor=name, level=counted.id)


def received_arm_counts(data: AnalysisData) -> dict[Key, Estimate]:
    """Patients of each arm randomised to who count in each arm, where some count in another.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate
        `counted_in`; the key's arm is the one randomised to, its factor the population, its level the arm counted in.
        Nothing of a population in which all count in their own arm. Where small counts are masked, whether any does is
        itself a small count, and the numbers are there in either case.

    Examples
    --------
    Everybody in QuiRedex was analysed in the arm randomised to.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import received_arm_counts
    >>> received_arm_counts(analysis_data("quiredex-2013"))
    {}
    """
    study, numbers = data.study, {}
    counts = {name: _cross_table(data, name) for name in populations_by_arm_variable(study)}
    for key in possible_keys(study):
        table = counts[key.factor]
        if study.suppress_below is None and not _any_moved(table):
            continue
        arm, counted = study.arms.named(key.arm), study.arms.named(key.level)
        numbers[key] = patient_count(
            table[key.arm, key.level],
            what=f"patients randomised to {arm.label} who count in {counted.label}, {_label(study, key.factor)}",
            arm=arm.label,
            of=int((data.subjects["randomised_arm"] == key.arm).sum()),
        )
    return numbers


def _label(study: Study, population: str) -> str:
    return study.populations[population].label


def _any_moved(table: Mapping[tuple[str, str], int]) -> bool:
    return any(randomised != counted for randomised, counted in table)


def _cross_table(data: AnalysisData, population: str) -> Counter[tuple[str, str]]:
    """Patients of a population by the arm randomised to and the arm counted in."""
    counted_in = _arms_counted_in(data, population)
    subjects = data.subjects.set_index("patient")
    randomised = subjects["randomised_arm"].reindex(counted_in.index)
    return Counter(zip(randomised, counted_in, strict=True))


def _arms_counted_in(data: AnalysisData, population: str) -> "pd.Series[str]":
    """The arm that each patient of a population counts in, by patient."""
    study, subjects = data.study, data.subjects.set_index("patient")
    if population == study.population:
        return subjects.loc[subjects["analysed"], "arm"]
    if population == study.safety_population:
        return subjects.loc[subjects["safety_arm"] != "", "safety_arm"]
    endpoint = next(name for name, each in study.endpoints.items() if each.population == population)
    return data.times[data.times["endpoint"] == endpoint].set_index("patient")["arm"]
