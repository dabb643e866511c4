"""What must hold between the columns of the subject table, and between the tables."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from smmlib.trial.parameters.data_files import Table
from smmlib.trial.parameters.endpoint_rules import DEATH, LAST_ALIVE
from smmlib.trial.parameters.study import Study
from smmlib.trial.tables.columns import date_variables, treatment_period
from smmlib.trial.tables.covariate_checks import problems_of_covariates
from smmlib.trial.tables.place import PLACE, as_text
from smmlib.trial.tables.problems import Contradiction, Problem


def is_randomised(study: Study, subjects: pd.DataFrame) -> NDArray[np.bool_]:
    """Which rows of the subject table are randomised patients, whose variable is filled and not N.

    Returns
    -------
    ndarray of bool
    """
    if study.randomised is None:
        return np.ones(len(subjects), dtype=bool)
    return is_member(subjects[study.randomised])


def is_member(flag: pd.Series) -> NDArray[np.bool_]:
    """Which patients a column includes: those with Y, or with a date.

    Returns
    -------
    ndarray of bool
    """
    return flag.notna().to_numpy() if flag.dtype.kind == "M" else flag.to_numpy(dtype=bool)


def is_in_an_arm(study: Study, subjects: pd.DataFrame) -> NDArray[np.bool_]:
    """Which rows of the subject table are patients of one of the arms that the study names.

    Returns
    -------
    ndarray of bool
    """
    return subjects[study.arms.variable].isin([arm.value for arm in study.arms.levels]).to_numpy()


def problems_of_subjects(study: Study, subjects: pd.DataFrame) -> list[Problem]:
    """Arms without patients, missing strata and covariates that describe nobody, among the randomised.

    Returns
    -------
    list of Problem
    """
    randomised = subjects[is_randomised(study, subjects)]
    if randomised.empty:
        return [Problem(study.data.subjects, "", study.randomised or "", "names nobody as randomised")]
    inside = randomised[is_in_an_arm(study, randomised)]
    covariates = problems_of_covariates(study, inside) if len(inside) else ()
    return [*_of_arms(study, randomised), *_of_strata(study, inside), *covariates]


def contradictions_of_dates(study: Study, tables: Mapping[Table, pd.DataFrame]) -> Iterator[Contradiction]:
    """Dates of patients of the arms in an order that cannot be, and assessments of patients who were dead.

    Parameters
    ----------
    study : Study
    tables : dict of str to DataFrame
        As they were read, `subjects` among them.

    Yields
    ------
    Contradiction
    """
    subjects = tables["subjects"]
    randomised = subjects[is_randomised(study, subjects)]
    inside = randomised[is_in_an_arm(study, randomised)]
    yield from _of_order(study, inside)
    if DEATH not in inside:
        return
    deaths = inside.drop_duplicates("USUBJID").set_index("USUBJID")[DEATH]
    for name in ("responses", "laboratory", "tumours"):
        if name in tables and "ADT" in tables[name]:
            yield from _after_death(study, name, tables[name], deaths)


def _after_death(study: Study, name: str, table: pd.DataFrame, deaths: pd.Series) -> Iterator[Contradiction]:
    """Assessments of patients who were dead."""
    late = table["ADT"] > table["USUBJID"].map(deaths)
    for place, day, patient in table.loc[late, [PLACE, "ADT", "USUBJID"]].itertuples(index=False):
        what = f"is {as_text(day)!r}, but must be no later than {DEATH} of the patient in the subject table"
        yield Contradiction(getattr(study.data, name), place, "ADT", what, "order", patient)


def _of_arms(study: Study, subjects: pd.DataFrame) -> Iterator[Problem]:
    """Arms of which nobody was randomised, and values that are an arm's but for capitals and blanks: misspelt ones."""
    variable = study.arms.variable
    given = _given(study, variable)
    found = subjects[variable].replace("", "nothing").value_counts()
    holds = ", ".join(f"{value!r} {count}" for value, count in found.items())
    absent = [arm for arm in study.arms.levels if arm.value not in found]
    for arm in absent:
        what = f"nobody was randomised to {arm.value!r}, the value of arm {arm.id}; the column holds {holds}"
        yield Problem(study.data.subjects, "", given, what)
    for arm in study.arms.levels if not absent else ():
        misspelt = (subjects[variable] != arm.value) & (subjects[variable].map(_plain) == _plain(arm.value))
        expected = f"must be {arm.value!r}, the value of arm {arm.id}: correct one of the two"
        yield from _wrong(study, subjects, misspelt, variable, expected)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _of_strata(study: Study, subjects: pd.DataFrame) -> Iterator[Problem]:
    for stratum in study.strata:
        given = _given(study, stratum.variable)
        for place in subjects.loc[subjects[stratum.variable] == "", PLACE]:
            what = "is empty or marked as missing, but must be a level: every patient has a stratum"
            yield Problem(study.data.subjects, place, given, what)


def _of_order(study: Study, subjects: pd.DataFrame) -> Iterator[Contradiction]:
    """Nothing is dated after death, nor after the day last seen alive; no treatment ends before it begins."""
    dates = date_variables(study)
    if study.randomised is not None and subjects[study.randomised].dtype.kind == "M":
        dates = list(dict.fromkeys([*dates, study.randomised]))
    for variable in [date for date in dates if date != DEATH] if LAST_ALIVE in dates else []:
        early = subjects[LAST_ALIVE] < subjects[variable]
        yield from _wrong_order(study, subjects, early, LAST_ALIVE, f"must be no earlier than {variable}")
    for variable in dates if DEATH in dates else []:
        late = subjects[variable] > subjects[DEATH]
        yield from _wrong_order(
            study, subjects, late, variable, f"must be no later than {DEATH}, when the patient died"
        )
    treatment = treatment_period(study)
    periods = [(phase.start, phase.end) for phase in study.phases]
    for start, end in [*periods, *([(treatment.start, treatment.end)] if treatment else [])]:
        reversed_ = subjects[end] < subjects[start]
        yield from _wrong_order(study, subjects, reversed_, end, f"must be no earlier than {start}")


def _wrong(study: Study, subjects: pd.DataFrame, wrong: pd.Series, variable: str, expected: str) -> Iterator[Problem]:
    given = _given(study, variable)
    rows = subjects[wrong.to_numpy()]
    for place, value in zip(rows[PLACE], rows[variable], strict=True):
        yield Problem(study.data.subjects, place, given, f"is {as_text(value)!r}, but {expected}")


def _wrong_order(
    study: Study, subjects: pd.DataFrame, wrong: pd.Series, variable: str, expected: str
) -> Iterator[Contradiction]:
    given = _given(study, variable)
    for place, value, patient in subjects.loc[wrong.to_numpy(), [PLACE, variable, "USUBJID"]].itertuples(index=False):
        what = f"is {as_text(value)!r}, but {expected}"
        yield Contradiction(study.data.subjects, place, given, what, "order", patient)


def _given(study: Study, variable: str) -> str:
    """What the subject table calls a variable."""
    return study.data.columns.get("subjects", {}).get(variable, variable)
