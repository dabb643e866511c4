"""Figures. They draw what the statistics say and compute nothing."""

import io
import warnings

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib.figure import Figure

from smmlib.display.label_places import FONT_SIZE, WIDTH, beside_labels, kept_apart

INK, FAINT, GRID = "#1f2937", "#6b7280", "#e5e7eb"
ARM_COLOURS = ("#0b5394", "#c2571a", "#3a7d44", "#7b4ea3", "#8c6d1f", "#b0305c", "#1f8a8a", "#5a5f66")
"""One for each arm that a study can have, in the order of its arms."""
STYLE = {
    **sns.axes_style("ticks"),
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": FONT_SIZE,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "svg.fonttype": "none",
    "svg.hashsalt": "smmlib",
    # Labels are the words of a study: "$5 to $6" is a price, and no formula between two signs.
    "text.parse_math": False,
}
HEIGHT = 4.7
AXES_BOTTOM, AXES_HEIGHT, AT_RISK_ROW = 1.2455, 3.3135, 0.2253
"""Inches: the axes of curves of up to two arms, and a row of the numbers at risk; each further arm adds one."""
SEVERAL, MOST_BANDS = 3, 4
"""Arms from which on labels stand beside the axes and not beside the ends; curves up to which each has its band."""
BESIDE_AT_RISK = 0.47
"""Inches to the line above the numbers at risk of two arms, where there is room for a note of any length."""


def survival_figure(curves, risk, *, axis_times, time_label, survival_label, note, points=()):
    """Kaplan-Meier curves with bands, censor ticks, labels at their ends and the numbers at risk below the axis.

    Parameters
    ----------
    curves : sequence of SurvivalCurve
        One an arm, from one to eight.
    risk : DataFrame
        From `risk_table`, at `axis_times`.
    axis_times : sequence of float
        Ticks of the time axis, from 0.
    time_label, survival_label : str
        Labels of the axes.
    note : str
        What is said of the patients in the corner; a figure may be seen apart from its page.
    points : sequence of (ndarray, ndarray)
        Times and survival that were read from a published figure, for each curve; drawn as circles.

    Returns
    -------
    Figure
    """
    with mpl.rc_context(STYLE):
        more = AT_RISK_ROW * max(len(curves) - 2, 0)
        height = HEIGHT + more
        figure = Figure(figsize=(WIDTH, height))
        left, width, size = beside_labels([curve.arm for curve in curves])
        axes = figure.add_axes((left, (AXES_BOTTOM + more) / height, width, AXES_HEIGHT / height))
        for curve, colour in zip(curves, ARM_COLOURS, strict=False):
            _draw_curve(axes, curve, colour, with_band=len(curves) <= MOST_BANDS)
        for time, survival in points:
            axes.plot(time, survival, "o", color=INK, markersize=3.5, markerfacecolor="none", markeredgewidth=0.7)
        _label_ends(axes, curves, axis_times, size)
        axes.set(xlim=(axis_times[0], axis_times[-1]), ylim=(0, 1.02), xticks=axis_times, xlabel=time_label)
        axes.set_yticks(np.linspace(0, 1, 6), [f"{percent}%" for percent in range(0, 101, 20)])
        axes.set_ylabel(survival_label, labelpad=8)
        axes.yaxis.grid(True, color=GRID, linewidth=0.8)
        axes.set_axisbelow(True)
        sns.despine(ax=axes)
        write_risk_table(axes, curves, risk, size)
        write_note(figure, note, height=(BESIDE_AT_RISK + more) / height)
        return figure


def svg_text(figure):
    """A figure as SVG text, the same bytes each time: no date, fixed identifiers, text as text."""
    buffer = io.StringIO()
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        # Where the font lacks a letter, that of the reader draws it.
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    lines = buffer.getvalue().splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("<svg"))
    return "\n".join(line.rstrip() for line in lines[start:]) + "\n"


def _draw_curve(axes, curve, colour, *, with_band):
    time = np.concatenate([[0.0], curve.time])
    survival = np.concatenate([[1.0], curve.survival])
    if with_band:
        low, high = (np.concatenate([[np.nan], limit]) for limit in (curve.low, curve.high))
        axes.fill_between(time, low, high, step="post", color=colour, alpha=0.13, linewidth=0)
    axes.plot(time, survival, color=colour, linewidth=2, drawstyle="steps-post")
    censored = curve.censored > 0
    axes.plot(curve.time[censored], curve.survival[censored], "|", color=colour, markersize=6, markeredgewidth=1)


def _label_ends(axes, curves, axis_times, size):
    """Name each curve where it ends, or several beside the axes at that height, and keep the names apart."""
    ends = [min(curve.time[-1], axis_times[-1]) for curve in curves]
    heights = [
        float(curve.survival[np.searchsorted(curve.time, end, side="right") - 1])
        for curve, end in zip(curves, ends, strict=True)
    ]
    for curve, end, height, colour in zip(curves, ends, kept_apart(heights), ARM_COLOURS, strict=False):
        axes.text(
            (1 if len(curves) >= SEVERAL else end / axis_times[-1]) + 0.015,
            height,
            curve.arm,
            transform=axes.get_yaxis_transform(),
            color=colour,
            va="center",
            fontweight="bold",
            fontsize=size,
        )


def write_risk_table(axes, curves, risk, size):
    """The numbers at risk below the axis, a row an arm."""
    below = axes.get_xaxis_transform()
    axes.text(
        -0.045,
        -0.215,
        "At risk",
        transform=axes.transAxes,
        ha="right",
        va="center",
        color=FAINT,
        fontsize=9.5,
    )
    for row, (curve, colour) in enumerate(zip(curves, ARM_COLOURS, strict=False)):
        height = -0.215 - 0.068 * (row + 1)
        axes.text(
            -0.045,
            height,
            curve.arm,
            transform=axes.transAxes,
            ha="right",
            va="center",
            color=colour,
            fontweight="bold",
            fontsize=size,
        )
        for _, entry in risk[risk["arm"] == curve.arm].iterrows():
            axes.text(
                entry["time"],
                height,
                entry["at_risk"],
                transform=below,
                ha="center",
                va="center",
                color=colour,
            )


def write_note(figure, note, height=0.012):
    """What is said of the patients, in the corner of a figure."""
    figure.text(0.985, height, note, ha="right", va="bottom", fontsize=8.5, style="italic", color=FAINT)
