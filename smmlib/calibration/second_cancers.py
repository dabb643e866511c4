"""Second primary cancers, drawn when all else of a cohort is settled."""

import numpy as np

from smmlib.calibration.endpoint_kinds import SECOND_CANCER
from smmlib.calibration.events import last_seen
from smmlib.calibration.fast_statistics import EventOrder, logrank_p_value
from smmlib.calibration.targets import CalibrationError, comparison_key

EARLIEST = 60
"""Days from randomisation before anybody is found to have another cancer."""
DRAWS = 20_000


def draw_second_cancers(study, patients, events, targets, random):
    """Who is found to have a second primary cancer, and on which day, so that the log-rank test says what it should.

    Parameters
    ----------
    study : Study
    patients : RandomisedPatients
    events : Events
    targets : dict of (Key, str) to Target
    random : numpy.random.Generator

    Returns
    -------
    dict of int to int
        Day of it, by patient.

    Raises
    ------
    CalibrationError
        If no draw gives the P value that is claimed.
    """
    counts = study.synthetic.second_cancers
    if counts is None:
        return {}
    endpoints = [name for name, rule in study.endpoints.items() if tuple(rule.event) == SECOND_CANCER]
    tests = [(comparison_key(study, "logrank", endpoint), "p_value") for endpoint in endpoints]
    wanted = [targets[test] for test in tests if test in targets]
    seen = np.array([last_seen(patients, events, patient) for patient in range(len(patients.visits))])
    closest = np.inf
    for _ in range(DRAWS):
        found = _draw(patients, seen, counts, random)
        p_value = _p_value(seen, found, patients.in_arm)
        excess = sum(each.excess(p_value) for each in wanted)
        if excess == 0:
            return found
        closest = min(closest, excess)
    raise CalibrationError(
        f"{counts.arm} and {counts.reference} second cancers never gave P = {wanted[0].printed}: the nearest was "
        f"{closest:.3g} printed units off. Change synthetic.second_cancers, or the claim."
    )


def _draw(patients, seen, counts, random):
    found = {}
    for part, members in (("arm", patients.in_arm), ("reference", ~patients.in_arm)):
        able = np.flatnonzero(members & (seen > EARLIEST))
        for patient in random.permutation(able)[: getattr(counts, part)].tolist():
            found[patient] = int(random.integers(EARLIEST, seen[patient]))
    return found


def _p_value(seen, found, in_arm):
    day, event = seen.copy(), np.zeros(len(seen), dtype=bool)
    for patient, when in found.items():
        day[patient], event[patient] = when, True
    order = EventOrder(day, event, in_arm)
    return 1.0 if order.ties() else logrank_p_value(order)
