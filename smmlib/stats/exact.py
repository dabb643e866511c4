"""Survival and cumulative incidence as quotients of whole numbers, divided once.

A product of floats stands a last digit beside the number that it is, so that 45/48 would be printed 93.7%.
"""

from math import prod

import numpy as np

from smmlib.stats.results import CumulativeIncidenceCurve, SurvivalCurve

MOST_EVENT_TIMES = 2000
"""Of a cumulative incidence: its whole numbers grow with each event time."""


def survival_quotient(curve: SurvivalCurve, row: int) -> tuple[int, int] | None:
    """Numerator and denominator of the Kaplan-Meier estimate at a row of its curve.

    Parameters
    ----------
    curve : SurvivalCurve
    row : int
        -1 before the first time.

    Returns
    -------
    tuple of (int, int) or None
        None with case weights, whose sums are no whole numbers.
    """
    if not np.issubdtype(curve.at_risk.dtype, np.integer):
        return None
    happened = np.flatnonzero(curve.events[: row + 1])
    at_risk = curve.at_risk[happened].tolist()
    left = (curve.at_risk[happened] - curve.events[happened]).tolist()
    return prod(left), prod(at_risk)


def incidence_quotient(curve: CumulativeIncidenceCurve, row: int) -> tuple[int, int] | None:
    """Numerator and denominator of the Aalen-Johansen estimate at a row of its curve.

    Parameters
    ----------
    curve : CumulativeIncidenceCurve
    row : int

    Returns
    -------
    tuple of (int, int) or None
        None after more than 2,000 event times.
    """
    ended = (curve.events + curve.competing)[: row + 1]
    happened = np.flatnonzero(ended)
    if len(happened) > MOST_EVENT_TIMES:
        return None
    incidence, survival, denominator = 0, 1, 1
    for at_risk, events, all_events in zip(
        curve.at_risk[happened].tolist(), curve.events[happened].tolist(), ended[happened].tolist(), strict=True
    ):
        incidence = incidence * at_risk + survival * events
        survival *= at_risk - all_events
        denominator *= at_risk
    return incidence, denominator


def quotient_difference(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Difference of two quotients, divided once.

    Parameters
    ----------
    one, other : tuple of (int, int)

    Returns
    -------
    float
    """
    return (one[0] * other[1] - other[0] * one[1]) / (one[1] * other[1])
