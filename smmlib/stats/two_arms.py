"""The event table of two arms, and what an equal hazard would lead to expect in it."""

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.checks import check_arms, check_same_order, check_times
from smmlib.stats.counts import as_int
from smmlib.stats.event_table import EventTable, event_table
from smmlib.stats.types import Floats, Labels, PatientCounts

REFERENCE, ARM = 0, 1
UNCOMPARED = "no event was seen while patients of both arms were at risk"


def two_arm_table(
    time: ArrayLike,
    event: ArrayLike,
    in_arm: ArrayLike,
    *,
    arm: str,
    reference: str,
    strata: Labels | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> EventTable:
    """Event table with the reference as group 0 and the arm as group 1.

    Raises
    ------
    ValueError
        As `event_table`, or if an arm is empty.
    """
    columns = {"event": event, "in_arm": in_arm, "strata": strata, "entry": entry, "weights": weights}
    check_same_order({"time": time, **columns})
    time = check_times(time)
    in_arm = check_arms(in_arm, len(time), arm, reference)
    return event_table(time, event, in_arm.view(np.int8), strata, entry=entry, weights=weights)


def counts_of(table: EventTable) -> PatientCounts:
    """Patients and events of an event table: whole numbers, unless case weights are not."""
    return {"n": as_int(table.events.sum() + table.censored.sum()), "events": as_int(table.events.sum())}


def excess_and_variance(table: EventTable) -> tuple[Floats, Floats]:
    """Events in the arm above expectation, and their variance, at each row of a two-arm table.

    Given the events of both arms and the patients at risk, those in the arm are hypergeometric when the hazards
    are equal.

    Returns
    -------
    excess, variance : ndarray, shape (k,)

    References
    ----------
    .. [1] Klein & Moeschberger (2003), Survival Analysis, eq. 7.3.3.
    """
    events, at_risk = table.events.sum(axis=0), table.at_risk.sum(axis=0)
    share = table.at_risk[ARM] / at_risk
    excess = table.events[ARM] - events * share
    # One patient alone has no variance; a sum of weights of one or less stands for one patient or fewer.
    others = np.maximum(at_risk - 1, 0)
    tie_factor = np.divide(at_risk - events, others, out=np.zeros(len(share)), where=others > 0)
    return excess, events * share * (1 - share) * tie_factor


def why_without_variance(table: EventTable) -> str:
    """Why a log-rank statistic does not exist, for a table in which its variance is zero."""
    met = (table.at_risk > 0).all(axis=0) & (table.events.sum(axis=0) > 0)
    return "all at risk had the event at one time" if met.any() else UNCOMPARED
