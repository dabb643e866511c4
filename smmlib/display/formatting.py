"""Numbers as text. The only rounding in the package: half away from zero, from the full-precision value."""

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import partial

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
MINUS, DASH = "\u2212", "\u2013"
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
    if decimals is None:
        decimals = DECIMALS.get(unit, 2)
    if unit == "ratio" and 0 < value < 0.005:  # two digits that mean something instead of 0.00
        decimals = 1 - math.floor(math.log10(value))
    if unit == LEVEL:
        return _level_of_test(value)
    if unit == POINTS:  # no difference of proportions lies beyond, though a normal interval may
        value = max(-1.0, min(1.0, value))
    text = rounded(hundredfold(value) if unit in (PERCENT, POINTS) else value, decimals)
    return text.replace("-", MINUS) + ("%" if unit == PERCENT else "")


def _level_of_test(value: float) -> str:
    """A level of 0.0125, 0.05 or 0.008333: four digits, without zeros at the end."""
    decimals = 3 - math.floor(math.log10(value)) if value > 0 else 0
    return rounded(value, decimals).rstrip("0").rstrip(".") if decimals else "0"


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
    return f"{low} to {high}"


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
    return f"{value} ({level_text(estimate.conf_level)} CI, {interval})" if interval else value


def value_text(estimate: Estimate) -> str:
    """The value of an estimate, with its unit where that is one of time: "0.18", "8.0 weeks"."""
    value = number_text(estimate.value, estimate.unit)
    timed = estimate.unit in TIME_UNITS and not math.isnan(estimate.value)
    return f"{value} {estimate.unit}" if timed else value


def level_text(conf_level: float) -> str:
    """Confidence level in percent: "95%", "97.5%"."""
    return f"{hundredfold(conf_level):.10g}%"


def p_value_text(p_value: float) -> str:
    """P value as journals print it: two decimals from 0.01, three from 0.001, "<0.001" below.

    What rounds to 0.01 is printed so, not as 0.010.
    """
    if math.isnan(p_value):
        return "not estimable"
    if p_value < 0.001:
        return "<0.001"
    three_decimals = rounded(p_value, 3)
    return rounded(p_value, 2) if float(three_decimals) >= 0.01 else three_decimals


def p_value_beside_level(p_value: float) -> str:
    """P value to be held against a level such as 0.0125: four decimals, "<0.0001" below."""
    if math.isnan(p_value):
        return "not estimable"
    return rounded(p_value, 4) if p_value >= 0.0001 else "<0.0001"


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
    dash = f" {DASH} " if first.startswith(MINUS) else DASH
    return f"{first.removesuffix('%')}{dash}{last}"


def hundredfold(proportion: float) -> float:
    """A hundred times its shortest decimal form: 0.285 gives 28.5, which binary multiplication would miss."""
    return float(Decimal(repr(float(proportion))) * 100)
