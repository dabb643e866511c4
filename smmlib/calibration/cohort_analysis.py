"""A cohort analysed as any study is: its tables read and checked, its endpoints derived, its numbers estimated."""

from smmlib.analysis.sections import study_numbers
from smmlib.trial.analysis_data import derive
from smmlib.trial.data import read_tables


def cohort_analysis_data(study, tables):
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


def cohort_numbers(study, tables):
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
