"""Whole numbers of events and censorings put at times: events inside their windows, censorings before them."""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

CHANCE = 1e-3
"""Events are put at whole times when all windows hold one, and chance would do that this rarely."""


@dataclass(frozen=True, eq=False)
class Placed:
    """Patients in time, and whether their events are at whole times because the curve shows it."""

    time: np.ndarray
    event: np.ndarray
    whole_times: bool


class _Fixed:
    """Evenly spread places: what is used where nobody draws at random."""

    @staticmethod
    def shares(count):
        return (np.arange(count) + 0.5) / count


class _Drawn:
    """Places drawn at random."""

    def __init__(self, random):
        self.random = random

    def shares(self, count):
        return np.sort(self.random.uniform(size=count))


def place(solution, curve, facts, random=None):
    """Times of all patients.

    Parameters
    ----------
    solution : Solution
    curve : CleanedCurve
    facts : PublishedFacts
    random : numpy Generator, optional
        Draws the times within their stretches at random; evenly spread without it.

    Returns
    -------
    Placed
    """
    places = _Fixed() if random is None else _Drawn(random)
    steps, counts = solution.steps, solution.counts
    shape = _shape(curve)
    whole = _whole_times(steps, counts)
    ticks = None if facts.censor_times is None else list(facts.censor_times)
    events, censored, last = [], [], 0.0
    for step, before, deaths, between in zip(steps, counts.censored, counts.events, counts.between, strict=True):
        used, inner = (_take_ticks(ticks, step.closes, int(count)) for count in (before, between))
        times = _event_times(step, int(deaths), shape, whole and not between, places)
        if ticks is not None and step.opens < step.closes:
            times = _between_ticks(times, step, used, inner, ticks)
        until = times[0] if deaths else step.closes
        # A tick too early for the order of the search is put behind the last event.
        censored.append(np.maximum(_censor_times(step.start, until, int(before), used, places), last))
        if between:
            first = times[-2]
            censored.append(np.maximum(_censor_times(first, times[-1], int(between), inner, places), first))
        last = times[-1] if deaths else last
        events.append(times)
    deaths = np.concatenate([*events, []])
    deaths = _at_median(deaths, steps, counts, facts)
    lost = np.concatenate([*censored, []])
    lost = np.concatenate([lost, _tail(steps, counts, curve, ticks, facts.patients - len(deaths) - len(lost), places)])
    return Placed(*in_order(deaths, lost), whole)


def in_order(deaths, lost):
    """Times of events and of censorings as one sorted list, events first where they are tied, and the indicator."""
    time = np.concatenate([deaths, lost])
    event = np.arange(len(time)) < len(deaths)
    order = np.lexsort((~event, time))
    return time[order], event[order]


def _shape(curve):
    """Survival between the points, smooth and falling: where in a window its events are likely."""
    last_at = np.concatenate([np.diff(curve.time) > 0, [True]])
    time, survival = curve.time[last_at], curve.falling[last_at]
    return PchipInterpolator(time, survival) if len(time) > 1 else None


def _whole_times(steps, counts):
    """Whether all windows with events hold a whole time, and are too narrow to do so by chance."""
    opens, closes = _whole_windows(steps, counts)
    wide = closes > opens
    if not wide.any():
        return False
    holds = np.floor(closes[wide]) > opens[wide]
    return bool(holds.all() and np.prod(np.minimum(closes[wide] - opens[wide], 1.0)) < CHANCE)


def _whole_windows(steps, counts):
    """Ends of the windows with events, the parts of one that the risk table cuts put together again."""
    windows = []
    for step, deaths in zip(steps, counts.events, strict=True):
        if windows and windows[-1][1] == step.opens == step.start and not windows[-1][3]:
            windows[-1][1:] = [step.closes, windows[-1][2] + deaths, bool(step.weight)]
        elif not step.quiet:
            windows.append([step.opens, step.closes, deaths, bool(step.weight)])
    return np.array([window[:2] for window in windows if window[2]]).reshape(-1, 2).T


