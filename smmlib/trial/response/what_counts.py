"""Which assessments of ADRS count for response: those after the start, before new therapy, and with a baseline."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from smmlib.trial.data import Tables
from smmlib.trial.dates import in_words
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present
from smmlib.trial.response.history import NEW_THERAPY

UP_TO_START, NO_BASELINE = "on or before the start", "without a baseline"
PASSED_OVER = (UP_TO_START, NO_BASELINE, NEW_THERAPY)
"""Why assessments do not count for response, whatever they show."""
AFTER_PROGRESSION = "after progression"
"""Why the assessments that follow progression do not count, as they seldom would."""


@dataclass(frozen=True)
class WhatCounts:
    """From which day, and up to which, assessments of each patient count.

    Attributes
    ----------
    start : str or None
        Variable of the date up to which assessments are baseline; None where the study has none.
    starts, stops : mapping of str to date
        By patient: that date, and the day on which new therapy began. A patient without a start has none in `starts`,
        and no assessment of theirs counts.
    without_baseline : frozenset of str
        Patients without the baseline assessment that the criteria need.
    """

    start: str | None = None
    starts: Mapping[str, date] = field(default_factory=dict)
    stops: Mapping[str, date] = field(default_factory=dict)
    without_baseline: frozenset[str] = frozenset()

    def why_not(self, patient: str, day: date) -> tuple[str, str]:
        """Why an assessment does not count.

        Parameters
        ----------
        patient : str
        day : date

        Returns
        -------
        tuple of (str, str)
            One of `PASSED_OVER`, and the same with its date; two empty texts where the assessment counts.
        """
        if self.start is not None and patient not in self.starts:
            return UP_TO_START, f"no {in_words(self.start)}"
        if self.start is not None and day <= self.starts[patient]:
            return UP_TO_START, f"on or before the day of {in_words(self.start)}, {self.starts[patient]}"
        if patient in self.without_baseline:
            return NO_BASELINE, "no baseline assessment"
        if patient in self.stops and day >= self.stops[patient]:
            return NEW_THERAPY, f"new therapy began on {self.stops[patient]}"
        return "", ""


def what_counts(study: Study, tables: Tables, *, through_new_therapy: bool = False) -> WhatCounts:
    """Which recorded assessments of a study count.

    Parameters
    ----------
    study : Study
    tables : Tables
    through_new_therapy : bool
        Whether assessments under new therapy count as well.

    Returns
    -------
    WhatCounts
        Everything counts where the study has no response section.
    """
    response, subjects = study.response, tables.subjects
    if response is None:
        return WhatCounts()
    start = start_variable(study, subjects)
    stop = None if through_new_therapy else response.new_therapy
    baseline = study.assessments.baseline if study.assessments and response.criteria == "recist-1.1" else None
    without = frozenset(subjects.index[subjects[baseline].isna()]) if baseline else frozenset()
    return WhatCounts(start, _days(subjects, start), _days(subjects, stop), without)


def start_variable(study: Study, subjects: pd.DataFrame) -> str | None:
    """Variable of the date up to which assessments are baseline: the one named, or that of randomisation.

    Parameters
    ----------
    study : Study
        With a response section.
    subjects : DataFrame
        Of `Tables`.

    Returns
    -------
    str or None
        None where none is named, and the table says of randomisation whether it was, but not when.
    """
    if present(study.response).start is not None:
        return present(study.response).start
    dated = study.randomised is not None and subjects[study.randomised].dtype.kind == "M"
    return study.randomised if dated else None


def _days(subjects: pd.DataFrame, variable: str | None) -> dict[str, date]:
    return {} if variable is None else subjects[variable].dropna().dt.date.to_dict()
