"""Numbers as text. The only rounding in the package: half away from zero, from the full-precision value."""

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import partial

from smmlib.display.styles import joined_limits, style
from smmlib.stats.results import Estimate, HypothesisTest

TIME_UNITS = ("days", "weeks", "months", "years")
PERCENT, POINTS = "proportion", "difference of proportions"
P_VALUE = "P value"
LEVEL = "level"
"""Unit of the level at which a hypothesis is tested."""
MASKED = "masked"
"""Unit of a number that is not shown, because a small count could be read from it."""
SURVIVAL_ERROR = "error of survival"
"""Unit of a difference between two curves that both go from 1 to 0."""
DECIMALS = {PERCENT: 1, POINTS: 1, "ratio": 2, SURVIVAL_ERROR: 4}
RATE = "per 100 patient-years"
DECIMALS |= dict.fromkeys((*TIME_UNITS, RATE), 1)
DECIMALS |= dict.fromkeys(("patients", "assessments", "events", "points", "percent of points"), 0)
NO_INTERVAL = "interval not estimable"
DASH = "\u2013"
EXACT = Context(prec=400, rounding=ROUND_HALF_UP)


def is_masked(result: Estimate | HypothesisTest) -> bool:
    """Whether a result is one that is not shown; of a test, which has no unit, its method says so."""
    return getattr(result, "unit", "") == MASKED or f"; {MASKED}, because " in result.method


def rounded(value: float, decimals: int) -> str:
    """Value rounded half away from zero, as text with that many decimals.

    The value is taken as its shortest decimal form, so that 0.285 is rounded to 0.29 though its binary form
    lies below.

    Parameters
    ----------
    value : float
        Finite.
    decimals : int

    Returns
    -------
    str
        With an ASCII hyphen for minus; never "-0".
    """
    if not math.isfinite(value):
        raise ValueError(f"value is {value}: only finite numbers can be rounded.")
    nearest = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), context=EXACT)
    return f"{abs(nearest) if nearest == 0 else nearest:f}"


def number_text(value: float, unit: str, *, missing: str | None = None, decimals: int | None = None) -> str:
    """One number in its unit's usual precision: 0.18, 94.2%, 21.0.

    Parameters
    ----------
    value : float
    unit : str
        Unit of an `Estimate`; a proportion is shown in percent, a difference of proportions in percentage
        points.
    missing : str, optional
        Text for NaN; "not reached" for times and "not estimable" otherwise when left out.
    decimals : int, optional
        Decimals of a measurement; those of its unit when left out.
    """
    if unit == MASKED:
        return MASKED
    if math.isnan(value):
        return missing or ("not reached" if unit in TIME_UNITS else "not estimable")
    if unit == LEVEL:
        return _level_of_test(value)
    return style().with_point(in_figures(value, unit, decimals=decimals)) + ("%" if unit == PERCENT else "")


def in_figures(value: float, unit: str, *, decimals: int | None = None) -> str:
    """One number rounded as it is printed, in plain figures that can be computed with.

    Parameters
    ----------
    value : float
        Finite.
    unit : str
    decimals : int, optional
        Those of the unit in the style in force when left out.

    Returns
    -------
    str
        Of a proportion in percent, of a difference of proportions in percentage points.
    """
    if decimals is None:
        decimals = style().decimals.get(unit, DECIMALS.get(unit, 2))
    if unit == "ratio" and 0 < value < 0.5 * 10**-decimals:  # two digits that mean something instead of 0.00
        decimals = 1 - math.floor(math.log10(value))
    if unit == POINTS:  # no difference of proportions lies beyond, though a normal interval may
        value = max(-1.0, min(1.0, value))
    return rounded(hundredfold(value) if unit in (PERCENT, POINTS) else value, decimals)


def _level_of_test(value: float) -> str:
    """A level of 0.0125, 0.05 or 0.008333: four digits, without zeros at the end."""
    decimals = 3 - math.floor(math.log10(value)) if value > 0 else 0
    return style().with_point(rounded(value, decimals).rstrip("0").rstrip(".")) if decimals else "0"


def interval_text(estimate: Estimate) -> str:
    """Limits of an estimate: "0.09 to 0.32"; NR or NE where one does not exist, nothing when both do not.

    Nothing either of what is not estimable itself: one limit beside it reads like an interval. A time that is not
    reached has its limits, as in R and SAS.
    """
    is_time = estimate.unit in TIME_UNITS
    if (math.isnan(estimate.low) and math.isnan(estimate.high)) or (math.isnan(estimate.value) and not is_time):
        return ""
    missing = "NR" if is_time else "NE"
    low, high = (number_text(limit, estimate.unit, missing=missing) for limit in (estimate.low, estimate.high))
    return joined_limits(low, high)


