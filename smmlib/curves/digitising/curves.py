"""Step curves among the lines of a panel, told from axes, grids, reference lines and smoothed curves."""

import numpy as np

from smmlib.curves.digitising.axes import ACROSS, UP, rows_of_marks
from smmlib.curves.digitising.digitised_figure import DigitiseError
from smmlib.curves.digitising.pieces import joined, visible

# A curve that starts at 1 (or 0, for an incidence) may be off by this; one that starts elsewhere needs more drops.
START = 0.02
FEWEST_DROPS = 3
# A curve is longer than this part of the time axis, and its left end is no further out of the frame.
SHORTEST, OUTSIDE = 0.02, 0.05
BLACK = "#000000"
MOST_CURVES = 100


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

    Raises
    ------
    DigitiseError
        If there are more of them than any figure of curves has.
    """
    tolerance = drawing.tolerance
    curves, wavering, slanted = [], [], 0
    lines = _candidates(drawing, panel)
    for direction in (-1, 1):
        for line in joined(lines, direction, tolerance):
            if not _goes_in_steps(line.points, tolerance):
                slanted += direction < 0 and _is_slanted_curve(line, panel, tolerance)
                continue
            line = visible(line, tolerance)
            if line is None or np.ptp(line.points[:, 0]) < SHORTEST * panel.width:
                continue
            if not _goes_one_way(line.points, direction, tolerance):
                wavering.append(line)
            elif _starts_like_a_curve(line, panel, direction):
                curves.append(line)
    if len(curves) + len(wavering) > MOST_CURVES:
        raise DigitiseError(f"More than {MOST_CURVES} step lines were found: keep the panel only, and delete the rest.")
    wavering = [line for line in wavering if not any(line.pieces <= curve.pieces for curve in curves)]
    return _in_order(curves, tolerance), _in_order(wavering, tolerance), slanted


def _candidates(drawing, panel):
    """The lines within the frame that are no grid lines, with their order in the drawing."""
    tolerance, grid = drawing.tolerance, _grid(drawing, panel)
    return [
        (order, path)
        for order, path in enumerate(drawing.paths)
        if path.is_line and _within(path, panel, tolerance) and not _is_one_of(path, grid, tolerance)
    ]


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
