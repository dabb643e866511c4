"""The mark of a report folder, by which it is known what the package made there and what somebody else did."""

import json
import os
import re
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from .files import write_whole

MARK = ".smmlib-report"
WHAT_IT_IS = "smmlib made this folder and replaces it as a whole: keep no files of your own in it."
KEPT = {"numbers.csv": b"record,run,", "ledger.csv": b"claim,"}
"""Files that `make clean` and git keep without a mark, and how each begins."""
UNSEALED = re.compile(
    r"index\.html|report\.[a-z]+|ars\.json|[a-z]+\.csv|\.smmlib-report\.[0-9a-f]+\.new|manifest\.json"
    r"|(analysis_data|figures|notebooks|r|tables)(/[^/]+)?"
)
"""What a run writes before it says what it wrote: in a folder that a killed run left."""
BY_FILE_BROWSERS = {".DS_Store", "Thumbs.db", "desktop.ini", ".ipynb_checkpoints"}
"""Left in any folder by looking into it."""
LARGEST_MARK = 10**6


def write_mark(folder: Path, study: str, *, sealed: bool = False) -> None:
    """Mark a folder as the report of a study.

    Parameters
    ----------
    folder : Path
    study : str
    sealed : bool
        Whether to name what is in the folder now as all that the package made there.
    """
    mark: dict[str, object] = {"what": WHAT_IT_IS, "study": study}
    if sealed:
        mark["files"] = sorted(set(leaves(folder)) - {MARK})
    write_whole(folder / MARK, (json.dumps(mark, indent=1) + "\n").encode("utf-8"))


def marked_study(folder: Path) -> "str | None":
    """The study whose report a folder is marked as; None where there is no mark that can be read as one."""
    return _mark(folder).get("study")


def is_report_of(folder: Path, study: str) -> bool:
    """Whether a folder is a report of a study: marked so, or nothing but the numbers that are kept without a mark."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    marked = marked_study(folder)
    return marked == study or (marked is None and bool(leaves(folder)) and not files_of_others(folder))


def files_of_others(folder: Path) -> "list[str]":
    """Paths in a folder, from it, of what the package did not make there.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    list of str
        Everything in a folder without a mark, but for numbers and ledger of a report.

    Raises
    ------
    OSError
        If a part of the folder cannot be read.
    """
    mark = _mark(folder)
    return sorted(name for name in leaves(folder) if not _is_kept(folder, name) and not _is_told(mark, name))


def remove_report(folder: Path, keep: "Collection[str]" = ()) -> None:
    """Remove what the package made in a folder, and the folder, if nothing else is in it.

    Parameters
    ----------
    folder : Path
    keep : collection of str
        Names of files that stay.

    Raises
    ------
    OSError
        At the first file that cannot be removed.
    """
    others = files_of_others(folder)
    ours = [name for name in leaves(folder) if name not in (*others, *keep, MARK)]
    for name in ours:
        _remove(folder / name)
    inner = {place for name in ours for place in PurePosixPath(name).parents if place.name}
    for place in sorted(inner, key=lambda place: len(place.parts), reverse=True):
        _remove_if_empty(folder / str(place))
    if not others:
        with suppress(FileNotFoundError):
            (folder / MARK).unlink()
    _remove_if_empty(folder)


def leaves(folder: "str | Path", above: str = "") -> "list[str]":
    """Paths in a folder, from it: files, links whatever they lead to, and folders that hold nothing.

    Parameters
    ----------
    folder : path-like
    above : str
        What each path begins with.

    Returns
    -------
    list of str
    """
    found = []
    with os.scandir(str(folder)) as entries:
        for entry in entries:
            name = above + entry.name
            inside = leaves(entry.path, name + "/") if entry.is_dir(follow_symlinks=False) else []
            found += inside or [name]
    return found


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink()


def _remove_if_empty(folder: Path) -> None:
    if not os.listdir(str(folder)):
        folder.rmdir()


def _mark(folder: Path) -> "dict[str, Any]":
    """What the mark says; nothing where it is none of ours."""
    file = folder / MARK
    try:
        if file.is_symlink() or not file.is_file() or file.stat().st_size > LARGEST_MARK:
            return {}
        mark = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    is_one = isinstance(mark, dict) and isinstance(mark.get("study"), str) and isinstance(mark.get("files", []), list)
    return mark if is_one else {}


def _is_kept(folder: Path, name: str) -> bool:
    file = folder / name
    if name not in KEPT or file.is_symlink() or not file.is_file():
        return False
    with file.open("rb") as stream:
        return stream.read(len(KEPT[name])) == KEPT[name]


def _is_told(mark: "dict[str, Any]", name: str) -> bool:
    """Whether the mark says so, of a file or of a folder that held files; an empty mark says nothing."""
    if not mark:
        return False
    if name == MARK or BY_FILE_BROWSERS & set(name.split("/")):
        return True
    if "files" not in mark:
        return bool(UNSEALED.fullmatch(name))
    return any(file == name or str(file).startswith(name + "/") for file in mark["files"])
