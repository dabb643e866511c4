"""Patients from a drawn figure by each method, as (time, event)."""

import numpy as np

from benchmarks.reconstruction.guyot import plain_guyot
from smmlib.curves.reconstruct import reconstruct

PLAIN, GUYOT, OPTIMISED, LIMIT = "plain Guyot", "smmlib guyot", "smmlib optimised", "known to the point"
METHODS = (PLAIN, GUYOT, OPTIMISED, LIMIT)


def patients(method, figure, arm):
    """Times and events of one arm's patients; only what is known to the point looks at the real ones."""
    if method == LIMIT:
        return rounded(arm, figure)
    if method == PLAIN:
        table = figure.risk_table or (np.array([0.0]), np.array([figure.patients]))
        return plain_guyot(figure.curve, table, figure.events)
    made = reconstruct(
        figure.curve,
        figure.risk_table,
        figure.events,
        figure.ticks,
        figure.patients,
        method=method.removeprefix("smmlib "),
    )
    return made.time, made.event


def rounded(arm, figure):
    """The real patients in their order, spread evenly between the two points of the curve around them.

    Whoever guessed each patient right, but for the place between two points, would have this. Two points at one time
    are a step, which is read exactly, and so is the end of a curve that has such steps.
    """
    points, drawn = np.unique(figure.curve[0], return_counts=True)
    steps = points[drawn > 1]
    known = np.isin(arm.time, np.append(steps, points[-1] if len(steps) else []))
    times = np.unique(arm.time[~known])
    right = np.clip(np.searchsorted(points, times * (1 - 1e-12)), 1, len(points) - 1)
    _, first, together = np.unique(right, return_index=True, return_counts=True)
    place = (np.arange(len(times)) - np.repeat(first, together) + 0.5) / np.repeat(together, together)
    spread = points[right - 1] + place * (points[right] - points[right - 1])
    time = arm.time.copy()
    time[~known] = spread[np.searchsorted(times, arm.time[~known])]
    return time, arm.event
