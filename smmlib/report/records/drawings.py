"""Figures of response patient by patient, where the parameters ask for them and small counts are not masked."""

from collections.abc import Iterator
from datetime import date

import pandas as pd
from matplotlib.figure import Figure

from smmlib.display.swimmer_figure import Lane, swimmer_figure
from smmlib.display.waterfall_figure import waterfall_figure
from smmlib.plain_text import lower_first
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.categories import RECIST, ResponseScale
from smmlib.trial.endpoints.words import start_in_words
from smmlib.trial.parameters.response_scale import Swimmer, Waterfall
from smmlib.trial.present import present
from smmlib.trial.units import in_unit

RECIST_LIMITS = (-30.0, 20.0)
"""Percent: partial response from baseline, and progression from the lowest sum (Eisenhauer 2009, section 4.3.1)."""


def response_drawings(data: AnalysisData) -> dict[str, tuple[Figure, str]]:
    """The waterfall and the swimmer figure of a study.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of str to (Figure, str)
        By name, each with what it shows in words; empty under `suppress_below`, for each bar is a patient.
    """
    response = present(data.study.response)
    drawings: dict[str, tuple[Figure, str]] = {}
    if data.study.suppress_below is not None:
        return drawings
    if response.waterfall is not None and data.best_changes["change"].notna().any():
        drawings["waterfall"] = _waterfall(data, response.waterfall)
    if response.swimmer is not None:
        drawings["swimmer"] = _swimmer(data, response.swimmer)
    return drawings


def _waterfall(data: AnalysisData, waterfall: Waterfall) -> tuple[Figure, str]:
    study, known = data.study, data.best_changes[data.best_changes["change"].notna()]
    changes = {arm.label: known.loc[known["arm"] == arm.id, "change"].to_list() for arm in study.response_arms}
    lines = RECIST_LIMITS if study.response_scale.criteria == RECIST.criteria else ()
    figure = waterfall_figure(changes, label=waterfall.label, lines=lines, note=study.data.label)
    limits = "; dashed at the limits of partial response and progression by RECIST 1.1" if lines else ""
    return figure, f"{waterfall.label}: a bar for each of {len(known)} of {len(data.best_changes)} patients{limits}"


def _swimmer(data: AnalysisData, swimmer: Swimmer) -> tuple[Figure, str]:
    study, endpoint = data.study, swimmer.endpoint
    rule = study.endpoints[endpoint]
    lanes = {arm.label: list(_lanes(data, endpoint, arm.id)) for arm in study.response_arms}
    time_label = f"{study.time_unit.capitalize()} from {start_in_words(rule)}"
    figure = swimmer_figure(
        lanes,
        categories=study.response_scale.categories,
        responders=study.response_scale.responders,
        event_label=rule.event_label,
        time_label=time_label,
        note=study.data.label,
    )
    until = f"{lower_first(rule.event_label)} or last contact"
    return figure, f"Time from {start_in_words(rule)} to {until}, a lane for each patient, darker in response"


def _lanes(data: AnalysisData, endpoint: str, arm: str) -> Iterator[Lane]:
    patients = data.endpoint(endpoint).derivation
    assessed = data.assessments[data.assessments["passed_over"] == ""]
    of_patient = dict(tuple(assessed.groupby("patient", sort=False)))
    rows = patients.loc[(patients["arm"] == arm) & patients["time"].notna(), ["patient", "time", "event", "start"]]
    for patient, time, event, start in rows.itertuples(index=False):
        yield _lane(data, float(time), bool(event), start, of_patient.get(patient, assessed.iloc[:0]))


def _lane(data: AnalysisData, length: float, ended: bool, start: date, shown: pd.DataFrame) -> Lane:
    scale, progressed = data.study.response_scale, None
    responses: dict[str, float] = {}
    for day, confirmed in zip(shown["date"], shown["confirmed"], strict=True):
        time = float(in_unit((date.fromisoformat(day) - start).days, data.study.time_unit))
        if not 0 <= time <= length:
            continue
        if confirmed in scale.progression:
            progressed = time
            break
        if confirmed in scale.responders and (not responses or _is_better(scale, confirmed, responses)):
            responses[confirmed] = time
    return Lane(length, ended, responses, progressed)


def _is_better(scale: ResponseScale, category: str, responses: dict[str, float]) -> bool:
    return scale.best_of([category, *responses]) == category and category not in responses
