"""Step curves among the lines of a panel: pieces joined, what is hidden cut off, axes and reference lines left out."""

from dataclasses import dataclass

import numpy as np

from smmlib.synthetic.digitising.axes import UP, rows_of_marks

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
    slanted : int
        Lines as long as a curve, starting where one starts, that do not go in steps.
    """
    tolerance = drawing.tolerance
    lines = [
        (index, path) for index, path in enumerate(drawing.paths) if path.is_line and _within(path, panel, tolerance)
    ]
    curves, slanted = [], 0
    level = [row for row in rows_of_marks(drawing, UP) if row.length > SHORTEST * (panel.frame[2] - panel.frame[0])]
    for direction in (-1, 1):
        for curve in _joined(lines, direction, tolerance):
            if not _goes_in_steps(curve.points, direction, tolerance):
                slanted += direction < 0 and _is_slanted_curve(curve, panel, tolerance)
                continue
            curve = _visible(curve, tolerance)
            if curve is None or any(_is_one_of(curve, row, tolerance) for row in level):
                continue
            if _starts_like_a_curve(curve, panel, direction):
                curves.append(curve)
    return _without_repeats(sorted(curves, key=lambda curve: min(curve.pieces)), tolerance), slanted


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


def _goes_in_steps(points, direction, tolerance):
    steps = np.diff(points, axis=0)
    level_or_upright = np.abs(steps).min(axis=1, initial=np.inf) < 2 * tolerance
    one_way = (steps[:, 0] > -tolerance) & (steps[:, 1] * direction > -tolerance)
    return len(points) > 1 and bool((level_or_upright & one_way).all())


def _is_slanted_curve(curve, panel, tolerance):
    """Whether a line that goes on to the right, and falls, could be a curve drawn without steps."""
    steps = np.diff(curve.points, axis=0)
    wide = np.ptp(curve.points[:, 0]) > 0.1 * (panel.frame[2] - panel.frame[0])
    onwards = (steps[:, 0] > -tolerance).all() and (steps[:, 1] < tolerance).all()
    return len(steps) > FEWEST_DROPS and bool(wide and onwards) and _starts_like_a_curve(curve, panel, -1)


def _visible(curve, tolerance):
    """The part of a curve that its clip path shows; None where nothing is seen of it."""
    if curve.clip is None:
        return curve
    low, high = np.array(curve.clip[:2]) - tolerance, np.array(curve.clip[2:]) + tolerance
    points = curve.points
    if ((points >= low) & (points <= high)).all():
        return curve
    kept = [part for part in map(lambda ends: _cut(*ends, low, high), zip(points[:-1], points[1:])) if part is not None]
    if not kept:
        return None
    return StepCurve(_without_stops(np.concatenate(kept), tolerance), curve.style, curve.clip, curve.pieces)


def _cut(start, end, low, high):
    """The part of one level or upright piece within a box."""
    if (np.maximum(start, end) < low).any() or (np.minimum(start, end) > high).any():
        return None
    return np.clip(np.array([start, end]), low, high)


def _starts_like_a_curve(curve, panel, direction):
    """Whether a line is longer than a tick, and begins at 1 (an incidence at time 0 and 0) or has several drops."""
    if np.ptp(curve.points[:, 0]) < SHORTEST * (panel.frame[2] - panel.frame[0]):
        return False
    time, survival = (values[0] for values in panel.in_units(curve.points))
    at_left = abs(time - panel.ranges[0][0]) < START * np.ptp(panel.ranges[0])
    at_origin = abs(survival - 1) < START if direction < 0 else abs(survival) < START and at_left
    if curve.drops.size == 0:
        return bool(at_origin and at_left and direction < 0 and _stands_out(curve, panel))
    return bool(at_origin or curve.drops.size >= FEWEST_DROPS)


def _stands_out(curve, panel):
    """Whether a flat line is a curve without events: solid, and in a colour that no axis or frame has."""
    return not curve.style[2] and curve.style[0] not in (BLACK, panel.time.color, panel.survival.color)


def _is_one_of(curve, row, tolerance):
    """Whether a flat line is one of several that are alike, as grid lines are."""
    ends = (*curve.points[0], curve.points[-1, 0])
    return curve.drops.size == 0 and bool(
        np.abs(np.subtract(ends, (row.low, ends[1], row.high))).max() < tolerance
        and np.abs(row.positions - ends[1]).min() < tolerance
    )


def _without_repeats(curves, tolerance):
    """A line drawn twice in one colour, as with a halo, once; a flat one is found in both directions."""
    kept = []
    for curve in curves:
        if not any(_same(curve, other, tolerance) for other in kept):
            kept.append(curve)
    return kept


def _same(curve, other, tolerance):
    same_line = curve.style[0] == other.style[0] and curve.points.shape == other.points.shape
    return same_line and np.abs(curve.points - other.points).max() < tolerance
