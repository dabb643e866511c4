"""What happens to the patients: exclusion, loss, the end of assessments, progression and death; and changes of it."""

from dataclasses import dataclass, fields

import numpy as np

from smmlib.calibration.endpoint_kinds import Kind
from smmlib.calibration.targets import CalibrationError

NEVER = -1
FIRST_PROGRESSION = 1
"""Nobody progresses at the first visit after randomisation."""
FIRST_LOSS = 4
"""Nobody is lost before the fourth visit."""
FIRST_DEATH = 45
DEATH_AFTER_PROGRESSION = 30
"""Days, at least."""
DAYS_BETWEEN_VISITS = 28
STEPS_IN_VISITS = (1, 3, 12)
STEPS_IN_DAYS = (3, 25, 200)
"""Small steps meet a claim, large ones leave a wrong place."""
LARGEST_SHIFT = 400


@dataclass(frozen=True)
class Events:
    """What happens to each patient.

    Attributes
    ----------
    excluded : list of bool
        True for those who turn out not to be eligible.
    lost : list of int
        Index of the last visit of a patient lost to follow-up, or NEVER.
    assessed_until : list of int
        Index of the last visit of a patient whose disease is no longer assessed, though life is followed, or NEVER.
    progression : list of int
        Index of the visit at which progression is found, or NEVER.
    death : list of int
        Day of death, or NEVER.
    """

    excluded: list
    lost: list
    assessed_until: list
    progression: list
    death: list


def outcome(patients, events, patient):
    """What the endpoints see of a patient.

    Returns
    -------
    tuple of int
        Day of progression or of the last assessment, 1 if it is progression; day of death or of the last contact, 1 if
        it is death; 1 if the patient is analysed. `smmlib.calibration.endpoint_kinds` names the places.
    """
    visit, death = events.progression[patient], events.death[patient]
    last = visit if visit != NEVER else last_assessment(patients, events, patient)
    return (
        patients.visits[patient][last],
        int(visit != NEVER),
        last_seen(patients, events, patient),
        int(death != NEVER),
        int(not events.excluded[patient]),
    )


def last_seen(patients, events, patient):
    """Day of death, or of the last contact."""
    if events.death[patient] != NEVER:
        return events.death[patient]
    lost = events.lost[patient]
    return patients.visits[patient][lost] if lost != NEVER else patients.last_contact[patient]


def last_assessment(patients, events, patient):
    """Index of the last visit with an assessment, which comes before the day of death."""
    if events.assessed_until[patient] != NEVER:
        return events.assessed_until[patient]
    died = events.death[patient] != NEVER
    return patients.last_visit(patient, last_seen(patients, events, patient) - died)


def first_draw(patients, design, smooth_curves, random):
    """As many events of each kind as the design says, spread evenly over the fall of each smooth curve.

    Parameters
    ----------
    patients : RandomisedPatients
    design : CohortDesign
    smooth_curves : dict of Kind to dict of str to WeibullCurve
        By kind of endpoint, then by arm: of survival, and of progression or of survival without it.
    random : numpy.random.Generator

    Returns
    -------
    Events
    """
    everybody = len(patients.visits)
    events = Events([False] * everybody, *([NEVER] * everybody for _ in range(4)))
    last_planned = (design.data_cutoff - design.accrual_end).days // DAYS_BETWEEN_VISITS
    for part, members in (("arm", patients.in_arm), ("reference", ~patients.in_arm)):
        waiting = random.permutation(np.flatnonzero(members)).tolist()
        for _ in range(getattr(design.randomised, part) - getattr(design.analysed, part)):
            events.excluded[waiting.pop()] = True
        for kind in ("lost", "assessed_until"):
            for visit in random.integers(FIRST_LOSS, last_planned, getattr(getattr(design, kind), part)).tolist():
                _assign(patients, events, kind, visit, waiting)
        curve = (smooth_curves.get(Kind.PROGRESSION) or smooth_curves[Kind.PROGRESSION_FREE])[part]
        progressed = _draw_progressions(patients, events, waiting, getattr(design.progressed, part), curve)
        _draw_deaths(patients, events, waiting, progressed, design, part, smooth_curves[Kind.SURVIVAL][part], random)
    return events


def _draw_progressions(patients, events, waiting, count, curve):
    days = curve.spread_days(count)
    return [
        _assign(patients, events, "progression", round(day / DAYS_BETWEEN_VISITS), waiting) for day in reversed(days)
    ]


def _draw_deaths(patients, events, waiting, progressed, design, part, curve, random):
    total, at_once = getattr(design.died, part), getattr(design.died_without_progression, part)
    without = set(random.permutation(total)[:at_once].tolist())
    progressed = random.permutation(progressed).tolist()
    for place, day in enumerate(curve.spread_days(total)):
        _assign(patients, events, "death", round(day), waiting if place in without else progressed)


def _assign(patients, events, kind, when, waiting):
    """Give an event to the first patient waiting for whom it is possible, as near to the time as can be."""
    history = getattr(events, kind)
    for shift in sorted(range(-when, LARGEST_SHIFT), key=abs):
        for patient in waiting:
            history[patient] = when + shift
            if _possible(patients, events, patient):
                waiting.remove(patient)
                return patient
            history[patient] = NEVER
    raise CalibrationError(
        f"no patient is followed for long enough for a {kind} at {when}: change the design's dates or counts"
    )


