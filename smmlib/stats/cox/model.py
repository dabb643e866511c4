"""Cox's proportional hazards model with several covariates."""

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.checks import (
    check_choice,
    check_conf_level,
    check_indicator,
    check_labels,
    check_same_order,
    check_strata,
    check_times,
)
from smmlib.stats.comparison.hazard_ratio import cox_model_in_words
from smmlib.stats.cox.covariates import Covariate, Covariates, read_covariates
from smmlib.stats.cox.information import LEAST_OWN_VARIANCE, block
from smmlib.stats.cox.likelihood import FittedPatients, Patients, with_ties
from smmlib.stats.cox.maximum import WITHOUT_END, Fit, maximum
from smmlib.stats.cox.residuals import score_residuals
from smmlib.stats.cox.risk_order import RiskOrder, accumulated, risk_order
from smmlib.stats.distributions import chi_square_tail, two_sided_quantile
from smmlib.stats.results import NOT_ESTIMABLE, CoxModel, Estimate, HypothesisTest, not_estimable, percent, sentence
from smmlib.stats.types import Floats, Integers, Labels, PatientCounts, TiesOfCovariates

TIES: tuple[TiesOfCovariates, ...] = ("efron", "breslow")
TOO_FEW_CLUSTERS = "there are too few clusters for a robust variance of all coefficients"


class _Tests(TypedDict):
    """Of no effect of any covariate."""

    wald_test: HypothesisTest
    score_test: HypothesisTest
    likelihood_ratio_test: HypothesisTest


def cox_regression(
    time: ArrayLike,
    event: ArrayLike,
    covariates: Covariates,
    *,
    entry: ArrayLike | None = None,
    strata: Labels | None = None,
    ties: TiesOfCovariates = "efron",
    cluster: Labels | None = None,
    conf_level: float = 0.95,
) -> CoxModel:
    """Cox's model: the hazard is exp(coefficients · covariates) times a baseline that is left open.

    Parameters
    ----------
    time, event : array-like, shape (n,)
        As in `kaplan_meier`.
    covariates : mapping of str to array-like, shape (n,), or DataFrame
        Numbers, True and False (1 and 0), or pandas categories, by name. A category "stage" makes a covariate such as
        "stage[II]" for each level that occurs except the first, which is the reference. An ordered category is
        treated alike, as `factor(stage, ordered = FALSE)` in R, which would otherwise take polynomials. Text is
        refused, because its levels have no order of their own.
    entry : array-like, shape (n,), optional
        Late entry: a patient is at risk in (entry, time]. Covariates that change in time take several rows for one
        patient; name the patient of each row in `cluster`.
    strata : array-like, shape (n,), optional
        Stratum of each row, any labels; each has a baseline hazard of its own.
    ties : {"efron", "breslow"}
        Partial likelihood at tied event times.
    cluster : array-like, shape (n,), optional
        Labels of rows that belong together; standard errors, limits and Wald test are then robust (sandwich).
    conf_level : float
        Two-sided confidence level of the hazard ratios' limits.

    Returns
    -------
    CoxModel
        Hazard ratios are for one unit more of a covariate, or a level against the first. A covariate whose
        coefficient does not exist is not estimable, with the reason in the `method` of its hazard ratio: it does not
        vary, others determine it, or the likelihood grows without bound.

    Raises
    ------
    ValueError
        As `kaplan_meier`, or if there is no covariate, a covariate is text, or holds a value that is missing or not
        finite, a category has only one level, a patient has no stratum or cluster, there is a single cluster, or an
        option is unknown.

    References
    ----------
    .. [1] Cox (1972), J R Stat Soc B 34:187-220.
    .. [2] Lin & Wei (1989), J Am Stat Assoc 84:1074-1078, eq. 2.3, the robust variance.
    .. [3] Therneau & Grambsch (2000), Modeling Survival Data, chapters 3 and 8.

    Examples
    --------
    The example of R's `coxph`, stratified by sex: a coefficient of 0.8023 with a standard error of 0.8224.

    >>> from smmlib import cox_regression
    >>> time, event = [4, 3, 1, 1, 2, 2, 3], [1, 1, 1, 0, 1, 1, 0]
    >>> model = cox_regression(time, event, {"x": [0, 2, 1, 1, 1, 0, 0]}, strata=list("mmmmfff"))
    >>> print(f"{model.coefficients[0]:.4f} ({model.std_errors[0]:.4f})")
    0.8023 (0.8224)
    >>> print(f"{model.hazard_ratios[0].value:.4f}")
    2.2307
    """
    check_choice(ties, TIES, "ties")
    z = two_sided_quantile(check_conf_level(conf_level))
    given = {"time": time, "event": event, "entry": entry, "strata": strata, "cluster": cluster}
    time = check_times(time)
    event = check_indicator(event, "event", len(time))
    columns = read_covariates(covariates, len(time))
    names = tuple(column.name for column in columns)
    check_same_order(given | {f"covariates[{name!r}]": values for name, values in covariates.items()})
    stratum = None if strata is None else check_strata(strata, len(time))
    cluster = None if cluster is None else _checked_clusters(cluster, len(time))
    order = risk_order(time, event, stratum, None if entry is None else check_times(entry, "entry"))
    rows, scales = _standardised([column.values for column in columns], order)
    patients = with_ties(order, rows, ties)
    fit = maximum(patients)
    variance = fit.inverse if cluster is None else _robust_variance(patients, fit, cluster)
    variance = np.where(np.outer(fit.known, fit.known), variance, NOT_ESTIMABLE)
    robust = "" if cluster is None else ", robust standard errors"
    words = cox_model_in_words(ties, strata, entry, names) + robust
    coefficients = np.where(fit.known, fit.reached, NOT_ESTIMABLE) / scales
    covariance = variance / np.outer(scales, scales)
    std_errors = np.sqrt(np.diag(covariance))
    counts: PatientCounts = {"n": len(time), "events": int(event.sum())}
    return CoxModel(
        names=names,
        coefficients=coefficients,
        std_errors=std_errors,
        covariance=covariance,
        p_values=np.array([chi_square_tail(ratio**2, 1) for ratio in (coefficients / std_errors).tolist()]),
        hazard_ratios=tuple(
            _hazard_ratio(*row, z, conf_level, words, counts)
            for row in zip(columns, coefficients, std_errors, fit.reasons, strict=True)
        ),
        log_likelihood=fit.best.log_likelihood,
        null_log_likelihood=fit.null.log_likelihood,
        **_tests(fit, variance, cluster is not None, words, counts),
        method=words,
        fitted=FittedPatients(patients, fit.reached, fit.known, scales),
        n=len(time),
        events=int(event.sum()),
    )


