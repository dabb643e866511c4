"""The only reader of data files: tables under CDISC ADaM variable names, checked whole before anything is computed."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pandas as pd

from smmlib.trial.parameters.data_files import Table
from smmlib.trial.parameters.reconstructed_files import is_up_to_date
from smmlib.trial.parameters.study import Study
from smmlib.trial.tables.cross_checks import (
    is_in_an_arm,
    is_randomised,
    problems_between_tables,
    problems_of_subjects,
    problems_of_times,
)
from smmlib.trial.tables.problems import DataError, Problem
from smmlib.trial.tables.reading import read_table

Derived = TypeVar("Derived")

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
        ADSL, one row a randomised patient of one of the arms, indexed by USUBJID.
    times, responses, laboratory, tumours, adverse_events : DataFrame or None
        ADTTE, ADRS, ADLB, ADTR and ADAE, rows of those patients; None where the study has no such table. `event`
        stands for CNSR, True where it is 0.
    outside : dict of str to int
        Randomised patients whose arm is none of the study's, by the value of the arm variable.
    """

    subjects: pd.DataFrame
    times: pd.DataFrame | None = None
    responses: pd.DataFrame | None = None
    laboratory: pd.DataFrame | None = None
    tumours: pd.DataFrame | None = None
    adverse_events: pd.DataFrame | None = None
    outside: dict[str, int] = field(default_factory=dict)
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
    problems: list[Problem] = []
    tables: dict[Table, pd.DataFrame] = {}
    frames = frames or {}
    for name in study.data.tables:
        try:
            table, wrong = read_table(study, name, frames.get(name))
            problems += wrong
            tables |= {name: table} if table is not None else {}
        except DataError as error:
            problems += error.problems
    if "subjects" in tables:
        problems += problems_of_subjects(study, tables["subjects"])
        problems += problems_between_tables(study, tables)
    if "times" in tables:
        problems += problems_of_times(study, tables["times"])
    if problems:
        raise DataError(problems)
    subjects = tables.pop("subjects").set_index("USUBJID")
    randomised = subjects[is_randomised(study, subjects)]
    inside = is_in_an_arm(study, randomised)
    outside = {str(arm): count for arm, count in randomised.loc[~inside, study.arms.variable].value_counts().items()}
    subjects = randomised[inside]
    rows = {name: table[table["USUBJID"].isin(subjects.index)] for name, table in tables.items()}
    return Tables(subjects, **rows, outside=outside)
