"""Where interval-censored events can lie, and the probabilities of lying there that make the data most likely.

A patient's event is known to lie in (left, right]. The likelihood depends on a distribution only through its mass in
each innermost interval, one that holds no end of a patient's interval but its own two. A patient's interval covers
some consecutive ones of them, its span. With one unknown mass each, what is maximised is

    sum over patients of log(mass in the patient's span) - patients * (sum of masses)

over masses that are zero or more; at the maximum they sum to one by themselves. It is strictly concave: each innermost
interval begins one patient's span and ends another's, so that no two sets of masses give all spans the same
probabilities. The masses that maximise it are therefore unique.
"""

from dataclasses import dataclass

import numpy as np

from smmlib.stats.types import Booleans, Floats, Integers

SELF_CONSISTENCY_STEPS = 100
LARGEST_NUMBER_OF_STEPS = 100
# Within this distance, in the metric of the second derivatives, Newton's full step converges quadratically.
LONGEST_FULL_STEP = 0.25
# So after so small a step, the one that ends the search leaves nothing but rounding errors.
SMALLEST_STEP = 1e-5
# Share of the slope that a step must gain.
SUFFICIENT_GAIN = 0.1
# A mass below this is zero, if the Kuhn-Tucker conditions hold without it.
NEGLIGIBLE = 1e-10
# Of the slopes of the log-likelihood relative to the number of patients, in the Kuhn-Tucker conditions.
CERTIFIED_TO = 1e-9
# Within the quadratic problem: below zero by more than rounding.
BELOW_ZERO = 1e-13
LARGEST_NUMBER_OF_EXCHANGES = 3


@dataclass(frozen=True, eq=False)
class InnermostIntervals:
    """Innermost intervals (low, high], or a point where both are equal, and what each patient's interval covers.

    Attributes
    ----------
    low, high : ndarray, shape (m,)
        Bounds, increasing; the last may be unbounded.
    first, last : ndarray of int, shape (n,)
        A patient's interval covers the innermost intervals from `first` up to but without `last`.
    """

    low: Floats
    high: Floats
    first: Integers
    last: Integers


@dataclass(frozen=True, eq=False)
class Masses:
    """Probability of each innermost interval, and how good the solution is.

    Attributes
    ----------
    mass : ndarray, shape (m,)
        Sums to one; exactly zero where it is zero.
    log_likelihood : float
    shortfall : float
        The log-likelihood lies below its maximum by no more than this.
    iterations : int
        Newton steps.
    certified : bool
        Whether the Kuhn-Tucker conditions hold.
    """

    mass: Floats
    log_likelihood: float
    shortfall: float
    iterations: int
    certified: bool


