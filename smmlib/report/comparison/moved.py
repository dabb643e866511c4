"""Which numbers of two reports differ, by how much, and what that means to a statistician."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from smmlib.display.formatting import MASKED, PERCENT, POINTS, TIME_UNITS, hundredfold, rounded
from smmlib.report.comparison.numbers_file import QUANTITIES, Recorded

LAST_DIGIT = 1e-9
"""Relative difference that another processor may make, and that is none."""
SIGNIFICANT = 0.05
CONCLUSION, PRINTED, DIGITS = "the conclusion", "the printed number", "digits that are not printed"
SEVERITY = (CONCLUSION, PRINTED, DIGITS)
"""What of a number moved, the gravest first."""
LOGARITHMIC = ("ratio",)


@dataclass(frozen=True)
class Moved:
    """A number that is not the same in two reports.

    Attributes
    ----------
    name : str
    old, new : str
        As printed; empty where a report does not have it.
    what : str
        One of `SEVERITY`, or "appeared" or "disappeared".
    words : str
        By how much, and what changed.
    """

    name: str
    old: str
    new: str
    what: str
    words: str


def moved_numbers(old: Mapping[str, Recorded], new: Mapping[str, Recorded]) -> list[Moved]:
    """The numbers that differ, the gravest first.

    Parameters
    ----------
    old, new : mapping of str to Recorded

    Returns
    -------
    list of Moved
    """
    gone = [
        Moved(name, old[name].printed, "", "disappeared", "is not in the new report") for name in old if name not in new
    ]
    come = [
        Moved(name, "", new[name].printed, "appeared", "is not in the old report") for name in new if name not in old
    ]
    both = [_moved(old[name], new[name]) for name in old if name in new and _differ(old[name], new[name])]
    return [*sorted(both, key=lambda each: SEVERITY.index(each.what)), *gone, *come]


def changed_methods(old: Mapping[str, Recorded], new: Mapping[str, Recorded]) -> list[tuple[str, str, str]]:
    """Numbers whose method is said in other words: name, old and new method."""
    return [
        (name, old[name].method, new[name].method)
        for name in old
        if name in new and old[name].method != new[name].method
    ]


def _differ(old: Recorded, new: Recorded) -> bool:
    if (old.unit, old.is_test) != (new.unit, new.is_test):
        return True
    return any(not _same(old.quantities[name], new.quantities[name]) for name in QUANTITIES)


def _same(old: float, new: float) -> bool:
    both_missing = math.isnan(old) and math.isnan(new)
    return both_missing or math.isclose(old, new, rel_tol=LAST_DIGIT, abs_tol=1e-15)


def _moved(old: Recorded, new: Recorded) -> Moved:
    verdict = _changed_conclusion(old, new)
    size = _size(old, new)
    if verdict:
        return Moved(old.name, old.printed, new.printed, CONCLUSION, "; ".join(filter(None, [size, verdict])))
    if old.printed != new.printed:
        return Moved(old.name, old.printed, new.printed, PRINTED, size or _which(old, new))
    return Moved(old.name, old.printed, new.printed, DIGITS, _which(old, new))


def _changed_conclusion(old: Recorded, new: Recorded) -> str:
    """What a reader would conclude otherwise."""
    if old.is_test and new.is_test:
        before, after = (each.quantities["p_value"] < SIGNIFICANT for each in (old, new))
        return "" if before == after else f"P is {'now' if after else 'no longer'} below {SIGNIFICANT}"
    if math.isnan(old.quantities["value"]) != math.isnan(new.quantities["value"]):
        gone = math.isnan(new.quantities["value"])
        if MASKED in (old.unit, new.unit):
            return "is masked now" if gone else "was masked"
        if old.unit in TIME_UNITS:
            return "is no longer reached" if gone else "is reached now"
        return "is no longer estimable" if gone else "is estimable now"
    neutral = 1.0 if old.unit in LOGARITHMIC else 0.0
    if old.unit not in (*LOGARITHMIC, POINTS) or any(math.isnan(each.quantities["low"]) for each in (old, new)):
        return ""
    before, after = (each.quantities["low"] <= neutral <= each.quantities["high"] for each in (old, new))
    return "" if before == after else f"the interval {'now includes' if after else 'no longer includes'} {neutral:g}"


def _size(old: Recorded, new: Recorded) -> str:
    """By how much the value, or the P value, moved; nothing where there is no value in both."""
    quantity = "p_value" if old.is_test else "value"
    before, after = old.quantities[quantity], new.quantities[quantity]
    if math.isnan(before) or math.isnan(after) or _same(before, after):
        return ""
    if old.unit in LOGARITHMIC and before > 0 and after > 0:
        return f"{_percent(after / before - 1)}{_in_errors(math.log(after / before), old)}"
    if old.unit in (PERCENT, POINTS):
        return f"{_signed(hundredfold(abs(after - before)), after > before, 2)} percentage points"
    unit = f" {old.unit}" if old.unit and not old.is_test else ""
    return f"{_signed(abs(after - before), after > before, None)}{unit}"


def _in_errors(difference: float, old: Recorded) -> str:
    """A difference in standard errors of the old report, of an estimate that has one."""
    error = old.quantities["std_error"]
    return f", {rounded(abs(difference) / error, 2)} of its standard error" if error > 0 else ""


def _percent(change: float) -> str:
    return f"{_significant(abs(change) * 100)}% {'higher' if change > 0 else 'lower'}"


def _signed(amount: float, is_more: bool, decimals: int | None) -> str:
    text = _significant(amount) if decimals is None else _significant(round(amount, 12))
    return f"{'+' if is_more else '−'}{text}"


def _significant(amount: float) -> str:
    """Three digits that mean something, without an exponent where there can be none."""
    return f"{amount:.3g}"


def _which(old: Recorded, new: Recorded) -> str:
    """The quantities that differ, with their relative difference."""
    parts = []
    for name in QUANTITIES:
        before, after = old.quantities[name], new.quantities[name]
        if not _same(before, after):
            missing = math.isnan(before) or math.isnan(after) or before == 0
            parts.append(name if missing else f"{name} by {abs(after / before - 1):.1e} of itself")
    return ", ".join(parts).replace("_", " ")
