"""The section of a notebook of one's own: its text, tables, figures and numbers in the order of its cells."""

from dataclasses import dataclass

import mistune
from markupsafe import Markup, escape

from smmlib.report.records.record import FIGURE_KEY, TABLE_KEY

FIRST_ROWS = 20
"""Of a table that are shown in the section; all are in the folder of the report."""
HIGHEST, LOWEST = 2, 6
"""Headings of a page: its title is the only first one."""


@dataclass(frozen=True)
class Block:
    """A part of the section.

    Attributes
    ----------
    kind : {"text", "figure", "table", "numbers"}
    content : Markup or str or list
        Text as HTML, the name of a figure or of a table, or the records of a cell.
    """

    kind: str
    content: object


class _TextAlone(mistune.HTMLRenderer):
    """Markdown without what would be fetched or run: HTML is shown as it was typed, and of a picture its words."""

    def heading(self, text, level, **attributes):
        return super().heading(text, min(level + HIGHEST - 1, LOWEST), **attributes)

    def image(self, text, url, title=None):  # noqa: ARG002 (mistune's signature)
        return escape(text)


_AS_HTML = mistune.create_markdown(renderer=_TextAlone(escape=True), plugins=["table"])


def blocks_of(run):
    """What the section shows.

    Parameters
    ----------
    run : ExecutedRun

    Yields
    ------
    Block
    """
    by_cell = {}
    for record in run.records:
        by_cell.setdefault(record.cell, []).append(record)
    for cell in run.notebook.cells:
        if cell.cell_type == "markdown":
            yield Block("text", Markup(_AS_HTML(cell.source)))
            continue
        for output in cell.get("outputs", []):
            yield from _shown(output)
        if numbers := by_cell.pop(cell.get("execution_count"), None):
            yield Block("numbers", numbers)


def _shown(output):
    metadata = output.get("metadata", {})
    if FIGURE_KEY in metadata:
        yield Block("figure", metadata[FIGURE_KEY]["name"])
    if TABLE_KEY in metadata:
        yield Block("table", metadata[TABLE_KEY])
