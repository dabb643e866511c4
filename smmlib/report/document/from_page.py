"""The page as a document: what it says, without what makes sense on a screen alone."""

import re

from bs4 import BeautifulSoup, Comment, NavigableString, Tag

from smmlib.report.document.blocks import (
    Bullets,
    Cards,
    Cell,
    Definitions,
    Document,
    Figure,
    Heading,
    Paragraph,
    Run,
    Table,
    text_of,
)
from smmlib.report.document.runs_of_html import classes, is_left_out, runs_of

NO_TEXT = re.compile(r"<(script|style)\b.*?</\1>|<details class=\"on-screen\">.*?</details>", re.DOTALL)
DRAWING = re.compile(r"<svg\b([^>]*)>.*?</svg>", re.DOTALL)
NOTES = {"note", "made", "legend", "effect", "met"}
SUMMARY_LEVEL, ABOUT_LEVEL = 4, 4


def document_of(page):
    """Read a page.

    Parameters
    ----------
    page : str
        HTML of a report.

    Returns
    -------
    Document
    """
    text = DRAWING.sub(r"<svg\1></svg>", NO_TEXT.sub("", page))
    soup = BeautifulSoup(text, "html.parser")
    title = soup.find("h1")
    whose = soup.find(class_="banner")
    blocks = tuple(_with_footnotes(_blocks(soup.find("main") or soup)))
    return Document(text_of(runs_of(title)) if title else "", text_of(runs_of(whose)) if whose else "", blocks)


def _with_footnotes(blocks):
    """Blocks, in which a footnote belongs to the table above it."""
    kept = []
    for block in blocks:
        if isinstance(block, _Footnote):
            table = next((at for at in reversed(range(len(kept))) if isinstance(kept[at], Table)), None)
            if table is None:
                kept.append(Paragraph(block.runs, is_note=True))
            else:
                kept[table] = _and_footnote(kept[table], block.runs)
        else:
            kept.append(block)
    return kept


def _and_footnote(table, runs):
    return Table(table.number, table.title, table.head, table.body, (*table.footnotes, runs))


class _Footnote:
    def __init__(self, runs):
        self.runs = runs


def _blocks(parent):
    """Blocks within an element."""
    for child in parent.children:
        if isinstance(child, NavigableString):
            if child.strip() and not isinstance(child, Comment):
                yield Paragraph(runs_of(child))
        elif isinstance(child, Tag) and not is_left_out(child):
            yield from _blocks_of(child)


def _blocks_of(element):
    name = element.name
    if name == "h1":
        return
    if name in ("h2", "h3", "h4", "h5", "h6"):
        yield Heading(int(name[1]), runs_of(element))
    elif name == "summary":
        yield Heading(SUMMARY_LEVEL, runs_of(element))
    elif name == "p":
        yield from _paragraph(element)
    elif name in ("ul", "ol"):
        yield from _list(element)
    elif name == "dl":
        yield _definitions(element)
    elif name == "table":
        yield table_of(element)
    elif name == "figure":
        yield from _figure(element)
    elif name not in ("svg", "input", "button", "label"):
        yield from _blocks(element)


def _paragraph(element):
    kinds = classes(element)
    if "versions" in kinds:
        runs = _joined([runs_of(child) for child in element.find_all("span")])
    else:
        runs = runs_of(element, bold="headline" in kinds)
    if not runs:
        return
    if "footnote" in kinds:
        yield _Footnote(runs)
    elif "about" in kinds:
        yield Heading(ABOUT_LEVEL, runs)
    else:
        yield Paragraph(runs, is_note=bool(kinds & NOTES))


def _joined(parts):
    """Runs of several elements, with commas between them."""
    comma = [Run(", ")]
    return tuple(run for at, part in enumerate(parts) for run in [*(comma if at else []), *part])


def _list(element):
    items = [child for child in element.find_all("li", recursive=False) if not is_left_out(child)]
    if "cards" in classes(element):
        yield Cards(tuple(tuple(_blocks(item)) for item in items))
    elif items:
        yield Bullets(tuple(runs_of(item) for item in items), is_ordered=element.name == "ol")


def _definitions(element):
    terms = element.find_all("dt", recursive=False)
    return Definitions(tuple((runs_of(term), runs_of(term.find_next_sibling("dd"))) for term in terms))


def _figure(element):
    drawing, caption, plot = element.find("svg"), element.find("figcaption"), element.find(role="img")
    name = drawing.get("data-figure") if drawing else None
    if name:
        yield Figure(name, runs_of(caption) if caption else (), (plot or drawing).get("aria-label") or "")


def table_of(element):
    """A table of HTML.

    Parameters
    ----------
    element : Tag

    Returns
    -------
    Table
        A row of the head is one in `thead`.
    """
    caption = element.find("caption", recursive=False)
    number = caption.find("strong") if caption else None
    said = text_of(runs_of(number)) if number else ""
    title = text_of(runs_of(caption)).removeprefix(said).strip() if caption else ""
    head, body = [], []
    for row in _rows(element):
        (head if row.parent.name == "thead" else body).append(
            tuple(map(_cell, row.find_all(["td", "th"], recursive=False)))
        )
    return Table(said.removesuffix("."), title, tuple(head), tuple(body))


def _rows(element):
    """Rows of a table, without those of tables within its cells."""
    for child in element.find_all(["thead", "tbody", "tfoot", "tr"], recursive=False):
        yield from [child] if child.name == "tr" else child.find_all("tr", recursive=False)


def _cell(element):
    kinds = classes(element)
    in_body = element.parent.parent.name != "thead"
    return Cell(
        runs_of(element, bold=element.name == "th" and in_body),
        columns=_count(element, "colspan"),
        rows=_count(element, "rowspan"),
        indent=int("part" in kinds),
        is_figure="figure" in kinds,
    )


def _count(element, name):
    given = element.get(name, "1")
    return max(int(given), 1) if given.isdigit() else 1
