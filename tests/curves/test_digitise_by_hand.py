"""Small SVG files written by hand: one curve of four patients, drawn in the many ways in which programs draw.

Time 0 to 40 is at x = 100 to 500 and survival 0 to 1 at y = 300 to 100. One patient each has the event at 10, 20 and
30, one is censored at 40; so survival is 1, 0.75, 0.5 and 0.25.
"""

import numpy as np
import pytest
from hand_written_svg import CORNERS, CURVE, LINE, write, x_ticks, y_ticks

from smmlib.curves.digitise import digitise

pytestmark = [pytest.mark.by_hand, pytest.mark.usefixtures("figures_read_here")]
TIME = [0, 10, 10, 20, 20, 30, 30, 40]
DASHED = 'stroke-dasharray="3 3"'
SURVIVAL = [1, 1, 0.75, 0.75, 0.5, 0.5, 0.25, 0.25]


def assert_is_the_curve(figure, number=0):
    np.testing.assert_allclose(figure.curves[number].time, TIME, atol=1e-9)
    np.testing.assert_allclose(figure.curves[number].survival, SURVIVAL, atol=1e-9)


# ---- ways to draw the curve

SEPARATE = ["100,100 200,100", "200,100 200,150", "200,150 300,150", "300,150 300,200", "300,200 400,200"]
SEPARATE += ["400,200 400,250", "400,250 500,250"]
DRAWN = {
    "polyline": CURVE,
    "from the right": f'<polyline points="{" ".join(reversed(CORNERS.split()))}" {LINE}/>',
    "absolute": f'<path d="M100 100L200 100 200 150 300 150 300 200 400 200 400 250 500 250" {LINE}/>',
    "level and upright": f'<path d="M100,100H200V150H300V200H400V250H500" {LINE}/>',
    "relative": f'<path d="m100 100h100v50h100v50h100v50h1e2" {LINE}/>',
    "relative lines": f'<path d="m100-.0e0m0 100l100 0 0 50 100 0 0 50 100 0 0 50 100 0" {LINE}/>',
    "piece by piece": "".join(f'<polyline points="{piece}" {LINE}/>' for piece in SEPARATE),
    "pieces in any order": "".join(f'<polyline points="{piece}" {LINE}/>' for piece in SEPARATE[::-2] + SEPARATE[1::2]),
    "lines": "".join(
        '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="navy"/>'.format(*piece.replace(",", " ").split())
        for piece in SEPARATE
    ),
    "groups": '<g transform="translate(100 100)"><g transform="scale(2,.5)">'
    f'<path transform="matrix(1 0 0 1 -100 -200)" d="M100 200h50v100h50v100h50v100h50" {LINE}/>'
    "</g></g>",
    "rotated": f'<path transform="rotate(90) scale(1,-1)" d="M100 100v100h50v100h50v100h50v100" {LINE}/>',
    "use": f'<defs><path id="c" d="M0 0h100v50h100v50h100v50h100" {LINE}/></defs>'
    '<use xlink:href="#c" x="100" y="100"/>',
    "class": "<style>.a, g .curve{fill:none;stroke:#0b5394}</style>"
    f'<g><polyline class="curve" points="{CORNERS}"/></g>',
    "style before attribute": f'<polyline points="{CORNERS}" fill="red" style="fill:none;stroke:#0b5394"/>',
    "inherited": f'<g fill="none" stroke="rgb(4%, 33%, 58%)"><polyline points="{CORNERS}"/></g>',
    "halo": f'<polyline points="{CORNERS}" fill="none" stroke="white" stroke-width="6"/>{CURVE}{CURVE}',
}


@pytest.mark.parametrize("drawn", DRAWN.values(), ids=DRAWN)
def test_curve_however_it_is_drawn(drawn, tmp_path):
    figure = digitise(write(tmp_path, drawn))
    assert len(figure.curves) == 1
    assert_is_the_curve(figure)


