"""Files that a user names: opened only when they are regular files, and called what they are when they are not.

A pipe would be waited for without end, and a device such as /dev/zero has none.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from smmlib.errors import SmmlibError

KINDS = (
    (stat.S_ISDIR, "is a folder: name the file in it"),
    (stat.S_ISFIFO, "is a named pipe (FIFO), not a file: save its content in a file"),
    (stat.S_ISSOCK, "is a socket, not a file: save the content in a file"),
    (stat.S_ISCHR, "is a device, not a file: save the content in a file"),
    (stat.S_ISBLK, "is a device, not a file: save the content in a file"),
)
ABSENT = "does not exist: correct its name or its folder"
# Opening a pipe does not wait for its other end, should one have taken the place of the file since it was looked at.
READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class UnusableFileError(SmmlibError):
    """A path that leads to no file that can be read; the message continues a sentence that begins with the path.

    Attributes
    ----------
    is_absent : bool
        Whether there is nothing under that name.
    """

    def __init__(self, what: str, *, is_absent: bool = False) -> None:
        self.is_absent = is_absent
        super().__init__(what)


def check_regular(path: str | Path) -> os.stat_result:
    """An UnusableFileError unless a path leads to a regular file, which may be over a link.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    os.stat_result
        Of the file.
    """
    try:
        found = os.stat(path)
    except OSError as error:
        raise _why_not_found(path, error) from None
    except ValueError:  # a NUL, or half of a surrogate pair
        raise UnusableFileError("has a name that no file can have: correct it") from None
    _check_kind(found)
    return found


@contextmanager
def open_regular(path: str | Path) -> Iterator[BinaryIO]:
    """A regular file, open for reading bytes.

    Raises
    ------
    UnusableFileError
        If it is none, or may not be read.
    """
    check_regular(path)
    try:
        descriptor = os.open(path, READING)
    except OSError as error:
        raise UnusableFileError(f"cannot be opened: {error.strerror or error}") from None
    with open(descriptor, "rb") as stream:
        _check_kind(os.fstat(stream.fileno()))
        yield stream


def read_regular(path: str | Path) -> bytes:
    """The bytes of a regular file; as `open_regular` otherwise."""
    with open_regular(path) as stream:
        return stream.read()


def _check_kind(found: os.stat_result) -> None:
    for is_of_kind, what in KINDS:
        if is_of_kind(found.st_mode):
            raise UnusableFileError(what)


def _why_not_found(path: str | Path, error: OSError) -> UnusableFileError:
    if error.errno == errno.ELOOP:
        return UnusableFileError("is a link that leads back to itself: put the file in its place")
    if error.errno == errno.ENAMETOOLONG:
        return UnusableFileError("has a name that is too long for the file system: shorten it")
    if error.errno not in (errno.ENOENT, errno.ENOTDIR):
        return UnusableFileError(f"cannot be opened: {error.strerror or error}")
    if os.path.islink(path):
        return UnusableFileError(f"is a link to {os.readlink(path)!r}, which does not exist: correct the link")
    return UnusableFileError(ABSENT, is_absent=True)
