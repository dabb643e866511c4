"""For how long patients were at risk of adverse events, and after how long they had one."""

import pandas as pd

from smmlib.trial.parameters.adverse_events import TreatmentPeriod
from smmlib.trial.parameters.endpoint_rules import DEATH
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present
from smmlib.trial.safety.emergence import treatment_of
from smmlib.trial.tables.place import PLACE
from smmlib.trial.tables.problems import DataError, Problem


def days_at_risk(study: Study, subjects: pd.DataFrame) -> pd.Series:
    """Days from the first day of treatment to the end of the time at risk, both included.

    It ends so many days after the last day of treatment as the parameters say, or before that with death, with the
    last day observed or with the data cut-off.

    Parameters
    ----------
    study : Study
        With `safety.treatment`.
    subjects : DataFrame
        The patients, all with a first day of treatment.

    Returns
    -------
    Series of float

    Raises
    ------
    DataError
        If treatment goes on without a date to which it is counted, or that date lies before the first day.
    """
    period = present(study.safety.treatment)
    after_treatment = subjects[period.end] + pd.Timedelta(days=period.days_after)
    end = pd.concat([after_treatment, *_limits(study, subjects)], axis=1).min(axis=1)
    problems = [
        Problem(study.data.subjects, place, "", what)
        for wrong, what in ((end.isna(), _without_end(period)), (end < subjects[period.start], _too_early(period)))
        for place in subjects.loc[wrong, PLACE]
    ]
    if problems:
        raise DataError(problems)
    return (end - subjects[period.start]).dt.days.astype(float) + 1


def _limits(study: Study, subjects: pd.DataFrame) -> list[pd.Series]:
    """Days after which nobody is at risk, one series for each reason."""
    names = [name for name in (present(study.safety.treatment).observed_until, DEATH) if name in subjects]
    limits = [subjects[name] for name in names]
    if study.data_cutoff is not None:
        limits.append(pd.Series(pd.Timestamp(study.data_cutoff), index=subjects.index))
    return limits


def _without_end(period: TreatmentPeriod) -> str:
    if period.observed_until is None:
        return f"{period.end} is empty, so safety.treatment.observed_until must name the date to which treatment counts"
    return f"{period.end} is empty, so {period.observed_until} must be a date, to which treatment counts"


def _too_early(period: TreatmentPeriod) -> str:
    ends = " and ".join(name for name in (period.end, period.observed_until) if name)
    return f"the time at risk ends before it begins: {ends} must be no earlier than {period.start}"


def days_to_event(study: Study, subjects: pd.DataFrame, events: pd.DataFrame) -> pd.Series:
    """Days from the first day of treatment to each event, both included: 1 for an event on the first day.

    An event whose start is not known, or lies before treatment, counts from the first day; one that counts though it
    lies after the time at risk, on its last day.

    Parameters
    ----------
    study : Study
        With `safety.treatment`.
    subjects : DataFrame
        With `days_at_risk`.
    events : DataFrame
        ADAE rows of these patients.

    Returns
    -------
    Series of float
    """
    first, _ = treatment_of(present(study.safety.treatment), subjects, events)
    start = events["ASTDT"] if "ASTDT" in events else pd.Series(pd.NaT, index=events.index)
    days = (start.where(start > first, first) - first).dt.days.astype(float) + 1
    return days.clip(upper=events["USUBJID"].map(subjects["days_at_risk"]))
