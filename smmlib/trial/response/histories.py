"""The assessed responses of each patient: derived from the laboratory, or taken as recorded."""

from collections.abc import Mapping
from datetime import date

from smmlib.trial.categories import NOT_EVALUABLE
from smmlib.trial.data import Tables
from smmlib.trial.dates import Dated
from smmlib.trial.parameters.endpoint_rules import FIRST_PROGRESSION, FIRST_RESPONSE
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present
from smmlib.trial.privacy import source_in_words
from smmlib.trial.response.history import AssessedResponse, BestResponse, first_response, progression, response_history
from smmlib.trial.response.laboratory import laboratory_assessments
from smmlib.trial.tables.place import PLACE

Histories = dict[str, list[AssessedResponse]]


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
        For every randomised patient. What ADRS records is taken as given: confirmed, on its day.
    """
    return tables.once(
        study, ("responses", through_new_therapy), lambda: _histories(study, tables, through_new_therapy)
    )


def _histories(study: Study, tables: Tables, through_new_therapy: bool) -> Histories:
    new_therapy = None if study.response is None or through_new_therapy else study.response.new_therapy
    stops = tables.subjects[new_therapy].dropna().dt.date.to_dict() if new_therapy else {}
    if not _is_derived(study):
        return _recorded(tables, stops)
    assessments = tables.once(study, "assessments", lambda: laboratory_assessments(study, tables))
    if not stops:
        return {patient: response_history(*of_patient, stop=None) for patient, of_patient in assessments.items()}
    histories = response_histories(study, tables, through_new_therapy=True)
    return histories | {
        patient: response_history(*of_patient, stop=stops[patient])
        for patient, of_patient in assessments.items()
        if patient in stops
    }


def _recorded(tables: Tables, stops: Mapping[str, date]) -> Histories:
    histories: Histories = {patient: [] for patient in tables.subjects.index}
    for row in present(tables.responses).sort_values("ADT", kind="stable").to_dict("records"):
        patient, day, category, place = row["USUBJID"], row["ADT"].date(), row["AVALC"], (row[PLACE],)
        if patient in stops and day >= stops[patient]:
            category, why = NOT_EVALUABLE, f"new therapy began on {stops[patient]}"
        else:
            why = "as recorded"
        histories[patient].append(AssessedResponse(day, category, category, day, why, place))
    return histories


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
    dates = {}
    for patient, history in histories.items():
        first = {FIRST_RESPONSE: first_response(history), FIRST_PROGRESSION: progression(assessed[patient])}
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
    file = study.data.laboratory if _is_derived(study) else study.data.responses
    return Dated(present(assessed.day), source_in_words(study, present(file), assessed.rows))


def _is_derived(study: Study) -> bool:
    return study.response is not None and study.response.criteria != "recorded"
