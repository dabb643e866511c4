"""How treatment and study ended, and how much treatment patients had: which columns and PARAMCDs tell it."""

import re

import pandas as pd

from smmlib.trial.new_study.found_tables import FoundTables
from smmlib.trial.new_study.guessed_arms import GuessedArms
from smmlib.trial.new_study.guessed_patients import MOST_LEVELS, GuessedVariable, described_variable, inside_arms

DISPOSITION_NAMES = {
    "EOTSTT": "Status at the end of treatment",
    "EOT01STT": "Status at the end of treatment",
    "DCTREAS": "Reason for stopping treatment",
    "DCT01RS": "Reason for stopping treatment",
    "EOSSTT": "Status at the end of the study",
    "DCSREAS": "Reason for leaving the study",
    "DCDECOD": "Reason for leaving the study",
}
"""Columns of the subject table that ADaM names, each with its name in words."""
EXPOSURE_NAMES = {
    "TRTDURD": ("Duration of treatment", "days"),
    "TRTDURM": ("Duration of treatment", "months"),
    "CUMDOSE": ("Cumulative dose", ""),
    "AVGDD": ("Average daily dose", ""),
}
"""Columns of the subject table, each with its name in words and its unit, empty where ADaM has none."""
OVERALL = "OVERALL"
"""PARCAT1 of the measures of the whole treatment."""
UNIT = re.compile(r"\s*\(([^()]+)\)\s*$")
DURATION = re.compile("durat", re.IGNORECASE)
MOST_MEASURES = 8


def guess_disposition(tables: FoundTables, arms: GuessedArms) -> list[GuessedVariable]:
    """Columns that say how treatment and study ended, and why."""
    inside = inside_arms(tables, arms)
    found = [
        described_variable(inside, name, label) for name, label in DISPOSITION_NAMES.items() if _is_filled(inside, name)
    ]
    labels = [each.label for each in found]
    found = [each for place, each in enumerate(found) if each.label not in labels[:place]]
    return [each for each in found if not each.is_continuous and len(each.levels) <= MOST_LEVELS]


def guess_exposure(tables: FoundTables, arms: GuessedArms) -> tuple[list[GuessedVariable], list[GuessedVariable]]:
    """What tells the extent of exposure.

    Parameters
    ----------
    tables : FoundTables
    arms : GuessedArms

    Returns
    -------
    columns : list of GuessedVariable
        Of the subject table; none of the duration of treatment where the measures have one.
    measures : list of GuessedVariable
        PARAMCDs of the table of exposure with one row a patient: those of the whole treatment, where it marks them.
    """
    measures = _measures(tables, arms)
    inside = inside_arms(tables, arms)
    is_timed = any(DURATION.search(each.label) for each in measures)
    columns = [
        described_variable(inside, name, label, unit)
        for name, (label, unit) in EXPOSURE_NAMES.items()
        if _is_filled(inside, name) and not (is_timed and DURATION.search(label))
    ]
    return [each for each in columns if each.is_continuous], measures


def _measures(tables: FoundTables, arms: GuessedArms) -> list[GuessedVariable]:
    rows = tables.frames.get("exposure")
    if rows is None or not {"PARAMCD", "AVAL"} <= set(rows):
        return []
    inside = inside_arms(tables, arms)
    rows = rows[rows["USUBJID"].isin(inside["USUBJID"])]
    whole = rows[rows["PARCAT1"].str.upper() == OVERALL] if "PARCAT1" in rows else rows[:0]
    rows = whole if len(whole) else rows
    found = [_measure(inside, rows[rows["PARAMCD"] == code], code) for code in rows["PARAMCD"].unique() if code]
    return [each for each in found if each is not None and _tells(each)][:MOST_MEASURES]


def _measure(inside: pd.DataFrame, rows: pd.DataFrame, code: str) -> GuessedVariable | None:
    """A measure as if it were a column of the subjects; None where a patient has several rows of it."""
    if rows["USUBJID"].duplicated().any() or code in inside:
        return None
    param = rows["PARAM"].iloc[0] if "PARAM" in rows else ""
    unit = UNIT.search(param)
    values = rows["AVAL"] if (rows["AVAL"] != "").any() else rows.get("AVALC", rows["AVAL"])
    of_patients = pd.Series(values.to_numpy(), index=rows["USUBJID"]).reindex(inside["USUBJID"]).fillna("")
    column = pd.DataFrame({code: of_patients.to_numpy()})
    return described_variable(column, code, UNIT.sub("", param) or code, unit[1] if unit else "")


def _tells(measure: GuessedVariable) -> bool:
    """Whether the measure differs between patients: numbers, or categories, of which there are few."""
    return measure.is_continuous or 2 <= len(measure.levels) <= MOST_LEVELS


def _is_filled(subjects: pd.DataFrame, name: str) -> bool:
    return name in subjects and bool((subjects[name] != "").any())
