"""Adverse events by patient: what the analysis data hold of them."""

from dataclasses import dataclass

import pandas as pd

from smmlib.trial.data import Tables
from smmlib.trial.parameters.study import Study
from smmlib.trial.population import ARM
from smmlib.trial.privacy import names_of, without_order
from smmlib.trial.safety.events import SafetyEvents, safety_events
from smmlib.trial.safety.kinds import KINDS, kinds_in_population
from smmlib.trial.safety.sources import EventSources
from smmlib.trial.safety.spelling import plain

COLUMNS = {
    "safety_population": ("patient", "arm", "days_at_risk"),
    "adverse_events": ("kind", "term", "patient", "arm", "affected", "events", "worst_grade", "days_to_event"),
    "adverse_event_terms": (
        *("system_organ_class", "term", "patient", "arm"),
        *("events", "worst_grade", "days_to_event"),
    ),
}
"""Columns of each part of the analysis data that is about adverse events."""
COUNTED = {"events": ("grade", "size"), "worst_grade": ("grade", "max"), "days_to_event": ("days_to_event", "min")}


@dataclass(frozen=True, eq=False)
class EventsByPatient:
    """Adverse events by patient, under the names that patients have outside of the data.

    Attributes
    ----------
    safety_population : DataFrame
        A row a patient: `patient`, `arm`, `days_at_risk`.
    adverse_events : DataFrame
        A row a patient and kind of event, or severe event of a term: `kind`, `term`, `patient`, `arm`, whether the
        patient is `affected`, the number of `events`, their `worst_grade`, and the days to the first, `days_to_event`.
    adverse_event_terms : DataFrame
        A row a patient and term of which the patient had events: `system_organ_class`, `term` and the same.
    event_sources : EventSources or None
        None where the study has no table of adverse events.
    """

    safety_population: pd.DataFrame
    adverse_events: pd.DataFrame
    adverse_event_terms: pd.DataFrame
    event_sources: EventSources | None


def events_by_patient(study: Study, tables: Tables) -> EventsByPatient:
    """The adverse events of a study by patient.

    Parameters
    ----------
    study : Study
    tables : Tables

    Returns
    -------
    EventsByPatient
    """
    parts = {name: pd.DataFrame(columns=list(columns)) for name, columns in COLUMNS.items()}
    if tables.adverse_events is None:
        return EventsByPatient(**parts, event_sources=None)
    safety = safety_events(study, tables)
    subjects, sources = safety.subjects, safety.sources
    named = pd.Series(names_of(study, subjects.index), index=subjects.index, dtype=object)
    patients = pd.DataFrame({"patient": named, "arm": subjects[ARM].astype(str)})
    kinds = [_of_kind(safety, patients, kind, term) for kind, term in _kinds(study, safety)]
    parts["adverse_events"] = pd.concat([without_order(study, rows) for rows in kinds], ignore_index=True)
    parts["safety_population"] = patients.assign(days_at_risk=subjects["days_at_risk"])
    parts["adverse_event_terms"] = _by_term(safety, patients)
    ordered = {name: without_order(study, parts[name])[list(columns)] for name, columns in COLUMNS.items()}
    return EventsByPatient(**(ordered | {"adverse_events": parts["adverse_events"]}), event_sources=sources)


def _kinds(study: Study, safety: SafetyEvents) -> list[tuple[str, str]]:
    """The kinds of each section of the report, those of the terms after the others."""
    told = [kind for kind in KINDS if kind in safety.events]
    return list(dict.fromkeys([*kinds_in_population(study), *((kind, "") for kind in told)]))


def _of_kind(safety: SafetyEvents, patients: pd.DataFrame, kind: str, term: str) -> pd.DataFrame:
    """A row for each patient, affected or not."""
    rows = safety.events[safety.events[kind].astype(bool)]
    if term:
        rows = rows[rows["term"].map(plain) == plain(term)]
    found = rows.groupby("USUBJID").agg(**COUNTED).reindex(patients.index)
    found = found.assign(affected=found["events"].notna(), events=found["events"].fillna(0).astype(float))
    return patients.join(found).assign(kind=kind, term=term)[list(COLUMNS["adverse_events"])]


def _by_term(safety: SafetyEvents, patients: pd.DataFrame) -> pd.DataFrame:
    keys = ["system_organ_class", "term", "USUBJID"]
    found = safety.events.groupby(keys, as_index=False).agg(**COUNTED)
    return found.join(patients, on="USUBJID").astype({"events": float})
