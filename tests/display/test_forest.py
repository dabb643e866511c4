"""The forest plot: every number once, no text upon another, and what cannot be estimated is said."""

import math
from itertools import combinations, pairwise

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from smmlib import Estimate, HypothesisTest, patient_count
from smmlib.display.figures import svg_text
from smmlib.display.forest import ForestRow, forest_figure

pytestmark = pytest.mark.by_hand


def ratio(value, low, high, events=20, **fields):
    return Estimate(value, low, high, 0.95, 0.1, unit="ratio", method="Cox model", n=100, events=events, **fields)


def counts(events, patients):
    return patient_count(events, what="events", of=patients), patient_count(patients, what="patients")


def row(label, estimate, **fields):
    return ForestRow(label, (counts(123, 1456), counts(98, 987)), estimate, **fields)


def twelve_rows(**first):
    interaction = HypothesisTest(3.2, 0.0004, 1, "likelihood-ratio test")
    rows = [row("All patients", ratio(0.74, 0.55, 0.99, 60), is_overall=True)]
    for number, name in enumerate(("Age, years", "Stage of the disease at randomisation", "Region of the world")):
        rows.append(ForestRow(name, interaction=interaction))
        rows += [
            row(f"{level} {number}", ratio(0.2 + 0.3 * number, 0.02, 12.5))
            for level in ("<65", "American Indian or Alaska Native", "Supercalifragilistic")
        ]
    return rows


ARMS = {"arms": ("Levamisole + 5-FU", "Observation"), "places": (0, 2)}
OPTIONS = {**ARMS, "favourable_event": False, "level": "95%", "note": "Synthetic patients"}


def boxes(figure):
    """Where each text stands, in pixels, by the widths of the figure's own font."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    texts = [text for text in figure.findobj(lambda artist: hasattr(artist, "get_text")) if text.get_text().strip()]
    return {
        (place, text.get_text()): text.get_window_extent(renderer)
        for place, text in enumerate(texts)
        if text.get_visible()
    }


def test_no_text_lies_on_another_or_outside():
    figure = forest_figure(twelve_rows(), **OPTIONS)
    found = boxes(figure)
    assert len(found) > 60
    overlapping = [
        (one[1], other[1])
        for one, other in combinations(found, 2)
        if found[one].shrunk(0.98, 0.8).overlaps(found[other].shrunk(0.98, 0.8))
    ]
    assert overlapping == []
    width, height = figure.bbox.width, figure.bbox.height
    outside = [
        text for (_, text), box in found.items() if box.x0 < 0 or box.x1 > width or box.y0 < 0 or box.y1 > height
    ]
    assert outside == []


def texts_of(figure):
    return [text for _, text in boxes(figure)]


def test_every_row_says_its_counts_and_its_ratio():
    texts = texts_of(forest_figure(twelve_rows(), **OPTIONS))
    assert texts.count("123/1456") == 10
    assert "0.74 (0.55 to 0.99)" in texts
    assert texts.count("interaction, P < 0.001") == 3
    assert {"Levamisole +", "5-FU", "Observation", "Hazard ratio", "(95% CI)", "Synthetic patients"} <= set(texts)


@pytest.mark.parametrize(("favourable", "left"), [(False, "New"), (True, "Old")])
def test_arrows_name_the_arm_that_each_side_favours(favourable, left):
    figure = forest_figure(twelve_rows(), **OPTIONS | {"arms": ("New", "Old"), "favourable_event": favourable})
    found = {text: box.x0 for (_, text), box in boxes(figure).items() if text.startswith("favours")}
    assert min(found, key=found.get) == f"favours {left}"
    assert len(found) == 2


def test_what_is_not_estimable_is_said_and_not_drawn():
    nothing = ratio(math.nan, math.nan, 0.45)
    rows = [row("All patients", nothing, is_overall=True), row("Women", nothing)]
    masked = Estimate(math.nan, unit="masked", method="Cox model; masked, because of its counts")
    rows += [row("Men", masked), ForestRow("Age", interaction=HypothesisTest(math.nan, math.nan, 0, "test"))]
    rows += [ForestRow("Sex", interaction=HypothesisTest(math.nan, math.nan, 1, "test; masked, because of it"))]
    figure = forest_figure(rows, **OPTIONS)
    texts = texts_of(figure)
    assert texts.count("not estimable") == 2
    assert "masked" in texts
    assert {"interaction, not estimable", "interaction, masked"} <= set(texts)
    assert figure.axes[0].child_axes[0].get_xlim() == pytest.approx((0.5 / 1.15, 2 * 1.15))


def test_an_interval_beyond_the_axis_ends_in_an_arrow():
    """Of the limits 0.02 and 12.5 both lie beyond, as the axis goes from 0.1 to 10 and a little farther."""
    plot = forest_figure(twelve_rows(), **OPTIONS).axes[0].child_axes[0]
    markers = [line.get_marker() for line in plot.lines]
    assert (markers.count("<"), markers.count(">"), markers.count("D"), markers.count("s")) == (9, 9, 1, 9)
    assert plot.get_xlim() == pytest.approx((0.1 / 1.15, 10 * 1.15))


def test_an_estimate_is_always_inside_the_axis():
    rows = [row("All patients", ratio(0.004, 0.0001, 0.3), is_overall=True), row("Women", ratio(40, 2, 900))]
    low, high = forest_figure(rows, **OPTIONS).axes[0].child_axes[0].get_xlim()
    assert low < 0.004
    assert high > 40


def test_same_bytes_each_time():
    one, other = (svg_text(forest_figure(twelve_rows(), **OPTIONS)) for _ in range(2))
    assert one == other


@pytest.mark.parametrize("ends", [(0.05, 8), (0.087, 11.5), (0.3, 3), (0.02, 40), (0.43, 2.3), (0.1, 3)])
def test_ticks_do_not_touch_on_any_axis(ends):
    figure = forest_figure([row("A", ratio(end, end, end)) for end in ends], **OPTIONS)
    (plot,) = figure.axes[0].child_axes
    FigureCanvasAgg(figure).draw()
    ticks = [label.get_window_extent() for label in plot.get_xticklabels()]
    assert len(ticks) >= 3
    assert all(right.x0 > left.x1 for left, right in pairwise(ticks))


def test_one_limit_of_a_ratio_that_is_not_estimable_is_not_printed():
    """No event with one arm: the likelihood still has a limit on one side, which is no interval."""
    figure = forest_figure([row("All patients", ratio(math.nan, 9.47, math.nan))], **OPTIONS)
    texts = [text for _, text in boxes(figure)]
    assert "not estimable" in texts
    assert not [text for text in texts if "9.47" in text or "NE" in text]
