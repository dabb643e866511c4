"""Adverse events: patients who had any, a severe, a serious or a fatal one."""

import pandas as pd

from smmlib.trial.data_cutoff import cut_tables
from smmlib.trial.population import analysed_subjects

SEVERE, FATAL = 3, 5
"""Grades of the Common Terminology Criteria for Adverse Events."""
SEVERE_WORDS = "grade 3 or higher"


def adverse_event_patients(study, tables):
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
    kinds = {
        "any adverse event": pd.Series(True, index=events.index),
        SEVERE_WORDS: events["AETOXGR"] >= SEVERE,
        "serious": events["AESER"],
        "fatal, grade 5": events["AETOXGR"] >= FATAL,
    }
    for term in study.severe_adverse_events:
        kinds[f"{SEVERE_WORDS}: {term}"] = kinds[SEVERE_WORDS] & (events["AEDECOD"].str.lower() == term.lower())
    return subjects, {
        words: pd.Series(subjects.index.isin(events.loc[of_kind, "USUBJID"]), index=subjects.index)
        for words, of_kind in kinds.items()
    }