def has_no_interval(estimate: Estimate) -> bool:
    """Whether a number that is estimable has no interval by its method: none at all, or one without a width.

    Without an event the variance is estimated as 0, and the interval as the estimate itself, of which nobody can be so
    sure. A median has its limits read off a curve, and may be its own limit.
    """
    if math.isnan(estimate.conf_level) or math.isnan(estimate.value):
        return False
    if math.isnan(estimate.low) and math.isnan(estimate.high):
        return estimate.unit not in TIME_UNITS
    return estimate.std_error == 0 and estimate.low == estimate.value == estimate.high


def estimate_text(estimate: Estimate) -> str:
    """An estimate with its interval: "0.18 (95% CI, 0.09 to 0.32)", "8.0 weeks (95% CI, 4.0 to 11.0)"."""
    value, interval = value_text(estimate), interval_text(estimate)
    return f"{value} ({before_interval(estimate)}{interval})" if interval else value


def before_interval(estimate: Estimate) -> str:
    """What stands before an interval in a sentence: "95% CI, "."""
    return f"{level_text(estimate.conf_level)}{style().after_level}"


def value_text(estimate: Estimate) -> str:
    """The value of an estimate, with its unit where that is one of time: "0.18", "8.0 weeks"."""
    value = number_text(estimate.value, estimate.unit)
    timed = estimate.unit in TIME_UNITS and not math.isnan(estimate.value)
    return f"{value} {estimate.unit}" if timed else value


def level_text(conf_level: float) -> str:
    """Confidence level in percent: "95%", "97.5%"."""
    return f"{style().with_point(f'{hundredfold(conf_level):.10g}')}%"


def p_value_text(p_value: float) -> str:
    """P value in the style in force: two decimals from 0.01, three from 0.001, "<0.001" below, as NEJM has it.

    What rounds to 0.01 is printed so, not as 0.010.
    """
    if math.isnan(p_value):
        return "not estimable"
    last, decimals = style().p_decimals[-1]
    if p_value < last:
        return f"<{_p_figures(last, decimals)}"
    digits = style().p_digits
    if digits is not None:
        decimals = _decimals_of(digits, float(rounded(p_value, _decimals_of(digits, p_value))))
    for least, fewer in style().p_decimals[-2::-1]:
        if float(rounded(p_value, decimals)) >= least:
            decimals = fewer
    highest = style().p_highest
    above = float(rounded(p_value, decimals)) > highest
    return f">{_p_figures(highest, decimals)}" if above else _p_figures(p_value, decimals)


def _decimals_of(digits: int, value: float) -> int:
    """Decimals that show so many significant digits."""
    return digits - 1 - math.floor(math.log10(value))


def _p_figures(p_value: float, decimals: int) -> str:
    text = style().with_point(rounded(p_value, decimals))
    return text if style().leading_zero else text.removeprefix("0")


def p_value_in_words(p_value: float) -> str:
    """P value with its sign: "P = 0.03", "P < 0.001", "P not estimable"."""
    text, sign = p_value_text(p_value), style().p
    if math.isnan(p_value):
        return f"{sign} {text}"
    return f"{sign} {text[0]} {text[1:]}" if text[0] in "<>" else f"{sign} = {text}"


def p_value_beside_level(p_value: float) -> str:
    """P value to be held against a level such as 0.0125: four decimals, "<0.0001" below."""
    if math.isnan(p_value):
        return "not estimable"
    return _p_figures(p_value, 4) if p_value >= 0.0001 else f"<{_p_figures(0.0001, 4)}"


def range_text(low, high, unit, *, some_missing):
    """From the lowest to the highest of many numbers: "44.1\u201350.2", "57" when both are printed alike.

    Parameters
    ----------
    low, high : float
        NaN when none of the numbers is estimable.
    unit : str
        Of the numbers; "P value" for those of tests.
    some_missing : bool
        Whether some are not estimable: a time that is not reached lies above all others.

    Returns
    -------
    str
    """
    beyond = "NR" if unit in TIME_UNITS else "NE"
    if math.isnan(low):
        return beyond
    of_unit = p_value_text if unit == P_VALUE else partial(number_text, unit=unit)
    first, last = of_unit(low), of_unit(high)
    if some_missing:
        last = beyond if unit in TIME_UNITS else f"{last} or {beyond}"
    if first == last:
        return first
    dash = f" {DASH} " if first.startswith(style().minus) else DASH
    return f"{first.removesuffix('%')}{dash}{last}"


def hundredfold(proportion: float) -> float:
    """A hundred times its shortest decimal form: 0.285 gives 28.5, which binary multiplication would miss."""
    return float(Decimal(repr(float(proportion))) * 100)
