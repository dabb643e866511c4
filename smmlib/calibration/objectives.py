"""What the claims of a study ask of its endpoints, and how near a cohort comes to it."""

from dataclasses import dataclass
from enum import Enum
from math import isnan, nan, sqrt

import numpy as np

from smmlib.calibration.endpoint_kinds import Kind, kinds_of, observed
from smmlib.calibration.fast_statistics import (
    EventOrder,
    hazard_ratio,
    logrank_p_value,
    median_days,
    median_follow_up_days,
    median_limits,
    wald_p_value,
)
from smmlib.calibration.targets import CalibrationError, targets_about
from smmlib.calibration.weibull_curve import WeibullCurve
from smmlib.trial.units import DAYS_PER_UNIT

DECIMALS = 9
"""The loss is rounded, so that processors which differ in the last bit of a logarithm find the same cohort."""
HIGHEST_STEP = 0.05
"""An event when few are at risk makes a higher step, which catches the eye and means nothing."""
PILE_UP_DAYS, PILE_UP_SHARE, PILE_UP_BY_CHANCE = 91, 0.2, 5
"""Days within which events pile up when they are more than this share of an arm's, and than chance brings about."""
PILE_UP_ROUGHNESS = 0.01
"""Roughness of each event too many."""


@dataclass(frozen=True, eq=False)
class Objective:
    """What is wanted of one endpoint.

    Attributes
    ----------
    endpoint : str
    kind : Kind
    measures : list of tuple
        Each target with the measure of `CohortStatistics` that it is about, and the arguments of that.
    smooth_curves : dict of str to WeibullCurve
        Of `arm` and `reference`; empty for an endpoint that has none.
    medians : dict of str to float
        The median wanted of `arm` and of `reference`, where one is published.
    unit_days : float
        Days in the unit of the study's times.
    estimator : str or None
        How follow-up is estimated, where it is this endpoint whose censoring times are the follow-up.
    """

    endpoint: str
    kind: Kind
    measures: list
    smooth_curves: dict
    medians: dict
    unit_days: float
    estimator: str | None


def objectives_of(study, targets):
    """Objectives of all endpoints that the search settles.

    Parameters
    ----------
    study : Study
        With a `synthetic` part.
    targets : dict of (Key, str) to Target

    Returns
    -------
    list of Objective

    Raises
    ------
    CalibrationError
        If an endpoint, or a claim about one, is not among what synthetic patients have.
    """
    return [_objective(study, targets, name, kind) for name, kind in kinds_of(study).items()]


def _objective(study, targets, endpoint, kind):
    own, estimator = list(targets_about(targets, endpoint).values()), None
    if study.follow_up and study.follow_up.endpoint == endpoint:
        estimator = study.follow_up.estimator
        own += [each for each in targets.values() if each.key.measure == "follow_up"]
    roles = {arm.id: role for arm, role in zip(study.arms.pairs[0], ("arm", "reference"), strict=True)}
    days = DAYS_PER_UNIT[study.time_unit]
    return Objective(
        endpoint=endpoint,
        kind=kind,
        measures=[(each, *_measure_of(each, roles)) for each in own],
        smooth_curves=_smooth_curves(study.synthetic, endpoint, days),
        medians=_medians(own, roles),
        unit_days=days,
        estimator=estimator,
    )


def _smooth_curves(design, endpoint, days):
    if endpoint not in design.curves:
        return {}
    smooth = {}
    for role in ("arm", "reference"):
        curve = getattr(design.curves[endpoint], role)
        time, survival = curve.through
        smooth[role] = WeibullCurve(survival, time * days, curve.shape, design.curves_until * days)
    return smooth


def _medians(targets, roles):
    """Medians that are reached, those of the arm first."""
    published = [each for each in targets if (each.key.measure, each.part) == ("median", "value")]
    wanted = {roles[each.key.arm]: each.centre for each in published}
    return {role: wanted[role] for role in roles.values() if not isnan(wanted.get(role, nan))}


class CohortStatistics:
    """The numbers of one endpoint in one cohort, each computed when it is first asked for."""

    def __init__(self, objective, outcomes, in_arm):
        self.objective = objective
        self.day, self.event, members = observed(outcomes, objective.kind)
        self.order = EventOrder(self.day, self.event, in_arm[members])
        self._ratio = None

    def ratio(self, place):
        """The hazard ratio, its lower or its upper limit."""
        if self._ratio is None:
            self._ratio = hazard_ratio(self.order)
        return self._ratio[place]

    def logrank(self):
        """P value of the log-rank test."""
        return logrank_p_value(self.order)

    def wald(self):
        """P value of the Wald test of the Cox model."""
        return wald_p_value(*(self.ratio(place) for place in range(3)))

    def survival(self, role, time):
        """Survival of an arm at a landmark."""
        return float(self.order.survival_at(role, time * self.objective.unit_days))

    def median(self, role):
        """Median of an arm."""
        return median_days(self.order, role) / self.objective.unit_days

    def median_limit(self, role, place):
        """Lower or upper limit of the median of an arm."""
        return median_limits(self.order, role)[place] / self.objective.unit_days

    def events(self, role):
        """Events of an arm."""
        return len(self.order.days_of[role])

    def share(self, role):
        """Share of the patients of an arm with the event."""
        return len(self.order.days_of[role]) / self.order.patients[role]

    def follow_up(self):
        """Median follow-up."""
        return median_follow_up_days(self.day, self.event, self.objective.estimator) / self.objective.unit_days

    def shortest_follow_up(self):
        """Shortest follow-up of a patient without the event."""
        return float(self.day[~self.event].min()) / self.objective.unit_days

    def longest_follow_up(self):
        """Longest follow-up of a patient without the event."""
        return float(self.day[~self.event].max()) / self.objective.unit_days


