"""Where an element of an SVG file is: its transform and its outline as subpaths."""

import math
import re

import numpy as np
from fontTools.misc.transform import Transform
from fontTools.pens.basePen import BasePen
from fontTools.svgLib.path import parse_path

from smmlib.curves.digitising.svg_style import number

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
# Numbers that each transform may have.
_COUNTS = {"matrix": (6,), "translate": (1, 2), "scale": (1, 2), "rotate": (1, 3), "skewX": (1,), "skewY": (1,)}
CIRCLE_CORNERS = 8
# Searching a transform takes the square of its length.
LONGEST = 5000


def transform(text):
    """The affine map of a `transform` attribute.

    Raises
    ------
    ValueError
        If it holds something that is no transform.
    """
    if len(text or "") > LONGEST:
        raise ValueError(f"transform of {len(text)} letters")
    result = Transform()
    for name, arguments in re.findall(r"(\w+)\s*\(([^)]*)\)", text or ""):
        values = numbers(arguments)
        if len(values) not in _COUNTS.get(name, ()):
            raise ValueError(f"transform {name}({arguments})")
        result = _step(result, name, values)
    return result


def _step(result, name, values):
    if name == "matrix":
        return result.transform(values)
    if name == "rotate":
        x, y = values[1:] or (0, 0)
        return result.translate(x, y).rotate(math.radians(values[0])).translate(-x, -y)
    if name in ("skewX", "skewY"):
        angle = math.radians(values[0])
        return result.skew(angle, 0) if name == "skewX" else result.skew(0, angle)
    if name == "scale":
        return result.scale(values[0], values[-1])
    return result.translate(*values)


def numbers(text):
    """All numbers in a text."""
    return [float(found) for found in re.findall(_NUMBER, text or "")]


def subpaths(element):
    """Outline of a shape in its own coordinates.

    Returns
    -------
    list of (ndarray of shape (n, 2), bool)
        The corners of each subpath, and whether all its segments are straight; a closed one ends where it began.
    """
    tag = element.tag.rpartition("}")[2]
    size = {name: number(element.get(name)) for name in ("x", "y", "width", "height", "cx", "cy", "r", "rx", "ry")}
    if tag == "path":
        return _path(element.get("d", ""))
    if tag == "line":
        corners = [number(element.get(name)) for name in ("x1", "y1", "x2", "y2")]
        return [(np.reshape(corners, (2, 2)), True)]
    if tag in ("polyline", "polygon"):
        return _polygon(numbers(element.get("points")), closed=tag == "polygon")
    if tag == "rect":
        return _rectangle(size["x"], size["y"], size["width"], size["height"])
    if tag in ("circle", "ellipse"):
        return _ellipse(size["cx"], size["cy"], size["r"] or size["rx"], size["r"] or size["ry"])
    return []


def _polygon(values, *, closed):
    corners = np.reshape(values[: len(values) // 2 * 2], (-1, 2))
    if not len(corners):
        return []
    return [(np.vstack([corners, corners[:1]]) if closed else corners, True)]


def _rectangle(x, y, width, height):
    if width <= 0 or height <= 0:
        return []
    return [(np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]), True)]


def _ellipse(x, y, rx, ry):
    angles = np.linspace(0, 2 * np.pi, CIRCLE_CORNERS + 1)
    return [(np.column_stack([x + rx * np.cos(angles), y + ry * np.sin(angles)]), False)]


def _path(text):
    pen = _Subpaths()
    parse_path(text, pen)
    return [(np.array(corners), straight) for corners, straight in pen.found]


class _Subpaths(BasePen):
    """Collects the ends of segments, subpath by subpath."""

    def __init__(self):
        super().__init__(None)
        self.found = []

    def _moveTo(self, point):
        self.found.append([[point], True])

    def _lineTo(self, point):
        self.found[-1][0].append(point)

    def _curveToOne(self, _first, _second, point):
        self.found[-1][0].append(point)
        self.found[-1][1] = False
