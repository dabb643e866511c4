"""A table of texts, and what any table must have whatever its format: columns with names of their own, and rows."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from smmlib.trial.tables.problems import DataError, Problem

SURROGATE = re.compile("[\ud800-\udfff]")
"""Half of a character of UTF-16, which no file in UTF-8 can hold; JSON can escape it."""


@dataclass(frozen=True, eq=False)
class Cells:
    """A table as its file holds it, every cell as text.

    Attributes
    ----------
    file : str
        The file, as messages name it.
    table : DataFrame
        Of texts, a row a record; columns under the names and in the order of the file; "" where a value is missing.
    word : str
        What the rows are counted in: "line" of a text file, "record" of any other.
    numbers : array, shape = (n_rows,)
        The line where each row begins, counted as an editor counts, or the number of the record, from 1.
    """

    file: str
    table: pd.DataFrame
    word: str
    numbers: NDArray[np.int_]


def cell_table(
    file: str,
    names: Sequence[str],
    columns: Sequence[Sequence[str] | NDArray[np.object_]],
    lines: Sequence[int] | None = None,
) -> Cells:
    """Columns of texts as a table, refused if a name is missing or used twice or if there are no rows.

    Parameters
    ----------
    file : str
    names : sequence of str
    columns : sequence of sequences of str
        A column a name, all of one length.
    lines : sequence of int, optional
        The line of the file where each row begins; without it, rows are records.

    Returns
    -------
    Cells

    Raises
    ------
    DataError
    """
    problems = name_problems(file, names)
    n_rows = len(columns[0]) if columns else 0
    if not n_rows:
        problems.append(Problem(file, "", "", "the table has no rows: export it with its data"))
    if problems:
        raise DataError(problems)
    arrays = [np.array(column, dtype=object) for column in columns]
    table = pd.DataFrame(dict(zip(names, arrays, strict=True)), copy=False)
    if lines is None:
        return Cells(file, table, "record", np.arange(1, n_rows + 1))
    return Cells(file, table, "line", np.asarray(lines))


def frame_cells(file: str, frame: pd.DataFrame) -> Cells:
    """A data frame as the cells of the file that it would make.

    Parameters
    ----------
    file : str
        The file that it stands for, as messages name it.
    frame : DataFrame
        Of texts, "" where a value is missing, and of whole numbers.

    Returns
    -------
    Cells

    Raises
    ------
    DataError
    """
    return cell_table(file, list(frame.columns), [frame[name].astype(str).to_numpy(dtype=object) for name in frame])


def name_problems(file: str, names: Sequence[str]) -> list[Problem]:
    """What is wrong with the names of columns.

    Parameters
    ----------
    file : str
    names : sequence of str

    Returns
    -------
    list of Problem
    """
    nameless = [number for number, name in enumerate(names, start=1) if not name]
    broken = [name for name in names if SURROGATE.search(name)]
    repeated = [name for name, count in Counter(names).items() if name and count > 1]
    return [
        *(Problem(file, "", f"column {number}", "has no name: give it one, or leave it out") for number in nameless),
        *(Problem(file, "", repr(name), "is no name of whole characters: rename the column") for name in broken),
        *(Problem(file, "", name, "is the name of more than one column: rename or leave out one") for name in repeated),
    ]


def refuse(file: str, what: str, place: str = "") -> NoReturn:
    """Raise the one problem that ends the reading of a file."""
    raise DataError([Problem(file, place, "", what)])
