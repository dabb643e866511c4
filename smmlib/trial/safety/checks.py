"""What must hold in the table of adverse events beyond single cells: words that mean something, terms that occur."""

from collections.abc import Collection, Iterator
from difflib import get_close_matches

import pandas as pd

from smmlib.trial.parameters.adverse_events import NOT_RELATED, RELATED, WITHDRAWN
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present
from smmlib.trial.safety.emergence import KNOWN_FOR_A
from smmlib.trial.safety.sources import FLAG, has_flag, severity_column
from smmlib.trial.safety.spelling import one_spelling, plain
from smmlib.trial.tables.place import PLACE
from smmlib.trial.tables.problems import Problem, quoted

MOST_NAMED = 5
"""Words of a column that a message names."""


def problems_of_adverse_events(study: Study, events: pd.DataFrame) -> list[Problem]:
    """Words that mean nothing, and words and terms of the parameters that no row has.

    Parameters
    ----------
    study : Study
    events : DataFrame
        ADAE as read, with the rows of all patients.

    Returns
    -------
    list of Problem
    """
    return [
        *_of_severity(study, events),
        *_of_flag(study, events),
        *_of_completed_dates(study, events),
        *_of_relation(study, events),
        *_of_stopped(study, events),
        *_of_terms(study, events),
    ]


def _of_severity(study: Study, events: pd.DataFrame) -> Iterator[Problem]:
    if "AETOXGR" not in events and "AESEV" not in events:
        what = "no column AETOXGR, with grades 1 to 5, nor AESEV, with the severity in words"
        yield Problem(present(study.data.adverse_events), "", "", what)
    elif severity_column(study, events) == "AESEV":
        known = study.safety.grades
        expected = f"must be one of {', '.join(known)}, or nothing: give the grade of each word under safety.grades"
        yield from _unknown(study, events, "AESEV", known, expected)


def _of_flag(study: Study, events: pd.DataFrame) -> Iterator[Problem]:
    if study.safety.emergent == "flag" and FLAG in events and not has_flag(events):
        what = "is Y in no row, so no event would count: set safety.emergent to dates or all"
        yield Problem(present(study.data.adverse_events), "", _name_in_table(study, FLAG), what)


def _of_completed_dates(study: Study, events: pd.DataFrame) -> Iterator[Problem]:
    if "ASTDTF" in events:
        expected = "must be D, M or Y, for what of the date was completed, or nothing"
        yield from _unknown(study, events, "ASTDTF", KNOWN_FOR_A, expected)


def _of_relation(study: Study, events: pd.DataFrame) -> Iterator[Problem]:
    if study.safety.related is not None and "AEREL" in events:
        yield from _absent(study, events, "AEREL", study.safety.related, "safety.related")
    elif "AEREL" in events and study.reports_safety:
        expected = "must be a word that says related or not: list those that mean related under safety.related"
        yield from _unknown(study, events, "AEREL", (*RELATED, *NOT_RELATED), expected)


def _of_stopped(study: Study, events: pd.DataFrame) -> Iterator[Problem]:
    """Nobody may have stopped, but a word of the parameters that no row has may be misspelt."""
    asked = [word for word in study.safety.stopped if word != WITHDRAWN]
    if "AEACN" in events:
        yield from _absent(study, events, "AEACN", asked, "safety.stopped")


def _of_terms(study: Study, events: pd.DataFrame) -> Iterator[Problem]:
    yield from _absent(study, events, "AEDECOD", study.severe_adverse_events, "severe_adverse_events")
    yield from _absent(study, events, "AEDECOD", study.safety.terms, "safety.terms")


def _unknown(
    study: Study, events: pd.DataFrame, variable: str, known: Collection[str], expected: str
) -> Iterator[Problem]:
    """Cells that hold none of the known words."""
    meaningful = {plain(word) for word in (*known, "")}
    wrong = events[~events[variable].map(plain).isin(meaningful)]
    for place, text in zip(wrong[PLACE], wrong[variable], strict=True):
        what = f"is {quoted(text)}, but {expected}"
        yield Problem(present(study.data.adverse_events), place, _name_in_table(study, variable), what)


def _absent(study: Study, events: pd.DataFrame, variable: str, asked: list[str], key: str) -> Iterator[Problem]:
    """Words that the parameters name and no row has."""
    counts = one_spelling(events[variable]).replace("", "nothing").value_counts()
    by_plain = {plain(word): word for word in counts.index}
    for word in (word for word in asked if plain(word) not in by_plain):
        near = get_close_matches(plain(word), by_plain, n=1)
        nearest = f"; the nearest is {by_plain[near[0]]!r} {counts[by_plain[near[0]]]}" if near else ""
        what = f"has no {word!r}, which {key} names{nearest}; the column holds {_most_frequent(counts)}"
        yield Problem(present(study.data.adverse_events), "", _name_in_table(study, variable), what)


def _most_frequent(counts: pd.Series) -> str:
    """The most frequent words of a column, and how many more there are."""
    in_order = sorted(counts.items(), key=lambda found: (-found[1], found[0]))
    named = ", ".join(f"{word!r} {count}" for word, count in in_order[:MOST_NAMED])
    rest = len(counts) - MOST_NAMED
    return f"{named} and {rest} others" if rest > 0 else named or "nothing"


def _name_in_table(study: Study, variable: str) -> str:
    return study.data.columns.get("adverse_events", {}).get(variable, variable)
