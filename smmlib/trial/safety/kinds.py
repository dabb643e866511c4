"""Kinds of adverse events of which the patients are counted."""

from smmlib.trial.parameters.study import Study
from smmlib.trial.safety.sources import EventSources

SEVERE, FATAL = 3, 5
"""Grades of the Common Terminology Criteria for Adverse Events."""
KINDS = {
    "any": "any adverse event",
    "related": "related to treatment",
    "grade_3": "grade 3 or higher",
    "serious": "serious",
    "stopped": "led to a stop of treatment",
    "fatal": "fatal",
}
"""Kinds in words, by their ids in the names of numbers."""
IN_POPULATION = ("any", "grade_3", "serious", "fatal")
"""Those that the section of the patients counts."""


def kinds_in_population(study: Study) -> list[tuple[str, str]]:
    """The kinds that the section of the patients counts, each with the term that it is about.

    Parameters
    ----------
    study : Study

    Returns
    -------
    list of (str, str)
        The id of a kind, and a term of `severe_adverse_events` or nothing.
    """
    return [(kind, "") for kind in IN_POPULATION] + [("grade_3", term) for term in study.severe_adverse_events]


def kind_in_words(kind: str, term: str = "", sources: EventSources | None = None) -> str:
    """A kind in words: "grade 3 or higher: Infection"; where `sources` are given, with what only they tell."""
    words = KINDS[kind]
    if sources is not None and kind == "fatal" and not sources.fatal:
        words = f"{words}, grade {FATAL}"
    words = f"{words}: {term}" if term else words
    return f"{words}, treatment-emergent" if sources is not None and sources.emergent != "all" else words
