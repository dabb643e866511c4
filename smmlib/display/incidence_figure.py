"""Cumulative incidence of the event and of what competes with it, by arm."""

from collections.abc import Sequence
from textwrap import fill

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from smmlib.display.figures import (
    ARM_COLOURS,
    AT_RISK_ROW,
    AXES_BOTTOM,
    AXES_HEIGHT,
    BESIDE_AT_RISK,
    FAINT,
    GRID,
    HEIGHT,
    STYLE,
    write_note,
    write_risk_table,
)
from smmlib.display.label_places import WIDTH, beside_labels, kept_apart
from smmlib.stats.results import CumulativeIncidenceCurve

LONGEST_LINE, LEGEND_LINE = 56, 0.24
"""Letters that a line of the legend has room for, and inches that it takes."""
SOLID, DASHED = "solid", (0, (4, 2))


def incidence_figure(
    pairs: Sequence[tuple[CumulativeIncidenceCurve, CumulativeIncidenceCurve]],
    risk: pd.DataFrame,
    *,
    axis_times: Sequence[float],
    time_label: str,
    causes: Sequence[str],
    note: str,
) -> Figure:
    """Cumulative incidence of the event as a line, of competing events dashed, with the numbers at risk below.

    Parameters
    ----------
    pairs : sequence of (CumulativeIncidenceCurve, CumulativeIncidenceCurve)
        Of each arm, one to eight, the curve of the event and that of competing events; where an incidence is NaN,
        nothing is drawn.
    risk : DataFrame
        From `risk_table`, at `axis_times`.
    axis_times : sequence of float
        Ticks of the time axis, from 0.
    time_label : str
        Label of the time axis.
    causes : sequence of str
        The event, and what competes with it, for the legend.
    note : str
        What is said of the patients in the corner.

    Returns
    -------
    Figure
    """
    with mpl.rc_context(STYLE):
        legend = [fill(f"{cause[:1].upper()}{cause[1:]}", LONGEST_LINE) for cause in causes]
        lines = 1 if _fit_beside(legend) else sum(1 + text.count("\n") for text in legend)
        more = AT_RISK_ROW * max(len(pairs) - 2, 0)
        height = HEIGHT + more + LEGEND_LINE * lines
        figure = Figure(figsize=(WIDTH, height))
        events = [event for event, _ in pairs]
        left, width, size = beside_labels([curve.arm for curve in events])
        axes = figure.add_axes((left, (AXES_BOTTOM + more) / height, width, AXES_HEIGHT / height))
        for curves, colour in zip(pairs, ARM_COLOURS, strict=False):
            for curve, style in zip(curves, (SOLID, DASHED), strict=True):
                _draw(axes, curve, colour, style)
        axes.set(xlim=(axis_times[0], axis_times[-1]), ylim=(0, 1.02), xticks=axis_times, xlabel=time_label)
        axes.set_yticks(np.linspace(0, 1, 6), [f"{percent}%" for percent in range(0, 101, 20)])
        axes.set_ylabel("Cumulative incidence", labelpad=8)
        axes.yaxis.grid(True, color=GRID, linewidth=0.8)
        axes.set_axisbelow(True)
        sns.despine(ax=axes)
        _name(axes, events, axis_times[-1], size)
        _write_legend(axes, legend)
        write_risk_table(axes, events, risk, size)
        write_note(figure, note, height=(BESIDE_AT_RISK + more) / height)
        return figure


def _draw(axes: Axes, curve: CumulativeIncidenceCurve, colour: str, style: object) -> None:
    time, incidence = np.append(0.0, curve.time), np.append(0.0, curve.incidence)
    axes.plot(time, incidence, color=colour, linewidth=2, linestyle=style, drawstyle="steps-post")


def _name(axes: Axes, curves: Sequence[CumulativeIncidenceCurve], last: float, size: float) -> None:
    """Name each curve of the event that is drawn beside the axes, at the height at which it ends, names kept apart."""
    heights = [float(np.append(0.0, curve.incidence[curve.time <= last])[-1]) for curve in curves]
    drawn = [place for place, height in enumerate(heights) if not np.isnan(height)]
    for place, height in zip(drawn, kept_apart([heights[place] for place in drawn]), strict=True):
        axes.text(
            1.015,
            height,
            curves[place].arm,
            transform=axes.get_yaxis_transform(),
            color=ARM_COLOURS[place],
            va="center",
            fontweight="bold",
            fontsize=size,
        )


def _fit_beside(legend: Sequence[str]) -> bool:
    """Whether both entries of the legend have room in one line."""
    return sum(map(len, legend)) <= LONGEST_LINE and not any("\n" in text for text in legend)


def _write_legend(axes: Axes, legend: Sequence[str]) -> None:
    """Which line is which cause, in a colour of no arm, above the axes."""
    lines = [
        axes.plot([], [], color=FAINT, linewidth=2, linestyle=style, label=text)[0]
        for style, text in zip((SOLID, DASHED), legend, strict=True)
    ]
    columns = 2 if _fit_beside(legend) else 1
    axes.legend(
        handles=lines,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=columns,
        frameon=False,
        borderaxespad=0.2,
        handlelength=2.6,
        columnspacing=2.0,
    )
