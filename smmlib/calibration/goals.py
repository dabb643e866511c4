"""What the claims of a study ask of its endpoints, and how near a cohort comes to it."""

import re
from dataclasses import dataclass, field
from enum import Enum
from math import isnan, sqrt

import numpy as np

from smmlib.calibration.claims import ClaimError, targets_about
from smmlib.calibration.course import Course
from smmlib.calibration.endpoints import Kind, kinds_of, observed
from smmlib.calibration.fast_statistics import (
    EventOrder,
    hazard_ratio,
    logrank_p_value,
    median_days,
    median_follow_up_days,
    median_limits,
    wald_p_value,
)
from smmlib.trial.units import DAYS_PER_UNIT

DECIMALS = 9
"""The loss is rounded, so that processors which differ in the last bit of a logarithm find the same cohort."""
HIGHEST_STEP = 0.05
"""An event when few are at risk makes a higher step, which catches the eye and means nothing."""
FOLLOW_UP = "population.follow_up"
A_TIME, MOST_AT_A_TIME, MOST_BY_CHANCE = 91, 0.2, 5
"""Days within which events pile up when they are more than this share of an arm's, and than chance brings about."""
PILE = 0.01
"""Roughness of each event too many."""


@dataclass(frozen=True, eq=False)
class Goal:
    """What is wanted of one endpoint.

    Attributes
    ----------
    endpoint : str
    kind : Kind
    targets : dict of str to Target
        By the part of their name after the endpoint; those of follow-up by their whole name.
    parts : dict of str to str
        `arm` or `reference`, by the name of the arm in the claims.
    courses : dict of str to Course
        Smooth course of each arm; empty for an endpoint that has none.
    unit_days : float
        Days in the unit of the study's times.
    estimator : str or None
        How follow-up is estimated, where it is this endpoint whose censoring times are the follow-up.
    """

    endpoint: str
    kind: Kind
    targets: dict
    parts: dict
    courses: dict
    unit_days: float
    estimator: str | None
    wanted: list = field(init=False)
    """Name, measure and arguments of each target, found once."""

    def __post_init__(self):
        object.__setattr__(self, "wanted", [(name, *_measure_of(name, self.parts)) for name in self.targets])


def goals_of(study, targets):
    """Goals of all endpoints that the search settles.

    Parameters
    ----------
    study : Study
        With a `synthetic` part.
    targets : dict of str to Target

    Returns
    -------
    list of Goal

    Raises
    ------
    ClaimError
        If an endpoint, or a claim about one, is not among what synthetic patients have.
    """
    parts = {study.arms.arm.id: "arm", study.arms.reference.id: "reference"}
    return [_goal(study, targets, name, kind, parts) for name, kind in kinds_of(study).items()]


def _goal(study, targets, endpoint, kind, parts):
    own = targets_about(targets, endpoint)
    estimator = None
    if study.follow_up and study.follow_up.endpoint == endpoint:
        estimator = study.follow_up.estimator
        own |= {name: each for name, each in targets.items() if name.startswith(FOLLOW_UP)}
    days = DAYS_PER_UNIT[study.time_unit]
    design = study.synthetic
    courses = {}
    if endpoint in design.curves:
        for part in parts.values():
            curve = getattr(design.curves[endpoint], part)
            time, survival = curve.through
            courses[part] = Course(survival, time * days, curve.shape, design.curves_until * days)
    return Goal(endpoint, kind, own, parts, courses, days, estimator)


class Seen:
    """The numbers of one endpoint in one cohort, each computed when it is first asked for."""

    def __init__(self, goal, outcomes, in_arm):
        self.goal = goal
        self.day, self.event, members = observed(outcomes, goal.kind)
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

    def survival(self, part, time):
        """Survival of an arm at a landmark."""
        return float(self.order.survival_at(part, time * self.goal.unit_days))

    def median(self, part):
        """Median of an arm."""
        return median_days(self.order, part) / self.goal.unit_days

    def median_limit(self, part, place):
        """Lower or upper limit of the median of an arm."""
        return median_limits(self.order, part)[place] / self.goal.unit_days

    def events(self, part):
        """Events of an arm."""
        return len(self.order.days_of[part])

    def share(self, part):
        """Share of the patients of an arm with the event."""
        return len(self.order.days_of[part]) / self.order.patients[part]

    def follow_up(self):
        """Median follow-up."""
        return median_follow_up_days(self.day, self.event, self.goal.estimator) / self.goal.unit_days

    def shortest_follow_up(self):
        """Shortest follow-up of a patient without the event."""
        return float(self.day[~self.event].min()) / self.goal.unit_days

    def longest_follow_up(self):
        """Longest follow-up of a patient without the event."""
        return float(self.day[~self.event].max()) / self.goal.unit_days


