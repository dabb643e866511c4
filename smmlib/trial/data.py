"""The only reader of data files: tables under CDISC ADaM variable names, checked whole before anything is computed."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from smmlib.trial.parameters.data_files import Table
from smmlib.trial.parameters.reconstructed_files import is_up_to_date
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present
from smmlib.trial.safety.checks import problems_of_adverse_events
from smmlib.trial.tables.accepted import without_accepted
from smmlib.trial.tables.competing_codes import problems_of_competing_codes
from smmlib.trial.tables.cross_checks import (
    contradictions_of_dates,
    is_in_an_arm,
    is_randomised,
    problems_of_subjects,
)
from smmlib.trial.tables.exposure_measures import with_measures
from smmlib.trial.tables.outside import rows_of_others
from smmlib.trial.tables.problems import DataError, Problem
from smmlib.trial.tables.reading import read_table
from smmlib.trial.tables.recorded_facts import accepted_disagreements, disagreements
from smmlib.trial.tables.recorded_times import turned, with_study_times
from smmlib.trial.tables.redundant_facts import contradictions_of_arms, contradictions_of_deaths

Derived = TypeVar("Derived")
Check = Callable[[Study, dict[Table, pd.DataFrame]], tuple[list[Problem], list[str]]]

NOT_RECONSTRUCTED = (
    "holds no patients of data.curves as they are now: make report, or `smmlib curves` "
    "with the parameters file, makes them"
)


@dataclass(frozen=True, eq=False)
class Tables:
    """The tables of a study, each column read as what it must hold, `place` the row in its file.

    Attributes
    ----------
    subjects : DataFrame
        ADSL, one row a randomised patient of one of the arms, indexed by USUBJID; with the measures of ADEX that the
        parameters ask for, each under its PARAMCD.
    times, responses, laboratory, tumours, exposure, adverse_events : DataFrame or None
        ADTTE, ADRS, ADLB, ADTR, ADEX and ADAE, rows of those patients; None where the study has no such table. `event`
        is True where CNSR is 0, and AVAL in the unit of the study.
    outside : dict of str to int
        Randomised patients whose arm is none of the study's, by the value of the arm variable.
    notes : tuple of str
        What of the tables was passed over, and what was taken for something else than it says, each with its count.
    """

    subjects: pd.DataFrame
    times: pd.DataFrame | None = None
    responses: pd.DataFrame | None = None
    laboratory: pd.DataFrame | None = None
    tumours: pd.DataFrame | None = None
    exposure: pd.DataFrame | None = None
    adverse_events: pd.DataFrame | None = None
    outside: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    _derived: dict[tuple[int, Hashable], tuple[Study, Any]] = field(default_factory=dict, init=False, repr=False)

    def once(self, study: Study, what: Hashable, derive: Callable[[], Derived]) -> Derived:
        """What is derived of these tables for a study, derived when it is first asked for.

        Parameters
        ----------
        study : Study
        what : hashable
            What it is, and all that it depends on besides the tables and the study.
        derive : callable
            Without arguments.
        """
        key = id(study), what
        if key not in self._derived:
            self._derived[key] = study, derive()  # the study is kept, so that no other one takes its identity
        return self._derived[key][1]


def read_tables(study: Study, frames: Mapping[str, pd.DataFrame] | None = None) -> Tables:
    """Read and check every table of a study.

    Parameters
    ----------
    study : Study
    frames : dict of str to DataFrame, optional
        Tables at hand, by name: texts and whole numbers, "" where a value is missing. They are read instead of the
        files that the study names.

    Returns
    -------
    Tables

    Raises
    ------
    DataError
        Naming the file, the row, the column, the value and what is expected, for every problem in every table.

    Examples
    --------
    Freireich 1963 has 42 children, of whom 30 relapsed. From the folder of the project:

    >>> from smmlib.trial import read_study, read_tables
    >>> tables = read_tables(read_study("params/freireich-1963.yaml"))
    >>> len(tables.subjects), int(tables.times["event"].sum()), tables.laboratory
    (42, 30, None)
    """
    if study.data.curves and frames is None and not is_up_to_date(study):
        raise DataError([Problem(study.data.subjects, "", "", NOT_RECONSTRUCTED)])
    tables, problems, notes = _read_each(study, frames or {})
    if {"subjects", "exposure"} <= tables.keys():
        tables["subjects"] = with_measures(study, tables["subjects"], tables["exposure"])
    checks: dict[Table, Check] = {"subjects": _of_patients, "times": _of_times, "adverse_events": _of_adverse_events}
    for about, check in checks.items():
        if about in tables:
            wrong, said = check(study, tables)
            problems, notes = [*problems, *_not_following(study, problems, wrong)], [*notes, *said]
    if problems:
        raise DataError(problems)
    subjects = tables.pop("subjects").set_index("USUBJID")
    randomised = subjects[is_randomised(study, subjects)]
    inside = is_in_an_arm(study, randomised)
    outside = {str(arm): count for arm, count in randomised.loc[~inside, study.arms.variable].value_counts().items()}
    subjects = randomised[inside]
    rows = {name: table[table["USUBJID"].isin(subjects.index)] for name, table in tables.items()}
    return Tables(subjects, **rows, outside=outside, notes=tuple(notes))


def _read_each(
    study: Study, frames: Mapping[str, pd.DataFrame]
) -> tuple[dict[Table, pd.DataFrame], list[Problem], list[str]]:
    """The tables that can be read, what is wrong with any of them, and what is said of them."""
    tables: dict[Table, pd.DataFrame] = {}
    problems: list[Problem] = []
    notes: list[str] = []
    for name in study.data.tables:
        try:
            read = read_table(study, name, frames.get(name))
        except DataError as error:
            problems += error.problems
            continue
        problems, notes = [*problems, *read.problems], [*notes, *read.notes]
        tables |= {name: read.table} if read.table is not None else {}
    return tables, problems, notes


def _not_following(study: Study, problems: list[Problem], found: list[Problem]) -> list[Problem]:
    """Further problems, without those of a column of subjects as a whole that follow from its wrong cells."""
    wrong = {problem.column for problem in problems if problem.place and problem.file == study.data.subjects}
    return [each for each in found if each.place or each.file != study.data.subjects or each.column not in wrong]


def _of_times(study: Study, tables: dict[Table, pd.DataFrame]) -> tuple[list[Problem], list[str]]:
    """What is wrong with recorded times, which are turned into the unit of the study, and what is said of them."""
    wrong, said = disagreements(study, tables["times"])
    said = [f"{Path(present(study.data.times)).name}: {note}" for note in (*turned(study, tables["times"]), *said)]
    tables["times"], early = with_study_times(study, tables["times"])
    return [*wrong, *early, *problems_of_competing_codes(study, tables["times"])], said


def _of_adverse_events(study: Study, tables: dict[Table, pd.DataFrame]) -> tuple[list[Problem], list[str]]:
    """What is wrong with adverse events beyond single cells."""
    return problems_of_adverse_events(study, tables["adverse_events"]), []


def _of_patients(study: Study, tables: dict[Table, pd.DataFrame]) -> tuple[list[Problem], list[str]]:
    """What is wrong between columns and tables, and what is said of rows that are passed over."""
    subjects = tables["subjects"]
    randomised = subjects[is_randomised(study, subjects)]
    inside = randomised[is_in_an_arm(study, randomised)]
    found = [
        *contradictions_of_dates(study, tables),
        *contradictions_of_arms(study, tables),
        *contradictions_of_deaths(study, inside),
        *(accepted_disagreements(study, tables["times"]) if "times" in tables else ()),
    ]
    others, passed_over = rows_of_others(study, tables, inside["USUBJID"])
    return [*problems_of_subjects(study, subjects), *others, *without_accepted(study, found)], passed_over
