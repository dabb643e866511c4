"""Cox's partial likelihood with several covariates, its slope and its information, by sums over tie groups.

The information is the sum over events of the covariates' second moments among those at risk, less the products of
their means. Exchanged, the first sum runs over patients, each weighed with the hazard accumulated while at risk,
so that no second moments of risk sets are ever summed.
"""

from dataclasses import dataclass

import numpy as np

from smmlib.stats.cox.risk_order import RiskOrder, accumulated, at_risk_sums
from smmlib.stats.types import Booleans, Floats, Integers, TiesOfCovariates

NONE = np.zeros(0)
# Of those at risk, relative to the largest hazard of one patient: its square must still be a number.
LEAST_HAZARD = 1e-150
# Logarithms of hazards are far apart when they differ by more.
FAR_APART = 12.0


@dataclass(frozen=True, eq=False)
class Patients:
    """Sorted patients with their covariates.

    Attributes
    ----------
    order : RiskOrder
    covariates : ndarray, shape (p, n)
        Centred and scaled, in sorted order.
    of_events : ndarray, shape (p,)
        Sums of the covariates over the events.
    ties : EfronTies or None
        None where Breslow's rule or the lack of ties leaves nothing to correct.
    """

    order: RiskOrder
    covariates: Floats
    of_events: Floats
    ties: "EfronTies | None"


@dataclass(frozen=True, eq=False)
class EfronTies:
    """Groups with more than one event, and their events, group by group.

    Attributes
    ----------
    group : ndarray of int, shape (t,)
    start : ndarray of int, shape (t,)
        First of the group's events among all of them.
    row : ndarray of int, shape (m,)
        Sorted row of each event.
    of, group_of : ndarray of int, shape (m,)
        Which of the t groups it belongs to, and which of all k.
    gone : ndarray, shape (m,)
        Share of the group's events that each event comes after: 0, 1/d, 2/d, ...
    """

    group: Integers
    start: Integers
    row: Integers
    of: Integers
    group_of: Integers
    gone: Floats


@dataclass(frozen=True, eq=False)
class FittedPatients:
    """Patients and the coefficients that were fitted to them: what residuals are computed from.

    Attributes
    ----------
    patients : Patients
    coefficients : ndarray, shape (p,)
        Of the scaled covariates; those that grow without end as far as they were followed.
    known : ndarray of bool, shape (p,)
        Which coefficients exist.
    scales : ndarray, shape (p,)
        What the covariates were divided by.
    """

    patients: Patients
    coefficients: Floats
    known: Booleans
    scales: Floats


@dataclass(frozen=True, eq=False)
class Hazard:
    """Sums over the events of each group, with h = 1 / hazard at risk, and f the share gone.

    Attributes
    ----------
    weight : ndarray, shape (n,)
        Each patient's hazard relative to others.
    h, hh : ndarray, shape (k,)
        Sums of h and of h².
    fh, fhh, ffhh : ndarray, shape (t,)
        Sums of f h, f h² and f² h² in groups with ties; empty where nothing is to correct.
    far_apart : bool
        Whether hazards are so far apart that differences of sums would lose digits.
    log_likelihood : float
        Minus infinity where hazards are so far apart that nothing is left of those at risk, and no sums then.
    """

    weight: Floats
    h: Floats
    hh: Floats
    fh: Floats
    fhh: Floats
    ffhh: Floats
    far_apart: bool
    log_likelihood: float


@dataclass(frozen=True, eq=False)
class AtCoefficients:
    """The likelihood at given coefficients.

    Attributes
    ----------
    log_likelihood : float
    slope : ndarray, shape (p,)
    information : ndarray, shape (p, p)
    """

    log_likelihood: float
    slope: Floats
    information: Floats


def with_ties(order: RiskOrder, covariates: Floats, ties: TiesOfCovariates) -> Patients:
    """Sorted patients, and what Efron's rule needs to know of tied events."""
    of_events = covariates @ order.event.astype(float)
    tied = np.flatnonzero(order.deaths > 1) if ties == "efron" else np.zeros(0, dtype=np.intp)
    if not len(tied):
        return Patients(order, covariates, of_events, None)
    deaths = order.deaths[tied]
    start = np.cumsum(deaths) - deaths
    of = np.repeat(np.arange(len(tied)), deaths)
    position = np.arange(len(of)) - start[of]
    before = np.cumsum(order.deaths) - order.deaths
    row = np.flatnonzero(order.event)[before[tied][of] + position]
    corrected = EfronTies(tied, start, row, of, tied[of], position / deaths[of])
    return Patients(order, covariates, of_events, corrected)


def at_coefficients(patients: Patients, coefficients: Floats) -> AtCoefficients:
    """Log partial likelihood, slope and information.

    References
    ----------
    .. [1] Therneau & Grambsch (2000), Modeling Survival Data, eq. 3.3 to 3.6.
    """
    hazard = hazard_at(patients, coefficients)
    if hazard.log_likelihood == -np.inf:
        size = len(patients.covariates)
        return AtCoefficients(-np.inf, np.zeros(size), np.zeros((size, size)))
    expected = cumulative_hazard(patients, hazard)
    expected *= hazard.weight
    slope = patients.of_events - patients.covariates @ expected
    moments = second_moments(patients.covariates, expected)
    del expected  # as large as a covariate, and not needed any more
    information = moments - products_of_means(patients, hazard)
    return AtCoefficients(hazard.log_likelihood, slope, information)


