"""A second, obvious implementation of Cox's model: loops over risk sets, sums of logarithms, residuals by definition.

Nothing here is fast and nothing is shared with `smmlib`. A patient is at risk at t when entry < t <= time, in the own
stratum alone. `test_cox_independent.py` holds `smmlib` to these functions.
"""

from itertools import combinations, pairwise

import numpy as np
from scipy.special import logsumexp


class RiskSet:
    """Those at risk at an event time of a stratum, and those with the event, as positions among all patients."""

    def __init__(self, at_risk, dying):
        self.at_risk, self.dying = at_risk, dying

    def shares_gone(self, ties):
        """For each event in turn, the share of the tied patients that is gone before it."""
        d = len(self.dying)
        return [position / d if ties == "efron" else 0.0 for position in range(d)]

    def weights(self, gone):
        """How much of each patient at risk is still there."""
        return np.array([1 - gone if patient in self.dying else 1.0 for patient in self.at_risk])


def risk_sets(time, event, entry=None, strata=None):
    entry = [-1.0] * len(time) if entry is None else entry
    strata = [0] * len(time) if strata is None else strata
    everybody = range(len(time))
    found = []
    for label in sorted(set(strata)):
        for t in sorted({time[i] for i in everybody if event[i] and strata[i] == label}):
            at_risk = [i for i in everybody if strata[i] == label and entry[i] < t <= time[i]]
            found.append((t, RiskSet(at_risk, [i for i in at_risk if time[i] == t and event[i]])))
    return found


def log_likelihood(beta, x, sets, ties):
    """Sum over the events of the logarithm of their share of the hazard at risk."""
    score = np.asarray(x) @ np.asarray(beta)
    total = 0.0
    for _, one in sets:
        total += score[one.dying].sum()
        for gone in one.shares_gone(ties):
            total -= logsumexp(score[one.at_risk], b=one.weights(gone))
    return total


def exact_log_likelihood(beta, x, sets):
    """The same where it is asked which patients had the event, of all sets of so many: each is written out."""
    score = np.asarray(x) @ np.atleast_1d(beta)
    total = 0.0
    for _, one in sets:
        choices = [score[list(chosen)].sum() for chosen in combinations(one.at_risk, len(one.dying))]
        total += score[one.dying].sum() - logsumexp(choices)
    return total


def exact_slope(beta, x, sets):
    """Sum of the covariate over those with the event, less its mean over all sets of so many, by their hazards."""
    slope = 0.0
    for _, one in sets:
        sums = np.array([x[list(chosen)].sum() for chosen in combinations(one.at_risk, len(one.dying))])
        share = np.exp(beta * sums - (beta * sums).max())
        slope += x[one.dying].sum() - (share / share.sum()) @ sums
    return slope


def _moments(beta, x, one, gone):
    """Shares of the hazard at risk, and the mean and covariance of the covariates by these shares."""
    score = x[one.at_risk] @ beta
    share = one.weights(gone) * np.exp(score - score.max())
    share /= share.sum()
    mean = share @ x[one.at_risk]
    centred = x[one.at_risk] - mean
    return share, mean, centred.T @ (share[:, None] * centred)


def slope_and_information(beta, x, sets, ties):
    slope, information = np.zeros(len(beta)), np.zeros((len(beta), len(beta)))
    for _, one in sets:
        slope += x[one.dying].sum(axis=0)
        for gone in one.shares_gone(ties):
            _, mean, covariance = _moments(beta, x, one, gone)
            slope -= mean
            information += covariance
    return slope, information


def maximum(x, sets, ties, steps=200):
    """Coefficients at which the slope is zero, by steps along it with the inverse of the information."""
    beta = np.zeros(x.shape[1])
    for _ in range(steps):
        slope, information = slope_and_information(beta, x, sets, ties)
        step = np.linalg.solve(information, slope)
        while log_likelihood(beta + step, x, sets, ties) < log_likelihood(beta, x, sets, ties) - 1e-12:
            step = step / 2
        beta = beta + step
        if np.abs(step).max() < 1e-13 * (1 + np.abs(beta).max()):
            break
    return beta


