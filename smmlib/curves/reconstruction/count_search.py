"""The search for whole numbers of events and censorings, step by step, that give the curve back.

A state is what the steps so far have come to: patients at risk, events so far, survival. From each state every
plausible number of censorings and events in the next step is tried; of the ways that reach the same number at
risk with the same number of events the best is kept, and of all those the most promising. It is a dynamic program
over the steps with a bounded number of states, so that it always ends.
"""

from dataclasses import dataclass

import numpy as np

from smmlib.curves.reconstruction.censoring_prior import log_prior

WORK = 24_000
"""Moves looked at in one step, about."""
FEWEST, MOST = 40, 300
"""States kept."""
OUTLIER = 0.01
"""Share of steps of a clean curve that the moves tried cannot give exactly."""
BETWEEN = 4
EXACT = 0.05
"""A clean step is given exactly when it is missed by less than this share of what one patient more at risk changes."""


@dataclass(frozen=True, eq=False)
class Counts:
    """Whole numbers of each step, and how well they give the curve.

    Attributes
    ----------
    censored, events, between : ndarray of int, shape (s,)
        Censored before the events of a step, events, and censored before the last of these.
    score : float
        Logarithm of the posterior probability, up to a constant.
    exact : float
        Share of the observed steps that are given exactly.
    """

    censored: np.ndarray
    events: np.ndarray
    between: np.ndarray
    score: float
    exact: float


@dataclass(frozen=True, eq=False)
class _States:
    """What the steps so far have come to: `survival` as it is believed to be, `drawn` as these patients draw it."""

    at_risk: np.ndarray
    survival: np.ndarray
    drawn: np.ndarray
    events: np.ndarray
    score: np.ndarray
    exact: np.ndarray


@dataclass(frozen=True, eq=False)
class _Moves:
    """What was done in one step to come to each state kept."""

    parent: np.ndarray
    censored: np.ndarray
    events: np.ndarray
    between: np.ndarray


def search_counts(steps, expected, patients, events, noise, *, clean, random=None):
    """The counts of the highest posterior probability that the search finds.

    Parameters
    ----------
    steps : list of Step
    expected : CensoringPrior
    patients : int
    events : int or None
        Total events; more are not looked at.
    noise : float
        Standard deviation of a digitised survival.
    clean : bool
        Survival is exact: belief returns to the curve after each step, and censorings between events are tried.
    random : numpy Generator, optional
        Draws counts at random instead, by perturbing what is expected.

    Returns
    -------
    Counts
    """
    one = np.ones(1)
    states = _States(np.array([patients]), one, one, np.zeros(1, int), np.zeros(1), np.zeros(1))
    history = []
    limit = patients if events is None else events
    for index, step in enumerate(steps):
        floor = expected.next_at_risk[index]
        grid = _Grid(states, step, floor, limit, expected.censored[index], noise, clean)
        prior = log_prior(expected, index, grid.most + grid.most_between)
        if random is not None:
            prior = prior + random.gumbel(size=len(prior))
        moves, reached = grid.moves(prior)
        promise = reached.score + _outlook(reached, step, expected, index, events)
        keep = _best(reached, promise, int(np.clip(WORK / grid.branches, FEWEST, MOST)))
        states = _States(*(getattr(reached, name)[keep] for name in _States.__annotations__))
        history.append(_Moves(*(getattr(moves, name)[keep] for name in _Moves.__annotations__)))
    return _trace(states, history, steps, events)


