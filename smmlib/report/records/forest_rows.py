"""The lines of a forest plot, from recorded numbers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from smmlib.analysis.keys import Key
from smmlib.display.forest import ForestRow
from smmlib.stats.results import Estimate, HypothesisTest
from smmlib.trial.parameters.arms import Arm
from smmlib.trial.parameters.covariates import Subgroup
from smmlib.trial.parameters.study import Study
from smmlib.trial.subgroups import level_label

Records = Mapping[Key, Estimate | HypothesisTest]
ALL, COUNTED = "All patients", ("events", "patients")


def forest_rows(study: Study, records: Records, endpoint: str, arm: Arm, reference: Arm) -> list[ForestRow]:
    """What the forest plot of a comparison shows: all patients, then the subgroups of one variable after the other.

    Parameters
    ----------
    study : Study
    records : mapping of Key to Estimate or HypothesisTest
        With the numbers of the subgroups of the endpoint.
    endpoint : str
    arm, reference : Arm

    Returns
    -------
    list of ForestRow
    """
    about: dict[str, Any] = {"section": "subgroups", "endpoint": endpoint, "arm": arm.id, "reference": reference.id}
    rows = [_ratio_row(records, Key(measure="hazard_ratio", **about), ALL)]
    for subgroup in study.subgroups:
        interaction = records[Key(measure="interaction_test", **about, factor=subgroup.variable)]
        assert isinstance(interaction, HypothesisTest)
        rows.append(ForestRow(_heading(subgroup), interaction=interaction))
        for key in (key for key in records if _is_ratio_of(key, about, subgroup)):
            rows.append(_ratio_row(records, key, _printed(level_label(study, subgroup, key.level))))
    return rows


def _heading(subgroup: Subgroup) -> str:
    return f"{subgroup.label}, {subgroup.unit}" if subgroup.unit else subgroup.label


def _printed(level: str) -> str:
    return level.replace("<=", "≤").replace(">=", "≥")


def _is_ratio_of(key: Key, about: dict[str, Any], subgroup: Subgroup) -> bool:
    of_comparison = all(getattr(key, name) == value for name, value in about.items())
    return of_comparison and key.measure == "hazard_ratio" and key.factor == subgroup.variable


def _ratio_row(records: Records, key: Key, label: str) -> ForestRow:
    counts = tuple(
        tuple(_estimate(records, replace(key, measure=measure, arm=arm, reference="")) for measure in COUNTED)
        for arm in (key.arm, key.reference)
    )
    return ForestRow(label, counts, _estimate(records, key), is_overall=not key.factor)


def _estimate(records: Records, key: Key) -> Estimate:
    result = records[key]
    assert isinstance(result, Estimate)
    return result
