"""Step curves among the lines of a panel: pieces joined, what is hidden cut off, axes and reference lines left out."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from smmlib.synthetic.digitising.axes import ACROSS, UP, rows_of_marks

# A curve that starts at 1 (or 0, for an incidence) may be off by this; one that starts elsewhere needs more drops.
START = 0.02
FEWEST_DROPS = 3
# A curve is longer than this part of the time axis, and its left end is no further out of the frame.
SHORTEST, OUTSIDE = 0.02, 0.05
BLACK = "#000000"


@dataclass(frozen=True, eq=False)
class StepCurve:
    """Corners of a step path in page coordinates, from left to right, and the line that it was drawn with.

    Attributes
    ----------
    points : ndarray, shape (n, 2)
    style : tuple
        Colour, width and dashes.
    clip : tuple of float or None
    pieces : frozenset of int
        Which paths of the drawing it was joined from.
    """

    points: np.ndarray
    style: tuple
    clip: tuple | None
    pieces: frozenset

    @property
    def drops(self):
        """Positions along the time axis at which it steps."""
        steps = np.diff(self.points, axis=0)
        return self.points[1:][np.abs(steps[:, 1]) > np.abs(steps[:, 0]), 0]

    def height(self, across):
        """Its height just right of positions along the time axis."""
        at = np.searchsorted(self.points[:, 0], across, side="right") - 1
        return self.points[np.clip(at, 0, len(self.points) - 1), 1]


def step_curves(drawing, panel):
    """All step curves of a panel and what else looked like one.

    Parameters
    ----------
    drawing : Drawing
    panel : Panel

    Returns
    -------
    curves : list of StepCurve
        Those that fall all the way, or rise, in the order drawn.
    wavering : list of StepCurve
        Step lines that do neither, as confidence limits may.
    slanted : int
        Lines as long as a curve, starting where one starts, that do not go in steps.
    """
    tolerance = drawing.tolerance
    level = _grid(drawing, panel)
    lines = [
        (index, path) for index, path in enumerate(drawing.paths) if path.is_line and _within(path, panel, tolerance)
    ]
    lines = [(index, path) for index, path in lines if not _is_one_of(path, level, tolerance)]
    curves, wavering, slanted = [], [], 0
    for direction in (-1, 1):
        for line in _joined(lines, direction, tolerance):
            if not _goes_in_steps(line.points, tolerance):
                slanted += direction < 0 and _is_slanted_curve(line, panel, tolerance)
            elif (line := _visible(line, tolerance)) is None or np.ptp(line.points[:, 0]) < SHORTEST * panel.width:
                continue
            elif not _goes_one_way(line.points, direction, tolerance):
                wavering.append(line)
            elif _starts_like_a_curve(line, panel, direction):
                curves.append(line)
    wavering = [line for line in wavering if not any(line.pieces <= curve.pieces for curve in curves)]
    return _in_order(curves, tolerance), _in_order(wavering, tolerance), slanted


def _grid(drawing, panel):
    """Rows of lines that are alike and reach over half of the frame."""
    rows = [*rows_of_marks(drawing, ACROSS), *rows_of_marks(drawing, UP)]
    return [row for row in rows if row.length > 0.5 * (panel.height if row.along == ACROSS else panel.width)]


def _is_one_of(path, rows, tolerance):
    """Whether a plain line is one of several that are alike."""
    if len(path.points) > 2:
        return False
    for row in rows:
        along, across = path.points[:, row.along], path.points[:, 1 - row.along]
        ends = np.array([across.min() - row.low, across.max() - row.high, np.ptp(along)])
        if np.abs(ends).max() < tolerance and np.abs(row.positions - along[0]).min() < tolerance:
            return True
    return False


def _within(path, panel, tolerance):
    """Whether a line is in the frame, and is not the frame itself: each of its pieces along one of the edges."""
    left, bottom, right, top = panel.frame
    width, height = right - left, top - bottom
    box = path.box
    inside = left - OUTSIDE * width < box[0] < right and box[3] > bottom - OUTSIDE * height and box[1] < top + tolerance
    on_edge = np.abs(path.points[:, :, None] - np.reshape(panel.frame, (2, 2)).T) < 2 * tolerance
    along_one = (on_edge[:-1] & on_edge[1:]).any(axis=(1, 2))
    return inside and not (along_one.all() and path.stroke in (BLACK, panel.time.color, panel.survival.color))


def _joined(lines, direction, tolerance):
    """Lines of one style, each continued by the next drawn that begins where it ends; from left to right.

    `direction` is -1 where upright pieces are taken to go down, 1 where up.
    """
    by_style = {}
    for index, path in lines:
        points = _without_stops(_from_the_left(path.points, direction, tolerance), tolerance)
        if len(points) > 1:
            by_style.setdefault((path.style, path.clip), []).append((index, points))
    for (style, clip), pieces in by_style.items():
        for chain in _chains(pieces, tolerance):
            points = _without_stops(np.concatenate([points for _, points in chain]), tolerance)
            yield StepCurve(points, style, clip, frozenset(index for index, _ in chain))


def _from_the_left(points, direction, tolerance):
    across, up = points[-1] - points[0]
    backwards = across < -tolerance or (abs(across) <= tolerance and up * direction < 0)
    return points[::-1] if backwards else points


def _chains(pieces, tolerance):
    """Pieces that continue each other end to end; where two begin at one end, the one drawn next goes on."""
    cell = 2 * tolerance
    begins = {}
    for order, (_, points) in enumerate(pieces):
        begins.setdefault(tuple(np.round(points[0] / cell).astype(int)), []).append(order)
    follower, led = {}, set()
    for order, (_, points) in enumerate(pieces):
        ahead = [other for other in _near(begins, points[-1], cell) if other != order and other not in led]
        ahead = [other for other in ahead if np.abs(pieces[other][1][0] - points[-1]).max() < tolerance]
        if ahead:
            follower[order] = min(ahead, key=lambda other: (other < order, other))
            led.add(follower[order])
    for order in range(len(pieces)):
        if order not in led:
            chain = [order]
            while chain[-1] in follower:
                chain.append(follower[chain[-1]])
            yield [pieces[link] for link in chain]


def _near(begins, point, cell):
    x, y = np.round(point / cell).astype(int)
    return [order for dx in (-1, 0, 1) for dy in (-1, 0, 1) for order in begins.get((x + dx, y + dy), [])]


def _without_stops(points, tolerance):
    """Corners only: no repeated points, and none on the way along one straight piece."""
    moved = np.abs(np.diff(points, axis=0)).max(axis=1, initial=0) > 1e-3 * tolerance
    points = points[np.concatenate([[True], moved])]
    if len(points) < 3:
        return points
    steps = np.diff(points, axis=0)
    straight_on = ((steps[:-1] == 0) & (steps[1:] == 0)).any(axis=1) & ((steps[:-1] * steps[1:]).sum(axis=1) > 0)
    return points[np.concatenate([[True], ~straight_on, [True]])]


def _goes_in_steps(points, tolerance):
    """Whether each piece is level or upright, and none goes back to the left."""
    steps = np.diff(points, axis=0)
    return bool((np.abs(steps).min(axis=1) < 2 * tolerance).all() and (steps[:, 0] > -tolerance).all())


def _goes_one_way(points, direction, tolerance):
    return bool((np.diff(points[:, 1]) * direction > -tolerance).all())


def _is_slanted_curve(curve, panel, tolerance):
    """Whether a line that goes on to the right, and falls, could be a curve drawn without steps."""
    steps = np.diff(curve.points, axis=0)
    wide = np.ptp(curve.points[:, 0]) > 0.1 * panel.width
    onwards = (steps[:, 0] > -tolerance).all() and (steps[:, 1] < tolerance).all()
    return len(steps) > FEWEST_DROPS and bool(wide and onwards) and _starts_like_a_curve(curve, panel, -1)


def _visible(curve, tolerance):
    """The part of a curve that its clip path shows; None where nothing is seen of it."""
    if curve.clip is None:
        return curve
    low, high = np.array(curve.clip[:2]), np.array(curve.clip[2:])
    points = curve.points
    if ((points >= low - tolerance) & (points <= high + tolerance)).all():
        return curve
    kept = [_cut(start, end, low, high, tolerance) for start, end in pairwise(points)]
    kept = [part for part in kept if part is not None]
    if not kept:
        return None
    return StepCurve(_without_stops(np.concatenate(kept), tolerance), curve.style, curve.clip, curve.pieces)


def _cut(start, end, low, high, tolerance):
    """The part of one level or upright piece within a box; one along its edge is within."""
    if (np.maximum(start, end) < low - tolerance).any() or (np.minimum(start, end) > high + tolerance).any():
        return None
    return np.clip(np.array([start, end]), low, high)


def _starts_like_a_curve(curve, panel, direction):
    """Whether a line begins at 1 (an incidence at time 0 and 0), or has several drops."""
    time, survival = (values[0] for values in panel.in_units(curve.points))
    at_left = abs(time - panel.ranges[0][0]) < START * np.ptp(panel.ranges[0])
    at_origin = abs(survival - 1) < START if direction < 0 else abs(survival) < START and at_left
    if curve.drops.size == 0:
        return bool(at_origin and at_left and direction < 0 and _stands_out(curve, panel))
    return bool(at_origin or curve.drops.size >= FEWEST_DROPS)


def _stands_out(curve, panel):
    """Whether a flat line is a curve without events: solid, and in a colour that no axis or frame has."""
    return not curve.style[2] and curve.style[0] not in (BLACK, panel.time.color, panel.survival.color)


def _in_order(curves, tolerance):
    """Curves in the order drawn; one drawn twice in one colour, or flat and so found in both directions, once."""
    kept = []
    for curve in sorted(curves, key=lambda curve: min(curve.pieces)):
        if not any(_same(curve, other, tolerance) for other in kept):
            kept.append(curve)
    return kept


def _same(curve, other, tolerance):
    same_line = curve.style[0] == other.style[0] and curve.points.shape == other.points.shape
    return same_line and np.abs(curve.points - other.points).max() < tolerance
