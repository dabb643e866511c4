"""What each curve is called: the text beside its sample in the legend, or beside its end."""

import numpy as np

from smmlib.curves.digitising.printed_numbers import printed_number

# How far a name may be from what it names, in sizes of its font: along the line, and above or below it.
ALONG, BESIDE = 4.0, 0.9


def curve_names(drawing, panel, curves):
    """A name for each curve; its colour where none can be told.

    Parameters
    ----------
    drawing : Drawing
    panel : Panel
    curves : list of StepCurve

    Returns
    -------
    list of str
    """
    words = [word for word in drawing.words if _is_name(word)]
    legend = [_in_legend(drawing, curve, curves, words) for curve in curves]
    ends = [_at_end(curve, curves, words, panel) for curve in curves]
    names = legend if _all_different(legend) else ends
    names = [name or other for name, other in zip(names, ends, strict=True)]
    if not _all_different([name for name in names if name]):
        names = [None] * len(curves)
    return _numbered([name or curve.style[0] for name, curve in zip(names, curves, strict=True)])


def _is_name(word):
    return printed_number(word.text) is None and any(letter.isalpha() for letter in word.text)


def _in_legend(drawing, curve, curves, words):
    """The text to the right of a short level line that looks like the curve and like no other."""
    if sum(other.style == curve.style for other in curves) > 1:
        return None
    found = []
    for order, path in enumerate(drawing.paths):
        if path.is_line and order not in curve.pieces and path.style == curve.style and _is_level(path, drawing):
            _, y, right, _ = path.box
            found += [(word.box[0] - right, word.text) for word in words if _right_of(word, right, y)]
    return min(found)[1] if found else None


def _is_level(path, drawing):
    left, bottom, right, top = path.box
    return top - bottom < drawing.tolerance < right - left


def _at_end(curve, curves, words, panel):
    """The text right of the end of the curve: of its colour, or else nearer to it than to any other curve's end."""
    x, y = curve.points[-1]
    near = [word for word in words if _right_of(word, x, y, reach=3.0) and word.y > panel.frame[1]]
    own = [word for word in near if word.color == curve.style[0]]
    plain = [word for word in near if word.color not in {other.style[0] for other in curves}]
    plain = [word for word in plain if _nearest_end(word, curves) is curve]
    return min(((abs(word.y - y), word.text) for word in own or plain), default=(0, None))[1]


def _nearest_end(word, curves):
    return min(
        curves, key=lambda curve: float(np.hypot(word.box[0] - curve.points[-1, 0], word.y - curve.points[-1, 1]))
    )


def _right_of(word, x, y, reach=BESIDE):
    return -0.5 * word.size < word.box[0] - x < ALONG * word.size and abs(word.y - y) < reach * word.size


def _all_different(names):
    return None not in names and len(set(names)) == len(names)


def _numbered(names):
    """Names that two curves share get a number: two black curves are "#000000 (1)" and "#000000 (2)"."""
    return [
        name if names.count(name) == 1 else f"{name} ({names[: order + 1].count(name)})"
        for order, name in enumerate(names)
    ]
