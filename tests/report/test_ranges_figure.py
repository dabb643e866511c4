"""The figure of an ensemble's spread: what it shows of three cohorts, by hand."""

import math
from dataclasses import replace

import pytest
from matplotlib.text import Text
from ranges_trial import CLAIMS, cohorts, write
from small_trial import STUDY

from smmlib.display.ensemble_figure import ensemble_figure, write_png
from smmlib.report.claims.ensemble_spread import endpoints_of_cohort, spreads_of
from smmlib.trial import read_study

pytestmark = pytest.mark.by_hand
PUBLISHED = [
    *CLAIMS,
    {"number": "os.survival.100.a", "value": "67%", "source": "a paper", "confidence": "verified"},
    {"number": "os.median.a", "value": "not reached", "source": "a paper", "confidence": "verified"},
    {"number": "os.hazard_ratio", "value": "0.18", "source": "a paper", "confidence": "verified"},
    {"number": "os.hazard_ratio", "interval": ["0.09", "0.32"], "source": "another", "confidence": "secondary"},
]
AXIS = [0, 100, 200, 300]


@pytest.fixture(scope="module")
def spread(tmp_path_factory):
    analysis = {**STUDY["analysis"], "axis_times": AXIS}
    study = read_study(write(tmp_path_factory.mktemp("figure"), published=PUBLISHED, analysis=analysis))
    (spread,) = spreads_of(study, [endpoints_of_cohort(study, cohort) for cohort in cohorts()])
    return spread


def test_published_points_are_those_that_were_printed(spread):
    """A median that was not reached is no point."""
    assert spread.points == ([(100, 0.67, "67%")], [(60.0, 0.5, "median 60")])
    assert spread.ratios[0].published == (0.18, 0.09, 0.32)
    assert [strip.published for strip in spread.ratios[1:]] == [None, None, None]


def test_periods_part_the_axis(spread):
    assert [strip.label for strip in spread.ratios] == [
        "throughout",
        "0 to 100 days",
        "100 to 200 days",
        "after 200 days",
    ]


def test_difference_of_restricted_means(spread):
    """Every curve is known up to day 220, so to day 200: (100 + 200 + 200) / 3 against (50 + 60 + 200) / 3 days."""
    assert spread.mean.label == "Restricted mean to 200 days, difference"
    assert spread.mean.values == pytest.approx([190 / 3, (150 + 200 + 200 - 310) / 3, (600 - 310) / 3])


def test_every_cohort_is_a_line_and_every_estimable_number_a_dot(spread):
    figure = ensemble_figure([spread], axis_times=AXIS, note="Three cohorts")
    curves, ratios, mean = figure.axes
    stepped = [line for line in curves.lines if line.get_drawstyle() == "steps-post"]
    assert len(stepped) == 6
    assert [line.get_xydata().tolist() for line in curves.lines if line not in stepped] == [[[100, 0.67]], [[60, 0.5]]]
    dots = [line for line in ratios.lines if line.get_markersize() < 3]
    estimable = [sum(math.isfinite(value) for value in strip.values) for strip in spread.ratios]
    assert [len(line.get_xdata()) for line in dots if line.get_marker() == "o"] == estimable
    assert sorted(mean.lines[0].get_xdata()) == pytest.approx(sorted(spread.mean.values))
    words = [text.get_text() for text in ratios.texts]
    assert "throughout, published 0.18 (0.09 to 0.32)" in words
    assert "63.3–96.7" in [text.get_text() for text in mean.texts]


def test_the_picture_is_the_same_each_time(spread, tmp_path):
    for name in ("first.png", "second.png"):
        write_png(ensemble_figure([spread], axis_times=AXIS, note="Three cohorts"), tmp_path / name)
    assert (tmp_path / "first.png").read_bytes() == (tmp_path / "second.png").read_bytes()
    assert (tmp_path / "first.png").stat().st_size < 150_000


def test_labels_are_text(spread, tmp_path):
    """As drawn, a formula in two of the labels would be another picture than the signs that stand there."""
    price = "A $5_a$ to $6_b$ <i>"
    labels = dict.fromkeys(("label", "curve_label", "time_label"), price)
    ratios = [replace(strip, label=price) for strip in spread.ratios]
    points = ([(100, 0.67, price)], [])
    mean = replace(spread.mean, label=price)
    other = replace(spread, arms=(price, "B"), points=points, ratios=ratios, mean=mean, **labels)
    figure = ensemble_figure([other], axis_times=AXIS, note=price)
    write_png(figure, tmp_path / "figure.png")
    shown = figure.findobj(Text)
    assert sum(text.get_text() == price for text in shown) == 9
    assert [text.get_text() for text in shown if text.get_parse_math()] == []
