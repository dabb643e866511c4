"""A document for Word: its own headings, tables whose heads repeat, page numbers; the same bytes for the same words."""

import io
import zipfile
from datetime import UTC, datetime

from docx import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor

from smmlib.report.document.blocks import Bullets, Cards, Definitions, Figure, Heading, Paragraph, Run, Table
from smmlib.report.document.layout import LONG_SIDE, MARGIN, SHORT_SIDE, sections
from smmlib.report.document.picture import picture_size
from smmlib.report.document.word_table import paragraph, table_xml

FONT, LETTERS = "Arial", 1.16
"""Found, or something as wide, wherever documents are opened; its letters are so much wider than those of the PDF."""
TEXT_SIZE, NOTE_SIZE = 10.0, 9.0
INK = RGBColor(0x1F, 0x29, 0x37)
HEADING_SIZES = {1: 14, 2: 11.5, 3: 10, 4: 10, 5: 10}
MADE = datetime(2000, 1, 1, tzinfo=UTC)
"""For a document that is to be the same whenever it is made."""
STAMP = (1980, 1, 1, 0, 0, 0)
FIELD = '<w:fldSimple {} w:instr=" {} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def word_of(document, pictures):
    """A document for Word.

    Parameters
    ----------
    document : Document
    pictures : mapping of str to Path
        PNG of each figure by its name.

    Returns
    -------
    bytes
    """
    word = WordDocument()
    _set_styles(word)
    _set_properties(word, document.title)
    for index, (on_side, blocks) in enumerate(sections(document, letters=LETTERS)):
        section = word.add_section(WD_SECTION.NEW_PAGE) if index else word.sections[0]
        _set_page(section, on_side)
        if not index:
            _head_and_foot(section, document)
            if not document.is_table_alone:
                word.add_paragraph(document.title, style="Title")
        for block in blocks:
            _add(word, block, pictures, on_side)
    stream = io.BytesIO()
    word.save(stream)
    return _same_each_time(stream.getvalue())


def _set_styles(word):
    for name, size in [
        ("Normal", TEXT_SIZE),
        ("Title", 20),
        *((f"Heading {n}", at) for n, at in HEADING_SIZES.items()),
    ]:
        style = word.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = FONT, Pt(size), INK
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in [name for name in fonts.attrib if name.endswith("Theme")]:
            del fonts.attrib[attribute]
        fonts.set(qn("w:hAnsi"), FONT)
        fonts.set(qn("w:cs"), FONT)
        style.paragraph_format.space_after = Pt(5)
        if name == "Title":
            style.font.bold = True
        if name.startswith("Heading"):
            style.paragraph_format.space_before, style.paragraph_format.keep_with_next = Pt(11), True
            style.font.bold = True


def _set_properties(word, title):
    properties = word.core_properties
    properties.author = properties.last_modified_by = "smmlib"
    properties.title, properties.comments = title, ""
    properties.created = properties.modified = MADE
    properties.revision = 1


def _set_page(section, on_side):
    section.orientation = WD_ORIENT.LANDSCAPE if on_side else WD_ORIENT.PORTRAIT
    across, down = (LONG_SIDE, SHORT_SIDE) if on_side else (SHORT_SIDE, LONG_SIDE)
    section.page_width, section.page_height = Pt(across), Pt(down)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Pt(MARGIN)
    section.header_distance = section.footer_distance = Pt(MARGIN / 2)


def _head_and_foot(section, document):
    """Whose data these are and the title at the head of each page, its number at the foot."""
    head, foot = section.header, section.footer
    first = head.paragraphs[0]
    first.text = document.whose or document.title
    first.style.font.size = Pt(8)
    if document.whose:
        first.runs[0].font.bold, first.runs[0].font.color.rgb = True, RGBColor(0x8A, 0x3B, 0x0C)
        head.add_paragraph(document.title, style=first.style)
    foot.paragraphs[0].style.font.size = Pt(8)
    numbers = [FIELD.format(nsdecls("w"), name) for name in ("PAGE", "NUMPAGES")]
    place = foot.paragraphs[0]
    place.alignment = 2
    place.add_run("Page ")
    place._p.append(parse_xml(numbers[0]))
    place.add_run(" of ")
    place._p.append(parse_xml(numbers[1]))


def _add(word, block, pictures, on_side):
    if isinstance(block, Cards):
        for card in block.cards:
            for each in card:
                _add(word, each, pictures, on_side)
    elif isinstance(block, Figure):
        _add_figure(word, block, pictures, on_side)
    else:
        _append(word, "".join(_xml(block)))


def _append(word, xml):
    """Put what was written as XML before the last section ends."""
    end = word.element.body.sectPr
    for element in list(parse_xml(f"<w:body {nsdecls('w')}>{xml}</w:body>")):
        end.addprevious(element)


def _xml(block):
    if isinstance(block, Heading):
        yield paragraph(block.runs, style=f"Heading{min(max(block.level - 1, 1), max(HEADING_SIZES))}")
    elif isinstance(block, Paragraph):
        yield paragraph(block.runs, size=NOTE_SIZE if block.is_note else None)
    elif isinstance(block, Bullets):
        for index, item in enumerate(block.items, start=1):
            numbered = (Run(f"{index}. "), *item) if block.is_ordered else item
            yield paragraph(numbered, style=None if block.is_ordered else "ListBullet")
    elif isinstance(block, Definitions):
        for term, said in block.pairs:
            yield paragraph([Run(run.text, bold=True) for run in term], size=NOTE_SIZE, after=0, keeps_next=bool(said))
            yield paragraph(said, size=NOTE_SIZE) if said else ""
    elif isinstance(block, Table):
        yield from table_xml(block, LETTERS)


def _add_figure(word, block, pictures, on_side):
    width, height = picture_size(pictures[block.name], on_side)
    holder = word.add_paragraph()
    holder.paragraph_format.keep_with_next = True
    shape = holder.add_run().add_picture(str(pictures[block.name]), Pt(width), Pt(height))
    shape._inline.docPr.set("descr", block.alt)
    shape._inline.docPr.set("name", block.name)
    _append(word, paragraph(block.caption, size=NOTE_SIZE))


def _same_each_time(package):
    """The same package, whenever it was written."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as new,
    ):
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, STAMP), old.read(name), zipfile.ZIP_DEFLATED)
    return stream.getvalue()
