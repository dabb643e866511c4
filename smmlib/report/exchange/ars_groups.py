"""The groups that a number is about: arms, levels of variables and times."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from smmlib.analysis.keys import Key, time_text
from smmlib.report.exchange.ars_patients import ADVERSE_EVENTS, ARM_VARIABLES, TERMS, Condition, Json, population_of
from smmlib.report.exchange.data_columns import variable_labels
from smmlib.trial.parameters.covariates import Subgroup
from smmlib.trial.parameters.study import Study
from smmlib.trial.subgroups import level_label

OF_PARAMETERS = ("weighted_logrank", "period_hazard_ratio", "counted_in")
"""Measures whose level is a part of the method, or a second arm, and no group of patients of a grouping of its own."""
TIME = "time"
FOUND_IN_DATA = {
    "exclusion": ("subjects", "exclusion_reason", "Reason for exclusion"),
    "reason": ("times", "reason", "Reason for event or censoring"),
    "category": ("responses", "response", "Response"),
    "passed_over": ("assessments", "passed_over", "Why an assessment does not count"),
    "adverse_event": (ADVERSE_EVENTS, "term", "Adverse event"),
    "system_organ_class": (TERMS, "system_organ_class", "System organ class"),
    "term": (TERMS, "term", "Term"),
}
"""Groupings whose groups only the data tell: dataset, variable and what it is called."""


class Group(NamedTuple):
    """A group of a grouping.

    Attributes
    ----------
    grouping : str
        Name of the grouping: "arm", "SEX", "time".
    value : str
        What the group is called in the data; empty for all groups of the grouping together.
    """

    grouping: str
    value: str


def groups_of(key: Key, *, is_test: bool) -> Iterator[Group]:
    """The groups that a number is about, and the groupings whose groups it compares.

    Parameters
    ----------
    key : Key
    is_test : bool
        A test without an arm compares all of them.

    Yields
    ------
    Group
        One a grouping, in the order of the groupings.
    """
    if key.arm and not key.reference:
        yield Group(arms_of(key), key.arm)
    elif key.reference or is_test:
        yield Group(arms_of(key), "")
    if key.measure == "interaction_test":
        yield Group(key.factor, "")
    elif key.section == "safety":
        parts = {"system_organ_class": key.factor, "term": key.level}
        yield from (Group(name, value) for name, value in parts.items() if value)
    elif key.level and is_group(key):
        yield Group(key.factor or (key.measure if key.measure in FOUND_IN_DATA else f"{key.section}.level"), key.level)
    if key.at is not None:
        yield Group(TIME, time_text(key.at))


def is_group(key: Key) -> bool:
    """Whether the level of a number is a group of patients or records, and not a part of the method."""
    return key.measure not in OF_PARAMETERS and key.section != "sensitivity"


def arms_of(key: Key) -> str:
    """Name of the grouping by arm: patients may count for another arm in another population."""
    return ARM_VARIABLES[population_of(key)]


def grouping_id(name: str) -> str:
    """Id of a grouping."""
    return f"grouping.{name}"


def groupings(study: Study, used: Iterable[Group]) -> list[Json]:
    """The groupings of a report with their groups.

    Parameters
    ----------
    study : Study
    used : iterable of Group
        All that numbers are about, in the order of the report.

    Returns
    -------
    list of dict
    """
    levels: dict[str, dict[str, None]] = {}
    for name, value in used:
        levels.setdefault(name, {}).update({value: None} if value else {})
    return [_grouping(study, name, list(values)) for name, values in levels.items()]


def refers_to_group(study: Study, group: Group) -> Json:
    """A group as a result names it; of all groups of a grouping the grouping alone."""
    of = {"groupingId": grouping_id(group.grouping)}
    if not group.value:
        return of
    if group.grouping in ARM_VARIABLES.values() or group.grouping == TIME or _label(study, group.grouping):
        return of | {"groupId": _group_id(group.grouping, group.value)}
    return of | {"groupValue": group.value}


def _group_id(grouping: str, value: str) -> str:
    return f"{grouping_id(grouping)}.{value}"


def _grouping(study: Study, name: str, levels: list[str]) -> Json:
    about = {"id": grouping_id(name), "name": name}
    if name in ARM_VARIABLES.values():
        labels = {level: level for level in levels} | {arm.id: arm.label for arm in study.arms.levels}
        ids = list(dict.fromkeys([*(arm.id for arm in study.arms.levels), *levels]))
        words = {"randomised_arm": "Arm randomised to", "arm": "Arm", "safety_arm": "Arm of the safety population"}
        return about | {"label": words[name]} | _groups(name, ids, labels, {})
    if name == TIME:
        labels = {level: f"{level} {study.time_unit}" for level in levels}
        groups = [_group(name, order, level, labels[level]) for order, level in enumerate(levels, start=1)]
        return about | {"label": "Time", "dataDriven": False, "groups": groups}
    if label := _label(study, name):
        subgroup = next((each for each in study.subgroups if each.variable == name), None)
        cut = {} if subgroup is None else _intervals(subgroup)
        labels = {level: _level_words(study, name, subgroup, level) for level in levels}
        return about | {"label": label} | _groups(name, levels, labels, cut)
    dataset, variable, label = FOUND_IN_DATA.get(name, ("", "", name))
    where = {"groupingDataset": dataset, "groupingVariable": variable} if dataset else {}
    return about | {"label": label, "dataDriven": True} | where


def _label(study: Study, variable: str) -> str:
    """What a column of subjects is called; nothing of what is none."""
    return variable_labels(study).get(variable, "")


def _level_words(study: Study, variable: str, subgroup: Subgroup | None, level: str) -> str:
    if subgroup is not None:
        return level_label(study, subgroup, level)
    described = [each for characteristics in study.described.values() for each in characteristics]
    words = next((each.levels for each in described if each.variable == variable and each.levels), {})
    return words.get(level, level)


def _intervals(subgroup: Subgroup) -> dict[str, list[Condition]]:
    """The conditions of each interval of a variable that is cut; none of categories."""
    if subgroup.cuts is None:
        return {}
    cuts = [repr(float(cut)).removesuffix(".0") for cut in subgroup.cuts]
    within = [("", cuts[0]), *pairwise(cuts), (cuts[-1], "")]
    return {
        interval: [
            Condition("subjects", subgroup.variable, comparator, (cut,))
            for comparator, cut in (("GE", low), ("LT", high))
            if cut
        ]
        for interval, (low, high) in zip(subgroup.intervals, within, strict=True)
    }


def _groups(variable: str, levels: list[str], labels: dict[str, str], cut: Mapping[str, list[Condition]]) -> Json:
    """Groups by the values of a column of the subjects, or by the intervals that they lie in."""
    conditions = {level: cut.get(level, [Condition("subjects", variable, "EQ", (level,))]) for level in levels}
    groups = [
        _group(variable, order, level, labels[level]) | _where(conditions[level])
        for order, level in enumerate(levels, start=1)
    ]
    return {"dataDriven": False, "groupingDataset": "subjects", "groupingVariable": variable, "groups": groups}


def _group(grouping: str, order: int, value: str, label: str) -> Json:
    return {"id": _group_id(grouping, value), "name": value, "label": label, "level": 1, "order": order}


def _where(conditions: list[Condition]) -> Json:
    if len(conditions) == 1:
        return {"condition": conditions[0].json}
    clauses = [{"level": 2, "order": place, "condition": one.json} for place, one in enumerate(conditions, start=1)]
    return {"compoundExpression": {"logicalOperator": "AND", "whereClauses": clauses}}
