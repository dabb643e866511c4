"""How the styles print: examples as the journals give them, and what no style may change."""

import math

import pytest

from smmlib.display.formatting import (
    estimate_text,
    number_text,
    p_value_beside_level,
    p_value_in_words,
    p_value_text,
    rounded,
)
from smmlib.display.styles import STYLES, in_style, style, use_style
from smmlib.stats.results import Estimate

pytestmark = pytest.mark.by_hand


def ratio(value, low, high):
    return Estimate(value, low, high, 0.95, 0.1, "ratio", "Hazard ratio.")


PRINTED = {
    "nejm": ("0.18 (95% CI, 0.09 to 0.32)", "P = 0.04", "P = 0.005", "P < 0.001", "P = 1.00", "78.9%"),
    "lancet": ("0·18 (95% CI 0·09–0·32)", "p = 0·042", "p = 0·0048", "p < 0·0001", "p = 1·00", "79%"),
    "jama": ("0.18 (95% CI, 0.09-0.32)", "P = .04", "P = .005", "P < .001", "P > .99", "78.9%"),
    "csr": ("0.183 (95% CI: 0.093, 0.324)", "P = 0.0419", "P = 0.0048", "P < 0.0001", "P = 0.9996", "78.9%"),
}


@pytest.mark.parametrize("name", STYLES)
def test_each_style_prints_as_it_is_meant_to(name):
    interval, *p_values, percent = PRINTED[name]
    with in_style(name):
        assert estimate_text(ratio(0.1834, 0.0934, 0.3236)) == interval
        assert [p_value_in_words(p) for p in (0.0419, 0.00481, 0.00003, 0.9996)] == p_values
        assert number_text(45 / 57, "proportion") == percent
        assert p_value_in_words(math.nan) == f"{style().p} not estimable"


@pytest.mark.parametrize(
    ("name", "text"),
    [("nejm", "−5.0 to 3.2"), ("lancet", "−5·0 to 3·2"), ("jama", "−5.0 to 3.2"), ("csr", "-5.0, 3.2")],
)
def test_a_dash_never_stands_beside_a_minus(name, text):
    difference = Estimate(-0.01, -0.05, 0.032, 0.95, 0.1, "difference of proportions", "Difference.")
    with in_style(name):
        assert text in estimate_text(difference)


@pytest.mark.parametrize(
    ("name", "p_value", "text"),
    [
        *[("nejm", 0.0096, "0.01"), ("nejm", 0.00949, "0.009"), ("nejm", 0.001, "0.001"), ("nejm", 0.00099, "<0.001")],
        *[("jama", 0.0096, ".01"), ("jama", 0.994, ".99"), ("jama", 0.996, ">.99")],
        *[("lancet", 0.0999, "0·10"), ("lancet", 0.00996, "0·010"), ("lancet", 0.0001, "0·00010")],
        *[("csr", 0.0001, "0.0001"), ("csr", 0.00009, "<0.0001"), ("csr", 0.05, "0.0500")],
    ],
)
def test_the_decimals_of_p_change_where_the_printed_value_does(name, p_value, text):
    with in_style(name):
        assert p_value_text(p_value) == text


@pytest.mark.parametrize("name", STYLES)
def test_beside_a_level_there_are_four_decimals_in_every_style(name):
    with in_style(name):
        figures = p_value_beside_level(0.01241).replace(style().point, ".")
        assert float(figures) == 0.0124


def test_a_style_ends_with_its_context_also_when_that_fails():
    with pytest.raises(ZeroDivisionError), in_style("lancet"):
        raise ZeroDivisionError
    assert number_text(0.5, "ratio") == "0.50"


def test_a_notebook_has_the_style_of_its_study():
    use_style("lancet")
    try:
        assert number_text(0.5, "ratio") == "0·50"
    finally:
        use_style("nejm")


@pytest.mark.parametrize("name", STYLES)
def test_rounding_itself_knows_no_style(name):
    with in_style(name):
        assert rounded(-0.285, 2) == "-0.29"