PLAIN_MEASURES = {
    "hazard_ratio": (Seen.ratio, 0),
    "hazard_ratio low": (Seen.ratio, 1),
    "hazard_ratio high": (Seen.ratio, 2),
    "hazard_ratio.wald p": (Seen.wald,),
    "logrank p": (Seen.logrank,),
    FOLLOW_UP: (Seen.follow_up,),
    f"{FOLLOW_UP}.shortest": (Seen.shortest_follow_up,),
    f"{FOLLOW_UP}.longest": (Seen.longest_follow_up,),
}
MEASURES_OF_AN_ARM = {"median": Seen.median, "events": Seen.events, "share": Seen.share}


def _measure_of(name, parts):
    """The measure of a claim on an endpoint, and its arguments."""
    if name in PLAIN_MEASURES:
        return PLAIN_MEASURES[name]
    arms = "|".join(map(re.escape, parts))
    if found := re.fullmatch(rf"survival\.([0-9.]+)\.({arms})", name):
        return Seen.survival, parts[found[2]], float(found[1])
    if found := re.fullmatch(rf"(median|events|share)\.({arms})", name):
        return MEASURES_OF_AN_ARM[found[1]], parts[found[2]]
    if found := re.fullmatch(rf"median\.({arms}) (low|high)", name):
        return Seen.median_limit, parts[found[1]], ("low", "high").index(found[2])
    raise ClaimError(
        f"the search cannot aim at a claim on {name}: it knows hazard_ratio, hazard_ratio.wald, logrank, median.<arm>, "
        "survival.<time>.<arm>, events.<arm> and share.<arm>; take the claim out, or check how its number is spelt."
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


def score_of(goal, outcomes, in_arm, wanted):
    """Score one endpoint of a cohort.

    Parameters
    ----------
    goal : Goal
    outcomes : ndarray of int, shape (n, 5)
    in_arm : ndarray of bool, shape (n,)
    wanted : Wanted
        What is asked of the endpoint's claims.

    Returns
    -------
    Score or None
        None when the claims must be met and one is missed.
    """
    seen = Seen(goal, outcomes, in_arm)
    if wanted is Wanted.NOTHING:
        return Score(0.0, round(_roughness(seen, goal), DECIMALS))
    excess = seen.order.ties()
    missed = excess + 0.1 * sqrt(excess)
    for name, measure, *rest in goal.wanted:
        if wanted is Wanted.ALL_MET and missed:
            return None
        excess = goal.targets[name].excess(measure(seen, *rest))
        # The root makes the last small step to a claim worth its while.
        missed += excess + 0.1 * sqrt(excess)
    if wanted is Wanted.ALL_MET and missed:
        return None
    return Score(round(missed, DECIMALS), round(_roughness(seen, goal), DECIMALS))


def _roughness(seen, goal):
    """Squared distances of the curves from their courses, steps too high, events that pile up, medians off centre."""
    rough = 0.0
    if goal.courses:
        order = seen.order
        apart = [order.survival_at(part, course.grid) - course.on_grid for part, course in goal.courses.items()]
        steps = np.concatenate([survival[:-1] - survival[1:] for survival in order.survival.values()])
        rough += float(np.square(apart).mean() + np.square(np.maximum(steps - HIGHEST_STEP, 0)).sum())
        rough += PILE * sum(_too_many_at_a_time(days) for days in order.days_of.values())
    for name, part in goal.parts.items():
        if f"median.{name}" in goal.targets and not isnan(centre := goal.targets[f"median.{name}"].centre):
            median = seen.median(part)
            rough += (median / centre - 1) ** 2 if not isnan(median) else 0.0
    return rough


def _too_many_at_a_time(days):
    """By how many the events of the busiest quarter of a year are too many."""
    busiest = (days.searchsorted(days + A_TIME) - np.arange(len(days))).max(initial=0)
    return max(0.0, float(busiest) - max(MOST_BY_CHANCE, MOST_AT_A_TIME * len(days)))
