"""How a table fits on a page: its size of letters, the widths of its columns, and whether the page lies on its side."""

import re
from dataclasses import dataclass
from functools import cache

from matplotlib.ft2font import LoadFlags

from smmlib.report.document.blocks import Heading, Table, placed
from smmlib.report.document.typesetting import bundled_font

SHORT_SIDE, LONG_SIDE = 595.28, 841.89
"""Points of A4."""
MARGIN = 54.0
SIZES = (9.0, 8.0)
"""Points of the letters of a table; never fewer."""
MOST_ROWS_TOGETHER = 16
"""Rows of a table that is kept on one page."""
PADDING, INDENT = 8.0, 10.0
"""Points between two columns, and for each step of indentation."""
NARROWEST_WORDS = 11.0
"""Widths of an em that a column of words has before a number may be broken."""
UNKNOWN_LETTER = 1.0
BOLD = 1.1
"""Bold letters are about as much wider."""
WORDS, BRACKETS = re.compile(r"[ \n]"), re.compile(r" (?=\()|\n")


@dataclass(frozen=True)
class Layout:
    """How a table is set.

    Attributes
    ----------
    size : float
        Points of its letters.
    widths : tuple of float
        Points of each column, that between two columns included.
    on_side : bool
        Whether it needs a page that lies on its side.
    """

    size: float
    widths: tuple
    on_side: bool


def layout_of(table, *, letters=1.0):
    """The layout of a table: upright and large where it fits, else smaller, on its side, and with broken lines.

    Parameters
    ----------
    table : Table
        Aligned.
    letters : float
        Width of the letters relative to those of the bundled font.

    Returns
    -------
    Layout
    """
    upright, on_side = SHORT_SIDE - 2 * MARGIN, LONG_SIDE - 2 * MARGIN
    tries = [(upright, size, None) for size in SIZES] + [(on_side, size, None) for size in SIZES]
    for room, size, breaks in [*tries, (on_side, SIZES[-1], BRACKETS), (on_side, SIZES[-1], WORDS)]:
        narrowest, widest = _column_widths(table, size * letters, breaks)
        if sum(narrowest) <= room:
            return Layout(size, _shared(narrowest, widest, room), room == on_side)
    scale = on_side / sum(narrowest)
    return Layout(SIZES[-1], tuple(width * scale for width in narrowest), True)


def sections(document, *, letters=1.0):
    """The blocks of a document in parts whose pages stand alike, each with whether they lie on their side.

    Parameters
    ----------
    document : Document
    letters : float

    Returns
    -------
    list of (bool, list)
    """
    parts = [[]]
    for block in document.blocks:
        if isinstance(block, Heading) and block.level <= 2 and parts[-1]:
            parts.append([])
        parts[-1].append(block)
    joined = []
    for part in parts:
        on_side = any(layout_of(block, letters=letters).on_side for block in part if isinstance(block, Table))
        if joined and joined[-1][0] == on_side:
            joined[-1][1].extend(part)
        else:
            joined.append((on_side, part))
    return joined


def text_width(text):
    """Width of a text in the bundled font, in widths of an em."""
    return sum(map(_advance, text))


@cache
def _advance(letter):
    font = bundled_font()
    if not font.get_char_index(ord(letter)):
        return UNKNOWN_LETTER
    return font.load_char(ord(letter), LoadFlags.NO_SCALE).horiAdvance / font.units_per_EM


def _column_widths(table, size, breaks):
    """The narrowest and the widest that each column can be, in points."""
    columns = table.width
    narrowest, widest = [PADDING] * columns, [PADDING] * columns
    spanning = []
    in_head = len(table.head)
    for index, row in enumerate(placed(table.rows)):
        for column, cell in row:
            limits = _head_widths(cell, size) if index < in_head else _cell_widths(cell, size, breaks)
            if cell.columns > 1:
                spanning.append((column, cell.columns, limits))
                continue
            narrowest[column] = max(narrowest[column], limits[0])
            widest[column] = max(widest[column], limits[1])
    for column, count, limits in spanning:
        for widths, needed in zip((narrowest, widest), (limits[0], min(limits)), strict=True):
            lacking = needed - sum(widths[column : column + count])
            for at in range(column, column + count):
                widths[at] += max(lacking, 0) / count
    return narrowest, [max(pair) for pair in zip(narrowest, widest, strict=True)]


def _head_widths(cell, size):
    """The width of a cell of the head: that of its longest word, in bold."""
    longest = max(map(text_width, WORDS.split(cell.text))) * size * BOLD + PADDING
    return longest, longest


def _cell_widths(cell, size, breaks):
    """The narrowest and the widest that a cell can be: numbers break where that is allowed, words between them."""
    bold = BOLD if any(run.bold for run in cell.runs) else 1.0
    around = PADDING + cell.indent * INDENT
    lines = [text_width(line) for line in cell.text.split("\n")]
    widest = max(lines) * size * bold + around
    pieces = WORDS if not cell.is_figure else breaks
    if pieces is None:
        return widest, widest
    longest = max(text_width(piece) for piece in pieces.split(cell.text)) * size * bold + around
    return longest if cell.is_figure else max(longest, min(widest, NARROWEST_WORDS * size)), widest


def _shared(narrowest, widest, room):
    """Widths that fill the room: what is left goes to columns that want more, and then to all alike."""
    wanted = [most - least for least, most in zip(narrowest, widest, strict=True)]
    left = room - sum(narrowest)
    share = min(left / sum(wanted), 1.0) if sum(wanted) else 0.0
    widths = [least + want * share for least, want in zip(narrowest, wanted, strict=True)]
    rest = (room - sum(widths)) / len(widths)
    return tuple(width + rest for width in widths)
