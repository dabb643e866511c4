"""The forest plot: the hazard or odds ratio of two arms in all patients and in each subgroup, on a logarithmic axis."""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from smmlib.display.figures import ARM_COLOURS, FAINT, INK, STYLE
from smmlib.display.formatting import DASH, MASKED, interval_text, is_masked, number_text, p_value_in_words
from smmlib.stats.results import Estimate, HypothesisTest

WIDTH, ROW_HEIGHT, LINE, HALF_A_LETTER, ABOVE_ROWS = 6.2, 0.25, 0.165, 0.05, -0.07
"""Inches: the figure, a row, a further line of text, from the middle of a row to its baseline, baseline of the head."""
HEAD, FOOT = 0.6, 1.08
"""Inches above the first row, for the names of the columns, and below the last, for the axis and its arrows."""
MARGIN = 0.012
INDENT, COUNTS, AXIS, RESULT = 0.02, (0.385, 0.497), (0.522, 0.73), 1.0
"""Columns as shares of the width: labels, right edges of the counts of both arms, the axis, right edge of the ratio."""
ARROW_ROW, ARROW = 0.5, (0.012, 0.11)
"""Inches from the last row to the arrows; their beginning and end as shares of the width from where the ratio is 1."""
LONGEST_LABEL, LONGEST_NAME, LONGEST_ARROW = 20, 12, 18
"""Characters of a label, of the name of an arm, and of the words of an arrow, before they are broken."""
TICKS: tuple[tuple[float, ...], ...] = (
    (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100),
    (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100),
    (0.01, 0.1, 1, 10, 100),
)
"""Those that are tried first stand first."""
TICK_DIGIT, BETWEEN_TICKS = 0.084, 0.03
"""Inches of a digit of a tick, of which a point takes half, and between the texts of two ticks."""
NARROWEST, WIDEST = 2.0, 10.0
"""The axis goes at least to the one ratio, and with the limits of intervals at most to the other."""
SMALLEST_MARK, LARGEST_MARK = 3.0, 8.0
SMALL = 9.5


@dataclass(frozen=True)
class ForestRow:
    """A line of a forest plot: a ratio, or the name of the variable whose subgroups follow.

    Attributes
    ----------
    label : str
    counts : tuple of tuples of Estimate
        Events and patients, of the arm and of the reference; empty in the line of a variable.
    ratio : Estimate or None
        The hazard or odds ratio; None in the line of a variable.
    interaction : HypothesisTest or None
        In the line of a variable: the test of interaction.
    is_overall : bool
        Whether it is of all patients.
    """

    label: str
    counts: tuple[tuple[Estimate, ...], ...] = ()
    ratio: Estimate | None = None
    interaction: HypothesisTest | None = None
    is_overall: bool = False


def forest_figure(
    rows: Sequence[ForestRow],
    *,
    arms: tuple[str, str],
    places: tuple[int, int],
    favourable_event: bool,
    level: str,
    note: str,
    head: tuple[str, str] = ("Hazard ratio", "Events/patients"),
) -> Figure:
    """Hazard or odds ratios of the arm relative to the reference, a line a subgroup.

    Parameters
    ----------
    rows : sequence of ForestRow
        From top to bottom.
    arms : tuple of str
        Labels of the arm and of the reference.
    places : tuple of int
        Their places among the arms of the study, which give them their colours.
    favourable_event : bool
        Whether the event is hoped for, as a response is, so that a ratio above 1 favours the arm.
    level : str
        Confidence level in words, "95%".
    note : str
        What is said of the patients in the corner.
    head : tuple of str
        What the ratio is, and what the counts are.

    Returns
    -------
    Figure
    """
    labels = [textwrap.wrap(row.label, LONGEST_LABEL) for row in rows]
    heights = [ROW_HEIGHT + LINE * (len(label) - 1) for label in labels]
    colours = tuple(ARM_COLOURS[place] for place in places)
    with mpl.rc_context(STYLE):
        figure, axes = _table(heights)
        plot = axes.inset_axes((AXIS[0], 0, AXIS[1] - AXIS[0], 1))
        _draw_axis(plot, rows, sum(heights))
        _write_head(axes, arms, colours, level, head)
        for place, (row, label) in enumerate(zip(rows, labels, strict=True)):
            middle = sum(heights[:place]) + heights[place] / 2
            _write_row(axes, row, label, middle, colours)
            _draw_ratio(plot, row, middle, _most_events(rows))
        _write_arrows(axes, plot, arms[::-1] if favourable_event else arms, sum(heights) + ARROW_ROW)
        figure.text(0.988, 0.012, note, ha="right", va="bottom", fontsize=8.5, style="italic", color=FAINT)
        return figure


