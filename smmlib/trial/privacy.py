"""Names of patients in tables that leave the data: a hash of the identifier, with a salt that stays with the data."""

import hashlib
import hmac
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present
from smmlib.trial.salt import read_salt
from smmlib.trial.tables.problems import DataError, Problem

HASH_LENGTH = 12


def names_of(study: Study, patients: Iterable[str]) -> list[str]:
    """What each patient is called outside of the data.

    Parameters
    ----------
    study : Study
    patients : sequence of str
        Identifiers.

    Returns
    -------
    list of str
        The first 12 hexadecimal digits of HMAC-SHA256 of the identifier, keyed with the salt; the identifiers
        themselves where the study says `privacy: identified`.

    Raises
    ------
    DataError
        If the salt cannot be read or written, or is too short to keep a secret.
    """
    if study.privacy == "identified":
        return list(patients)
    salt = read_salt(Path(present(study.data.salt)))
    names = [hmac.new(salt, patient.encode(), hashlib.sha256).hexdigest()[:HASH_LENGTH] for patient in patients]
    if len(set(names)) < len(set(patients)):
        raise DataError(
            [Problem(present(study.data.salt), "", "", "two patients have the same hash: take another salt")]
        )
    return names


def without_order(study: Study, derivation: pd.DataFrame) -> pd.DataFrame:
    """A derivation as it may leave the data: its rows in the order of the hashes instead of that of the table.

    Who holds a list of the identifiers in the order of the table could otherwise name each row.

    Parameters
    ----------
    study : Study
    derivation : DataFrame
        With the names of `names_of` in the column `patient`.

    Returns
    -------
    DataFrame
        As it is where the study says `privacy: identified`.
    """
    if study.privacy == "identified":
        return derivation
    return derivation.sort_values("patient", kind="stable", ignore_index=True)


def source_in_words(study: Study, file: str, rows: Sequence[str], variable: str = "") -> str:
    """Where the value that decided stands: "adsl.csv line 5, PROGDT"; the rows only where patients are identified.

    Parameters
    ----------
    study : Study
    file : str
        Path of the table.
    rows : sequence of str
        Rows of it, as its `place` says them.
    variable : str
        The variable, where the table has one column for each.

    Returns
    -------
    str
    """
    where = f" {', '.join(rows)}" if rows and study.privacy == "identified" else ""
    return ", ".join(filter(None, [f"{os.path.basename(file)}{where}", variable]))
