"""Two arms: log-rank test, hazard ratio and difference of survival at a landmark.

Direction is always `arm` relative to `reference`: a hazard ratio is arm / reference, a difference is arm -
reference.
"""

from dataclasses import dataclass

import numpy as np

from smmlib.stats.checks import check_conf_level
from smmlib.stats.distributions import chi_square_tail, two_sided_quantile
from smmlib.stats.results import NOT_ESTIMABLE, Estimate, HypothesisTest
from smmlib.stats.survival import survival_at
from smmlib.stats.two_arms import (
    ARM,
    REFERENCE,
    UNCOMPARED,
    counts_of,
    excess_and_variance,
    two_arm_table,
    why_without_variance,
)

# The information changes at most by a factor e within one unit, so no step of 2 leads away from the maximum.
LARGEST_STEP = 2.0
# Convergence is quadratic: after so small a step, what is left is below the rounding error.
SMALLEST_STEP = 1e-9
LARGEST_NUMBER_OF_STEPS = 100


def logrank_test(time, event, in_arm, *, arm, reference, strata=None, entry=None, weights=None):
    """Log-rank test of equal hazards in two arms, stratified when strata are given.

    Parameters
    ----------
    time, event : array-like, shape (n,)
        As in `kaplan_meier`.
    in_arm : array-like, shape (n,)
        True or 1 for patients of `arm`, False or 0 for those of `reference`.
    arm, reference : str
        Names of the two arms.
    strata : array-like, shape (n,), optional
        Stratum of each patient, any labels.
    entry, weights : array-like, shape (n,), optional
        As in `kaplan_meier`.

    Returns
    -------
    HypothesisTest
        Chi-square on one degree of freedom. Not estimable when no event is seen while both arms are at risk,
        or all at risk have it at one time: the statistic then has no variance.

    Raises
    ------
    ValueError
        If the arrays differ in length, hold what they should not, or an arm is empty.

    References
    ----------
    .. [1] Mantel (1966), Cancer Chemother Rep 50:163-170.
    .. [2] Klein & Moeschberger (2003), Survival Analysis, eq. 7.3.3 and 7.5.2.
    """
    table = two_arm_table(
        time, event, in_arm, arm=arm, reference=reference, strata=strata, entry=entry, weights=weights
    )
    excess, variance = (part.sum() for part in excess_and_variance(table))
    name = "Log-rank test" + (", stratified" if strata is not None else "")
    result = {"df": 1, "arm": arm, "reference": reference, **counts_of(table)}
    if variance <= 0:
        reason = f"{name}: not estimable, {why_without_variance(table)}"
        return HypothesisTest(NOT_ESTIMABLE, NOT_ESTIMABLE, method=reason, **result)
    statistic = float(excess**2 / variance)
    return HypothesisTest(statistic, chi_square_tail(statistic, 1), method=f"{name}, two-sided", **result)


def hazard_ratio(time, event, in_arm, *, arm, reference, strata=None, ties="efron", conf_level=0.95):
    """Hazard ratio of the arm relative to the reference: Cox's proportional hazards model, Wald interval.

    Parameters
    ----------
    time, event, in_arm, arm, reference, strata
        As in `logrank_test`; each stratum has a baseline hazard of its own.
    ties : {"efron", "breslow"}
        Partial likelihood at tied event times.
    conf_level : float
        Two-sided confidence level.

    Returns
    -------
    Estimate
        `std_error` is that of the logarithm. Not estimable when the partial likelihood has no maximum: all
        events that tell the arms apart are then on one side.

    Raises
    ------
    ValueError
        As `logrank_test`, or if `ties` is unknown.

    References
    ----------
    .. [1] Cox (1972), J R Stat Soc B 34:187-220.
    .. [2] Efron (1977), J Am Stat Assoc 72:557-565.
    .. [3] Therneau & Grambsch (2000), Modeling Survival Data, section 3.3.
    """
    z = two_sided_quantile(check_conf_level(conf_level))
    table = two_arm_table(time, event, in_arm, arm=arm, reference=reference, strata=strata)
    risk_sets = _risk_sets(table, ties)
    method = (
        f"Cox model, {ties.capitalize()} ties{', stratified' if strata is not None else ''}, "
        f"Wald {100 * conf_level:.10g} % interval"
    )
    common = {
        "unit": "ratio",
        "arm": arm,
        "reference": reference,
        "n": len(np.asarray(time)),
        "events": int(table.events.sum()),
    }
    missing = _one_sided(risk_sets, arm, reference)
    if missing:
        return Estimate(NOT_ESTIMABLE, method=f"{method}: not estimable, {missing}", **common)
    coefficient, information = _maximise(risk_sets)
    std_error = 1 / np.sqrt(information)
    return Estimate(
        value=float(np.exp(coefficient)),
        low=float(np.exp(coefficient - z * std_error)),
        high=float(np.exp(coefficient + z * std_error)),
        conf_level=float(conf_level),
        std_error=float(std_error),
        method=method,
        **common,
    )


