"""Phases of treatment: who started, who completed, who stopped early, and for how long."""

from dataclasses import dataclass

import numpy as np

from smmlib.trial.endpoints import duration, require


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
        From `read_subjects`, or a part of it.
    phase : Phase
        One of `study.phases`.

    Returns
    -------
    PhaseCourse

    Raises
    ------
    DataError
        If a phase ends before it starts, or goes on without the date to which it is counted.
    """
    started = subjects[subjects[phase.start].notna()]
    ended = started[phase.end].notna()
    end = started[phase.end].where(ended, started[phase.ongoing_until])
    file = study.data.subjects
    require(end.notna(), started, file, f"neither {phase.end} nor {phase.ongoing_until} is given")
    require(end >= started[phase.start], started, file, f"{phase.label} ends before {phase.start}")
    days = (end - started[phase.start]).dt.days + 1
    return PhaseCourse(
        time=duration(study, started[phase.start], end, last_day_counts=True),
        ended=ended.to_numpy(),
        completed=(ended & (days >= phase.days)).to_numpy(),
    )
