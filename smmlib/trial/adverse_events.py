"""Adverse events: patients who had any, a severe, a serious or a fatal one."""

import pandas as pd

from smmlib.trial.data_cutoff import cut_tables

SEVERE, FATAL = 3, 5
"""Grades of the Common Terminology Criteria for Adverse Events."""


def adverse_event_patients(study, tables, subjects):
    """Which patients had adverse events of each kind, up to the data cut-off.

    Parameters
    ----------
    study : Study
    tables : Tables
        With adverse events.
    subjects : DataFrame
        The patients of interest.

    Returns
    -------
    dict of str to Series of bool
        For each kind in words, whether each patient had one.
    """
    events = cut_tables(study, tables, study.data_cutoff).adverse_events
    kinds = {
        "any adverse event": pd.Series(True, index=events.index),
        "grade 3 or higher": events["AETOXGR"] >= SEVERE,
        "serious": events["AESER"],
        "fatal, grade 5": events["AETOXGR"] >= FATAL,
    }
    return {
        words: pd.Series(subjects.index.isin(events.loc[of_kind, "USUBJID"]), index=subjects.index)
        for words, of_kind in kinds.items()
    }