def survival_difference(curve, reference_curve, time):
    """Difference of survival at a landmark, arm - reference, with a normal interval by Greenwood's variances.

    Parameters
    ----------
    curve, reference_curve : SurvivalCurve
        Of the arm and of the reference, with the same confidence level.
    time : float
        Landmark, in the unit of the curves.

    Returns
    -------
    Estimate
        Not estimable when survival at the landmark is not, in either arm. Without limits where nobody is left
        in an arm: S(t) = 0 has no standard error.

    Raises
    ------
    ValueError
        If the curves differ in confidence level or unit, or `time` is not a time.

    References
    ----------
    .. [1] Klein, Logan, Harhoff & Andersen (2007), Stat Med 26:4505-4519.
    """
    for name in ("conf_level", "time_unit"):
        mine, other = getattr(curve, name), getattr(reference_curve, name)
        if mine != other:
            raise ValueError(f"{name} is {mine!r} for the arm and {other!r} for the reference: make them the same.")
    first, second = survival_at(curve, time), survival_at(reference_curve, time)
    common = {
        "unit": "difference of proportions",
        "arm": curve.arm,
        "reference": reference_curve.arm,
        "n": first.n + second.n,
        "events": first.events + second.events,
        "at": float(time),
    }
    for estimate in (first, second):
        if np.isnan(estimate.value):
            method = f"Difference of Kaplan-Meier estimates: {estimate.method[0].lower()}{estimate.method[1:]}"
            return Estimate(NOT_ESTIMABLE, method=method, **common)
    value = first.value - second.value
    std_error = float(np.hypot(first.std_error, second.std_error))
    margin = two_sided_quantile(curve.conf_level) * std_error
    return Estimate(
        value=value,
        low=value - margin,
        high=value + margin,
        conf_level=curve.conf_level,
        std_error=std_error,
        method="Difference of Kaplan-Meier estimates, Greenwood variance, "
        f"normal {100 * curve.conf_level:.10g} % interval",
        **common,
    )


@dataclass(frozen=True, eq=False)
class _RiskSets:
    """Risk sets of the partial likelihood, one a row: `weight` events from `arm` and `reference` patients."""

    arm: np.ndarray
    reference: np.ndarray
    weight: np.ndarray
    events_in_arm: float


def _risk_sets(table, ties):
    """Breslow keeps one risk set for tied events; Efron takes the j-th of d events from j/d fewer of them."""
    if ties not in ("efron", "breslow"):
        raise ValueError(f"ties is {ties!r}: choose 'efron' or 'breslow'.")
    deaths = table.events.sum(axis=0)
    rows = np.flatnonzero(deaths)
    events_in_arm = float(table.events[ARM].sum())
    if ties == "breslow":
        return _RiskSets(table.at_risk[ARM, rows], table.at_risk[REFERENCE, rows], deaths[rows], events_in_arm)
    row = np.repeat(rows, deaths[rows])
    before = np.arange(len(row)) - np.repeat(np.cumsum(deaths[rows]) - deaths[rows], deaths[rows])
    gone = before / deaths[row]
    return _RiskSets(
        table.at_risk[ARM, row] - gone * table.events[ARM, row],
        table.at_risk[REFERENCE, row] - gone * table.events[REFERENCE, row],
        np.ones(len(row)),
        events_in_arm,
    )


def _one_sided(risk_sets, arm, reference):
    """Why the partial likelihood has no maximum, or nothing when it has one."""
    both = (risk_sets.arm > 0) & (risk_sets.reference > 0)
    forced = risk_sets.weight[~both & (risk_sets.arm > 0)].sum()
    free = risk_sets.weight[both].sum()
    in_arm = risk_sets.events_in_arm - forced
    if free == 0:
        return UNCOMPARED
    if in_arm <= 0:
        return f"no event in arm {arm!r} while patients of both arms were at risk"
    if in_arm >= free:
        return f"no event in arm {reference!r} while patients of both arms were at risk"
    return ""


def _maximise(risk_sets):
    """Newton's method on the log partial likelihood, which is concave; no step is long enough to miss."""
    coefficient = 0.0
    for _ in range(LARGEST_NUMBER_OF_STEPS):
        score, information = _score(risk_sets, coefficient)
        step = np.clip(score / information, -LARGEST_STEP, LARGEST_STEP)
        coefficient += step
        if abs(step) <= SMALLEST_STEP:
            break
    return coefficient, _score(risk_sets, coefficient)[1]


def _score(risk_sets, coefficient):
    """Slope of the log partial likelihood, and its information, minus the slope's slope."""
    hazard = np.exp(coefficient)
    share = risk_sets.arm * hazard / (risk_sets.arm * hazard + risk_sets.reference)
    score = risk_sets.events_in_arm - (risk_sets.weight * share).sum()
    return score, (risk_sets.weight * share * (1 - share)).sum()
