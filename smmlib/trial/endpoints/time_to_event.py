"""The only user of dates: time and event of each patient by a stated rule, with the reason in words."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from smmlib.stats.read_only import read_only
from smmlib.trial.data import Tables
from smmlib.trial.data_cutoff import cut_tables
from smmlib.trial.dates import Dated
from smmlib.trial.endpoints.decision import Days, Decision, NotInEndpoint, UndecidedError, decide
from smmlib.trial.endpoints.derivation_row import COLUMNS, Row, left_out
from smmlib.trial.endpoints.recorded_times import recorded_rows
from smmlib.trial.parameters.endpoint_rules import (
    FIRST_PROGRESSION,
    FIRST_RESPONSE,
    LAST_ASSESSMENT,
    DatedEndpoint,
    RecordedEndpoint,
)
from smmlib.trial.parameters.study import Study
from smmlib.trial.population import analysed_subjects, empty_arms, stratum_labels, without_rare
from smmlib.trial.present import present
from smmlib.trial.privacy import names_of, source_in_words, without_order
from smmlib.trial.response.histories import assessment_days, response_dates
from smmlib.trial.tables.columns import date_variables
from smmlib.trial.tables.place import PLACE
from smmlib.trial.tables.problems import DataError, Problem
from smmlib.trial.units import in_unit


@dataclass(frozen=True, eq=False)
@read_only
class TimeToEvent:
    """One endpoint of the analysed patients, ready for `smmlib.stats`.

    Attributes
    ----------
    time : ndarray, shape (n,)
        In the unit of the study: whole days, divided once.
    event : ndarray of bool, shape (n,)
        True where the event was observed.
    arm : ndarray of str, shape (n,)
        Id of the arm that each patient counts for.
    entry : ndarray, shape (n,), or None
        Time at which each patient came under observation, where that is later than time 0.
    strata : ndarray of str, shape (n,), or None
        Stratum of each patient, where randomisation was stratified.
    derivation : DataFrame
        Why: a row for each analysed patient, those that the endpoint leaves out among them. In the order of the hashes,
        where patients are named so, and not in that of `time`.
    competing : ndarray of bool, shape (n,), or None
        True where a competing event was observed instead: `time` is then its time. None where the endpoint has none.
    covariates : mapping of str to ndarray, shape (n,)
        Values of the study's covariates by variable, as `AnalysisData.subjects` holds them; none before the endpoint
        is part of the analysis data.

    Examples
    --------
    Of the 21 children on 6-mercaptopurine in Freireich 1963, 9 relapsed.

    >>> from smmlib import analysis_data
    >>> treated = analysis_data("freireich-1963").endpoint("remission").among("6-mp")
    >>> len(treated.time), int(treated.event.sum()), treated.entry
    (21, 9, None)
    """

    time: NDArray[np.float64]
    event: NDArray[np.bool_]
    arm: NDArray[np.str_]
    entry: NDArray[np.float64] | None
    strata: NDArray[np.str_] | None
    derivation: pd.DataFrame
    covariates: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    competing: NDArray[np.bool_] | None = None

    @property
    def cause(self) -> NDArray[np.int_]:
        """0 where the time is censored, 1 where the event was observed, 2 where a competing one was: shape (n,)."""
        return self.event + (0 if self.competing is None else 2 * self.competing)

    def among(self, *arms: str) -> "TimeToEvent":
        """The same of the patients of some arms, named by their ids."""
        members = np.isin(self.arm, arms)
        entry = None if self.entry is None else self.entry[members]
        strata = None if self.strata is None else self.strata[members]
        derivation = self.derivation[self.derivation["arm"].isin(arms)]
        covariates = {variable: values[members] for variable, values in self.covariates.items()}
        of_each = self.time[members], self.event[members], self.arm[members], entry, strata
        competing = None if self.competing is None else self.competing[members]
        return TimeToEvent(*of_each, derivation, covariates, competing)


def time_to_event(study: Study, tables: Tables, endpoint: str) -> TimeToEvent:
    """Derive an endpoint for the analysed patients.

    Parameters
    ----------
    study : Study
    tables : Tables
    endpoint : str
        Name of one of the study's endpoints.

    Returns
    -------
    TimeToEvent

    Raises
    ------
    DataError
        Naming each patient's row whose dates do not decide, or decide what cannot be.
    ValueError
        If the study has no such endpoint.

    Examples
    --------
    Of the 42 children of Freireich 1963, 30 relapsed. From the folder of the project:

    >>> from smmlib.trial import read_study, read_tables, time_to_event
    >>> study = read_study("params/freireich-1963.yaml")
    >>> remission = time_to_event(study, read_tables(study), "remission")
    >>> len(remission.time), int(remission.event.sum())
    (42, 30)
    """
    check_endpoint(study, endpoint)
    rule = study.endpoints[endpoint]
    cutoff = rule.data_cutoff or study.data_cutoff
    tables = cut_tables(study, tables, cutoff)
    subjects = analysed_subjects(study, tables.subjects, rule.population)
    _refuse_empty_arms(study, endpoint, subjects, "is analysed")
    if isinstance(rule, RecordedEndpoint):
        rows = recorded_rows(study, rule, present(tables.times), subjects)
    else:
        rows = _from_dates(study, rule, tables, subjects, cutoff)
    _refuse_empty_arms(
        study, endpoint, subjects[rows["time"].notna().to_numpy()], "is part of it, for all are left out"
    )
    rows.insert(0, "patient", names_of(study, subjects.index))
    rows.insert(1, "arm", subjects["arm"].to_numpy(dtype=str))
    strata = stratum_labels(study, subjects)
    rows.insert(2, "stratum", "" if strata is None else strata.to_numpy(dtype=str))
    return from_derivation(study, endpoint, rows)


def check_endpoint(study: Study, endpoint: str) -> None:
    """A ValueError that lists the endpoints of a study, when none has that name."""
    if endpoint not in study.endpoints:
        raise ValueError(f"endpoint is {endpoint!r}, but study {study.study} has {', '.join(study.endpoints)}.")


def from_derivation(
    study: Study, endpoint: str, rows: pd.DataFrame, covariates: pd.DataFrame | None = None
) -> TimeToEvent:
    """An endpoint from its derivation: a row a patient, as `TimeToEvent.derivation` holds them.

    Parameters
    ----------
    study : Study
    endpoint : str
    rows : DataFrame
    covariates : DataFrame, optional
        A row a patient under the patient's name, a column a variable.

    Returns
    -------
    TimeToEvent
    """
    counted = rows[rows["time"].notna()]
    words = set(study.endpoints[endpoint].competing.values())
    event = counted["event"].to_numpy(dtype=bool)
    described = None if covariates is None else covariates.reindex(counted["patient"])
    return TimeToEvent(
        time=counted["time"].to_numpy(dtype=float),
        event=event,
        arm=counted["arm"].to_numpy(dtype=str),
        entry=counted["entry"].to_numpy(dtype=float) if getattr(study.endpoints[endpoint], "entry", None) else None,
        strata=counted["stratum"].to_numpy(dtype=str) if study.strata else None,
        derivation=without_order(study, rows),
        competing=~event & counted["reason"].isin(words).to_numpy(dtype=bool) if words else None,
        covariates={} if described is None else {str(name): described[name].to_numpy() for name in described},
    )


def reason_counts(data: TimeToEvent, arm: str, *, fewest: int | None = None) -> dict[str, int]:
    """How many patients of an arm have each reason.

    Parameters
    ----------
    data : TimeToEvent
    arm : str
        Its id.
    fewest : int, optional
        Reasons of fewer patients of all arms are counted together: that somebody had one is not to be told.

    Returns
    -------
    dict of str to int
        The most common reason of all arms first, then by name; by name alone where `fewest` is given, for the order
        would say which of two masked counts is larger.

    Examples
    --------
    Of the 21 children on 6-mercaptopurine in Freireich 1963, 9 relapsed and 12 were censored.

    >>> from smmlib import analysis_data
    >>> from smmlib.trial import reason_counts
    >>> reason_counts(analysis_data("freireich-1963").endpoint("remission"), "6-mp")
    {'relapse': 9, 'censored': 12}
    """
    reasons = without_rare(data.derivation["reason"], fewest)
    in_arm = Counter(reasons[data.derivation["arm"] == arm])
    common = {} if fewest else Counter(reasons)
    ranked = sorted(set(reasons), key=lambda reason: (-common.get(reason, 0), reason))
    return {reason: in_arm[reason] for reason in ranked}


def _refuse_empty_arms(study: Study, endpoint: str, subjects: pd.DataFrame, what: str) -> None:
    """Without one of its arms an endpoint has no place in the report."""
    empty = empty_arms(study.arms.levels, subjects)
    is_variant = "." in endpoint  # "pfs.per-protocol", of sensitivity analyses
    advice = "take it out of sensitivity" if is_variant else "take the endpoint, and its run, out of the parameters"
    if empty:
        raise DataError(
            Problem(
                study.data.subjects, "", "", f"endpoint {endpoint}: no patient of arm {arm.value!r} {what}: {advice}"
            )
            for arm in empty
        )


def _from_dates(
    study: Study, rule: DatedEndpoint, tables: Tables, subjects: pd.DataFrame, cutoff: date | None
) -> pd.DataFrame:
    days, assessments = _dated(study, rule, tables, subjects)
    rows, problems = [], []
    for patient, place in zip(subjects.index, subjects[PLACE], strict=True):
        try:
            decision = decide(rule, days[patient], assessments.get(patient, []), study.assessments, cutoff)
            rows.append(_row(study, rule, decision, days[patient]))
        except UndecidedError as error:
            problems.append(Problem(study.data.subjects, place, "", str(error)))
    if problems:
        raise DataError(problems)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(study: Study, rule: DatedEndpoint, decision: Decision | NotInEndpoint, days: Days) -> Row:
    """A row of the derivation: times in the unit of the study, and what makes no sense refused."""
    if isinstance(decision, NotInEndpoint):
        return left_out(decision.explanation)
    start, end = decision.start.day, decision.end.day
    if end < start:
        raise UndecidedError(f"{decision.explanation}; that must be no earlier than {rule.start}, {start}")
    entry = np.nan
    if rule.entry is not None:
        if rule.entry not in days:
            raise UndecidedError(f"{rule.entry} is missing: it is not known from when the patient was observed")
        first = days[rule.entry].day
        if first < start:
            raise UndecidedError(f"{rule.entry}, {first}, must be no earlier than {rule.start}, {start}")
        if first >= end:
            return left_out(f"never under observation, from {first} to {end}")
        entry = in_unit((first - start).days, study.time_unit)
    time = in_unit((end - start).days, study.time_unit)
    return (time, decision.event, entry, start, end, decision.reason, decision.explanation, decision.end.source)


def _dated(
    study: Study, rule: DatedEndpoint, tables: Tables, subjects: pd.DataFrame
) -> tuple[dict[str, dict[str, Dated]], dict[str, list[Dated]]]:
    """Known dates of each patient by variable, with the days found among the assessments; and the assessments."""
    of_all = tables.once(study, "subject days", lambda: _subject_days(study, tables.subjects))
    days = {patient: dict(of_all[patient]) for patient in subjects.index}
    asked = {rule.start, *rule.event, *rule.ends_observation, *rule.competing}
    if asked & {FIRST_RESPONSE, FIRST_PROGRESSION}:
        for patient, found in response_dates(study, tables).items():
            days.get(patient, {}).update(found)
    if study.assessments is not None and study.assessments.last is not None:
        for known in days.values():
            if study.assessments.last in known:
                known[LAST_ASSESSMENT] = known[study.assessments.last]
    by_rows = study.assessments is not None and study.assessments.table is not None
    return days, assessment_days(study, tables) if by_rows else {}


def _subject_days(study: Study, subjects: pd.DataFrame) -> dict[str, dict[str, Dated]]:
    days: dict[str, dict[str, Dated]] = {patient: {} for patient in subjects.index}
    for variable in date_variables(study):
        known = subjects[variable].dropna()
        for patient, day, place in zip(known.index, known.dt.date, subjects.loc[known.index, PLACE], strict=True):
            days[patient][variable] = Dated(day, source_in_words(study, study.data.subjects, [place], variable))
    return days