def _table(heights: Sequence[float]) -> tuple[Figure, Axes]:
    """A figure, and axes whose width is 1 and whose height is counted in inches from the top, for the texts."""
    height = HEAD + sum(heights) + FOOT
    figure = Figure(figsize=(WIDTH, height))
    axes = figure.add_axes((MARGIN, FOOT / height, 1 - 2 * MARGIN, sum(heights) / height))
    axes.set(xlim=(0, 1), ylim=(sum(heights), 0))
    axes.axis("off")
    return figure, axes


def _write_head(axes: Axes, arms: tuple[str, str], colours: Sequence[str], level: str, head: tuple[str, str]) -> None:
    # the second name goes to the right, where it has room above the axis
    for at, side, name, colour in zip((COUNTS[0], COUNTS[0] + INDENT), ("right", "left"), arms, colours, strict=True):
        lines = textwrap.wrap(name, LONGEST_NAME, break_long_words=False)
        size = SMALL * min(1, LONGEST_NAME / max(map(len, lines)))
        of_arm = {"ha": side, "color": colour, "fontweight": "bold", "fontsize": size}
        _write_lines(axes, at, ABOVE_ROWS - LINE * (len(lines) - 1), lines, **of_arm)
    lines = [head[0], f"({level} CI)"]
    _write_lines(axes, RESULT, ABOVE_ROWS - LINE, lines, ha="right", fontweight="bold", fontsize=SMALL)
    _write_lines(axes, 0, ABOVE_ROWS, [head[1]], color=FAINT, fontsize=SMALL)
    axes.plot([0, 1], [0, 0], color=INK, linewidth=1, clip_on=False)


def _write_lines(axes: Axes, left: float, first: float, lines: Sequence[str], **options: Any) -> None:
    """Lines one by one: of one text, lines are aligned by the widths of a font that the page does not have."""
    for place, line in enumerate(lines):
        axes.text(left, first + LINE * place, line, va="baseline", **options)


def _write_row(axes: Axes, row: ForestRow, lines: Sequence[str], middle: float, colours: Sequence[str]) -> None:
    is_subgroup = row.ratio is not None and not row.is_overall
    weight, baseline = "normal" if is_subgroup else "bold", middle + HALF_A_LETTER
    first = baseline - LINE * (len(lines) - 1) / 2
    _write_lines(axes, INDENT if is_subgroup else 0, first, lines, fontweight=weight)
    for right, counts, colour in zip(COUNTS, row.counts, colours, strict=False):
        _write_lines(axes, right, baseline, [_counts_text(counts)], ha="right", color=colour)
    if row.ratio is not None:
        _write_lines(axes, RESULT, baseline, [_ratio_text(row.ratio)], ha="right", fontweight=weight)
    elif row.interaction is not None:
        words = [f"interaction, {_p_text(row.interaction)}"]
        _write_lines(axes, RESULT, baseline, words, ha="right", color=FAINT, fontsize=SMALL)


def _counts_text(counts: Sequence[Estimate]) -> str:
    """Events and patients; where one of the two is masked a dash, for the word has no room beside the other."""
    if all(map(is_masked, counts)):
        return MASKED
    return "/".join(DASH if is_masked(count) else number_text(count.value, count.unit) for count in counts)


def _ratio_text(ratio: Estimate) -> str:
    value, interval = number_text(ratio.value, ratio.unit), interval_text(ratio)
    return f"{value} ({interval})" if interval else value


def _p_text(test: HypothesisTest) -> str:
    if is_masked(test) or math.isnan(test.p_value):
        return "masked" if is_masked(test) else "not estimable"
    return p_value_in_words(test.p_value)


