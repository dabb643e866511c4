"""The panel of a figure: two axes that meet, the frame around the curves, and the way from the page to their units."""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from smmlib.curves.digitising.axes import ACROSS, UP, meet, rows_of_marks
from smmlib.curves.digitising.digitised_figure import DigitiseError

# An axis that goes further than this is no axis of proportions; up to the other it is one of percent.
MOST_PROPORTION, MOST_PERCENT = 1.5, 110.0
NAMES = {ACROSS: ("time_ticks", "time"), UP: ("survival_ticks", "survival")}
RASTER_TOOLS = "WebPlotDigitizer, Engauge Digitizer, or the R packages SurvdigitizeR and digitize"


@dataclass(frozen=True, eq=False)
class Panel:
    """Where the curves are.

    Attributes
    ----------
    time, survival : Marks
    frame : tuple of float
        Left, bottom, right, top of the axes in page coordinates.
    is_percent : bool
        Whether the printed axis is in percent.
    """

    time: object
    survival: object
    frame: tuple[float, float, float, float]
    is_percent: bool

    @property
    def width(self):
        return self.frame[2] - self.frame[0]

    @property
    def height(self):
        return self.frame[3] - self.frame[1]

    def in_units(self, points):
        """(time, survival) of page coordinates, shape (n, 2); survival as proportion."""
        columns = [marks.scale[0] * points[:, marks.along] + marks.scale[1] for marks in (self.time, self.survival)]
        return columns[0], columns[1] / (100 if self.is_percent else 1)

    @property
    def ranges(self):
        """The ends of the axes: (first, last) time and (lowest, highest) survival."""
        left, bottom, right, top = self.frame
        time, survival = self.in_units(np.array([(left, bottom), (right, top)]))
        printed = self.time.labels[np.isfinite(self.time.labels)]
        return (
            (max(float(time[0]), min(0.0, float(printed[0]))), float(time[1])),
            (max(float(survival[0]), 0.0), min(float(survival[1]), 1.0)),
        )


def find_panel(drawing, name, *, panel=None, time_ticks=None, survival_ticks=None):
    """The panel that holds the curves.

    Parameters
    ----------
    drawing : Drawing
    name : str
        Of the file, for messages.
    panel : int, optional
        Which one, from 1, row by row; needed where there are several.
    time_ticks, survival_ticks : sequence of float, optional
        The printed labels in order, where they cannot be read.

    Returns
    -------
    Panel

    Raises
    ------
    DigitiseError
        If no axes are found, their number of marks differs from the labels given, or there are several panels.
    """
    across = _labelled(rows_of_marks(drawing, ACROSS), time_ticks)
    up = _labelled(rows_of_marks(drawing, UP), survival_ticks)
    pairs = _distinct([pair for pair in product(across, up) if meet(*pair)])
    if not pairs:
        raise DigitiseError(_why_none(drawing, name, time_ticks, survival_ticks))
    if panel is None and len(pairs) > 1:
        raise DigitiseError(
            f"{name} has {len(pairs)} panels: say which one, as panel=1 to panel={len(pairs)}, counted row by row."
        )
    chosen = 1 if panel is None else panel
    if chosen not in range(1, len(pairs) + 1):
        raise DigitiseError(f"panel = {panel}, but {name} has {len(pairs)} panel(s), counted from 1.")
    return _panel(drawing, name, *pairs[int(chosen) - 1])


def _labelled(rows, given):
    """The rows whose labels were read, or those with as many marks as labels were given."""
    if given is None:
        return [row for row in rows if row.is_labelled]
    labels = np.asarray(given, dtype=float)
    return [replace(row, labels=labels) for row in rows if row.positions.size == labels.size]


def _distinct(pairs):
    """One pair a panel: of ticks and grid lines of the same axis, those with more labels, then the shorter ones."""
    pairs = sorted(pairs, key=lambda pair: [(-np.isfinite(row.labels).sum(), row.length) for row in pair])
    kept = []
    for pair in pairs:
        if not any(all(map(_same_axis, pair, other)) for other in kept):
            kept.append(pair)
    height = max((pair[1].span for pair in kept), default=1.0)
    return sorted(kept, key=lambda pair: (-round(pair[1].positions[-1] / (0.5 * height)), pair[0].positions[0]))


