"""How near reconstructed patients come to what was published."""

import numpy as np

from smmlib.curves.reconstruction.reconstructed import ReconstructionQuality
from smmlib.stats.event_table import event_table
from smmlib.stats.survival.kaplan_meier import kaplan_meier, median_survival

KMDATA_GRADES = ((0.05, 3), (0.10, 2), (0.20, 1))
"""Largest share by which a number differs from the published one, and the points for it."""


def measure_quality(time, event, curve, facts):
    """Quality of the patients of one arm.

    Parameters
    ----------
    time : ndarray, shape (n,)
    event : ndarray of bool, shape (n,)
    curve : CleanedCurve
    facts : PublishedFacts

    Returns
    -------
    ReconstructionQuality
    """
    error = np.abs(_errors(time, event, curve))
    at_risk = np.array([np.sum(time >= at) for at in facts.risk_time])
    events = int(event.sum())
    median = median_survival(kaplan_meier(time, event)).value
    points = {}
    if facts.has_table:
        points["at_risk"] = at_risk_points(at_risk[1:], facts.at_risk[1:])
    if facts.events is not None:
        points["events"] = kmdata_points(events, facts.events)
    if facts.median is not None:
        points["median"] = kmdata_points(median, facts.median)
    points = {name: value for name, value in points.items() if value is not None}
    return ReconstructionQuality(
        rmse=float(np.sqrt(np.mean(error**2))),
        mean_absolute_error=float(error.mean()),
        largest_absolute_error=float(error.max()),
        integrated_absolute_error=_integrated(curve.time, error),
        at_risk_times=facts.risk_time,
        at_risk_differences=at_risk - facts.at_risk,
        event_difference=None if facts.events is None else events - facts.events,
        median_difference=None if facts.median is None or np.isnan(median) else float(median - facts.median),
        kmdata_points=points,
        kmdata_score=kmdata_score(points),
    )


def kmdata_points(value, published):
    """Points from 0 to 3 for a number, by how far it is from the published one; None where that is zero."""
    if not published:
        return None
    away = abs(value - published) / abs(published)
    return next((points for limit, points in KMDATA_GRADES if away <= limit + 1e-12), 0)


def at_risk_points(at_risk, published):
    """Points for the numbers at risk, by the mean of their differences in percent; None where there are none."""
    some = published > 0
    if not some.any():
        return None
    mean = np.mean(np.abs(at_risk[some] - published[some]) / published[some])
    return kmdata_points(1 + mean, 1.0)


def kmdata_score(points):
    """Points reached in percent of those that can be; NaN without any."""
    return 100 * sum(points.values()) / (3 * len(points)) if points else float("nan")


def survival_at_times(time, event, at, *, just_before=False):
    """Kaplan-Meier survival at times, past the last one too."""
    table = event_table(time, event)
    steps = np.concatenate([[1.0], np.cumprod(1 - table.events[0] / table.at_risk[0])])
    return steps[np.searchsorted(table.time, at, side="left" if just_before else "right")]


def _errors(time, event, curve):
    """At each point, the error; at the top of a vertical step that of survival just before it."""
    at, before = (survival_at_times(time, event, curve.time, just_before=early) for early in (False, True))
    top = np.concatenate([np.diff(curve.time) == 0, [False]])
    return np.where(top, before, at) - curve.falling


def _integrated(time, error):
    length = time[-1] - time[0]
    if length == 0:
        return float(error.mean())
    return float(np.sum(np.diff(time) * (error[1:] + error[:-1]) / 2) / length)
