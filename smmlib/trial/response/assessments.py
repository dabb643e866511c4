"""The assessments of response, one by one: what each recorded, what it counts as, and why it does not count."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from smmlib.trial.data import Tables
from smmlib.trial.data_cutoff import cut_tables
from smmlib.trial.parameters.study import Study
from smmlib.trial.population import ARM, analysed_subjects
from smmlib.trial.present import present
from smmlib.trial.privacy import names_of, without_order
from smmlib.trial.response.histories import response_histories
from smmlib.trial.response.history import AssessedResponse, progression
from smmlib.trial.response.what_counts import AFTER_PROGRESSION, PASSED_OVER, start_variable

ASSESSMENTS = ("patient", "arm", "date", "day", "recorded", "category", "confirmed", "passed_over")
"""Columns of a row an assessment."""


def response_assessments(study: Study, tables: Tables) -> pd.DataFrame:
    """The dated assessments of the analysed patients of the reported arms.

    Parameters
    ----------
    study : Study
        With a response section.
    tables : Tables

    Returns
    -------
    DataFrame
        A row a patient and assessment, in the order of the days: `patient`, `arm`; `date`; `day`, whole days from the
        start of response, NaN without a start; `recorded`, what the table says, `category`, what it counts as by the
        criteria, and `confirmed`, what of it counts where they ask for confirmation; `passed_over`, why it does not
        count, empty where it does. Without rows where responses have no dates.
    """
    tables = cut_tables(study, tables, study.data_cutoff)
    if not _are_dated(study, tables):
        return pd.DataFrame(columns=ASSESSMENTS)
    subjects = analysed_subjects(study, tables.subjects)
    subjects = subjects[subjects[ARM].isin([arm.id for arm in study.response_arms])]
    start = start_variable(study, subjects)
    starts = subjects[start].dropna().dt.date.to_dict() if start else {}
    histories = response_histories(study, tables)
    rows = [
        (name, arm, *row)
        for patient, name, arm in zip(subjects.index, names_of(study, subjects.index), subjects[ARM], strict=True)
        for row in _rows(study, histories[patient], starts.get(patient))
    ]
    return without_order(study, pd.DataFrame(rows, columns=ASSESSMENTS))


def _are_dated(study: Study, tables: Tables) -> bool:
    if study.response is not None and study.response.is_from_laboratory:
        return True
    responses = present(tables.responses)
    return "ADT" in responses and bool(responses["ADT"].notna().all())


def _rows(study: Study, history: list[AssessedResponse], start: date | None) -> Iterator[tuple[object, ...]]:
    """Where visits are named each of them counts by itself, also after progression."""
    by_visit = any(visit.visit is not None for visit in present(study.response).visits)
    progressed = None if by_visit else progression(history, study.response_scale.progression)
    for each in history:
        day = np.nan if start is None else (each.day - start).days
        after = progressed is not None and each.day > progressed.day
        passed_over = each.passed_over or (AFTER_PROGRESSION if after else "")
        shown = each.recorded or each.category, each.category, each.confirmed or ""
        yield f"{each.day:%Y-%m-%d}", day, *shown, passed_over


def passed_over_counts(study: Study, assessments: pd.DataFrame) -> dict[tuple[str, str], int]:
    """How many assessments of each reported arm do not count, by why; those that follow progression aside.

    Parameters
    ----------
    study : Study
    assessments : DataFrame
        From `response_assessments`.

    Returns
    -------
    dict of (str, str) to int
        By the id of the arm and the reason; those that occur.
    """
    counts = assessments.groupby(["arm", "passed_over"]).size()
    found = {(arm.id, why): int(counts.get((arm.id, why), 0)) for arm in study.response_arms for why in PASSED_OVER}
    return {key: count for key, count in found.items() if count}