def _checked_clusters(cluster: Labels, length: int) -> Integers:
    labels = check_labels(cluster, "cluster", length)
    if labels.max() == 0:
        raise ValueError("cluster holds a single label: robust standard errors are of what clusters differ by.")
    return labels


def _standardised(columns: Sequence[Floats], order: RiskOrder) -> tuple[Floats, Floats]:
    """Covariates in sorted order, and what they were divided by.

    Those at risk at an event have mean 0 within each stratum and standard deviation 1; the others tell nothing, and
    are set to 0 so that no extreme among them outweighs the rest.
    """
    rows = np.empty((len(columns), len(order.order)))
    for row, column in zip(rows, columns, strict=True):
        np.take(column, order.order, out=row, mode="clip")  # with the mode that checks, it would be buffered
    tells = accumulated(order, order.deaths.astype(float)) > 0
    starts = np.array([0, len(tells)]) if order.strata is None else order.strata.rows
    sums, sizes = (np.add.reduceat(terms, starts[:-1], axis=-1) for terms in (rows * tells, tells.astype(float)))
    rows -= (sums / np.maximum(sizes, 1)).repeat(np.diff(starts), axis=1)
    rows *= tells
    spread = np.sqrt(np.einsum("ij,ij->i", rows, rows) / max(tells.sum(), 1))
    scales = np.where(spread > 0, spread, 1.0)
    rows /= scales[:, np.newaxis]
    return rows, scales


def _robust_variance(patients: Patients, fit: Fit, cluster: Integers) -> Floats:
    """Sandwich of the inverse information and the score residuals, added up by cluster."""
    scores = score_residuals(patients, fit.reached)
    clusters = cluster[patients.order.order]
    summed = np.array([np.bincount(clusters, weights=row) for row in scores])
    moved = fit.inverse @ summed
    return moved @ moved.T


def _hazard_ratio(
    column: Covariate,
    coefficient: float,
    std_error: float,
    reason: str,
    z: float,
    conf_level: float,
    words: str,
    counts: PatientCounts,
) -> Estimate:
    compared = f"{column.name} to {column.reference}" if column.reference else column.name
    method = f"Hazard ratio of {compared}, {words}"
    if reason:
        return Estimate(NOT_ESTIMABLE, unit="ratio", **not_estimable(method, reason), **counts)
    with np.errstate(over="ignore"):
        value, low, high = (float(np.exp(coefficient + side * z * std_error)) for side in (0, -1, 1))
    if not np.isfinite([value, low, high]).all():
        reason = ": too large to be written for one unit of the covariate: measure it in smaller units"
        return Estimate(NOT_ESTIMABLE, unit="ratio", **sentence(method, reason), **counts)
    return Estimate(
        value=value,
        low=low,
        high=high,
        conf_level=float(conf_level),
        std_error=float(std_error),
        unit="ratio",
        method=f"{method}, Wald {percent(conf_level)} interval",
        **counts,
    )


def _tests(fit: Fit, variance: Floats, robust: bool, words: str, counts: PatientCounts) -> _Tests:
    """Wald, score and likelihood-ratio test of no effect of any covariate."""
    wald, without_wald = _wald(fit, variance, robust)
    score = float(fit.null.slope @ fit.first_step)
    ratio = max(2 * (fit.best.log_likelihood - fit.null.log_likelihood), 0.0)
    return {
        "wald_test": _test(wald, fit, f"{words}, Wald test", counts, without_wald),
        "score_test": _test(score, fit, f"{words}, score test", counts),
        "likelihood_ratio_test": _test(ratio, fit, f"{words}, likelihood-ratio test", counts),
    }


def _wald(fit: Fit, variance: Floats, robust: bool) -> tuple[float, str]:
    """Squared length of the coefficients in standard deviations, or why there is none."""
    if (fit.used & ~fit.known).any():
        return NOT_ESTIMABLE, WITHOUT_END
    coefficients, variance = fit.reached[fit.used], block(variance, fit.used)
    if robust and np.linalg.matrix_rank(variance, hermitian=True, rtol=LEAST_OWN_VARIANCE) < len(variance):
        return NOT_ESTIMABLE, TOO_FEW_CLUSTERS
    return float(coefficients @ np.linalg.solve(variance, coefficients)), ""


def _test(statistic: float, fit: Fit, method: str, counts: PatientCounts, reason: str = "") -> HypothesisTest:
    df = int(fit.used.sum())
    reason = reason or ("" if df else fit.reasons[0])
    if reason:
        return HypothesisTest(NOT_ESTIMABLE, NOT_ESTIMABLE, df, **not_estimable(method, reason), **counts)
    return HypothesisTest(statistic, chi_square_tail(statistic, df), df, method, **counts)
