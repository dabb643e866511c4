"""Which program makes a report: a hash of its code and of its lock, and the commits of git that it comes from."""

import subprocess
from pathlib import Path

from smmlib.hashes import hash_of_files
from smmlib.places import CHECKOUT, is_checkout
from smmlib.report.folder.standing import library_files

LOCK = "requirements.lock"
CHANGED = "+changes"
LONGEST_QUESTION = 10
"""Seconds that git may take to answer."""


def program_hash() -> str:
    """SHA-256 of the code of this package."""
    return hash_of_files(*library_files())


def lock_hash() -> "str | None":
    """SHA-256 of the lock; None where the package is installed without its repository."""
    lock = CHECKOUT / LOCK
    return hash_of_files(lock) if is_checkout() and lock.is_file() else None


def commits(params_file: Path) -> "dict[str, str | None]":
    """The commits that program and parameters come from, for the manifest; a report's other files do not hold them.

    Parameters
    ----------
    params_file : Path

    Returns
    -------
    dict of str to str or None
        `program` and `parameters`, each with "+changes" where what is used is not as committed; None where it is in no
        repository of git.
    """
    program = _commit(CHECKOUT, ["smmlib", "notebooks", LOCK]) if is_checkout() else None
    return {"program": program, "parameters": _commit(params_file.resolve().parent, [params_file.name])}


def _commit(folder: Path, paths: "list[str]") -> "str | None":
    """The commit of the repository that tracks files of a folder, and whether they are as committed there."""
    tracked = _git(folder, "ls-files", "--", *paths)
    commit = _git(folder, "rev-parse", "HEAD") if tracked else None
    if not commit:
        return None
    return commit + (CHANGED if _git(folder, "status", "--porcelain", "--", *paths) else "")


def _git(folder: Path, *words: str) -> "str | None":
    """What git answers; None where there is no git, no repository, or it does not answer."""
    command = ["git", "-C", str(folder), "--no-optional-locks", *words]
    try:
        asked = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=LONGEST_QUESTION, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return asked.stdout.strip()
