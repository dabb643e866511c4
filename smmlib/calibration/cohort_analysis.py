"""A cohort analysed as any study is: its tables read and checked, its endpoints derived, its numbers estimated."""

from collections.abc import Mapping

import pandas as pd

from smmlib.analysis.keys import Numbers
from smmlib.analysis.sections import study_numbers
from smmlib.trial.analysis_data import AnalysisData, derive
from smmlib.trial.data import read_tables
from smmlib.trial.parameters.study import Study


def cohort_analysis_data(study: Study, tables: Mapping[str, pd.DataFrame]) -> AnalysisData:
    """The analysis data of a cohort.

    Parameters
    ----------
    study : Study
    tables : dict of str to DataFrame
        As `smmlib.calibrate` returns them.

    Returns
    -------
    AnalysisData
        With the cohort's own names of patients and nothing suppressed, for they are nobody.
    """
    of_nobody = study.model_copy(update={"privacy": "identified", "suppress_below": None})
    return derive(of_nobody, read_tables(of_nobody, tables))


def cohort_numbers(study: Study, tables: Mapping[str, pd.DataFrame]) -> Numbers:
    """All numbers that the runs of a study record, of a cohort.

    Parameters
    ----------
    study : Study
    tables : dict of str to DataFrame

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
    """
    return study_numbers(cohort_analysis_data(study, tables))
