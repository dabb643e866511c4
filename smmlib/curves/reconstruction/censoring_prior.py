"""What is expected before the search: how many are censored in each step, and what is still to come."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaln

UNSEEN = 6.0
"""Price, on the scale of the logarithm of a probability, of a censoring without a tick and of a tick without one."""
SURPRISE = 0.05
"""Share of steps in which far more patients than expected may be censored at once."""


@dataclass(frozen=True, eq=False)
class CensoringPrior:
    """What is expected of each step.

    Attributes
    ----------
    censored : ndarray, shape (s,)
        Censorings expected in each step, above zero.
    ticks, doubtful : ndarray of int, shape (s,), or None
        Ticks seen in each step before its window; those in its window or the last one, which may be before or after
        the events there.
    censored_before_table : ndarray, shape (s,)
        Censorings expected after each step until the next number at risk.
    next_at_risk : ndarray of int, shape (s,)
        That number; 0 after the last.
    next_survival : ndarray, shape (s,)
        Survival there; NaN after the last.
    events_to_come : ndarray, shape (s,)
        After the last number at risk: further events for each patient left after a step.
    """

    censored: np.ndarray
    ticks: np.ndarray | None
    doubtful: np.ndarray | None
    censored_before_table: np.ndarray
    next_at_risk: np.ndarray
    next_survival: np.ndarray
    events_to_come: np.ndarray


def censoring_prior(steps, facts, end):
    """The prior from the risk table, the total of events and the ticks.

    Between two numbers at risk as many patients are censored as the drop of survival leaves over, at an even rate.
    After the last one the rate is that which gives the total of events.
    """
    size = len(steps)
    certain, unsure, doubtful = _ticks_in(steps, facts.censor_times)
    ticks = None if certain is None else certain + unsure
    censored, ahead, survival_there = np.full(size, 1e-6), np.zeros(size), np.full(size, np.nan)
    floor = np.zeros(size, dtype=int)
    at_risk, begin, survival, time, deaths, rate = facts.patients, 0, 1.0, 0.0, 0.0, 0.0
    for index in [index for index, step in enumerate(steps) if step.at_risk is not None]:
        last, part = steps[index], slice(begin, index + 1)
        lost = 1 - last.expected_survival / survival if survival > 0 else 0.0
        total = max((at_risk * (1 - lost) - last.at_risk) / (1 - lost / 2), 0.0)
        censored[part] = _shares(steps[part], None if ticks is None else ticks[part], total + 0.3)
        ahead[part] = censored[part].sum() - np.cumsum(censored[part])
        floor[part], survival_there[part] = last.at_risk, last.expected_survival
        rate = total / max(last.closes - time, 1e-9)
        deaths += at_risk - last.at_risk - total
        begin, at_risk, survival, time = index + 1, last.at_risk, last.expected_survival, last.closes
    tail = steps[begin:]
    to_come = np.zeros(size)
    if tail:
        wanted = None if facts.events is None else facts.events - deaths
        seen = None if ticks is None else ticks[begin:]
        censored[begin:], to_come[begin:] = _tail(tail, seen, at_risk, survival, wanted, rate, end)
    return CensoringPrior(censored, certain, doubtful, ahead, floor, survival_there, to_come)


def updated_prior(expected, steps, found, end):
    """The same with the rate of censoring that a first search found, smoothed, where no later number at risk is known.

    Parameters
    ----------
    expected : CensoringPrior
    steps : list of Step
    found : ndarray of int, shape (s,)
        Censorings in each step.
    end : float
    """
    middle = np.array([(step.start + step.closes) / 2 for step in steps])
    closes = np.array([step.closes for step in steps])
    reach = 0.08 * end
    total = np.concatenate([[0], np.cumsum(found)])
    known = np.concatenate([[0.0], closes])
    low, high = np.maximum(middle - reach, 0), np.minimum(middle + reach, closes[-1])
    rate = (np.interp(high, known, total) - np.interp(low, known, total) + 0.3) / np.maximum(high - low, 1e-9)
    lengths = closes - np.array([step.start for step in steps])
    censored = np.where(expected.next_at_risk > 0, expected.censored, np.maximum(rate * lengths, 1e-6))
    return replace(expected, censored=censored)


def log_prior(expected, index, most):
    """Logarithm of the probability of 0, 1, ..., `most` censorings in a step, up to a constant.

    Without ticks a Poisson distribution with a longer tail, because cut-off dates censor many at once; with ticks
    at least one censoring a tick, and none without one.
    """
    count = np.arange(most + 1)
    mean = expected.censored[index]
    if expected.ticks is not None:
        least, most_seen = expected.ticks[index], expected.ticks[index] + expected.doubtful[index]
        excess = np.maximum(count - most_seen, 0)
        if most_seen == 0:
            return -UNSEEN * count
        return -UNSEEN * np.maximum(least - count, 0) + _poisson(excess, max(mean - most_seen, 0.02))
    wide = mean + 2
    surprise = count * np.log(wide / (1 + wide)) - np.log(1 + wide)
    return np.logaddexp(np.log(1 - SURPRISE) + _poisson(count, mean), np.log(SURPRISE) + surprise)


def _poisson(count, mean):
    return count * np.log(mean) - mean - gammaln(count + 1)


def _ticks_in(steps, ticks):
    """Ticks before the window of each step, inside it, and inside it or the last one; None without ticks."""
    if ticks is None:
        return None, None, None
    edges = (np.array([getattr(step, name) for step in steps]) for name in ("start", "opens", "closes"))
    starts, opens, closes = (np.searchsorted(ticks, edge, side="left") for edge in edges)
    certain, unsure = np.maximum(opens - starts, 0), closes - np.maximum(opens, starts)
    return certain, unsure, unsure + np.concatenate([[0], unsure[:-1]])[: len(unsure)]


def _shares(steps, ticks, total):
    """A number of censorings over steps: by their ticks, or by their lengths."""
    sizes = np.array([step.closes - step.start for step in steps]) if ticks is None or not ticks.sum() else ticks
    return np.maximum(total * sizes / max(sizes.sum(), 1e-12), 1e-6)


def _tail(steps, ticks, at_risk, survival, wanted, rate, end):
    """Censorings expected after the last number at risk, and events to come for each patient left."""
    levels = np.array([step.expected_survival for step in steps])
    before = np.concatenate([[survival], levels[:-1]])
    hazard = np.divide(before - levels, before, out=np.zeros(len(levels)), where=before > 0)
    times = np.array([step.closes for step in steps])
    start = steps[0].start
    length = max(end - start, 1e-9)
    relative = levels / survival if survival > 0 else np.zeros(len(levels))
    drops = np.divide(before - levels, survival, out=np.zeros(len(levels)), where=survival > 0)

    def surplus(intensity):
        return at_risk * np.sum(drops * np.exp(-intensity * (times - start) / length)) - wanted

    if wanted is None:
        intensity = rate * length / max(at_risk, 1) if rate else 0.3
    else:
        intensity = brentq(surplus, 0, 40) if surplus(0) > 0 > surplus(40) else 0.02
    kept = np.exp(-max(intensity, 0.02) * (times - start) / length)
    left = at_risk * relative * kept
    risk = at_risk * np.divide(before, survival, out=np.zeros(len(levels)), where=survival > 0) * kept
    events = hazard * risk
    censored = at_risk * np.concatenate([[1.0], relative[:-1]]) * (np.concatenate([[1.0], kept[:-1]]) - kept)
    if ticks is not None:
        censored = ticks.astype(float)
    later = events.sum() - np.cumsum(events)
    return np.maximum(censored, 1e-6), np.divide(later, left, out=np.zeros(len(left)), where=left > 1e-9)
