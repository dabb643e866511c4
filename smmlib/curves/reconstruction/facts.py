"""Published facts beside the curve: patients, numbers at risk, events, ticks, the median and landmarks."""

from dataclasses import dataclass, replace
from decimal import Decimal
from math import inf
from numbers import Real

import numpy as np

from smmlib.curves.reconstruction.points import read_pair
from smmlib.curves.reconstruction.reconstructed import ReconstructionError
from smmlib.stats.checks import shown

MOST_PATIENTS = 100_000
"""Each is made, and the search for their events takes minutes with so many."""


@dataclass(frozen=True, eq=False)
class PublishedFacts:
    """What is known of one arm beside its curve.

    Attributes
    ----------
    patients : int
    risk_time : ndarray, shape (k,)
        Increasing, the first 0.
    at_risk : ndarray of int, shape (k,)
        Patients whose time is that of the table or later.
    has_table : bool
        Whether a risk table was given; otherwise the arrays hold the patients at time 0.
    events : int or None
    censor_times : ndarray, shape (c,), or None
        Ticks, increasing.
    median : float or None
    landmarks : tuple of (float, float)
        Times and survival.
    """

    patients: int
    risk_time: np.ndarray
    at_risk: np.ndarray
    has_table: bool
    events: int | None
    censor_times: np.ndarray | None
    median: float | None
    landmarks: tuple


def read_facts(risk_table, events, censor_times, n, median, landmarks):
    """The facts, each by itself in order, or a ReconstructionError that names the value which is not."""
    risk_time, at_risk = _risk_table(risk_table)
    if n is not None:
        n = whole_number(n, "n", 1)
    if len(risk_time) and risk_time[0] == 0:
        if n is not None and n != at_risk[0]:
            raise ReconstructionError(f"n = {n}, but the risk table has {at_risk[0]} patients at time 0.")
    elif n is None:
        raise ReconstructionError("n is missing, and there is no number at risk at time 0: give the patients as n.")
    else:
        _check_not_rising(n, 0.0, at_risk, risk_time)
        risk_time, at_risk = np.concatenate([[0.0], risk_time]), np.concatenate([[n], at_risk])
    patients = int(at_risk[0])
    if not patients:
        raise ReconstructionError("The risk table has 0 patients at time 0: there is nobody to reconstruct.")
    if events is not None and whole_number(events, "events", 0) > patients:
        raise ReconstructionError(f"events = {events}, but there are only {patients} patients.")
    return PublishedFacts(
        patients=patients,
        risk_time=risk_time,
        at_risk=at_risk,
        has_table=risk_table is not None,
        events=None if events is None else int(events),
        censor_times=_ticks(censor_times, patients, events),
        median=None if median is None else _one_time(median, "median"),
        landmarks=tuple(sorted(_landmark(time, value) for time, value in dict(landmarks or {}).items())),
    )


def until_empty(facts, end):
    """The facts without the zeros of the risk table after a time: they do not say when before them the last left."""
    kept = (facts.at_risk > 0) | (facts.risk_time <= end)
    return replace(facts, risk_time=facts.risk_time[kept], at_risk=facts.at_risk[kept])


def whole_number(value, name, least):
    """A whole number not below the least, or a ReconstructionError."""
    if isinstance(value, Real) and MOST_PATIENTS < value < inf:
        raise ReconstructionError(f"{name} is {shown(value)}, but must be {MOST_PATIENTS:,} or less: no arm is larger.")
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if isinstance(value, (bool, np.bool_, str, bytes)) or not (number >= least and number == np.floor(number) < np.inf):
        raise ReconstructionError(f"{name} is {shown(value)}: give a whole number, {least} or more.")
    return int(number)


def half_unit(value):
    """Half a unit of the last digit that a number is printed with."""
    return 0.5 * 10.0 ** min(Decimal(repr(float(value))).normalize().as_tuple().exponent, 0)


def _risk_table(risk_table):
    if risk_table is None:
        return np.zeros(0), np.zeros(0, dtype=int)
    time, at_risk = read_pair(risk_table, "risk_table", ("time", "at_risk"))
    order = np.argsort(time, kind="stable")
    time, at_risk = time[order], at_risk[order]
    if time[0] < 0:
        raise ReconstructionError(f"risk_table has the time {time[0]:g}: a time is zero or more.")
    same = np.flatnonzero(np.diff(time) == 0)
    if len(same):
        raise ReconstructionError(f"risk_table has the time {time[same[0]]:g} twice: give one number a time.")
    named = zip(time, at_risk, strict=True)
    numbers = np.array([whole_number(value, f"risk_table at time {at:g}", 0) for at, value in named])
    _check_not_rising(numbers[0], time[0], numbers[1:], time[1:])
    return time, numbers


def _check_not_rising(first, first_time, at_risk, time):
    numbers, times = np.concatenate([[first], at_risk]).astype(int), np.concatenate([[first_time], time])
    rising = np.flatnonzero(np.diff(numbers) > 0)
    if len(rising):
        at = rising[0]
        raise ReconstructionError(
            f"risk_table rises: {numbers[at]} at risk at time {times[at]:g} and {numbers[at + 1]} at time "
            f"{times[at + 1]:g}; nobody comes under observation late."
        )


def _ticks(censor_times, patients, events):
    if censor_times is None:
        return None
    ticks = np.sort(np.asarray(censor_times, dtype=float).ravel())
    if len(ticks) and not (ticks[0] >= 0 and np.isfinite(ticks[-1])):
        bad = ticks[~(np.isfinite(ticks) & (ticks >= 0))][0]
        raise ReconstructionError(f"censor_times holds {bad:g}: a tick is at a finite time, zero or more.")
    most = patients - (events or 0)
    if len(ticks) > most:
        of = f"{patients} patients" + (f" with {events} events" if events else "")
        raise ReconstructionError(f"censor_times has {len(ticks)} ticks, but {of} leave {most} to be censored.")
    return ticks


def _one_time(value, name):
    try:
        time = float(value)
    except (TypeError, ValueError, OverflowError):
        time = float("nan")
    if not 0 <= time < np.inf:
        raise ReconstructionError(f"{name} is {shown(value)}: give one finite time, zero or more.")
    return time


def _landmark(time, value):
    time = _one_time(time, "a landmark's time")
    if not isinstance(value, (int, float, np.number)) or not 0 <= value <= 1:
        raise ReconstructionError(f"landmarks[{time:g}] is {shown(value)}: survival is between 0 and 1.")
    return time, float(value)
