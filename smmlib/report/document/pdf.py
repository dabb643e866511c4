"""A document as PDF, by Typst: the figures as they were drawn, tagged for readers of screens."""

import re

from smmlib.report.document.alignment import aligned
from smmlib.report.document.blocks import Bullets, Cards, Definitions, Figure, Heading, Paragraph, Table
from smmlib.report.document.drawing_files import image_source
from smmlib.report.document.layout import INDENT, MARGIN, MOST_ROWS_TOGETHER, PADDING, layout_of, sections
from smmlib.report.document.picture import fitting_scale
from smmlib.report.document.typesetting import FAMILY, quoted, typeset

PREAMBLE = """\
#set document(title: {title}, author: "smmlib", date: none)
#set text(font: "{family}", size: 10pt, lang: "en", fill: ink)
#set par(leading: 0.55em, spacing: 0.9em)
#set heading(numbering: none)
#show heading: set text(weight: "semibold")
#show heading.where(level: 1): set text(size: 14pt)
#show heading.where(level: 2): set text(size: 11.5pt)
#show heading.where(level: 3): set text(size: 10pt)
#show heading: set block(above: 1.5em, below: 0.8em, sticky: true)
#show strong: set text(weight: "semibold")
#set table(stroke: none, inset: 0pt)
#set table.cell(breakable: false, align: left + top)
#set list(spacing: 0.55em)
#set enum(spacing: 0.55em)
"""
INK, FAINT, RULE = "#1f2937", "#4b5563", "#c6ccd4"
COLOURS = f'#let ink = rgb("{INK}")\n#let faint = rgb("{FAINT}")\n#let rule = 0.4pt + rgb("{RULE}")\n'
WIDTH_OF_SVG = re.compile(r'<svg\b[^>]*?\bwidth="([\d.]+)pt" height="([\d.]+)pt"')
CARDS_BESIDE = 2
SECTION_LEVEL = 2
CONTENTS = "#outline(title: none, depth: 1)"


def pdf_of(document, drawings):
    """A document as PDF.

    Parameters
    ----------
    document : Document
    drawings : mapping of str to str
        SVG of each figure by its name.

    Returns
    -------
    bytes
    """
    return typeset(source_of(document, drawings), "pdf")


def source_of(document, drawings):
    """A document as a source of Typst."""
    title = f'#block(below: 1em, text(size: 20pt, weight: "semibold", {quoted(document.title)}))'
    parts = [COLOURS, PREAMBLE.format(title=quoted(document.title), family=FAMILY)]
    first = next((block for block in document.blocks if _begins_section(block)), None)
    for index, (on_side, blocks) in enumerate(sections(document)):
        parts += [_page(document, on_side)] if index else [_page(document, on_side), title]
        for block in blocks:
            parts += [CONTENTS] if block is first else []
            parts.append(_block(block, drawings, on_side))
    return "\n".join(parts) + "\n"


def _begins_section(block):
    return isinstance(block, Heading) and block.level == SECTION_LEVEL


def _page(document, on_side):
    """Pages from here on: whose data these are and the title at the head, the number at the foot."""
    whose = f'text(fill: rgb("#8a3b0c"), weight: "semibold", {quoted(document.whose)})' if document.whose else "[]"
    return (
        f'#set page(paper: "a4", flipped: {str(on_side).lower()}, margin: {MARGIN}pt, '
        f"header: {{ set text(size: 8pt, fill: faint); {whose}; linebreak(); text({quoted(document.title)}) }}, "
        "footer: context { set text(size: 8pt, fill: faint); h(1fr); "
        '"Page " + counter(page).display() + " of " + str(counter(page).final().first()) })'
    )


def _block(block, drawings, on_side):
    if isinstance(block, Heading):
        return f"#heading(level: {max(block.level - 1, 1)}, [{_runs(block.runs)}])"
    if isinstance(block, Paragraph):
        note = "size: 9pt, fill: faint, " if block.is_note else ""
        return f"#par(text({note}[{_runs(block.runs)}]))"
    if isinstance(block, Bullets):
        kind = "enum" if block.is_ordered else "list"
        return f"#{kind}({_arguments(f'[{_runs(item)}]' for item in block.items)})"
    if isinstance(block, Definitions):
        return "\n".join(map(_definition, block.pairs))
    if isinstance(block, Cards):
        return _cards(block, drawings, on_side)
    if isinstance(block, Figure):
        return _figure(block, drawings, on_side)
    return _table(block)


