"""The statistics of two arms, stripped for a search that computes them a hundred thousand times.

Times are whole days. Events on one day are taken one after the other; the search ends only when there are none. The
results are checked against `smmlib.stats` when it has ended.
"""

from math import exp, log, nan, sqrt

import numpy as np
from scipy.special import chdtrc, ndtr

from smmlib.stats.distributions import two_sided_quantile

NEWTON_START = -1.0
NEWTON_STEPS = 8
LAST_STEP = 1e-7
NORMAL_QUANTILE = two_sided_quantile(0.95)
HALF = 0.5 + 1e-9


class EventOrder:
    """Events of two arms in the order of their days, with the numbers at risk.

    Attributes
    ----------
    day : ndarray, shape (d,)
        Days of the events, increasing.
    in_arm : ndarray of bool, shape (d,)
        True where the event is one of the arm, False for the reference.
    at_risk : pair of ndarray, shape (d,)
        Patients of the reference and of the arm at risk on each day.
    patients : dict of str to int
        Patients of `arm` and `reference`.
    days_of : dict of str to ndarray
        Days of the events of each.
    survival : dict of str to ndarray
        Kaplan-Meier estimate just after each event of each, and 1 before the first.
    """

    def __init__(self, day, event, in_arm):
        order = day[event].argsort(kind="stable")
        self.day = day[event][order]
        self.in_arm = in_arm[event][order]
        self.at_risk = self._still_there(day[~in_arm]), self._still_there(day[in_arm])
        self.patients = {"arm": int(in_arm.sum()), "reference": int((~in_arm).sum())}
        self.days_of = {"arm": self.day[self.in_arm], "reference": self.day[~self.in_arm]}
        self.survival = {arm: self._survival(self.at_risk_of(arm)) for arm in self.days_of}

    def _still_there(self, last_day):
        return len(last_day) - np.sort(last_day).searchsorted(self.day).astype(float)

    @staticmethod
    def _survival(at_risk):
        survival = np.ones(len(at_risk) + 1)
        (1 - 1 / at_risk).cumprod(out=survival[1:])
        return survival

    def at_risk_of(self, arm):
        """Patients of an arm at risk at each of its events."""
        return self.at_risk[1][self.in_arm] if arm == "arm" else self.at_risk[0][~self.in_arm]

    def survival_at(self, arm, days):
        """Survival of an arm on each of the days."""
        return self.survival[arm][self.days_of[arm].searchsorted(days, side="right")]

    def ties(self):
        """How many events fall on the day of another."""
        return int(np.count_nonzero(self.day[1:] == self.day[:-1]))


def median_days(order, arm):
    """Median of an arm in days, the middle of a stretch at exactly one half, NaN when it is not reached."""
    return _first_at_half(order.survival[arm], order.days_of[arm])


def median_limits(order, arm):
    """The 95 % limits of a median in days, from log-log limits of survival; NaN where one is not reached."""
    survival, at_risk = order.survival[arm][1:], order.at_risk_of(arm)
    inside = (survival > 0) & (survival < 1)
    logarithm = np.log(survival[inside])
    at_risk = at_risk[inside]
    error = np.sqrt((1 / (at_risk * (at_risk - 1))).cumsum()) / -logarithm
    days = order.days_of[arm][inside]
    bands = (np.exp(logarithm * np.exp(side * NORMAL_QUANTILE * error)) for side in (1, -1))
    return tuple(_first_at_half(np.concatenate([[1.0], band]), days) for band in bands)


def _first_at_half(survival, days):
    first = int((survival > HALF).sum())
    if first == len(survival):
        return nan
    at_half = survival[first] > 1 - HALF and len(days) > first
    return float(days[first - 1 : first + at_half].mean())


def hazard_ratio(order):
    """Hazard ratio of the Cox model with its 95 % Wald limits."""
    reference, arm = order.at_risk
    events_in_arm = order.in_arm.sum()
    coefficient = NEWTON_START
    for _ in range(NEWTON_STEPS):
        weighted = arm * exp(coefficient)
        share = weighted / (weighted + reference)
        information = float((share * (1 - share)).sum())
        if not information:
            return nan, nan, nan
        step = (events_in_arm - float(share.sum())) / information
        coefficient += min(max(step, -1.0), 1.0)
        if abs(step) < LAST_STEP:
            break
    margin = NORMAL_QUANTILE / sqrt(information)
    return exp(coefficient), exp(coefficient - margin), exp(coefficient + margin)


def wald_p_value(ratio, low, high):
    """Two-sided P value of the Wald test of a hazard ratio, from its 95 % limits."""
    return float(2 * ndtr(-abs(log(ratio)) * 2 * NORMAL_QUANTILE / log(high / low)))


def logrank_p_value(order):
    """Two-sided P value of the log-rank test."""
    reference, arm = order.at_risk
    share = arm / (arm + reference)
    excess = float(order.in_arm.sum() - share.sum())
    variance = float((share * (1 - share)).sum())
    return float(chdtrc(1, excess**2 / variance)) if variance else nan


def median_follow_up_days(day, event, estimator):
    """Median follow-up in days, as `smmlib.stats.survival.follow_up.median_follow_up` defines its estimators."""
    if estimator != "reverse-kaplan-meier":
        used = day[~event] if estimator == "survivors" else day
        return float(np.median(used)) if len(used) else nan
    censored, counts = np.unique(day[~event], return_counts=True)
    at_risk = len(day) - np.sort(day).searchsorted(censored)
    survival = np.concatenate([[1.0], (1 - counts / at_risk).cumprod()])
    return _first_at_half(survival, censored)
