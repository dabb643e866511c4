"""Residuals of Cox's model: martingale, score and Schoenfeld, by the tie rule of the fit."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from smmlib.stats.checks import check_choice, check_kind
from smmlib.stats.cox.likelihood import Hazard, Patients, cumulative_hazard, hazard_at, risk_set_sums, spare_tied
from smmlib.stats.cox.risk_order import RiskOrder, accumulated
from smmlib.stats.results import CoxModel
from smmlib.stats.types import Floats, ResidualKind

Number = TypeVar("Number", np.float64, np.bool_)

KINDS: tuple[ResidualKind, ...] = ("martingale", "score", "schoenfeld")


def cox_residuals(model: CoxModel, *, kind: ResidualKind) -> Floats:
    """Residuals of a Cox model, in the order of the patients that it was fitted to.

    Parameters
    ----------
    model : CoxModel
        From `cox_regression`.
    kind : {"martingale", "score", "schoenfeld"}
        Martingale: each patient's events minus those that the model expects. Score: each patient's part of the slope
        of the log partial likelihood. Schoenfeld: the covariates at each event minus their mean among those at risk.

    Returns
    -------
    ndarray, shape (n,), (n, p) or (events, p)
        A row for each row of the data, or, for Schoenfeld residuals, for each event, both in the order of the data; a
        column for each covariate, in the units of the covariates.

    Raises
    ------
    ValueError
        If `model` is not from `cox_regression`, or `kind` is unknown.

    References
    ----------
    .. [1] Therneau & Grambsch (2000), Modeling Survival Data, sections 4.2 to 4.6.

    Examples
    --------
    The example of R's `coxph`: `residuals` gives the same.

    >>> from smmlib import cox_regression, cox_residuals
    >>> time, event = [4, 3, 1, 1, 2, 2, 3], [1, 1, 1, 0, 1, 1, 0]
    >>> model = cox_regression(time, event, {"x": [0, 2, 1, 1, 1, 0, 0]}, strata=list("mmmmfff"))
    >>> print([f"{residual:.2f}" for residual in cox_residuals(model, kind="martingale")])
    ['-0.26', '-0.31', '0.79', '-0.21', '0.05', '0.57', '-0.62']
    """
    check_choice(kind, KINDS, "kind")
    check_kind(model, CoxModel, "model", "cox_regression")
    fitted = model.fitted
    order = fitted.patients.order
    if kind == "martingale":
        return _in_given_order(order, martingale_residuals(fitted.patients, fitted.coefficients))
    residuals = score_residuals if kind == "score" else schoenfeld_residuals
    rows = _in_given_order(order, residuals(fitted.patients, fitted.coefficients).T * fitted.scales)
    if kind == "score":
        return rows
    return rows[_in_given_order(order, order.event)]


def martingale_residuals(patients: Patients, coefficients: Floats) -> Floats:
    """Events less the accumulated hazard, in sorted order: shape (n,)."""
    hazard = hazard_at(patients, coefficients)
    return patients.order.event - hazard.weight * cumulative_hazard(patients, hazard)


def schoenfeld_residuals(patients: Patients, coefficients: Floats) -> Floats:
    """Covariates of those with the event less their mean at risk, in sorted order: shape (p, n), 0 without event."""
    hazard = hazard_at(patients, coefficients)
    return _at_events(patients, hazard, *risk_set_sums(patients, hazard))


def _at_events(patients: Patients, hazard: Hazard, at_risk_sums: Floats, tied_sums: Floats) -> Floats:
    """Covariates less their mean at risk, from the sums over risk sets: shape (p, n), 0 without event."""
    order, ties = patients.order, patients.ties
    residuals = np.where(order.event, patients.covariates, 0.0)
    for residual, at_risk, tied in zip(residuals, at_risk_sums, tied_sums, strict=True):
        mean = at_risk * hazard.h
        if ties is not None:
            mean[ties.group] -= tied * hazard.fh
        residual[order.event] -= np.repeat(mean / np.maximum(order.deaths, 1), order.deaths)
    return residuals


def score_residuals(patients: Patients, coefficients: Floats) -> Floats:
    """Parts of the slope, in sorted order and scaled covariates: shape (p, n)."""
    hazard = hazard_at(patients, coefficients)
    sums = risk_set_sums(patients, hazard)
    residuals = _at_events(patients, hazard, *sums)
    residuals -= patients.covariates * (hazard.weight * cumulative_hazard(patients, hazard))
    for residual, at_risk, tied in zip(residuals, *sums, strict=True):
        residual += hazard.weight * _accumulated_mean(patients, hazard, at_risk, tied)
    return residuals


def _accumulated_mean(patients: Patients, hazard: Hazard, at_risk: Floats, tied: Floats) -> Floats:
    """Mean of a covariate among those at risk, times the hazard, accumulated by each patient while at risk."""
    ties, total = patients.ties, at_risk * hazard.hh
    if ties is None:
        return accumulated(patients.order, total, hazard.far_apart)
    total[ties.group] -= tied * hazard.fhh
    rows = accumulated(patients.order, total, hazard.far_apart)
    spare_tied(patients, rows, at_risk[ties.group] * hazard.fhh - tied * hazard.ffhh)
    return rows


def _in_given_order(order: RiskOrder, rows: NDArray[Number]) -> NDArray[Number]:
    given = np.empty_like(rows)
    given[order.order] = rows
    return given
