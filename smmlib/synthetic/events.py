"""What happens to the patients: exclusion, loss, progression and death, and the changes of it that a search may try."""

from dataclasses import dataclass, fields

import numpy as np

NEVER = -1
FIRST_PROGRESSION = 1
"""Nobody progresses at the first visit after randomisation."""
LOST_AT_VISIT = (4, 34)
FIRST_DEATH = 45
DEATH_AFTER_PROGRESSION = 30
"""Days, at least."""
DAYS_BETWEEN_VISITS = 28
STEP_VISITS = 3
STEP_DAYS = 25
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
    progression : list of int
        Index of the visit at which progression is found, or NEVER.
    death : list of int
        Day of death, or NEVER.
    """

    excluded: list
    lost: list
    progression: list
    death: list


def outcome(patients, events, patient):
    """What the endpoints see of a patient.

    Returns
    -------
    tuple of int
        Day of progression or of the last assessment, 1 if it is progression; day of death or of the last contact, 1 if
        it is death; 1 if the patient is analysed. In the order of PROGRESSION, DEATH and ANALYSED.
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


PROGRESSION, DEATH, ANALYSED = (0, 1), (2, 3), 4
"""Places of the day and the event of each endpoint, and of the analysed, in an outcome."""


def last_seen(patients, events, patient):
    """Day of death, or of the last contact."""
    if events.death[patient] != NEVER:
        return events.death[patient]
    lost = events.lost[patient]
    return patients.visits[patient][lost] if lost != NEVER else patients.last_contact[patient]


def last_assessment(patients, events, patient):
    """Index of the last visit, which comes before the day of death."""
    died = events.death[patient] != NEVER
    return patients.last_visit(patient, last_seen(patients, events, patient) - died)


def first_draw(patients, design, courses, random):
    """As many events of each kind as the design says, spread evenly over the smooth course of each curve.

    Parameters
    ----------
    patients : Patients
    design : CohortDesign
    courses : dict of str to dict of str to Course
        By endpoint, then by arm.
    random : numpy.random.Generator

    Returns
    -------
    Events
    """
    everybody = len(patients.visits)
    events = Events([False] * everybody, *([NEVER] * everybody for _ in range(3)))
    for part, members in (("arm", patients.in_arm), ("reference", ~patients.in_arm)):
        waiting = random.permutation(np.flatnonzero(members)).tolist()
        for _ in range(getattr(design.randomised, part) - getattr(design.analysed, part)):
            events.excluded[waiting.pop()] = True
        for visit in random.integers(*LOST_AT_VISIT, getattr(design.lost, part)).tolist():
            _assign(patients, events, "lost", visit, waiting)
        progressed = _draw_progressions(
            patients, events, waiting, getattr(design.progressed, part), courses["ttp"][part]
        )
        _draw_deaths(patients, events, waiting, progressed, design, part, courses["os"][part], random)
    return events


def _draw_progressions(patients, events, waiting, count, course):
    days = course.spread_days(count)
    return [
        _assign(patients, events, "progression", round(day / DAYS_BETWEEN_VISITS), waiting) for day in reversed(days)
    ]


def _draw_deaths(patients, events, waiting, progressed, design, part, course, random):
    total, at_once = getattr(design.died, part), getattr(design.died_without_progression, part)
    without = set(random.permutation(total)[:at_once].tolist())
    progressed = random.permutation(progressed).tolist()
    for place, day in enumerate(course.spread_days(total)):
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
    raise ValueError(
        f"no patient is followed for long enough for a {kind} at {when}: change the design's dates or counts"
    )


def propose(patients, events, random):
    """One small change of the events that leaves each history possible and the number of events as it is.

    Parameters
    ----------
    patients : Patients
    events : Events
    random : numpy.random.Generator

    Returns
    -------
    changed : Events
    touched : list of int
        The patients whose events changed; nobody when no possible change was found.
    """
    changed = Events(*(list(getattr(events, part.name)) for part in fields(events)))
    changes = (
        _move_progression,
        _move_death,
        _move_loss,
        _exchange_history,
        _exchange_death,
        _exchange_progression,
    )
    touched = changes[random.integers(len(changes))](patients, changed, random)
    return changed, touched if all(_possible(patients, changed, patient) for patient in touched) else []


def _move_progression(_patients, events, random):
    return _move(events.progression, STEP_VISITS, random)


def _move_death(_patients, events, random):
    return _move(events.death, STEP_DAYS, random)


def _move_loss(_patients, events, random):
    return _move(events.lost, STEP_VISITS, random)


def _move(history, step, random):
    happened = [patient for patient, when in enumerate(history) if when != NEVER]
    if not happened:
        return []
    patient = happened[random.integers(len(happened))]
    moved = history[patient] + int(random.integers(-step, step + 1))
    if moved <= NEVER:
        return []
    history[patient] = moved
    return [patient]


def _exchange_history(patients, events, random):
    """Two patients of an arm exchange all that happens to them."""
    return _exchange(patients, (events.excluded, events.lost, events.progression, events.death), random)


def _exchange_death(patients, events, random):
    """Two patients of an arm, both with or both without progression, exchange their deaths."""
    pair = _exchange(patients, (events.death,), random)
    return pair if len({events.progression[patient] == NEVER for patient in pair}) == 1 else []


def _exchange_progression(patients, events, random):
    """Two patients of an arm, both dead or both alive, exchange their progressions."""
    pair = _exchange(patients, (events.progression,), random)
    return pair if len({events.death[patient] == NEVER for patient in pair}) == 1 else []


def _exchange(patients, histories, random):
    one, other = random.integers(len(patients.visits), size=2).tolist()
    if patients.in_arm[one] != patients.in_arm[other] or all(history[one] == history[other] for history in histories):
        return []
    for history in histories:
        history[one], history[other] = history[other], history[one]
    return [one, other]


def _possible(patients, events, patient):
    """Whether one patient could have had this history, and on days that nobody else's events fall on."""
    lost, visit, death = (getattr(events, kind)[patient] for kind in ("lost", "progression", "death"))
    if events.excluded[patient]:
        return lost == visit == death == NEVER
    if lost != NEVER:
        return visit == death == NEVER and _possible_loss(patients, patient, lost)
    return (
        (visit == NEVER or FIRST_PROGRESSION <= visit <= last_assessment(patients, events, patient))
        and (death == NEVER or _possible_death(patients, patient, visit, death))
        and not _shares_a_day(patients, events, patient)
    )


def _possible_loss(patients, patient, lost):
    first, last = LOST_AT_VISIT
    return first <= lost <= last and patients.visits[patient][lost] <= patients.last_contact[patient]


def _possible_death(patients, patient, visit, death):
    earliest = FIRST_DEATH if visit == NEVER else patients.visits[patient][visit] + DEATH_AFTER_PROGRESSION
    return earliest <= death <= patients.last_contact[patient]


def _shares_a_day(patients, events, patient):
    """Whether another patient progresses, or dies, on the same day after randomisation."""
    visit, death = events.progression[patient], events.death[patient]
    if death != NEVER and events.death.count(death) > 1:
        return True
    if visit == NEVER:
        return False
    day = patients.visits[patient][visit]
    return any(
        found != NEVER and other != patient and patients.visits[other][found] == day
        for other, found in enumerate(events.progression)
    )
