"""Search for event dates that give back the published numbers, and otherwise follow smooth curves.

Threshold accepting: a change is kept when it makes the loss at most a little worse, and what counts as a little shrinks
to nothing. Unlike annealing it compares no random number with an exponential. The loss is rounded before it is
compared, so that processors which differ in the last bit of a logarithm find the same cohort.

References
----------
.. [1] Dueck & Scheuer (1990), J Comput Phys 90:161-175.
"""

import re
from dataclasses import dataclass
from math import inf, isnan, sqrt

import numpy as np

from smmlib.synthetic.claims import ClaimError
from smmlib.synthetic.course import DAYS_A_MONTH, GRID_DAYS, Course
from smmlib.synthetic.events import ANALYSED, DEATH, PROGRESSION, Events, first_draw, outcome, propose
from smmlib.synthetic.fast_statistics import EventOrder, hazard_ratio, logrank_p_value, median_months
from smmlib.synthetic.patients import Patients, draw_patients

ENDPOINTS = {"os": DEATH, "ttp": PROGRESSION}
DECIMALS = 9
HIGHEST_STEP = 0.05
"""An event when few are at risk makes a higher step, which catches the eye and means nothing."""


@dataclass(frozen=True)
class Stage:
    """One stage of the search, which starts from where the one before it ended.

    Attributes
    ----------
    aims : tuple of str
        Endpoints whose claims are aimed at.
    keeps : tuple of str
        Endpoints whose claims are met, and must stay so.
    threshold : float
        By how much a change may make the loss worse, at first. A claim missed by one printed unit is a loss of 1.1.
    smoothness : float
        Loss per mean squared distance of the curves from their smooth courses.
    """

    aims: tuple
    keeps: tuple
    threshold: float
    smoothness: float


STAGES = (
    Stage(aims=("os",), keeps=(), threshold=0.3, smoothness=15),
    Stage(aims=("ttp",), keeps=("os",), threshold=0.1, smoothness=100),
    Stage(aims=(), keeps=("os", "ttp"), threshold=0.02, smoothness=100),
)
"""Few deaths leave survival the least room, so its claims come first."""


@dataclass(frozen=True, eq=False)
class Goal:
    """What is wanted of one endpoint.

    Attributes
    ----------
    endpoint : str
    targets : dict of str to Target
        By the part of their name after the endpoint.
    landmarks : dict of str to (str, float)
        Arm and month of each target of survival.
    medians : dict of str to str
        Arm of each target of a median.
    courses : dict of str to Course
        Smooth course of each arm.
    """

    endpoint: str
    targets: dict
    landmarks: dict
    medians: dict
    courses: dict


def goals_of(design, targets, arms):
    """Goals of all endpoints.

    Parameters
    ----------
    design : CohortDesign
    targets : dict of str to Target
    arms : dict of str to str
        Name of each arm in the claims, by its part in the comparison.

    Returns
    -------
    list of Goal
    """
    return [_goal(endpoint, design, targets, arms) for endpoint in ENDPOINTS]


def _goal(endpoint, design, targets, arms):
    part_of = {name: part for part, name in arms.items()}
    own = {name.removeprefix(f"{endpoint}."): each for name, each in targets.items() if name.startswith(f"{endpoint}.")}
    survival = {name: re.fullmatch(r"survival\.([0-9.]+)\.(.+)", name) for name in own}
    landmarks = {name: (part_of[found[2]], float(found[1])) for name, found in survival.items() if found}
    medians = {name: part_of[name.removeprefix("median.")] for name in own if name.startswith("median.")}
    shapes = design.curve_shapes[endpoint]
    courses = {part: _course(endpoint, own, landmarks, part, getattr(shapes, part), arms[part]) for part in arms}
    return Goal(endpoint, own, landmarks, medians, courses)


def _course(endpoint, targets, landmarks, part, shape, arm):
    for name, (of_part, months) in landmarks.items():
        if of_part == part:
            return Course(targets[name].centre, months, shape)
    raise ClaimError(f"no claim gives {endpoint}.survival of {arm} at any time: its curve has nothing to pass through.")


def search(design, goals, random):
    """Draw patients and find events that meet the goals, in as many attempts as the design allows.

    Parameters
    ----------
    design : CohortDesign
    goals : list of Goal
    random : numpy.random.Generator

    Returns
    -------
    Cohort
        The best found: whether it meets the claims is for the caller to check.
    """
    best, least = None, inf
    for _ in range(design.search.attempts):
        patients = draw_patients(design, random)
        score = _attempt(patients, design, goals, random)
        missed = sum(score.missed.values())
        if missed < least:
            best, least = Cohort(patients, score.events), missed
        if least == 0:
            break
    return best


@dataclass(frozen=True, eq=False)
class Cohort:
    """Patients and what happens to them."""

    patients: Patients
    events: Events


