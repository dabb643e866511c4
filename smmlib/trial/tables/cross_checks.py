"""What must hold between the columns of the subject table, and between the tables."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from smmlib.trial.parameters.data_files import Table
from smmlib.trial.parameters.endpoint_rules import DEATH
from smmlib.trial.parameters.study import Study
from smmlib.trial.tables.covariate_checks import problems_of_covariates
from smmlib.trial.tables.date_order import contradictions_of_order
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
    return [*_of_screening(study, randomised), *_of_arms(study, randomised), *_of_strata(study, inside), *covariates]


def _of_screening(study: Study, randomised: pd.DataFrame) -> Iterator[Problem]:
    if study.screening is None:
        return
    assessed, left_out = study.screening.assessed, sum(study.screening.not_randomised.values())
    if assessed - left_out != len(randomised):
        what = (
            f"has {len(randomised)} randomised patients, but screening says {assessed} assessed and {left_out} of them "
            f"not randomised, which leaves {assessed - left_out}"
        )
        yield Problem(study.data.subjects, "", "", what)


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
    found = list(contradictions_of_order(study, inside))
    yield from found
    if DEATH not in inside:
        return
    told = [each.patient for each in found if DEATH in f"{each.column} {each.what}"]  # later days have the same cause
    deaths = inside[~inside["USUBJID"].isin(told)].drop_duplicates("USUBJID").set_index("USUBJID")[DEATH]
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


def _wrong(study: Study, subjects: pd.DataFrame, wrong: pd.Series, variable: str, expected: str) -> Iterator[Problem]:
    given = _given(study, variable)
    rows = subjects[wrong.to_numpy()]
    for place, value in zip(rows[PLACE], rows[variable], strict=True):
        yield Problem(study.data.subjects, place, given, f"is {as_text(value)!r}, but {expected}")


def _given(study: Study, variable: str) -> str:
    """What the subject table calls a variable."""
    return study.data.columns.get("subjects", {}).get(variable, variable)
