"""The tables that a study's curves are made into: where they are, and whether they are made from what it says now."""

import hashlib
import json
from pathlib import Path

from smmlib.trial.regular_file import read_regular

FOLDER, STAMP = "reconstructed", "made-from.json"
TABLE_FILES = {"subjects": "adsl.csv", "times": "adtte.csv"}
PROGRAM = Path(__file__).parents[2] / "synthetic"


def with_tables_of_curves(content):
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
    data = content.get("data")
    if not isinstance(data, dict) or not data.get("curves"):
        return content
    return {"privacy": "identified"} | content | {"data": _table_paths(content.get("study")) | data}


def _table_paths(study_name):
    """Paths beside the parameters: a folder a study, for several may lie in one folder."""
    return {name: f"{FOLDER}/{study_name}/{file}" for name, file in TABLE_FILES.items()}


def named_tables(study):
    """Tables that a study with curves names nevertheless."""
    made = _table_paths(study.study)
    return [name for name, path in study.data.tables.items() if made.get(name) != path]


def is_up_to_date(study):
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
        return json.loads(read_regular(_stamp_file(study))) == stamp(study)
    except (OSError, ValueError, RecursionError):
        return False


def stamp(study):
    """What the tables are made from and what they are, as hashes.

    Raises
    ------
    UnusableFileError
        If one of the files cannot be read.
    """
    files = {name: _hash(read_regular(path)) for name, path in study.data.tables.items()}
    return {"made_from": _made_from(study), **files}


def write_stamp(study):
    """Say that the tables are whole; done last, so that tables half written are never taken for good."""
    _stamp_file(study).write_text(json.dumps(stamp(study), indent=2) + "\n", encoding="utf-8")


def remove_stamp(study):
    """Say that the tables are about to be written."""
    _stamp_file(study).unlink(missing_ok=True)


def _stamp_file(study):
    return Path(study.data.subjects).with_name(STAMP)


def _made_from(study):
    """Hash of the curves and their files, of the names that the tables carry, and of the program that makes them."""
    curves = {name: {arm: curve.said for arm, curve in arms.items()} for name, arms in study.data.curves.items()}
    named = {name: endpoint.model_dump() for name, endpoint in study.endpoints.items()}
    said = [study.study, study.time_unit, study.arms.model_dump(), named, curves]
    files = [read_regular(path) for path in study.data.given_files.values()]
    program = [file.read_bytes() for file in sorted(PROGRAM.rglob("*.py"))]
    return _hash(json.dumps(said, default=str).encode(), *files, *program)


def _hash(*parts):
    """SHA-256 of each part and its length, so that no byte can pass from one part to the next."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
