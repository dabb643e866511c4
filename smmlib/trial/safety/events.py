"""The adverse events that count: those of the safety population, each with its term, grade and kinds."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from smmlib.trial.data import Tables
from smmlib.trial.data_cutoff import cut_tables
from smmlib.trial.parameters.adverse_events import RELATED
from smmlib.trial.parameters.study import Study
from smmlib.trial.population import analysed_subjects
from smmlib.trial.present import present
from smmlib.trial.safety.emergence import is_emergent
from smmlib.trial.safety.kinds import FATAL, SEVERE
from smmlib.trial.safety.sources import FLAG, EventSources, event_sources
from smmlib.trial.safety.spelling import one_spelling, plain
from smmlib.trial.safety.time_at_risk import days_at_risk, days_to_event
from smmlib.trial.tables.place import PLACE
from smmlib.trial.tables.problems import DataError, Problem

NO_CLASS = "no system organ class"
FATAL_OUTCOME = "FATAL"


@dataclass(frozen=True, eq=False)
class SafetyEvents:
    """The events that count, and the patients who were at risk of them.

    Attributes
    ----------
    subjects : DataFrame
        The safety population at the data cut-off, indexed by USUBJID, with `arm` and `days_at_risk`.
    events : DataFrame
        A row an event: `USUBJID`, `system_organ_class`, `term`, `grade` (1 to 5, or missing), the kinds of event as
        bool, and `days_to_event`.
    sources : EventSources
        Which columns of the table told what of them.
    """

    subjects: pd.DataFrame
    events: pd.DataFrame
    sources: EventSources


def safety_events(study: Study, tables: Tables) -> SafetyEvents:
    """The adverse events of a study that count, up to the data cut-off.

    Parameters
    ----------
    study : Study
        With a table of adverse events.
    tables : Tables

    Returns
    -------
    SafetyEvents

    Raises
    ------
    DataError
        If dates of treatment are missing that are needed.
    """
    sources = event_sources(study, present(tables.adverse_events))
    cut = cut_tables(study, tables, study.data_cutoff)
    subjects = _treated(study, tables.subjects, analysed_subjects(study, cut.subjects, study.safety_population))
    rows = present(cut.adverse_events)
    rows = rows[rows["USUBJID"].isin(subjects.index)]
    rows = rows.assign(grade=_grades(study, rows, sources))
    rows = rows[_counts(study, subjects, rows, sources)]
    timed = study.safety.treatment is not None
    subjects = subjects.assign(days_at_risk=days_at_risk(study, subjects) if timed else np.nan)
    events = pd.DataFrame(
        {
            "USUBJID": rows["USUBJID"],
            "system_organ_class": _classes(rows, sources),
            "term": one_spelling(rows["AEDECOD"]),
            "grade": rows["grade"],
            **_kinds(study, rows, sources),
            "days_to_event": days_to_event(study, subjects, rows) if timed else np.nan,
        }
    )
    return SafetyEvents(subjects, events, sources)


def _treated(study: Study, all_subjects: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """Patients whose treatment had begun at the data cut-off; one without its first day is a problem."""
    period = study.safety.treatment
    if period is None:
        return subjects
    missing = all_subjects.loc[subjects.index, period.start].isna()
    if missing.any():
        what = f"must be a date: every patient of the safety population has a first day of treatment ({period.start})"
        raise DataError(
            Problem(study.data.subjects, place, period.start, f"is empty, but {what}")
            for place in subjects.loc[missing, PLACE]
        )
    return subjects[subjects[period.start].notna()]


def _counts(study: Study, subjects: pd.DataFrame, rows: pd.DataFrame, sources: EventSources) -> np.ndarray:
    if sources.emergent == "dates":
        return is_emergent(study, subjects, rows)
    return rows[FLAG].to_numpy(dtype=bool) if sources.emergent == "flag" else np.ones(len(rows), dtype=bool)


def _grades(study: Study, rows: pd.DataFrame, sources: EventSources) -> pd.Series:
    if sources.severity == "AETOXGR":
        return rows["AETOXGR"]
    grades = {plain(word): float(grade) for word, grade in study.safety.grades.items()}
    return rows["AESEV"].map(plain).map(grades).astype(float)


def _classes(rows: pd.DataFrame, sources: EventSources) -> pd.Series | str:
    """One class for all where the table has none."""
    if not sources.system_organ_class:
        return ""
    return one_spelling(rows[sources.system_organ_class]).replace("", NO_CLASS)


def _kinds(study: Study, rows: pd.DataFrame, sources: EventSources) -> dict[str, pd.Series | bool]:
    """Whether each event is of each kind, of those that the table tells."""
    fatal = rows["grade"] >= FATAL
    if "AESDTH" in sources.fatal:
        fatal |= rows["AESDTH"]
    if "AEOUT" in sources.fatal:
        fatal |= _is_one_of(rows["AEOUT"], [FATAL_OUTCOME])
    kinds: dict[str, pd.Series | bool] = {"any": True, "grade_3": rows["grade"] >= SEVERE}
    kinds |= {"serious": rows["AESER"], "fatal": fatal}
    if sources.related:
        kinds["related"] = _is_one_of(rows["AEREL"], (*(study.safety.related or RELATED), ""))
    if sources.stopped:
        kinds["stopped"] = _is_one_of(rows["AEACN"], study.safety.stopped)
    return kinds


def _is_one_of(texts: pd.Series, words: Collection[str]) -> pd.Series:
    return texts.map(plain).isin({plain(word) for word in words})
