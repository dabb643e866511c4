"""A label in a figure is the text that the study gave, whatever a formula, a tag or an escape would make of it."""

import warnings
from xml.etree import ElementTree

import pytest
from matplotlib.text import Text

from smmlib import kaplan_meier, patient_count, risk_table
from smmlib.display.figures import survival_figure, svg_text
from smmlib.display.response_figure import response_figure
from smmlib.report.page.render import _inline
from smmlib.report.running.execute import ExecutedFigure
from smmlib.trial.categories import IMWG

LABELS = [
    *("A $5 to $6", "$x$", "$\\frac{1}{2}$", "\\$5", "$", "$$", "a_b^c", "\\alpha \\n", "50% %s %(x)s"),
    *("<b>&amp;</b>", "]]>", "-->", 'it\'s "so"', 'id="x url(#y href="#z', "_hidden", "{x}", "#", "中 ☃ é", " a  b"),
]

pytestmark = pytest.mark.by_hand


def texts(svg):
    return [node.text for node in ElementTree.fromstring(svg).iter() if node.tag.endswith("text")]


def parsed_as_maths(figure):
    return [text.get_text() for text in figure.findobj(Text) if text.get_parse_math()]


def survival(label):
    """A figure with the label at each place that takes one: an arm twice, the axes, the note."""
    curves = [kaplan_meier([1, 2, 3, 5], [1, 0, 1, 1], arm=arm) for arm in (label, "Other")]
    labels = {"time_label": label, "survival_label": label, "note": label}
    return survival_figure(curves, risk_table(curves, [0, 2, 4]), axis_times=[0, 2, 4], **labels)


def response(label):
    """The same of a figure of response: a visit, two arms and the rate of each, and the note."""
    bars = []
    for arm in (label, "Other"):
        counts = {category: patient_count(1, what="x", arm=arm, of=8) for category in IMWG.categories}
        bars.append((f"{label} at visit", counts, f"{label} rate"))
    return response_figure(bars, responders=IMWG.responders, note=label)


@pytest.mark.parametrize("label", LABELS)
def test_a_label_of_curves_is_text(label):
    figure = survival(label)
    with warnings.catch_warnings(action="error"):
        assert texts(svg_text(figure)).count(label) == 5
    assert parsed_as_maths(figure) == []


@pytest.mark.parametrize("label", LABELS)
def test_a_label_of_responses_is_text(label):
    figure = response(label)
    shown = texts(svg_text(figure))
    assert [shown.count(text) for text in (label, f"{label} at visit", f"{label} rate")] == [2, 1, 2]
    assert parsed_as_maths(figure) == []


@pytest.mark.parametrize("label", LABELS)
def test_a_label_is_the_same_text_in_the_page(label):
    svg = svg_text(survival(label))
    inline = _inline(ExecutedFigure("os.survival", svg, ""))
    assert texts(inline) == texts(svg)
    assert 'id="os-survival-figure_1"' in inline
    assert "url(#os-survival-" in inline
