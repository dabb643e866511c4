"""The spread of an ensemble: what the published numbers pin down, and what they leave open."""

import math
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from smmlib.display.figures import ARM_COLOURS, FAINT, GRID, INK, STYLE
from smmlib.display.formatting import number_text, range_text

WIDTH, ENDPOINT_HEIGHT, MARGIN = 10.0, 3.7, 0.45
DOTS_PER_INCH, COLOURS = 110, 128
RATIO_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20)
GOLDEN = 0.618034
MADE_BY = ("Software", "smmlib")
HALO = [withStroke(linewidth=3, foreground="white")]


@dataclass(frozen=True)
class Strip:
    """One number in every cohort, and what was published of it.

    Attributes
    ----------
    label : str
    values : ndarray, shape (cohorts,)
        NaN where not estimable.
    unit : str
    published : tuple of float, or None
        Value and limits as printed; limits NaN where none were.
    """

    label: str
    values: np.ndarray
    unit: str
    published: tuple | None = None


@dataclass(frozen=True, eq=False)
class EndpointSpread:
    """One endpoint in every cohort.

    Attributes
    ----------
    label, curve_label, time_label : str
        Of the endpoint and of the axes.
    arms : tuple of str
        The arm, then the reference.
    curves : tuple of list of SurvivalCurve
        Of each arm, one a cohort.
    points : tuple of list of (float, float, str)
        Of each arm the published points of its curve: time, survival, and as printed.
    ratios : list of Strip
        Hazard ratios, drawn on one axis.
    mean : Strip
        Difference of restricted mean survival.
    """

    label: str
    curve_label: str
    time_label: str
    arms: tuple
    curves: tuple
    points: tuple
    ratios: list
    mean: Strip


def ensemble_figure(spreads, *, axis_times, note):
    """Every cohort's curves under the published points, and beside them numbers that were published and others.

    Parameters
    ----------
    spreads : sequence of EndpointSpread
    axis_times : sequence of float
        Ticks of the time axis, from 0.
    note : str
        What is said of the cohorts below.

    Returns
    -------
    Figure
    """
    height = ENDPOINT_HEIGHT * len(spreads) + MARGIN
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, height), dpi=DOTS_PER_INCH)
        for row, spread in enumerate(spreads):
            bottom = (MARGIN + ENDPOINT_HEIGHT * (len(spreads) - 1 - row)) / height
            unit = ENDPOINT_HEIGHT / height
            _draw_curves(figure.add_axes((0.07, bottom + 0.12 * unit, 0.44, 0.76 * unit)), spread, axis_times)
            _draw_ratios(figure.add_axes((0.635, bottom + 0.4 * unit, 0.235, 0.48 * unit)), spread)
            _draw_mean(figure.add_axes((0.635, bottom + 0.12 * unit, 0.235, 0.12 * unit)), spread.mean)
        figure.text(0.07, 0.16 / height, note, va="bottom", fontsize=8.5, style="italic", color=FAINT)
        return figure


def write_png(figure, file):
    """Write a figure as PNG of few colours, without a clock or a version; it says what made it."""
    canvas = FigureCanvasAgg(figure)
    with mpl.rc_context(STYLE):
        canvas.draw()
    whole = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    made_by = PngInfo()
    made_by.add_text(*MADE_BY)
    few_colours = whole.quantize(COLOURS, dither=Image.Dither.NONE)
    few_colours.save(file, format="png", optimize=True, pnginfo=made_by)


def is_such_png(file):
    """Whether a file is a PNG that `write_png` wrote."""
    name, program = MADE_BY
    try:
        with Image.open(file, formats=["PNG"]) as image:
            return image.info.get(name) == program
    except (OSError, ValueError, SyntaxError):
        return False


