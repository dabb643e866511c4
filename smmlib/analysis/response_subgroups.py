"""Whether the arms respond alike in all subgroups of patients: odds ratios in each, and tests of interaction."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from smmlib.analysis.keys import Key, Numbers
from smmlib.stats.counts import patient_count
from smmlib.stats.response.interaction import odds_ratio_interaction_test
from smmlib.stats.response.ratio import odds_ratio
from smmlib.stats.results import NOT_ESTIMABLE, Estimate, HypothesisTest, not_estimable
from smmlib.stats.types import Arms, PatientCounts
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.parameters.arms import Arm
from smmlib.trial.parameters.covariates import Subgroup
from smmlib.trial.parameters.response_plan import ResponseVisit
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present
from smmlib.trial.subgroups import subgroup_in_words, subgroup_levels, subgroup_of_patients

SECTION = "response_subgroups"
OPEN_MEASURES = ("patients", "responders", "odds_ratio")
"""Numbers whose levels only the tables tell, where the parameters do not list them."""
ALL = ("", "")


def possible_keys(study: Study) -> Iterator[Key]:
    """Keys that the numbers of this part can have, but for levels that the parameters do not list."""
    levels = {each.variable: list(each.covariate.levels) for each in study.subgroups}
    parts = [ALL, *((each.variable, level) for each in study.subgroups for level in subgroup_levels(each, levels))]
    for visit in study.response.visits if study.response else ():
        for factor, level in parts:
            about: dict[str, Any] = {"phase": visit.id, "factor": factor, "level": level}
            for arm in study.response_arms:
                yield from (Key(SECTION, measure, **about, arm=arm.id) for measure in ("patients", "responders"))
            for arm, reference in study.response_pairs:
                yield Key(SECTION, "odds_ratio", **about, arm=arm.id, reference=reference.id)
        for subgroup in study.subgroups:
            for arm in study.response_arms:
                yield Key(SECTION, "missing", phase=visit.id, arm=arm.id, factor=subgroup.variable)
            for pair in study.response_pairs:
                yield _interaction_key(visit, subgroup, *pair)


def response_by_subgroup(data: AnalysisData, visit: ResponseVisit) -> Numbers:
    """Patients and responders of each arm in each subgroup and in all, odds ratios, and tests of interaction.

    Parameters
    ----------
    data : AnalysisData
    visit : ResponseVisit
        One of `study.response.visits`.

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
        A key without a level is of all patients. The odds ratio is that of the arm relative to the reference, with the
        score interval of Miettinen and Nurminen; the test of interaction is the likelihood-ratio test of arm by
        subgroup, of the patients whose subgroup is known.

    Examples
    --------
    The example reports the response of one arm: in induction 10 of its 17 patients had a partial response or better.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import response_by_subgroup
    >>> data = analysis_data("docs/example/example.yaml")
    >>> found = response_by_subgroup(data, data.study.response.visits[0])
    >>> [(key.measure, key.arm, count.value) for key, count in found.items() if not key.factor]
    [('patients', 'new', 17.0), ('responders', 'new', 10.0)]
    """
    rows = _rows(data, visit)
    numbers = _part(data.study, visit, rows, ALL, ", all patients")
    for subgroup in data.study.subgroups:
        group = subgroup_of_patients(subgroup, rows[subgroup.variable].to_numpy())
        for level in subgroup_levels(subgroup, data.levels):
            part = subgroup.variable, level
            numbers |= _part(
                data.study, visit, rows[group == level], part, f", {subgroup_in_words(data.study, subgroup, level)}"
            )
        for arm in data.study.response_arms:
            of_arm = group[(rows["arm"] == arm.id).to_numpy()]
            what = f"patients without a value of {subgroup.label}"
            key = Key(SECTION, "missing", phase=visit.id, arm=arm.id, factor=subgroup.variable)
            numbers[key] = patient_count(int((of_arm == "").sum()), what=what, arm=arm.label, of=len(of_arm))
        for pair in data.study.response_pairs:
            known = rows.assign(group=group)[group != ""]
            numbers[_interaction_key(visit, subgroup, *pair)] = _interaction(known, subgroup, *pair)
    return numbers


def response_subgroup_numbers(data: AnalysisData) -> Numbers:
    """All numbers of the subgroups of response.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
    """
    numbers: Numbers = {}
    for visit in present(data.study.response).visits:
        numbers |= response_by_subgroup(data, visit)
    return numbers


def _interaction_key(visit: ResponseVisit, subgroup: Subgroup, arm: Arm, reference: Arm) -> Key:
    about: dict[str, Any] = {"phase": visit.id, "arm": arm.id, "reference": reference.id}
    return Key(SECTION, "interaction_test", **about, factor=subgroup.variable)


def _rows(data: AnalysisData, visit: ResponseVisit) -> pd.DataFrame:
    """A row a patient: the arm, whether the patient responded, and the variables of the subgroups."""
    rows = data.response(visit.id).derivation
    variables = [each.variable for each in data.study.subgroups]
    described = data.subjects.set_index("patient").loc[rows["patient"], variables]
    responded = rows["response"].isin(data.study.response_scale.responders).to_numpy()
    return described.assign(arm=rows["arm"].to_numpy(), responded=responded)


def _part(study: Study, visit: ResponseVisit, rows: pd.DataFrame, part: tuple[str, str], words: str) -> Numbers:
    """Counts and odds ratios of some of the patients."""
    numbers: Numbers = {}
    key = Key(SECTION, "patients", phase=visit.id, factor=part[0], level=part[1])
    counts = {arm.id: _counts(rows[rows["arm"] == arm.id]) for arm in study.response_arms}
    for arm in study.response_arms:
        responders, patients = counts[arm.id]
        for measure, count, what in (("patients", patients, "patients"), ("responders", responders, "responders")):
            counted = patient_count(count, what=what + words, arm=arm.label, of=patients)
            numbers[replace(key, measure=measure, arm=arm.id)] = counted
    for arm, reference in study.response_pairs:
        ratio = _ratio(*counts[arm.id], *counts[reference.id], study.analysis.conf_level, arm, reference, words)
        numbers[replace(key, measure="odds_ratio", arm=arm.id, reference=reference.id)] = ratio
    return numbers


def _counts(rows: pd.DataFrame) -> tuple[int, int]:
    return int(rows["responded"].sum()), len(rows)


def _ratio(
    responders: int,
    patients: int,
    reference_responders: int,
    reference_patients: int,
    conf_level: float,
    arm: Arm,
    reference: Arm,
    words: str,
) -> Estimate:
    names: Arms = {"arm": arm.label, "reference": reference.label}
    if not patients or not reference_patients:
        without = arm if not patients else reference
        why = not_estimable(f"Odds ratio{words}", f"there are no patients of arm {without.label!r}")
        counts: PatientCounts = {"n": patients + reference_patients, "events": responders + reference_responders}
        return Estimate(NOT_ESTIMABLE, unit="ratio", **why, **names, **counts)
    table = responders, patients, reference_responders, reference_patients
    return odds_ratio(*table, conf_level=conf_level, **names)


def _interaction(known: pd.DataFrame, subgroup: Subgroup, arm: Arm, reference: Arm) -> HypothesisTest:
    names: Arms = {"arm": arm.label, "reference": reference.label}
    pair = known[known["arm"].isin([arm.id, reference.id])]
    if pair["arm"].nunique() < len(names):
        why = not_estimable(f"Test of arm by {subgroup.label}", "it is not known of any patient of an arm")
        return HypothesisTest(NOT_ESTIMABLE, NOT_ESTIMABLE, 0, **why, **names)
    columns = pair["responded"].to_numpy(), (pair["arm"] == arm.id).to_numpy(), np.asarray(pair["group"], dtype=str)
    return odds_ratio_interaction_test(*columns, **names)
