"""What a kernel does first in its own process."""

import os
import signal

from smmlib.command_line.children import end_with_parent
from smmlib.command_line.killed_with_parent import be_killed_with_parent

COLUMNS_SHOWN = 20
"""Columns of a table that pandas shows in a kernel, unless told otherwise."""
COMMAND = "from smmlib.report.running.kernel_process import run_plain; run_plain()"


def run_forked(arguments, environment, folder):
    """In the fork: leave the terminal's process group, so that Ctrl-C reaches the run alone, and be a kernel."""
    import pandas
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()
    end_with_parent()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGHUP})
    os.environ.clear()
    os.environ.update(environment)
    if folder:
        os.chdir(folder)
    # Imported before there was a kernel, pandas took what it shows for the lines of a terminal.
    pandas.set_option("display.max_columns", COLUMNS_SHOWN)
    IPKernelApp.launch_instance(argv=arguments)


def run_plain():
    """In a program of its own: be a kernel, which by itself looks every second whether its parent is still there."""
    from ipykernel.kernelapp import IPKernelApp

    be_killed_with_parent(int(os.environ["JPY_PARENT_PID"]) if os.name == "posix" else None)
    IPKernelApp.launch_instance()
