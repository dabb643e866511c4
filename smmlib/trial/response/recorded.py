"""Response by visit: the category of each patient of the denominator."""

import numpy as np

from smmlib.trial.data import DataError, read_responses, read_subjects, refuse_strangers
from smmlib.trial.population import analysed_subjects, subjects_in_arm
from smmlib.trial.response.categories import RESPONSE_CATEGORIES

NOT_ASSESSED = "NE"


def response_categories(study, visit):
    """Response category of each patient who counts at a visit.

    Parameters
    ----------
    study : Study
    visit : ResponseVisit
        One of `study.response.visits`.

    Returns
    -------
    ndarray of str, shape (n,)
        Patients of the denominator without a record count as not evaluable, and so as not responding.

    Raises
    ------
    DataError
        If the visit does not occur, or a category is not one of the International Myeloma Working Group's.
    """
    arm = study.arms.named(study.response.arm)
    subjects = read_subjects(study)
    patients = subjects_in_arm(study, analysed_subjects(study, subjects), arm)
    if visit.denominator != "analysed":
        phase = next(phase for phase in study.phases if phase.id == visit.denominator)
        patients = patients[patients[phase.start].notna()]
    recorded = _recorded(study, visit, subjects)
    return np.array([recorded.get(patient, NOT_ASSESSED) for patient in patients.index])


def _recorded(study, visit, subjects):
    table = read_responses(study)
    refuse_strangers(table, subjects.index, study.data.responses)
    known = sorted(table["AVISIT"].unique())
    table = table[table["AVISIT"] == visit.visit]
    if table.empty:
        raise DataError(
            f"{study.data.responses}: AVISIT {visit.visit!r} does not occur; the table holds {', '.join(known)}."
        )
    unknown = table[~table["AVALC"].isin(RESPONSE_CATEGORIES)]
    if len(unknown):
        row = unknown.iloc[0]
        raise DataError(
            f"{study.data.responses}: row {row.name + 2}, patient {row['USUBJID']}: AVALC is {row['AVALC']!r}, "
            f"but must be one of {', '.join(RESPONSE_CATEGORIES)}."
        )
    return dict(zip(table["USUBJID"], table["AVALC"], strict=True))