def hazard_at(patients: Patients, coefficients: Floats) -> Hazard:
    """The sums over events that likelihood, slope, information and residuals are made of."""
    order = patients.order
    weight = coefficients @ patients.covariates
    largest = float(weight.max())
    far_apart = order.late is not None and largest - float(weight.min()) > FAR_APART
    weight -= largest  # a common factor changes nothing, and so none is too large
    np.exp(weight, out=weight)
    at_risk = at_risk_sums(order, weight, far_apart)
    at_risk[order.without_events] = 1.0  # of nobody, perhaps: such a group counts for nothing
    if not at_risk.min() > LEAST_HAZARD:
        return Hazard(weight, NONE, NONE, NONE, NONE, NONE, far_apart, -np.inf)
    log_weight_of_events = float(coefficients @ patients.of_events) - largest * order.events
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        h = patients.order.deaths / at_risk
        hh, log_at_risk = h / at_risk, np.log(at_risk)
        if patients.ties is None:
            log_likelihood = log_weight_of_events - float(patients.order.deaths @ log_at_risk)
            return Hazard(weight, h, hh, NONE, NONE, NONE, far_apart, log_likelihood)
        log_at_risk[patients.ties.group] = 0.0
        log_likelihood = log_weight_of_events - float(patients.order.deaths @ log_at_risk)
        return _corrected(patients.ties, weight, at_risk, h, hh, far_apart, log_likelihood)


def _corrected(
    ties: EfronTies, weight: Floats, at_risk: Floats, h: Floats, hh: Floats, far_apart: bool, log_likelihood: float
) -> Hazard:
    """The sums with Efron's rule for tied events: each comes after a share of them is gone."""
    at_risk = at_risk.take(ties.group_of) - ties.gone * tied_sums(ties, weight).take(ties.of)
    log_likelihood -= float(np.log(at_risk).sum())
    terms = np.empty((5, len(at_risk)))
    each, squared, of_gone, of_gone_once, of_gone_twice = terms
    np.divide(1.0, at_risk, out=each)
    np.multiply(each, each, out=squared)
    np.multiply(ties.gone, each, out=of_gone)
    np.multiply(of_gone, each, out=of_gone_once)
    np.multiply(of_gone, of_gone, out=of_gone_twice)
    h[ties.group], hh[ties.group], fh, fhh, ffhh = np.add.reduceat(terms, ties.start, axis=1)
    return Hazard(weight, h, hh, fh, fhh, ffhh, far_apart, log_likelihood)


def tied_sums(ties: EfronTies, rows: Floats) -> Floats:
    """Sums over the tied events of each group: shape (..., n) to (..., t)."""
    return np.add.reduceat(rows.take(ties.row, axis=-1), ties.start, axis=-1)


def cumulative_hazard(patients: Patients, hazard: Hazard, factor: Floats | None = None) -> Floats:
    """Hazard accumulated by each patient while at risk, that of tied events in part: shape (n,).

    `factor`, shape (k,), weighs the groups.
    """
    total = accumulated(patients.order, hazard.h if factor is None else factor * hazard.h, hazard.far_apart)
    spare_tied(patients, total, hazard.fh, factor)
    return total


def spare_tied(patients: Patients, rows: Floats, tied: Floats, factor: Floats | None = None) -> None:
    """Take from those with tied events what they were spared, being gone in part: shape (t,) from (n,), in place."""
    ties = patients.ties
    if ties is not None:
        rows[ties.row] -= (tied if factor is None else factor[ties.group] * tied)[ties.of]


def second_moments(covariates: Floats, weight: Floats) -> Floats:
    """Sum over patients of weight * x x': shape (p, p)."""
    return (covariates * weight) @ covariates.T


def products_of_means(patients: Patients, hazard: Hazard, factor: Floats | None = None) -> Floats:
    """Sum over events of the product of the covariates' means at risk: shape (p, p)."""
    ties = patients.ties
    at_risk, tied = risk_set_sums(patients, hazard)
    total = (at_risk * (hazard.hh if factor is None else factor * hazard.hh)) @ at_risk.T
    if ties is None:
        return total
    of_tied = 1.0 if factor is None else factor[ties.group]
    crossed = (at_risk.take(ties.group, axis=1) * (of_tied * hazard.fhh)) @ tied.T
    return total - crossed - crossed.T + (tied * (of_tied * hazard.ffhh)) @ tied.T


def risk_set_sums(patients: Patients, hazard: Hazard) -> tuple[Floats, Floats]:
    """Weighted sums of each covariate over everybody at risk, and over tied events: shapes (p, k) and (p, t).

    One covariate after the other, in one place: weighed all at once they would take their memory again.
    """
    order, ties = patients.order, patients.ties
    at_risk = np.empty((len(patients.covariates), len(order.last)))
    tied = np.empty((len(patients.covariates), 0 if ties is None else len(ties.group)))
    weighted = np.empty(len(hazard.weight))
    for index, covariate in enumerate(patients.covariates):
        np.multiply(covariate, hazard.weight, out=weighted)
        if ties is not None:
            tied[index] = tied_sums(ties, weighted)
        at_risk[index] = at_risk_sums(order, weighted, hazard.far_apart, overwrite=True)
    return at_risk, tied
