"""The server that kernels are forked from, started first, so that it imports while the run reads its parameters."""

import atexit
import multiprocessing
import os
import signal
from contextlib import suppress
from multiprocessing import forkserver

from smmlib.command_line.children import starting
from smmlib.report.running.preloaded import PARENT
from smmlib.report.running.sockets import short_temporary_folder

AVAILABLE = "forkserver" in multiprocessing.get_all_start_methods()


def start_fork_server():
    """Start it; it has the packages imported by the time that the first kernel is asked for."""
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    multiprocessing.get_context("forkserver").set_forkserver_preload(["smmlib.report.running.preloaded"])
    with short_temporary_folder(), starting():
        os.environ[PARENT] = str(os.getpid())
        forkserver.ensure_running()
        del os.environ[PARENT]
    atexit.unregister(kill_fork_server)
    atexit.register(kill_fork_server)  # it ends by itself, but not when it was stopped before it could see to that


def kill_fork_server():
    """End it, when it does not answer: it is still importing, or was stopped. The next start makes a new one."""
    server = forkserver._forkserver._forkserver_pid  # there is no public way to it
    if server is not None:
        with suppress(ProcessLookupError):
            os.kill(server, signal.SIGKILL)
