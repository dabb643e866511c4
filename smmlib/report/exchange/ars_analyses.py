"""The analyses of a report and their methods: numbers that differ only in arm, level or time are of one analysis."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from smmlib.analysis.keys import Key
from smmlib.display.formatting import MASKED
from smmlib.report.exchange.ars_groups import Group, grouping_id, groups_of, is_group, refers_to_group
from smmlib.report.exchange.ars_patients import (
    Json,
    conditions_of,
    dataset_of,
    population_of,
    subset_id,
    variable_of,
)
from smmlib.report.exchange.ars_values import QUANTITIES, Quantity, quantities
from smmlib.report.exchange.data_columns import variable_labels
from smmlib.report.records.labels import measure_words, subject
from smmlib.report.records.record import Record
from smmlib.stats.results import HypothesisTest
from smmlib.trial.parameters.study import Study
from smmlib.trial.subgroups import subgroup_in_words

NOT_TOLD = "Not told"
"""The method of numbers of which nothing is estimated, or of a user's own notebook that does not say it."""
NOT_DECLARED, IN_PARAMETERS = "purpose.not-declared", "reason.parameters"
COUNT = "Number of "
COUNTED = {"passed_over": "assessments", "events": "events", "responders": "responders"}
"""What is counted in groups that the data tell, where it is not patients."""
FromData = Mapping[Key, tuple[str, ...]]
"""Parts of the method of a number that come from the data."""


