"""Names of patients in tables that leave the data: a hash of the identifier, with a salt that stays with the data."""

import hashlib
import hmac
import secrets
from contextlib import suppress
from pathlib import Path

from smmlib.trial.tables.problems import DataError, Problem

SHORTEST_SALT, HASH_LENGTH = 16, 12


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
    salt = _salt(Path(study.data.salt))
    names = [hmac.new(salt, patient.encode(), hashlib.sha256).hexdigest()[:HASH_LENGTH] for patient in patients]
    if len(set(names)) < len(set(patients)):
        raise DataError([Problem(study.data.salt, "", "", "two patients have the same hash: take another salt")])
    return names


def _salt(file):
    """The secret of the data; made when there is none, for a hash that anybody can repeat hides nothing."""
    try:
        if not file.exists():
            with suppress(FileExistsError), file.open("x", encoding="ascii") as stream:  # another process was quicker
                stream.write(secrets.token_hex(32) + "\n")
        salt = file.read_bytes().strip()
    except OSError as error:
        what = f"cannot be read or made ({error.strerror}); name a file with a secret under data.salt"
        raise DataError([Problem(str(file), "", "", what)]) from None
    if len(salt) < SHORTEST_SALT:
        what = f"holds {len(salt)} characters, but a salt must be {SHORTEST_SALT} or more that nobody can guess"
        raise DataError([Problem(str(file), "", "", what)])
    return salt
