"""Figures of up to eight arms with labels as long as they may be: all of it is in the figure, and told apart."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb

from smmlib import kaplan_meier, risk_table
from smmlib.display.figures import ARM_COLOURS, survival_figure
from smmlib.display.proportionality_figure import proportionality_figure

pytestmark = pytest.mark.by_hand

AXIS = [0, 12, 24, 36, 48, 60]
LONG = ("Drug 80 mg every day", "Observation")
ARMS = range(1, 9)


def curves_of(arms):
    """Sixty patients an arm, whose curves end close to one another."""
    rng = np.random.default_rng(arms)
    made = []
    for arm in range(arms):
        time, until = rng.exponential(30, 60), rng.uniform(30, 60, 60)
        label = f"{arm} {LONG[arm % 2]}"[:20]
        made.append(kaplan_meier(np.minimum(time, until), time <= until, arm=label))
    return made


def boxes(figure, texts):
    """Where each text is drawn, in pixels."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    return [text.get_window_extent(renderer) for text in texts]


def bold(figure):
    return [text for axes in figure.axes for text in axes.texts if text.get_fontweight() == "bold"]


@pytest.mark.parametrize("arms", ARMS)
def test_labels_are_in_the_figure_and_do_not_overlap(arms):
    curves = curves_of(arms)
    labels = {"time_label": "Months from randomisation", "note": "Invented patients"}
    survival = survival_figure(curves, risk_table(curves, AXIS), axis_times=AXIS, survival_label="Alive", **labels)
    for figure, named in ((survival, 2), (proportionality_figure(curves, axis_times=AXIS, **labels), 1)):
        texts = bold(figure)
        assert len(texts) == named * arms
        found = boxes(figure, texts)
        assert all(figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1 for box in found)
        assert not [(one, other) for one, other in combinations(found, 2) if one.overlaps(other)]


@pytest.mark.parametrize("arms", ARMS)
def test_the_limits_of_many_curves_are_not_drawn_over_one_another(arms):
    curves = curves_of(arms)
    words = {"time_label": "Months", "survival_label": "Alive", "note": ""}
    figure = survival_figure(curves, risk_table(curves, AXIS), axis_times=AXIS, **words)
    assert len(figure.axes[0].collections) == (arms if arms <= 4 else 0)


def test_colours_of_arms_are_told_apart():
    """Distance of each two in red, green and blue, by the weights of the eye."""
    weights = np.sqrt([0.3, 0.59, 0.11])
    colours = [np.array(to_rgb(colour)) for colour in ARM_COLOURS]
    assert min(np.linalg.norm((one - other) * weights) for one, other in combinations(colours, 2)) > 0.08
