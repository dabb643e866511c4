"""The secret of a study: a file that only its owner can read, beside the data."""

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from smmlib.trial.tables.problems import DataError, Problem

SHORTEST_SALT = 16
OWNER_ALONE, OTHERS = 0o600, 0o077
ADVICE = "name a file with a secret under data.salt"
KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


def read_salt(file: Path) -> bytes:
    """The secret in a file; made when there is none, for a hash that anybody can repeat hides nothing.

    Parameters
    ----------
    file : Path

    Returns
    -------
    bytes

    Raises
    ------
    DataError
        If the file is none, cannot be read or made, or holds too little to be a secret.
    """
    try:
        if not os.path.lexists(file):
            make_salt(file)
        _refuse_other_than_files(file)
        salt = file.read_bytes().strip()
    except OSError as error:
        raise _refused(file, f"cannot be read or made ({error.strerror}); {ADVICE}") from None
    if len(salt) < SHORTEST_SALT:
        what = f"holds {len(salt)} characters, but a salt must be {SHORTEST_SALT} or more that nobody can guess"
        raise _refused(file, what)
    return salt


def make_salt(file: Path) -> None:
    """Write a new secret that only the owner can read; one that another process made meanwhile is left as it is.

    The file has its name only once it is whole, so that nobody reads half of it and two processes end with one.
    """
    draft = Path(file).with_name(f".{Path(file).name}.{secrets.token_hex(8)}")
    try:
        _write_secret(draft)
        os.link(draft, file)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        with suppress(FileExistsError):
            _write_secret(file)
    finally:
        draft.unlink(missing_ok=True)


def _write_secret(file: Path) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ALONE)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        os.fchmod(descriptor, OWNER_ALONE)  # an odd umask may have taken the owner's rights away
        stream.write(secrets.token_hex(32) + "\n")


def readable_by_others(file: str | Path) -> bool:
    """Whether anyone but the owner may read or change a file."""
    return os.path.isfile(file) and bool(os.stat(file).st_mode & OTHERS)


def _refuse_other_than_files(file: Path) -> None:
    """What is no regular file is refused before it is opened: a named pipe would wait for someone to write."""
    try:
        kind = stat.S_IFMT(os.stat(file).st_mode)
    except FileNotFoundError:
        raise _refused(file, f"is a link to a file that is not there; {ADVICE}") from None
    if kind != stat.S_IFREG:
        raise _refused(file, f"is {KINDS.get(kind, 'no file')}, but must be a file; {ADVICE}")


def _refused(file: Path, what: str) -> DataError:
    return DataError([Problem(str(file), "", "", what)])
