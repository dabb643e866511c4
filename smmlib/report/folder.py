"""The folder of a report: built beside the last good one, which it replaces only when it is whole."""

import os
import shutil
from pathlib import Path

from smmlib.plain_text import visible

OWNER = ".process"


class FolderInUseError(Exception):
    """Another run is at work on the same report."""


def fresh_folder(final):
    """An empty folder beside the report; a replacement that was interrupted is put back first.

    Parameters
    ----------
    final : Path
        Folder of the report.

    Returns
    -------
    Path

    Raises
    ------
    FolderInUseError
        If another run that is still alive builds the same report.
    """
    previous, partial = _beside(final, "previous"), _beside(final, "partial")
    _refuse_if_in_use(partial)
    if previous.exists() and not final.exists():
        previous.rename(final)
    for folder in (previous, partial):
        shutil.rmtree(folder, ignore_errors=True)
    (partial / "notebooks").mkdir(parents=True)
    (partial / OWNER).write_text(str(os.getpid()), encoding="ascii")
    return partial


def release(partial):
    """Say that the run which built a folder has ended, whether it is whole or not."""
    (partial / OWNER).unlink(missing_ok=True)


def replace(final, partial):
    """Put the new report where the last good one is."""
    previous = _beside(final, "previous")
    if final.exists():
        final.rename(previous)
    partial.rename(final)
    shutil.rmtree(previous, ignore_errors=True)


def relative(path, folder):
    """Path as seen from a folder: what is written or shown holds no path of the machine."""
    return Path(os.path.relpath(path, folder))


def shown(path):
    """Path as seen from the working folder, for a message."""
    return visible(relative(path, Path.cwd()).as_posix())


def _refuse_if_in_use(partial):
    """A file names the process that builds a folder; one left by a process that is gone counts for nothing."""
    if os.name != "posix" or not (partial / OWNER).is_file():
        return
    process = int((partial / OWNER).read_text(encoding="ascii") or 0)
    try:
        os.kill(process, 0)
    except OSError:
        return
    if process and process != os.getpid():
        raise FolderInUseError(f"process {process} is building the same report in {shown(partial)}: let it end first.")


def _beside(folder, suffix):
    return folder.with_name(f"{folder.name}.{suffix}")
