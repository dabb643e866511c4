"""Treatment of the arm that is treated, after its progressions and deaths are settled."""

from dataclasses import dataclass
from math import inf

from smmlib.calibration.events import NEVER, last_seen
from smmlib.calibration.targets import CalibrationError

DAYS_TO_INDUCTION = (1, 10)
DAYS_TO_MAINTENANCE = (4, 14)
INELIGIBLE_STOP = (20, 90)
"""Days on treatment of those who turned out not to be eligible."""
EARLIEST_STOP = 45
"""Days in a phase before anybody stops for another reason than progression, death or loss."""


@dataclass(frozen=True)
class Treatment:
    """First and last day of each phase, counted from randomisation, by patient who started it.

    Attributes
    ----------
    induction, maintenance : dict of int to (int, int or None)
        The last day is None while treatment goes on.
    """

    induction: dict
    maintenance: dict


def draw_treatment(patients, events, design, phase_days, random):
    """Who is treated, and for how long.

    A phase ends as planned, or at progression, death or loss, or earlier for another reason.

    Parameters
    ----------
    patients : RandomisedPatients
    events : Events
    design : CohortDesign
    phase_days : dict of str to int
        Days with which `induction` and `maintenance` are complete.
    random : numpy.random.Generator

    Returns
    -------
    Treatment
        Of nobody, where the design has no treatment.

    Raises
    ------
    CalibrationError
        If fewer patients stay on study long enough than the design says.
    """
    if design.treatment is None:
        return Treatment({}, {})
    treated = [patient for patient, in_arm in enumerate(patients.in_arm.tolist()) if in_arm]
    off_study = {patient: _off_study(patients, events, patient) for patient in treated}
    start = {patient: _between(random, *DAYS_TO_INDUCTION) for patient in treated}
    planned = {patient: start[patient] + phase_days["induction"] - 1 for patient in treated}
    second = {patient: planned[patient] + _between(random, *DAYS_TO_MAINTENANCE) for patient in treated}
    analysed = [patient for patient in treated if not events.excluded[patient]]
    able = [patient for patient in analysed if off_study[patient] > second[patient] + EARLIEST_STOP]
    counts = design.treatment
    completed = _first_of(random.permutation(able).tolist(), counts.completed_induction, "complete induction")
    entered = sorted(completed[: counts.entered_maintenance])
    return Treatment(
        induction={
            patient: (start[patient], planned[patient])
            if patient in completed
            else (start[patient], _early_end(events, patient, start[patient], planned[patient], off_study, random))
            for patient in treated
        },
        maintenance=_maintenance(
            patients, events, entered, second, off_study, counts, phase_days["maintenance"], random
        ),
    )


def _off_study(patients, events, patient):
    """Day of progression, death, loss or the end of assessments; infinite when there was none."""
    ends = [getattr(events, kind)[patient] for kind in ("progression", "lost", "assessed_until")]
    days = [patients.visits[patient][visit] for visit in ends if visit != NEVER]
    death = events.death[patient]
    return min(*days, death if death != NEVER else inf, inf)


def _early_end(events, patient, start, planned, off_study, random):
    if events.excluded[patient]:
        return start + _between(random, *INELIGIBLE_STOP)
    if off_study[patient] <= planned:
        return off_study[patient]
    return _between(random, start + EARLIEST_STOP, planned - 1)


def _maintenance(patients, events, entered, second, off_study, counts, days, random):
    ends = {}
    for patient in entered:
        planned = second[patient] + days - 1
        end = min(planned, off_study[patient])
        ends[patient] = end if end <= last_seen(patients, events, patient) else None
    untroubled = [patient for patient in entered if ends[patient] != off_study[patient]]
    stopping = random.permutation(untroubled).tolist()
    for patient in _first_of(stopping, counts.stopped_maintenance_early, "stop maintenance early"):
        latest = last_seen(patients, events, patient) if ends[patient] is None else ends[patient] - 1
        ends[patient] = _between(random, second[patient] + EARLIEST_STOP, latest)
    return {patient: (second[patient], ends[patient]) for patient in entered}


def _first_of(able, count, purpose):
    if len(able) < count:
        raise CalibrationError(f"{count} patients are to {purpose}, but only {len(able)} stay on study long enough.")
    return able[:count]


def _between(random, first, last):
    return int(random.integers(first, last + 1))
