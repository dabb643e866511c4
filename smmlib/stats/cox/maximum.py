"""The maximum of Cox's partial likelihood, and the coefficients that have none because it grows without end."""

from dataclasses import dataclass

import numpy as np

from smmlib.stats.cox.information import (
    LEAST_OWN_VARIANCE,
    block,
    independent,
    inverse_by_direction,
    step_by_direction,
)
from smmlib.stats.cox.likelihood import AtCoefficients, Patients, at_coefficients
from smmlib.stats.types import Booleans, Floats

LARGEST_NUMBER_OF_STEPS = 60
# Steps are in standard deviations of a covariate. Convergence is quadratic: after so small a step, what is left is
# below the rounding error, and the information is that before it, to as many digits.
SMALLEST_STEP = 1e-9
# A likelihood that no longer grows while a coefficient still moves grows without end, ever more slowly.
SMALLEST_GAIN = 1e-12
STILL_MOVING = 1e-3
# So does one that still grows when hazards are a factor of this power of e apart.
LARGEST_SPREAD = 150.0
# From so small a gain on, steps may lead in directions that have lost their information.
NEARLY_LEVEL = 1e-3
REDUNDANT = "among patients at risk together it does not vary, or the covariates before it determine it"
WITHOUT_END = "the partial likelihood grows without end in this covariate"
OUTWEIGHED = "nothing tells of it where the partial likelihood grows without end in another covariate"
NO_EVENTS = "there is no event"


@dataclass(frozen=True, eq=False)
class Fit:
    """The maximum in scaled covariates.

    Attributes
    ----------
    reached : ndarray, shape (p,)
        Coefficients, those that grow without end as far as the likelihood still grew.
    used, known : ndarray of bool, shape (p,)
        Covariates in the model, and those of them that have a coefficient.
    inverse : ndarray, shape (p, p)
        Inverse information; zero where a covariate is not in the model, or grows without end.
    reasons : list of str
        Why a covariate has no coefficient, "" where it has one.
    null, best : AtCoefficients
        At zero, and at the maximum.
    first_step : ndarray, shape (p,)
        Newton's step from zero: the inverse information times the slope.
    """

    reached: Floats
    used: Booleans
    known: Booleans
    inverse: Floats
    reasons: list[str]
    null: AtCoefficients
    best: AtCoefficients
    first_step: Floats


def maximum(patients: Patients) -> Fit:
    """Coefficients at which the likelihood is largest, by Newton's method: a Fit."""
    null = at_coefficients(patients, np.zeros(len(patients.covariates)))
    least = LEAST_OWN_VARIANCE * np.maximum(np.diag(null.information), patients.order.events)
    used = independent(null.information, least)
    first_step = step = _newton_step(null, used)
    free = used
    while True:
        reached, best, endless = _climb(patients, null, free, step, least)
        outweighed = _outweighed(best.information, endless, free, least)
        if not outweighed.any():
            break
        # They are 0, as redundant ones are: what else they might be would change the others.
        free = free & ~outweighed
        step = _newton_step(null, free)
    none = REDUNDANT if patients.order.event.any() else NO_EVENTS
    reasons = [
        WITHOUT_END if endless[index] else "" if free[index] else OUTWEIGHED if used[index] else none
        for index in range(len(used))
    ]
    inverse = _inverse(best.information, free, endless, least)
    return Fit(reached, used, free & ~endless, inverse, reasons, null, best, first_step)


def _outweighed(information: Floats, endless: Booleans, free: Booleans, least: Floats) -> Booleans:
    """Those of which nothing is told once the coefficients that grow without end are known, and those before them."""
    outweighed = np.zeros(len(free), dtype=bool)
    if endless.any():
        order = np.concatenate([np.flatnonzero(endless), np.flatnonzero(free & ~endless)])
        outweighed[order] = ~independent(information[np.ix_(order, order)], least[order])
    return outweighed & ~endless


def _newton_step(now: AtCoefficients, free: Booleans) -> Floats:
    """The inverse information times the slope."""
    step = np.zeros(len(free))
    step[free] = np.linalg.solve(block(now.information, free), now.slope[free])
    return step


def _climb(
    patients: Patients, null: AtCoefficients, free: Booleans, step: Floats, least: Floats
) -> tuple[Floats, AtCoefficients, Booleans]:
    """Newton's method, each step halved until the likelihood does not fall; and what grows without end."""
    reached, now, growth = np.zeros(len(free)), null, step
    for _ in range(LARGEST_NUMBER_OF_STEPS):
        if np.abs(step).max() <= SMALLEST_STEP:
            return reached + step, now, np.abs(growth) > STILL_MOVING
        before, moving = now, np.abs(step) > STILL_MOVING
        reached, now, too_far = _uphill(patients, reached, step, now)
        gain = (now.log_likelihood - before.log_likelihood) / (1 + abs(before.log_likelihood))
        if moving.any() and (gain <= SMALLEST_GAIN or too_far):
            grows = np.abs(growth) > STILL_MOVING
            return reached, now, grows if grows.any() else moving
        step, growth = _following_step(now, free, least, growth, bool(moving.any()) and gain <= NEARLY_LEVEL)
    return reached, now, np.abs(growth) > STILL_MOVING


def _following_step(
    now: AtCoefficients, free: Booleans, least: Floats, growth: Floats, carefully: bool
) -> tuple[Floats, Floats]:
    """Newton's step, and the growth that it shows: that of an earlier step where information has vanished since."""
    if not carefully:
        try:
            step = _newton_step(now, free)
        except np.linalg.LinAlgError:
            return _following_step(now, free, least, growth, True)
        return step, step
    step, following = np.zeros((2, len(free)))
    step[free], following[free] = step_by_direction(
        block(now.information, free), now.slope[free], least[free], growth[free]
    )
    return step, following


def _uphill(
    patients: Patients, start: Floats, step: Floats, now: AtCoefficients
) -> tuple[Floats, AtCoefficients, bool]:
    """Where the step leads, and whether hazards further apart than numbers reach had to be avoided."""
    lowest = now.log_likelihood - SMALLEST_GAIN * (1 + abs(now.log_likelihood))
    refused = False
    while True:
        following = at_coefficients(patients, start + step)
        if following.log_likelihood >= lowest:
            return start + step, following, refused and _spread(patients, start + step) > LARGEST_SPREAD
        refused = refused or following.log_likelihood == -np.inf
        step = step / 2


def _spread(patients: Patients, coefficients: Floats) -> float:
    """How far apart the logarithms of hazards are."""
    return float(np.ptp(coefficients @ patients.covariates))


def _inverse(information: Floats, free: Booleans, endless: Booleans, least: Floats) -> Floats:
    """Of the information; coefficients that grow without end are known in the directions in which they do not grow."""
    inverse, of_free = np.zeros(information.shape), block(information, free)
    known = inverse_by_direction(of_free, least[free]) if endless.any() else np.linalg.inv(of_free)
    inverse[np.outer(free, free)] = known.ravel()
    return inverse
