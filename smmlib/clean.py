"""`make clean`: remove .venv, caches and built reports, and nothing else that is there.

Run as a file by any Python: ``python3 -I smmlib/clean.py``. Standard library only, nothing newer than Python 3.6.
"""

import os
import shutil
import sys
from pathlib import Path

# From beside this file: smmlib as a whole imports numpy, which this Python need not have.
sys.path.insert(0, str(Path(__file__).resolve().parent))

import environment
from ownership.files import RECONSTRUCTED, is_made_up, is_stamp
from ownership.lock import LockError, lock
from ownership.report_folders import put_back, set_aside, unfinished
from ownership.report_mark import KEPT, files_of_others, marked_study, remove_report

PROJECT = environment.PROJECT
OUR_CODE = ("smmlib", "tests", "benchmarks", "docs")
CACHES = (".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis")
STAMP = "made-from.json"


def main():
    """Remove what the package made, and say what is left of the folders that it was in.

    Returns
    -------
    int
        1 when something of ours could not be removed.
    """
    print("Removing .venv, caches and built reports")
    failed = 0
    for remove in (clean_environment, clean_caches, clean_reports, clean_reconstructed):
        try:
            for line in remove():
                print(line)
        except OSError as error:
            print(f"{_shown(error.filename)} cannot be removed: {error.strerror}.", file=sys.stderr)
            failed = 1
    return failed


def clean_environment():
    """Remove .venv, if it was made here."""
    if environment.is_made_here():
        environment.remove_environment()
    elif os.path.lexists(str(environment.ENVIRONMENT)):
        yield ".venv is left: smmlib did not make it."


def clean_caches():
    """Remove compiled modules of the package, and what test and style programs keep."""
    for name in CACHES:
        if _is_real_folder(PROJECT / name):
            shutil.rmtree(str(PROJECT / name))
    for folder in filter(_is_real_folder, (PROJECT / name for name in OUR_CODE)):
        for cache in sorted(folder.rglob("__pycache__")):
            for module in cache.glob("*.pyc"):
                module.unlink()
            _remove_if_empty(cache)
    return []


def clean_reports():
    """Remove reports, but for numbers and ledgers; what is not marked as a report is not looked into."""
    reports = PROJECT / "reports"
    studies = {_study_of(folder) for folder in _folders_in(reports)} - {None}
    for study in sorted(studies):
        yield from _under_lock(reports / study, _clean_report)
    if studies:
        _remove_if_empty(reports)


def _study_of(folder):
    """The study that a folder is a report of, or a part of one: a mark in a folder of any other name is a copy's."""
    study = marked_study(folder)
    standing = folder.with_name(study) if study else None
    return study if standing and folder in (standing, *set_aside(standing), *unfinished(standing)) else None


def _clean_report(standing):
    put_back(standing)
    for folder in filter(_is_real_folder, (*set_aside(standing), *unfinished(standing), standing)):
        others = files_of_others(folder)
        remove_report(folder, keep=KEPT if folder == standing else ())
        if others:
            yield f"{_shown(folder)} keeps what smmlib did not make: {', '.join(others)}."


def clean_reconstructed():
    """Remove the patients that were reconstructed for the example of the docs."""
    reconstructed = PROJECT / "docs" / "curves-example" / "reconstructed"
    ours = [folder for folder in _folders_in(reconstructed) if is_stamp(folder / STAMP)]
    for folder in ours:
        yield from _under_lock(folder, _clean_tables)
    if ours:
        _remove_if_empty(reconstructed)


def _clean_tables(folder):
    for table in sorted(folder.glob("*.csv")):
        if is_made_up(table, RECONSTRUCTED):
            table.unlink()
    (folder / STAMP).unlink()
    _remove_if_empty(folder)
    return []


def _under_lock(folder, clean):
    """Clean a folder while no run is at work on it, and remove the lock beside it."""
    file = folder.with_name(f".{folder.name}.lock")
    try:
        with lock(file):
            yield from clean(folder)
            file.unlink()
    except LockError as error:
        yield f"{_shown(folder)} is left: {_shown(file)} {error}."


def _folders_in(folder):
    return [path for path in sorted(folder.iterdir()) if _is_real_folder(path)] if _is_real_folder(folder) else []


def _is_real_folder(path):
    return path.is_dir() and not path.is_symlink()


def _remove_if_empty(folder):
    if not os.listdir(str(folder)):
        folder.rmdir()


def _shown(path):
    return os.path.relpath(str(path), str(PROJECT))


if __name__ == "__main__":
    sys.exit(main())
