"""Search for event dates that give back the published numbers, and otherwise follow smooth curves.

Threshold accepting: a change is kept when it makes the loss at most a little worse, and what counts as a little shrinks
to nothing. Unlike annealing it compares no random number with an exponential.

References
----------
.. [1] Dueck & Scheuer (1990), J Comput Phys 90:161-175.
"""

from dataclasses import dataclass, replace
from math import inf

import numpy as np

from smmlib.calibration.endpoint_kinds import Kind, columns_seen
from smmlib.calibration.events import SAME_COUNTS, Events, first_draw, outcome, propose
from smmlib.calibration.objectives import DECIMALS, Wanted, score_of
from smmlib.calibration.patients import RandomisedPatients, draw_patients


@dataclass(frozen=True)
class Stage:
    """One stage of the search, which starts from where the one before it ended.

    Attributes
    ----------
    aims : set of Kind
        Endpoints whose claims are aimed at.
    keeps : set of Kind
        Endpoints whose claims are met, and must stay so.
    threshold : float
        By how much a change may make the loss worse, at first. A claim missed by one printed unit is a loss of 1.1.
    smoothness : float
        Loss per mean squared distance of the Kaplan-Meier curves from the smooth ones.
    """

    aims: frozenset
    keeps: frozenset
    threshold: float
    smoothness: float

    def wanted(self, kind):
        """What is asked of the claims on endpoints of a kind."""
        return Wanted.ALL_MET if kind in self.keeps else Wanted.NEARER if kind in self.aims else Wanted.NOTHING


SURVIVAL, ALL = frozenset({Kind.SURVIVAL}), frozenset(Kind)
STAGES = (
    Stage(aims=SURVIVAL, keeps=frozenset(), threshold=0.3, smoothness=15),
    Stage(aims=ALL - SURVIVAL, keeps=SURVIVAL, threshold=0.2, smoothness=10),
    Stage(aims=frozenset(), keeps=ALL, threshold=0.02, smoothness=100),
)
"""Few deaths leave survival the least room, so its claims come first."""
EVERYTHING = Stage(aims=ALL, keeps=frozenset(), threshold=0, smoothness=0)


@dataclass(frozen=True, eq=False)
class Cohort:
    """Patients, what happens to them, what the endpoints see of it, and how near that comes to the objectives.

    Attributes
    ----------
    patients : RandomisedPatients
    events : Events
    outcomes : ndarray of int, shape (n, 5)
    scores : dict of Kind to Score
    """

    patients: RandomisedPatients
    events: Events
    outcomes: np.ndarray
    scores: dict

    def missed(self, kinds=ALL):
        """By how much the claims on endpoints of some kinds are missed; 0 when all are met."""
        return sum(score.missed for kind, score in self.scores.items() if kind in kinds)

    @property
    def roughness(self):
        """How far the curves are from smooth."""
        return sum(score.roughness for score in self.scores.values())

    def loss(self, stage):
        """What a stage of the search makes smaller."""
        return round(self.missed(stage.aims) + stage.smoothness * self.roughness, DECIMALS)


def search_events(design, objectives, random):
    """Draw patients and find events that meet the objectives, in as many attempts as the design allows.

    Parameters
    ----------
    design : CohortDesign
    objectives : list of Objective
    random : numpy.random.Generator

    Returns
    -------
    Cohort
        The best found: whether it meets the claims is for the caller to check.
    """
    best, least = None, inf
    for _ in range(design.search.attempts):
        cohort = _attempt(draw_patients(design, random), design, objectives, random)
        if cohort.missed() < least:
            best, least = cohort, cohort.missed()
        if least == 0:
            break
    return best


def _attempt(patients, design, objectives, random):
    smooth_curves = {objective.kind: objective.smooth_curves for objective in objectives}
    events = first_draw(patients, design, smooth_curves, random)
    outcomes = np.array([outcome(patients, events, patient) for patient in range(len(patients.visits))])
    cohort = Cohort(patients, events, outcomes, {})
    for stage, steps in zip(STAGES, design.search.steps, strict=True):
        cohort = _search_stage(scored(cohort, objectives, stage), objectives, stage, steps, random)
        if cohort.missed(stage.aims):
            break
    return scored(cohort, objectives, EVERYTHING)


def scored(cohort, objectives, stage):
    """The cohort as a stage looks at it.

    Parameters
    ----------
    cohort : Cohort
    objectives : list of Objective
    stage : Stage

    Returns
    -------
    Cohort
    """
    scores = {
        objective.kind: score_of(objective, cohort.outcomes, cohort.patients.in_arm, stage.wanted(objective.kind))
        for objective in objectives
    }
    return replace(cohort, scores=scores)


def _search_stage(cohort, objectives, stage, steps, random):
    """The smoothest cohort found of those that meet all the claims of the stage, or else the last one."""
    loss, best = cohort.loss(stage), None
    for step in range(steps):
        proposed = step_from(cohort, objectives, stage, random, SAME_COUNTS)
        if proposed is None:
            continue
        proposed_loss = proposed.loss(stage)
        if proposed_loss > loss + stage.threshold * (1 - (step + 1) / steps) ** 2:
            continue
        cohort, loss = proposed, proposed_loss
        if not cohort.missed(stage.aims) and (best is None or loss < best.loss(stage)):
            best = cohort
    return best or cohort


def step_from(cohort, objectives, stage, random, changes):
    """The cohort with one small change.

    Parameters
    ----------
    cohort : Cohort
    objectives : list of Objective
    stage : Stage
    random : numpy.random.Generator
    changes : sequence of callable
        As `smmlib.calibration.events.propose` takes them.

    Returns
    -------
    Cohort or None
        None when the change is not possible, or a claim to be kept is missed.
    """
    patients = cohort.patients
    events, touched = propose(patients, cohort.events, random, changes)
    if not touched:
        return None
    outcomes = cohort.outcomes.copy()
    outcomes[touched] = [outcome(patients, events, patient) for patient in touched]
    changed = (outcomes[touched] != cohort.outcomes[touched]).any(axis=0)
    scores = dict(cohort.scores)
    for objective in objectives:
        if changed[columns_seen(objective.kind)].any():
            scores[objective.kind] = score_of(objective, outcomes, patients.in_arm, stage.wanted(objective.kind))
            if scores[objective.kind] is None:
                return None
    return Cohort(patients, events, outcomes, scores)
