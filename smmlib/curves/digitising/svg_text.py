"""The words of an SVG file and where they stand; their widths are estimated where the file does not say them."""

from smmlib.curves.digitising import svg_style
from smmlib.curves.digitising.drawing import Word
from smmlib.curves.digitising.svg_geometry import numbers

# Widths of a digit and a space, and the height of the middle of a line above its base, in sizes of the font.
DIGIT_WIDTH, SPACE_WIDTH, HALF_HEIGHT = 0.556, 0.3, 0.36


def words(element, matrix, style, rules, ancestors):
    """The words of a `<text>` element: one for each part of it that has a place of its own.

    Parameters
    ----------
    element : Element
    matrix : Transform
        From the coordinates of the element to those of the drawing.
    style : dict
        Of the element.
    rules : list of Rule
    ancestors : tuple of Element

    Returns
    -------
    list of Word
    """
    if style.get("visibility") in ("hidden", "collapse"):
        return []
    parts = _parts(element, style, rules, ancestors)
    return [_word(*part, matrix) for part in parts if part[0].strip()]


def _parts(element, style, rules, ancestors):
    """(text, x, y, right or None, style) for each run of text with a place of its own."""
    x, y, right = _place(element, 0.0, 0.0)
    parts = [[element.text or "", x, y, right, style]]
    for span in element:
        own = svg_style.inherited(style) | svg_style.own_style(span, rules, ancestors)
        if any(span.get(name) for name in ("x", "y", "dy")):
            x, y, right = _place(span, x, y)
            parts.append(["", x, y, right, own])
        parts[-1][0] += "".join(span.itertext()) + (span.tail or "")
    return parts


def _place(element, x, y):
    xs, ys, shift = (numbers(element.get(name)) for name in ("x", "y", "dx"))
    down = svg_style.number(element.get("dy"))
    if "em" in element.get("dy", ""):
        down *= svg_style.number(element.get("font-size"), 12)
    left = (xs or [x])[0] + (shift or [0])[0]
    if length := svg_style.number(element.get("textLength")):
        return left, (ys or [y])[0] + down, left + length
    # A place for each letter: the word ends half a letter after the last.
    return left, (ys or [y])[0] + down, xs[-1] if len(xs) > 1 else None


def _word(text, x, y, right, style, matrix):
    size = svg_style.number(style.get("font-size"), 12)
    spaces = text.strip("\n").count(" ")
    width = (
        size * (DIGIT_WIDTH * (len(text.strip("\n")) - spaces) + SPACE_WIDTH * spaces) if right is None else right - x
    )
    text = " ".join(text.split())
    start = x - width * {"middle": 0.5, "end": 1.0}.get(style.get("text-anchor", "").strip(), 0.0)
    height = 2 * HALF_HEIGHT * size
    corners = [(start, y), (start + width, y), (start, y - height), (start + width, y - height)]
    moved = matrix.transformPoints(corners)
    across, up = zip(*moved, strict=True)
    scale = abs(matrix.xx * matrix.yy - matrix.xy * matrix.yx) ** 0.5
    return Word(
        text,
        (min(across), min(up), max(across), max(up)),
        size * scale,
        svg_style.colour(style, "fill") or "#000000",
    )
