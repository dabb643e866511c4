"""Cumulative incidence of up to eight arms: all text is in the figure and apart, and what has no value is not drawn."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from smmlib import cumulative_incidence, kaplan_meier, risk_table
from smmlib.display.incidence_figure import incidence_figure

pytestmark = pytest.mark.by_hand

AXIS = [0, 12, 24, 36, 48, 60]
LONG = ("Drug 80 mg every day", "Observation")
CAUSES = ["Relapse", "death without relapse"]
MANY_WORDS = ["Relapse or second cancer of any kind", "death or withdrawal to be treated elsewhere " * 3]


def pairs_of(arms):
    """Sixty patients an arm, whose curves end close to one another, and the numbers at risk."""
    rng, pairs, curves = np.random.default_rng(arms), [], []
    for arm in range(arms):
        time, cause, label = rng.uniform(1, 60, 60), rng.integers(0, 3, 60), f"{arm} {LONG[arm % 2]}"[:20]
        pairs.append(tuple(cumulative_incidence(time, cause, of=of, arm=label) for of in (1, 2)))
        curves.append(kaplan_meier(time, cause == 1, arm=label))
    return pairs, risk_table(curves, AXIS)


def figure_of(pairs, risk, causes=CAUSES):
    words = {"time_label": "Months from randomisation", "note": "Invented patients"}
    return incidence_figure(pairs, risk, axis_times=AXIS, causes=causes, **words)


def boxes(figure, texts):
    """Where each text is drawn, in pixels; a legend is laid out when it is."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return [text.get_window_extent(canvas.get_renderer()) for text in texts]


@pytest.mark.parametrize("causes", [CAUSES, MANY_WORDS], ids=["short", "long"])
@pytest.mark.parametrize("arms", range(1, 9))
def test_labels_are_in_the_figure_and_do_not_overlap(arms, causes):
    figure = figure_of(*pairs_of(arms), causes)
    axes = figure.axes[0]
    bold = [text for text in axes.texts if text.get_fontweight() == "bold"]
    assert len(bold) == 2 * arms
    legend = axes.get_legend()
    found = boxes(figure, [*bold, *legend.get_texts()])
    for box in [*found, axes.title.get_window_extent()]:
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1
        assert box.y1 <= figure.bbox.y1
    assert not [(one, other) for one, other in combinations(found, 2) if one.overlaps(other)]
    assert all(box.y0 > axes.bbox.y1 - 1 for box in boxes(figure, legend.get_texts()))


def test_the_legend_begins_with_capitals():
    legend = figure_of(*pairs_of(2)).axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["Relapse", "Death without relapse"]


def test_lines_are_the_estimates_from_zero_on():
    figure = figure_of(
        *[[(curve, curve)] for curve in [cumulative_incidence([1, 2, 3, 4], [1, 2, 1, 0], of=1)]], pairs_of(1)[1]
    )
    line = figure.axes[0].lines[0]
    assert line.get_xdata().tolist() == [0, 1, 2, 3, 4]
    assert line.get_ydata().tolist() == [0, 0.25, 0.25, 0.5, 0.5]
    assert line.get_drawstyle() == "steps-post"


def test_an_arm_without_values_keeps_its_row_and_the_colours_of_the_others():
    pairs, risk = pairs_of(3)
    whole = figure_of(pairs, risk)
    nothing = tuple(replace(curve, incidence=np.full(len(curve.time), np.nan)) for curve in pairs[0])
    figure = figure_of([nothing, *pairs[1:]], risk)
    names = [text.get_text() for text in figure.axes[0].texts if text.get_fontweight() == "bold"]
    assert names.count("0 Drug 80 mg every day"[:20]) == 1
    assert [line.get_color() for line in figure.axes[0].lines] == [line.get_color() for line in whole.axes[0].lines]
