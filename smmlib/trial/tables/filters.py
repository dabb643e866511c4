"""The rows of a table that count: those that hold what `data.where` says."""

import numpy as np
import pandas as pd

from smmlib.trial.parameters.data_files import Table
from smmlib.trial.parameters.study import Study
from smmlib.trial.parameters.table_rows import Condition, Other
from smmlib.trial.tables.nearest import is_it
from smmlib.trial.tables.problems import Problem, quoted

MOST_SHOWN = 12
"""Values of a column that a message lists."""


def rows_that_count(study: Study, name: Table, file: str, texts: pd.DataFrame) -> tuple[np.ndarray, list[Problem], str]:
    """Which rows hold what `data.where` says of their table.

    Parameters
    ----------
    study : Study
    name : str
        Of the table, as `data` names it.
    file : str
        As messages name it.
    texts : DataFrame of category
        Cells as they are meant, under ADaM names.

    Returns
    -------
    counted : ndarray of bool
    problems : list of Problem
        Values that no row holds.
    note : str
        How many rows are passed over, and why; nothing where there are none.
    """
    conditions = {column: each for column, each in study.data.where.get(name, {}).items() if column in texts}
    counted = np.ones(len(texts), dtype=bool)
    problems: list[Problem] = []
    for column, condition in conditions.items():
        values, are_wanted = _values(condition)
        counted &= texts[column].isin(values).to_numpy() == are_wanted
        given = study.data.columns.get(name, {}).get(column, column)
        problems += _absent(file, given, values, texts[column])
    passed_over = int((~counted).sum())
    if not counted.any() and not problems:
        problems.append(Problem(file, "", "", f"no row is left by data.where.{name}: {_in_words(conditions)}"))
    note = f"passed over: {passed_over} of {len(texts)} rows by data.where.{name}, which keeps {_in_words(conditions)}"
    return counted, problems, note if passed_over else ""


def cure_of_missing(name: Table, column: str) -> str:
    """How rows without a value are left out, as the end of a message; nothing where they are not to be.

    Parameters
    ----------
    name : str
        Of the table: a patient of the subject table, and an adverse event, counts and must be corrected.
    column : str
        The variable, under its ADaM name; a row without a patient must be corrected too.
    """
    if name in ("subjects", "adverse_events") or column == "USUBJID":
        return ""
    of_patients = " and missing_row: left out beside its paramcd" if name == "times" else ""
    return (
        f"; correct it, or leave such rows out by data: {{where: {{{name}: {{{column}: {{not: ''}}}}}}}}{of_patients}"
    )


def _values(condition: Condition) -> tuple[list[str], bool]:
    """The values that a condition names, and whether rows with them are wanted."""
    named = condition.unlike if isinstance(condition, Other) else condition
    return named if isinstance(named, list) else [named], not isinstance(condition, Other)


def _in_words(conditions: dict[str, Condition]) -> str:
    """What rows hold: "ANL01FL Y, AVISIT not SCREENING"."""
    words = []
    for column, condition in conditions.items():
        values, are_wanted = _values(condition)
        words.append(f"{column} {'' if are_wanted else 'not '}{' or '.join(value or 'empty' for value in values)}")
    return ", ".join(words)


def _absent(file: str, column: str, values: list[str], cells: pd.Series) -> list[Problem]:
    """Values that no row has: misspelt ones would pass over every row, or none."""
    there = list(cells.value_counts()[lambda counts: counts > 0].index)
    return [
        Problem(
            file, "", column, f"no row holds {quoted(value)}{is_it(value, there)}; the column holds {listed(there)}"
        )
        for value in values
        if value not in there
    ]


def listed(values: list[str]) -> str:
    """Values of a column for a message, the first dozen of them."""
    shown = ", ".join(repr(value) for value in values[:MOST_SHOWN])
    return f"{shown} and {len(values) - MOST_SHOWN} others" if len(values) > MOST_SHOWN else shown
