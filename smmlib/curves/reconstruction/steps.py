"""The curve as steps in time: a stretch in which patients are censored, then a window in which events happen.

Steps also end at the times of the risk table, where the number at risk is known, and at landmarks inside a window.
"""

from dataclasses import dataclass

import numpy as np

EVEN = 0.25
"""Points are at even times when all gaps differ from the median gap by less than this share."""
MOSTLY = 0.8
"""Share of the points at which survival is lower than at the last, in a curve read off at its steps."""
PATIENTS_A_STEP = 2.5
"""Patients a step, in a curve read off at its steps."""


@dataclass(frozen=True)
class Step:
    """Censorings from `start` to the first event, events from `opens` to `closes`.

    Attributes
    ----------
    start, opens, closes : float
        `opens` equals `closes` where all events are at that time.
    survival : float
        Survival after the step; for a window cut by a time of the risk table, what it cannot fall below.
    expected_survival : float
        The same, interpolated where it was not observed.
    weight : float
        Digitised points that say so; 0 where survival was not observed.
    variance : float or None
        Of the observation; that of a digitised point where None.
    quiet : bool
        No events.
    at_risk : int or None
        Patients left at the end, where the risk table says so.
    """

    start: float
    opens: float
    closes: float
    survival: float
    expected_survival: float
    weight: float = 0.0
    variance: float | None = None
    quiet: bool = False
    at_risk: int | None = None


@dataclass(frozen=True, eq=False)
class _Levels:
    """Stretches of equal survival: value, number of points, first and last time."""

    survival: np.ndarray
    weight: np.ndarray
    first: np.ndarray
    last: np.ndarray


@dataclass
class _Mark:
    """A time inside the curve at which something is known: a number at risk, or a landmark."""

    time: float
    at_risk: int | None = None
    survival: float | None = None
    variance: float | None = None


def levels_of(time, falling):
    """Stretches of equal survival of a falling sequence."""
    starts = np.flatnonzero(np.concatenate([[True], np.diff(falling) < 0]))
    ends = np.concatenate([starts[1:], [len(falling)]]) - 1
    return _Levels(falling[starts], (ends - starts + 1).astype(float), time[starts], time[ends])


def points_are_at_steps(curve, patients):
    """Whether each point was taken where the curve drops, so that events are at the points and not between them.

    Points at even times were not. Points that hardly ever repeat the survival of the last one were, when their times
    are whole numbers, as no click gives them, or when hardly more than one patient has the event from each to the next.
    """
    drops = -np.diff(curve.falling)
    falling = drops[: np.flatnonzero(drops)[-1] + 1] > 0 if drops.any() else np.zeros(1, dtype=bool)
    if falling.mean() <= MOSTLY:
        return False
    gaps = np.diff(np.unique(curve.time))
    if np.all(np.abs(gaps - np.median(gaps)) < EVEN * np.median(gaps)):
        return False
    whole = np.all(np.abs(curve.time - np.round(curve.time)) < 1e-9)
    return bool(whole or patients * drops.sum() < PATIENTS_A_STEP * falling.sum())


def steps_of(curve, facts, landmarks):
    """Steps of a curve.

    Parameters
    ----------
    curve : CleanedCurve
    facts : PublishedFacts
    landmarks : sequence of (time, survival, variance)
        Those that say more than the points around them.

    Returns
    -------
    list of Step
        The last ends at the last drop of survival or time of the risk table.
    """
    at_steps = points_are_at_steps(curve, facts.patients)
    levels = levels_of(curve.time, curve.falling)
    marks = [_Mark(time, int(count)) for time, count in zip(facts.risk_time[1:], facts.at_risk[1:], strict=True)]
    marks = sorted(marks + [_Mark(*one[:1], None, *one[1:]) for one in landmarks], key=lambda mark: mark.time)
    steps, start = [], 0.0
    for level in range(1, len(levels.survival)):
        closes = levels.first[level]
        opens = closes if at_steps else levels.last[level - 1]
        before, after = levels.survival[level - 1], levels.survival[level]
        start = _quiet_steps(steps, marks, start, opens, at_steps or opens == closes, before)
        start, opens = _cut_window(steps, marks, start, (opens, closes), (before, after))
        steps.append(Step(start, opens, closes, after, after, levels.weight[level]))
        start = closes
    _quiet_steps(steps, marks, start, np.inf, True, levels.survival[-1])
    return steps


def _quiet_steps(steps, marks, start, until, included, survival):
    """Steps without events to the times of the risk table before a window; where the last of them ends."""
    while marks and (marks[0].time < until or (included and marks[0].time == until)):
        mark = marks.pop(0)
        if mark.at_risk is not None:
            steps.append(Step(start, mark.time, mark.time, survival, survival, quiet=True, at_risk=mark.at_risk))
            start = mark.time
    return start


def _cut_window(steps, marks, start, window, survival):
    """Steps to the marks inside a window; where the last of them ends, and the window that is left.

    A number at risk at the end of the window cuts it too: events at that very time are then still to come.
    """
    opens, closes = window
    while marks and opens < closes and marks[0].time <= closes:
        mark = marks.pop(0)
        share = (mark.time - window[0]) / (closes - window[0])
        expected = survival[0] + share * (survival[1] - survival[0])
        if mark.survival is None:
            step = Step(start, opens, mark.time, survival[1], expected, at_risk=mark.at_risk)
        else:
            value = float(np.clip(mark.survival, survival[1], survival[0]))
            step = Step(start, opens, mark.time, value, value, 1.0, mark.variance)
        steps.append(step)
        start = opens = mark.time
    return start, opens
