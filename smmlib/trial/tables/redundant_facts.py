"""What two tables, or two columns, say of the same patient: the arm, and whether the patient died."""

from collections.abc import Iterator, Mapping

import pandas as pd

from smmlib.trial.parameters.data_files import Table
from smmlib.trial.parameters.endpoint_rules import DEATH
from smmlib.trial.parameters.study import Study
from smmlib.trial.tables.columns import ARM_OF_RECORDS, DIED
from smmlib.trial.tables.place import PLACE
from smmlib.trial.tables.problems import Contradiction


def contradictions_of_arms(study: Study, tables: Mapping[Table, pd.DataFrame]) -> Iterator[Contradiction]:
    """Rows of other tables that name another arm than the subject table: one was merged with the wrong patients.

    Parameters
    ----------
    study : Study
    tables : dict of str to DataFrame
        As they were read, `subjects` among them.

    Yields
    ------
    Contradiction
        One for each table and column, with its patients.
    """
    subjects = tables["subjects"].drop_duplicates("USUBJID").set_index("USUBJID")
    for name, table in tables.items():
        for variable, of_subjects in ARM_OF_RECORDS.items() if name != "subjects" else ():
            if variable in table and of_subjects in subjects:
                expected = table["USUBJID"].map(subjects[of_subjects])
                differs = expected.notna() & (table[variable] != "") & (table[variable] != expected)
                yield from _of_arm(study, name, table[differs], variable, of_subjects, expected[differs])


def _of_arm(
    study: Study, name: str, rows: pd.DataFrame, variable: str, of_subjects: str, expected: pd.Series
) -> Iterator[Contradiction]:
    for patient, of_patient in rows.groupby("USUBJID", sort=False):
        row = of_patient.iloc[0]
        in_subjects = f"{of_subjects} of the subject table {expected[of_patient.index[0]]!r}"
        what = f"is {row[variable]!r} and {in_subjects}, but must be the same: was a table merged with other patients?"
        yield Contradiction(getattr(study.data, name), row[PLACE], variable, what, "arm", str(patient))


def contradictions_of_deaths(study: Study, subjects: pd.DataFrame) -> Iterator[Contradiction]:
    """Patients whom DTHFL calls dead without a date of death, or who have one and are not called so.

    Parameters
    ----------
    study : Study
    subjects : DataFrame
        Randomised patients, as they were read.

    Yields
    ------
    Contradiction
    """
    if DIED not in subjects or DEATH not in subjects:
        return
    dead = subjects[DIED] == "Y"
    for _, row in subjects[dead & subjects[DEATH].isna()].iterrows():
        what = f"is 'Y', but must be so only where {DEATH} is given"
        yield Contradiction(study.data.subjects, row[PLACE], DIED, what, "death", row["USUBJID"])
    for _, row in subjects[~dead & subjects[DEATH].notna()].iterrows():
        what = f"is {row[DIED]!r}, but must be Y where {DEATH} is given"
        yield Contradiction(study.data.subjects, row[PLACE], DIED, what, "death", row["USUBJID"])
