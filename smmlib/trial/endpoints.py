"""The only user of dates: time and event of each patient by a stated rule, with the reason in words."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from smmlib.trial.data import DataError, read_subjects, read_times, refuse_strangers
from smmlib.trial.parameters.study import DatedEndpoint
from smmlib.trial.population import analysed_subjects, stratum_labels, subjects_in_arm

DAYS_PER_UNIT = {"days": 1.0, "weeks": 7.0, "months": 365.25 / 12, "years": 365.25}


@dataclass(frozen=True, eq=False)
class TimeToEvent:
    """One endpoint of the analysed patients, ready for `smmlib.stats`.

    Attributes
    ----------
    patient : ndarray of str, shape (n,)
    time : ndarray, shape (n,)
        In the unit of the study: whole days, divided once.
    event : ndarray of bool, shape (n,)
        True where the event was observed.
    in_arm : ndarray of bool, shape (n,)
        True for the arm, False for the reference.
    strata : ndarray of str, shape (n,), or None
        Stratum of each patient, where randomisation was stratified.
    reason : ndarray of str, shape (n,)
        What decided: the date of the event, or why the time is censored.
    """

    patient: np.ndarray
    time: np.ndarray
    event: np.ndarray
    in_arm: np.ndarray
    strata: np.ndarray | None
    reason: np.ndarray


def time_to_event(study, endpoint):
    """Derive an endpoint for the analysed patients.

    Parameters
    ----------
    study : Study
    endpoint : str
        Name of one of the study's endpoints.

    Returns
    -------
    TimeToEvent

    Raises
    ------
    DataError
        If a patient has no start, no date to end at, or ends before starting.
    ValueError
        If the study has no such endpoint.
    """
    if endpoint not in study.endpoints:
        raise ValueError(f"endpoint is {endpoint!r}, but study {study.study} has {', '.join(study.endpoints)}.")
    everybody = read_subjects(study)
    subjects = analysed_subjects(study, everybody)
    for arm in study.arms.both:
        if subjects_in_arm(study, subjects, arm).empty:
            raise DataError(f"{study.data.subjects}: no patient of arm {arm.value!r} is analysed.")
    rule = study.endpoints[endpoint]
    dated = isinstance(rule, DatedEndpoint)
    time, event, reason = _from_dates(study, rule, subjects) if dated else _from_times(study, rule, subjects, everybody)
    strata = stratum_labels(study, subjects)
    return TimeToEvent(
        patient=subjects.index.to_numpy(dtype=str),
        time=time,
        event=event,
        in_arm=(subjects[study.arms.variable] == study.arms.arm.value).to_numpy(),
        strata=None if strata is None else strata.to_numpy(dtype=str),
        reason=reason,
    )


def arm_times(data, in_arm):
    """Times and events of one arm: `in_arm` True for the arm, False for the reference."""
    members = data.in_arm == in_arm
    return data.time[members], data.event[members]


def duration(study, start, end, *, last_day_counts=False):
    """Whole days between two dates, divided once into the unit of the study.

    Parameters
    ----------
    study : Study
    start, end : Series of datetime
    last_day_counts : bool
        True for a stretch of treatment, whose first and last day both count.

    Returns
    -------
    ndarray
    """
    days = (end - start).dt.days.to_numpy(dtype=float) + last_day_counts
    return days / DAYS_PER_UNIT[study.time_unit]


def _from_dates(study, rule, subjects):
    file = study.data.subjects
    first_event = subjects[rule.event].min(axis=1)
    event = first_event.notna()
    end = first_event.where(event, subjects[rule.censor])
    require(subjects[rule.start].notna(), subjects, file, f"{rule.start} is missing: time cannot start")
    require(end.notna(), subjects, file, f"neither {' nor '.join(rule.event)} nor {rule.censor} is given")
    require(end >= subjects[rule.start], subjects, file, f"the deciding date lies before {rule.start}")
    reason = np.full(len(subjects), f"censored at {rule.censor}", dtype=object)
    for variable in reversed(rule.event):
        reason[(subjects[variable] == first_event).to_numpy()] = variable
    return duration(study, subjects[rule.start], end), event.to_numpy(), reason.astype(str)


def _from_times(study, rule, subjects, everybody):
    table = read_times(study, rule.paramcd)
    refuse_strangers(table.reset_index(), everybody.index, study.data.times)
    has_time = pd.Series(subjects.index.isin(table.index), index=subjects.index)
    require(has_time, subjects, study.data.times, f"no row with PARAMCD {rule.paramcd}")
    table = table.loc[subjects.index]
    event = table["event"].to_numpy()
    return table["time"].to_numpy(dtype=float), event, np.where(event, "CNSR = 0", "CNSR = 1")


def require(holds, subjects, file, problem):
    """Name the first patient for whom a condition does not hold."""
    wrong = subjects.index[~holds]
    if len(wrong):
        more = f" ({len(wrong)} patients in all)" if len(wrong) > 1 else ""
        raise DataError(f"{file}: patient {wrong[0]}: {problem}{more}.")