def _same_axis(row, other):
    """Whether two rows print the same value at the same place, over stretches that overlap."""
    ends = np.array([row.positions[[0, -1]], other.positions[[0, -1]]])
    if ends[:, 0].max() > ends[:, 1].min():
        return False
    values, others = (marks.scale[0] * ends + marks.scale[1] for marks in (row, other))
    return np.abs(values - others).max() < 0.02 * np.ptp(values)


def _panel(drawing, name, time, survival):
    highest = np.nanmax(survival.labels)
    is_percent = survival.percent or highest > MOST_PROPORTION
    if np.nanmin(survival.labels) < 0 or highest > MOST_PERCENT:
        raise DigitiseError(
            f"The vertical axis of {name} goes from {np.nanmin(survival.labels):g} to {highest:g}: "
            f"neither proportions nor percent, so it is no survival curve or incidence."
        )
    return Panel(time, survival, _frame(drawing, time, survival), bool(is_percent))


def _frame(drawing, time, survival):
    """The stretch of the marks, and of the axis lines that they stand on; of grid lines their own."""
    boxes, tolerance = drawing.segments[0], drawing.tolerance
    sides = []
    for marks, other in ((time, survival), (survival, time)):
        along, across = marks.along, 1 - marks.along
        low, high = marks.positions[0], marks.positions[-1]
        if other.length > 0.2 * marks.span:
            low, high = min(low, other.low), max(high, other.high)
        flat = boxes[:, across + 2] - boxes[:, across] < tolerance
        beneath = np.abs(boxes[:, [across]] - [marks.low, marks.high]).min(axis=1, initial=np.inf) < 2 * tolerance
        touching = (boxes[:, along] <= high + tolerance) & (boxes[:, along + 2] >= low - tolerance)
        line = boxes[flat & beneath & touching & (boxes[:, along + 2] - boxes[:, along] > 0.3 * marks.span)]
        sides.append((min([low, *line[:, along]]), max([high, *line[:, along + 2]])))
    (left, right), (bottom, top) = sides
    return tuple(float(side) for side in (left, bottom, right, top))


def _why_none(drawing, name, time_ticks, survival_ticks):
    """Why no axes were found, and what to do."""
    if drawing.pictures and len(drawing.paths) < 50:
        return (
            f"{name} holds a raster picture and no lines: smmlib reads vector figures only and leaves raster pictures "
            f"to other tools: {RASTER_TOOLS}."
        )
    across, up = rows_of_marks(drawing, ACROSS), rows_of_marks(drawing, UP)
    corners = [pair for pair in product(across, up) if meet(*pair)]
    if not corners:
        return f"No axes were found in {name}: two rows of tick marks or grid lines that meet at the lower left corner."
    said = [
        _counts(rows, given, along)
        for rows, given, along in (
            ([pair[0] for pair in corners], time_ticks, ACROSS),
            ([pair[1] for pair in corners], survival_ticks, UP),
        )
    ]
    if not any(said):
        said = ["The rows of marks that fit the labels do not meet at one corner."]
    return f"The axes of {name} cannot be calibrated. " + " ".join(filter(None, said))


def _counts(rows, given, along):
    argument, axis = NAMES[along]
    if any(row.is_labelled if given is None else row.positions.size == len(given) for row in rows):
        return ""
    sizes = {row.positions.size for row in rows}
    counts = " or ".join(str(size) for size in sorted({size for size in sizes if size > 2} or sizes))
    if given is None:
        return (
            f"The numbers at the {counts} marks of the {axis} axis cannot be read as text, or are not evenly spaced: "
            f"give them in order as {argument}."
        )
    return f"{argument} gives {len(given)} labels, and the {axis} axis has {counts} marks: give one label a mark."
