"""Best change from baseline as a bar for each patient, the largest increase first."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from smmlib.display.figures import ARM_COLOURS, FAINT, GRID, INK, STYLE, WIDTH, write_note
from smmlib.display.formatting import rounded
from smmlib.display.styles import style

HEIGHT = 4.4
HIGHEST = 100.0
"""Percent: a bar that goes further is cut, and what it is written above it."""


def waterfall_figure(
    changes: Mapping[str, Sequence[float]], *, label: str, lines: Sequence[float] = (), note: str
) -> Figure:
    """A bar for each patient, from the largest increase to the largest fall, coloured by arm.

    Parameters
    ----------
    changes : mapping of str to sequence of float
        Best change from baseline of the patients of each arm, in percent, by the label of the arm. At least one patient
        in all.
    label : str
        Label of the axis.
    lines : sequence of float
        Changes at which a dashed line is drawn: the limits of a response and of progression.
    note : str
        What is said of the patients in the corner; a figure may be seen apart from its page.

    Returns
    -------
    Figure
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = figure.add_axes((0.125, 0.075, 0.86, 0.82))
        _draw_bars(axes, changes)
        _draw_lines(axes, lines)
        axes.axhline(0, color=INK, linewidth=0.8)
        _label_axis(axes, changes, label)
        _name_arms(figure, list(changes))
        write_note(figure, note)
        return figure


def _draw_lines(axes: Axes, lines: Sequence[float]) -> None:
    """Each limit with its name where the bars leave room: falls are on the right, increases on the left."""
    for limit in lines:
        axes.axhline(limit, color=FAINT, linewidth=1, linestyle=(0, (4, 3)))
        place, side = (1, "right") if limit > 0 else (0.01, "left")
        across = axes.get_yaxis_transform()
        axes.text(place, limit, _signed(limit), color=INK, transform=across, ha=side, va="bottom")


def _draw_bars(axes: Axes, changes: Mapping[str, Sequence[float]]) -> None:
    """The bars of all arms in one order; of equal changes those of the first arm come first."""
    colour_of = dict(zip(changes, ARM_COLOURS, strict=False))
    bars = sorted(((float(change), arm) for arm in changes for change in changes[arm]), key=lambda bar: -bar[0])
    heights = np.minimum([change for change, _ in bars], HIGHEST)
    axes.bar(np.arange(len(bars)), heights, width=0.82, color=[colour_of[arm] for _, arm in bars], linewidth=0)
    for place, (change, arm) in enumerate(bars):
        if change > HIGHEST:
            text = _signed(change)
            axes.text(place, HIGHEST, text, color=colour_of[arm], ha="left", va="bottom", rotation=45, fontsize=8)
        elif change == 0:
            axes.plot(place, 0, "_", color=colour_of[arm], markersize=4, markeredgewidth=2)
    axes.set_xlim(-0.8, len(bars) - 0.2)


def _label_axis(axes: Axes, changes: Mapping[str, Sequence[float]], label: str) -> None:
    largest = max(max(values) for values in changes.values() if len(values))
    axes.set(xticks=[], ylim=(-105, min(max(largest, 25) * 1.08, HIGHEST * 1.12)))
    ticks = [tick for tick in range(-100, 101, 20) if tick <= max(largest, 20)]
    axes.set_yticks(ticks, [_signed(tick) for tick in ticks])
    axes.set_ylabel(label)
    axes.yaxis.grid(True, color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    sns.despine(ax=axes, bottom=True)


def _name_arms(figure: Figure, arms: Sequence[str]) -> None:
    patches = [mpl.patches.Patch(color=colour) for colour, _ in zip(ARM_COLOURS, arms, strict=False)]
    figure.legend(patches, arms, loc="upper left", ncols=min(len(arms), 4), frameon=False, bbox_to_anchor=(0.11, 1.0))


def _signed(percent: float) -> str:
    text = rounded(abs(percent), 0)
    sign = "" if text == "0" else style().minus if percent < 0 else "+"
    return f"{sign}{text}%"
