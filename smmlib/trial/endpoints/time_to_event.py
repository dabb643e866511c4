"""The only user of dates: time and event of each patient by a stated rule, with the reason in words."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from smmlib.trial.data_cutoff import cut_tables
from smmlib.trial.dates import Dated
from smmlib.trial.endpoints.decision import LeftOut, UndecidedError, decide
from smmlib.trial.parameters.endpoint_rules import FIRST_PROGRESSION, FIRST_RESPONSE, LAST_ASSESSMENT, DatedEndpoint
from smmlib.trial.population import analysed_subjects, stratum_labels, subjects_in_arm, without_rare
from smmlib.trial.privacy import names_of, source_in_words, without_order
from smmlib.trial.response.courses import assessment_days, response_courses, response_dates
from smmlib.trial.tables.columns import date_variables
from smmlib.trial.tables.problems import DataError, Problem
from smmlib.trial.tables.reading import PLACE
from smmlib.trial.units import in_unit

LEFT_OUT = "left out"


@dataclass(frozen=True, eq=False)
class TimeToEvent:
    """One endpoint of the analysed patients, ready for `smmlib.stats`.

    Attributes
    ----------
    time : ndarray, shape (n,)
        In the unit of the study: whole days, divided once.
    event : ndarray of bool, shape (n,)
        True where the event was observed.
    in_arm : ndarray of bool, shape (n,)
        True for the arm, False for the reference.
    entry : ndarray, shape (n,), or None
        Time at which each patient came under observation, where that is later than time 0.
    strata : ndarray of str, shape (n,), or None
        Stratum of each patient, where randomisation was stratified.
    derivation : DataFrame
        Why: a row for each analysed patient, those that the endpoint leaves out among them. In the order of the hashes,
        where patients are named so, and not in that of `time`.
    """

    time: np.ndarray
    event: np.ndarray
    in_arm: np.ndarray
    entry: np.ndarray | None
    strata: np.ndarray | None
    derivation: pd.DataFrame


def time_to_event(study, tables, endpoint):
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
    """
    if endpoint not in study.endpoints:
        raise ValueError(f"endpoint is {endpoint!r}, but study {study.study} has {', '.join(study.endpoints)}.")
    rule = study.endpoints[endpoint]
    cutoff = rule.data_cutoff or study.data_cutoff
    tables = cut_tables(study, tables, cutoff)
    subjects = analysed_subjects(study, tables.subjects, rule.population)
    _refuse_empty_arms(study, endpoint, subjects, "is analysed")
    derive = _from_dates if isinstance(rule, DatedEndpoint) else _from_times
    rows = derive(study, rule, tables, subjects, cutoff)
    is_counted = rows["time"].notna().to_numpy()
    counted, members = rows[is_counted], subjects[is_counted]
    _refuse_empty_arms(study, endpoint, members, "is part of it, for all are left out")
    strata = stratum_labels(study, members)
    labels = subjects["arm"].map({arm.id: arm.label for arm in study.arms.both})
    rows.insert(0, "patient", names_of(study, subjects.index))
    rows.insert(1, "arm", labels.to_numpy())
    return TimeToEvent(
        time=counted["time"].to_numpy(dtype=float),
        event=counted["event"].to_numpy(dtype=bool),
        in_arm=(members["arm"] == study.arms.arm.id).to_numpy(),
        entry=counted["entry"].to_numpy(dtype=float) if getattr(rule, "entry", None) else None,
        strata=None if strata is None else strata.to_numpy(dtype=str),
        derivation=without_order(study, rows),
    )


def reason_counts(data, arm_label, *, fewest=None):
    """How many patients of an arm have each reason.

    Parameters
    ----------
    data : TimeToEvent
    arm_label : str
    fewest : int, optional
        Reasons of fewer patients of both arms are counted together: that somebody had one is not to be told.

    Returns
    -------
    dict of str to int
        The most common reason of both arms first, then by name; by name alone where `fewest` is given, for the order
        would say which of two masked counts is larger.
    """
    reasons = without_rare(data.derivation["reason"], fewest)
    in_arm = reasons[data.derivation["arm"] == arm_label].value_counts()
    common = {} if fewest else reasons.value_counts()
    ranked = sorted(reasons.unique(), key=lambda reason: (-common.get(reason, 0), reason))
    return {reason: int(in_arm.get(reason, 0)) for reason in ranked}