def _event_times(step, deaths, shape, whole, places):
    if not deaths or step.opens == step.closes or shape is None:
        return np.full(deaths, step.closes)
    fine = np.linspace(step.opens, step.closes, 65)
    fallen = shape(fine[0]) - shape(fine)
    share = fallen / fallen[-1] if fallen[-1] > 0 else np.linspace(0, 1, 65)
    times = np.interp(places.shares(deaths), share, fine)
    latest = np.ceil(step.closes) - 1 if step.at_risk is not None else np.floor(step.closes)
    if whole and latest > step.opens:
        times = np.clip(np.round(times), np.floor(step.opens) + 1, latest)
    return times


def _take_ticks(ticks, until, count):
    """The first ticks not used yet, as many as patients are censored, of those before a time."""
    if ticks is None:
        return []
    used = [tick for tick in ticks[:count] if tick < until]
    del ticks[: len(used)]
    return used


def _between_ticks(times, step, used, inner, ticks):
    """Events of a window after the ticks used up before them and not after the next one."""
    after = max([step.opens, *used])
    following = min([step.closes, *(tick for tick in ticks[:1] if tick > after)])
    times = np.clip(times, after, max(following, after))
    inside = [tick for tick in inner if tick > after]
    if inside and len(times) > 1:
        times[:-1] = np.minimum(times[:-1], inside[0])
        times[-1] = max(times[-1], inside[-1])
    return times


def _censor_times(start, until, count, ticks, places):
    """At the ticks, several at one where there are too few; without ticks spread over the stretch."""
    if len(ticks):
        return np.sort(np.resize(ticks, count))
    return start + (until - start) * places.shares(count)


def _at_median(deaths, steps, counts, facts):
    """The event with which survival comes to one half put at the published median, where its window allows."""
    if facts.median is None:
        return deaths
    at_risk, survival, number = facts.patients, 1.0, 0
    for step, before, events, between in zip(steps, counts.censored, counts.events, counts.between, strict=True):
        at_risk -= before
        for index in range(events):
            at_risk -= between if index == events - 1 else 0
            survival *= 1 - 1 / at_risk
            at_risk -= 1
            if survival <= 0.5 + 1e-9:
                # Where survival is exactly one half the median is the middle of the stretch: it is made one point.
                level = survival > 0.5 - 1e-9
                return _moved_to(deaths, number + index, step, facts.median, level and index + 1 < events)
        number += events
    return deaths


def _moved_to(deaths, index, step, median, with_next):
    if not step.opens <= median <= step.closes or step.opens == step.closes:
        return deaths
    inside = (deaths > step.opens) & (deaths <= step.closes)
    order = np.arange(len(deaths))
    moved = deaths.copy()
    moved[inside & (order < index)] = np.minimum(moved[inside & (order < index)], median)
    moved[inside & (order > index)] = np.maximum(moved[inside & (order > index)], median)
    moved[index : index + 1 + with_next] = median
    return moved


def _tail(steps, counts, curve, ticks, left, places):
    """Those left after the last step: at their ticks, along the flat end of the curve, and where it ends."""
    if left <= 0:
        return np.zeros(0)
    start = steps[-1].closes if steps else 0.0
    end = max(curve.time[-1], start)
    if ticks is not None:
        seen = min(left, len(ticks))
        return np.append(_censor_times(start, end, seen, ticks, places), np.full(left - seen, end))
    even = left / max(end - start, 1e-9)
    along = round(min(left - 1, _late_rate(steps, counts, end, even) * (end - start)))
    return np.append(start + (end - start) * places.shares(along), np.full(left - along, end))


def _late_rate(steps, counts, end, left_over):
    """Censorings in a unit of time, in the steps of the last third of the curve; without any, as many as are left."""
    late = [index for index, step in enumerate(steps) if step.closes > end * 2 / 3]
    if not late:
        return left_over
    length = steps[-1].closes - steps[late[0]].start
    lost = (counts.censored + counts.between)[late].sum()
    return lost / length if length > 0 else left_over
