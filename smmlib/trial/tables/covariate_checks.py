"""What must hold of the variables that describe patients: they have values, and the levels that the parameters list."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

import pandas as pd

from smmlib.trial.parameters.covariates import MOST_LEVELS, Covariate
from smmlib.trial.tables.columns import level_order_variable
from smmlib.trial.tables.problems import Problem
from smmlib.trial.tables.reading import PLACE

if TYPE_CHECKING:
    from smmlib.trial.parameters.study import Study

MOST_NAMED = 10
"""Levels that a message names."""


def problems_of_covariates(study: "Study", subjects: pd.DataFrame) -> Iterator[Problem]:
    """Variables without a value, with more levels than a category has, or with other levels than were listed.

    Parameters
    ----------
    study : Study
    subjects : DataFrame
        Of randomised patients in one of the arms, with `place`. Measures of a table that could not be read are absent.

    Yields
    ------
    Problem
    """
    for covariate in [each for each in study.covariates.values() if each.variable in subjects]:
        values = subjects[covariate.variable]
        if (values.isna() if covariate.is_continuous else values == "").all():
            yield _of(study, covariate, "is empty for every randomised patient: take it out of the parameters")
        elif not covariate.is_continuous:
            yield from _of_categories(study, covariate, subjects)


def _of_categories(study: "Study", covariate: Covariate, subjects: pd.DataFrame) -> Iterator[Problem]:
    counts = subjects[covariate.variable].value_counts().drop("", errors="ignore")
    if len(counts) > MOST_LEVELS and not covariate.levels:
        what = f"has {len(counts)} levels, but must have {MOST_LEVELS} or fewer"
        yield _of(study, covariate, f"{what}: numbers are continuous, with a unit or cuts")
        return
    absent = [level for level in covariate.levels if level not in counts]
    for level in absent:
        yield _of(study, covariate, _absent(level, counts))
    if covariate.levels and not absent:
        yield from _of_unlisted(study, covariate, subjects)
    yield from _of_order(study, covariate, subjects)


def _absent(level: str, counts: pd.Series) -> str:
    near = get_close_matches(level, counts.index, n=1)
    nearest = f" (is it {near[0]!r}?)" if near else ""
    held = ", ".join(f"{value!r} {count}" for value, count in counts.head(MOST_NAMED).items())
    more = f" and {len(counts) - MOST_NAMED} more" if len(counts) > MOST_NAMED else ""
    return f"holds no {level!r}, which the parameters list as a level{nearest}; it holds {held}{more}"


def _of_unlisted(study: "Study", covariate: Covariate, subjects: pd.DataFrame) -> Iterator[Problem]:
    listed = [*covariate.levels, ""]
    rows = subjects[~subjects[covariate.variable].isin(listed)]
    expected = f"one of {', '.join(covariate.levels)}, or nothing: those are the levels in the parameters"
    if covariate.table == "exposure":
        for value in rows[covariate.variable].unique():
            yield _of(study, covariate, f"is {value!r}, but must be {expected}")
        return
    column = _column(study, covariate.variable)
    for place, value in zip(rows[PLACE], rows[covariate.variable], strict=True):
        yield Problem(study.data.subjects, place, column, f"is {value!r}, but must be {expected}")


def _of_order(study: "Study", covariate: Covariate, subjects: pd.DataFrame) -> Iterator[Problem]:
    """The number beside a category is one of each level, and of no other."""
    order = level_order_variable(covariate)
    if order is None or order not in subjects or covariate.table == "exposure":
        return
    pairs = subjects.loc[subjects[covariate.variable] != "", [covariate.variable, order]].drop_duplicates()
    unclear = pairs[pairs[order].isna() | pairs[order].duplicated(keep=False)]
    unclear = pairs[pairs[covariate.variable].duplicated(keep=False)] if unclear.empty else unclear
    if len(unclear):
        numbers, levels = (
            " and ".join(dict.fromkeys(map(_shown, unclear[name].head(2)))) for name in (order, covariate.variable)
        )
        what = f"is {numbers} where {covariate.variable} is {levels}, but must be a number of its own for each level"
        yield _of(
            study,
            Covariate(order, is_continuous=True),
            f"{what}: correct it, or list the levels of {covariate.variable} in their order",
        )


def _shown(value: object) -> str:
    if isinstance(value, float):
        return "empty" if value != value else f"{value:g}"
    return repr(value)


def _of(study: "Study", covariate: Covariate, what: str) -> Problem:
    if covariate.table == "exposure":
        column = "AVAL" if covariate.is_continuous else "AVALC"
        return Problem(study.data.exposure or "", "", column, f"of PARAMCD {covariate.variable!r} {what}")
    return Problem(study.data.subjects, "", _column(study, covariate.variable), what)


def _column(study: "Study", variable: str) -> str:
    """A variable under the name that the file gives it."""
    return study.data.columns.get("subjects", {}).get(variable, variable)
