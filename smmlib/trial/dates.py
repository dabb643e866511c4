"""Dates of patients: where each stands in the tables, and what it is called."""

from dataclasses import dataclass
from datetime import date

from smmlib.trial.parameters.endpoint_rules import DEATH, FIRST_PROGRESSION, FIRST_RESPONSE, LAST_ASSESSMENT

WORDS = {
    "RANDDT": "randomisation",
    "NEWTRTDT": "new therapy",
    "DIAGDT": "diagnosis",
    "TRTSDT": "first treatment",
    "PROGDT": "progression",
    DEATH: "death",
    "LSTASDT": "last assessment",
    "LSTALVDT": "day last seen alive",
    LAST_ASSESSMENT: "last assessment",
    FIRST_RESPONSE: "first response",
    FIRST_PROGRESSION: "first progression found",
}
"""ADaM's names and ours; a variable of the user's own is called what it is."""


@dataclass(frozen=True)
class Dated:
    """A day of a patient, and where in the tables it stands."""

    day: date
    source: str


def in_words(variable: str) -> str:
    """What a date is called: "last assessment"; the name of the variable where it is not one of the known."""
    return WORDS.get(variable, variable)
