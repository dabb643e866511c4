"""Analysis data: everything that is estimated from, derived once from the tables of a study by its parameters.

Each part is a table with a row a patient and what the part is about: an endpoint, a visit, a phase of treatment, a
kind of adverse event or term. Patients are named as the study's privacy says; where they are hashed, rows have
the order of the hashes and not that of the tables.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import pandas as pd

from smmlib.trial.covariates import covariate_levels, covariate_values
from smmlib.trial.data import Tables, read_tables
from smmlib.trial.endpoints import time_to_event
from smmlib.trial.levels import stratum_levels
from smmlib.trial.parameters.study import Study
from smmlib.trial.population import ARM, analysed_subjects, empty_arms, population_steps, without_rare
from smmlib.trial.privacy import names_of, without_order
from smmlib.trial.response import rates
from smmlib.trial.response.assessments import ASSESSMENTS, response_assessments
from smmlib.trial.response.best_change import CHANGES, best_changes
from smmlib.trial.safety import by_patient
from smmlib.trial.safety.sources import EventSources
from smmlib.trial.sensitivity import variants
from smmlib.trial.small_groups import too_few_to_show
from smmlib.trial.tables.problems import DataError, Problem
from smmlib.trial.treatment import phase_exposure

Name = TypeVar("Name")
Asked = TypeVar("Asked")
Derived = TypeVar("Derived")

COLUMNS = {
    "subjects": ("patient", "randomised_arm", "analysed", "arm", "safety_arm", "exclusion_reason"),
    "times": (
        "endpoint",
        "patient",
        "arm",
        "stratum",
        "time",
        "event",
        "entry",
        "start",
        "end",
        "reason",
        "explanation",
        "source",
    ),
    "responses": rates.DERIVATION,
    "assessments": ASSESSMENTS,
    "best_changes": CHANGES,
    "exposure": ("phase", "patient", "arm", "time", "ended", "completed"),
    **by_patient.COLUMNS,
}
COLUMNS["sensitivity_times"] = ("endpoint", "variant", *COLUMNS["times"][1:], "followed_until")
"""Columns of each part; subjects have the stratification factors and the covariates besides."""
REASON_NOT_GIVEN = "reason not given"


@dataclass(frozen=True, eq=False)
class AnalysisData:
    """What the tables of a study say by its parameters.

    Attributes
    ----------
    study : Study
    subjects : DataFrame
        A row a randomised patient: `patient`, `randomised_arm`, `analysed` (bool), `arm` that the patient is analysed
        in, `safety_arm` that the patient counts for in the safety population, both "" of who is not in it,
        `exclusion_reason`; the stratification factors and the covariates of the study under the names of their
        variables. A continuous covariate holds numbers, NaN where missing, a categorical one texts, "" where missing.
    times : DataFrame
        A row a patient and endpoint: `endpoint`, `patient`, `arm`, `time` in the unit of the study, `event` (bool),
        `entry`, `stratum`, `start` and `end` (days), `reason`, `explanation`, `source`. Of a patient whom the endpoint
        leaves out the time is missing.
    responses : DataFrame
        A row a patient and visit: `visit`, `patient`, `arm`, `response`, `date`, `confirmed`, `explanation`, `source`.
    assessments : DataFrame
        A row a dated assessment of response of the patients of the reported arms: `patient`, `arm`, `date`, `day` from
        the start of response, `recorded`, `category` that it counts as, `confirmed`, `passed_over`, why it does not.
    best_changes : DataFrame
        A row a patient of the reported arms: `patient`, `arm`, `change` from baseline in percent, NaN where not known;
        where the study draws it.
    exposure : DataFrame
        A row a patient and phase that the patient started: `phase`, `patient`, `arm`, `time`, `ended`, `completed`.
    adverse_events : DataFrame
        A row a patient of the safety population and kind of adverse event: `kind`, `term`, `patient`, `arm`,
        `affected`, `events`, `worst_grade`, `days_to_event`, the days from the first of treatment to the first event.
    safety_population : DataFrame
        A row a patient: `patient`, `arm`, `days_at_risk`, missing where the parameters do not tell it.
    adverse_event_terms : DataFrame
        A row a patient and term that the patient had: `system_organ_class`, `term`, `patient`, `arm`, `events`,
        `worst_grade`, `days_to_event`.
    event_sources : EventSources or None
        Which columns told what of the adverse events; None where the study has no table of them.
    outside : dict of str to int
        Randomised patients outside the analysis, because their arm is none of the study's, by the value of the arm.
    levels : dict of str to list of str
        Levels of each stratification factor and categorical covariate in their order, by variable.
    notes : tuple of str
        What of the tables was passed over, and what was taken for something else than it says.
    sensitivity_times : DataFrame
        As `times`, of each `variant` of an endpoint; `followed_until` is the end of follow-up of a patient whose event
        is imputed, and of others their own time, missing in variants that impute nothing.

    Examples
    --------
    Of the 42 children of Freireich 1963, all 21 on placebo relapsed.

    >>> from smmlib import analysis_data
    >>> data = analysis_data("freireich-1963")
    >>> data.subjects["arm"].value_counts().to_dict()
    {'6-mp': 21, 'placebo': 21}
    >>> int(data.endpoint("remission").among("placebo").event.sum())
    21
    """

    study: Study
    subjects: pd.DataFrame
    times: pd.DataFrame
    responses: pd.DataFrame
    assessments: pd.DataFrame
    best_changes: pd.DataFrame
    exposure: pd.DataFrame
    safety_population: pd.DataFrame
    adverse_events: pd.DataFrame
    adverse_event_terms: pd.DataFrame
    event_sources: EventSources | None
    outside: dict[str, int]
    levels: dict[str, list[str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    sensitivity_times: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=COLUMNS["sensitivity_times"]))
    _endpoints: "dict[str, time_to_event.TimeToEvent]" = field(default_factory=dict, init=False, repr=False)

    def endpoint(self, name: str) -> time_to_event.TimeToEvent:
        """The patients of an endpoint.

        Parameters
        ----------
        name : str

        Returns
        -------
        TimeToEvent

        Raises
        ------
        ValueError
            If the study has no such endpoint.
        """
        if name not in self._endpoints:
            time_to_event.check_endpoint(self.study, name)
            rows = self.times[self.times["endpoint"] == name].drop(columns="endpoint")
            covariates = self.subjects.set_index("patient")[list(self.study.covariates)]
            self._endpoints[name] = time_to_event.from_derivation(self.study, name, rows, covariates)
        return self._endpoints[name]

    def variant(self, endpoint: str, name: str) -> time_to_event.TimeToEvent:
        """The patients of a variant of an endpoint, named as in the parameters: a `TimeToEvent`."""
        of = f"{endpoint}.{name}"  # endpoints have no full stop in their names
        if of not in self._endpoints:
            found = variants.variant_patients(self.study, self.sensitivity_times, (endpoint, name))
            self._endpoints[of] = found
        return self._endpoints[of]

    def response(self, visit: str) -> rates.ResponseAtVisit:
        """Response of the patients who count at a visit, named by its id: a `ResponseAtVisit`."""
        return rates.from_derivation(self.responses[self.responses["visit"] == visit])

    def in_phase(self, phase: str) -> pd.DataFrame:
        """The patients who started a phase of treatment, named by its id: rows of `exposure`."""
        return self.exposure[self.exposure["phase"] == phase]


def derive(study: Study, tables: Tables | None = None) -> AnalysisData:
    """Derive the analysis data of a study.

    Parameters
    ----------
    study : Study
    tables : Tables, optional
        From `read_tables`; read when left out.

    Returns
    -------
    AnalysisData

    Raises
    ------
    DataError
        With every problem of every table; where the tables themselves are in order, of everything derived from them.

    Examples
    --------
    Freireich 1963 has 42 children. From the folder of the project:

    >>> from smmlib.trial import derive, read_study
    >>> data = derive(read_study("params/freireich-1963.yaml"))
    >>> len(data.subjects), len(data.times), len(data.responses)
    (42, 42, 0)
    """
    tables = read_tables(study) if tables is None else tables
    steps = population_steps(study, tables)
    problems = _empty_arms(study, steps)
    if problems:
        raise DataError(problems)

    study_endpoints = {name: name for name in study.endpoints}
    phases = {phase.id: phase for phase in study.phases}
    visits = {visit.id: visit for visit in study.response.visits} if study.response else {}
    endpoints = _each(study_endpoints, lambda name: time_to_event.time_to_event(study, tables, name), problems)
    exposures = _each(phases, lambda phase: phase_exposure(study, steps["analysed"], phase), problems)
    responses = _each(visits, lambda visit: rates.response_at(study, tables, visit), problems)
    drawn = {"waterfall": study.response.waterfall} if study.response and study.response.waterfall else {}
    changes = _each(drawn, lambda _waterfall: best_changes(study, tables), problems)
    events = _each({"adverse events": tables}, lambda of: by_patient.events_by_patient(study, of), problems)
    asked, varied = {name: name for name in variants.variants_of(study)}, variants.varied_study(study)
    sensitivity = _each(
        asked if len(endpoints) == len(study_endpoints) else {},
        lambda name: variants.derived_variant(study, varied, tables, name, endpoints),
        problems,
    )
    if problems:
        raise DataError(problems)
    data = AnalysisData(
        study=study,
        subjects=_subjects(study, steps),
        times=_stacked("times", [data.derivation.assign(endpoint=name) for name, data in endpoints.items()]),
        responses=_stacked("responses", [data.derivation for data in responses.values()]),
        assessments=_stacked("assessments", [response_assessments(study, tables)] if study.response else []),
        best_changes=_stacked("best_changes", list(changes.values())),
        exposure=_stacked("exposure", [without_order(study, exposure) for exposure in exposures.values()]),
        **vars(events["adverse events"]),
        outside=dict(tables.outside),
        levels=stratum_levels(study, steps["randomised"]) | covariate_levels(study, steps["randomised"]),
        notes=tables.notes,
        sensitivity_times=_stacked("sensitivity_times", list(sensitivity.values())),
    )
    problems = too_few_to_show(study, steps, data)
    if problems:
        raise DataError(problems)
    return data


def _each(
    asked: Mapping[Name, Asked], derive_one: Callable[[Asked], Derived], problems: list[Problem]
) -> dict[Name, Derived]:
    """What is derived of each; the problems of all of them are gathered."""
    found = {}
    for name, what in asked.items():
        try:
            found[name] = derive_one(what)
        except DataError as error:
            problems += error.problems
    return found


def _empty_arms(study: Study, steps: dict[str, pd.DataFrame]) -> list[Problem]:
    """Arms that no patient is analysed in, or whose exposure is shown though no patient of it counts for safety."""
    members = {"is analysed": steps["analysed"]}
    if study.exposure:
        treated = analysed_subjects(study, steps["randomised"], study.safety_population)
        members["is in the safety population"] = treated
    return [
        Problem(study.data.subjects, "", "", f"no patient of arm {arm.value!r} {what}")
        for what, subjects in members.items()
        for arm in empty_arms(study.arms.levels, subjects)
    ]


def _stacked(part: str, frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    frames = [frame[list(COLUMNS[part])] for frame in frames]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=COLUMNS[part])


def _subjects(study: Study, steps: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Those randomised by the data cut-off; who is not analysed has no arm to be analysed in."""
    randomised, analysed = steps["randomised"], steps["analysed"]
    treated = analysed_subjects(study, randomised, study.safety_population)
    reason = study.populations[study.population].exclusion_reason
    excluded = ~randomised.index.isin(analysed.index)
    reasons = pd.Series("", index=randomised.index)
    if reason:
        given = randomised.loc[excluded, reason].replace("", REASON_NOT_GIVEN)
        reasons[excluded] = without_rare(given, study.suppress_below)
    subjects = {
        "patient": names_of(study, randomised.index),
        "randomised_arm": randomised[ARM].to_numpy(dtype=str),
        "analysed": ~excluded,
        "arm": analysed[ARM].reindex(randomised.index, fill_value="").to_numpy(dtype=str),
        "safety_arm": treated[ARM].reindex(randomised.index, fill_value="").to_numpy(dtype=str),
        "exclusion_reason": reasons.to_numpy(dtype=str),
    }
    strata = {each.variable: randomised[each.variable].to_numpy() for each in study.strata}
    covariates = covariate_values(study, randomised)
    return without_order(study, pd.DataFrame(subjects | strata | covariates))
