"""Whether hazards are proportional: the score test of a covariate's effect that changes with time."""

from collections.abc import Sequence

import numpy as np

from smmlib.stats.checks import check_choice, check_kind
from smmlib.stats.cox.information import LEAST_OWN_VARIANCE, inverse_by_direction
from smmlib.stats.cox.likelihood import (
    FittedPatients,
    Hazard,
    Patients,
    cumulative_hazard,
    hazard_at,
    products_of_means,
    second_moments,
)
from smmlib.stats.cox.residuals import schoenfeld_residuals
from smmlib.stats.cox.risk_order import RiskOrder
from smmlib.stats.distributions import chi_square_tail
from smmlib.stats.event_table import event_table, merge_ties
from smmlib.stats.results import NOT_ESTIMABLE, CoxModel, HypothesisTest, PHTest, not_estimable
from smmlib.stats.types import Booleans, Floats, PatientCounts, Transform

TRANSFORMS: dict[Transform, str] = {
    "km": "one less the Kaplan-Meier estimate",
    "rank": "the rank of time",
    "identity": "time",
    "log": "the logarithm of time",
}
# Variance that an effect over time, in standard deviations of the function of time, keeps once the effects themselves
# are known, relative to the information on the effect.
LEAST_VARIANCE_OVER_TIME = 1e-9


def proportional_hazards_test(model: CoxModel, *, transform: Transform = "km") -> PHTest:
    """Score test of proportional hazards, for each covariate and for all together: R's `cox.zph`.

    For each covariate x, a covariate x g(t) is added to the model, and the score test of no effect of it is taken at
    the fitted coefficients. A small P value speaks against a constant hazard ratio.

    Parameters
    ----------
    model : CoxModel
        From `cox_regression`.
    transform : {"km", "rank", "identity", "log"}
        The function g of time: one minus the Kaplan-Meier estimate of all patients just before t, the rank of t
        among all times including censored ones, t itself, or its logarithm.

    Returns
    -------
    PHTest
        Not estimable for a covariate without a coefficient, when all events are at one time, or for the logarithm
        when an event is at time 0.

    Raises
    ------
    ValueError
        If `model` is not from `cox_regression`, or `transform` is unknown.

    References
    ----------
    .. [1] Grambsch & Therneau (1994), Biometrika 81:515-526.

    Examples
    --------
    Remission in Freireich 1963: R's `cox.zph` gives a chi-square of 0.0229 and P = 0.88.

    >>> from smmlib import analysis_data, cox_regression, proportional_hazards_test
    >>> remission = analysis_data("freireich-1963").endpoint("remission")
    >>> model = cox_regression(remission.time, remission.event, {"6-MP": remission.arm == "6-mp"})
    >>> test = proportional_hazards_test(model).global_test
    >>> print(f"{test.statistic:.4f}, P = {test.p_value:.2f}")
    0.0229, P = 0.88
    """
    check_choice(transform, TRANSFORMS, "transform")
    check_kind(model, CoxModel, "model", "cox_regression")
    method = f"Score test of proportional hazards in {TRANSFORMS[transform]}, {model.method}"
    known = model.fitted.known
    shape, reason = _centred(model.fitted.patients.order, transform)
    slope, variance = _slope_and_variance(model.fitted, shape)
    statistic = np.full(len(known), NOT_ESTIMABLE)
    if not reason:
        own = np.diag(variance)
        varies = own > LEAST_VARIANCE_OVER_TIME
        statistic[known] = np.divide(slope**2, own, out=np.full(len(own), NOT_ESTIMABLE), where=varies)
    return PHTest(
        names=model.names,
        statistic=statistic,
        p_value=np.array([chi_square_tail(value, 1) for value in statistic]),
        global_test=_global_test(slope, variance, reason, method, {"n": model.n, "events": model.events}),
        transform=transform,
        method=method + _without(model.names, known, statistic, reason),
    )