def _attempt(patients, design, goals, random):
    courses = {goal.endpoint: goal.courses for goal in goals}
    score = _score(patients, first_draw(patients, design, courses, random), goals)
    for stage, steps in zip(STAGES, design.search.steps, strict=True):
        score = _search_stage(patients, score, goals, stage, steps, random)
        if not score.meets(stage.aims):
            break
    return score


def _search_stage(patients, score, goals, stage, steps, random):
    """The smoothest score found of those that meet all the claims of the stage, or else the last one."""
    loss, best = score.loss(stage), None
    for step in range(steps):
        changed, touched = propose(patients, score.events, random)
        if not touched:
            continue
        proposed = _rescore(patients, changed, goals, score, touched, stage.keeps)
        if proposed is None:
            continue
        proposed_loss = proposed.loss(stage)
        if proposed_loss > loss + stage.threshold * (1 - (step + 1) / steps) ** 2:
            continue
        score, loss = proposed, proposed_loss
        if score.meets(stage.aims) and (best is None or loss < best.loss(stage)):
            best = score
    return best or score


@dataclass(frozen=True, eq=False)
class _Score:
    """Events, what the endpoints see of them, by how much the claims on each are missed, how rough its curves are."""

    events: Events
    outcomes: np.ndarray
    missed: dict
    roughness: dict

    def meets(self, endpoints):
        """Whether every claim on the endpoints is met."""
        return not any(self.missed[endpoint] for endpoint in endpoints)

    def loss(self, stage):
        """What a stage of the search makes smaller."""
        missed = sum(self.missed[endpoint] for endpoint in stage.aims)
        return round(missed + stage.smoothness * sum(self.roughness.values()), DECIMALS)


def _score(patients, events, goals):
    outcomes = np.array([outcome(patients, events, patient) for patient in range(len(patients.visits))])
    orders = {goal.endpoint: _order(patients, outcomes, goal) for goal in goals}
    return _Score(
        events,
        outcomes,
        missed={goal.endpoint: _missed(orders[goal.endpoint], goal) for goal in goals},
        roughness={goal.endpoint: _roughness(orders[goal.endpoint], goal) for goal in goals},
    )


def _rescore(patients, events, goals, before, touched, keeps):
    """Score changed events, looking again only at the patients touched; None when a claim to be kept is missed."""
    outcomes = before.outcomes.copy()
    outcomes[touched] = [outcome(patients, events, patient) for patient in touched]
    changed = (outcomes[touched] != before.outcomes[touched]).any(axis=0)
    missed, roughness = dict(before.missed), dict(before.roughness)
    for goal in goals:
        if not changed[[*ENDPOINTS[goal.endpoint], ANALYSED]].any():
            continue
        order = _order(patients, outcomes, goal)
        missed[goal.endpoint] = _missed(order, goal)
        if missed[goal.endpoint] and goal.endpoint in keeps:
            return None
        roughness[goal.endpoint] = _roughness(order, goal)
    return _Score(events, outcomes, missed, roughness)


def _order(patients, outcomes, goal):
    analysed = outcomes[:, ANALYSED] == 1
    day, event = outcomes[analysed][:, ENDPOINTS[goal.endpoint]].T
    return EventOrder(day, event == 1, patients.in_arm[analysed])


def _missed(order, goal):
    """The root makes the last small step to a claim worth its while."""
    excesses = [goal.targets[name].excess(value) for name, value in _measure(order, goal).items()]
    return round(sum(excess + 0.1 * sqrt(excess) for excess in excesses), DECIMALS)


def _measure(order, goal):
    ratio, low, high = hazard_ratio(order)
    measured = {"hazard_ratio": ratio, "hazard_ratio low": low, "hazard_ratio high": high}
    measured["logrank p"] = logrank_p_value(order)
    for name, (arm, months) in goal.landmarks.items():
        measured[name] = float(order.survival_at(arm, months * DAYS_A_MONTH))
    for name, arm in goal.medians.items():
        measured[name] = median_months(order, arm)
    return {name: value for name, value in measured.items() if name in goal.targets}


def _roughness(order, goal):
    """How far the curves are from smooth: squared distances from their courses, steps too high, medians off centre."""
    apart = [order.survival_at(arm, GRID_DAYS) - course.on_grid for arm, course in goal.courses.items()]
    steps = np.concatenate([-np.diff(survival) for survival in order.survival.values()])
    too_high = np.maximum(steps - HIGHEST_STEP, 0)
    medians = [(median_months(order, arm), goal.targets[name].centre) for name, arm in goal.medians.items()]
    off_centre = sum((median / centre - 1) ** 2 for median, centre in medians if not isnan(median + centre))
    return float(np.mean(np.square(apart)) + np.square(too_high).sum()) + off_centre
