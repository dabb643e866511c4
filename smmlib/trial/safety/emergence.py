"""Which adverse events are treatment-emergent, by their dates and those of the treatment.

An event is treatment-emergent if it began on the first day of treatment or later, and no later than so many days after
the last; or if it began before and worsened. What is not known counts as if it were so, unless what is known rules it
out: the rule of most analysis plans, and of `admiral::derive_var_trtemfl` for events without a start.
"""

import numpy as np
import pandas as pd

from smmlib.trial.parameters.adverse_events import TreatmentPeriod
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present

KNOWN_FOR_A = {"D": "month", "M": "year", "Y": ""}
"""What ASTDTF says is known of a date that was completed: its month, its year, or nothing."""


def is_emergent(study: Study, subjects: pd.DataFrame, events: pd.DataFrame) -> np.ndarray:
    """Which events are treatment-emergent by their dates.

    Parameters
    ----------
    study : Study
        With `safety.treatment`.
    subjects : DataFrame
        The patients, indexed by USUBJID.
    events : DataFrame
        ADAE rows of these patients, with `grade`.

    Returns
    -------
    ndarray of bool
    """
    first, last = treatment_of(present(study.safety.treatment), subjects, events)
    earliest, latest = possible_starts(events)
    ended_before = (events["AENDT"] < first).to_numpy() if "AENDT" in events else np.zeros(len(events), dtype=bool)
    began_before = (latest < first).to_numpy()
    began_after = (earliest > last).to_numpy()
    worsened = began_before & _has_worsened(study.safety.initial_grade, events)
    return ~ended_before & ~began_after & (~began_before | worsened)


def treatment_of(period: TreatmentPeriod, subjects: pd.DataFrame, events: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """First day of the treatment period of the patient of each event, and its last; missing while it goes on."""
    first = events["USUBJID"].map(subjects[period.start])
    last = events["USUBJID"].map(subjects[period.end]) + pd.Timedelta(days=period.days_after)
    return first, last


def possible_starts(events: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The earliest and the latest day on which each event may have begun; missing where that is not known.

    The parts of a date that ASTDTF says were completed may have been any.
    """
    start = events["ASTDT"]
    known = events["ASTDTF"].map(KNOWN_FOR_A) if "ASTDTF" in events else pd.Series(np.nan, index=events.index)
    earliest, latest = start.copy(), start.copy()
    for part, period in (("month", "M"), ("year", "Y")):
        of_part = (known == part) & start.notna()
        whole = start[of_part].dt.to_period(period)
        earliest[of_part], latest[of_part] = whole.dt.start_time.dt.normalize(), whole.dt.end_time.dt.normalize()
    unknown = known == ""
    earliest[unknown], latest[unknown] = pd.NaT, pd.NaT
    return earliest, latest


def _has_worsened(initial_grade: str | None, events: pd.DataFrame) -> np.ndarray:
    if initial_grade is None:
        return np.zeros(len(events), dtype=bool)
    return (events["grade"] > events[initial_grade]).to_numpy()
