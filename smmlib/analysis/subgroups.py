"""Whether the arms differ alike in all subgroups of patients: hazard ratios in each, and tests of interaction."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from smmlib.analysis.keys import Key
from smmlib.stats.comparison.hazard_ratio import hazard_ratio
from smmlib.stats.comparison.subgroups import subgroup_hazard_ratios
from smmlib.stats.counts import patient_count
from smmlib.stats.results import NOT_ESTIMABLE, Estimate, HypothesisTest, not_estimable
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.endpoints.time_to_event import TimeToEvent
from smmlib.trial.parameters.analysis_plan import Analysis
from smmlib.trial.parameters.arms import Arm
from smmlib.trial.parameters.covariates import Subgroup
from smmlib.trial.parameters.study import Study
from smmlib.trial.subgroups import subgroup_in_words, subgroup_levels, subgroup_of_patients

SECTION = "subgroups"
OPEN_MEASURES = ("patients", "events", "hazard_ratio")
"""Numbers whose levels only the tables tell, where the parameters do not list them."""
Numbers = dict[Key, Estimate | HypothesisTest]


def possible_keys(study: Study, endpoint: str) -> Iterator[Key]:
    """Keys that the numbers of an endpoint can have, but for levels that the parameters do not list.

    Those without a level are of all patients of the endpoint.
    """
    levels = {each.variable: list(each.covariate.levels) for each in study.subgroups}
    parts = [("", "")]
    parts += [(each.variable, level) for each in study.subgroups for level in subgroup_levels(each, levels)]
    for factor, level in parts:
        about: dict[str, Any] = {"endpoint": endpoint, "factor": factor, "level": level}
        for arm in study.arms.levels:
            yield from (Key(SECTION, measure, **about, arm=arm.id) for measure in ("patients", "events"))
        for arm, reference in study.arms.pairs:
            yield Key(SECTION, "hazard_ratio", **about, arm=arm.id, reference=reference.id)
    for subgroup in study.subgroups:
        for arm in study.arms.levels:
            yield Key(SECTION, "missing", endpoint, arm.id, factor=subgroup.variable)
        yield from (_interaction_key(endpoint, subgroup, *pair) for pair in study.arms.pairs)


def subgroup_counts(data: AnalysisData, endpoint: str) -> dict[Key, Estimate]:
    """Patients and events of each arm in each subgroup, and in all; and patients whose subgroup is not known.

    Parameters
    ----------
    data : AnalysisData
    endpoint : str

    Returns
    -------
    dict of Key to Estimate
        A key without a level is of all patients of the endpoint.

    Examples
    --------
    Of the 14 women of the example, 4 died: 1 of 6 and 3 of 8.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import subgroup_counts
    >>> counts = subgroup_counts(analysis_data("docs/example/example.yaml"), "overall-survival")
    >>> [(key.measure, key.arm, count.value) for key, count in counts.items() if key.level == "F"]
    [('patients', 'new', 6.0), ('events', 'new', 1.0), ('patients', 'standard', 8.0), ('events', 'standard', 3.0)]
    """
    patients = data.endpoint(endpoint)
    numbers = _counts(data, Key(SECTION, "patients", endpoint), np.ones(len(patients.time), dtype=bool), "")
    for subgroup in data.study.subgroups:
        group = _subgroup(patients, subgroup)
        for level in subgroup_levels(subgroup, data.levels):
            key = Key(SECTION, "patients", endpoint, factor=subgroup.variable, level=level)
            numbers |= _counts(data, key, group == level, f", {subgroup_in_words(data.study, subgroup, level)}")
        for arm in data.study.arms.levels:
            of_arm = group[patients.arm == arm.id]
            what = f"patients without a value of {subgroup.label}"
            count = patient_count(int((of_arm == "").sum()), what=what, arm=arm.label, of=len(of_arm))
            numbers[Key(SECTION, "missing", endpoint, arm.id, factor=subgroup.variable)] = count
    return numbers


def subgroup_comparisons(data: AnalysisData, endpoint: str) -> Numbers:
    """The hazard ratio of each comparison in each subgroup and in all patients, and its test of interaction.

    Parameters
    ----------
    data : AnalysisData
    endpoint : str

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
        From Cox models that are not stratified, by the patients of the two arms whose subgroup is known; without a
        level, of all patients. A subgroup without patients of an arm, or without events that tell the arms apart, has
        no hazard ratio.

    Examples
    --------
    Women and men of the example: R's `coxph` gives 0.389 and 0.320, and `anova` a P value of 0.94.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import subgroup_comparisons
    >>> found = subgroup_comparisons(analysis_data("docs/example/example.yaml"), "overall-survival")
    >>> [round(ratio.value, 3) for key, ratio in found.items() if key.factor == "SEX" and key.level]
    [0.389, 0.32]
    >>> [round(test.p_value, 2) for key, test in found.items() if key.measure == "interaction_test"]
    [0.07, 0.94]
    """
    numbers: Numbers = {}
    for arm, reference in data.study.arms.pairs:
        patients = data.endpoint(endpoint).among(arm.id, reference.id)
        about: dict[str, Any] = {"endpoint": endpoint, "arm": arm.id, "reference": reference.id}
        observed = patients.time, patients.event, patients.arm == arm.id
        names = _options(data.study.analysis_of(endpoint), arm, reference)
        numbers[Key(SECTION, "hazard_ratio", **about)] = hazard_ratio(*observed, entry=patients.entry, **names)
        for subgroup in data.study.subgroups:
            numbers |= _compared(data, patients, subgroup, about, names)
    return numbers


def subgroup_numbers(data: AnalysisData, endpoint: str) -> Numbers:
    """All numbers of the subgroups of an endpoint.

    Parameters
    ----------
    data : AnalysisData
    endpoint : str

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
    """
    return {**subgroup_counts(data, endpoint), **subgroup_comparisons(data, endpoint)}


def _interaction_key(endpoint: str, subgroup: Subgroup, arm: Arm, reference: Arm) -> Key:
    return Key(SECTION, "interaction_test", endpoint, arm.id, reference.id, factor=subgroup.variable)


def _options(analysis: Analysis, arm: Arm, reference: Arm) -> dict[str, Any]:
    of_study = {"ties": analysis.ties, "conf_level": analysis.conf_level}
    return {"arm": arm.label, "reference": reference.label, **of_study}


def _subgroup(patients: TimeToEvent, subgroup: Subgroup) -> np.ndarray:
    return subgroup_of_patients(subgroup, patients.covariates[subgroup.variable])


def _counts(data: AnalysisData, key: Key, members: np.ndarray, words: str) -> dict[Key, Estimate]:
    """Patients and events of each arm among some of the patients of an endpoint."""
    patients, numbers = data.endpoint(key.endpoint), {}
    for arm in data.study.arms.levels:
        of_arm = members & (patients.arm == arm.id)
        of_all, events = int(of_arm.sum()), int(patients.event[of_arm].sum())
        for measure, count, what in (("patients", of_all, "patients"), ("events", events, "patients with the event")):
            counted = patient_count(count, what=what + words, arm=arm.label, of=of_all)
            numbers[replace(key, measure=measure, arm=arm.id)] = counted
    return numbers


def _compared(
    data: AnalysisData, patients: TimeToEvent, subgroup: Subgroup, about: dict[str, Any], names: dict[str, Any]
) -> Numbers:
    """Hazard ratios of the subgroups of one variable, and the test of interaction."""
    group, levels = _subgroup(patients, subgroup), subgroup_levels(subgroup, data.levels)
    keys = {level: Key(SECTION, "hazard_ratio", **about, factor=subgroup.variable, level=level) for level in levels}
    interaction = Key(SECTION, "interaction_test", **about, factor=subgroup.variable)
    known = group != ""
    in_arm = patients.arm[known] == about["arm"]
    words = {level: subgroup_in_words(data.study, subgroup, level) for level in levels}
    nobody = {level: _nobody(words[level], names) for level in levels}
    if in_arm.all() or not in_arm.any():
        return {**{key: nobody[level] for level, key in keys.items()}, interaction: _no_test(subgroup, names)}
    analysis = subgroup_hazard_ratios(
        patients.time[known],
        patients.event[known],
        in_arm,
        pd.Categorical([words[level] for level in group[known]], categories=list(words.values())),
        entry=None if patients.entry is None else patients.entry[known],
        **names,
    )
    found = dict(zip(analysis.labels, analysis.hazard_ratios, strict=True))
    ratios = {key: found.get(words[level], nobody[level]) for level, key in keys.items()}
    return {**ratios, interaction: analysis.interaction_test}


def _nobody(words: str, names: dict[str, Any]) -> Estimate:
    about = {"arm": names["arm"], "reference": names["reference"], "n": 0, "events": 0}
    return Estimate(NOT_ESTIMABLE, unit="ratio", **not_estimable(f"Subgroup {words}", "it has no patients"), **about)


def _no_test(subgroup: Subgroup, names: dict[str, Any]) -> HypothesisTest:
    """Where the subgroup is not known of any patient of an arm."""
    why = not_estimable(f"Cox model, test of arm by {subgroup.label}", "it is not known of any patient of an arm")
    return HypothesisTest(NOT_ESTIMABLE, NOT_ESTIMABLE, 0, **why, arm=names["arm"], reference=names["reference"])
