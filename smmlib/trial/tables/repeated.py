"""Rows of which a patient may have only one, and has several: one line, with what would tell them apart."""

import pandas as pd

from smmlib.trial.parameters.data_files import Table
from smmlib.trial.parameters.study import Study
from smmlib.trial.spelling import as_yaml
from smmlib.trial.tables.columns import key_of
from smmlib.trial.tables.place import PLACE, as_text
from smmlib.trial.tables.problems import Problem

MOST_LEVELS = 10
"""Values that a column may have to be one that marks the rows to analyse."""


def problems_of_repeats(study: Study, name: Table, table: pd.DataFrame, cells: pd.DataFrame) -> list[Problem]:
    """What is said of patients with several rows where one is expected.

    Parameters
    ----------
    study : Study
    name : str
        Of the table, as `data` names it.
    table : DataFrame
        Its columns as they were read; index of `cells`.
    cells : DataFrame
        All columns of the file, as texts.

    Returns
    -------
    list of Problem
        One, or none.
    """
    key = key_of(study, name)
    if key is None or not set(key) <= set(table):
        return []
    again = table.duplicated(key)
    if not again.any():
        return []
    row = table[again].iloc[0]
    first = table[(table[key] == row[key]).all(axis=1)].iloc[0]
    patient = f"patient {row['USUBJID']}" if study.privacy == "identified" else "the patient"
    of = "".join(f", {as_text(row[column])}," for column in key[1:])
    more = int(again.sum()) - 1
    others = f", and so it is with {more} more rows" if more else ""
    what = f"{patient}{of} has a row already, in {first[PLACE]}{others}: {_advice(name, table, cells, key)}"
    return [Problem(getattr(study.data, name), row[PLACE], "", what)]


def _advice(name: Table, table: pd.DataFrame, cells: pd.DataFrame, key: list[str]) -> str:
    marks = [] if name == "subjects" else _marks(table, cells.loc[table.index], key)
    if not marks:
        return "keep one"
    column, value = marks[0]
    which = f"data: {{where: {{{name}: {{{column}: {as_yaml(value)}}}}}}}"
    return f"keep one, or say which rows count: {which} leaves one each"


def _marks(table: pd.DataFrame, cells: pd.DataFrame, key: list[str]) -> list[tuple[str, str]]:
    """Columns and values that leave every patient one row of each; flags first."""
    expected = len(table.drop_duplicates(key))
    few = [str(column) for column in cells if 1 < cells[column].nunique() <= MOST_LEVELS]
    found = []
    for column in sorted(few, key=lambda each: not each.upper().endswith("FL")):
        for value in sorted(set(cells[column]) - {""}):
            rows = table[(cells[column] == value).to_numpy()]
            if len(rows) == expected and not rows.duplicated(key).any():
                found.append((column, value))
    return found
