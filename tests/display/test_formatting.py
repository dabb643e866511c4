"""The only rounding of the package: half away from zero, from the full-precision value."""

from decimal import Decimal
from math import inf, nan
from types import SimpleNamespace

import pytest

from smmlib import Estimate
from smmlib.display.formatting import (
    estimate_text,
    has_no_interval,
    interval_text,
    level_text,
    number_text,
    p_value_beside_level,
    p_value_text,
    rounded,
)
from smmlib.report.records.numbers import Numbers

pytestmark = pytest.mark.by_hand

MINUS = "\u2212"


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0.285, 2, "0.29"),
        (2.675, 2, "2.68"),
        (1.005, 2, "1.01"),
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (-0.5, 0, "-1"),
        (-2.675, 2, "-2.68"),
        (0.125, 2, "0.13"),
        (0.135, 2, "0.14"),
        (9.995, 2, "10.00"),
        (0.4999999999, 0, "0"),
        (1e-10, 2, "0.00"),
        (-1e-10, 2, "0.00"),
        (-0.004, 2, "0.00"),
        (-0.005, 2, "-0.01"),
        (-0.0, 1, "0.0"),
        (0, 3, "0.000"),
        (21, 1, "21.0"),
        (1e22, 0, "10000000000000000000000"),
        (1e30, 1, "1" + "0" * 30 + ".0"),
        (5e-324, 3, "0.000"),
        (1250, -2, "1300"),
    ],
)
def test_rounding(value, decimals, expected):
    assert rounded(value, decimals) == expected


@pytest.mark.parametrize("decimals", [0, 1, 2, 3])
def test_every_half_goes_away_from_zero(decimals):
    """All of 0.5, 1.5, ... 999.5 units in the last place."""
    unit = Decimal(1).scaleb(-decimals)
    for count in range(1000):
        half = (count + Decimal("0.5")) * unit
        assert rounded(float(half), decimals) == str((count + 1) * unit)
        assert rounded(-float(half), decimals) == f"-{(count + 1) * unit}"


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_what_is_not_finite_cannot_be_rounded(value):
    with pytest.raises(ValueError, match=f"value is {value}: only finite numbers"):
        rounded(value, 2)


@pytest.mark.parametrize(
    ("p_value", "expected"),
    [
        (1.0, "1.00"),
        (0.5, "0.50"),
        (0.12345, "0.12"),
        (0.05, "0.05"),
        (0.0499999, "0.05"),
        (0.045, "0.05"),
        (0.0449999, "0.04"),
        (0.03, "0.03"),
        (0.015, "0.02"),
        (0.01, "0.01"),
        (0.0099999, "0.01"),
        (0.0095, "0.01"),
        (0.0094999, "0.009"),
        (0.00949, "0.009"),
        (0.0015, "0.002"),
        (0.001, "0.001"),
        (0.0009999, "<0.001"),
        (0.0005, "<0.001"),
        (2e-19, "<0.001"),
        (0.0, "<0.001"),
        (nan, "not estimable"),
    ],
)
def test_p_value(p_value, expected):
    """Two decimals from 0.01, three from 0.001. What rounds to 0.01 is not 0.010; less than 0.001 is never 0.001."""
    assert p_value_text(p_value) == expected


@pytest.mark.parametrize(
    ("p_value", "expected"),
    [(0.012449, "0.0124"), (0.01245, "0.0125"), (1.0, "1.0000"), (0.0001, "0.0001"), (9e-5, "<0.0001")],
)
def test_p_value_beside_a_level(p_value, expected):
    assert p_value_beside_level(p_value) == expected
    assert p_value_beside_level(nan) == "not estimable"


@pytest.mark.parametrize(
    ("level", "expected"),
    [(0.025, "0.025"), (0.025 / 3, "0.008333"), (0.01875, "0.01875"), (0.1, "0.1"), (2e-6, "0.000002"), (0.0, "0")],
)
def test_level_of_a_test(level, expected):
    """Four digits, without zeros at the end."""
    assert number_text(level, "level") == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.942, "proportion", "94.2%"),
        (0.285, "proportion", "28.5%"),
        (0.28549, "proportion", "28.5%"),
        (0.2855, "proportion", "28.6%"),
        (0.57, "proportion", "57.0%"),
        (1.0, "proportion", "100.0%"),
        (0.0, "proportion", "0.0%"),
        (-0.1405, "difference of proportions", f"{MINUS}14.1"),
        (0.14, "difference of proportions", "14.0"),
        (-0.0001, "difference of proportions", "0.0"),
        (0.175, "ratio", "0.18"),
        (12.3456, "ratio", "12.35"),
        (20.95, "months", "21.0"),
        (23, "weeks", "23.0"),
        (57.0, "patients", "57"),
        (16.7929, "statistic", "16.79"),
        (nan, "months", "not reached"),
        (nan, "weeks", "not reached"),
        (nan, "ratio", "not estimable"),
        (nan, "proportion", "not estimable"),
    ],
)
def test_number_in_its_unit(value, unit, expected):
    assert number_text(value, unit) == expected


