"""What must hold between the columns of the subject table, and between the tables."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from smmlib.trial.parameters.data_files import Table
from smmlib.trial.parameters.endpoint_rules import DEATH, LAST_ALIVE
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present
from smmlib.trial.tables.columns import date_variables
from smmlib.trial.tables.problems import Problem
from smmlib.trial.tables.reading import PLACE, as_text, shown
from smmlib.trial.units import in_unit

FAR, FEW_DAYS = 0.05, 3
"""How far a recorded time may be from its dates, relatively and in days: more is another unit, or another date."""


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
    """Arms without patients, missing strata and dates in an order that cannot be, among the randomised.

    Returns
    -------
    list of Problem
    """
    randomised = subjects[is_randomised(study, subjects)]
    if randomised.empty:
        return [Problem(study.data.subjects, "", study.randomised or "", "names nobody as randomised")]
    inside = randomised[is_in_an_arm(study, randomised)]
    return [*_of_arms(study, randomised), *_of_strata(study, inside), *_of_order(study, inside)]


def problems_between_tables(study: Study, tables: Mapping[Table, pd.DataFrame]) -> list[Problem]:
    """Rows of patients who are not in the subject table, as a misspelt identifier would lose its patient; or were dead.

    Returns
    -------
    list of Problem
    """
    known = tables["subjects"]["USUBJID"]
    problems = []
    deaths = tables["subjects"].set_index("USUBJID").get(DEATH)
    for name in [name for name in tables if name != "subjects"]:
        strange = tables[name][~tables[name]["USUBJID"].isin(known)]
        for place, patient in zip(strange[PLACE], strange["USUBJID"], strict=True):
            what = f"is {shown(study, 'USUBJID', patient)}, but must be a patient of the subject table"
            problems.append(Problem(getattr(study.data, name), place, "USUBJID", what))
        if name in ("responses", "laboratory", "tumours") and "ADT" in tables[name] and deaths is not None:
            problems += _after_death(study, name, tables[name], deaths)
    return problems


def _after_death(study: Study, name: str, table: pd.DataFrame, deaths: pd.Series) -> Iterator[Problem]:
    """Assessments of patients who were dead."""
    late = table["ADT"] > table["USUBJID"].map(deaths[~deaths.index.duplicated()])
    for place, day in zip(table.loc[late, PLACE], table.loc[late, "ADT"], strict=True):
        what = f"is {as_text(day)!r}, but must be no later than {DEATH} of the patient in the subject table"
        yield Problem(getattr(study.data, name), place, "ADT", what)


def problems_of_times(study: Study, times: pd.DataFrame) -> list[Problem]:
    """Recorded times in another unit than the study's: by AVALU, or by far from their own dates.

    Returns
    -------
    list of Problem
    """
    unit = study.time_unit.rstrip("s")
    problems = []
    for place, given in zip(times[PLACE], times["AVALU"], strict=True) if "AVALU" in times else ():
        if given and given.lower().rstrip("s") != unit:
            what = f"is {given!r}, but must be {study.time_unit.upper()}, the time_unit of the study"
            problems.append(Problem(present(study.data.times), place, "AVALU", what))
    if "ADT" in times and "STARTDT" in times:
        time = in_unit((times["ADT"] - times["STARTDT"]).dt.days, study.time_unit)
        far = (times["AVAL"] - time).abs() > np.maximum(FAR * time, in_unit(FEW_DAYS, study.time_unit))
        for place, aval, expected in zip(times.loc[far, PLACE], times.loc[far, "AVAL"], time[far], strict=True):
            what = f"is {aval:g}, but must be about {expected:.4g} {study.time_unit}, the time from STARTDT to ADT"
            problems.append(Problem(present(study.data.times), place, "AVAL", what))
    return problems


def _of_arms(study: Study, subjects: pd.DataFrame) -> Iterator[Problem]:
    """Arms of which nobody was randomised, and values that are an arm's but for capitals and blanks: misspelt ones."""
    variable = study.arms.variable
    given = study.data.columns.get("subjects", {}).get(variable, variable)
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
        blank = subjects[stratum.variable] == ""
        yield from _wrong(study, subjects, blank, stratum.variable, "must be a level: every patient has a stratum")


def _of_order(study: Study, subjects: pd.DataFrame) -> Iterator[Problem]:
    """Nothing is dated after death, nor after the day last seen alive; no phase of treatment ends before it begins."""
    dates = date_variables(study)
    for variable in [date for date in dates if date != DEATH] if LAST_ALIVE in dates else []:
        early = subjects[LAST_ALIVE] < subjects[variable]
        yield from _wrong(study, subjects, early, LAST_ALIVE, f"must be no earlier than {variable}")
    for variable in dates if DEATH in dates else []:
        late = subjects[variable] > subjects[DEATH]
        yield from _wrong(study, subjects, late, variable, f"must be no later than {DEATH}, when the patient died")
    for phase in study.phases:
        reversed_ = subjects[phase.end] < subjects[phase.start]
        yield from _wrong(study, subjects, reversed_, phase.end, f"must be no earlier than {phase.start}")


def _wrong(study: Study, subjects: pd.DataFrame, wrong: pd.Series, variable: str, expected: str) -> Iterator[Problem]:
    given = study.data.columns.get("subjects", {}).get(variable, variable)
    rows = subjects[wrong.to_numpy()]
    for place, value in zip(rows[PLACE], rows[variable], strict=True):
        yield Problem(study.data.subjects, place, given, f"is {as_text(value)!r}, but {expected}")