def _draw_axis(plot: Axes, rows: Sequence[ForestRow], height: float) -> None:
    low, high = _ends(rows)
    plot.set_xscale("log")
    plot.set(xlim=(low, high), ylim=(height, 0), yticks=[])
    ticks = _ticks(low, high)
    plot.set_xticks(ticks, [f"{tick:g}" for tick in ticks], fontsize=SMALL)
    plot.xaxis.set_minor_locator(NullLocator())
    plot.patch.set_alpha(0)
    plot.spines[["left", "right", "top"]].set_visible(False)
    plot.axvline(1, color=FAINT, linewidth=1)
    for row in rows:
        if row.is_overall and row.ratio is not None and row.ratio.value > 0:
            plot.axvline(row.ratio.value, color=FAINT, linewidth=0.9, linestyle=(0, (2, 3)), zorder=0)


def _ends(rows: Sequence[ForestRow]) -> tuple[float, float]:
    """Both ends of the axis: all estimates lie inside, and limits as far as the widest ratio."""
    ratios = [row.ratio for row in rows if row.ratio is not None and row.ratio.value > 0]
    limits = [limit for ratio in ratios for limit in (ratio.low, ratio.high) if limit > 0]
    shown = [min(max(limit, 1 / WIDEST), WIDEST) for limit in limits] + [ratio.value for ratio in ratios]
    return min([1 / NARROWEST, *shown]) / 1.15, max([NARROWEST, *shown]) * 1.15


def _ticks(low: float, high: float) -> list[float]:
    """Ticks inside the axis that do not touch one another: by 1, 2 and 5, by 1 and 3, or the powers of ten alone."""
    span = math.log(high / low)
    choices = ([tick for tick in ticks if low <= tick <= high] for ticks in TICKS)
    return next((ticks for ticks in choices if _are_apart(ticks, span)), [1.0])


def _are_apart(ticks: Sequence[float], span: float) -> bool:
    """Whether the texts of ticks, which stand above their middle, have a gap between them."""
    axis = (AXIS[1] - AXIS[0]) * (1 - 2 * MARGIN) * WIDTH
    return all(
        (_tick_width(left) + _tick_width(right)) / 2 + BETWEEN_TICKS <= math.log(right / left) / span * axis
        for left, right in pairwise(ticks)
    )


def _tick_width(tick: float) -> float:
    text = f"{tick:g}"
    return (len(text) - text.count(".") / 2) * TICK_DIGIT


def _most_events(rows: Sequence[ForestRow]) -> float:
    """Events of the largest subgroup; all patients have a mark of their own."""
    subgroups = [row.ratio.events for row in rows if row.ratio is not None and not row.is_overall]
    return max([1.0, *(float(events) for events in subgroups if not math.isnan(events))])


def _draw_ratio(plot: Axes, row: ForestRow, middle: float, most_events: float) -> None:
    """The interval, with an arrow where it goes beyond the axis, and on it a square as large as its events are many."""
    ratio, (left, right) = row.ratio, plot.get_xlim()
    if ratio is None or not ratio.value > 0:
        return
    goes_on = not ratio.low >= left, not ratio.high <= right
    ends = left if goes_on[0] else ratio.low, right if goes_on[1] else ratio.high
    plot.plot(ends, (middle, middle), color=INK, linewidth=1.3, solid_capstyle="butt")
    for end, beyond, mark in zip(ends, goes_on, "<>", strict=True):
        if beyond:
            plot.plot(end, middle, mark, color=INK, markersize=4.5, clip_on=False)
    if row.is_overall:
        plot.plot(ratio.value, middle, "D", color=INK, markersize=LARGEST_MARK)
        return
    share = 0.0 if math.isnan(ratio.events) else math.sqrt(ratio.events / most_events)
    plot.plot(ratio.value, middle, "s", color=INK, markersize=max(SMALLEST_MARK, LARGEST_MARK * share))


def _write_arrows(axes: Axes, plot: Axes, better: tuple[str, str], row: float) -> None:
    """Below the axis, which arm each side of 1 favours: on the left the first."""
    low, high = map(math.log, plot.get_xlim())
    one = AXIS[0] + (AXIS[1] - AXIS[0]) * -low / (high - low)
    for arm, side, towards in ((better[0], "right", -1), (better[1], "left", 1)):
        begin, end = (one + towards * share for share in ARROW)
        arrow = {"arrowstyle": "->", "color": INK, "linewidth": 1, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", (end, row), xytext=(begin, row), annotation_clip=False, arrowprops=arrow)
        words = textwrap.wrap(f"favours {arm}", LONGEST_ARROW)
        _write_lines(axes, begin, row + LINE, words, ha=side, fontsize=SMALL)
