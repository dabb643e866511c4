"""Response at a visit, in a phase or over the whole course: the category of each patient of the denominator."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from smmlib.stats.read_only import read_only
from smmlib.trial.categories import NOT_EVALUABLE
from smmlib.trial.data import Tables
from smmlib.trial.data_cutoff import cut_tables
from smmlib.trial.parameters.arms import Arm
from smmlib.trial.parameters.response_plan import Phase, ResponseVisit
from smmlib.trial.parameters.study import Study
from smmlib.trial.population import ARM, analysed_subjects, empty_arms
from smmlib.trial.present import present
from smmlib.trial.privacy import names_of, source_in_words, without_order
from smmlib.trial.response.histories import best_of, dated
from smmlib.trial.response.what_counts import what_counts
from smmlib.trial.tables.place import PLACE
from smmlib.trial.tables.problems import DataError, Problem

DERIVATION = ("visit", "patient", "arm", "response", "date", "confirmed", "explanation", "source")
"""Columns of the derivation; visit and arm are ids."""

_Row = tuple[str, str, str, str, str]


@dataclass(frozen=True, eq=False)
@read_only
class ResponseAtVisit:
    """Response of each patient who counts at a visit.

    Attributes
    ----------
    category : ndarray of str, shape (n,)
        Patients of the denominator without an assessment count as not evaluable, and so as not responding, be it that
        nobody of their arm has one.
    arm : ndarray of str, shape (n,)
        Id of the arm that each counts for.
    derivation : DataFrame
        Why: a row a patient, with the day, the confirmation, the values that decided and where they stand. In the order
        of the hashes, where patients are named so.
    """

    category: NDArray[np.str_]
    arm: NDArray[np.str_]
    derivation: pd.DataFrame


def response_at(study: Study, tables: Tables, visit: ResponseVisit) -> ResponseAtVisit:
    """Response category of each patient who counts at a visit.

    Parameters
    ----------
    study : Study
    tables : Tables
    visit : ResponseVisit
        One of `study.response.visits`.

    Returns
    -------
    ResponseAtVisit

    Raises
    ------
    DataError
        If the visit does not occur, nobody of a reported arm counts at it, or the laboratory values contradict what the
        parameters say of them.

    Examples
    --------
    E3A06 reported a response in half of 90 patients with lenalidomide. From the folder of the project:

    >>> from smmlib.trial import read_study, read_tables, response_at
    >>> study = read_study("params/e3a06-2020.yaml")
    >>> best = response_at(study, read_tables(study), study.response.visits[0])
    >>> treated = best.category[best.arm == "lenalidomide"]
    >>> len(treated), int((treated == "PR").sum())
    (90, 45)
    """
    tables = cut_tables(study, tables, study.data_cutoff)
    patients = _denominator(study, tables, visit)
    rows = _of_visit(study, tables, visit) if visit.visit else _best(study, tables, visit, patients)
    missing = (NOT_EVALUABLE, "", "", "no assessment", "")
    found = [rows.get(patient, missing) for patient in patients.index]
    names = names_of(study, patients.index)
    derivation = [(visit.id, name, arm, *row) for name, arm, row in zip(names, patients[ARM], found, strict=True)]
    response = from_derivation(pd.DataFrame(derivation, columns=DERIVATION))
    return replace(response, derivation=without_order(study, response.derivation))


def from_derivation(rows: pd.DataFrame) -> ResponseAtVisit:
    """Response at a visit from its derivation: a row a patient, as `ResponseAtVisit.derivation` holds them."""
    return ResponseAtVisit(rows["response"].to_numpy(dtype=str), rows["arm"].to_numpy(dtype=str), rows)


def arm_categories(response: ResponseAtVisit, arm: Arm) -> NDArray[np.str_]:
    """Response categories of the patients of one arm.

    Parameters
    ----------
    response : ResponseAtVisit
        From `response_at`.
    arm : Arm
        One of `study.arms.levels`.

    Returns
    -------
    ndarray of str
        Such as "PR", "SD", or "NE" for patients without an assessment.

    Examples
    --------
    E3A06 reported no response among 92 patients under observation.

    >>> from smmlib import analysis_data
    >>> from smmlib.trial import arm_categories
    >>> data = analysis_data("e3a06-2020")
    >>> categories = arm_categories(data.response("best"), data.study.arms.named("observation"))
    >>> len(categories), set(categories.tolist())
    (92, {'SD'})
    """
    return response.category[response.arm == arm.id]


def _denominator(study: Study, tables: Tables, visit: ResponseVisit) -> pd.DataFrame:
    patients = analysed_subjects(study, tables.subjects)
    patients = patients[patients[ARM].isin([arm.id for arm in study.response_arms])]
    if visit.denominator != "analysed":
        patients = patients[patients[_phase(study, visit.denominator).start].notna()]
    empty = empty_arms(study.response_arms, patients)
    if empty:
        among = "is analysed" if visit.denominator == "analysed" else f"started {visit.denominator}"
        what = f"response at {visit.id}: no patient of arm {empty[0].value!r} {among}, so that there is no rate"
        raise DataError([Problem(study.data.subjects, "", "", what)])
    return patients


def _phase(study: Study, name: str) -> Phase:
    return next(phase for phase in study.phases if phase.id == name)


def _of_visit(study: Study, tables: Tables, visit: ResponseVisit) -> dict[str, _Row]:
    """What ADRS records for the visit."""
    responses = present(tables.responses)
    known = sorted(responses["AVISIT"].unique())
    rows = responses[responses["AVISIT"] == visit.visit]
    if rows.empty:
        what = f"{visit.visit!r} does not occur; the table holds {', '.join(known)}"
        raise DataError([Problem(present(study.data.responses), "", "AVISIT", what)])
    found, counts = {}, what_counts(study, tables)
    for row in rows.to_dict("records"):
        source = source_in_words(study, present(study.data.responses), [row[PLACE]])
        day = _day(row.get("ADT"))
        _, why_not = counts.why_not(row["USUBJID"], row["ADT"].date()) if day else ("", "")
        category = NOT_EVALUABLE if why_not else row["AVALC"]
        found[row["USUBJID"]] = (category, day, "", why_not or "as recorded", source)
    return found


def _best(study: Study, tables: Tables, visit: ResponseVisit, patients: pd.DataFrame) -> dict[str, _Row]:
    """The best confirmed response in a phase, or in the whole course."""
    first, last = _days_of_phase(study, visit, patients)
    found = {}
    for patient in patients.index:
        if visit.phase is not None and patient not in first:
            found[patient] = (NOT_EVALUABLE, "", "", "the phase was not started", "")
            continue
        best = best_of(study, tables, patient, first.get(patient), last.get(patient))
        source = dated(study, best).source if best.rows else ""
        found[patient] = (best.category, _day(best.day), _day(best.confirmed_on), best.reason, source)
    return found


def _days_of_phase(
    study: Study, visit: ResponseVisit, patients: pd.DataFrame
) -> tuple[dict[str, date], dict[str, date]]:
    """First and last day of each patient's phase; of a phase that goes on the last day is open."""
    if visit.phase is None:
        return {}, {}
    phase = _phase(study, visit.phase)
    return _days(patients[phase.start]), _days(patients[phase.end])


def _days(dates: pd.Series) -> dict[str, date]:
    return dict(dates.dropna().dt.date)


def _day(day: date | None) -> str:
    return "" if day is None or day != day else f"{day:%Y-%m-%d}"
