"""The statistics of two arms, stripped for a search that computes them a hundred thousand times.

Times are whole days and no two events of an endpoint fall on one day, so nothing is done about ties. The results are
checked against `smmlib.stats` when the search has ended.
"""

from math import exp, nan, sqrt

import numpy as np
from scipy.special import chdtrc, ndtri

from smmlib.synthetic.course import DAYS_A_MONTH

NEWTON_START = -1.0
NEWTON_STEPS = 8
LAST_STEP = 1e-7
NORMAL_QUANTILE = float(ndtri(0.975))
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
    survival : dict of str to ndarray
        Kaplan-Meier estimate just after each event of `arm` and `reference`, and 1 before the first.
    """

    def __init__(self, day, event, in_arm):
        order = day[event].argsort(kind="stable")
        self.day = day[event][order]
        self.in_arm = in_arm[event][order]
        self.at_risk = self._still_there(day[~in_arm]), self._still_there(day[in_arm])
        self.days_of = {"arm": self.day[self.in_arm], "reference": self.day[~self.in_arm]}
        self.survival = {
            "arm": self._survival(self.at_risk[1][self.in_arm]),
            "reference": self._survival(self.at_risk[0][~self.in_arm]),
        }

    def _still_there(self, last_day):
        return len(last_day) - np.sort(last_day).searchsorted(self.day).astype(float)

    @staticmethod
    def _survival(at_risk):
        survival = np.ones(len(at_risk) + 1)
        (1 - 1 / at_risk).cumprod(out=survival[1:])
        return survival

    def survival_at(self, arm, days):
        """Survival of an arm on each of the days."""
        return self.survival[arm][self.days_of[arm].searchsorted(days, side="right")]


def median_months(order, arm):
    """Median of an arm in months, the middle of a stretch at exactly one half, NaN when it is not reached."""
    first = int((order.survival[arm] > HALF).sum())
    if first == len(order.survival[arm]):
        return nan
    at_half = order.survival[arm][first] > 1 - HALF and len(order.days_of[arm]) > first
    days = order.days_of[arm][first - 1 : first + at_half]
    return float(days.mean()) / DAYS_A_MONTH


def hazard_ratio(order):
    """Hazard ratio of the Cox model with its 95 % Wald limits."""
    reference, arm = order.at_risk
    events_in_arm = order.in_arm.sum()
    coefficient = NEWTON_START
    for _ in range(NEWTON_STEPS):
        weighted = arm * exp(coefficient)
        share = weighted / (weighted + reference)
        information = float((share * (1 - share)).sum())
        step = (events_in_arm - float(share.sum())) / information
        coefficient += min(max(step, -1.0), 1.0)
        if abs(step) < LAST_STEP:
            break
    margin = NORMAL_QUANTILE / sqrt(information)
    return exp(coefficient), exp(coefficient - margin), exp(coefficient + margin)


def logrank_p_value(order):
    """Two-sided P value of the log-rank test."""
    reference, arm = order.at_risk
    share = arm / (arm + reference)
    excess = float(order.in_arm.sum() - share.sum())
    return float(chdtrc(1, excess**2 / float((share * (1 - share)).sum())))