def innermost_intervals(left: Floats, right: Floats) -> InnermostIntervals:
    """Innermost intervals of (left, right], or of the point at left where both are equal.

    An open left end is counted half a step after its time, so that all intervals are closed. An innermost one
    then goes from a left end to the next right end, with no other left end between.

    Parameters
    ----------
    left, right : ndarray, shape (n,)
        Bounds, `left` finite, `right` infinite where no event was seen.

    Returns
    -------
    InnermostIntervals

    References
    ----------
    .. [1] Turnbull (1976), J R Stat Soc B 38:290-295, section 2.
    """
    times = np.unique(np.concatenate([left, right, [np.inf]]))
    begins = 2 * np.searchsorted(times, left) + (left < right)
    ends = 2 * np.searchsorted(times, right)
    beginnings, endings = np.unique(begins), np.unique(ends)
    latest = np.searchsorted(beginnings, endings, side="right") - 1
    new = np.diff(latest, prepend=-1) > 0
    inner_begins, inner_ends = beginnings[latest[new]], endings[new]
    return InnermostIntervals(
        low=times[inner_begins // 2],
        high=times[inner_ends // 2],
        first=np.searchsorted(inner_begins, begins),
        last=np.searchsorted(inner_ends, ends, side="right"),
    )


def maximum_likelihood_masses(intervals: InnermostIntervals) -> Masses:
    """Masses that maximise the likelihood, by Newton's method under the condition that none is negative.

    Some steps of the self-consistency algorithm lead near the maximum. Each step after them maximises the quadratic
    model of the log-likelihood over masses that are zero or more. As the log-likelihood is self-concordant, the
    damped steps always converge, in the end quadratically.

    Parameters
    ----------
    intervals : InnermostIntervals

    Returns
    -------
    Masses

    References
    ----------
    .. [1] Turnbull (1976), J R Stat Soc B 38:290-295, section 3: self-consistency.
    .. [2] Wang (2007), J R Stat Soc B 69:185-198: the quadratic model over masses that are zero or more.
    .. [3] Tran-Dinh, Kyrillidis & Cevher (2015), J Mach Learn Res 16:371-416: convergence of damped steps.
    .. [4] Gentleman & Geyer (1994), Biometrika 81:618-623: Kuhn-Tucker conditions.
    """
    spans = _distinct_spans(intervals)
    mass = _self_consistent(spans, np.full(spans.size, 1 / spans.size), SELF_CONSISTENCY_STEPS)
    support = mass > 1e-3 / spans.size
    iterations, length = 0, np.inf
    while length > SMALLEST_STEP and iterations < LARGEST_NUMBER_OF_STEPS:
        target, support = _quadratic_maximum(spans, _probability(spans, mass), support)
        mass, length = _step(spans, mass, target)
        iterations += 1
    return _judged(spans, _without_negligible(spans, mass), iterations)


@dataclass(frozen=True, eq=False)
class _Spans:
    """Distinct spans of innermost intervals, the patients who have each, and how many innermost intervals there are."""

    first: Floats
    last: Floats
    patients: Floats
    size: int
    total: int


def _distinct_spans(intervals: InnermostIntervals) -> _Spans:
    size = len(intervals.low)
    code, patients = np.unique(intervals.first * (size + 1) + intervals.last, return_counts=True)
    return _Spans(*np.divmod(code, size + 1), patients.astype(float), size, len(intervals.first))


def cumulative(values: Floats | Booleans) -> Floats:
    """Sum of the values before each of them, and of all: one entry more."""
    return np.concatenate([np.zeros(1), np.cumsum(values)])


def _probability(spans: _Spans, mass: Floats) -> Floats:
    """Mass in each span."""
    below = cumulative(mass)
    return below[spans.last] - below[spans.first]


def _slope(spans: _Spans, of_span: Floats) -> Floats:
    """Sum, for each innermost interval, of the values of the spans that cover it."""
    begin = np.bincount(spans.first, of_span, spans.size + 1)
    end = np.bincount(spans.last, of_span, spans.size + 1)
    return np.cumsum(begin - end)[:-1]


def _self_consistent(spans: _Spans, mass: Floats, steps: int) -> Floats:
    """Some steps of: a patient's event lies in each innermost interval of the span in proportion to its mass."""
    for _ in range(steps):
        mass = mass * _slope(spans, spans.patients / _probability(spans, mass)) / spans.total
    return mass


def _quadratic_maximum(spans: _Spans, probability: Floats, support: Booleans) -> tuple[Floats, Booleans]:
    """Masses, zero or more, that maximise the quadratic model of the log-likelihood, and where they are above zero.

    From the support given, all masses that are negative leave it and all zeros with a rising slope join it, until
    there are none; when their number no longer falls, one at a time, which cannot cycle.

    References
    ----------
    .. [1] Judice & Pires (1994), Comput Oper Res 21:587-596: block principal pivoting.
    """
    curvature = spans.patients / probability**2
    linear = 2 * _slope(spans, spans.patients / probability) - spans.total
    fewest, exchanges = np.inf, 0
    for _ in range(LARGEST_NUMBER_OF_STEPS + spans.size):
        mass = _stationary(spans, curvature, linear, support)
        slope = linear - _slope(spans, curvature * _probability(spans, mass))
        wrong = np.where(support, mass < -BELOW_ZERO, slope > 100 * BELOW_ZERO * spans.total)
        if not wrong.any():
            break
        exchanges = LARGEST_NUMBER_OF_EXCHANGES if wrong.sum() < fewest else exchanges - 1
        fewest = min(fewest, wrong.sum())
        changed = wrong if exchanges > 0 else np.arange(spans.size) == np.flatnonzero(wrong)[-1]
        support = support ^ changed
    return np.maximum(mass, 0), support


def _stationary(spans: _Spans, curvature: Floats, linear: Floats, support: Booleans) -> Floats:
    """Masses on the support at which the quadratic model is level.

    In the cumulated masses each span ties two unknowns only, so that the matrix is a sparse one: that of a graph with
    the spans as its edges. It is connected, as each innermost interval begins a span, and so the matrix is regular.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.linalg import spsolve

    mass = np.zeros(spans.size)
    if not support.any():
        return mass
    place = cumulative(support).astype(np.intp)
    first, last = place[spans.first], place[spans.last]
    rows, columns = np.concatenate([first, last, first, last]), np.concatenate([first, last, last, first])
    values = np.concatenate([curvature, curvature, -curvature, -curvature])
    matrix = coo_array((values, (rows, columns)), shape=(place[-1] + 1, place[-1] + 1)).tocsc()[1:, 1:]
    below = spsolve(matrix, -np.diff(linear[support], append=0))
    mass[support] = np.diff(below, prepend=0)
    return mass


def _step(spans: _Spans, mass: Floats, target: Floats) -> tuple[Floats, float]:
    """Go towards the target, all the way when near, else as far as it pays; also the length of the way."""
    probability, way = _probability(spans, mass), target - mass
    length = np.sqrt((spans.patients * (_probability(spans, way) / probability) ** 2).sum())
    if length <= LONGEST_FULL_STEP:
        return target, length
    share, start = 1.0, _objective(spans, mass)
    # A share of 1 / (1 + length) gains for certain.
    while share * (1 + length) > 1:
        if _objective(spans, mass + share * way) >= start + SUFFICIENT_GAIN * share * length**2:
            break
        share /= 2
    return mass + share * way, length


def _objective(spans: _Spans, mass: Floats) -> float:
    """Log-likelihood less patients times sum of masses; minus infinity where what was seen is impossible."""
    probability = _probability(spans, mass)
    if probability.min() <= 0:
        return -np.inf
    return (spans.patients * np.log(probability)).sum() - spans.total * mass.sum()


def _without_negligible(spans: _Spans, mass: Floats) -> Floats:
    """The masses on the support alone, one Newton step later; as they were, should some become negative.

    A last step of self-consistency takes the rounding errors of the cumulated masses from the small ones.
    """
    support = mass > NEGLIGIBLE
    probability = _probability(spans, mass)
    linear = 2 * _slope(spans, spans.patients / probability) - spans.total
    polished = _stationary(spans, spans.patients / probability**2, linear, support)
    possible = polished.min() >= 0 and _probability(spans, polished).min() > 0
    mass = _self_consistent(spans, polished if possible else mass, 1)
    return mass / mass.sum()


def _judged(spans: _Spans, mass: Floats, iterations: int) -> Masses:
    """Kuhn-Tucker conditions: the slope is the number of patients where there is mass, and nowhere more.

    The slope above that number also bounds what the log-likelihood, being concave, can still gain.
    """
    probability = _probability(spans, mass)
    excess = _slope(spans, spans.patients / probability) - spans.total
    bound = CERTIFIED_TO * spans.total
    return Masses(
        mass=mass,
        log_likelihood=float((spans.patients * np.log(probability)).sum()),
        shortfall=float(max(excess.max(), 0)),
        iterations=iterations,
        certified=bool(excess.max() <= bound and np.abs(excess[mass > 0]).max() <= bound),
    )
