"""Paragraphs and tables in RTF; every letter but those of ASCII by its number, so that none is taken for another."""

import re

from smmlib.report.document.alignment import aligned
from smmlib.report.document.blocks import Run
from smmlib.report.document.layout import INDENT, MOST_ROWS_TOGETHER, PADDING, layout_of
from smmlib.report.document.merged_rows import full_rows

TWENTIETHS = 20
"""Of a point, in which RTF counts lengths."""
LETTERS = 1.16
"""Letters of Arial, or of what is as wide, are so much wider than those of the PDF."""
CAPTION_SIZE, FOOTNOTE_SIZE = 9.0, 8.0
ROWS_BELOW_HEAD = 2
"""Rows of a long table that are not parted from its head."""
OTHER = re.compile(r"[\\{}]|[^\x20-\x7e]")
HIGHEST_SIGNED, UNITS = 32767, 65536


def escaped(text):
    """A text in RTF, in which nothing is a command; a line break is one."""
    return OTHER.sub(_escaped_letter, text)


def _escaped_letter(found):
    letter = found[0]
    if letter in "\\{}":
        return f"\\{letter}"
    if letter == "\n":
        return r"\line "
    units = letter.encode("utf-16-le", "replace")
    codes = [int.from_bytes(units[at : at + 2], "little") for at in range(0, len(units), 2)]
    return "".join(rf"\u{code - UNITS if code > HIGHEST_SIGNED else code}?" for code in codes)


def paragraph(runs, *, size, before=0, after=0, indent=0, mark="", keeps_next=False, heading=0, colour=1):
    """A paragraph.

    Parameters
    ----------
    runs : iterable of Run
    size, before, after, indent : float
        Points of the letters, above and below the paragraph, and that it is set in.
    mark : str
        What hangs before its first line.
    keeps_next : bool
        Whether it stays on the page of the next one.
    heading : int
        Its level, or 0.
    colour : int
        Of the table of colours.

    Returns
    -------
    str
    """
    style = rf"\s{heading}\outlinelevel{heading - 1}" if heading else ""
    lengths = {"sb": before, "sa": after, "li": indent, "fi": -indent if mark else 0}
    placed = "".join(rf"\{name}{round(length * TWENTIETHS)}" for name, length in lengths.items() if length)
    keep = r"\keepn" if keeps_next else ""
    hangs = rf"{escaped(mark)}\tab " if mark else ""
    return rf"\pard\plain{style}\f0\fs{round(size * 2)}\cf{colour}{placed}{keep} {hangs}{''.join(map(_run, runs))}\par"


def table_rtf(table):
    """A table below its caption and above its footnotes.

    Parameters
    ----------
    table : Table

    Yields
    ------
    str
    """
    table = aligned(table)
    layout = layout_of(table, letters=LETTERS)
    if table.number:
        caption = (Run(f"{table.number}. ", bold=True), Run(table.title))
        yield paragraph(caption, size=CAPTION_SIZE, before=6, after=4, keeps_next=True)
    rows, in_head = full_rows(table), len(table.head)
    together = len(rows) - 1 if len(rows) <= MOST_ROWS_TOGETHER else in_head + ROWS_BELOW_HEAD
    for index, row in enumerate(rows):
        yield _row(row, layout, is_head=index < in_head, keeps_next=index < together)
    for note in table.footnotes:
        yield paragraph(note, size=FOOTNOTE_SIZE, before=2)
    yield paragraph((), size=FOOTNOTE_SIZE)


def _row(row, layout, *, is_head, keeps_next):
    half = round(PADDING * TWENTIETHS / 2)
    repeats = r"\trhdr" if is_head else ""
    cells = "".join(_cell_of_row(place, layout.widths, is_head) for place in row)
    texts = "".join(_content(place, layout.size, is_head, keeps_next) for place in row)
    return rf"\trowd\trgaph{half}\trleft-{half}\trkeep{repeats}{cells}" + f"\n{texts}" + r"\row"


def _cell_of_row(place, widths, is_head):
    column, cell, merge = place
    end = round((sum(widths[: column + cell.columns]) - PADDING / 2) * TWENTIETHS)
    merged = {"restart": r"\clvmgf", "continue": r"\clvmrg"}.get(merge, "")
    line = r"\clbrdrb\brdrs\brdrw15\brdrcf1" if is_head else r"\clbrdrb\brdrs\brdrw5\brdrcf2"
    at_bottom = r"\clvertalb" if is_head else ""
    return rf"{merged}{at_bottom}{'' if merge == 'restart' else line}\cellx{end}"


def _content(place, size, is_head, keeps_next):
    _, cell, merge = place
    runs = () if merge == "continue" else cell.runs
    bold = r"\b" if is_head else ""
    indent = rf"\li{round(cell.indent * INDENT * TWENTIETHS)}" if cell.indent else ""
    keep = r"\keepn" if keeps_next else ""
    start = rf"\pard\plain\intbl\f0\fs{round(size * 2)}\cf1\sb30\sa30{indent}{keep}"
    return rf"{start}{bold} {''.join(map(_run, runs))}\cell" + "\n"


def _run(run):
    look = (r"\b" if run.bold else "") + (r"\i" if run.italic else "") + (rf"\{run.place}" if run.place else "")
    return f"{{{look} {escaped(run.text)}}}" if look else escaped(run.text)
