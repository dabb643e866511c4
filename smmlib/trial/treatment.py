"""Phases of treatment: who started, who completed, who stopped early, and for how long."""

import pandas as pd

from smmlib.trial.parameters.response_plan import Phase
from smmlib.trial.parameters.study import Study
from smmlib.trial.population import ARM
from smmlib.trial.privacy import names_of
from smmlib.trial.tables.problems import DataError, Problem
from smmlib.trial.tables.reading import PLACE
from smmlib.trial.units import in_unit


def phase_exposure(study: Study, subjects: pd.DataFrame, phase: Phase) -> pd.DataFrame:
    """How the patients who started a phase went through it.

    Parameters
    ----------
    study : Study
    subjects : DataFrame
        From `analysed_subjects`.
    phase : Phase
        One of `study.phases`.

    Returns
    -------
    DataFrame
        A row a patient: `phase`, `patient`, `arm`; `time`, the length of treatment, first and last day included, in the
        unit of the study; `ended`, whether treatment in the phase has ended; `completed`, whether it lasted as planned.

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
    return pd.DataFrame(
        {
            "phase": phase.id,
            "patient": names_of(study, started.index),
            "arm": started[ARM].to_numpy(dtype=str),
            "time": in_unit(days, study.time_unit),
            "ended": ended.to_numpy(),
            "completed": ended.to_numpy() & (days >= phase.days),
        }
    )