@dataclass(frozen=True)
class Analysis:
    """The numbers of one analysis.

    Attributes
    ----------
    id : str
        "analysis.ttp.survival": the name of its numbers without what they are grouped by.
    run : str
        The notebook run that made it.
    key : Key
        Of its first number.
    method : str
        One sentence.
    numbers : list of (tuple of Group, list of Quantity)
    remarks : list of str
        The methods of single numbers to which the data add something.
    """

    id: str
    run: str
    key: Key
    method: str
    numbers: list[tuple[tuple[Group, ...], list[Quantity]]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def analyses_of(study: Study, records: Mapping[str, Iterable[Record]], from_data: FromData) -> list[Analysis]:
    """The analyses of a report, in its order.

    Parameters
    ----------
    study : Study
    records : mapping of str to iterable of Record
        The numbers of each run.
    from_data : mapping of Key to tuple of str
        Empty where small counts are masked.

    Returns
    -------
    list of Analysis
    """
    found: dict[tuple[str, Key, str], Analysis] = {}
    taken: dict[str, int] = {}
    for run, record in ((run, record) for run, of_run in records.items() for record in of_run):
        key, result = record.key, record.result
        method, remark = _method(study, key, result.method, from_data.get(key, ()))
        about = (run, _without_groups(key), method)
        if about not in found:
            found[about] = Analysis(_free_id(f"analysis.{about[1].name}", taken), run, key, method)
        groups = tuple(groups_of(key, is_test=isinstance(result, HypothesisTest)))
        found[about].numbers.append((groups, list(quantities(study, key, result))))
        if remark:
            found[about].remarks.append(f"{key.name}: {remark}")
    return list(found.values())


def _without_groups(key: Key) -> Key:
    """A key without what numbers of one analysis are grouped by; of a comparison the arms stay."""
    if key.section == "safety":
        key = replace(key, factor="", level="")
    elif is_group(key):
        key = replace(key, level="")
    return replace(key, at=None, arm=key.arm if key.reference else "")


def _name(study: Study, key: Key) -> str:
    """What is measured of what, in words; a measure that has its words from its level is named without it."""
    variable = variable_labels(study).get(key.factor, key.factor)
    arms = study.arms.labels(key.arm, key.reference) if key.reference else None
    compared = f"{arms['arm']} relative to {arms['reference']}" if arms else ""
    parts = (measure_words(key.measure), key.variant, variable, key.level, key.phase, compared)
    return f"{subject(study, key)}: {', '.join(filter(None, parts))}"


def _free_id(wanted: str, taken: dict[str, int]) -> str:
    """An id, numbered where another analysis of the same measure has a method of its own."""
    taken[wanted] = taken.get(wanted, 0) + 1
    return wanted if taken[wanted] == 1 else f"{wanted}.method-{taken[wanted]}"


def _method(study: Study, key: Key, sentence: str, from_data: tuple[str, ...]) -> tuple[str, str]:
    """A method without what the data or the group of a number add to it, and the whole sentence where the data do."""
    method, _, masked = sentence.partition(f"; {MASKED}, because ")
    for words in from_data:
        method = method.replace(words, "", 1)
    remark = sentence if masked or from_data else ""
    in_groups = key.section == "safety" or (key.level and is_group(key))
    if in_groups and method.startswith(COUNT):
        return f"{COUNT}{COUNTED.get(key.measure, 'patients')}", remark
    subgroup = next((each for each in study.subgroups if each.variable == key.factor), None)
    if key.level and subgroup:
        method = method.removeprefix(f"Subgroup {subgroup_in_words(study, subgroup, key.level)}").removeprefix(": ")
    return method or NOT_TOLD, remark


# ---- as the standard has them


def method_ids(analyses: Iterable[Analysis]) -> dict[str, str]:
    """Id of each method sentence."""
    sentences = dict.fromkeys(analysis.method for analysis in analyses)
    return {sentence: f"method.{number}" for number, sentence in enumerate(sentences, start=1)}


def methods(analyses: list[Analysis], ids: Mapping[str, str]) -> list[Json]:
    """Each method with its operations: the quantities that some number of it has."""
    used: dict[str, set[str]] = {sentence: set() for sentence in ids}
    for analysis in analyses:
        used[analysis.method] |= {quantity.name for _, found in analysis.numbers for quantity in found}
    return [
        {
            "id": ids[sentence],
            "name": sentence,
            "operations": [
                {"id": operation_id(ids[sentence], name), "name": words, "order": order}
                for order, (name, words) in enumerate(QUANTITIES.items(), start=1)
                if name in names
            ],
        }
        for sentence, names in used.items()
    ]


def operation_id(method: str, quantity: str) -> str:
    """Id of the operation of a method that gives a quantity."""
    return f"{method}.{quantity}"


def analysis_json(study: Study, analysis: Analysis, method: str) -> Json:
    """An analysis with its results.

    Parameters
    ----------
    study : Study
    analysis : Analysis
    method : str
        Id of its method.

    Returns
    -------
    dict
    """
    key = analysis.key
    conditions, dataset, variable = conditions_of(study, key), dataset_of(study, key), variable_of(study, key)
    compared = {group.grouping: bool(group.value) for groups, _ in analysis.numbers for group in groups}
    arms = study.arms.labels(key.arm, key.reference) if key.reference else None
    return {
        "id": analysis.id,
        "name": _name(study, _without_groups(key)),
        **({"label": f"{arms['arm']} relative to {arms['reference']}"} if arms else {}),
        **({"description": "\n".join(analysis.remarks)} if analysis.remarks else {}),
        "reason": {"sponsorTermId": IN_PARAMETERS},
        "purpose": {"sponsorTermId": NOT_DECLARED},
        **({"dataset": dataset} if dataset else {}),
        **({"variable": variable} if variable else {}),
        "analysisSetId": f"set.{population_of(key)}",
        **({"dataSubsetId": subset_id(conditions)} if conditions else {}),
        "orderedGroupings": [
            {"order": order, "groupingId": grouping_id(name), "resultsByGroup": by_group}
            for order, (name, by_group) in enumerate(compared.items(), start=1)
        ],
        "methodId": method,
        "programmingCode": {"context": "Python", "documentRef": {"referenceDocumentId": f"notebook.{analysis.run}"}},
        "results": [
            {
                "operationId": operation_id(method, quantity.name),
                "resultGroups": [refers_to_group(study, group) for group in groups],
                **({"rawValue": quantity.raw} if quantity.raw else {}),
                **({"formattedValue": quantity.formatted} if quantity.formatted else {}),
            }
            for groups, found in analysis.numbers
            for quantity in found
        ],
    }
