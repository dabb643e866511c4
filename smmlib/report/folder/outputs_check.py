"""Whether the files of a report are those that it was made with, by the hashes in its manifest."""

import json
from dataclasses import dataclass

from smmlib.errors import SmmlibError
from smmlib.hashes import hash_of_files
from smmlib.ownership.report_mark import MARK

MANIFEST = "manifest.json"
NO_OUTPUT = (MANIFEST, MARK)
"""Files of a report that are not among its outputs: the one that names them, and the mark of the folder."""


class NoManifestError(SmmlibError):
    """A folder without a manifest that names the files of a report."""


@dataclass(frozen=True)
class OutputsCheck:
    """How the files of a report stand to its manifest.

    Attributes
    ----------
    files : int
        Files that the manifest names.
    changed, missing, added : list of str
        Those whose content is another, those that are not there, and those that the manifest does not name.
    """

    files: int
    changed: list
    missing: list
    added: list

    @property
    def is_whole(self):
        """Whether every file is as it was made."""
        return not (self.changed or self.missing or self.added)


def outputs_of(report):
    """Names of the files of a report, by their paths within it, each with its hash.

    Parameters
    ----------
    report : Path
        Its folder.

    Returns
    -------
    dict of str to str
        SHA-256, in the order of the names.
    """
    files = sorted(path for path in report.rglob("*") if path.is_file())
    named = {path.relative_to(report).as_posix(): path for path in files}
    return {name: hash_of_files(path) for name, path in named.items() if name not in NO_OUTPUT}


def check_outputs(report):
    """Hold the files of a report against its manifest.

    Parameters
    ----------
    report : Path
        Its folder.

    Returns
    -------
    OutputsCheck

    Raises
    ------
    NoManifestError
        If there is none, or it names no files.
    """
    file = report / MANIFEST
    try:
        named = json.loads(file.read_text(encoding="utf-8"))["outputs"].items()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise NoManifestError(f"{file} is not there, or names no files of a report.") from None
    there, made = outputs_of(report), dict(named)
    return OutputsCheck(
        files=len(made),
        changed=[name for name in made if name in there and there[name] != made[name]],
        missing=[name for name in made if name not in there],
        added=[name for name in there if name not in made],
    )
