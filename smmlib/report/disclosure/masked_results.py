"""What is left of a result that is not shown, or not shown whole."""

from dataclasses import replace

from smmlib.display.formatting import MASKED

NOTHING = float("nan")


READ_AT = {
    "survival": "Survival at a landmark",
    "survival_difference": "Difference of survival at a landmark",
    "incidence": "Cumulative incidence at a landmark",
    "incidence_difference": "Difference of cumulative incidence at a landmark",
    "restricted_mean": "Restricted mean survival time",
    "restricted_mean_difference": "Difference of restricted mean survival times",
    "restricted_mean_ratio": "Ratio of restricted mean survival times",
}
"""What is said of a masked estimate at a time; why others are not estimable would tell who was followed so long."""


def masked(result, limit, what=None):
    """A result of which nothing is left but what it is about: its method, or `what`."""
    numbers = ("value", "low", "high", "conf_level", "std_error", "statistic", "p_value", "n", "events")
    changes = {name: NOTHING for name in numbers if hasattr(result, name)}
    unit = {"unit": MASKED} if hasattr(result, "unit") else {}
    about = what or without_data(result).method
    why = f"{about}; {MASKED}, because a count under {limit} could be read or worked out from it"
    return replace(result, **changes, **unit, method=why, from_data=())


def without_data(result):
    """A result whose method says nothing that comes from the data: it may tell of a single patient."""
    method = result.method
    for words in result.from_data:
        method = method.replace(words, "", 1)
    return replace(result, method=method, from_data=())


def without_small_counts(result, limit, *, hide_events):
    """A result that is shown, without the number of patients or events that it rests on where that is small."""
    small = {name: NOTHING for name in ("n", "events") if getattr(result, name, limit) < limit}
    events = {"events": NOTHING} if hide_events and hasattr(result, "events") else {}
    return replace(without_data(result), **{**small, **events})


def masked_estimate(key, result, limit):
    """An estimate that is not shown, because it is read off a curve where few patients are at risk."""
    return masked(result, limit, READ_AT.get(key.measure))
