"""The iterative method of Guyot and colleagues, for comparison with the optimised one.

Between two times of the risk table a number of censorings is guessed and spread evenly; events follow from the
drops of the curve; the guess is corrected until the number at risk at the next time comes out.
"""

from dataclasses import dataclass

import numpy as np

from smmlib.curves.reconstruction.placement import Placed, in_order

ROUNDS = 60
"""Corrections tried for one interval of the risk table; the best of them is kept."""


@dataclass
class _IntervalRun:
    """What one run over the points of an interval gives."""

    censored: np.ndarray
    events: np.ndarray
    at_risk: int
    survival: float


def guyot_patients(curve, facts):
    """Times of all patients by the method of Guyot: events at the points, censorings evenly between them.

    Parameters
    ----------
    curve : CleanedCurve
    facts : PublishedFacts

    Returns
    -------
    Placed
    """
    time, survival = curve.time, np.minimum.accumulate(curve.survival)
    deaths, censored = guyot_counts(time, survival, facts.risk_time, facts.at_risk, facts.events)
    starts = np.concatenate([[0.0], time[:-1]])
    spread = [
        start + (end - start) * (np.arange(count) + 0.5) / count
        for start, end, count in zip(starts, time, censored, strict=True)
        if count
    ]
    lost = np.concatenate([*spread, []])
    events = np.repeat(time, deaths)
    rest = np.full(facts.patients - len(events) - len(lost), time[-1])
    return Placed(*in_order(events, np.concatenate([lost, rest])), False)


def guyot_counts(time, survival, risk_time, at_risk, events):
    """Events at each digitised point and censorings in each interval that ends at one.

    Parameters
    ----------
    time, survival : ndarray, shape (m,)
        Cleaned points, the first of them (0, 1).
    risk_time, at_risk : ndarray, shape (k,)
        The first time is 0.
    events : int or None
        Total events.

    Returns
    -------
    events, censored : ndarray of int, shape (m,)

    References
    ----------
    .. [1] Guyot, Ades, Ouwens & Welton (2012), BMC Med Res Methodol 12:9.
    """
    starts = np.maximum(np.searchsorted(time, risk_time, side="left"), 1)
    starts[0] = 1
    censored, deaths = np.zeros(len(time), dtype=int), np.zeros(len(time), dtype=int)
    now, level, rate = int(at_risk[0]), 1.0, 0.0
    for interval in range(len(starts)):
        last = interval == len(starts) - 1
        end = len(time) if last else starts[interval + 1]
        points = slice(starts[interval], end)
        if last:
            guess = min(now, round(rate * (time[-1] - risk_time[interval])))
            wanted = None if events is None else events - int(deaths.sum())
            run = _last_interval(survival[points], now, level, guess, wanted)
        else:
            run = _interval(survival[points], now, level, int(at_risk[interval + 1]))
        censored[points], deaths[points] = run.censored, run.events
        level, now = run.survival, run.at_risk
        if not last:
            rate = censored[1:end].sum() / risk_time[interval + 1]
    return deaths, censored


def _interval(survival, at_risk, level, wanted):
    """The run whose number at risk at the end is nearest to the one wanted."""
    end = survival[-1] / level if len(survival) and level > 0 else 1.0
    guess, best = max(round(at_risk * end - wanted), 0), None
    for _ in range(ROUNDS):
        run = _run(survival, at_risk, level, guess)
        if best is None or abs(run.at_risk - wanted) < abs(best.at_risk - wanted):
            best = run
        correction = run.at_risk - wanted
        if correction == 0 or guess + correction < 0:
            break
        guess = min(guess + correction, at_risk)
    return best


def _last_interval(survival, at_risk, level, guess, wanted):
    """The run whose events are nearest to those wanted."""
    best = _run(survival, at_risk, level, guess)
    for _ in range(ROUNDS if wanted is not None else 0):
        surplus = int(best.events.sum()) - wanted
        if surplus == 0:
            break
        guess = min(max(guess + surplus, 0), at_risk)
        run = _run(survival, at_risk, level, guess)
        if abs(int(run.events.sum()) - wanted) >= abs(surplus):
            break
        best = run
    return best


def _run(survival, at_risk, level, to_censor):
    """Censor evenly over the points, and let the drops of the curve decide the events."""
    size = len(survival)
    shares = np.floor(np.arange(1, size + 1) * to_censor / max(size, 1) + 0.5).astype(int)
    censored, events = np.diff(shares, prepend=0), np.zeros(size, dtype=int)
    for point in range(size):
        if at_risk > 0 and level > 0:
            events[point] = min(max(round(at_risk * (1 - survival[point] / level)), 0), at_risk)
            level *= 1 - events[point] / at_risk
        at_risk -= events[point]
        censored[point] = min(censored[point], at_risk)
        at_risk -= censored[point]
    return _IntervalRun(censored, events, at_risk, level)
