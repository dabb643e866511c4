"""One estimate against another, of two independent arms: their difference, and their ratio."""

import numpy as np

from smmlib.stats.checks import check_kind
from smmlib.stats.distributions import two_sided_quantile
from smmlib.stats.results import NOT_ESTIMABLE, Estimate, SurvivalCurve, not_estimable, percent, sentence
from smmlib.stats.types import ComparedCounts, Limits, Method


class _Both(ComparedCounts):
    """Of two estimates together; `at` is the time of both."""

    at: float


def difference(first: Estimate, second: Estimate, *, unit: str, what: str) -> Estimate:
    """First - second, with a normal interval.

    Parameters
    ----------
    first, second : Estimate
        Of the arm and of the reference, at one confidence level.
    unit, what : str
        Unit of the difference, and of what it is, in words.

    Returns
    -------
    Estimate
        Not estimable where one of the two is not.
    """
    words = f"Difference of {what}"
    missing = _missing(first, second, words, unit)
    if missing:
        return missing
    value, std_error = first.value - second.value, float(np.hypot(first.std_error, second.std_error))
    margin = two_sided_quantile(first.conf_level) * std_error
    return _contrast(first, second, value, (value - margin, value + margin), std_error, unit, f"{words}, normal")


def ratio(first: Estimate, second: Estimate, *, what: str) -> Estimate:
    """First / second, with an interval that is normal for its logarithm; `std_error` is that of the logarithm.

    Not estimable where one of the two is not, or is zero.
    """
    words = f"Ratio of {what}"
    missing = _missing(first, second, words, "ratio")
    if missing:
        return missing
    if first.value == 0 or second.value == 0:
        zero = (first if first.value == 0 else second).arm
        return _none(first, second, not_estimable(words, f"it is 0 in arm {zero!r}"), "ratio")
    log_ratio = np.log(first.value / second.value)
    std_error = float(np.hypot(first.std_error / first.value, second.std_error / second.value))
    margin = two_sided_quantile(first.conf_level) * std_error
    limits = float(np.exp(log_ratio - margin)), float(np.exp(log_ratio + margin))
    value = first.value / second.value
    return _contrast(first, second, value, limits, std_error, "ratio", f"{words}, log-normal")


def check_comparable(curve: SurvivalCurve, reference_curve: SurvivalCurve) -> None:
    """Two curves of one confidence level and one unit, or a ValueError."""
    check_kind(curve, SurvivalCurve, "curve", "kaplan_meier")
    check_kind(reference_curve, SurvivalCurve, "reference_curve", "kaplan_meier")
    check_same(curve, reference_curve, "conf_level", "time_unit")


def check_same(curve: object, reference_curve: object, *names: str) -> None:
    """Attributes that the curves of two arms share, or a ValueError."""
    for name in names:
        mine, other = getattr(curve, name), getattr(reference_curve, name)
        if mine != other:
            raise ValueError(f"{name} is {mine!r} for the arm and {other!r} for the reference: make them the same.")


def _missing(first: Estimate, second: Estimate, words: str, unit: str) -> Estimate | None:
    for estimate in (first, second):
        if np.isnan(estimate.value):
            why = f"{words}: {estimate.method[0].lower()}{estimate.method[1:]}"
            return _none(first, second, sentence(why, within=estimate.from_data), unit)
    return None


def _none(first: Estimate, second: Estimate, method: Method, unit: str) -> Estimate:
    return Estimate(NOT_ESTIMABLE, unit=unit, **method, **_both(first, second))


def _contrast(
    first: Estimate, second: Estimate, value: float, limits: Limits, std_error: float, unit: str, words: str
) -> Estimate:
    level = first.conf_level
    method = sentence(f"{words} {percent(level)} interval")
    if np.isnan(std_error):
        alone = (first if np.isnan(first.std_error) else second).arm
        method = not_estimable(method["method"], f"nobody is left in arm {alone!r}")
    return Estimate(value, *limits, level, std_error, unit, **method, **_both(first, second))


def _both(first: Estimate, second: Estimate) -> _Both:
    return {
        "arm": first.arm,
        "reference": second.arm,
        "n": first.n + second.n,
        "events": first.events + second.events,
        "at": first.at,
    }