# ---- residuals: what each patient adds to events, to the slope, and to each event's surprise


def martingale(beta, x, event, sets, ties):
    """Events less the hazard that each patient was exposed to, tied patients in part once some of them are gone."""
    residuals = np.array(event, dtype=float)
    for _, one in sets:
        for gone in one.shares_gone(ties):
            share, _, _ = _moments(beta, x, one, gone)
            residuals[one.at_risk] -= share
    return residuals


def schoenfeld(beta, x, event, sets, ties):
    """For each patient with the event, the covariates less their mean at risk, averaged over tied events."""
    residuals = np.full(x.shape, np.nan)
    for _, one in sets:
        means = [_moments(beta, x, one, gone)[1] for gone in one.shares_gone(ties)]
        residuals[one.dying] = x[one.dying] - np.mean(means, axis=0)
    return residuals[np.array(event, dtype=bool)]


def score(beta, x, sets, ties):
    """Each patient's integral of (covariates - mean at risk) over the martingale."""
    residuals = np.zeros(x.shape)
    for _, one in sets:
        for gone in one.shares_gone(ties):
            share, mean, _ = _moments(beta, x, one, gone)
            residuals[one.at_risk] -= share[:, None] * (x[one.at_risk] - mean)
            residuals[one.dying] += (x[one.dying] - mean) / len(one.dying)
    return residuals


def robust_covariance(beta, x, sets, ties, cluster):
    """Sandwich: the covariance of what clusters add to the slope, between inverse informations."""
    inverse = np.linalg.inv(slope_and_information(beta, x, sets, ties)[1])
    scores, cluster = score(beta, x, sets, ties), np.asarray(cluster)
    sums = np.array([scores[cluster == label].sum(axis=0) for label in sorted(set(cluster.tolist()))])
    return inverse @ (sums.T @ sums) @ inverse


# ---- proportional hazards


def proportional_hazards(beta, x, sets, ties, transform):
    """Score test of one more covariate for each, itself times a function of time: for each alone, and for all.

    `transform` gives the function at each event time. The covariates change from risk set to risk set.
    """
    p = x.shape[1]
    slope, information = np.zeros(2 * p), np.zeros((2 * p, 2 * p))
    for t, one in sets:
        both = np.hstack([x, x * transform[t]])
        one_slope, one_information = slope_and_information(np.append(beta, np.zeros(p)), both, [(t, one)], ties)
        slope, information = slope + one_slope, information + one_information
    of_time, effects = slice(p, None), slice(0, p)
    variance = information[of_time, of_time] - information[of_time, effects] @ np.linalg.solve(
        information[effects, effects], information[effects, of_time]
    )
    alone = slope[of_time] ** 2 / np.diag(variance)
    return alone, slope[of_time] @ np.linalg.solve(variance, slope[of_time])


def one_less_kaplan_meier(time, event, entry, t):
    """One less the Kaplan-Meier estimate of all patients just before t."""
    survival = 1.0
    for moment in sorted({a for a, b in zip(time, event, strict=True) if b and a < t}):
        at_risk = sum(1 for start, end in zip(entry, time, strict=True) if start < moment <= end)
        deaths = sum(1 for a, b in zip(time, event, strict=True) if a == moment and b)
        survival *= 1 - deaths / at_risk
    return 1 - survival


def mid_rank(time, t):
    """The mean rank of the patients whose time is t."""
    earlier = sum(1 for other in time if other < t)
    return earlier + (1 + sum(1 for other in time if other == t)) / 2


# ---- periods


def split_at(time, event, entry, cuts):
    """A row for each patient and period in which the patient is at risk: patient, period, entry, time and event."""
    edges = [-1.0, *cuts, float("inf")]
    rows = []
    for patient, (start, end, happened) in enumerate(zip(entry, time, event, strict=True)):
        for period, (low, high) in enumerate(pairwise(edges)):
            if start < high and end > low:
                rows.append((patient, period, max(start, low), min(end, high), bool(happened and end <= high)))
    return rows
