"""Rows of which a patient may have only one, and has several: one line, with what would tell them apart."""

import pandas as pd

from smmlib.trial.parameters.data_files import Table
from smmlib.trial.parameters.study import Study
from smmlib.trial.spelling import as_yaml
from smmlib.trial.tables.columns import key_of
from smmlib.trial.tables.one_row_each import choices_of_one_row
from smmlib.trial.tables.place import PLACE, as_text
from smmlib.trial.tables.problems import Problem


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
    found = choices_of_one_row(table, cells.loc[table.index], key) if name != "subjects" else iter(())
    choice = next(found, None)
    if choice is None:
        return "keep one"
    column, values = choice
    written = ", ".join(map(as_yaml, values))
    which = f"data: {{where: {{{name}: {{{column}: {written if len(values) == 1 else f'[{written}]'}}}}}}}"
    return f"keep one, or say which rows count: {which} leaves one each"
