"""Cumulative incidence of the event and of what competes with it, by arm."""

from collections.abc import Sequence

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

SOLID, DASHED = "solid", (0, (4, 2))


def incidence_figure(
    pairs: Sequence[tuple[CumulativeIncidenceCurve, CumulativeIncidenceCurve]],
    risk: pd.DataFrame,
    *,
    axis_times: Sequence[float],
    time_label: str,
    causes: tuple[str, str],
    note: str,
) -> Figure:
    """Cumulative incidence of the event as a line, of competing events dashed, with the numbers at risk below.

    Parameters
    ----------
    pairs : sequence of (CumulativeIncidenceCurve, CumulativeIncidenceCurve)
        Of each arm, one to eight, the curve of the event and that of competing events.
    risk : DataFrame
        From `risk_table`, at `axis_times`.
    axis_times : sequence of float
        Ticks of the time axis, from 0.
    time_label : str
        Label of the time axis.
    causes : (str, str)
        The event, and what competes with it, for the legend.
    note : str
        What is said of the patients in the corner.

    Returns
    -------
    Figure
    """
    with mpl.rc_context(STYLE):
        more = AT_RISK_ROW * max(len(pairs) - 2, 0)
        height = HEIGHT + more
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
        _write_legend(axes, causes)
        write_risk_table(axes, events, risk, size)
        write_note(figure, note, height=(BESIDE_AT_RISK + more) / height)
        return figure


def _draw(axes: Axes, curve: CumulativeIncidenceCurve, colour: str, style: object) -> None:
    time, incidence = np.append(0.0, curve.time), np.append(0.0, curve.incidence)
    axes.plot(time, incidence, color=colour, linewidth=2, linestyle=style, drawstyle="steps-post")


def _name(axes: Axes, curves: Sequence[CumulativeIncidenceCurve], last: float, size: float) -> None:
    """Name each curve of the event beside the axes, at the height at which it ends, and keep the names apart."""
    heights = [float(np.append(0.0, curve.incidence[curve.time <= last])[-1]) for curve in curves]
    for curve, height, colour in zip(curves, kept_apart(heights), ARM_COLOURS, strict=False):
        place = axes.get_yaxis_transform()
        axes.text(
            1.015, height, curve.arm, transform=place, color=colour, va="center", fontweight="bold", fontsize=size
        )


def _write_legend(axes: Axes, causes: tuple[str, str]) -> None:
    """Which line is which cause, in a colour of no arm, where curves begin."""
    lines = [
        axes.plot([], [], color=FAINT, linewidth=2, linestyle=style, label=cause)[0]
        for style, cause in zip((SOLID, DASHED), causes, strict=True)
    ]
    axes.legend(handles=lines, loc="upper left", frameon=False)
