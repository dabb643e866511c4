"""A document in RTF, as submissions of tables ask for it: tables whose heads repeat, page numbers, figures inside."""

from smmlib.report.document.blocks import Bullets, Cards, Definitions, Figure, Heading, Paragraph, Run, Table
from smmlib.report.document.layout import LONG_SIDE, MARGIN, SHORT_SIDE, sections
from smmlib.report.document.picture import picture_size
from smmlib.report.document.rich_text_table import LETTERS, TWENTIETHS, escaped, paragraph, table_rtf

START = (
    r"{\rtf1\ansi\ansicpg1252\uc1\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}}"
    r"{\colortbl;\red31\green41\blue55;\red198\green204\blue212;\red138\green60\blue11;}"
    r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}{\s2\outlinelevel1 heading 2;}"
    r"{\s3\outlinelevel2 heading 3;}}"
)
FIELD = r"{{\field{{\*\fldinst {}}}{{\fldrslt 1}}}}"
HEADING_SIZES = {1: 14.0, 2: 11.5, 3: 10.0}
TITLE_SIZE, TEXT_SIZE, NOTE_SIZE, SMALL_SIZE = 20.0, 10.0, 9.0, 8.0
BULLET_INDENT = 14.0


def rich_text_of(document, pictures):
    """A document in RTF.

    Parameters
    ----------
    document : Document
    pictures : mapping of str to Path
        PNG of each figure by its name.

    Returns
    -------
    bytes
    """
    parts = [START, r"{\info{\title " + escaped(document.title) + r"}{\author smmlib}}"]
    for index, (on_side, blocks) in enumerate(sections(document, letters=LETTERS)):
        parts += [r"\sect" if index else "", _page(document, on_side)]
        if not index and not document.is_table_alone:
            parts.append(paragraph([Run(document.title, bold=True)], size=TITLE_SIZE, after=8))
        parts += [part for block in blocks for part in _block(block, pictures, on_side)]
    return ("\n".join(part for part in parts if part) + "\n}\n").encode("ascii")


def _page(document, on_side):
    """Pages of a section: whose data these are and the title at the head, the number at the foot."""
    across, down = (LONG_SIDE, SHORT_SIDE) if on_side else (SHORT_SIDE, LONG_SIDE)
    lengths = {"pgwsxn": across, "pghsxn": down}
    lengths |= dict.fromkeys(("marglsxn", "margrsxn", "margtsxn", "margbsxn"), MARGIN)
    lengths |= dict.fromkeys(("headery", "footery"), MARGIN / 2)
    page = r"\sectd" + "".join(rf"\{name}{round(length * TWENTIETHS)}" for name, length in lengths.items())
    page += r"\lndscpsxn" if on_side else ""
    whose = paragraph([Run(document.whose, bold=True)], size=SMALL_SIZE, colour=3) if document.whose else ""
    head = whose + paragraph([Run(document.title)], size=SMALL_SIZE)
    foot = rf"\pard\plain\f0\fs16\qr Page {FIELD.format('PAGE')} of {FIELD.format('NUMPAGES')}\par"
    return f"{page}\n{{\\header {head}}}\n{{\\footer {foot}}}"


def _block(block, pictures, on_side):
    if isinstance(block, Heading):
        level = min(max(block.level - 1, 1), max(HEADING_SIZES))
        bold = [Run(run.text, bold=True, italic=run.italic, place=run.place) for run in block.runs]
        yield paragraph(bold, size=HEADING_SIZES[level], before=11, after=5, keeps_next=True, heading=level)
    elif isinstance(block, Paragraph):
        yield paragraph(block.runs, size=NOTE_SIZE if block.is_note else TEXT_SIZE, after=5)
    elif isinstance(block, Bullets):
        for index, item in enumerate(block.items, start=1):
            mark = f"{index}." if block.is_ordered else "\u2022"
            yield paragraph(item, size=TEXT_SIZE, after=3, indent=BULLET_INDENT, mark=mark)
    elif isinstance(block, Definitions):
        for term, said in block.pairs:
            bold = [Run(run.text, bold=True) for run in term]
            yield paragraph(bold, size=NOTE_SIZE, keeps_next=bool(said))
            yield paragraph(said, size=NOTE_SIZE, after=5)
    elif isinstance(block, Cards):
        for card in block.cards:
            for each in card:
                yield from _block(each, pictures, on_side)
    elif isinstance(block, Figure):
        yield _picture(pictures[block.name], on_side)
        yield paragraph(block.caption, size=NOTE_SIZE, after=8)
    elif isinstance(block, Table):
        yield from table_rtf(block)


def _picture(file, on_side):
    width, height = (round(points * TWENTIETHS) for points in picture_size(file, on_side))
    bytes_in_hex = file.read_bytes().hex()
    return rf"\pard\plain\keepn{{\pict\pngblip\picwgoal{width}\pichgoal{height} {bytes_in_hex}}}\par"
