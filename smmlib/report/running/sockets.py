"""A folder for sockets, whose paths may have some hundred bytes: the user's temporary folder, or a shorter one."""

import os
import tempfile
from contextlib import contextmanager

LONGEST_FOLDER = 60
"""Bytes of a folder's path that leave room for the names of sockets, on Linux (107) and on macOS (103)."""

SHORT_FOLDERS = ("/tmp", "/var/tmp")


class SocketFolderError(OSError):
    """There is no folder in which sockets can be."""


def socket_folder():
    """The folder for temporary files, or where its path is too long another of the system.

    Returns
    -------
    str

    Raises
    ------
    SocketFolderError
        If there is none that can be written and is short enough.
    """
    try:
        wanted = tempfile.gettempdir()
    except FileNotFoundError:
        raise SocketFolderError("no folder for temporary files can be written: name one with TMPDIR=") from None
    for folder in (wanted, *SHORT_FOLDERS):
        if len(os.fsencode(folder)) <= LONGEST_FOLDER and os.access(folder, os.W_OK | os.X_OK):
            return folder
    raise SocketFolderError(
        f"TMPDIR is {wanted}, {len(os.fsencode(wanted))} bytes long, but sockets need a folder of at most "
        f"{LONGEST_FOLDER} bytes: name another one that can be written"
    )


@contextmanager
def short_temporary_folder():
    """While sockets are made, temporary files are in the folder for them."""
    before = tempfile.tempdir
    tempfile.tempdir = socket_folder()
    try:
        yield
    finally:
        tempfile.tempdir = before
