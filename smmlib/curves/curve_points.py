"""Digitised points of a curve, from a table that any tool may have written."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from smmlib.stats.types import Floats
from smmlib.trial.tables.cell_table import Cells
from smmlib.trial.tables.cells import read_cells
from smmlib.trial.tables.problems import DataError, Problem, counted, quoted


def read_points(path: str | Path) -> tuple[Floats, Floats]:
    """Time and survival of each point, as digitised: nothing is sorted, cleaned or put on another scale.

    Parameters
    ----------
    path : str or Path
        A table with the columns `time` and `survival`, in any format that tables are read in.

    Returns
    -------
    time, survival : ndarray, shape (k,)

    Raises
    ------
    DataError
        Naming every cell that is not a number, or the columns that are missing.
    """
    time, survival = _columns(path, ("time", "survival"))
    return time, survival


def read_censor_times(path: str | Path) -> Floats:
    """Times of the censor ticks, from a table with the column `time`.

    Returns
    -------
    ndarray, shape (k,)

    Raises
    ------
    DataError
        Naming every cell that is not a number, or the missing column.
    """
    (time,) = _columns(path, ("time",))
    return time


def _columns(path: str | Path, names: Sequence[str]) -> list[Floats]:
    cells = read_cells(path)
    missing = [name for name in names if name not in cells.table]
    if missing:
        there = ", ".join(cells.table.columns)
        what = f"has no column {missing[0]}, but {there}: name the columns {' and '.join(names)} in the first line"
        raise DataError([Problem(cells.file, "", "", what)])
    values: list[Floats] = []
    problems: list[Problem] = []
    for name in names:
        numbers = [_number(text) for text in cells.table[name]]
        wrong = [row for row, number in enumerate(numbers) if not math.isfinite(number)]
        told = (Problem(cells.file, _place(cells, row), name, _expected(cells.table[name][row])) for row in wrong)
        problems += counted(told, cells.file, name)
        values.append(np.array(numbers))
    if problems:
        raise DataError(problems)
    return values


def _number(text: str) -> float:
    """The number that a cell holds, or NaN."""
    try:
        return float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        return math.nan


def _place(cells: Cells, row: int) -> str:
    return f"{cells.word} {cells.numbers[row]}"


def _expected(text: str) -> str:
    return f"is {quoted(text)}, but must be a number with a decimal point"
