"""Numbers of a column one below the other by their decimal points: padded with spaces of the width of a digit."""

import re
from dataclasses import replace

from smmlib.report.document.blocks import placed

FIGURE_SPACE = "\u2007"
NUMBER = re.compile(r"[<>\u2212-]?\d+(?:\.(\d+))?")
PAIR = re.compile(r"# \(#")
SIGN_FIRST = "<>\u2212-0123456789"


def aligned(table):
    """A table whose numbers stand one below the other.

    The first number of a cell is padded by those of its column; one in brackets behind it, as the percentage after a
    count, by those of cells that have the same words around them.

    Parameters
    ----------
    table : Table

    Returns
    -------
    Table
    """
    columns = {}
    rows = placed(table.body)
    for index, row in enumerate(rows):
        for column, cell in row:
            if cell.is_figure and cell.columns == 1:
                columns.setdefault(column, {})[index] = cell
    padded = {(index, column): cell for column, cells in columns.items() for index, cell in _aligned(cells).items()}
    body = tuple(tuple(padded.get((index, column), cell) for column, cell in row) for index, row in enumerate(rows))
    return replace(table, body=body)


def _aligned(cells):
    """Cells of a column by their row, padded."""
    found = {index: list(NUMBER.finditer(cell.text)) for index, cell in cells.items()}
    leading = {index for index, cell in cells.items() if cell.text[:1] and cell.text[0] in SIGN_FIRST and found[index]}
    pads = {index: {} for index in cells}
    _pad_left(pads, {index: found[index][0] for index in leading})
    shapes = {}
    for index, cell in cells.items():
        shapes.setdefault(NUMBER.sub("#", cell.text), []).append(index)
    for words, alike in shapes.items():
        if PAIR.match(words) and words.count("#") == 2:
            _pad_right(pads, {index: found[index][0] for index in alike})
            _pad_left(pads, {index: found[index][1] for index in alike})
    return {index: replace(cell, runs=_padded(cell.runs, pads[index])) for index, cell in cells.items()}


def _pad_left(pads, numbers):
    """Make room before numbers with fewer digits before the point than others."""
    most = max((_whole(number) for number in numbers.values()), default=0)
    for index, number in numbers.items():
        pads[index][number.start()] = pads[index].get(number.start(), 0) + most - _whole(number)


def _pad_right(pads, numbers):
    """Make room after numbers with fewer decimals than others, where more is said after them."""
    most = max(_decimals(number) for number in numbers.values())
    for index, number in numbers.items():
        pads[index][number.end()] = pads[index].get(number.end(), 0) + most - _decimals(number)


def _whole(number):
    return len(number[0]) - _decimals(number)


def _decimals(number):
    """Places taken by the decimals, the point among them."""
    return len(number[1]) + 1 if number[1] else 0


def _padded(runs, pads):
    """Runs with figure spaces at places of their whole text."""
    done, start = [], 0
    for run in runs:
        ends = sorted((place - start for place in pads if start <= place < start + len(run.text)), reverse=True)
        text = run.text
        for place in ends:
            text = text[:place] + FIGURE_SPACE * pads[start + place] + text[place:]
        done.append(replace(run, text=text))
        start += len(run.text)
    return tuple(done)
