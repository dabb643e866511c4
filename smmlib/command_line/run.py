"""Run a command from start to exit code: whatever happens, it ends in words, and nothing is left running."""

import os
import sys
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import NoReturn

from smmlib.command_line import faults, signals, streams


def prepare_for_imports() -> None:
    """While a command is imported: a signal ends it at once, an import that fails ends it in words."""
    streams.keep_standard_streams()
    signals.end_at_once()
    sys.excepthook = _end_in_words


def run_command(main: Callable[[Sequence[str]], int | None], arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command, and end the process with its exit code.

    Parameters
    ----------
    main : callable
        Takes the list of arguments and returns the exit code, or None for 0.
    arguments : list of str, optional
        Left out: those of the command line.
    """
    streams.keep_standard_streams()
    signals.unwind()
    threading.excepthook = _end_with_thread
    try:
        code = main(sys.argv[1:] if arguments is None else arguments)
        signals.ignore()
    except SystemExit as ended:
        signals.ignore()
        code = _said(ended.code)
    except MemoryError as error:  # libraries that got no memory half way may crash while the interpreter ends
        os._exit(faults.say(signals.asked_to_end() or error))
    except BaseException as error:
        signals.ignore()
        code = faults.say(signals.asked_to_end() or error)
    streams.say_what_was_lost()
    signals.end_within_patience(code or 0)
    sys.exit(code)


def _said(code: str | int | None) -> int | None:
    """The exit code of a `SystemExit`; where it holds words, they are said first, as Python does."""
    if isinstance(code, str):
        print(code, file=sys.stderr)
        return faults.FAILED
    return code


def _end_with_thread(died: threading.ExceptHookArgs) -> None:
    """End the command when one of its threads dies, for others would wait for it for ever."""
    if died.exc_type is not SystemExit:
        os._exit(faults.say(died.exc_value or died.exc_type()))


def _end_in_words(_: type[BaseException], error: BaseException, __: TracebackType | None) -> NoReturn:
    """At once: without memory there is none for a `SystemExit` either, and Python would print what became of it."""
    os._exit(faults.say(error))
