"""Further columns of the subject table for a notebook of one's own, beside the analysis data."""

from collections.abc import Sequence
from difflib import get_close_matches

import pandas as pd

from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.privacy import names_of
from smmlib.trial.tables.cells import read_cells


def subject_columns(data: AnalysisData, variables: Sequence[str]) -> pd.DataFrame:
    """Columns of the subject table for the patients of the analysis data.

    Parameters
    ----------
    data : AnalysisData
    variables : sequence of str
        Names of columns, as the table has them.

    Returns
    -------
    DataFrame
        A row a patient of `data.subjects`, in its order: `patient`, `arm`, and the columns; numbers where every cell
        that is filled is one, else texts, "" where missing.

    Raises
    ------
    ValueError
        If the table has no such column, with the nearest; or if the study masks small counts, which could be counted
        in rows of patients.
    DataError
        If the table cannot be read.

    Examples
    --------
    Pairs of Freireich's trial were matched by remission: complete (CR) or partial (PR).

    >>> from smmlib import analysis_data
    >>> from smmlib.trial import subject_columns
    >>> data = analysis_data("freireich-1963")
    >>> len(subject_columns(data, ["TRT01P"]))
    42
    """
    if data.study.suppress_below is not None:
        raise ValueError("suppress_below masks small counts, which could be counted in rows of patients: leave it out.")
    table = read_cells(data.study.data.subjects).table
    absent = [name for name in variables if name not in table]
    if absent:
        near = get_close_matches(absent[0], table.columns, n=3)
        raise ValueError(f"the subject table has no column {absent[0]!r}; near to it are {', '.join(near) or 'none'}.")
    patients = pd.Series(names_of(data.study, table["USUBJID"]), index=table.index)
    asked = table[list(variables)].apply(_numbers).set_index(patients)
    return data.subjects[["patient", "arm"]].join(asked, on="patient")


def _numbers(column: pd.Series) -> pd.Series:
    """Numbers where every cell that is filled is one."""
    numbers = pd.to_numeric(column.where(column != ""), errors="coerce")
    return numbers if (numbers.notna() | (column == "")).all() else column
