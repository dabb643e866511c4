"""Names of patients in tables that leave the data: a hash of the identifier, with a salt that stays with the data."""

import hashlib
import hmac
from pathlib import Path

from smmlib.trial.salt import read_salt
from smmlib.trial.tables.problems import DataError, Problem

HASH_LENGTH = 12


def names_of(study, patients):
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
    salt = read_salt(Path(study.data.salt))
    names = [hmac.new(salt, patient.encode(), hashlib.sha256).hexdigest()[:HASH_LENGTH] for patient in patients]
    if len(set(names)) < len(set(patients)):
        raise DataError([Problem(study.data.salt, "", "", "two patients have the same hash: take another salt")])
    return names
