"""Rows of patients whom the analysis does not have: counted and passed over, unless an identifier seems misspelt."""

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from smmlib.trial.parameters.data_files import Table
from smmlib.trial.parameters.study import Study
from smmlib.trial.tables.place import PLACE, shown
from smmlib.trial.tables.problems import Problem

LOOK_ALIKE = str.maketrans("oil", "011")
ZEROS_IN_FRONT = re.compile(r"(?<![0-9])0+(?=[0-9])")


def rows_of_others(
    study: Study, tables: Mapping[Table, pd.DataFrame], analysed: pd.Series
) -> tuple[list[Problem], list[str]]:
    """Rows of other tables whose patients are not in the subject table, or not among those randomised to an arm.

    Parameters
    ----------
    study : Study
    tables : dict of str to DataFrame
        As they were read, `subjects` among them.
    analysed : Series of str
        Identifiers of the patients randomised to one of the arms.

    Returns
    -------
    problems : list of Problem
        Identifiers that a patient of the subject table has but for capitals, signs and zeros in front; tables with
        nobody of the subject table.
    notes : list of str
        How many rows of how many patients are passed over.
    """
    known = tables["subjects"]["USUBJID"]
    problems, notes = [], []
    for name in [name for name in tables if name != "subjects"]:
        file, others = getattr(study.data, name), tables[name][~tables[name]["USUBJID"].isin(analysed)]
        strange = others[~others["USUBJID"].isin(known)]
        if len(strange) == len(tables[name]) > 0:
            what = "no row is of a patient of the subject table: write identifiers in one way"
            problems.append(Problem(file, "", "USUBJID", what))
            continue
        misspelt = _misspelt(study, file, strange, known)
        problems += misspelt
        notes += [] if misspelt else _counted(file, strange, "not in the subject table")
        notes += _counted(file, others.drop(strange.index), "not randomised to one of the arms")
    return problems, notes


def _counted(file: str, rows: pd.DataFrame, who: str) -> list[str]:
    patients = rows["USUBJID"].nunique()
    what = f"passed over: {_number(len(rows), 'row')} of {_number(patients, 'patient')} {who}"
    return [f"{Path(file).name}: {what}"] if patients else []


def _number(count: int, of: str) -> str:
    return f"{count} {of}{'' if count == 1 else 's'}"


def _misspelt(study: Study, file: str, strange: pd.DataFrame, known: pd.Series) -> list[Problem]:
    of_plain = {_plain(patient): patient for patient in known} if len(strange) else {}
    problems = []
    for place, patient in strange[[PLACE, "USUBJID"]].itertuples(index=False):
        if meant := of_plain.get(_plain(patient)):
            is_it = f": is it {meant}?" if study.privacy == "identified" else ", where it is written otherwise"
            what = f"is {shown(study, 'USUBJID', patient)}, but must be a patient of the subject table{is_it}"
            problems.append(Problem(file, place, "USUBJID", what))
    return problems


def _plain(identifier: str) -> str:
    """An identifier without what programs and people change in it: capitals, blanks, signs, zeros in front, O for 0."""
    return re.sub(r"[\W_]", "", ZEROS_IN_FRONT.sub("", identifier.casefold().translate(LOOK_ALIKE)))
