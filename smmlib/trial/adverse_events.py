"""Adverse events: patients who had any, a severe, a serious or a fatal one."""

import pandas as pd

from smmlib.trial.data import Tables
from smmlib.trial.data_cutoff import cut_tables
from smmlib.trial.parameters.study import Study
from smmlib.trial.population import analysed_subjects

SEVERE, FATAL = 3, 5
"""Grades of the Common Terminology Criteria for Adverse Events."""
SEVERE_WORDS = "grade 3 or higher"


def kinds_of_adverse_events(study: Study) -> dict[str, tuple[str, str]]:
    """The kinds that are counted.

    Parameters
    ----------
    study : Study

    Returns
    -------
    dict of str to (str, str)
        Each kind in words, with its id in the names of numbers and the term that it is about, if any.
    """
    kinds = {
        "any adverse event": ("any", ""),
        SEVERE_WORDS: ("grade_3", ""),
        "serious": ("serious", ""),
        "fatal, grade 5": ("fatal", ""),
    }
    return kinds | {f"{SEVERE_WORDS}: {term}": ("grade_3", term) for term in study.severe_adverse_events}


def adverse_event_patients(study: Study, tables: Tables) -> tuple[pd.DataFrame, dict[str, pd.Series]]:
    """Which patients of the safety population had adverse events of each kind, up to the data cut-off.

    Parameters
    ----------
    study : Study
    tables : Tables

    Returns
    -------
    subjects : DataFrame
        The safety population, or the analysed one where the study names none.
    kinds : dict of str to Series of bool
        For each kind in words, whether each of them had one; empty where the study has no table of adverse events.
    """
    tables = cut_tables(study, tables, study.data_cutoff)
    subjects, events = analysed_subjects(study, tables.subjects, study.safety_population), tables.adverse_events
    if events is None:
        return subjects, {}
    is_of = {
        "any": pd.Series(True, index=events.index),
        "grade_3": events["AETOXGR"] >= SEVERE,
        "serious": events["AESER"],
        "fatal": events["AETOXGR"] >= FATAL,
    }
    affected = {}
    for words, (kind, term) in kinds_of_adverse_events(study).items():
        rows = is_of[kind] & (events["AEDECOD"].str.lower() == term.lower()) if term else is_of[kind]
        affected[words] = pd.Series(subjects.index.isin(events.loc[rows, "USUBJID"]), index=subjects.index)
    return subjects, affected
