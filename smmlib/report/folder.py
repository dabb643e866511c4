"""The folder of a report: built beside the last good one, which it replaces only when it is whole."""

import os
import shutil
from pathlib import Path


def fresh_folder(final):
    """An empty folder beside the report; a replacement that was interrupted is put back first.

    Parameters
    ----------
    final : Path
        Folder of the report.

    Returns
    -------
    Path
    """
    previous, partial = _beside(final, "previous"), _beside(final, "partial")
    if previous.exists() and not final.exists():
        previous.rename(final)
    for folder in (previous, partial):
        shutil.rmtree(folder, ignore_errors=True)
    (partial / "notebooks").mkdir(parents=True)
    return partial


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
    return relative(path, Path.cwd()).as_posix()


def _beside(folder, suffix):
    return folder.with_name(f"{folder.name}.{suffix}")
