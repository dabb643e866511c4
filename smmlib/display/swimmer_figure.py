"""Time on study as a lane for each patient, with response, progression and the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from smmlib.display.figures import ARM_COLOURS, GRID, INK, STYLE, WIDTH, write_note
from smmlib.display.response_figure import category_colours

LANE, TALLEST = 0.145, 13.0
"""Inches: the height of a lane, and that of all lanes together, however many there are."""
HEADING = 2.2
"""Height of the line above the lanes of an arm, in lanes."""
ABOVE, BELOW = 0.62, 0.62
"""Inches above the lanes, for the legend, and below them, for the axis."""
MOST_IN_A_ROW = 6
"""Words of the legend."""
LARGEST_MARK = 7.0
"""Points: the size of a mark, where lanes are high enough for it."""


@dataclass(frozen=True)
class Lane:
    """One patient.

    Attributes
    ----------
    length : float
        Time from the start to the event, or to the last contact.
    ended : bool
        Whether it ends with the event.
    responses : dict of str to float
        When each category of response was first shown, each better than the one before.
    progression : float or None
        When progression was shown.
    """

    length: float
    ended: bool
    responses: dict[str, float] = field(default_factory=dict)
    progression: float | None = None


def swimmer_figure(
    lanes: Mapping[str, Sequence[Lane]],
    *,
    categories: Sequence[str],
    responders: Sequence[str],
    event_label: str,
    time_label: str,
    note: str,
) -> Figure:
    """A lane for each patient, by arm, the longest first.

    Parameters
    ----------
    lanes : mapping of str to sequence of Lane
        By the label of the arm.
    categories, responders : sequence of str
        Categories of response, best first, and those that are a response.
    event_label : str
        What the event at the end of a lane is.
    time_label : str
        Label of the axis.
    note : str
        What is said of the patients in the corner; a figure may be seen apart from its page.

    Returns
    -------
    Figure
    """
    rows = sum(len(of_arm) + HEADING for of_arm in lanes.values())
    inches = min(LANE * rows, TALLEST)
    with mpl.rc_context(STYLE):
        height = ABOVE + inches + BELOW
        figure = Figure(figsize=(WIDTH, height))
        axes = figure.add_axes((0.03, BELOW / height, 0.94, inches / height))
        size = min(LARGEST_MARK, 72 * inches / rows * 0.72)
        colours = category_colours(categories, responders)
        _draw_arms(axes, lanes, colours, size)
        longest = max(lane.length for of_arm in lanes.values() for lane in of_arm)
        axes.set(xlim=(0, longest * 1.04 or 1), ylim=(rows - 0.4, -0.6), yticks=[], xlabel=time_label)
        axes.xaxis.grid(True, color=GRID, linewidth=0.8)
        axes.set_axisbelow(True)
        sns.despine(ax=axes, left=True)
        shown = {name for of_arm in lanes.values() for lane in of_arm for name in lane.responses}
        _explain(figure, [name for name in categories if name in shown], colours, event_label)
        write_note(figure, note, height=0.1 / height)
        return figure


def _draw_arms(axes: Axes, lanes: Mapping[str, Sequence[Lane]], colours: Mapping[str, str], size: float) -> None:
    row = 0.0
    for (arm, of_arm), colour in zip(lanes.items(), ARM_COLOURS, strict=False):
        axes.text(0, row + HEADING - 0.75, arm, va="bottom", color=colour, fontweight="bold")
        row += HEADING
        ordered = sorted(of_arm, key=lambda lane: -lane.length)
        places = row + np.arange(len(ordered))
        axes.barh(places, [lane.length for lane in ordered], height=0.62, color=colour, alpha=0.28, linewidth=0)
        for place, lane in zip(places, ordered, strict=True):
            _draw_marks(axes, place, lane, colours, colour, size)
        row += len(ordered)


def _draw_marks(axes: Axes, row: float, lane: Lane, colours: Mapping[str, str], colour: str, size: float) -> None:
    if lane.responses:
        until = lane.length if lane.progression is None else lane.progression
        first = min(lane.responses.values())
        axes.barh(row, until - first, left=first, height=0.62, color=colour, alpha=0.45, linewidth=0)
    for category, time in lane.responses.items():
        axes.plot(time, row, "o", color=colours[category], markersize=size, markeredgecolor=INK, markeredgewidth=0.5)
    if lane.progression is not None:
        axes.plot(lane.progression, row, "x", color=INK, markersize=size * 0.9, markeredgewidth=1.3)
    mark, share, colour = ("s", 0.75, INK) if lane.ended else (">", 0.9, colour)
    axes.plot(lane.length, row, mark, markersize=size * share, color=colour, clip_on=False, markeredgewidth=0)


def _explain(figure: Figure, shown: Sequence[str], colours: Mapping[str, str], event_label: str) -> None:
    marks = [_mark(name, marker="o", color=colours[name], markeredgecolor=INK, markeredgewidth=0.5) for name in shown]
    marks += [
        _mark("Progression", marker="x", color=INK, markeredgewidth=1.3),
        _mark(event_label, marker="s", color=INK),
        _mark("No event at last contact", marker=">", color=INK),
    ]
    columns = len(marks) if len(marks) <= MOST_IN_A_ROW else (len(marks) + 1) // 2
    place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (0.02, 1.0), "ncols": columns}
    figure.legend(handles=marks, frameon=False, fontsize=9.5, columnspacing=1.4, handletextpad=0.3, **place)


def _mark(label: str, **style: Any) -> Line2D:
    return Line2D([], [], linestyle="none", markersize=6, label=label, **style)
