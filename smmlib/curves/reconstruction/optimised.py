"""Whole numbers of events and censorings that give the curve, the numbers at risk and the total of events back."""

from dataclasses import dataclass, replace

import numpy as np

from smmlib.curves.reconstruction.censoring_prior import censoring_prior, updated_prior
from smmlib.curves.reconstruction.count_search import Counts, search_counts
from smmlib.curves.reconstruction.steps import steps_of

CLEAN = 1e-7
"""Standard deviation of survival that was not digitised but copied."""
MOSTLY_EXACT = 0.4
"""A curve is clean when the search gives this share of its steps exactly."""
FIRST_NOISE, LEAST_NOISE = 3e-4, 1e-4
"""Standard deviations of survival to begin with, and the least, when it is not clean."""
ROUNDS = 3
"""Searches for the noise."""
FINEST_GRID = 5000
FEWEST_VALUES = 9
"""Different values of survival from which their rounding is judged."""


@dataclass(frozen=True, eq=False)
class Solution:
    """Steps, what was found for them, and the noise that it was found with."""

    steps: list
    counts: Counts
    noise: float


def optimised_counts(curve, facts, landmarks, random=None):
    """Search, first as if the curve were exact, and else with the noise that its points show.

    Parameters
    ----------
    curve : CleanedCurve
    facts : PublishedFacts
    landmarks : sequence of (time, survival, variance)
    random : numpy Generator, optional
        As in `search_counts`.

    Returns
    -------
    Solution
    """
    steps = steps_of(curve, facts, landmarks)
    end = max(curve.time[-1], facts.risk_time[-1])
    expected = censoring_prior(steps, facts, end)
    grid = grid_of(curve.survival, facts.patients)
    if curve.largest_rise < 1e-6 and grid < 1e-5:
        counts = _search_clean(steps, expected, facts, max(CLEAN, grid), end, random)
        if counts.exact >= MOSTLY_EXACT:
            return Solution(steps, _exact_total(counts, steps, facts), CLEAN)
    noise = max(FIRST_NOISE, _noise_of(curve), grid)
    best = None
    for _ in range(ROUNDS):
        counts = search_counts(steps, expected, facts.patients, facts.events, noise, clean=False, random=random)
        missed = _root_mean_square(counts, steps, facts.patients)
        if best is None or counts.score > best[0].score:
            best = counts, noise
        if 0.5 * noise < missed < 1.5 * noise or noise == max(missed, LEAST_NOISE):
            break
        noise = max(missed, LEAST_NOISE)
    return Solution(steps, _exact_total(best[0], steps, facts), best[1])


def grid_of(survival, patients):
    """Standard deviation of the rounding when all values lie on a grid, as pixels or decimals make it; else 0.

    Whole shares of the patients are no rounding: without censoring every Kaplan-Meier curve consists of them.
    """
    values = np.unique(survival)
    if len(values) < FEWEST_VALUES:
        return 0.0
    values = values[np.linspace(0, len(values) - 1, min(len(values), 60)).astype(int)]
    for decimals in range(2, 8):
        if np.allclose(values, np.round(values, decimals), rtol=0, atol=1e-10):
            return 0.0 if patients % 10 == 0 and decimals <= len(str(patients)) else 10.0**-decimals / 12**0.5
    cells = np.arange(100, FINEST_GRID + 1)
    scaled = values[:, None] * cells
    fits = np.flatnonzero(np.abs(scaled - np.round(scaled)).max(axis=0) < 1e-7 * cells)
    if not len(fits) or cells[fits[0]] % patients == 0 or patients % cells[fits[0]] == 0:
        return 0.0
    return float(1 / cells[fits[0]] / 12**0.5)


def drawn_survival(counts, patients):
    """Kaplan-Meier survival of the patients after each step."""
    at_risk = patients - np.cumsum(counts.censored + counts.events + counts.between)
    left = at_risk + counts.events + counts.between
    before_last = left - counts.events + 1
    last = np.maximum(before_last - counts.between, 1)
    factor = np.where(counts.events > 0, before_last / np.maximum(left, 1) * (last - 1) / last, 1.0)
    return np.cumprod(factor)


def _search_clean(steps, expected, facts, noise, end, random):
    """Twice where the rate of censoring is not known beforehand."""
    counts = search_counts(steps, expected, facts.patients, facts.events, noise, clean=True, random=random)
    if steps and expected.next_at_risk[-1] == 0 and facts.censor_times is None and random is None:
        learnt = updated_prior(expected, steps, counts.censored + counts.between, end)
        again = search_counts(steps, learnt, facts.patients, facts.events, noise, clean=True)
        missed = 0 if facts.events is None else abs(again.events.sum() - facts.events)
        if again.exact >= counts.exact and missed == 0:
            return again
    return counts


def _noise_of(curve):
    """Standard deviation of the points around the monotone curve; half of it is taken up by the fit."""
    return float(np.sqrt(2 * np.mean((curve.survival - curve.falling) ** 2)))


def _root_mean_square(counts, steps, patients):
    weight = np.array([step.weight if step.variance is None else 0.0 for step in steps])
    missed = drawn_survival(counts, patients) - np.array([step.survival for step in steps])
    return float(np.sqrt(np.sum(weight * missed**2) / max(np.sum(weight > 0), 1)))


def _exact_total(counts, steps, facts):
    """Make events of censorings, or the reverse, where it moves the curve least, until the total is right."""
    if facts.events is None:
        return counts
    wanted = np.array([step.survival for step in steps])
    weight = np.array([step.weight for step in steps])
    while (missing := facts.events - int(counts.events.sum())) != 0:
        options = _one_more(counts, steps) if missing > 0 else _one_less(counts)
        if not options:
            break
        misfits = [np.sum(weight * (drawn_survival(one, facts.patients) - wanted) ** 2) for one in options]
        counts = options[int(np.argmin(misfits))]
    return counts


def _one_more(counts, steps):
    places = [i for i, step in enumerate(steps) if not step.quiet and counts.censored[i] > 0]
    return [_moved(counts, place, 1) for place in places]


def _one_less(counts):
    return [_moved(counts, place, -1) for place in np.flatnonzero(counts.events > counts.between + 1)] + [
        _moved(counts, place, -1) for place in np.flatnonzero((counts.events == 1) & (counts.between == 0))
    ]


def _moved(counts, place, by):
    events, censored = counts.events.copy(), counts.censored.copy()
    events[place] += by
    censored[place] -= by
    return replace(counts, events=events, censored=censored)
