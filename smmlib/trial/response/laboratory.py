"""Laboratory rows as assessments: the values of each patient and day in the units of the criteria."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from smmlib.trial.data import Tables
from smmlib.trial.parameters.response_plan import FindingTest, MeasuredTest
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present
from smmlib.trial.response.imwg import Assessment
from smmlib.trial.tables.problems import DataError, Problem
from smmlib.trial.tables.reading import PLACE

TO_CRITERIA = {"g/L": 1.0, "g/dL": 10.0, "mg/24h": 1.0, "g/24h": 1000.0, "mg/L": 1.0, "mg/dL": 10.0, "%": 1.0}
"""Factor from each unit to that of the criteria: g/L, mg per 24 h, mg/L, percent."""

Wrong = tuple[str, str]
"""A column, and what is wrong with its value."""


def laboratory_assessments(study: Study, tables: Tables) -> dict[str, tuple[Assessment | None, list[Assessment]]]:
    """Baseline and later assessments of each randomised patient.

    The baseline holds the latest value of each test up to the date that `response.start` names. Later rows of one
    AVISIT are one assessment, on the latest of its days, since serum, urine and marrow are seldom taken on one day;
    rows without AVISIT are one assessment a day.

    Parameters
    ----------
    study : Study
        With `laboratory` and `response`.
    tables : Tables

    Returns
    -------
    dict of str to (Assessment or None, list of Assessment)
        The baseline, None where there is no value up to the start; the later ones by day.

    Raises
    ------
    DataError
        If a unit is not the one that the parameters name, a finding is not one of its words, a test has no value, a
        patient has two rows of a test at one visit, or two visits end on one day.
    """
    starts = tables.subjects[present(present(study.response).start)].dt.date.to_dict()
    values, problems = _values(study, present(tables.laboratory))
    histories = {}
    for patient, start in starts.items():
        own = values.get(patient, [])
        baseline = {value.name: value for value in sorted(own, key=_day) if value.day <= start}
        later, wrong = _visits(study, [value for value in own if value.day > start])
        problems += wrong
        histories[patient] = (_assessment(start, baseline) if baseline else None, later)
    if problems:
        raise DataError(problems)
    return histories


@dataclass(frozen=True)
class _Value:
    """What one row says of one test."""

    name: str
    value: float | str
    day: date
    visit: object  # AVISIT, or the day where there is none
    row: str


def _day(value: _Value) -> date:
    return value.day


def _values(study: Study, rows: pd.DataFrame) -> tuple[dict[str, list[_Value]], list[Problem]]:
    """Values of each patient, and what is wrong with rows."""
    names = {test.paramcd: (name, test) for name, test in present(study.laboratory).tests.items()}
    values: dict[str, list[_Value]] = {}
    problems = []
    for row in rows[rows["PARAMCD"].isin(names)].to_dict("records"):
        name, test = names[row["PARAMCD"]]
        value = _finding(test, row) if isinstance(test, FindingTest) else _measured(test, row)
        if isinstance(value, tuple):
            problems.append(Problem(present(study.data.laboratory), row[PLACE], *value))
        else:
            day = row["ADT"].date()
            visit = row.get("AVISIT") or day
            values.setdefault(row["USUBJID"], []).append(_Value(name, value, day, visit, row[PLACE]))
    return values, problems


def _visits(study: Study, values: Sequence[_Value]) -> tuple[list[Assessment], list[Problem]]:
    """Later values of a patient as assessments in the order of their days, and what is wrong with them."""
    visits: dict[object, dict[str, _Value]] = {}
    problems = []
    for value in values:
        of_visit = visits.setdefault(value.visit, {})
        if value.name in of_visit:
            what = f"{value.name} at {value.visit} has a row already for the patient, in {of_visit[value.name].row}"
            advice = "keep one, or leave AVISIT empty where visits share a name"
            problems.append(Problem(present(study.data.laboratory), value.row, "", f"{what}: {advice}"))
        of_visit.setdefault(value.name, value)
    ends: dict[date, object] = {}
    for visit, of_visit in visits.items():
        last = max(of_visit.values(), key=_day)
        if last.day in ends:
            what = f"visits {ends[last.day]} and {visit} of the patient both end on {last.day}: give them one name"
            problems.append(Problem(present(study.data.laboratory), last.row, "", what))
        ends.setdefault(last.day, visit)
    return [_assessment(day, visits[ends[day]]) for day in sorted(ends)], problems


def _assessment(day: date, values: Mapping[str, _Value]) -> Assessment:
    named: dict[str, Any] = {name: value.value for name, value in values.items()}
    return Assessment(day=day, **named, rows=tuple(value.row for value in values.values()))


def _measured(test: MeasuredTest, row: Mapping[Hashable, Any]) -> float | Wrong:
    unit = row.get("AVALU", test.unit)
    if unit != test.unit:
        return (
            "AVALU",
            f"is {unit!r}, but must be {test.unit}, as laboratory says of {test.paramcd}: one unit a test",
        )
    if row["AVAL"] != row["AVAL"]:
        return (
            "AVAL",
            f"is empty, but must be a number for {test.paramcd}: leave the row out when it was not measured",
        )
    if test.unit == "%" and row["AVAL"] > 100:
        return ("AVAL", f"is {row['AVAL']:g}, but must be a percentage, 100 at most, for {test.paramcd}")
    # ten times a decimal is rounded to where its digits end, so that 3.3 g/dL is 33 g/L and not 32.999999999999996
    return round(row["AVAL"] * TO_CRITERIA[test.unit], 9)


def _finding(test: FindingTest, row: Mapping[Hashable, Any]) -> str | Wrong:
    words = {word: test.values.get(word, word.upper()) for word in test.words}
    given = str(row.get("AVALC", ""))
    found = [word for word, text in words.items() if given.upper() == text.upper()]
    if found:
        return found[0]
    return ("AVALC", f"is {given!r}, but must be {' or '.join(words.values())} for {test.paramcd}")
