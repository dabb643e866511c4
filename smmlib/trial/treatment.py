"""Phases of treatment: who started, who completed, who stopped early, and for how long."""

from dataclasses import dataclass

import numpy as np

from smmlib.trial.tables.problems import DataError, Problem
from smmlib.trial.tables.reading import PLACE
from smmlib.trial.units import in_unit


@dataclass(frozen=True, eq=False)
class PhaseCourse:
    """How the patients who started a phase went through it.

    Attributes
    ----------
    time : ndarray, shape (n,)
        Length of treatment, first and last day included, in the unit of the study.
    ended : ndarray of bool, shape (n,)
        True where treatment in the phase has ended.
    completed : ndarray of bool, shape (n,)
        True where it lasted as long as planned.
    """

    time: np.ndarray
    ended: np.ndarray
    completed: np.ndarray


def phase_course(study, subjects, phase):
    """The course of one phase among the patients who started it.

    Parameters
    ----------
    study : Study
    subjects : DataFrame
        Of `Tables`, or a part of it.
    phase : Phase
        One of `study.phases`.

    Returns
    -------
    PhaseCourse

    Raises
    ------
    DataError
        If treatment goes on without the date to which it is counted, or that date lies before the phase.
    """
    started = subjects[subjects[phase.start].notna()]
    ended = started[phase.end].notna()
    end = started[phase.end].where(ended, started[phase.ongoing_until])
    wrong = end.isna() | (end < started[phase.start])
    if wrong.any():
        what = f"{phase.end} is empty, so {phase.ongoing_until} must be a date on or after {phase.start}"
        raise DataError(Problem(study.data.subjects, place, "", what) for place in started.loc[wrong, PLACE])
    days = (end - started[phase.start]).dt.days.to_numpy() + 1
    return PhaseCourse(
        time=in_unit(days, study.time_unit),
        ended=ended.to_numpy(),
        completed=(ended.to_numpy() & (days >= phase.days)),
    )