def arm_times(data, in_arm):
    """Times, events and entry times of one arm: `in_arm` True for the arm, False for the reference."""
    members = data.in_arm == in_arm
    entry = None if data.entry is None else data.entry[members]
    return data.time[members], data.event[members], entry


def _refuse_empty_arms(study, endpoint, subjects, what):
    """Two arms are compared: without one of them an endpoint has no place in the report."""
    empty = [arm.value for arm in study.arms.both if subjects_in_arm(subjects, arm).empty]
    advice = "take the endpoint, and its run, out of the parameters"
    if empty:
        raise DataError(
            Problem(study.data.subjects, "", "", f"endpoint {endpoint}: no patient of arm {value!r} {what}: {advice}")
            for value in empty
        )


def _from_dates(study, rule, tables, subjects, cutoff):
    days, assessments = _dated(study, rule, tables, subjects)
    rows, problems = [], []
    for patient, place in subjects[PLACE].items():
        try:
            decision = decide(rule, days[patient], assessments.get(patient, []), study.assessments, cutoff)
            rows.append(_row(study, rule, decision, days[patient]))
        except UndecidedError as error:
            problems.append(Problem(study.data.subjects, place, "", str(error)))
    if problems:
        raise DataError(problems)
    return pd.DataFrame(rows, columns=["time", "event", "entry", "start", "end", "reason", "explanation", "source"])


def _row(study, rule, decision, days):
    """A row of the derivation: times in the unit of the study, and what makes no sense refused."""
    if isinstance(decision, LeftOut):
        return _left_out(decision.explanation)
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
            return _left_out(f"never under observation, from {first} to {end}")
        entry = in_unit((first - start).days, study.time_unit)
    time = in_unit((end - start).days, study.time_unit)
    return (time, decision.event, entry, start, end, decision.reason, decision.explanation, decision.end.source)


def _left_out(why):
    return (np.nan, None, np.nan, None, None, LEFT_OUT, f"{LEFT_OUT}: {why}", "")


def _dated(study, rule, tables, subjects):
    """Known dates of each patient by variable, with the days found among the assessments; and the assessments."""
    days = _subject_days(study, subjects)
    by_rows = study.assessments is not None and study.assessments.table is not None
    asked = {rule.start, *rule.event, *rule.ends_observation}
    by_response = bool(asked & {FIRST_RESPONSE, FIRST_PROGRESSION})
    courses = response_courses(study, tables, through_new_therapy=True) if by_rows or by_response else {}
    for patient, found in response_dates(study, tables, courses).items() if by_response else ():
        days.get(patient, {}).update(found)
    if study.assessments is not None and study.assessments.last is not None:
        for known in days.values():
            if study.assessments.last in known:
                known[LAST_ASSESSMENT] = known[study.assessments.last]
    return days, assessment_days(study, courses) if by_rows else {}


def _subject_days(study, subjects):
    days = {patient: {} for patient in subjects.index}
    for variable in date_variables(study):
        known = subjects[variable].dropna()
        for patient, day, place in zip(known.index, known.dt.date, subjects.loc[known.index, PLACE], strict=True):
            days[patient][variable] = Dated(day, source_in_words(study, study.data.subjects, [place], variable))
    return days


def _from_times(study, rule, tables, subjects, _cutoff):
    times = tables.times[tables.times["PARAMCD"] == rule.paramcd].set_index("USUBJID")
    without = subjects.loc[~subjects.index.isin(times.index), PLACE]
    if len(without):
        what = f"the patient has no row with PARAMCD {rule.paramcd} in {study.data.times}"
        raise DataError([Problem(study.data.subjects, place, "", what) for place in without])
    times = times.loc[subjects.index]
    words = np.where(times["event"], _words(times, "EVNTDESC", "CNSR = 0"), _words(times, "CNSDTDSC", "CNSR = 1"))
    reason = np.where(times["event"], words, [f"censored: {text}" if text != "CNSR = 1" else text for text in words])
    dates = {
        new: times[old].dt.date.to_numpy() if old in times else None
        for new, old in (("start", "STARTDT"), ("end", "ADT"))
    }
    return pd.DataFrame(
        {
            "time": times["AVAL"].to_numpy(dtype=float),
            "event": times["event"].to_numpy(dtype=bool),
            "entry": np.nan,
            **dates,
            "reason": reason,
            "explanation": "as recorded",
            "source": [source_in_words(study, study.data.times, [place]) for place in times[PLACE]],
        }
    )


def _words(times, variable, otherwise):
    return times[variable].where(times[variable] != "", otherwise) if variable in times else otherwise
