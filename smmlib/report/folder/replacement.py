"""The folder of a report: built under a name of its own beside the last good one, and put in its place when whole."""

from contextlib import ExitStack, contextmanager, suppress

from smmlib.errors import SmmlibError
from smmlib.ownership.lock import HeldError, LockError, lock
from smmlib.ownership.report_folders import ASIDE, PARTIAL, new_beside, put_back, set_aside
from smmlib.ownership.report_mark import files_of_others, leaves, remove_report, write_mark
from smmlib.report.folder.place import ELSEWHERE, PlaceError, check_ownership
from smmlib.report.folder.shown_path import shown


class InUseError(SmmlibError):
    """Another run is at work on the same report."""


@contextmanager
def one_run(standing):
    """Keep every other run of a report away while the context lasts, and see that its folder can be replaced.

    Parameters
    ----------
    standing : Path
        Folder of the report.

    Yields
    ------
    Path or None
        Where the last good report was when a run was killed while it replaced it; it is back.

    Raises
    ------
    InUseError
        If another run is at work.
    PlaceError
        If the folder cannot be locked, or its report not be replaced.
    """
    file = standing.with_name(f".{standing.name}.lock")
    with ExitStack() as held:
        try:
            standing.parent.mkdir(parents=True, exist_ok=True)
            held.enter_context(lock(file))
            was = put_back(standing)
            check_ownership(standing, standing.name)
            _check_replaceable(standing)
        except HeldError as error:
            raise InUseError(f"{error.holder} is making the report {shown(standing)}: let it end first.") from None
        except LockError as error:
            raise PlaceError(f"{shown(file)} {error}: {ELSEWHERE}.") from None
        except OSError as error:
            raise PlaceError(f"{shown(standing)} cannot be made or replaced: {error.strerror}; {ELSEWHERE}.") from None
        yield was


def _check_replaceable(standing):
    """By doing it: rights, mounts and attributes forbid it in too many ways to ask for each."""
    if standing.exists():
        aside = new_beside(standing, ASIDE)
        standing.rename(aside)
        aside.rename(standing)


def begin(standing):
    """A folder to build a report in.

    Parameters
    ----------
    standing : Path

    Returns
    -------
    Path
        Beside the report, and marked.
    """
    partial = new_beside(standing, PARTIAL)
    partial.mkdir()
    write_mark(partial, standing.name)
    (partial / "notebooks").mkdir()
    return partial


def seal(partial, standing):
    """Say in the mark what the run made: what else comes into the folder later is somebody else's."""
    write_mark(partial, standing.name, sealed=True)


def put_in_place(standing, partial):
    """Put a whole report where the last good one is, which is set aside.

    Parameters
    ----------
    standing, partial : Path

    Raises
    ------
    PlaceError
        If somebody put something there since the run began.
    OSError
        If it cannot be done; the last good report is then where it was.
    """
    check_ownership(standing, standing.name)
    if standing.exists() and not leaves(standing):
        standing.rmdir()
    if not standing.exists():
        partial.rename(standing)
        return
    aside = new_beside(standing, ASIDE)
    standing.rename(aside)
    try:
        partial.rename(standing)
    except BaseException:
        if not standing.exists():
            aside.rename(standing)
        raise


def remove_earlier(folders):
    """Remove folders of a report that earlier runs left.

    Parameters
    ----------
    folders : list of Path
        Unfinished ones, of runs that have ended, for this one holds the lock; or those set aside for the one that
        stands now.

    Yields
    ------
    str
        What could not be removed, and why.
    """
    for folder in folders:
        try:
            others = files_of_others(folder)
            remove_report(folder)
        except OSError as error:
            yield f"{shown(folder)}, of an earlier run, cannot be removed: {error.strerror}. Remove it yourself."
        else:
            if others:
                yield f"{shown(folder)}, of an earlier run, stays: smmlib did not make {', '.join(others)} in it."


def last_good(standing):
    """Where the last good report is, in words."""
    with suppress(OSError):
        aside = set_aside(standing)
        if aside and not standing.exists():
            return f"the last good report is in {shown(aside[-1])}, and the next run puts it back"
    return "the last good report is as it was"
