"""Paragraphs and tables of Word as XML, which is a hundred times faster than cell by cell."""

import re
from xml.sax.saxutils import escape

from smmlib.report.document.alignment import aligned
from smmlib.report.document.blocks import Run
from smmlib.report.document.layout import INDENT, MOST_ROWS_TOGETHER, PADDING, layout_of
from smmlib.report.document.merged_rows import full_rows

TWENTIETHS = 20
"""Of a point, in which Word counts lengths."""
ROWS_BELOW_HEAD = 2
"""Rows of a long table that are not parted from its head."""
CAPTION_SIZE, FOOTNOTE_SIZE = 9.0, 8.0
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Letters that XML does not allow."""
RULE = '<w:{} w:val="single" w:sz="{}" w:space="0" w:color="{}"/>'
UNDER_HEAD, UNDER_ROW = RULE.format("bottom", 8, "1F2937"), RULE.format("bottom", 4, "C6CCD4")
MARGINS = (
    '<w:tblCellMar><w:top w:w="30" w:type="dxa"/><w:left w:w="0" w:type="dxa"/>'
    f'<w:bottom w:w="30" w:type="dxa"/><w:right w:w="{int(PADDING * TWENTIETHS)}" w:type="dxa"/></w:tblCellMar>'
)


def paragraph(runs, *, style=None, size=None, after=None, indent=0, keeps_next=False, bold=False):
    """A paragraph.

    Parameters
    ----------
    runs : iterable of Run
    style : str, optional
        Identifier of a style.
    size, after, indent : float, optional
        Points of the letters, below the paragraph, and that it is set in.
    keeps_next : bool
        Whether it stays on the page of the next one.
    bold : bool

    Returns
    -------
    str
    """
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    properties += "<w:keepNext/>" if keeps_next else ""
    properties += "" if after is None else f'<w:spacing w:before="0" w:after="{round(after * TWENTIETHS)}"/>'
    properties += f'<w:ind w:left="{round(indent * TWENTIETHS)}"/>' if indent else ""
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(_run(run, size, bold) for run in runs)}</w:p>"


def table_xml(table, letters):
    """A table below its caption and above its footnotes.

    Parameters
    ----------
    table : Table
    letters : float
        Width of the letters relative to those of the bundled font.

    Yields
    ------
    str
    """
    table = aligned(table)
    layout = layout_of(table, letters=letters)
    if table.number:
        caption = (Run(f"{table.number}. ", bold=True), Run(table.title))
        yield paragraph(caption, size=CAPTION_SIZE, after=4, keeps_next=True)
    yield _grid(table, layout)
    if table.footnotes:
        yield "".join(paragraph(note, size=FOOTNOTE_SIZE, after=2) for note in table.footnotes)
    yield paragraph((), after=4)


def _grid(table, layout):
    widths = [round(width * TWENTIETHS) for width in layout.widths]
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows, in_head = full_rows(table), len(table.head)
    together = len(rows) - 1 if len(rows) <= MOST_ROWS_TOGETHER else in_head + ROWS_BELOW_HEAD
    written = "".join(
        _row(row, widths, layout.size, is_head=index < in_head, keeps_next=index < together)
        for index, row in enumerate(rows)
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>{MARGINS}</w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{written}</w:tbl>"
    )


def _row(row, widths, size, *, is_head, keeps_next):
    properties = "<w:cantSplit/>" + ("<w:tblHeader/>" if is_head else "")
    cells = [_cell(*place, widths, size, is_head, keeps_next) for place in row]
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(column, cell, merge, widths, size, is_head, keeps_next):
    runs = () if merge == "continue" else cell.runs
    content = paragraph(runs, size=size, after=0, indent=cell.indent * INDENT, keeps_next=keeps_next, bold=is_head)
    merged = {"restart": '<w:vMerge w:val="restart"/>', "continue": "<w:vMerge/>"}.get(merge, "")
    rule = "" if merge == "restart" else UNDER_HEAD if is_head else UNDER_ROW
    place = '<w:vAlign w:val="bottom"/>' if is_head else ""
    width = sum(widths[column : column + cell.columns])
    return _holder(content, width, cell.columns, f"{merged}<w:tcBorders>{rule}</w:tcBorders>{place}")


def _holder(content, width, columns, more):
    span = f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else ""
    properties = f'<w:tcW w:w="{width}" w:type="dxa"/>{span}{more}'
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content or paragraph((), after=0)}</w:tc>"


def _run(run, size, bold):
    properties = "<w:b/>" if run.bold or bold else ""
    properties += "<w:i/>" if run.italic else ""
    properties += f'<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/>' if size else ""
    scripts = {"sub": "subscript", "super": "superscript"}
    properties += f'<w:vertAlign w:val="{scripts[run.place]}"/>' if run.place else ""
    lines = NO_XML.sub("\ufffd", run.text).split("\n")
    text = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in lines)
    return f"<w:r><w:rPr>{properties}</w:rPr>{text}</w:r>"
