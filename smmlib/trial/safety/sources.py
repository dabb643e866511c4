"""What the table of adverse events tells, and by which of its columns."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from smmlib.trial.parameters.adverse_events import NOT_RELATED, RELATED
from smmlib.trial.parameters.study import Study
from smmlib.trial.safety.spelling import plain

FLAG = "TRTEMFL"


@dataclass(frozen=True)
class EventSources:
    """Which columns tell what of the events.

    Attributes
    ----------
    emergent : {"flag", "dates", "all"}
        Which events count.
    severity : {"AETOXGR", "AESEV"}
        Column of the grade.
    system_organ_class : str
        Column of the class; empty where there is none.
    related : tuple of str
        Words of AEREL that count as related; empty where the table does not tell what is related.
    stopped : bool
        Whether AEACN tells which events led to a stop of treatment.
    fatal : tuple of str
        Columns besides the grade that tell which events were fatal.
    """

    emergent: str
    severity: str
    system_organ_class: str
    related: tuple[str, ...]
    stopped: bool
    fatal: tuple[str, ...]


def sources_from(fields: dict[str, Any]) -> EventSources:
    """The same from its fields as JSON has them, lists for tuples."""
    words: dict[str, Any] = {name: tuple(fields[name]) for name in ("related", "fatal")}
    return EventSources(**(fields | words))


def event_sources(study: Study, events: pd.DataFrame) -> EventSources:
    """Which columns of a table tell what of its events, as the parameters say or as there are.

    Parameters
    ----------
    study : Study
    events : DataFrame
        ADAE as read.

    Returns
    -------
    EventSources
    """
    safety = study.safety
    classes = [name for name in ("AEBODSYS", "AESOC") if name in events]
    return EventSources(
        emergent=safety.emergent or ("flag" if has_flag(events) else "all"),
        severity=severity_column(study, events),
        system_organ_class=safety.system_organ_class or next(iter(classes), ""),
        related=_related_words(study, events),
        stopped=_is_filled(events, "AEACN"),
        fatal=tuple(name for name in ("AESDTH", "AEOUT") if name in events),
    )


def has_flag(events: pd.DataFrame) -> bool:
    """Whether some event is flagged as treatment-emergent: a column that is empty tells nothing."""
    return FLAG in events and bool(events[FLAG].any())


def severity_column(study: Study, events: pd.DataFrame) -> str:
    """The column that the grade is taken from: one that holds something goes before one that is empty."""
    if study.safety.severity is not None:
        return study.safety.severity
    graded = "AETOXGR" in events and events["AETOXGR"].notna().any()
    return "AESEV" if "AESEV" in events and not graded else "AETOXGR"


def _is_filled(events: pd.DataFrame, name: str) -> bool:
    return name in events and bool((events[name] != "").any())


def _related_words(study: Study, events: pd.DataFrame) -> tuple[str, ...]:
    """Those that the parameters name; of the usual ones those of so many patients as may be shown."""
    if not _is_filled(events, "AEREL"):
        return ()
    if study.safety.related is not None:
        return tuple(study.safety.related)
    patients = events.groupby(events["AEREL"].map(plain))["USUBJID"].nunique()
    if not set(patients.index) <= {plain(word) for word in (*RELATED, *NOT_RELATED, "")}:
        return ()
    fewest = study.suppress_below or 1
    return tuple(word for word in RELATED if patients.get(plain(word), 0) >= fewest) or RELATED
