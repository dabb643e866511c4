"""A command that is asked to end, by Ctrl-C, by SIGTERM or by a terminal that closes, ends soon and in words."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

PATIENCE = 10.0
"""Seconds in which a command that was asked to end, or has done its work, has ended."""

ASKING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]

Handler = Callable[[int, FrameType | None], object] | signal.Handlers


class Stopped(KeyboardInterrupt):
    """The command was asked to end.

    Parameters
    ----------
    number : int
        Of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


_stopped: list[Stopped] = []
_deferring: list[bool] = []


def how(stopped: KeyboardInterrupt) -> str:
    """How a command was asked to end, in words.

    Parameters
    ----------
    stopped : KeyboardInterrupt

    Returns
    -------
    str
        "interrupted", or "ended by SIGTERM".
    """
    return _words(_number(stopped))


def asked_to_end() -> "Stopped | None":
    """The `Stopped` that was raised, which code that catches every exception may have hidden; or None."""
    return _stopped[0] if _stopped else None


def exit_code(stopped: KeyboardInterrupt) -> int:
    """The exit code of a command that was asked to end, as shells have it: 130 for Ctrl-C, 143 for SIGTERM."""
    return 128 + _number(stopped)


def _number(stopped: KeyboardInterrupt) -> int:
    return getattr(stopped, "number", signal.SIGINT)


def _words(number: int) -> str:
    return "interrupted" if number == signal.SIGINT else f"ended by {signal.Signals(number).name}"


def end_at_once() -> None:
    """Answer with a line and be gone: while there is nothing to clear up."""
    _answer(lambda number, _: _end(number, ": nothing was run"))


def unwind() -> None:
    """Answer with `Stopped` in the main thread, so that what was begun is cleared up, but within `PATIENCE`."""
    _answer(_raise_stopped)
    sys.unraisablehook = _end_if_stopped


@contextmanager
def deferred() -> Iterator[None]:
    """Let the main thread finish what must not be left half done, as the start of a process, before `Stopped` comes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = len(_stopped)
    _deferring.append(True)
    try:
        yield
    finally:
        _deferring.pop()
    if len(_stopped) > before and not _deferring:
        raise _stopped[0]


def ignore() -> None:
    """Do not answer: the command is ending already."""
    _answer(signal.SIG_IGN)


def end_within_patience(code: int) -> None:
    """End the process, whatever its threads still wait for, when it has not ended by itself."""
    _later(lambda: os._exit(code))


def _answer(handler: Handler) -> None:
    """A signal that was ignored when the command was started, by `nohup` or in the background, stays so."""
    for number in ASKING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def _raise_stopped(number: int, _: object) -> None:
    ignore()
    _later(lambda: _end(number))
    _stopped.append(Stopped(number))
    if not _deferring:
        raise _stopped[0]


def _end_if_stopped(unraisable: "sys.UnraisableHookArgs") -> None:
    """A signal that comes where Python cannot raise, in a finaliser or a callback, would be lost."""
    if isinstance(unraisable.exc_value, Stopped):
        _end(unraisable.exc_value.number)
    sys.__unraisablehook__(unraisable)


def _later(function: Callable[[], object]) -> None:
    timer = threading.Timer(PATIENCE, function)
    timer.daemon = True
    with suppress(RuntimeError):  # no thread is to be had under a memory limit
        timer.start()


def _end(number: int, consequence: str = "") -> NoReturn:
    with suppress(OSError):
        os.write(2, f"\nThe command was {_words(number)}{consequence}.\n".encode())
    os._exit(128 + number)