OF_FOLLOW_UP = {
    "": CohortStatistics.follow_up,
    "shortest": CohortStatistics.shortest_follow_up,
    "longest": CohortStatistics.longest_follow_up,
}
"""Measures of follow-up, by variant."""
OF_BOTH_ARMS = {
    ("hazard_ratio", "value"): (CohortStatistics.ratio, 0),
    ("hazard_ratio", "low"): (CohortStatistics.ratio, 1),
    ("hazard_ratio", "high"): (CohortStatistics.ratio, 2),
    ("wald_test", "p_value"): (CohortStatistics.wald,),
    ("logrank", "p_value"): (CohortStatistics.logrank,),
}
OF_ONE_ARM = {
    ("median", "value"): (CohortStatistics.median,),
    ("median", "low"): (CohortStatistics.median_limit, 0),
    ("median", "high"): (CohortStatistics.median_limit, 1),
    ("events", "value"): (CohortStatistics.events,),
    ("share", "value"): (CohortStatistics.share,),
}
"""Measures, with their last argument, by measure and part of a target."""


def _measure_of(target, roles):
    """The measure that a target is about, and its arguments.

    Parameters
    ----------
    target : Target
    roles : dict of str to str
        `arm` and `reference`, in this order, by the id of the arm.
    """
    key, what = target.key, (target.key.measure, target.part)
    if what == ("follow_up", "value"):
        return (OF_FOLLOW_UP[key.variant],)
    if what in OF_BOTH_ARMS and not key.variant and [key.arm, key.reference] == list(roles):
        return OF_BOTH_ARMS[what]
    if what == ("survival", "value"):
        return CohortStatistics.survival, roles[key.arm], key.at
    if what in OF_ONE_ARM:
        measure, *rest = OF_ONE_ARM[what]
        return measure, roles[key.arm], *rest
    raise CalibrationError(
        f"the search cannot aim at a claim on {target.name}: between the arms it knows hazard_ratio with its limits, "
        "wald_test and logrank, none of them stratified; of an arm median with its limits, survival, events and share; "
        "and follow_up. Take the claim out."
    )


class Wanted(Enum):
    """What a stage of a search asks of the claims on an endpoint."""

    NOTHING = "nothing yet"
    NEARER = "to come nearer"
    ALL_MET = "to stay met"


@dataclass(frozen=True, eq=False)
class Score:
    """How near the numbers of one endpoint come to what is wanted.

    Attributes
    ----------
    missed : float
        By how much the claims are missed, in printed units; 0 when all are met and no two events share a day, or when
        nothing was asked.
    roughness : float
        How far the curves are from smooth.
    """

    missed: float
    roughness: float


def score_of(objective, outcomes, in_arm, wanted):
    """Score one endpoint of a cohort.

    Parameters
    ----------
    objective : Objective
    outcomes : ndarray of int, shape (n, 5)
    in_arm : ndarray of bool, shape (n,)
    wanted : Wanted
        What is asked of the endpoint's claims.

    Returns
    -------
    Score or None
        None when the claims must be met and one is missed.
    """
    statistics = CohortStatistics(objective, outcomes, in_arm)
    if wanted is Wanted.NOTHING:
        return Score(0.0, round(_roughness(statistics), DECIMALS))
    excess = statistics.order.ties()
    missed = excess + 0.1 * sqrt(excess)
    for target, measure, *rest in objective.measures:
        if wanted is Wanted.ALL_MET and missed:
            return None
        excess = target.excess(measure(statistics, *rest))
        # The root makes the last small step to a claim worth its while.
        missed += excess + 0.1 * sqrt(excess)
    if wanted is Wanted.ALL_MET and missed:
        return None
    return Score(round(missed, DECIMALS), round(_roughness(statistics), DECIMALS))


def _roughness(statistics):
    """Squared distances from the smooth curves, steps too high, events that pile up, medians off centre."""
    rough, objective = 0.0, statistics.objective
    if objective.smooth_curves:
        order = statistics.order
        smooth = objective.smooth_curves.items()
        apart = [order.survival_at(role, curve.grid) - curve.on_grid for role, curve in smooth]
        steps = np.concatenate([survival[:-1] - survival[1:] for survival in order.survival.values()])
        rough += float(np.square(apart).mean() + np.square(np.maximum(steps - HIGHEST_STEP, 0)).sum())
        rough += PILE_UP_ROUGHNESS * sum(_too_many_at_a_time(days) for days in order.days_of.values())
    for role, wanted in objective.medians.items():
        median = statistics.median(role)
        rough += (median / wanted - 1) ** 2 if not isnan(median) else 0.0
    return rough


def _too_many_at_a_time(days):
    """By how many the events of the busiest quarter of a year are too many."""
    busiest = (days.searchsorted(days + PILE_UP_DAYS) - np.arange(len(days))).max(initial=0)
    return max(0.0, float(busiest) - max(PILE_UP_BY_CHANCE, PILE_UP_SHARE * len(days)))
