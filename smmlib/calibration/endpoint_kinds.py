"""What each endpoint sees of the patients' histories: a day, and whether it is that of the event."""

from enum import Enum

import numpy as np

from smmlib.calibration.targets import CalibrationError

PROGRESSED_OR_ASSESSED, PROGRESSED, DIED_OR_SEEN, DIED, ANALYSED = range(5)
"""Columns of an outcome: see `smmlib.calibration.events.outcome`."""


class Kind(Enum):
    """The endpoints that a synthetic history decides."""

    PROGRESSION = "time to progression"
    PROGRESSION_FREE = "progression-free survival"
    SURVIVAL = "overall survival"
    AFTER_PROGRESSION = "survival after progression"


KINDS = {
    ("RANDDT", ("PROGDT",)): Kind.PROGRESSION,
    ("RANDDT", ("DTHDT", "PROGDT")): Kind.PROGRESSION_FREE,
    ("RANDDT", ("DTHDT",)): Kind.SURVIVAL,
    ("PROGDT", ("DTHDT",)): Kind.AFTER_PROGRESSION,
}
"""By the date at which time is 0, and the dates of the event."""
SECOND_CANCER = ("SPMDT",)
"""Dates of the one other event that a synthetic cohort can have; it is drawn when all else is settled."""


def kinds_of(study):
    """Kind of each endpoint of a study, by name, those that are drawn later left out.

    Parameters
    ----------
    study : Study

    Returns
    -------
    dict of str to Kind

    Raises
    ------
    CalibrationError
        Naming an endpoint that synthetic patients do not have.
    """
    kinds = {}
    for name, rule in study.endpoints.items():
        dates = tuple(sorted(rule.event))
        if dates == SECOND_CANCER:
            continue
        if (rule.start, dates) not in KINDS:
            known = "; ".join(
                f"{kind.value} (from {start}: {', '.join(events)})" for (start, events), kind in KINDS.items()
            )
            raise CalibrationError(
                f"endpoint {name} counts {', '.join(dates)} from {rule.start}, which synthetic patients do not have: "
                f"they have {known}."
            )
        kinds[name] = KINDS[rule.start, dates]
    return kinds


def observed(outcomes, kind):
    """Day and event of the analysed patients who are part of an endpoint.

    Parameters
    ----------
    outcomes : ndarray of int, shape (n, 5)
        An outcome a patient.
    kind : Kind

    Returns
    -------
    day : ndarray of int, shape (m,)
    event : ndarray of bool, shape (m,)
    members : ndarray of bool, shape (n,)
        True for the m patients.
    """
    members = outcomes[:, ANALYSED] == 1
    if kind is Kind.AFTER_PROGRESSION:
        members &= outcomes[:, PROGRESSED] == 1
    of = outcomes[members]
    assessed, progressed, seen, died = (
        of[:, PROGRESSED_OR_ASSESSED],
        of[:, PROGRESSED] == 1,
        of[:, DIED_OR_SEEN],
        of[:, DIED] == 1,
    )
    if kind is Kind.PROGRESSION:
        return assessed, progressed, members
    if kind is Kind.SURVIVAL:
        return seen, died, members
    if kind is Kind.AFTER_PROGRESSION:
        return seen - assessed, died, members
    return np.where(died & ~progressed, seen, assessed), progressed | died, members


def columns_seen(kind):
    """Columns of an outcome that an endpoint depends on."""
    if kind is Kind.PROGRESSION:
        return [PROGRESSED_OR_ASSESSED, PROGRESSED, ANALYSED]
    if kind is Kind.SURVIVAL:
        return [DIED_OR_SEEN, DIED, ANALYSED]
    return [PROGRESSED_OR_ASSESSED, PROGRESSED, DIED_OR_SEEN, DIED, ANALYSED]
