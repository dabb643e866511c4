"""The patients of an endpoint, and limits, as the programs take them and give them back."""

import numpy as np
from lifelines.utils import median_survival_times

SMALLEST_BY_SUBTRACTION = 1e-8
"""statsmodels takes a distribution function from 1, so that a smaller P value has lost the digits that are compared."""
CONVERGED = {"precision": 1e-18, "r_precision": 1e-18}
"""To what lifelines goes on."""


def patients_of(data, endpoint):
    """The patients of an endpoint as the analysis data hold them: one a row."""
    rows = data.times[(data.times["endpoint"] == endpoint) & data.times["time"].notna()]
    # sorted, for the last digits of other programs tell in which order they were given the patients
    rows = rows.sort_values(["time", "event", "arm", "entry", "stratum"], kind="stable")
    return rows.astype({"time": float, "event": bool, "entry": float})


def is_late(data, endpoint):
    """Whether patients come under observation after time 0."""
    return getattr(data.study.endpoints[endpoint], "entry", None) is not None


def causes(rule, rows):
    """0 where the time is censored, 1 where the event was observed, 2 where a competing one was instead."""
    competing = ~rows["event"] & rows["reason"].isin(rule.competing.values())
    return np.where(rows["event"], 1, np.where(competing, 2, 0))


def limits_of(key, limits, program):
    """Both limits of an interval as numbers to compare."""
    return [(key, "low", limits[0], program), (key, "high", limits[1], program)]


def finite(value):
    """lifelines stands infinity for not reached."""
    return float("nan") if np.isinf(value) else float(value)


def median_of(fitter, key, *, limits):
    """The median of a Kaplan-Meier curve where lifelines has that of R: not on a plateau."""
    survival = fitter.survival_function_.iloc[:, 0]
    if np.isclose(survival, 0.5, atol=1e-9).any():
        return
    yield key, "value", finite(fitter.median_survival_time_), "lifelines"
    if limits and survival.iloc[-1] > 0:
        low, high = median_survival_times(fitter.confidence_interval_).to_numpy().ravel()
        yield key, "low", finite(low), "lifelines"
        yield key, "high", finite(high), "lifelines"
