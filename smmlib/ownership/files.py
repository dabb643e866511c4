"""Files that the package writes among a user's own: over none but its own of that name, and each in one step."""

import csv
import json
import os
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

SYNTHETIC, RECONSTRUCTED = "SYNTHETIC", "RECONSTRUCTED"
"""What STUDYID holds in tables of patients that were made up from publications."""


class NotOursError(ValueError):
    """A file that somebody else put where the package would write."""


def refuse_to_overwrite(files: "Iterable[Path]", is_ours: "Callable[[Path], bool]") -> None:
    """Refuse to write where anything is that the package did not make.

    Parameters
    ----------
    files : iterable of Path
    is_ours : callable
        Of a file that is there.

    Raises
    ------
    NotOursError
        Naming the files.
    """
    others = [str(file) for file in files if os.path.lexists(str(file)) and not (_is_plain(file) and is_ours(file))]
    if others:
        raise NotOursError(f"{', '.join(others)}: there already, and not made by smmlib; move it away.")


def is_made_up(file: Path, label: str) -> bool:
    """Whether a table holds only patients that were made up, by what each row says of itself.

    Parameters
    ----------
    file : Path
    label : {"SYNTHETIC", "RECONSTRUCTED"}

    Returns
    -------
    bool
    """
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream)
    except (OSError, ValueError, csv.Error):
        return False
    return header[:1] == ["STUDYID"] and bool(rows) and all(row and label in row[0] for row in rows)


def is_stamp(file: Path) -> bool:
    """Whether a file is the one that says what reconstructed tables were made from."""
    try:
        return "made_from" in json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, RecursionError):
        return False


def write_whole(file: Path, content: bytes) -> None:
    """Write a file beside where it belongs, and put it there in one step.

    Parameters
    ----------
    file : Path
    content : bytes
    """
    new = file.with_name(f"{file.name}.{secrets.token_hex(8)}.new")
    try:
        new.write_bytes(content)
        os.replace(str(new), str(file))
    except BaseException as error:
        with suppress(OSError):
            new.unlink()
        if isinstance(error, OSError):
            error.filename = str(file)
        raise


def _is_plain(file: Path) -> bool:
    return file.is_file() and not file.is_symlink()