def propose(patients, events, random, changes):
    """One small change of the events that leaves each history possible.

    Parameters
    ----------
    patients : RandomisedPatients
    events : Events
    random : numpy.random.Generator
    changes : sequence of callable
        SAME_COUNTS, or ANY_CHANGE.

    Returns
    -------
    changed : Events
    touched : list of int
        The patients whose events changed; nobody when no possible change was found.
    """
    changed = Events(*(list(getattr(events, part.name)) for part in fields(events)))
    touched = changes[random.integers(len(changes))](patients, changed, random)
    return changed, touched if all(_possible(patients, changed, patient) for patient in touched) else []


def _move_progression(_patients, events, random):
    return _move(events.progression, STEPS_IN_VISITS, random)


def _move_death(_patients, events, random):
    return _move(events.death, STEPS_IN_DAYS, random)


def _move_loss(_patients, events, random):
    return _move(events.lost, STEPS_IN_VISITS, random)


def _move_end_of_assessments(_patients, events, random):
    return _move(events.assessed_until, STEPS_IN_VISITS, random)


def _move(history, steps, random):
    happened = [patient for patient, when in enumerate(history) if when != NEVER]
    if not happened:
        return []
    patient = happened[random.integers(len(happened))]
    step = steps[random.integers(len(steps))]
    moved = history[patient] + int(random.integers(-step, step + 1))
    if moved <= NEVER or moved == history[patient]:
        return []
    history[patient] = moved
    return [patient]


def _exchange_history(patients, events, random):
    """Two patients of an arm exchange all that happens to them."""
    one, other = random.integers(len(patients.visits), size=2).tolist()
    return _exchange(patients, [getattr(events, part.name) for part in fields(events)], one, other)


def _exchange_death(patients, events, random):
    """Two patients of an arm, both with or both without progression, exchange their deaths."""
    pair = _exchange_with_any(patients, events.death, random)
    return pair if len({events.progression[patient] == NEVER for patient in pair}) == 1 else []


def _exchange_progression(patients, events, random):
    """Two patients of an arm, both dead or both alive, exchange their progressions."""
    pair = _exchange_with_any(patients, events.progression, random)
    return pair if len({events.death[patient] == NEVER for patient in pair}) == 1 else []


def _exchange_with_any(patients, history, random):
    """A patient to whom it happened, and any other of the arm."""
    happened = [patient for patient, when in enumerate(history) if when != NEVER]
    if not happened:
        return []
    one = happened[random.integers(len(happened))]
    return _exchange(patients, [history], one, int(random.integers(len(history))))


def _exchange(patients, histories, one, other):
    if patients.in_arm[one] != patients.in_arm[other] or all(history[one] == history[other] for history in histories):
        return []
    for history in histories:
        history[one], history[other] = history[other], history[one]
    return [one, other]


def _toggle_progression(patients, events, random):
    return _toggle(patients, events.progression, lambda patient: len(patients.visits[patient]), random)


def _toggle_death(patients, events, random):
    return _toggle(patients, events.death, lambda patient: patients.last_contact[patient] + 1, random)


def _toggle_loss(patients, events, random):
    return _toggle(patients, events.lost, lambda patient: len(patients.visits[patient]), random)


def _toggle_end_of_assessments(patients, events, random):
    return _toggle(patients, events.assessed_until, lambda patient: len(patients.visits[patient]), random)


def _toggle(patients, history, places, random):
    """What happened to a patient never did, or what never happened does."""
    patient = int(random.integers(len(patients.visits)))
    when = int(random.integers(places(patient)))
    history[patient] = when if history[patient] == NEVER else NEVER
    return [patient]


SAME_COUNTS = (
    _move_progression,
    _move_death,
    _move_loss,
    _move_end_of_assessments,
    _exchange_history,
    _exchange_death,
    _exchange_progression,
)
ANY_CHANGE = (*SAME_COUNTS, _toggle_progression, _toggle_death, _toggle_loss, _toggle_end_of_assessments)


def _possible(patients, events, patient):
    """Whether one patient could have had this history."""
    lost, until, visit, death = (getattr(events, part.name)[patient] for part in fields(events)[1:])
    if events.excluded[patient]:
        return lost == until == visit == death == NEVER
    if lost != NEVER:
        return until == visit == death == NEVER and _possible_end(patients, patient, lost, NEVER)
    if until != NEVER:
        ends = _possible_end(patients, patient, until, death)
        return ends and visit == NEVER and (death == NEVER or _possible_death(patients, patient, visit, death))
    return (visit == NEVER or FIRST_PROGRESSION <= visit <= last_assessment(patients, events, patient)) and (
        death == NEVER or _possible_death(patients, patient, visit, death)
    )


def _possible_end(patients, patient, visit, death):
    visits = patients.visits[patient]
    latest = patients.last_contact[patient] if death == NEVER else death - 1
    return FIRST_LOSS <= visit < len(visits) and visits[visit] <= latest


def _possible_death(patients, patient, visit, death):
    earliest = FIRST_DEATH if visit == NEVER else patients.visits[patient][visit] + DEATH_AFTER_PROGRESSION
    return earliest <= death <= patients.last_contact[patient]
