"""Which patients and records a number is about: populations, and subsets of the analysis data."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from smmlib.analysis.keys import Key
from smmlib.trial.parameters.study import Study

Json = dict[str, Any]
RANDOMISED, ANALYSED, SAFETY = "randomised", "analysed", "safety"
ARM_VARIABLES = {RANDOMISED: "randomised_arm", ANALYSED: "arm", SAFETY: "safety_arm"}
"""Column of subjects.csv with the arm that a patient of a population counts for."""
OF_RANDOMISED = ("randomised", "excluded", "exclusion", "counted_in")
ADVERSE_EVENTS, TERMS = "adverse_events", "adverse_event_terms"


class Condition(NamedTuple):
    """A condition on a column of the analysis data."""

    dataset: str
    variable: str
    comparator: str
    values: tuple[str, ...]

    @property
    def json(self) -> Json:
        """As a condition of the standard."""
        return {
            "dataset": self.dataset,
            "variable": self.variable,
            "comparator": self.comparator,
            "value": list(self.values),
        }


# ---- populations


def population_of(key: Key) -> str:
    """The population that a number is about; that of the study for the numbers of a user's own section."""
    if key.section == "population":
        if key.measure in OF_RANDOMISED:
            return RANDOMISED
        return SAFETY if key.measure == "adverse_event" else ANALYSED
    return SAFETY if key.section in ("safety", "exposure") else ANALYSED


def analysis_sets(study: Study, used: Iterable[str]) -> list[Json]:
    """The populations in which something was analysed."""
    names = {
        RANDOMISED: ("Randomised", None),
        ANALYSED: (study.populations[study.population].label, Condition("subjects", "analysed", "EQ", ("1",))),
        SAFETY: (
            study.populations[study.safety_population or study.population].label,
            Condition("subjects", "safety_arm", "NE", ("",)),
        ),
    }
    return [
        {"id": f"set.{name}", "name": f"{name}: {label}", "label": label, "level": 1, "order": order}
        | ({"condition": condition.json} if condition else {})
        for order, (name, (label, condition)) in enumerate(names.items(), start=1)
        if name in used
    ]


# ---- subsets of the data


def conditions_of(study: Study, key: Key) -> tuple[Condition, ...]:
    """What picks the records that a number is about from the analysis data of its population."""
    found = list(_records(study, key))
    if key.reference:
        found.append(Condition("subjects", ARM_VARIABLES[population_of(key)], "IN", (key.arm, key.reference)))
    return tuple(found)


def _records(study: Study, key: Key) -> Iterator[Condition]:
    dataset = dataset_of(study, key)
    endpoint = study.follow_up.endpoint if key.measure == "follow_up" and study.follow_up else key.endpoint
    if dataset in ("times", "sensitivity_times") and endpoint:
        yield Condition(dataset, "endpoint", "EQ", (endpoint,))
    if dataset == "sensitivity_times":
        yield Condition(dataset, "variant", "EQ", (key.variant,))
    if key.phase:
        variable = "phase" if dataset == "exposure" else "visit"
        yield Condition(dataset, variable, "EQ", (key.phase,))
    if dataset == ADVERSE_EVENTS and key.variant:
        yield Condition(dataset, "kind", "EQ", (key.variant,))


def dataset_of(study: Study, key: Key) -> str:
    """The part of the analysis data that a number was estimated from; of a user's own section none that is known."""
    if key.section == "population":
        if key.measure == "follow_up":
            return "times"
        return ADVERSE_EVENTS if key.measure == "adverse_event" else "exposure" if key.phase else "subjects"
    if key.measure == "passed_over":
        return "assessments"
    if key.section == "sensitivity" and key.endpoint:
        return "sensitivity_times" if key.variant else "times"
    if key.section == "safety":
        return "safety_population" if key.measure == "population" else TERMS if key.factor else ADVERSE_EVENTS
    if key.section in ("response", "response_subgroups", "sensitivity", "multiple_testing") and key.phase:
        return "responses"
    if key.section in study.described:
        return "subjects"
    return "times" if key.endpoint in study.endpoints else ""


def variable_of(study: Study, key: Key) -> str:
    """The variable that is analysed; empty where no one column of the analysis data is it."""
    if key.section in study.described and key.factor:
        return key.factor
    of = {"times": "time", "sensitivity_times": "time", "responses": "response", "subjects": "patient"}
    return of.get(dataset_of(study, key), "")


def data_subset(conditions: tuple[Condition, ...], order: int) -> Json:
    """A subset of the data by its conditions."""
    name = " and ".join(f"{one.dataset}.{one.variable} {one.comparator} {', '.join(one.values)}" for one in conditions)
    subset = {"id": subset_id(conditions), "name": name, "level": 1, "order": order}
    if len(conditions) == 1:
        return subset | {"condition": conditions[0].json}
    parts = [{"level": 2, "order": place, "condition": one.json} for place, one in enumerate(conditions, start=1)]
    return subset | {"compoundExpression": {"logicalOperator": "AND", "whereClauses": parts}}


def subset_id(conditions: tuple[Condition, ...]) -> str:
    """Id of a subset: "subset.times.pfs"."""
    told = [part for one in conditions for part in (one.dataset, *(value or "main" for value in one.values))]
    return ".".join(["subset", *dict.fromkeys(told)])
