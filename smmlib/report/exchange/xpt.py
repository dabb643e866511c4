"""Analysis data as SAS transport files, version 5: the form in which regulators take datasets."""

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pandas as pd
import pyreadstat

from smmlib.report.exchange.data_columns import DATASETS, DAY, TEXT, Column

LONGEST_TEXT, LONGEST_LABEL = 200, 40
"""Bytes that a text, and the label of a column, may have in version 5."""
DAY_FORMAT = "YYMMDD10."
SAS_EPOCH = date(1960, 1, 1)
HEADER = 560
"""Bytes before the descriptions of the columns; among them is when the file was made, four times."""
MADE = re.compile(rb"\d\d[A-Z]{3}\d\d:\d\d:\d\d:\d\d")
NEVER = b"01JAN60:00:00:00"


def write_xpt(file: Path, part: str, columns: Iterable[Column]) -> dict[str, int]:
    """Write a part of the analysis data as a transport file.

    Parameters
    ----------
    file : Path
    part : str
        A key of `DATASETS`.
    columns : iterable of Column

    Returns
    -------
    dict of str to int
        Texts that were cut at 200 bytes, by the name of their column.
    """
    columns = list(columns)
    name, label = DATASETS[part]
    pyreadstat.write_xport(
        pd.DataFrame({column.short_name: _values(column) for column in columns}),
        str(file),
        file_format_version=5,
        table_name=name,
        file_label=label,
        column_labels=[_cut(_label(column), LONGEST_LABEL) for column in columns],
        variable_format={column.short_name: DAY_FORMAT for column in columns if column.kind == DAY},
    )
    content = file.read_bytes()
    # the same data give the same bytes whenever they are written
    file.write_bytes(MADE.sub(NEVER, content[:HEADER]) + content[HEADER:])
    cut = {column.name: sum(map(_is_cut, column.values)) for column in columns if column.kind == TEXT}
    return {column: count for column, count in cut.items() if count}


def _values(column: Column) -> list[object]:
    if column.kind == TEXT:
        return [_cut(text, LONGEST_TEXT) for text in column.values]
    if column.kind == DAY:
        days = (None if text is None else date.fromisoformat(text) for text in column.values)
        return [float("nan") if day is None else float((day - SAS_EPOCH).days) for day in days]
    return [float("nan") if value is None else float(value) for value in column.values]


def _label(column: Column) -> str:
    return f"{column.label} ({column.unit})" if column.unit else column.label


def _is_cut(text: str) -> bool:
    return len(text.encode()) > LONGEST_TEXT


def _cut(text: str, longest: int) -> str:
    """The text of at most so many bytes; no character is split."""
    return text.encode()[:longest].decode(errors="ignore")