NO_CURVE = {
    "band": f'<polygon points="{CORNERS} 500,200 100,90" fill="#0b5394" fill-opacity="0.2"/>',
    "hidden": f'<g display="none"><polyline points="{CORNERS}" {LINE}/></g>',
    "invisible": f'<polyline points="{CORNERS}" {LINE} visibility="hidden"/>',
    "transparent": f'<polyline points="{CORNERS}" {LINE} stroke-opacity="0"/>',
    "definition": f'<defs><polyline points="{CORNERS}" {LINE}/></defs>',
    "median": '<polyline points="100,200 300,200 300,300" fill="none" stroke="grey" stroke-dasharray="4 2"/>',
    "frame": '<path d="M100 100V300H500" fill="none" stroke="black"/><rect x="100" y="100" width="400" height="200" '
    'fill="none" stroke="black"/>',
    "smoothed": '<path d="M100 100C150 100 200 200 250 220S400 260 500 290" fill="none" stroke="red"/>',
    "without steps": '<polyline points="100,100 150,120 200,160 300,200 400,250 500,260" fill="none" stroke="red"/>',
    "underline": '<line x1="20" y1="380" x2="580" y2="380" stroke="red"/>',
}


@pytest.mark.parametrize("drawn", NO_CURVE.values(), ids=NO_CURVE)
def test_what_is_no_curve_is_left_out(drawn, tmp_path):
    figure = digitise(write(tmp_path, drawn, CURVE))
    assert len(figure.curves) == 1
    assert_is_the_curve(figure)


def test_line_without_steps_is_said(tmp_path):
    figure = digitise(write(tmp_path, NO_CURVE["without steps"], CURVE))
    assert "1 line(s) without steps, such as smoothed curves, were left out." in figure.notes


def test_flat_curve_without_events_counts_in_a_colour_of_its_own(tmp_path):
    flat = '<polyline points="100,100 480,100" fill="none" stroke="{}"/>'
    figure = digitise(write(tmp_path, CURVE, flat.format("green"), flat.format("black")))
    assert [curve.color for curve in figure.curves] == ["#0b5394", "#008000"]
    np.testing.assert_allclose(figure.curves[1].time, [0, 38], atol=1e-9)


def test_two_lines_stepping_together_are_kept_and_said(tmp_path):
    lower = "100,100 200,100 200,170 300,170 300,240 400,240 400,290 500,290"
    figure = digitise(write(tmp_path, CURVE, f'<polyline points="{lower}" {LINE} stroke-dasharray="3 3"/>'))
    assert len(figure.curves) == 2
    assert any("step at the same times" in note for note in figure.notes)


def test_limits_of_a_curve_with_one_event_are_left_out(tmp_path):
    """One step tells little, but two lines alike on either side of a curve, and stepping with it, are its limits."""
    lines = [f'<path d="M100 100H300V{y}H500" {LINE} {dash}/>' for y, dash in ((160, ""), (120, DASHED), (240, DASHED))]
    figure = digitise(write(tmp_path, *lines))
    np.testing.assert_allclose(figure.curves[0].survival, [1, 1, 0.7, 0.7], atol=1e-9)
    assert len(figure.curves) == 1
    assert any(note.startswith("2 line(s)") for note in figure.notes)


def test_curve_that_begins_below_one_is_said(tmp_path):
    figure = digitise(write(tmp_path, f'<path d="M200 110H300V150H400V200H450V250H500" {LINE}/>'))
    np.testing.assert_allclose(figure.curves[0].time, [10, 20, 20, 30, 30, 35, 35, 40], atol=1e-9)
    assert "#0b5394 begins at time 10 with 0.950: what comes before is not drawn." in figure.notes


# ---- axes

