"""The document that is read from a page: every cell in its place, every word once, and nothing that is for a screen."""

import pytest

from smmlib.report.document.alignment import FIGURE_SPACE, aligned
from smmlib.report.document.blocks import Bullets, Cards, Definitions, Figure, Heading, Paragraph, Run, Table, placed
from smmlib.report.document.from_page import document_of
from smmlib.report.document.layout import SIZES, layout_of, sections

pytestmark = pytest.mark.by_hand

PAGE = """<!doctype html><html><head><title>t</title><style>p { }</style></head><body>
<aside class="banner">Synthetic patients,
 invented.</aside><main><header><h1>A <em>or</em> B</h1><nav><a href="#x">Contents</a></nav>
<ul class="cards"><li><p class="about">Death</p><p class="headline">Fewer</p><table><tr><td>n</td><td
class="figure">5</td>
</tr></table><svg class="small-curve"><text>hidden</text></svg></li></ul></header>
<section id="os"><h2>Overall  survival</h2>
<p>H<sub>0</sub> is &lt;b&gt; <a class="number" href="x">0.18</a><span
class="range"> [0.1 0.3]</span>, <span class="unpublished">2</span><br>m<sup>2</sup>.</p>
<figure><div role="img" aria-label="curves"><svg data-figure="os.survival"><text>not text of the page</text>
</svg></div>
<figcaption><strong>Figure 1.</strong> Curves.</figcaption></figure>
<details class="explorer" hidden><summary>Explore</summary></details>
<details><summary>All</summary><div class="scroll"><table>
<caption><strong>Table 14.2.1.</strong> By arm</caption>
<thead><tr><th rowspan="2">Term</th><th colspan="2" class="figure">A</th></tr><tr><th
class="figure">n</th><th class="figure">%</th></tr></thead>
<tbody><tr><td class="part">Rash<span class="differs">any grade</span></td><td
class="figure">masked</td><td class="figure">5 (4.0%)</td></tr>
<tr><td>Pain <table><tr><td>in</td><td>side</td></tr></table></td><td class="figure">12.5</td><td
class="figure">10 (12.0%)</td></tr>
<tr><td colspan="3"><strong>End</strong></td></tr></tbody></table></div><p
class="footnote">One $x$.</p><p class="footnote">Two.</p></details>
<ol><li>first</li><li>second</li></ol><dl><dt>Method</dt><dd>made</dd></dl>
<p class="note">Small.</p><p class="screen">Click.</p><p class="paper">Read.</p></section>
</main><dialog>gone</dialog><script>let gone = "<p>gone</p>"</script></body></html>"""


def text(runs):
    return "".join(run.text for run in runs)


def test_each_part_of_a_page_is_a_block():
    document = document_of(PAGE)
    assert (document.title, document.whose) == ("A or B", "Synthetic patients, invented.")
    kinds = [type(block) for block in document.blocks]
    assert kinds == [Cards, Heading, Paragraph, Figure, Heading, Table, Bullets, Definitions, Paragraph, Paragraph]
    cards, heading, paragraph, figure, summary, _, bullets, definitions, note, paper = document.blocks
    assert (heading.level, text(heading.runs), summary.level, text(summary.runs)) == (2, "Overall survival", 4, "All")
    assert (figure.name, figure.alt, text(figure.caption)) == ("os.survival", "curves", "Figure 1. Curves.")
    assert figure.caption[0] == Run("Figure 1.", bold=True)
    assert (list(map(text, bullets.items)), bullets.is_ordered) == (["first", "second"], True)
    assert [tuple(map(text, pair)) for pair in definitions.pairs] == [("Method", "made")]
    assert (text(note.runs), note.is_note, text(paper.runs), paper.is_note) == ("Small.", True, "Read.", False)
    (about, headline, small) = cards.cards[0]
    assert (text(about.runs), headline.runs, small.number) == ("Death", (Run("Fewer", bold=True),), "")
    assert [cell.text for row in small.body for cell in row] == ["n", "5"]
    assert paragraph.runs == (
        Run("H"),
        Run("0", place="sub"),
        Run(" is <b> 0.18, "),
        Run("2", italic=True),
        Run("\nm"),
        Run("2", place="super"),
        Run("."),
    )


def test_table_has_its_caption_its_footnotes_and_every_cell_in_its_place():
    (table,) = document_of(PAGE).tables
    assert (table.number, table.title) == ("Table 14.2.1", "By arm")
    assert list(map(text, table.footnotes)) == ["One $x$.", "Two."]
    assert [[(column, cell.text) for column, cell in row] for row in placed(table.rows)] == [
        [(0, "Term"), (1, "A")],
        [(1, "n"), (2, "%")],
        [(0, "Rash\nany grade"), (1, "masked"), (2, "5 (4.0%)")],
        [(0, "Pain\nin side"), (1, "12.5"), (2, "10 (12.0%)")],
        [(0, "End")],
    ]
    assert table.width == 3
    assert [cell.indent for cell in table.body[0]] == [1, 0, 0]


def test_numbers_of_a_column_stand_below_one_another():
    rows = "".join(
        f'<tr><td class="figure">{cell}</td></tr>'
        for cell in ("5 (4.0%)", "<em>12</em> (12.5%)", "104.25", "−3.1 (−4.0 to 15.5)", "not reached", "&lt;0.001", "")
    )
    body = aligned(document_of(f"<table>{rows}</table>").blocks[0]).body
    assert [row[0].text.replace(FIGURE_SPACE, "_") for row in body] == [
        *("__5 (_4.0%)", "_12 (12.5%)", "104.25", "_−3.1 (−4.0 to 15.5)", "not reached", "_<0.001", ""),
    ]
    assert body[1][0].runs[0] == Run(f"{FIGURE_SPACE}12", italic=True)


def test_table_is_set_smaller_then_on_its_side_before_a_number_is_broken():
    def table(columns, cell="123 (45.6 to 78.9)"):
        cells = f'<td class="figure">{cell}</td>' * columns
        return document_of(f"<table><tr><td>Patients with any event</td>{cells}</tr></table>").blocks[0]

    layouts = [layout_of(table(columns)) for columns in (2, 5, 8, 30)]
    assert [layout.on_side for layout in layouts] == [False, False, True, True]
    assert [sum(layout.widths) for layout in layouts] == pytest.approx([487.28, 487.28, 733.89, 733.89])
    assert min(layout.size for layout in layouts) == min(SIZES) == 8
    wide = document_of(
        f"<h2>x</h2><p>y</p><h2>z</h2><table><tr>{'<td class=figure>123 (45.6 to 78.9)</td>' * 9}</tr></table>"
    )
    assert [(on_side, len(blocks)) for on_side, blocks in sections(wide)] == [(False, 2), (True, 2)]
