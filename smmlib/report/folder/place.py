"""Where a report may be: in a folder of its own, in which is nothing that it could take with it when it is replaced."""

from pathlib import Path

from smmlib.errors import SmmlibError
from smmlib.ownership.report_mark import MARK, files_of_others, marked_study
from smmlib.report.folder.shown_path import shown

OF_THE_PROJECT = ("notebooks", "smmlib", "params")
MOST_NAMED = 3
ELSEWHERE = "choose another folder with REPORTS="


class PlaceError(SmmlibError):
    """A folder that is not, or cannot be, that of the report; nothing in it was touched."""


def check_place(standing, params_file, study, project):
    """Refuse a folder that holds anything but a report of the study, or that lies in a folder of the project.

    Parameters
    ----------
    standing : Path
        Folder of the report; need not exist.
    params_file : Path
    study : Study
    project : Path

    Raises
    ------
    PlaceError
        Saying what is there, and what to do.
    """
    folder = standing.resolve()
    own = [params_file.parent / study.notebooks] if study.notebooks else []
    for what in (params_file, *_files_of(study), *own, *(project / name for name in OF_THE_PROJECT)):
        if any(path == folder or folder in path.parents for path in _places_of(what)):
            raise PlaceError(f"{shown(standing)} would be the report, and {shown(what)} is in it: {ELSEWHERE}.")
    for name in OF_THE_PROJECT:
        if (project / name).resolve() in folder.parents:
            raise PlaceError(f"{shown(standing)} is inside {shown(project / name)}: {ELSEWHERE}.")
    check_ownership(standing, study.study)


def check_ownership(standing, study_name):
    """Refuse a folder in which is anything but a report of the study; none at all, or an empty one, will do.

    Parameters
    ----------
    standing : Path
    study_name : str

    Raises
    ------
    PlaceError
    """
    try:
        if standing.is_symlink():
            raise PlaceError(f"{shown(standing)} is a link, and a report replaces its folder: {ELSEWHERE}.")
        if not standing.exists():
            return
        if not standing.is_dir():
            raise PlaceError(f"{shown(standing)} is no folder: move it away, or {ELSEWHERE}.")
        marked, others = marked_study(standing), files_of_others(standing)
    except OSError as error:
        raise PlaceError(f"{shown(error.filename)} cannot be read: {error.strerror}; {ELSEWHERE}.") from None
    if marked not in (None, study_name):
        raise PlaceError(f"{shown(standing)} is the report of {marked}, by its {MARK}: {ELSEWHERE}.")
    if others:
        raise PlaceError(_what_others_made(standing, marked, others))


def _what_others_made(standing, marked, others):
    named = ", ".join(others[:MOST_NAMED]) + (f" and {len(others) - MOST_NAMED} more" * (len(others) > MOST_NAMED))
    advice = f"A report replaces its folder: move what is yours away, or {ELSEWHERE}."
    if marked is None and "manifest.json" in others:
        advice += " If it is a report of an earlier version and nothing in it is yours, delete the folder."
    return f"{shown(standing)} holds {named}: not made by smmlib as a report. {advice}"


def _files_of(study):
    data = study.data
    return [Path(path) for path in (*data.tables.values(), *data.given_files.values(), data.salt)]


def _places_of(path):
    """Where a path is, and where it leads to when it is a link."""
    return path.parent.resolve() / path.name, path.resolve()