AXES = {
    "percent signs": x_ticks() + y_ticks(("0%", "50%", "100%")),
    "percent": x_ticks() + y_ticks(("0", "25", "50", "75", "100")),
    "decimal commas": x_ticks(("0,0", "10,0", "20,0", "30,0", "40,0")) + y_ticks(("0,0", "0,5", "1,0")),
    "middle dots": x_ticks() + y_ticks(("0", "0·5", "1·0")),
    "unlabelled ticks": x_ticks(("0", "", "20", "", "40")) + y_ticks(("0", "", "0.5", "", "1")),
    "rounded labels": x_ticks() + y_ticks(("0", "0.33", "0.67", "1")),
    "grid lines": x_ticks(mark='<path d="M{x} 100V300" stroke="#ddd"/>')
    + y_ticks(mark='<path d="M100 {y}H500" stroke="#ddd"/>'),
    "bars": x_ticks(mark='<rect x="{x}" y="300" width="0.0001" height="5"/>')
    + y_ticks(mark='<rect x="95" y="{y}" width="5" height="0.0001"/>'),
    "inward ticks": x_ticks(mark='<path d="M{x} 300v-5" stroke="#000"/>')
    + y_ticks(mark='<path d="M100 {y}h5" stroke="#000"/>'),
    "one path": '<path d="M100 300v5M200 300v5M300 300v5M400 300v5M500 300v5" stroke="#000"/>'
    + x_ticks(mark="")
    + y_ticks(),
    "tspans": x_ticks(mark='<line x1="{x}" y1="300" x2="{x}" y2="306" stroke="black"/>', labels=[""] * 5)
    + '<text y="320" font-size="10"><tspan x="97.2">0</tspan><tspan x="194.4">10</tspan><tspan x="294.4">20</tspan>'
    '<tspan x="394.4">30</tspan><tspan x="494.4">40</tspan></text>' + y_ticks(),
}


@pytest.mark.parametrize("axes", AXES.values(), ids=AXES)
def test_axes_however_they_are_printed(axes, tmp_path):
    figure = digitise(write(tmp_path, CURVE, axes=axes))
    tolerance = 4e-3 if "0.33" in axes else 1e-6
    np.testing.assert_allclose(figure.curves[0].time, TIME, atol=1e-4)
    np.testing.assert_allclose(figure.curves[0].survival, SURVIVAL, atol=tolerance)
    np.testing.assert_allclose([*figure.time_range, *figure.survival_range], [0, 40, 0, 1], atol=tolerance)


def test_percent_is_said(tmp_path):
    figure = digitise(write(tmp_path, CURVE, axes=AXES["percent"]))
    assert "The survival axis is in percent; values are given as proportions." in figure.notes


def test_given_labels_go_before_printed_ones(tmp_path):
    figure = digitise(write(tmp_path, CURVE), time_ticks=[0, 1, 2, 3, 4])
    np.testing.assert_allclose(figure.curves[0].time, np.divide(TIME, 10), atol=1e-9)


# ---- censor ticks

MARKS = {
    "upright": '<path d="M{x} {low}V{high}" stroke="{colour}"/>',
    "above the line": '<path d="M{x} {y}V{high}" stroke="{colour}"/>',
    "below the line": '<path d="M{x} {low}V{y}" stroke="{colour}"/>',
    "plus of two lines": '<path d="M{left} {y}H{right}" stroke="{colour}"/>'
    '<path d="M{x} {low}V{high}" stroke="{colour}"/>',
    "plus in one path": '<path d="M{left} {y}H{right}M{x} {low}V{high}" stroke="{colour}"/>',
    "cross": '<path d="M{left} {low}L{right} {high}M{left} {high}L{right} {low}" stroke="{colour}"/>',
    "circle": '<circle cx="{x}" cy="{y}" r="3" fill="white" stroke="{colour}"/>',
    "square": '<rect x="{left}" y="{high}" width="6" height="6" fill="{colour}"/>',
    "letter": '<text x="{x}" y="{base}" text-anchor="middle" font-size="8" fill="{colour}">+</text>',
    "used": '<defs><path id="m" d="M0 3V-3"/></defs><use href="#m" x="{x}" y="{y}" stroke="{colour}"/>',
}


def marked(mark, x, y, colour):
    sides = {"left": x - 3, "right": x + 3, "low": y + 3, "high": y - 3, "base": y + 0.36 * 8}
    return mark.format(x=x, y=y, colour=colour, **sides)


