"""The lines of a forest plot, from recorded numbers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from smmlib.analysis.keys import Key
from smmlib.display.forest import ForestRow
from smmlib.report.records.labels import heading, subgroup_level
from smmlib.stats.results import Estimate, HypothesisTest
from smmlib.trial.parameters.arms import Arm
from smmlib.trial.parameters.study import Study

Records = Mapping[Key, Estimate | HypothesisTest]
ALL = "All patients"


OF_SECTION = {"subgroups": ("hazard_ratio", "events"), "response_subgroups": ("odds_ratio", "responders")}
"""The ratio that a section shows of each subgroup, and what it counts beside the patients."""


def forest_rows(study: Study, records: Records, about: Mapping[str, str], arm: Arm, reference: Arm) -> list[ForestRow]:
    """What the forest plot of a comparison shows: all patients, then the subgroups of one variable after the other.

    Parameters
    ----------
    study : Study
    records : mapping of Key to Estimate or HypothesisTest
        With the numbers of the subgroups.
    about : mapping of str to str
        Fields of the keys: the section, and the endpoint, or the visit as `phase`.
    arm, reference : Arm

    Returns
    -------
    list of ForestRow
    """
    ratio, counted = OF_SECTION[about["section"]]
    fields: dict[str, Any] = {**about, "arm": arm.id, "reference": reference.id}
    of_ratio = {**fields, "measure": ratio}
    rows = [_ratio_row(records, Key(**of_ratio), ALL, counted)]
    for subgroup in study.subgroups:
        interaction = records[Key(measure="interaction_test", **fields, factor=subgroup.variable)]
        assert isinstance(interaction, HypothesisTest)
        rows.append(ForestRow(heading(subgroup), interaction=interaction))
        for key in (key for key in records if _is_of(key, {**of_ratio, "factor": subgroup.variable})):
            rows.append(_ratio_row(records, key, subgroup_level(study, subgroup, key.level), counted))
    return rows


def _is_of(key: Key, fields: Mapping[str, Any]) -> bool:
    return all(getattr(key, name) == value for name, value in fields.items())


def _ratio_row(records: Records, key: Key, label: str, counted: str) -> ForestRow:
    of_arm = (counted, "patients")
    counts = tuple(
        tuple(_estimate(records, replace(key, measure=measure, arm=arm, reference="")) for measure in of_arm)
        for arm in (key.arm, key.reference)
    )
    return ForestRow(label, counts, _estimate(records, key), is_overall=not key.factor)


def _estimate(records: Records, key: Key) -> Estimate:
    result = records[key]
    assert isinstance(result, Estimate)
    return result
