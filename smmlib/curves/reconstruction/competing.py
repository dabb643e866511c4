"""Patients from cumulative incidence curves: the events of any cause first, then the cause of each."""

import numpy as np

from smmlib.curves.reconstruction.facts import whole_number
from smmlib.curves.reconstruction.points import SLIGHT, clean_curve, read_pair
from smmlib.curves.reconstruction.reconstructed import ReconstructionError

PERCENT = (20, 102)
"""The largest cumulative incidence of a curve in percent lies between these."""


def read_incidences(curves, events):
    """Cleaned cumulative incidence of each cause, and the events of each.

    Parameters
    ----------
    curves : mapping of cause to curve
    events : mapping of cause to int or None, optional

    Returns
    -------
    incidences : dict of cause to CleanedCurve
        Whose `survival` and `falling` are 1 minus the incidence.
    totals : dict of cause to int or None
    """
    if not hasattr(curves, "items") or not len(curves):
        raise ReconstructionError("curves must be a mapping of cause to (times, cumulative incidence), of one or more.")
    incidences = {cause: _one_minus(curve, cause) for cause, curve in curves.items()}
    given = dict(events or {})
    unknown = [cause for cause in given if cause not in incidences]
    if unknown:
        raise ReconstructionError(f"events has the cause {unknown[0]!r}, of which there is no curve.")
    totals = {
        cause: None if given.get(cause) is None else whole_number(given[cause], f"events[{cause!r}]", 0)
        for cause in incidences
    }
    highest = sum(1 - one.falling[-1] for one in incidences.values())
    if highest > 1 + SLIGHT:
        ends = ", ".join(f"{cause!r} {1 - one.falling[-1]:.4g}" for cause, one in incidences.items())
        raise ReconstructionError(f"The cumulative incidences end above 1 together, at {highest:.4g}: {ends}.")
    return incidences, totals


def free_of_all(incidences):
    """Points of the curve of patients free of all causes: 1 minus the sum of the incidences, at all their times."""
    time = np.unique(np.concatenate([one.time for one in incidences.values()]))
    total = sum(1 - at_times(one, time) for one in incidences.values())
    return time, np.clip(1 - total, 0.0, 1.0)


def at_times(curve, time):
    """Survival of a curve at any times: after its vertical steps, straight between points, flat after the last."""
    last = np.append(np.diff(curve.time) > 0, True)
    return np.interp(time, curve.time[last], curve.falling[last])


def share_causes(time, event, incidences, totals):
    """The cause of each patient, so that the cumulative incidences come out as near as they can.

    Each event in turn gets the cause whose incidence has fallen furthest behind; then, where totals are given, the
    events that are least out of place change their cause until all totals are right.

    Parameters
    ----------
    time, event : ndarray, shape (n,)
        In the order of time.
    incidences : dict of cause to CleanedCurve
    totals : dict of cause to int or None

    Returns
    -------
    ndarray of int, shape (n,)
    """
    wanted = np.array([1 - at_times(one, time) for one in incidences.values()])
    mass = _masses(event)
    reached, cause = np.zeros(len(incidences)), np.zeros(len(time), dtype=int)
    for patient in np.flatnonzero(event):
        behind = wanted[:, patient] - reached
        cause[patient] = 1 + int(np.argmax(behind))
        reached[cause[patient] - 1] += mass[patient]
    return _right_totals(cause, mass, wanted, list(totals.values()))


def incidence_errors(cause, event, time, incidences):
    """Largest absolute error of the incidence of each cause, at its points."""
    mass = _masses(event)
    errors = []
    for number, one in enumerate(incidences.values(), start=1):
        reached = np.concatenate([[0.0], np.cumsum(np.where(cause == number, mass, 0.0))])
        at = np.searchsorted(time, one.time, side="right")
        last = np.append(np.diff(one.time) > 0, True)
        errors.append(float(np.abs(reached[at] - (1 - one.falling))[last].max()))
    return tuple(errors)


def _one_minus(curve, cause):
    time, incidence = read_pair(curve, f"curves[{cause!r}]", ("time", "incidence"))
    if PERCENT[0] < incidence.max() <= PERCENT[1]:
        incidence = incidence / 100
    if incidence.max() > 1 + SLIGHT or incidence.min() < -SLIGHT:
        bad = incidence.max() if incidence.max() > 1 + SLIGHT else incidence.min()
        raise ReconstructionError(f"curves[{cause!r}] holds the cumulative incidence {bad:g}: it is between 0 and 1.")
    try:
        return clean_curve((time, 1 - incidence), f"1 minus curves[{cause!r}]")
    except ReconstructionError as error:
        raise ReconstructionError(f"curves[{cause!r}] is no cumulative incidence, which only rises. {error}") from None


def _masses(event):
    """Of each patient, the incidence that the event adds: survival just before it over those at risk."""
    at_risk = len(event) - np.arange(len(event))
    kept = np.where(event, 1 - 1 / at_risk, 1.0)
    before = np.concatenate([[1.0], np.cumprod(kept)[:-1]])
    return np.where(event, before / at_risk, 0.0)


def _right_totals(cause, mass, wanted, totals):
    """Change causes one at a time, each time the change that moves the incidences least."""
    numbers = np.arange(1, len(totals) + 1)
    for _ in range(len(cause)):
        counts = np.array([np.sum(cause == number) for number in numbers])
        over = [n for n in numbers if totals[n - 1] is not None and counts[n - 1] > totals[n - 1]]
        under = [n for n in numbers if totals[n - 1] is not None and counts[n - 1] < totals[n - 1]]
        if not over and not under:
            break
        free = [n for n in numbers if totals[n - 1] is None]
        givers, takers = (over or free), (under or free)
        if not givers or not takers:
            break
        cause = _best_change(cause, mass, wanted, givers, takers)
    return cause


def _best_change(cause, mass, wanted, givers, takers):
    """The change of one patient's cause that leaves the smallest squared error of both incidences."""
    best, chosen = np.inf, None
    for giver in givers:
        for taker in takers:
            if giver == taker:
                continue
            excess = [np.cumsum(np.where(cause == one, mass, 0)) - wanted[one - 1] for one in (giver, taker)]
            # Moving patient i changes both errors by its mass from i on.
            difference = excess[1] - excess[0]
            after = np.cumsum(difference[::-1])[::-1]
            later = np.arange(len(cause), 0, -1)
            cost = np.where(cause == giver, 2 * mass * after + 2 * mass**2 * later, np.inf)
            at = int(np.argmin(cost))
            if cost[at] < best:
                best, chosen = cost[at], (at, taker)
    if chosen is None:
        return cause
    changed = cause.copy()
    changed[chosen[0]] = chosen[1]
    return changed