@pytest.mark.parametrize("colour", ["#0b5394", "black"])
@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS)
def test_ticks_of_any_shape(mark, colour, tmp_path):
    """Two so close that they overlap are two; one above the curve, as in a legend, is none."""
    places = [(150, 100), (151, 100), (300, 200), (350, 200), (500, 250)]
    ticks = "".join(marked(mark, x, y, colour) for x, y in [*places, (450, 120)])
    figure = digitise(write(tmp_path, CURVE, ticks))
    np.testing.assert_allclose(figure.curves[0].censor_times, [5, 5.1, 20, 25, 40], atol=1e-9)


def test_tick_goes_to_the_curve_of_its_colour(tmp_path):
    """Both curves are at 1 until month 10."""
    other = '<polyline points="100,100 220,100 220,220 500,220" fill="none" stroke="#c2571a"/>'
    ticks = marked(MARKS["upright"], 150, 100, "#c2571a") + marked(MARKS["upright"], 180, 100, "#0b5394")
    figure = digitise(write(tmp_path, CURVE, other, ticks))
    np.testing.assert_allclose([curve.censor_times for curve in figure.curves], [[8], [5]], atol=1e-9)


# ---- names and numbers at risk


def text(x, y, words, colour="black"):
    return f'<text x="{x}" y="{y}" font-size="10" fill="{colour}">{words}</text>'


def test_names_from_a_legend(tmp_path):
    other = '<polyline points="100,100 220,100 220,220 500,220" fill="none" stroke="#0b5394" stroke-width="2" {}/>'
    legend = f'<line x1="400" y1="110" x2="420" y2="110" {LINE}/>' + text(425, 114, "Early treatment")
    legend += f'<line x1="400" y1="125" x2="420" y2="125" {LINE} stroke-dasharray="4 2"/>' + text(
        425, 129, "Observation"
    )
    figure = digitise(write(tmp_path, CURVE, other.format('stroke-dasharray="4 2"'), legend))
    assert [curve.label for curve in figure.curves] == ["Early treatment", "Observation"]


def test_names_at_the_ends(tmp_path):
    other = '<polyline points="100,100 220,100 220,220 500,220" fill="none" stroke="#c2571a"/>'
    names = text(504, 253, "Lower") + text(504, 223, "Upper")
    figure = digitise(write(tmp_path, CURVE, other, names))
    assert [curve.label for curve in figure.curves] == ["Lower", "Upper"]


def test_name_that_fits_none_is_not_taken(tmp_path):
    figure = digitise(write(tmp_path, CURVE, text(250, 90, "Figure 2. Survival"), text(300, 350, "Months")))
    assert figure.curves[0].label == "#0b5394"


def numbers(y, values, name="Early"):
    row = "".join(
        f'<text x="{100 + 100 * order}" y="{y}" text-anchor="middle" font-size="10">{value}</text>'
        for order, value in enumerate(values)
    )
    return text(40, y, name) + row


@pytest.mark.parametrize(
    "values", [(4, 3, 5, 1, 1), (4, 3.5, 2, 1, 1), ("", 3, 2, 1, 1), ("4 (0)", "3 (0)", "2 (0)", "1 (0)", "1 (0)")]
)
def test_row_that_is_not_certain_is_left_out(values, tmp_path):
    assert digitise(write(tmp_path, CURVE, numbers(360, values))).risk_table == {}


def test_numbers_at_risk(tmp_path):
    rows = text(40, 345, "At risk") + numbers(360, (4, 4, 3, 2, 1)) + numbers(375, (5, 3, 1), "Late")
    table = digitise(write(tmp_path, CURVE, rows)).risk_table
    assert {name: (list(times), list(at_risk)) for name, (times, at_risk) in table.items()} == {
        "Early": ([0, 10, 20, 30, 40], [4, 4, 3, 2, 1]),
        "Late": ([0, 10, 20], [5, 3, 1]),
    }
