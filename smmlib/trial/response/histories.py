"""The assessed responses of each patient: derived from the laboratory or the overall responses, or as recorded."""

from datetime import date

from smmlib.trial.categories import NOT_EVALUABLE
from smmlib.trial.data import Tables
from smmlib.trial.dates import Dated
from smmlib.trial.parameters.endpoint_rules import FIRST_PROGRESSION, FIRST_RESPONSE
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present
from smmlib.trial.privacy import source_in_words
from smmlib.trial.response.history import (
    AssessedResponse,
    BestResponse,
    best_response,
    first_response,
    progression,
    response_history,
)
from smmlib.trial.response.laboratory import laboratory_assessments
from smmlib.trial.response.recist import best_overall_response, day_stable, recist_history
from smmlib.trial.response.recorded import assessed_as_recorded, best_recorded_response
from smmlib.trial.response.what_counts import WhatCounts, what_counts
from smmlib.trial.tables.place import PLACE

Histories = dict[str, list[AssessedResponse]]
"""By patient, in the order of their days."""


def response_histories(study: Study, tables: Tables, *, through_new_therapy: bool = False) -> Histories:
    """The responses of each patient in the order of their days.

    Parameters
    ----------
    study : Study
    tables : Tables
    through_new_therapy : bool
        Whether assessments under new therapy count as well. For response they do not; whether the disease was assessed,
        and when it progressed, is for the rule of the endpoint to say.

    Returns
    -------
    dict of str to list of AssessedResponse
        For every randomised patient. What ADRS records is confirmed, on its day, unless the criteria are those of
        RECIST 1.1.
    """
    return tables.once(
        study, ("responses", through_new_therapy), lambda: _histories(study, tables, through_new_therapy)
    )


def _histories(study: Study, tables: Tables, through_new_therapy: bool) -> Histories:
    if study.response is not None and study.response.is_from_laboratory:
        return _from_laboratory(study, tables, through_new_therapy)
    recorded = _recorded(tables, what_counts(study, tables, through_new_therapy=through_new_therapy))
    if study.response is None or study.response.confirmation is None:
        return recorded
    confirmation = study.response.confirmation
    return {patient: recist_history(history, confirmation) for patient, history in recorded.items()}


def _from_laboratory(study: Study, tables: Tables, through_new_therapy: bool) -> Histories:
    new_therapy = None if study.response is None or through_new_therapy else study.response.new_therapy
    stops = tables.subjects[new_therapy].dropna().dt.date.to_dict() if new_therapy else {}
    assessments = tables.once(study, "assessments", lambda: laboratory_assessments(study, tables))
    if not stops:
        return {patient: response_history(*of_patient, stop=None) for patient, of_patient in assessments.items()}
    histories = response_histories(study, tables, through_new_therapy=True)
    return histories | {
        patient: response_history(*of_patient, stop=stops[patient])
        for patient, of_patient in assessments.items()
        if patient in stops
    }


def _recorded(tables: Tables, counts: WhatCounts) -> Histories:
    histories: Histories = {patient: [] for patient in tables.subjects.index}
    for row in present(tables.responses).sort_values("ADT", kind="stable").to_dict("records"):
        patient, day = row["USUBJID"], row["ADT"].date()
        why_not = counts.why_not(patient, day)
        histories[patient].append(assessed_as_recorded(day, row["AVALC"], (row[PLACE],), *why_not))
    return histories


def best_of(
    study: Study, tables: Tables, patient: str, first: date | None = None, last: date | None = None
) -> BestResponse:
    """Best response of one patient by the criteria of the study, in the whole course or in a period.

    Parameters
    ----------
    study : Study
        With a response section.
    tables : Tables
    patient : str
    first, last : date, optional
        Days between which the response must be shown, both included; it may be confirmed later.

    Returns
    -------
    BestResponse
    """
    response, history = present(study.response), response_histories(study, tables)[patient]
    if response.is_from_laboratory:
        return best_response(history, first=first, last=last)
    if response.criteria == "recorded":
        return best_recorded_response(history, study.response_scale, first=first, last=last)
    start = tables.once(study, "what counts", lambda: what_counts(study, tables)).starts.get(patient)
    return best_overall_response(history, day_stable(start, present(response.stable_days)), first=first, last=last)


def response_dates(study: Study, tables: Tables) -> dict[str, dict[str, Dated]]:
    """First response and first progression of each patient, where there are any.

    Parameters
    ----------
    study : Study
    tables : Tables

    Returns
    -------
    dict of str to dict of str to Dated
    """
    return tables.once(study, "response dates", lambda: _response_dates(study, tables))


def _response_dates(study: Study, tables: Tables) -> dict[str, dict[str, Dated]]:
    assessed = response_histories(study, tables, through_new_therapy=True)
    stopped = study.response is not None and study.response.new_therapy is not None
    histories = response_histories(study, tables) if stopped else assessed
    scale, dates = study.response_scale, {}
    for patient, history in histories.items():
        first = {
            FIRST_RESPONSE: first_response(history, scale.responders, scale.progression),
            FIRST_PROGRESSION: progression(assessed[patient], scale.progression),
        }
        dates[patient] = {name: dated(study, each) for name, each in first.items() if each is not None}
    return dates


def assessment_days(study: Study, tables: Tables) -> dict[str, list[Dated]]:
    """Adequate assessments of each patient: those on which response could be judged.

    Parameters
    ----------
    study : Study
    tables : Tables

    Returns
    -------
    dict of str to list of Dated
    """
    return tables.once(study, "assessment days", lambda: _assessment_days(study, tables))


def _assessment_days(study: Study, tables: Tables) -> dict[str, list[Dated]]:
    histories = response_histories(study, tables, through_new_therapy=True)
    return {
        patient: [dated(study, each) for each in history if each.category != NOT_EVALUABLE]
        for patient, history in histories.items()
    }


def dated(study: Study, assessed: AssessedResponse | BestResponse) -> Dated:
    """The day of an assessment, with the rows that it rests on."""
    from_laboratory = study.response is not None and study.response.is_from_laboratory
    file = study.data.laboratory if from_laboratory else study.data.responses
    return Dated(present(assessed.day), source_in_words(study, present(file), assessed.rows))
