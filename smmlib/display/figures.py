"""Figures. They draw what the statistics say and compute nothing."""

import io
import warnings

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib.figure import Figure

from smmlib.display.formatting import MASKED, is_masked
from smmlib.display.label_places import FONT_SIZE, WIDTH, beside_labels, kept_apart

INK, FAINT, GRID = "#1f2937", "#6b7280", "#e5e7eb"
ARM_COLOURS = ("#0b5394", "#c2571a", "#3a7d44", "#7b4ea3", "#8c6d1f", "#b0305c", "#1f8a8a", "#5a5f66")
"""One for each arm that a study can have, in the order of its arms."""
RESPONSE_COLOURS = {
    "sCR": "#08306b",
    "CR": "#1c5a9c",
    "VGPR": "#4a8ac4",
    "PR": "#93bfe0",
    "MR": "#d3d7dd",
    "SD": "#b4bac3",
    "PD": "#8b929d",
    "NE": "#eceef1",
}
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
HEADING = 0.4
"""Height of the line above the bars of a visit, in bars."""
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


def response_figure(bars, *, note):
    """Response as one bar a visit, or a visit and arm, best category first, with the counts written in it.

    Parameters
    ----------
    bars : sequence of tuple of str, mapping of str to Estimate, str
        Label of the visit, the count of each category, and what to write at the end of the bar. Bars of one visit stand
        together; where they are of two arms, each is named by the arm that its counts carry.
    note : str
        What is said of the patients in the corner.

    Returns
    -------
    Figure
    """
    arms = list(dict.fromkeys(_arm_of(counts) for _, counts, _ in bars))
    headings = len(dict.fromkeys(visit for visit, _, _ in bars)) if len(arms) > 1 else 0
    rows = len(bars) + HEADING * headings
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 0.7 + 0.95 * rows))
        bottom = 0.19 * 2.6 / figure.get_figheight()
        axes = figure.add_axes((0.03, bottom, 0.93, 0.99 - bottom))
        _draw_bars(axes, bars, arms)
        axes.set(xlim=(0, 1), ylim=(rows - 0.6, -0.68), yticks=[])
        axes.set_xticks(np.linspace(0, 1, 6), [f"{percent}%" for percent in range(0, 101, 20)])
        sns.despine(ax=axes, left=True)
        write_note(figure, note)
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
    figure.text(0.985, height, note, ha="right", va="bottom", fontsize=8.5, style="italic", color=FAINT)


def _arm_of(counts):
    """The arm that counts carry."""
    return next(iter(counts.values())).arm


def _draw_bars(axes, bars, arms):
    """The bars from top to bottom, each under its name: the visit, or the arm under the heading of the visit."""
    row, before = 0.0, None
    for visit, counts, rate in bars:
        colour = ARM_COLOURS[arms.index(_arm_of(counts))]
        if len(arms) > 1 and visit != before:
            axes.text(0, row - 0.36, visit, va="bottom", fontweight="bold")
            row += HEADING
        name = {"s": _arm_of(counts), "color": colour} if len(arms) > 1 else {"s": visit}
        axes.text(0, row - 0.36, va="bottom", fontweight="bold", **name)
        axes.text(1, row - 0.36, rate, va="bottom", ha="right", color=colour, fontweight="bold")
        _draw_bar(axes, row, counts)
        row, before = row + 1, visit


def _draw_bar(axes, row, counts):
    left = 0.0
    for category, count in counts.items():
        if not count.value or is_masked(count):
            continue
        width = count.value / count.n
        axes.barh(
            row,
            width,
            left=left,
            height=0.52,
            color=RESPONSE_COLOURS[category],
            edgecolor="white",
            linewidth=1.2,
        )
        dark = category in ("sCR", "CR", "VGPR", "PD")
        text = f"{category}\n{count.value:.0f}" if width > 0.035 else ""
        axes.text(
            left + width / 2,
            row,
            text,
            ha="center",
            va="center",
            color="white" if dark else INK,
            fontsize=9,
            linespacing=1.3,
        )
        left += width
    if any(is_masked(count) for count in counts.values()):
        axes.barh(row, 1 - left, left=left, height=0.52, color="white", edgecolor=FAINT, hatch="///", linewidth=0.6)
        axes.text((1 + left) / 2, row, MASKED, ha="center", va="center", fontsize=9, backgroundcolor="white")
