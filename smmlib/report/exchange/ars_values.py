"""What a number consists of, quantity by quantity: in full precision, and as the report prints it."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from smmlib.analysis.keys import Key
from smmlib.display import formatting
from smmlib.report.records.labels import decimals_of
from smmlib.stats.results import Estimate, HypothesisTest
from smmlib.trial.parameters.study import Study

QUANTITIES = {
    "value": "Estimate",
    "low": "Lower confidence limit",
    "high": "Upper confidence limit",
    "conf_level": "Confidence level",
    "std_error": "Standard error",
    "statistic": "Test statistic",
    "df": "Degrees of freedom",
    "p_value": "P value",
    "n": "Patients",
    "events": "Events",
}
"""Columns of numbers.csv that hold numbers, in the order of the operations of a method, with their names."""


class Quantity(NamedTuple):
    """One quantity of a number.

    Attributes
    ----------
    name : str
        One of `QUANTITIES`.
    raw : str
        Every digit, as in numbers.csv; empty where there is no value.
    formatted : str
        As the report prints it; empty where the report does not print it by itself.
    """

    name: str
    raw: str
    formatted: str


def quantities(study: Study, key: Key, result: Estimate | HypothesisTest) -> Iterator[Quantity]:
    """The quantities of a number that have a value, or of which the report says why they have none.

    Parameters
    ----------
    study : Study
    key : Key
    result : Estimate or HypothesisTest

    Yields
    ------
    Quantity
        Of a masked number one alone, without a value; of a masked test its degrees of freedom, too.
    """
    is_estimate = isinstance(result, Estimate)
    if formatting.is_masked(result):
        yield Quantity("value" if is_estimate else "p_value", "", formatting.MASKED)
        if isinstance(result, HypothesisTest):
            yield Quantity("df", repr(result.df), "")
        return
    printed = _of_estimate(study, key, result) if isinstance(result, Estimate) else _of_test(key, result)
    printed |= _counts(study, result)
    for name in QUANTITIES:
        raw, formatted = _raw(getattr(result, name, math.nan)), printed.get(name, "")
        if raw or formatted:
            yield Quantity(name, raw, formatted)


def _raw(value: float) -> str:
    return "" if value != value else repr(value)


def _of_estimate(study: Study, key: Key, result: Estimate) -> dict[str, str]:
    decimals = decimals_of(study, key)
    printed = {"value": formatting.number_text(result.value, result.unit, decimals=decimals)}
    if formatting.interval_text(result):
        missing = "NR" if result.unit in formatting.TIME_UNITS else "NE"
        limits = {"low": result.low, "high": result.high}
        printed |= {name: formatting.number_text(limit, result.unit, missing=missing) for name, limit in limits.items()}
        printed["conf_level"] = formatting.level_text(result.conf_level)
    return printed


def _of_test(key: Key, result: HypothesisTest) -> dict[str, str]:
    beside_level = key.section == "multiple_testing"
    p_value_text = formatting.p_value_beside_level if beside_level else formatting.p_value_text
    statistic = {} if math.isnan(result.statistic) else {"statistic": formatting.number_text(result.statistic, "")}
    return {"p_value": p_value_text(result.p_value), **statistic}


def _counts(study: Study, result: Estimate | HypothesisTest) -> dict[str, str]:
    """Patients and events; where small counts are masked, a number may be shown without the patients that it is of."""
    missing = formatting.MASKED if study.suppress_below else ""
    counts = {"n": result.n, "events": result.events}
    if isinstance(result, Estimate) and result.unit == "patients":
        del counts["events"]  # a count rests on none
    return {
        name: str(count) if isinstance(count, int) else formatting.number_text(count, "patients", missing=missing)
        for name, count in counts.items()
        if missing or not math.isnan(count)
    }