def _draw_curves(axes, spread, axis_times):
    for curves, colour in zip(spread.curves, ARM_COLOURS, strict=False):
        for curve in curves:
            time, survival = np.r_[0.0, curve.time], np.r_[1.0, curve.survival]
            axes.plot(time, survival, drawstyle="steps-post", color=colour, alpha=0.12, linewidth=0.7)
    for points, colour in zip(spread.points, ARM_COLOURS, strict=False):
        for time, survival, printed in points:
            axes.plot(time, survival, "o", markersize=7, markerfacecolor="white", color=colour, markeredgewidth=1.8)
            axes.annotate(
                printed,
                (time, survival),
                xytext=(7, 7),
                textcoords="offset points",
                color=colour,
                fontweight="bold",
                path_effects=HALO,
            )
    axes.set(xlim=(axis_times[0], axis_times[-1]), ylim=(0, 1.02), xticks=axis_times, xlabel=spread.time_label)
    axes.set_yticks(np.linspace(0, 1, 6), [f"{percent}%" for percent in range(0, 101, 20)])
    axes.yaxis.grid(True, color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set_title(spread.curve_label, loc="left", fontsize=10.5, fontweight="bold", pad=9)
    sns.despine(ax=axes)
    _label_arms(axes, spread, axis_times[-1])


def _label_arms(axes, spread, last):
    """Each arm's name at the right end of its curves."""
    for arm, curves, colour in zip(spread.arms, spread.curves, ARM_COLOURS, strict=False):
        ends = [curve.survival[np.searchsorted(curve.time, last, side="right") - 1] for curve in curves]
        height = float(np.median(ends))
        axes.text(1.01, height, arm, transform=axes.get_yaxis_transform(), color=colour, va="center", fontweight="bold")


def _draw_ratios(axes, spread):
    ends = [1.0, *(end for strip in spread.ratios for end in _extent(strip) if end > 0)]
    low, high = min(ends) / 1.2, max(ends) * 1.2
    axes.axvline(1, color=FAINT, linewidth=0.8)
    for row, strip in enumerate(spread.ratios):
        _draw_strip(axes, row, strip)
    axes.set(xscale="log", xlim=(low, high), ylim=(len(spread.ratios) - 0.45, -0.75), yticks=[])
    ticks = [tick for tick in RATIO_TICKS if low <= tick <= high]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    words = f"Hazard ratio, {spread.arms[0]} relative to {spread.arms[1]}"
    axes.set_title(words, loc="left", fontsize=10.5, fontweight="bold", pad=9)
    sns.despine(ax=axes, left=True)


def _draw_mean(axes, strip):
    low, high = _extent(strip)
    room = max(high - low, 0.2) * 0.6
    _draw_strip(axes, 0, strip)
    axes.set(xlim=(low - room, high + room), ylim=(0.45, -0.75), yticks=[])
    axes.xaxis.set_major_locator(MaxNLocator(4))
    sns.despine(ax=axes, left=True)


def _draw_strip(axes, row, strip):
    """A dot a cohort; over them what was published, if it was. The label says which, and how wide the dots lie."""
    values = strip.values[np.isfinite(strip.values)]
    heights = row + 0.36 * (np.arange(len(values)) * GOLDEN % 1 - 0.5)
    colour = INK if strip.published else FAINT
    axes.plot(values, heights, "o", markersize=2.6, color=colour, alpha=0.25, markeredgewidth=0)
    if strip.published:
        value, low, high = strip.published
        axes.plot([low, high], [row, row], color=INK, linewidth=1.4)
        axes.plot(value, row, "o", markersize=7, markerfacecolor="white", color=INK, markeredgewidth=1.8)
    weight = "bold" if strip.published else "normal"
    for place, height, text in ((0.0, row - 0.3, _words(strip)), (1.04, row, _range_words(strip))):
        axes.text(
            place,
            height,
            text,
            transform=axes.get_yaxis_transform(),
            va="center" if place else "bottom",
            fontsize=9,
            color=colour,
            fontweight=weight,
            path_effects=HALO,
        )


def _words(strip):
    if not strip.published:
        return strip.label
    value, low, high = (number_text(part, strip.unit, missing="") for part in strip.published)
    return f"{strip.label}, published {value} ({low} to {high})" if low else f"{strip.label}, published {value}"


def _range_words(strip):
    found = strip.values[np.isfinite(strip.values)]
    low, high = (found.min(), found.max()) if len(found) else (math.nan, math.nan)
    return range_text(low, high, strip.unit, some_missing=len(found) < len(strip.values))


def _extent(strip):
    """The lowest and the highest that a strip shows."""
    shown = [*strip.values, *(strip.published or ())]
    finite = [value for value in shown if math.isfinite(value)]
    return (min(finite), max(finite)) if finite else (math.nan, math.nan)