def _definition(pair):
    said = f"#linebreak()#text(fill: faint, [{_runs(pair[1])}])" if pair[1] else ""
    return f"#block(breakable: false, text(size: 9pt, [#strong[{_runs(pair[0])}]{said}]))"


def _cards(block, drawings, on_side):
    cards = [
        "block(width: 100%, breakable: false, stroke: rule, radius: 3pt, inset: 8pt, ["
        + "\n".join(_in_card(each, drawings, on_side) for each in card)
        + "])"
        for card in block.cards
    ]
    return f"#grid(columns: (1fr,) * {min(CARDS_BESIDE, len(cards))}, gutter: 8pt, {_arguments(cards)})"


def _in_card(block, drawings, on_side):
    return _table_of_card(block) if isinstance(block, Table) else _block(block, drawings, on_side)


def _figure(block, drawings, on_side):
    svg = drawings[block.name]
    width, height = map(float, WIDTH_OF_SVG.search(svg).groups())
    scale = fitting_scale(width, height, on_side)
    image = image_source(svg, block.alt, f"{width * scale:.2f}pt")
    caption = f"#v(2pt)#text(size: 9pt, [{_runs(block.caption)}])"
    return f"#block(breakable: false, above: 1.2em, below: 1.4em, [{image}\n{caption}])"


def _table(table):
    """A table below its caption and above its footnotes; a short one is kept on one page."""
    table = aligned(table)
    layout = layout_of(table)
    widths = ", ".join(f"{width:.2f}pt" for width in layout.widths)
    caption = f"#strong({quoted(f'{table.number}.')}) #{quoted(table.title)}" if table.number else ""
    above = f"#block(sticky: true, above: 0pt, below: 0.6em, text(size: 9pt, [{caption}]))\n" if caption else ""
    notes = "".join(
        f"#block(above: 0.6em, text(size: 8pt, fill: faint, [{_runs(note)}]))\n" for note in table.footnotes
    )
    is_whole = str(len(table.rows) > MOST_ROWS_TOGETHER).lower()
    content = f"{above}#text(size: {layout.size}pt, {_grid(table, f'({widths},)')})\n{notes}"
    return f"#block(breakable: {is_whole}, width: 100%, above: 1.3em, below: 1.3em, [{content}])"


def _table_of_card(table):
    return f"#text(size: 8.5pt, {_grid(table, f'(1fr,) + (auto,) * {table.width - 1}')})"


def _grid(table, columns):
    head = [_row(row, is_head=True) for row in table.head]
    header = f"table.header({_arguments(head)}, table.hline(stroke: 0.8pt + ink))" if head else ""
    body = [part for row in table.body for part in (_row(row), "table.hline(stroke: rule)")]
    return f"table(columns: {columns}, {_arguments([header, *body])})"


def _row(row, *, is_head=False):
    return _arguments(_cell(cell, is_head) for cell in row) or "[]"


def _cell(cell, is_head):
    weight = '#set text(weight: "semibold")\n' if is_head else ""
    left = cell.indent * INDENT
    place = "bottom" if is_head else "top"
    return (
        f"table.cell(colspan: {cell.columns}, rowspan: {cell.rows}, align: left + {place}, "
        f"inset: (left: {left}pt, right: {PADDING}pt, y: 2.6pt), [{weight}{_runs(cell.runs)}])"
    )


def _runs(runs):
    return "".join(map(_run, runs))


def _run(run):
    content = "#linebreak()".join(f"#{quoted(line)}" for line in run.text.split("\n"))
    for is_so, name in ((run.bold, "strong"), (run.italic, "emph"), (bool(run.place), run.place)):
        content = f"#{name}[{content}]" if is_so else content
    return content


def _arguments(parts):
    return ", ".join(part for part in parts if part)