def test_missing_number_in_words_of_the_caller():
    assert number_text(nan, "ratio", missing="-") == "-"
    assert number_text(0.5, "ratio", missing="-") == "0.50"


@pytest.mark.parametrize(
    ("low", "high", "unit", "expected"),
    [
        (0.09, 0.32, "ratio", "0.09 to 0.32"),
        (13, nan, "weeks", "13.0 to NR"),
        (nan, 13, "weeks", "NR to 13.0"),
        (nan, 0.9, "proportion", "NE to 90.0%"),
        (nan, nan, "weeks", ""),
        (-0.05, 0.25, "difference of proportions", f"{MINUS}5.0 to 25.0"),
    ],
)
def test_interval(low, high, unit, expected):
    assert interval_text(Estimate(1.0, low=low, high=high, unit=unit)) == expected


@pytest.mark.parametrize(
    ("estimate", "sentence", "cell"),
    [
        (
            Estimate(0.18, 0.09, 0.32, 0.95, unit="ratio"),
            "0.18 (95% CI, 0.09 to 0.32)",
            "0.18 (0.09 to 0.32)",
        ),
        (
            Estimate(8, 4, 11, 0.9, unit="weeks"),
            "8.0 weeks (90% CI, 4.0 to 11.0)",
            "8.0 (4.0 to 11.0)",
        ),
        (Estimate(nan, 13, nan, 0.95, unit="months"), "not reached (95% CI, 13.0 to NR)", "not reached (13.0 to NR)"),
        (Estimate(nan, unit="ratio"), "not estimable", "not estimable"),
        (Estimate(57, unit="patients"), "57", "57"),
        (Estimate(0.79, unit="proportion"), "79.0%", "79.0%"),
    ],
)
def test_estimate_in_a_sentence_and_in_a_table(estimate, sentence, cell):
    assert estimate_text(estimate) == sentence
    status = SimpleNamespace(is_unpublished=lambda *_: False, range_of=lambda *_: "")
    assert str(Numbers(None, {"it": SimpleNamespace(result=estimate)}, status).cell("it")) == cell


@pytest.mark.parametrize(
    ("conf_level", "expected"),
    [(0.95, "95%"), (0.9, "90%"), (0.975, "97.5%"), (0.999, "99.9%"), (0.57, "57%"), (0.9999999, "99.99999%")],
)
def test_confidence_level(conf_level, expected):
    assert level_text(conf_level) == expected


@pytest.mark.parametrize(
    ("ratio", "text"), [(0.005, "0.01"), (0.00499, "0.0050"), (0.0043, "0.0043"), (0.000126, "0.00013"), (0.0, "0.00")]
)
def test_a_small_ratio_is_not_printed_as_nothing(ratio, text):
    assert number_text(ratio, "ratio") == text


@pytest.mark.parametrize(
    ("value", "low", "high", "unit", "text"),
    [
        (nan, 9.47, nan, "ratio", "not estimable"),
        (nan, nan, 0.3, "ratio", "not estimable"),
        (nan, 8.0, nan, "weeks", "not reached (95% CI, 8.0 to NR)"),
        (2.0, 1.1, nan, "ratio", "2.00 (95% CI, 1.10 to NE)"),
    ],
)
def test_one_limit_of_what_is_not_estimable_is_not_printed_but_that_of_a_time_is(value, low, high, unit, text):
    assert estimate_text(Estimate(value, low, high, 0.95, 0.1, unit=unit, method="A model", n=9, events=3)) == text


@pytest.mark.parametrize(
    ("estimate", "without"),
    [
        (Estimate(0.0, 0.0, 0.0, 0.95, 0.0, "difference of proportions"), True),
        (Estimate(1.0, 1.0, 1.0, 0.95, 0.0, "proportion"), True),
        (Estimate(1.0, conf_level=0.95, unit="proportion"), True),
        (Estimate(0.0, 0.0, 0.2, 0.95, 0.0, "proportion"), False),
        (Estimate(8.0, 8.0, 8.0, 0.95, unit="weeks"), False),
        (Estimate(float("nan"), conf_level=0.95, unit="weeks"), False),
        (Estimate(12.0, unit="patients"), False),
    ],
)
def test_an_interval_without_a_width_is_none(estimate, without):
    assert has_no_interval(estimate) is without


@pytest.mark.parametrize(("value", "text"), [(-1.043, "\u2212100.0"), (1.2, "100.0"), (-0.125, "\u221212.5")])
def test_no_difference_of_proportions_is_printed_beyond_100_points(value, text):
    assert number_text(value, "difference of proportions") == text
