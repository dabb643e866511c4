"""Censor ticks: small marks that stand on a curve, whatever their shape."""

from dataclasses import dataclass

import numpy as np

# A mark is no longer than this part of the frame.
LARGEST = 0.06
# Ticks nearer than this part of the tolerance are one, drawn twice.
REPEATED = 0.02
LETTERS = ("+", "|", "×", "x", "X", "○", "●", "•")


@dataclass(frozen=True, eq=False)
class Tick:
    """A mark: its centre, its lower and upper end, its colour, and its order in the drawing."""

    x: float
    y: float
    low: float
    high: float
    color: str
    order: int


def censor_ticks(drawing, panel, curves):
    """The censor ticks on each curve.

    Parameters
    ----------
    drawing : Drawing
    panel : Panel
    curves : list of StepCurve

    Returns
    -------
    ticks : list of ndarray
        For each curve, where on the time axis its ticks stand, in page coordinates, sorted.
    doubtful : int
        Ticks that stand where curves run together and nothing tells whose they are; left out.
    """
    pieces = frozenset().union(*(curve.pieces for curve in curves))
    marks = _small_marks(drawing, panel, pieces, drawing.tolerance)
    touched = [(mark, _touches(mark, curves, drawing.tolerance)) for mark in marks]
    touched = [(mark, on) for mark, on in touched if on]
    found, doubtful = [[] for _ in curves], 0
    for run, common in _runs(touched):
        for mark, on in run:
            whose = on if len(on) == 1 else common
            if len(whose) == 1:
                found[next(iter(whose))].append(mark.x)
            else:
                doubtful += 1
    return [_distinct(np.sort(places), drawing.tolerance) for places in found], doubtful


def _small_marks(drawing, panel, pieces, tolerance):
    """Marks in the order drawn; the two strokes of a cross, drawn one after the other, are one mark."""
    left, bottom, right, top = panel.frame
    largest = LARGEST * max(right - left, top - bottom)
    marks = []
    for order, path in enumerate(drawing.paths):
        x0, y0, x1, y1 = path.box
        small = tolerance < max(x1 - x0, y1 - y0) < largest
        inside = (
            left - tolerance < (x0 + x1) / 2 < right + tolerance and bottom - tolerance < (y0 + y1) / 2 < top + largest
        )
        if small and inside and order not in pieces:
            if marks and _cross(marks[-1], (order, path), tolerance):
                marks[-1] = (order, path, marks[-1][1])
            else:
                marks.append((order, path))
    ticks = [_tick(order, strokes) for order, *strokes in marks]
    ticks = [tick for tick in ticks if tick.high - tick.low > tolerance]
    return sorted([*ticks, *_letters(drawing, largest)], key=lambda tick: tick.order)


def _cross(mark, stroke, tolerance):
    """Whether two strokes drawn one after the other share their centre and differ in direction."""
    (order, first, *more), (later, second) = mark, stroke
    if more or later != order + 1 or len(first.points) != len(second.points):
        return False
    if (first.stroke, first.fill) != (second.stroke, second.fill):
        return False
    centres = [(path.points.min(axis=0) + path.points.max(axis=0)) / 2 for path in (first, second)]
    shapes = [path.points - centre for path, centre in zip((first, second), centres, strict=True)]
    alike = min(np.abs(shapes[0] - shapes[1]).max(), np.abs(shapes[0] - shapes[1][::-1]).max()) < tolerance
    return bool(np.abs(centres[0] - centres[1]).max() < tolerance and not alike)


def _tick(order, strokes):
    corners = np.concatenate([path.points for path in strokes])
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    return Tick((x0 + x1) / 2, (y0 + y1) / 2, y0, y1, strokes[0].stroke or strokes[0].fill, order)


def _letters(drawing, largest):
    """Marks that are set as letters."""
    after = len(drawing.paths)
    words = [word for word in drawing.words if word.text in LETTERS and word.size < largest]
    return [Tick(word.x, word.y, word.box[1], word.box[3], word.color, after + k) for k, word in enumerate(words)]


def _touches(mark, curves, tolerance):
    """Which curves a mark stands on, those of its own colour alone where there are such; the best centred ones."""
    off = {order: _off(mark, curve, tolerance) for order, curve in enumerate(curves)}
    off = {order: distance for order, distance in off.items() if distance is not None}
    of_colour = {order: off[order] for order in off if curves[order].style[0] == mark.color}
    off = of_colour or off
    nearest = min(off.values(), default=0)
    return {order for order, distance in off.items() if distance < nearest + 2 * tolerance}


def _off(mark, curve, tolerance):
    """How far the centre of a mark is above or below a curve that it touches; None where it does not touch it."""
    points = curve.points
    if not points[0, 0] - tolerance <= mark.x <= points[-1, 0] + tolerance:
        return None
    # A tick at the time of a drop may be drawn at its top as well as at its foot.
    beside = np.abs(points[:, 0] - mark.x) <= tolerance
    heights = np.append(points[beside, 1], curve.height(mark.x))
    if heights.max() < mark.low - tolerance or heights.min() > mark.high + tolerance:
        return None
    return max(heights.min() - mark.y, mark.y - heights.max(), 0.0)


def _runs(touched):
    """Marks drawn one after the other from left to right in one colour: as a program draws those of one curve.

    Returns
    -------
    list of (list of (Tick, set), set)
        The marks of each run with the curves that each touches, and those that all of them touch.
    """
    runs = []
    for mark, on in touched:
        marks, common = runs[-1] if runs else ([], set())
        goes_on = marks and mark.color == marks[-1][0].color and mark.x >= marks[-1][0].x
        if goes_on and common & on:
            marks.append((mark, on))
            runs[-1] = (marks, common & on)
        else:
            runs.append(([(mark, on)], on))
    return runs


def _distinct(places, tolerance):
    """Each place once: a tick drawn twice is one, and two that are close are two."""
    return places[np.diff(places, prepend=-np.inf) > REPEATED * tolerance]
