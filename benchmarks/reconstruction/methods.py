"""Patients from a drawn figure by each method, as (time, event)."""

import numpy as np
from smmlib.synthetic.reconstruct import reconstruct

from benchmarks.reconstruction.guyot import plain_guyot

PLAIN, GUYOT, OPTIMISED, LIMIT = "plain Guyot", "smmlib guyot", "smmlib optimised", "limit"
METHODS = (PLAIN, GUYOT, OPTIMISED, LIMIT)


def patients(method, figure, arm):
    """Times and events of one arm's patients; only the limit looks at the real ones."""
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
    """The real patients, each in the middle between the two points of the curve around them.

    Whoever guessed each patient right, but for the place between two points, would have this.
    """
    points = np.unique(figure.curve[0])
    right = np.clip(np.searchsorted(points, arm.time), 1, len(points) - 1)
    inside = ~np.isin(arm.time, points)
    middle = (points[right - 1] + points[right]) / 2
    return np.where(inside, middle, arm.time), arm.event
