"""A lock of the operating system on a file: held by one process at a time, and gone with the process however it ends.

Where Python has no `fcntl`, as on Windows, nothing is locked: there, one run at a time is for the user to see to.
"""

import json
import os
import socket
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]

WAIT = 0.05
LONGEST = 1000
"""Bytes of a lock file that are looked at."""


class LockError(Exception):
    """A lock that cannot be had, and why."""


class HeldError(LockError):
    """Another process holds it.

    Parameters
    ----------
    holder : str
        Who, as far as is known.
    """

    def __init__(self, holder: str) -> None:
        self.holder = holder
        super().__init__(f"is held by {holder}")


@contextmanager
def lock(file: "str | Path", patience: float = 0) -> "Iterator[None]":
    """Hold a lock while the context lasts, and say in its file which process does.

    The file stays where it is, empty: if it were removed, two processes could each hold a lock on a file of that name.

    Parameters
    ----------
    file : Path
        Made when there is none; what somebody else wrote into it stays.
    patience : float
        Seconds to wait for another process that holds the lock.

    Raises
    ------
    HeldError
        If another process holds the lock.
    LockError
        If the file cannot be opened or locked.
    """
    if fcntl is None:
        yield
        return
    descriptor, may_write = _locked(str(file), time.monotonic() + patience)
    says_who = may_write and _holder(descriptor) is not None
    try:
        if says_who:
            _write(descriptor, json.dumps({"process": os.getpid(), "host": socket.gethostname()}))
        yield
    finally:
        if says_who:
            _write(descriptor, "")
        os.close(descriptor)


def _locked(file: str, deadline: float) -> "tuple[int, bool]":
    """Descriptor of the file, locked, and whether it may be written to."""
    while True:
        descriptor, may_write = _opened(file)
        try:
            _lock_or_raise(descriptor)
            if os.path.lexists(file) and os.path.samestat(os.fstat(descriptor), os.lstat(file)):
                return descriptor, may_write
        except HeldError:
            if time.monotonic() > deadline:
                os.close(descriptor)
                raise
            time.sleep(WAIT)
        except LockError:
            os.close(descriptor)
            raise
        os.close(descriptor)  # held by another, or removed since: what is locked is no longer the file of that name


def _opened(file: str) -> "tuple[int, bool]":
    flags = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        try:
            return os.open(file, os.O_RDWR | os.O_CREAT | flags, 0o644), True
        except PermissionError:
            if not os.path.lexists(file):
                raise
            return os.open(file, os.O_RDONLY | flags), False  # another user's: it can be locked all the same
    except OSError as error:
        raise LockError(f"cannot be opened: {error.strerror}") from None


def _lock_or_raise(descriptor: int) -> None:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise LockError("is no regular file")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise HeldError(_holder(descriptor) or "another process") from None
    except OSError as error:
        raise LockError(f"cannot be locked: {error.strerror}") from None


def _holder(descriptor: int) -> "str | None":
    """Who holds the lock by what the file says, in words; None where somebody else wrote it."""
    content = os.pread(descriptor, LONGEST, 0)
    if not content:
        return "another process"
    try:
        said = json.loads(content.decode("utf-8"))
        return "process {} on {}".format(int(said["process"]), str(said["host"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _write(descriptor: int, text: str) -> None:
    """Who holds the lock is a courtesy: a full disk is told by what needs the room."""
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode("utf-8"), 0)
