"""Dates of a patient in an order that cannot be: each date that is wrong is told once, with all that it contradicts."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from smmlib.trial.parameters.endpoint_rules import DEATH, LAST_ALIVE
from smmlib.trial.parameters.study import Study
from smmlib.trial.tables.columns import date_variables, treatment_period
from smmlib.trial.tables.place import PLACE, as_text
from smmlib.trial.tables.problems import Contradiction


class Order(NamedTuple):
    """Two dates of which the first may not be after the last."""

    first: str
    last: str
    suspect: str
    """The one that is told as wrong where nothing else speaks against either."""


def contradictions_of_order(study: Study, subjects: pd.DataFrame) -> Iterator[Contradiction]:
    """Nothing is dated after death, nor after the day last seen alive; no treatment ends before it begins.

    Parameters
    ----------
    study : Study
    subjects : DataFrame
        Rows of the subject table as they were read.

    Yields
    ------
    Contradiction
    """
    broken = {order: subjects[order.first] > subjects[order.last] for order in dict.fromkeys(_orders(study, subjects))}
    if not broken:
        return
    violated = pd.DataFrame(broken.values(), index=range(len(broken))).T
    for index, row in subjects[violated.any(axis=1)].iterrows():
        orders = [order for place, order in enumerate(broken) if violated.at[index, place]]
        for variable, what in _causes(orders):
            given = study.data.columns.get("subjects", {}).get(variable, variable)
            told = f"is {as_text(row[variable])!r}, but must be {what}"
            yield Contradiction(study.data.subjects, row[PLACE], given, told, "order", row["USUBJID"])


def _orders(study: Study, subjects: pd.DataFrame) -> Iterator[Order]:
    dates = date_variables(study)
    if study.randomised is not None and subjects[study.randomised].dtype.kind == "M":
        dates = list(dict.fromkeys([*dates, study.randomised]))
    others = [date for date in dates if date not in (DEATH, LAST_ALIVE)]
    if LAST_ALIVE in dates:
        yield from (Order(date, LAST_ALIVE, LAST_ALIVE) for date in others)
    if DEATH in dates:
        yield from (Order(date, DEATH, date) for date in dates if date != DEATH)
    treatment = treatment_period(study)
    periods = [(phase.start, phase.end) for phase in study.phases]
    for start, end in [*periods, *([(treatment.start, treatment.end)] if treatment else [])]:
        yield Order(start, end, end)


def _causes(orders: list[Order]) -> Iterator[tuple[str, str]]:
    """The fewest dates that explain all contradictions of a patient, each with what it must be."""
    while orders:
        counts = Counter(date for order in orders for date in (order.first, order.last))
        suspects = [order.suspect for order in orders]
        wrong = max(counts, key=lambda date: (counts[date], suspects.count(date)))
        yield wrong, " and ".join(_bounds(wrong, orders))
        orders = [order for order in orders if wrong not in (order.first, order.last)]


def _bounds(wrong: str, orders: list[Order]) -> Iterator[str]:
    before = [order.first for order in orders if order.last == wrong]
    after = [order.last for order in orders if order.first == wrong]
    if before:
        yield f"no earlier than {_listed(before)}"
    if after:
        yield f"no later than {_listed(after)}{', when the patient died' if after == [DEATH] else ''}"


def _listed(dates: list[str]) -> str:
    *others, last = dates
    return f"{', '.join(others)} and {last}" if others else last
