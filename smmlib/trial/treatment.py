"""Phases of treatment: who started, who completed, who stopped early, and for how long."""

from dataclasses import dataclass

import numpy as np

from smmlib.trial.endpoints import duration


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
    """
    started = subjects[subjects[phase.start].notna()]
    ended = started[phase.end].notna()
    end = started[phase.end].where(ended, started[phase.ongoing_until])
    days = (end - started[phase.start]).dt.days + 1
    return PhaseCourse(
        time=duration(study, started[phase.start], end, last_day_counts=True),
        ended=ended.to_numpy(),
        completed=(ended & (days >= phase.days)).to_numpy(),
    )
