"""Response as bars: a bar a visit and arm, best category first."""

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib.figure import Figure

from smmlib.display.figures import ARM_COLOURS, FAINT, INK, STYLE, WIDTH, write_note
from smmlib.display.formatting import MASKED, is_masked

RESPONSE_COLOURS = ("#08306b", "#1c5a9c", "#4a8ac4", "#93bfe0")
"""From the best category that is a response to the last."""
OTHER_COLOURS = ("#d3d7dd", "#b4bac3", "#8b929d")
"""From the best category that is no response to the last that is evaluable."""
NOT_EVALUABLE, NOT_EVALUABLE_COLOUR = "NE", "#eceef1"
DARK = 0.58
"""Brightness below which a colour takes white letters."""
LETTER, NARROWEST = 0.0105, 0.035
"""Share of the bar that a letter takes, and that a part must have to be written in."""
HEADING = 0.4
"""Height of the line above the bars of a visit, in bars."""


def response_figure(bars, *, responders, note):
    """Response as one bar a visit, or a visit and arm, best category first, with the counts written in it.

    Parameters
    ----------
    bars : sequence of tuple of str, mapping of str to Estimate, str
        Label of the visit, the count of each category, and what to write at the end of the bar. Bars of one visit stand
        together; where they are of several arms, each is named by the arm that its counts carry.
    responders : sequence of str
        Categories that count as a response: they are blue, the others grey.
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
        _draw_bars(axes, bars, arms, category_colours(list(bars[0][1]), responders))
        axes.set(xlim=(0, 1), ylim=(rows - 0.6, -0.68), yticks=[])
        axes.set_xticks(np.linspace(0, 1, 6), [f"{percent}%" for percent in range(0, 101, 20)])
        sns.despine(ax=axes, left=True)
        write_note(figure, note)
        return figure


def _arm_of(counts):
    """The arm that counts carry."""
    return next(iter(counts.values())).arm


def category_colours(categories, responders):
    """A colour for each category, best first: blues for responses, greys for the others, none for not evaluable."""
    others = [name for name in categories if name not in (*responders, NOT_EVALUABLE)]
    responses = [name for name in categories if name in responders]
    of_responses = dict(zip(responses, _spread(RESPONSE_COLOURS, len(responses)), strict=True))
    of_others = dict(zip(others, _spread(OTHER_COLOURS, len(others)), strict=True))
    return of_responses | of_others | {NOT_EVALUABLE: NOT_EVALUABLE_COLOUR}


def _spread(colours, number):
    """So many colours from the first to the last of some; of fewer than there are, those at even steps."""
    if number == 1:
        return colours[1:2]
    ramp = mpl.colors.LinearSegmentedColormap.from_list("", colours)
    return [mpl.colors.to_hex(ramp(place / (number - 1))) for place in range(number)]


def takes_white(colour):
    """Whether white letters are read on a colour better than dark ones."""
    red, green, blue = mpl.colors.to_rgb(colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue < DARK


def _draw_bars(axes, bars, arms, colours):
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
        _draw_bar(axes, row, counts, colours)
        row, before = row + 1, visit


def _written_in(width, category, count):
    """The category and its count, the count alone where only that fits, or nothing."""
    if width <= NARROWEST:
        return ""
    return f"{category}\n{count}" if len(category) <= 4 or width > LETTER * len(category) else count


def _draw_bar(axes, row, counts, colours):
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
            color=colours[category],
            edgecolor="white",
            linewidth=1.2,
        )
        text = _written_in(width, category, f"{count.value:.0f}")
        axes.text(
            left + width / 2,
            row,
            text,
            ha="center",
            va="center",
            color="white" if takes_white(colours[category]) else INK,
            fontsize=9,
            linespacing=1.3,
        )
        left += width
    if any(is_masked(count) for count in counts.values()):
        axes.barh(row, 1 - left, left=left, height=0.52, color="white", edgecolor=FAINT, hatch="///", linewidth=0.6)
        axes.text((1 + left) / 2, row, MASKED, ha="center", va="center", fontsize=9, backgroundcolor="white")
