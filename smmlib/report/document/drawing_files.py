"""A figure as files beside the page: SVG, and PNG at 300 dots per inch and PDF of the same."""

import io
import re

from PIL import Image

from smmlib.report.document.typesetting import FAMILY, quoted, typeset

DOTS_PER_INCH = 300
FONT_OF_STYLE = re.compile(r"""(<[^<>]*\sstyle="[^"]*font-family: )'DejaVu Sans'""")
"""The font that figures are drawn with, where a style names it."""
PAGE = "#set page(width: auto, height: auto, margin: 0pt, fill: white)\n#set document(date: none)\n"


def write_drawing(folder, drawing):
    """Write a figure as SVG, PNG and PDF.

    Parameters
    ----------
    folder : Path
    drawing : Drawing
    """
    (folder / f"{drawing.name}.svg").write_text(drawing.svg, encoding="utf-8")
    source = PAGE + image_source(drawing.svg, drawing.alt)
    (folder / f"{drawing.name}.pdf").write_bytes(typeset(source, "pdf"))
    (folder / f"{drawing.name}.png").write_bytes(_without_alpha(typeset(source, "png", dots_per_inch=DOTS_PER_INCH)))


def image_source(svg, alt, width="auto"):
    """A figure in a source of Typst, in the font of the page.

    Parameters
    ----------
    svg, alt : str
    width : str
        As Typst writes a length.

    Returns
    -------
    str
    """
    in_font = FONT_OF_STYLE.sub(rf"\1'{FAMILY}'", svg)
    return f'#image(bytes({quoted(in_font)}), format: "svg", width: {width}, alt: {quoted(alt)})'


def _without_alpha(png):
    """A PNG on white that says how many dots an inch has."""
    stream = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        image.convert("RGB").save(stream, format="png", dpi=(DOTS_PER_INCH, DOTS_PER_INCH), compress_level=6)
    return stream.getvalue()
