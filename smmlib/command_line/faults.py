"""The last net of every command: what nobody foresaw becomes words and an exit code, never a traceback."""

import errno
import os
import platform
import shlex
import sys
import tempfile
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from smmlib.command_line import signals
from smmlib.places import PACKAGE

FAILED, FAULT = 1, 70
"""Exit codes of a command that failed, and of one that failed by a fault of the package."""

LONGEST_ERROR = 300
STANDARD_ERROR = 2
NO_MEMORY = b"smmlib: out of memory. Free some, or raise the limit (ulimit -v).\n"


def say(error: BaseException, what: str | None = None) -> int:
    """Say on standard error what ended a command.

    Parameters
    ----------
    error : BaseException
    what : str, optional
        What was being done; left out, the command line.

    Returns
    -------
    int
        The exit code.
    """
    try:
        return _said(error, what)
    except (MemoryError, SystemError):  # for the words themselves there is no memory left
        with suppress(OSError):
            os.write(STANDARD_ERROR, NO_MEMORY)
        return FAILED


def _said(error: BaseException, what: str | None) -> int:
    if isinstance(error, KeyboardInterrupt):
        return _told(f"\nThe command was {signals.how(error)}.", signals.exit_code(error))
    what = what or shlex.join(["python", *sys.orig_argv[1:]])
    reason = _reason_outside(error)
    if reason:
        return _told(f"{what}: {reason}", FAILED)
    return _told(_fault(error, what), FAULT)


def _told(words: str, code: int) -> int:
    """Control characters, in the name of a file or a value, do not reach the terminal."""
    print("".join(letter if letter.isprintable() or letter == "\n" else "\ufffd" for letter in words), file=sys.stderr)
    return code


def _reason_outside(error: BaseException) -> str | None:
    """Why the machine or the environment did not let the command go on; nothing for a fault of the package."""
    if _is_lack_of_memory(error):
        return (
            f"out of memory ({one_line(error)}). Free some, raise the limit (ulimit -v), "
            "or run fewer notebooks at a time: JOBS=1."
        )
    if type(error).__name__ == "BrokenProcessPool":
        return "a process that did a part of the work was killed, or ran out of memory; with JOBS=1 it needs least."
    if isinstance(error, ImportError) and not (error.name or "").startswith("smmlib"):
        return (
            f"{one_line(_first_cause(error))}. {sys.executable} lacks a package, or the memory to load it: "
            "`make environment` makes .venv; for another Python, install requirements.lock."
        )
    if isinstance(error, OSError):
        places = [str(place) for place in (error.filename, error.filename2) if place is not None]
        return ": ".join([*places, error.strerror or one_line(error)]) + "."
    return None


def _first_cause(error: BaseException) -> BaseException:
    """numpy and others put an essay before what failed."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _is_lack_of_memory(error: BaseException) -> bool:
    """A thread that cannot be started is one for which there is no memory, or no process left to the user.

    Where there is none for the error itself, Python says that a function failed without one.
    """
    no_thread = isinstance(error, RuntimeError) and "can't start new thread" in str(error)
    no_error = isinstance(error, SystemError) and "without" in str(error)
    no_memory = isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM
    return no_memory or no_thread or no_error


def _fault(error: BaseException, what: str) -> str:
    lines = [
        "smmlib stopped on an unexpected error. That is a fault in smmlib: bad input should have been named.",
        f"  during     {what}",
        f"  error      {one_line(error)}",
        f"  place      {_place(error)}",
        f"  version    smmlib {_version()}, Python {platform.python_version()}, {platform.system()}",
    ]
    try:
        file = _write_account(error, lines)
        report = f"with {file}, which holds the whole account. Read it before you send it: it may quote your data"
    except OSError as unwritten:
        report = f"with these lines; the whole account could not be written ({one_line(unwritten)})"
    return "\n".join([*lines, f"Please report it to the authors of smmlib {report}."])


def one_line(error: BaseException) -> str:
    """The type and the words of an error on one line."""
    words = " ".join(f"{type(error).__name__}: {error}".split())
    return words.removesuffix(":").rstrip(".")[:LONGEST_ERROR]


def _place(error: BaseException) -> str:
    """File and line where the package was when it failed."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(PACKAGE)] or frames
    if not ours:
        return "unknown"
    file = os.path.relpath(ours[-1].filename, PACKAGE.parent)
    return f"{file}:{ours[-1].lineno}, {ours[-1].name}"


def _version() -> str:
    try:
        return version("smmlib")
    except PackageNotFoundError:
        return "of unknown version"


def _write_account(error: BaseException, lines: Sequence[str]) -> str:
    """A file for the user alone, in the folder for temporary files."""
    descriptor, file = tempfile.mkstemp(prefix="smmlib-fault-", suffix=".txt")
    with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as stream:
        stream.write("\n".join([*lines, "", *traceback.format_exception(error)]))
    return file
