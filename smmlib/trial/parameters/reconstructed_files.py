"""The tables that a study's curves are made into: where they are, and whether they are made from what it says now."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from smmlib.hashes import hash_of
from smmlib.ownership.files import write_whole
from smmlib.trial.present import present
from smmlib.trial.regular_file import UnusableFileError, read_regular

if TYPE_CHECKING:
    from smmlib.trial.parameters.study import Study


FOLDER, STAMP = "reconstructed", "made-from.json"
TABLE_FILES = {"subjects": "adsl.csv", "times": "adtte.csv"}
CURVES = Path(__file__).parents[2] / "curves"
ARITHMETIC = ("digitising", "reconstruction")
"""Folders of the program whose sources decide which patients a curve has; of the rest the version tells enough."""


def with_tables_of_curves(content: object) -> object:
    """Parameters as read, with what follows from curves filled in.

    Parameters
    ----------
    content : dict
        Not validated yet.

    Returns
    -------
    dict
        With the paths of the reconstructed tables, and patients named as they are, for they are nobody; the same
        where there are no curves.
    """
    if not isinstance(content, dict):
        return content
    data = content.get("data")
    if not isinstance(data, dict) or not data.get("curves"):
        return content
    return {"privacy": "identified"} | content | {"data": _table_paths(content.get("study")) | data}


def _table_paths(study_name: object) -> dict[str, str]:
    """Paths beside the parameters: a folder a study, for several may lie in one folder."""
    return {name: f"{FOLDER}/{study_name}/{file}" for name, file in TABLE_FILES.items()}


def named_tables(study: "Study") -> list[str]:
    """Tables that a study with curves names nevertheless."""
    made = _table_paths(study.study)
    return [name for name, path in study.data.tables.items() if made.get(name) != path]


def is_up_to_date(study: "Study") -> bool:
    """Whether the tables are there, as they were written, and made from the curves as they are now.

    Parameters
    ----------
    study : Study
        With its paths joined.

    Returns
    -------
    bool
    """
    try:
        return json.loads(read_regular(stamp_file(study))) == stamp(study)
    except (UnusableFileError, OSError, ValueError, RecursionError):
        return False


def stamp(study: "Study") -> dict[str, str]:
    """What the tables are made from and what they are, as hashes.

    Parameters
    ----------
    study : Study

    Raises
    ------
    UnusableFileError
        If one of the files cannot be read.
    """
    files: dict[str, str] = {name: hash_of(read_regular(path)) for name, path in study.data.tables.items()}
    return {"made_from": made_from(study), **files}


def write_stamp(study: "Study") -> None:
    """Say that the tables are whole; done last, so that tables half written are never taken for good."""
    write_whole(stamp_file(study), (json.dumps(stamp(study), indent=2) + "\n").encode())


def remove_stamp(study: "Study") -> None:
    """Say that the tables are about to be written."""
    stamp_file(study).unlink(missing_ok=True)


def stamp_file(study: "Study") -> Path:
    """Path of the file that says what the tables were made from."""
    return Path(study.data.subjects).with_name(STAMP)


def made_from(study: "Study") -> str:
    """What the patients of a study's curves depend on, as a hash.

    Parameters
    ----------
    study : Study

    Returns
    -------
    str
        Of the curves and their files, of the names that the tables carry, and of the arithmetic and its version.
    """
    curves = {
        name: {arm: curve.said for arm, curve in arms.items()} for name, arms in present(study.data.curves).items()
    }
    named = {name: endpoint.model_dump() for name, endpoint in study.endpoints.items()}
    said = [study.study, study.time_unit, study.arms.model_dump(), named, curves]
    files = [read_regular(path) for path in study.data.given_files.values()]
    sources = [file.read_bytes() for folder in ARITHMETIC for file in sorted((CURVES / folder).glob("*.py"))]
    return hash_of(version("smmlib").encode(), json.dumps(said, default=str).encode(), *files, *sources)