def _without(names: Sequence[str], known: Booleans, statistic: Floats, reason: str) -> str:
    """Why there is no test, of all covariates or of some."""
    if reason:
        return f": not estimable, {reason}"
    words = ""
    for why, missing in (
        ("which has no coefficient", ~known),
        ("which differs among those at risk at one event time alone", known & np.isnan(statistic)),
    ):
        if missing.any():
            words += f"; not estimable for {', '.join(np.array(names)[missing])}, {why}"
    return words


def _global_test(slope: Floats, variance: Floats, reason: str, method: str, counts: PatientCounts) -> HypothesisTest:
    if not len(slope):
        reason = reason or "no covariate has a coefficient"
    elif np.linalg.matrix_rank(variance, tol=LEAST_VARIANCE_OVER_TIME, hermitian=True) < len(slope):
        reason = reason or "covariates differ among those at risk at too few event times"
    if reason:
        df = len(slope)
        return HypothesisTest(NOT_ESTIMABLE, NOT_ESTIMABLE, df, **not_estimable(method, reason), **counts)
    statistic = float(slope @ np.linalg.solve(variance, slope))
    return HypothesisTest(statistic, chi_square_tail(statistic, len(slope)), len(slope), method, **counts)


def _slope_and_variance(fitted: FittedPatients, shape: Floats) -> tuple[Floats, Floats]:
    """Slope for the effects over time, and its variance given the effects themselves: shapes (q,) and (q, q).

    Of the q covariates that have a coefficient, in units in which the information on each effect is one.
    """
    patients, known = fitted.patients, fitted.known
    residuals = schoenfeld_residuals(patients, fitted.coefficients)[known][:, patients.order.event]
    slope = residuals @ np.repeat(shape, patients.order.deaths)
    hazard = hazard_at(patients, fitted.coefficients)
    plain, once, twice = (_moments(patients, hazard, shape**power) for power in (0, 1, 2))
    unit, of_known = np.sqrt(np.diag(plain)[known]), np.ix_(known, known)
    spent = once[known] @ _solved(plain, once[:, known], known, patients.order.events)
    return slope / unit, (twice[of_known] - spent) / np.outer(unit, unit)


def _solved(information: Floats, once: Floats, known: Booleans, events: int) -> Floats:
    """The inverse information times the terms linear in time; effects without coefficient as far as they are told."""
    if known.all():
        return np.linalg.solve(information, once).astype(np.float64, copy=False)
    least = LEAST_OWN_VARIANCE * np.maximum(np.diag(information), max(events, 1))
    return inverse_by_direction(information, least) @ once


def _moments(patients: Patients, hazard: Hazard, factor: Floats) -> Floats:
    """Information with each group weighed by a factor."""
    expected = hazard.weight * cumulative_hazard(patients, hazard, factor)
    return second_moments(patients.covariates, expected) - products_of_means(patients, hazard, factor)


def _centred(order: RiskOrder, transform: Transform) -> tuple[Floats, str]:
    """The function of time at each group's event time, less its mean over the events; and why it tells nothing."""
    if not order.deaths.any():
        return np.zeros(len(order.time)), "there is no event"
    if transform == "log" and (order.time[order.deaths > 0] == 0).any():
        return np.zeros(len(order.time)), "an event is at time 0, which has no logarithm"
    shape = _shape(order, transform)
    at_events = np.repeat(shape, order.deaths)
    if at_events.max() == at_events.min():
        return np.zeros(len(order.time)), "all events are at one time"
    return (shape - float(at_events.mean())) / float(at_events.std()), ""


def _shape(order: RiskOrder, transform: Transform) -> Floats:
    """The function of time at each group's event time; whatever it is where there is no event does not count."""
    if transform == "identity":
        return order.time
    if transform == "log":
        return np.log(np.where(order.deaths > 0, order.time, 1.0))
    if transform == "rank":
        times = np.sort(merge_ties(order.row_time))
        first, last = (np.searchsorted(times, order.time, side=side) for side in ("left", "right"))
        return (first + 1 + last) / 2
    entry = None if order.late is None else order.late.time
    table = event_table(order.row_time, order.event, entry=entry)
    survival = np.cumprod(1 - table.events[0] / table.at_risk[0])
    return 1 - np.append(1.0, survival)[np.searchsorted(table.time, order.time, side="left")]
