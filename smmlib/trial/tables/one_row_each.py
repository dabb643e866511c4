"""Which values of a column leave a patient one row of each parameter, where there are several."""

import re
from collections.abc import Iterator

import pandas as pd

MOST_LEVELS = 10
"""Values that a column may have to be one that marks the rows to analyse."""
ORDER = ("ANL01FL", r"ANL\d\dFL", ".*FL", "PARQUAL", r"PARCAT\d+", "AVISIT", "AVALU", "PARAM", ".*")
"""Columns in the order in which they are tried: flags of the analysis, what qualifies a parameter, the visit."""
NEVER = re.compile("AVALC?|CNSR|EVNTDESC|CNSDTDSC|EVENT|STATUS|.*(SEQ|DT|DTM|DY|DTC|ID)|PARAMCD|PARAMN|TRT.*")
"""What a row tells of the patient's course, or where it stands: rows must not be chosen by their outcome."""

Choice = tuple[str, list[str]]
"""A column, and the values of the rows that count: the first is that of the patients who have several rows."""


def choices_of_one_row(table: pd.DataFrame, cells: pd.DataFrame, key: list[str]) -> Iterator[Choice]:
    """Columns and values that leave one row of each key, and none without a row.

    Parameters
    ----------
    table : DataFrame
        With the columns of the key.
    cells : DataFrame
        All columns as texts, "" where a value is missing; index of `table`.
    key : list of str
        Columns of which no two rows may hold the same.

    Yields
    ------
    (str, list of str)
        Flags first, and of a column Y or what stands first in it. After the value of a key with several rows stand
        those of the keys that have no row with it.
    """
    which = table.groupby(key, sort=False, dropna=False).ngroup()
    several = which.duplicated(keep=False)
    for column in _in_order(cells, key):
        values = cells[column]
        first = {text: place for place, text in enumerate(values.unique())}
        for value in sorted(set(values[several]) - {""}, key=lambda text: (text != "Y", first[text])):
            others = values[~which.isin(which[values == value])]
            wanted = [value, *sorted(set(others))]
            kept = which[values.isin(wanted)]
            if not kept.duplicated().any() and kept.nunique() == which.nunique():
                yield column, wanted


def _in_order(cells: pd.DataFrame, key: list[str]) -> list[str]:
    named = [str(column) for column in cells if column not in key and not NEVER.fullmatch(str(column).upper())]
    few = [column for column in named if 1 < cells[column].nunique() <= MOST_LEVELS]
    return sorted(few, key=_place)


def _place(column: str) -> int:
    return next(place for place, pattern in enumerate(ORDER) if re.fullmatch(pattern, column.upper()))
