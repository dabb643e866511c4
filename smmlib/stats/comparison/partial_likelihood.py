"""Cox's partial likelihood of the arm alone, which the event table is sufficient for.

Its logarithm is concave in the coefficient, so that a maximum, where there is one, is the only one.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from smmlib.stats.checks import check_choice
from smmlib.stats.event_table import EventTable
from smmlib.stats.two_arms import ARM, REFERENCE
from smmlib.stats.types import Counts, Floats, Integers, Limits, Ties

TIES: tuple[Ties, ...] = ("efron", "breslow", "exact")
# The information changes at most by a factor e within one unit, so no step of 2 leads away from the maximum.
LARGEST_STEP = 2.0
# Convergence is quadratic: after so small a step, what is left is below the rounding error.
SMALLEST_STEP = 1e-9
LARGEST_NUMBER_OF_STEPS = 100
# At this coefficient the arm's share of any risk set has reached zero, or one, in double precision.
AS_GOOD_AS_INFINITE = 80.0


@dataclass(frozen=True, eq=False)
class RiskSets:
    """Risk sets that lose one patient each: `weight` times, from so many of the arm and of the reference.

    Attributes
    ----------
    arm, reference, weight : ndarray, shape (m,)
    events_in_arm : float
    """

    arm: Counts
    reference: Counts
    weight: Counts
    events_in_arm: float

    def at(self, coefficient: float) -> tuple[float, float, float]:
        """Log partial likelihood, its slope, and its information: minus the slope's slope."""
        hazard = self.arm * np.exp(coefficient)
        total = hazard + self.reference
        share = hazard / total
        log_likelihood = coefficient * self.events_in_arm - (self.weight * np.log(total)).sum()
        slope = self.events_in_arm - (self.weight * share).sum()
        return float(log_likelihood), float(slope), float((self.weight * share * (1 - share)).sum())

    def fewest_and_most(self) -> Limits:
        """The smallest and the largest number of events that the arm could have had in these risk sets."""
        return self.weight[self.reference == 0].sum(), self.weight[self.arm > 0].sum()


@dataclass(frozen=True, eq=False)
class ExactRiskSets:
    """Risk sets that lose all tied patients at once: one entry for each number of them that may be of the arm.

    Attributes
    ----------
    in_arm, log_ways : ndarray, shape (m,)
        The number of the arm, and the logarithm of the ways to choose so many, less that of the fewest.
    row : ndarray of int, shape (m,)
        The risk set of each entry.
    starts : ndarray of int, shape (k,)
        First entry of each risk set.
    events_in_arm : float
    """

    in_arm: Floats
    log_ways: Floats
    row: Integers
    starts: Integers
    events_in_arm: float

    def at(self, coefficient: float) -> tuple[float, float, float]:
        """Log partial likelihood, its slope, and its information: minus the slope's slope."""
        exponent = self.log_ways + coefficient * self.in_arm
        largest = np.maximum.reduceat(exponent, self.starts)
        ways = np.exp(exponent - largest[self.row])
        total = np.add.reduceat(ways, self.starts)
        mean = np.add.reduceat(ways * self.in_arm, self.starts) / total
        spread = np.add.reduceat(ways * (self.in_arm - mean[self.row]) ** 2, self.starts) / total
        log_likelihood = coefficient * self.events_in_arm - (largest + np.log(total)).sum()
        return float(log_likelihood), float(self.events_in_arm - mean.sum()), float(spread.sum())

    def fewest_and_most(self) -> Limits:
        """The smallest and the largest number of events that the arm could have had in these risk sets."""
        ends = np.append(self.starts[1:], len(self.in_arm)) - 1
        return self.in_arm[self.starts].sum(), self.in_arm[ends].sum()


AnyRiskSets = RiskSets | ExactRiskSets


