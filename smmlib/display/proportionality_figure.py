"""Whether hazards are proportional, as a picture: the logarithm of the cumulative hazard over that of time."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from smmlib.display.figures import ARM_COLOURS, GRID, STYLE, write_note
from smmlib.display.label_places import WIDTH, beside_labels, kept_apart
from smmlib.stats.results import SurvivalCurve

HEIGHT, YLABEL = 3.9, 0.1


def proportionality_figure(
    curves: Sequence[SurvivalCurve], *, axis_times: Sequence[float], time_label: str, note: str
) -> Figure:
    """Logarithm of the cumulative hazard of each arm; curves of proportional hazards are a constant distance apart.

    Parameters
    ----------
    curves : sequence of SurvivalCurve
        One an arm, from one to eight.
    axis_times : sequence of float
        Those above 0 are the ticks of the time axis, whose scale is logarithmic.
    time_label : str
        Label of the time axis.
    note : str
        What is said of the patients in the corner.

    Returns
    -------
    Figure
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, HEIGHT))
        left, width, size = beside_labels([curve.arm for curve in curves])
        axes = figure.add_axes((YLABEL, 0.17, left + width - YLABEL, 0.79))
        ends = [_draw(axes, *_log_minus_log(curve), colour) for curve, colour in zip(curves, ARM_COLOURS, strict=False)]
        ticks = _ticks(axes.dataLim.x0, [time for time in axis_times if time > 0])
        axes.set_xscale("log")
        axes.set_xticks(ticks, [f"{time:g}" for time in ticks])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xlim(right=ticks[-1])
        axes.set(xlabel=time_label, ylabel="log(−log survival)")
        axes.yaxis.grid(True, color=GRID, linewidth=0.8)
        axes.set_axisbelow(True)
        sns.despine(ax=axes)
        _name(axes, curves, ends, size)
        write_note(figure, note)
        return figure


def _ticks(first: float, times: Sequence[float]) -> list[float]:
    """The times of the axis, and powers of ten before them from the first time that is drawn."""
    powers = [10.0**power for power in range(-9, 9)]
    return [power for power in powers if first <= power <= times[0] / 2] + list(times)


def _log_minus_log(curve: SurvivalCurve) -> tuple[np.ndarray, np.ndarray]:
    """Times above 0 at which survival is neither 0 nor 1, and the logarithm of minus its logarithm."""
    inside = (curve.time > 0) & (curve.survival > 0) & (curve.survival < 1)
    return curve.time[inside], np.log(-np.log(curve.survival[inside]))


def _draw(axes: Axes, time: np.ndarray, level: np.ndarray, colour: str) -> float:
    """Draw a curve, and give the level at its end; NaN where there is none."""
    axes.plot(time, level, color=colour, linewidth=2, drawstyle="steps-post")
    return float(level[-1]) if len(level) else np.nan


def _name(axes: Axes, curves: Sequence[SurvivalCurve], ends: Sequence[float], size: float) -> None:
    """Name each curve beside its end, right of the axes, and keep the names apart."""
    low, high = axes.get_ylim()
    drawn = [place for place, end in enumerate(ends) if not np.isnan(end)]
    heights = kept_apart([(ends[place] - low) / (high - low) for place in drawn])
    for place, height in zip(drawn, heights, strict=True):
        axes.text(
            1.015,
            height,
            curves[place].arm,
            transform=axes.transAxes,
            color=ARM_COLOURS[place],
            va="center",
            fontweight="bold",
            fontsize=size,
        )
