"""Measures of exposure to treatment: rows of the table of exposure as columns of the patients."""

from typing import TYPE_CHECKING

import pandas as pd

from smmlib.trial.tables.columns import measures_of_exposure

if TYPE_CHECKING:
    from smmlib.trial.parameters.study import Study


def with_measures(study: "Study", subjects: pd.DataFrame, exposure: pd.DataFrame) -> pd.DataFrame:
    """The table of subjects with a column for each measure that the parameters take from the table of exposure.

    Parameters
    ----------
    study : Study
    subjects, exposure : DataFrame
        As they were read.

    Returns
    -------
    DataFrame
        A patient without a row of a measure has no value of it.
    """
    columns, codes = {}, set(exposure["PARAMCD"])
    for covariate in measures_of_exposure(study):
        if covariate.variable not in codes:  # which was told when the table was read
            continue
        rows = exposure[exposure["PARAMCD"] == covariate.variable].drop_duplicates("USUBJID").set_index("USUBJID")
        of_patients = rows["AVAL" if covariate.is_continuous else "AVALC"].reindex(subjects["USUBJID"])
        values = of_patients if covariate.is_continuous else of_patients.fillna("")
        columns[covariate.variable] = values.to_numpy()
    return subjects.assign(**columns)
