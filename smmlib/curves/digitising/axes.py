"""The axes of a figure: rows of tick marks or grid lines, what their labels print, and the scale that follows."""

from dataclasses import dataclass, replace

import numpy as np

from smmlib.curves.digitising.printed_numbers import printed_number

ACROSS, UP = 0, 1
# A label is off the straight line when it is off by more than this part of the axis: labels are printed rounded.
ROUNDED = 0.01
# The axes of a panel meet at its corner, give or take these parts of the panel, outwards and inwards.
OUTWARDS, INWARDS = 0.35, 0.1
FEWEST_LABELS = 3
# How far the middle of a label may be from its mark along the axis, in sizes of the font: widths are estimated in SVG.
OFF = 0.6
# Between panels the gap from mark to mark is wider than within, at least by this.
WIDER = 1.2
# Of all rows only those with most marks are looked at: a file may be made to have thousands.
MOST_ROWS = 300


@dataclass(frozen=True, eq=False)
class Marks:
    """Tick marks or grid lines of one axis.

    Attributes
    ----------
    along : int
        0 for the time axis (marks side by side), 1 for the other.
    positions : ndarray, shape (n,)
        Where they stand along the axis, in page coordinates, sorted.
    low, high : float
        Where each begins and ends across the axis.
    labels : ndarray, shape (n,)
        The printed numbers; NaN where none could be read.
    percent : bool
        Whether a label has a percent sign.
    color : str or None
    """

    along: int
    positions: np.ndarray
    low: float
    high: float
    labels: np.ndarray
    percent: bool = False
    color: str | None = None

    @property
    def length(self):
        return self.high - self.low

    @property
    def span(self):
        return float(np.ptp(self.positions))

    @property
    def is_labelled(self):
        """Whether enough labels were read and they lie on one rising straight line."""
        known = np.isfinite(self.labels)
        if known.sum() < FEWEST_LABELS:
            return False
        at, labels = self.positions[known], self.labels[known]
        slope, start = np.polyfit(at, labels, 1)
        return slope > 0 and np.abs(slope * at + start - labels).max() < ROUNDED * np.ptp(labels)

    @property
    def scale(self):
        """(slope, start): the value at a position is slope * position + start; least squares over the labels."""
        known = np.isfinite(self.labels)
        at, labels = self.positions[known], self.labels[known]
        slope = float(np.cov(at, labels, bias=True)[0, 1] / np.var(at))
        return slope, float(labels.mean() - slope * at.mean())


def rows_of_marks(drawing, along):
    """All rows of two or more lines that are parallel, begin and end on the same level and look the same.

    Parameters
    ----------
    drawing : Drawing
    along : int
        0 for marks side by side, 1 for marks above each other.

    Returns
    -------
    list of Marks
        With the labels that stand below them, or to their left.
    """
    boxes, styles = drawing.segments
    across, tolerance = 1 - along, drawing.tolerance
    upright = (boxes[:, along + 2] - boxes[:, along] < tolerance) & (
        boxes[:, across + 2] - boxes[:, across] > tolerance
    )
    rows = {}
    ends = zip(*(_levels(boxes[upright, side], tolerance) for side in (across, across + 2)), strict=True)
    chosen = [style for style, keep in zip(styles, upright, strict=True) if keep]
    for box, style, end in zip(boxes[upright], chosen, ends, strict=True):
        rows.setdefault((*end, style), []).append(box)
    found = [_marks(np.array(row), along, tolerance, style) for (*_, style), row in rows.items()]
    longest = sorted((marks for marks in found if marks.positions.size > 1), key=lambda marks: -marks.positions.size)
    labelled = [_with_labels(marks, drawing.words) for marks in longest[:MOST_ROWS]]
    return [part for marks in labelled for part in _by_panel(marks)]


def _levels(values, tolerance):
    """For each value, which of the distinct levels it is on."""
    order = np.argsort(values, kind="stable")
    steps = np.diff(values[order], prepend=values[order[:1]]) > tolerance
    level = np.empty(values.size, dtype=int)
    level[order] = np.cumsum(steps)
    return level.tolist()


def _marks(row, along, tolerance, style):
    across = 1 - along
    positions = np.sort(row[:, along])
    distinct = positions[np.diff(positions, prepend=-np.inf) > tolerance]
    return Marks(
        along,
        distinct,
        float(row[:, across].min()),
        float(row[:, across + 2].max()),
        np.full(distinct.size, np.nan),
        color=style if style is None or isinstance(style, str) else style[0],
    )


def _by_panel(marks):
    """The marks of panels side by side apart: where the labels start anew, or without labels where a gap is wider."""
    known = np.flatnonzero(np.isfinite(marks.labels))
    if known.size:
        starts = known[1:][np.diff(marks.labels[known]) <= 0]
        return _parts(marks, starts)
    gaps = np.diff(marks.positions)
    starts = np.flatnonzero(gaps > WIDER * np.median(gaps)) + 1
    return _parts(marks, starts) + ([marks] if starts.size else [])


def _parts(marks, starts):
    parts = np.split(np.arange(marks.positions.size), starts)
    return [
        replace(marks, positions=marks.positions[part], labels=marks.labels[part]) for part in parts if part.size > 1
    ]


def _with_labels(marks, words):
    """The marks with the numbers printed next to them: those of the row below, or those to the left."""
    near = [(word, printed_number(word.text)) for word in words]
    near = [(word, value) for word, value in near if value is not None and _beside(word, marks)]
    if marks.along == ACROSS and near:
        top = max(word.y for word, _ in near)
        near = [(word, value) for word, value in near if top - word.y < 0.5 * word.size]
    labels = np.array([_label(position, near, marks) for position in marks.positions])
    return replace(marks, labels=labels, percent=any("%" in word.text for word, _ in near))


def _beside(word, marks):
    """Whether a word stands below a row of marks, or to the left of a column, within the length of the axis."""
    place = (word.x, word.y)[marks.along]
    end = word.y if marks.along == ACROSS else word.x
    first, last = marks.positions[[0, -1]]
    return end < marks.low and first - word.size < place < last + word.size


def _label(position, near, marks):
    gap = marks.span / max(marks.positions.size - 1, 1)
    candidates = []
    for word, value in near:
        off = abs((word.x, word.y)[marks.along] - position)
        if off < min(0.45 * gap, OFF * word.size):
            away = marks.low - (word.y if marks.along == ACROSS else word.box[2])
            candidates.append((away, off, value))
    return min(candidates)[2] if candidates else np.nan


def meet(across, up):
    """Whether two rows of marks are the axes of one panel: they meet at its lower left corner."""
    width, height = across.span, up.span
    left, bottom = across.positions[0], up.positions[0]
    # The panel's edge is where ticks begin that point outwards; of grid lines the lower end.
    beside = up.high if up.length < 0.2 * width else up.low
    below = across.high if across.length < 0.2 * height else across.low
    return (
        -OUTWARDS * width < beside - left < INWARDS * width and -OUTWARDS * height < below - bottom < INWARDS * height
    )
