"""CSV: cells between commas, a header, UTF-8. What does not keep to that is refused with its line, never mended."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from smmlib.trial.tables.bounds import check_cells, check_marks
from smmlib.trial.tables.cell_table import Cells, cell_table, name_problems, refuse
from smmlib.trial.tables.problems import DataError, Problem, counted
from smmlib.trial.tables.utf8_text import utf8_text

OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
MARKS = {",": "commas", "\n": "line feeds", "\r": "carriage returns"}
DECIMAL_COMMA = re.compile(r"""(?:^|[;\t|])"?(-?\d+,\d+)"?(?=[;\t|]|$)""", re.MULTILINE)
EXCELS_LINE = re.compile(r"\"?sep=.\"?,*\r?\n", re.IGNORECASE)
# Enough of a file to know its separator and its decimal mark.
GLANCE = 100_000
WHY = {
    "unexpected end of data": "begins a quoted cell that never ends: the file seems cut short, or a quote is missing; "
    "export it again",
    "field larger than field limit": f"has a cell of over {csv.field_size_limit()} characters: "
    "close the quote with which it begins, or shorten it",
    "expected after": "has text after a closing quote: a quote inside a quoted cell must be doubled",
}


def read_csv(file: str, stream: BinaryIO) -> Cells:
    """The cells of a CSV file, without the blanks around them.

    Parameters
    ----------
    file : str
        As messages name it.
    stream : file object
        Open for reading bytes.

    Returns
    -------
    Cells

    Raises
    ------
    DataError
        With every line that has not as many cells as the header.
    """
    text = utf8_text(file, stream)
    check_marks(file, text, MARKS)
    text, first_line = _without_excels_line(text)
    _refuse_other_separator(file, text)
    cells, widths, lines = _records(file, text, first_line)
    if not widths:
        refuse(file, "holds nothing but blank lines: export the table again")
    width = widths[0]
    if not width:
        refuse(file, "is blank, but must be the header: take the blank line out", f"line {first_line}")
    check_cells(file, len(widths) - 1, width)
    names = [name.strip() for name in cells[:width]]
    if problems := _width_problems(file, widths, lines, cut=not text.endswith(("\n", "\r"))):
        raise DataError([*name_problems(file, names), *problems])
    columns = [[cell.strip() for cell in cells[start::width]] for start in range(width, 2 * width)]
    if problems := list(counted(_empty_rows(file, columns, lines[1:]), file)):
        raise DataError(problems)
    return cell_table(file, names, columns, lines[1:])


def _without_excels_line(text: str) -> tuple[str, int]:
    """The text without the line that tells Excel the separator, "sep=,", and the number of its first line."""
    told = EXCELS_LINE.match(text)
    return (text[told.end() :], 2) if told else (text, 1)


def _refuse_other_separator(file: str, text: str) -> None:
    glance = text[:GLANCE]
    header = glance.splitlines()[0] if glance else ""
    widths = {separator: len(next(csv.reader([header], delimiter=separator), [])) for separator in OTHER_SEPARATORS}
    separator = max(widths, key=widths.__getitem__)
    if widths[separator] <= len(next(csv.reader([header]), [])):
        return
    number = DECIMAL_COMMA.search(glance)
    decimals = f" and has decimal commas ({number[1]!r})" if number else ""
    points = ", with decimal points" if number else ""
    refuse(
        file, f"is separated by {OTHER_SEPARATORS[separator]}{decimals}: export it with commas between cells{points}"
    )


def _records(file: str, text: str, line: int) -> tuple[list[str], list[int], list[int]]:
    """Every cell, one after another; how many each record has, and the line where it begins, from that of the first.

    Blank lines at the end are left out, and so are rows of empty cells, as Excel writes below a table.

    One flat list: with a list a record, most of the time would go into the collection of garbage.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    cells, widths, lines, before = [], [], [], line - 1
    try:
        for record in reader:
            cells += record
            widths.append(len(record))
            lines.append(line)
            line = before + reader.line_num + 1
    except csv.Error as error:
        refuse(file, _why(error), f"line {line}")
    while widths and (not widths[-1] or _is_empty_row(cells, widths)):
        del cells[len(cells) - widths.pop() :]
    return cells, widths, lines[: len(widths)]


def _is_empty_row(cells: list[str], widths: list[int]) -> bool:
    """Whether the last record is a row of a table and has nothing in its cells; a header has names, or is told."""
    is_row = len(widths) > 1 and 1 < widths[-1] <= widths[0]
    return is_row and not any(map(str.strip, cells[-widths[-1] :]))


def _empty_rows(file: str, columns: list[list[str]], lines: list[int]) -> Iterator[Problem]:
    for row, first in enumerate(columns[0]) if len(columns) > 1 else ():
        if not first and not any(column[row] for column in columns):
            yield Problem(file, f"line {lines[row]}", "", "is empty: take it out")


def _why(error: csv.Error) -> str:
    found = [what for words, what in WHY.items() if words in str(error)]
    return found[0] if found else f"cannot be read as CSV: {error}"


def _width_problems(file: str, widths: Sequence[int], lines: Sequence[int], cut: bool) -> list[Problem]:
    """Lines that are blank or not as long as the header. `cut`: the last line has no end."""
    expected, last = widths[0], len(widths) - 1
    wrong = [row for row, width in enumerate(widths) if width != expected or not width]
    short = [row for row in wrong if cut and row == last and widths[row] < expected]
    told = (Problem(file, f"line {lines[row]}", "", _wrong_width(widths[row], expected, row in short)) for row in wrong)
    return list(counted(told, file))


def _wrong_width(width: int, expected: int, short: bool) -> str:
    if not width:
        return "is blank: take it out"
    counts = f"has {_cells(width)}, but must be {_cells(expected)} long, as the header is"
    return f"{counts}; the file seems cut short, as its last line has no end: export it again" if short else counts


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"
