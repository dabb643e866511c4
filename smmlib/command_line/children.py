"""Processes that end when the process that started them does, whatever ended it."""

import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Literal, ParamSpec, TypeVar

from smmlib.command_line import signals
from smmlib.command_line.killed_with_parent import be_killed_with_parent

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class ProcessPool(ProcessPoolExecutor):
    """Processes for work in parallel; as a context manager it kills them when an exception leaves its block.

    Parameters
    ----------
    processes : int
    start_method : {"spawn", "forkserver"}
        Not "fork": a fork would keep its siblings' pipes to the parent open.
    temporary_folder : str, optional
        Where the processes put temporary files: they are killed, and remove none.
    """

    def __init__(
        self, processes: int, start_method: Literal["spawn", "forkserver"], temporary_folder: str | None = None
    ) -> None:
        context = multiprocessing.get_context(start_method)
        with starting():
            super().__init__(processes, mp_context=context, initializer=_begin, initargs=(temporary_folder,))

    def submit(
        self, function: Callable[Arguments, Result], /, *arguments: Arguments.args, **named: Arguments.kwargs
    ) -> Future[Result]:
        with starting():
            return super().submit(function, *arguments, **named)

    def kill(self) -> None:
        """End the processes, and with an exception what was asked of them."""
        for process in list((self._processes or {}).values()):
            process.kill()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self.kill()
        self.shutdown(cancel_futures=True)


@contextmanager
def starting() -> Iterator[None]:
    """Processes started here do not receive Ctrl-C and SIGHUP, which reach a whole terminal: their parent answers them.

    It does so once they have started, because a process that is left half started prints a traceback.
    """
    with signals.deferred(), _signals_of_terminal_held():
        yield


@contextmanager
def _signals_of_terminal_held() -> Iterator[None]:
    if os.name != "posix":
        yield
        return
    from multiprocessing import resource_tracker

    held = {signal.SIGINT, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, held)
    try:
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, held)  # again: starting the tracker unblocks SIGINT
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_with_parent() -> None:
    """In a process that `multiprocessing` started: end when its parent does."""
    be_killed_with_parent()
    with suppress(RuntimeError):  # no thread is to be had under a memory limit
        threading.Thread(target=_outlive_no_parent, daemon=True).start()


def _outlive_no_parent() -> None:
    """Wait, on every system, for the end of a pipe that the parent alone holds open."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _begin(temporary_folder: str | None) -> None:
    end_with_parent()
    if temporary_folder:
        tempfile.tempdir = temporary_folder
