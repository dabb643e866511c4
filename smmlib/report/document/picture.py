"""How large a figure is in a document: as it was drawn, and smaller where the page asks for it."""

from PIL import Image

from smmlib.report.document.drawing_files import DOTS_PER_INCH
from smmlib.report.document.layout import LONG_SIDE, MARGIN, SHORT_SIDE

POINTS = 72
ROOM_FOR_CAPTION = 90.0
"""Points of a page that a figure leaves to its caption and to the lines at head and foot."""


def picture_size(file, on_side):
    """Width and height in points of a picture on a page.

    Parameters
    ----------
    file : Path
        PNG.
    on_side : bool
        Whether the page lies on its side.

    Returns
    -------
    width, height : float
    """
    with Image.open(file) as image:
        width, height = (POINTS * dots / DOTS_PER_INCH for dots in image.size)
    scale = fitting_scale(width, height, on_side)
    return width * scale, height * scale


def fitting_scale(width, height, on_side):
    """By what a figure of so many points is made smaller to fit on a page; 1 where it fits."""
    across, down = (LONG_SIDE, SHORT_SIDE) if on_side else (SHORT_SIDE, LONG_SIDE)
    return min(1.0, (across - 2 * MARGIN) / width, (down - 2 * MARGIN - ROOM_FOR_CAPTION) / height)
