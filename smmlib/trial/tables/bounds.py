"""How large a table may be, seen before it is unfolded: a small file may hold a table that fills the memory.

A cell takes some 60 bytes as a text of its own, so that the largest table that is read takes about 10 GB at its peak,
and 20 GB where it is made to take as much as it can.
"""

from collections.abc import Mapping

from smmlib.trial.tables.cell_table import refuse
from smmlib.trial.tables.problems import DataError, Problem

LARGEST = 1_000_000_000
"""Bytes of a file."""
LARGEST_UNFOLDED = 2_000_000_000
"""Bytes of its content where the file holds it compressed."""
MOST_CELLS = 50_000_000
"""Rows times columns: 10,000,000 rows of 5 columns, or 400,000 rows of 125."""
SPARE = 1.2
"""Commas and line ends that a text may have for a cell: its header and its words have some too."""
ADVICE = "keep the columns and rows that the analysis needs"


def check_file_size(file: str, size: int) -> None:
    """Refuse a file that is empty, or too large to be opened."""
    if not size:
        refuse(file, "is empty: export the table again")
    if size > LARGEST:
        refuse(file, f"has {shown_size(size)}, but must be below {LARGEST // 10**9} GB: {ADVICE}")


def check_cells(file: str, rows: int, columns: int) -> None:
    """Refuse a table by the rows and columns that its header states."""
    if rows * columns > MOST_CELLS:
        refuse(
            file,
            f"has {rows:,} rows of {columns:,} columns, {rows * columns:,} cells, "
            f"but must be a table of {MOST_CELLS:,} cells or fewer: {ADVICE}",
        )


def check_unfolded(file: str, size: int) -> None:
    """Refuse a table by the bytes of its content without compression."""
    if size > LARGEST_UNFOLDED:
        refuse(
            file,
            f"holds {shown_size(size)} when decompressed, but must be below {LARGEST_UNFOLDED // 10**9} GB: {ADVICE}",
        )


def check_marks(file: str, text: str, marks: Mapping[str, str]) -> None:
    """Refuse a text that has more of one mark than a table may have cells, before anything is made of it.

    Parameters
    ----------
    file, text : str
    marks : dict of str to str
        What stands between cells or begins a row, and its name.
    """
    for mark, name in marks.items():
        if (count := text.count(mark)) > SPARE * MOST_CELLS:
            refuse(file, f"has {count:,} {name}, but must be a table of {MOST_CELLS:,} cells or fewer: {ADVICE}")


def beyond_memory(file: str, size: int) -> DataError:
    """What is raised of a file that the memory does not hold."""
    what = f"has {shown_size(size)}, and reading it takes more memory than there is: {ADVICE}"
    return DataError([Problem(file, "", "", f"{what}; if it is no large table it is damaged, export it again")])


def shown_size(size: float) -> str:
    """Bytes for a message."""
    return next(
        (f"{size / unit:.1f} {name}" for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")) if size >= unit),
        f"{size} bytes",
    )
