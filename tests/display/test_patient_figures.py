"""Figures of single patients: which bars and lanes they have, in which order, and what is written."""

from xml.etree import ElementTree

import pytest
from matplotlib.colors import to_hex

from smmlib.display.figures import ARM_COLOURS, svg_text
from smmlib.display.swimmer_figure import Lane, swimmer_figure
from smmlib.display.waterfall_figure import waterfall_figure

pytestmark = pytest.mark.by_hand

CHANGES = {"New": [-100.0, 12.0, -31.0], "Old": [25.0, -5.0]}
LANES = {
    "New": [Lane(3.0, True, {"PR": 1.0, "CR": 2.0}, 2.5), Lane(9.0, False)],
    "Old": [Lane(5.0, False, {}, 4.0)],
}
WORDS = {"categories": ["CR", "PR", "SD", "PD", "NE"], "responders": ["CR", "PR"], "event_label": "Death"}


def texts(figure):
    return [node.text for node in ElementTree.fromstring(svg_text(figure)).iter() if node.tag.endswith("text")]


def bars(figure):
    return [(round(bar.get_height(), 6), to_hex(bar.get_facecolor())) for bar in figure.axes[0].patches]


def test_bars_fall_from_the_largest_increase_in_the_colour_of_their_arm():
    new, old = ARM_COLOURS[:2]
    figure = waterfall_figure(CHANGES, label="Change", note="Synthetic")
    assert bars(figure) == [(25, old), (12, new), (-5, old), (-31, new), (-100, new)]


def test_lines_are_drawn_and_named_where_they_are_asked_for():
    figure = waterfall_figure(CHANGES, label="Change", lines=(-30, 20), note="Synthetic patients")
    dashed = [line.get_ydata()[0] for line in figure.axes[0].lines if line.get_linestyle() == "--"]
    assert sorted(dashed) == [-30, 20]
    assert {"−30%", "+20%", "New", "Old", "Change", "Synthetic patients"} <= set(texts(figure))
    assert "−30%" not in texts(waterfall_figure(CHANGES, label="Change", note=""))


def test_an_increase_beyond_the_axis_is_cut_and_written():
    figure = waterfall_figure({"New": [240.4, -10.0]}, label="Change", note="")
    assert bars(figure)[0][0] == 100
    assert "+240%" in texts(figure)
    assert figure.axes[0].get_ylim()[1] == pytest.approx(112)


def test_lanes_are_by_arm_the_longest_first_with_response_until_progression():
    axes = swimmer_figure(LANES, time_label="Months", note="", **WORDS).axes[0]
    assert [bar.get_width() for bar in axes.patches] == [9, 3, 2.5 - 1, 5]
    assert [bar.get_x() for bar in axes.patches] == [0, 0, 1, 0]
    marks = [(line.get_marker(), line.get_xdata()[0]) for line in axes.lines]
    assert marks == [(">", 9), ("o", 1), ("o", 2), ("x", 2.5), ("s", 3), ("x", 4), (">", 5)]


def test_the_legend_names_what_is_drawn_and_no_category_that_nobody_had():
    shown = texts(swimmer_figure(LANES, time_label="Months", note="Synthetic patients", **WORDS))
    assert {"New", "Old", "CR", "PR", "Progression", "Death", "No event at last contact", "Months"} <= set(shown)
    assert not {"SD", "PD", "NE"} & set(shown)
    assert "Synthetic patients" in shown


@pytest.mark.parametrize("patients", [1, 60, 600])
def test_lanes_of_any_number_fit_the_figure(patients):
    """Up to 80 or so lanes have their full height; more share the same."""
    lanes = {"New": [Lane(float(number), True) for number in range(patients)]}
    figure = swimmer_figure(lanes, time_label="Months", note="", **WORDS)
    bottom, top = figure.axes[0].get_ylim()
    heights = [bar.get_y() for bar in figure.axes[0].patches]
    assert top < min(heights) <= max(heights) < bottom
    assert figure.get_figheight() < 15