def risk_sets(table: EventTable, ties: Ties) -> AnyRiskSets:
    """The risk sets of a two-arm table, under one of three rules for tied events.

    Breslow keeps one risk set for all of them. Efron takes the j-th of d events from j/d fewer of them. The exact
    rule asks which patients they are, given how many: R's "exact", a conditional logistic likelihood.

    Raises
    ------
    ValueError
        If the rule is unknown.

    References
    ----------
    .. [1] Breslow (1974), Biometrics 30:89-99.
    .. [2] Efron (1977), J Am Stat Assoc 72:557-565.
    .. [3] Cox (1972), J R Stat Soc B 34:187-220, eq. 20.
    """
    check_choice(ties, TIES, "ties")
    events = table.events.sum(axis=0)
    rows = np.flatnonzero(events)
    events, in_arm = events[rows], table.events[ARM, rows]
    arm, reference, total = table.at_risk[ARM, rows], table.at_risk[REFERENCE, rows], float(in_arm.sum())
    if ties == "breslow" or events.max(initial=1) == 1:  # without ties the rules are one
        return RiskSets(arm, reference, events, total)
    if ties == "exact":
        return _exact_risk_sets(arm, reference, events, total)
    row = np.repeat(np.arange(len(rows)), events)
    gone = _position(row, events) / events[row]
    return RiskSets(
        arm[row] - gone * in_arm[row], reference[row] - gone * (events - in_arm)[row], np.ones(len(row)), total
    )


def _exact_risk_sets(arm: Integers, reference: Integers, events: Integers, events_in_arm: float) -> ExactRiskSets:
    """Ways to choose the tied events: C(arm, j) C(reference, events - j), by the ratio of each to the one before."""
    fewest, most = np.maximum(events - reference, 0), np.minimum(events, arm)
    sizes = most - fewest + 1
    row = np.repeat(np.arange(len(events)), sizes)
    in_arm = fewest[row] + _position(row, sizes)
    first = in_arm == fewest[row]
    more = (arm[row] - in_arm + 1) * (events[row] - in_arm + 1)
    fewer = in_arm * (reference[row] - events[row] + in_arm)
    log_ratio = np.log(np.where(first, 1, more) / np.where(first, 1, fewer))
    log_ways = np.cumsum(log_ratio)
    starts = np.cumsum(sizes) - sizes
    return ExactRiskSets(in_arm.astype(float), log_ways - log_ways[starts][row], row, starts, events_in_arm)


def _position(row: Integers, sizes: Integers) -> Integers:
    """0, 1, 2, ... within each row, where `row` repeats each row as often as its size says."""
    return np.arange(len(row)) - (np.cumsum(sizes) - sizes)[row]


def monotone_direction(sets: AnyRiskSets) -> int | None:
    """-1 or 1 where the likelihood grows without end in that direction, 0 where it is flat, None where it peaks."""
    fewest, most = sets.fewest_and_most()
    if fewest == most:
        return 0
    if sets.events_in_arm <= fewest:
        return -1
    return 1 if sets.events_in_arm >= most else None


def maximum(sets: AnyRiskSets) -> float:
    """Coefficient with the largest likelihood, by Newton's method: no step is long enough to miss it."""
    coefficient = 0.0
    for _ in range(LARGEST_NUMBER_OF_STEPS):
        _, slope, information = sets.at(coefficient)
        step = min(max(slope / information, -LARGEST_STEP), LARGEST_STEP)
        coefficient += step
        if abs(step) <= SMALLEST_STEP:
            break
    return coefficient


def peak_or_end(sets: AnyRiskSets) -> float:
    """Coefficient at which the likelihood is at its highest, in double precision; 0 where it is flat."""
    side = monotone_direction(sets)
    return maximum(sets) if side is None else side * AS_GOOD_AS_INFINITE


def profile_limit(sets: AnyRiskSets, peak: float, side: int, z: float) -> float:
    """Coefficient on one side of the peak at which twice the log-likelihood has fallen by z squared."""
    highest = sets.at(peak)[0]
    return _crossing(lambda at: 2 * (highest - sets.at(at)[0]) - z**2, peak, side)


def score_limit(sets: AnyRiskSets, peak: float, side: int, z: float) -> float:
    """Coefficient on one side of the peak at which the score statistic is z squared.

    Compared without a division: far out the information vanishes with the slope.
    """

    def excess(at: float) -> float:
        _, slope, information = sets.at(at)
        return slope**2 - z**2 * information

    return _crossing(excess, peak, side)


def _crossing(excess: Callable[[float], float], start: float, side: int) -> float:
    """Where `excess` turns from negative to positive, looked for outwards from where it is negative."""
    from scipy.optimize import brentq

    near, step = start, 0.5
    while abs(near + side * step) <= 2 * AS_GOOD_AS_INFINITE:
        far = near + side * step
        if excess(far) > 0:
            return float(brentq(excess, near, far, xtol=1e-14, rtol=1e-14))
        near, step = far, 2 * step
    return side * np.inf
