"""The folders of one report: the one that stands, those set aside for a new one, and those that a run is building."""

import os
import re
import secrets
from pathlib import Path

from .report_mark import is_report_of, leaves, marked_study

ASIDE, PARTIAL = "previous", "partial"
TOKEN_BYTES = 8
"""Names that nobody else gives a folder: a date, as in the name of a copy, is shorter."""


def new_beside(standing: Path, kind: str) -> Path:
    """A path beside a report, of a name that nothing has.

    Parameters
    ----------
    standing : Path
        Folder of the report that stands.
    kind : {"previous", "partial"}

    Returns
    -------
    Path
    """
    return standing.with_name(f"{standing.name}.{kind}-{secrets.token_hex(TOKEN_BYTES)}")


def set_aside(standing: Path) -> "list[Path]":
    """Folders of reports that were set aside for a newer one, the newest last.

    Parameters
    ----------
    standing : Path

    Returns
    -------
    list of Path
    """
    found = [folder for folder in _beside(standing, ASIDE) if is_report_of(folder, standing.name)]
    return sorted(found, key=lambda folder: folder.stat().st_mtime)


def unfinished(standing: Path) -> "list[Path]":
    """Folders that runs of a report were building; whoever holds the report's lock knows that those runs have ended.

    Parameters
    ----------
    standing : Path

    Returns
    -------
    list of Path
    """
    return [
        folder for folder in _beside(standing, PARTIAL) if marked_study(folder) == standing.name or _is_empty(folder)
    ]


def put_back(standing: Path) -> "Path | None":
    """Put the last good report back, where a run was killed after it had set it aside.

    Parameters
    ----------
    standing : Path

    Returns
    -------
    Path or None
        Where it was; None when there was nothing to do.
    """
    aside = set_aside(standing)
    if not aside or standing.is_symlink() or (standing.exists() and not _is_empty(standing)):
        return None
    os.rename(str(aside[-1]), str(standing))
    return aside[-1]


def _beside(standing: Path, kind: str) -> "list[Path]":
    """Real folders beside a report that were named here."""
    name = re.compile(rf"{re.escape(standing.name)}\.{kind}-[0-9a-f]{{{2 * TOKEN_BYTES}}}")
    with os.scandir(str(standing.parent)) as entries:
        names = sorted(entry.name for entry in entries if name.fullmatch(entry.name) and not entry.is_symlink())
    return [standing.with_name(name) for name in names if standing.with_name(name).is_dir()]


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not leaves(folder)