class _Grid:
    """All moves from all states in one step: arrays over states, censorings before, events, censorings between."""

    def __init__(self, states, step, floor, limit, expected, noise, clean):
        self.states, self.step, self.noise, self.clean = states, step, noise, clean
        self.floor = floor if step.at_risk is None else step.at_risk
        self.most = self._most_censored(expected)
        self.censored = np.arange(self.most + 1)[None, :, None, None]
        self.left = self._along(states.at_risk) - self.censored
        self.events = self._event_choices(limit)
        self.most_between = self._most_between(expected)
        self.between = np.arange(self.most_between + 1)[None, None, None, :]
        self.expected = expected
        self.branches = (self.most + 1) * self.events.shape[2] * (self.most_between + 1)

    @staticmethod
    def _along(values):
        return values[:, None, None, None]

    def _most_censored(self, expected):
        possible = int(self.states.at_risk.max() - self.floor)
        if self.step.at_risk is not None:
            return max(possible, 0)
        plausible = 8 + 2 * expected + 4 * np.sqrt(expected) + (20 if len(self.states.score) < 60 else 0)
        return max(min(possible, int(plausible)), 0)

    def _event_choices(self, limit):
        """Whole numbers of events around what the drop of survival says."""
        if self.step.quiet:
            return np.zeros((1, 1, 1, 1), dtype=int)
        survival = self._along(self.states.survival)
        share = np.where(survival > 0, 1 - self.step.survival / np.maximum(survival, 1e-12), 0.0)
        wanted = np.maximum(self.left, 0) * np.clip(share, 0, 1)
        if self.step.weight:
            deviation = self.noise if self.step.variance is None else np.sqrt(self.step.variance)
            typical = np.median(self.states.at_risk) / max(self.step.survival, 0.02)
            spread = int(np.clip(np.ceil(2 * deviation * typical - 0.3), 0, 2))
            choices = np.floor(wanted + 1e-7) + np.arange(-spread, spread + 2)[None, None, :, None]
        else:
            choices = np.arange(int(np.ceil(wanted.max())) + 1)[None, None, :, None]
        room = np.minimum(self.left - self.floor, limit - self._along(self.states.events))
        return np.clip(choices, 0, np.maximum(room, 0)).astype(int)

    def _most_between(self, expected):
        if not self.clean or self.step.opens == self.step.closes or not self.step.weight:
            return 0
        return int(min(max(self.events.max() - 1, 0) * 3, BETWEEN, 2 + expected))

    def moves(self, prior):
        """The moves that can be, and the states that they lead to."""
        states, events, between, left = self.states, self.events, self.between, self.left
        before_last = np.maximum(left - events + 1, 1)
        last = np.maximum(before_last - between, 1)
        factor = np.where(events > 0, before_last / np.maximum(left, 1) * (last - 1) / last, 1.0)
        at_risk = left - events - between
        valid = (left >= self.floor) & (at_risk >= self.floor) & ((between == 0) | (events > 1))
        if self.step.at_risk is not None:
            valid = valid & (at_risk == self.step.at_risk)
        score = self._along(states.score) + prior[self.censored + between]
        drawn = self._along(states.drawn) * factor
        fit, belief, exact = self._fit(factor, drawn, left)
        shape = np.broadcast_shapes(valid.shape, fit.shape)
        chosen = np.flatnonzero(np.broadcast_to(valid, shape))

        def pick(values):
            return np.broadcast_to(values, shape).ravel()[chosen]

        parent, _, _, _ = np.unravel_index(chosen, shape)
        moves = _Moves(parent, pick(self.censored), pick(events), pick(between))
        reached = _States(
            pick(at_risk),
            pick(belief),
            pick(drawn),
            states.events[parent] + moves.events,
            pick(score + fit),
            states.exact[parent] + pick(exact),
        )
        return moves, reached

    def _fit(self, factor, drawn, left):
        """Logarithm of the likelihood of the observed survival, the survival believed after it, exactness."""
        step, survival = self.step, self._along(self.states.survival)
        predicted = survival * factor
        if not step.weight:
            below = np.maximum(step.survival - predicted, 0)
            return -((below / (self.noise + 1e-9)) ** 2), predicted, np.zeros((1, 1, 1, 1))
        variance = self.noise**2 / step.weight if step.variance is None else step.variance
        missed = step.survival - predicted
        fit = -(missed**2) / (2 * variance) - 0.5 * np.log(variance)
        if not self.clean or step.variance is not None:
            return fit, predicted, np.zeros((1, 1, 1, 1))
        a_patient = np.maximum(survival, 1e-3) / np.maximum(left, 1)
        scale = 0.5 * a_patient / np.maximum(left, 1)
        outlier = np.log(OUTLIER) - np.abs(missed) / scale - np.log(scale)
        drift = (drawn - step.survival) ** 2 / (2 * (0.2 * a_patient) ** 2)
        exact = (np.abs(missed) < EXACT * a_patient / np.maximum(left, 1)).astype(float)
        return np.logaddexp(fit, outlier) - drift, np.full((1, 1, 1, 1), step.survival), exact


def _outlook(states, step, expected, index, events):
    """What the facts still to come make of each state: the next number at risk, or the total of events."""
    ahead = expected.next_survival[index]
    if np.isfinite(ahead):
        lost = np.clip(1 - ahead / np.maximum(states.survival, 1e-9), 0, 1)
        mean = expected.censored_before_table[index] if step.at_risk is None else 0.0
        if step.at_risk is not None:
            return np.zeros(len(states.score))
        needed = (states.at_risk * (1 - lost) - expected.next_at_risk[index]) / (1 - lost / 2)
        variance = mean + 1 + 0.05 * states.at_risk * lost
        return -((needed - mean) ** 2) / (2 * variance) - 5 * np.maximum(-needed - 1, 0)
    if events is None:
        return np.zeros(len(states.score))
    to_come = states.at_risk * expected.events_to_come[index]
    missing = events - states.events - to_come
    return -(missing**2) / (2 * (0.5 + 0.05 * to_come + (0.05 * to_come) ** 2))


def _best(states, promise, most):
    """The best state for each number at risk and number of events, and of those the most promising."""
    key = states.at_risk.astype(np.int64) * (int(states.events.max()) + 1) + states.events
    order = np.lexsort((-promise, key))
    keep = order[np.concatenate([[True], np.diff(key[order]) != 0])]
    if len(keep) > most:
        keep = keep[np.argpartition(-promise[keep], most)[:most]]
    return keep


def _trace(states, history, steps, events):
    """The numbers of the best way, from its end back to the start."""
    missing = np.zeros(len(states.score)) if events is None else np.abs(states.events - events)
    end = at = np.lexsort((-states.score, missing))[0]
    numbers = []
    for moves in reversed(history):
        numbers.append((moves.censored[at], moves.events[at], moves.between[at]))
        at = moves.parent[at]
    columns = np.array(numbers[::-1], dtype=int).reshape(-1, 3).T
    observed = sum(step.weight > 0 for step in steps)
    return Counts(*columns, float(states.score[end]), float(states.exact[end] / max(observed, 1)))
