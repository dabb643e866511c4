"""The server that kernels are forked from, started first, so that it imports while the run reads its parameters."""

import multiprocessing
import os
from multiprocessing import forkserver

AVAILABLE = "forkserver" in multiprocessing.get_all_start_methods()
PRELOADED = (
    "ipykernel.kernelapp",
    "matplotlib_inline.backend_inline",
    "smmlib.trial",
    "smmlib.display.figures",
    "smmlib.report.recording",
    "smmlib.report.fork_server",
)
COLUMNS_SHOWN = 20
"""Columns of a table that pandas shows in a kernel, unless told otherwise."""


def start_fork_server():
    """Start it; it has the packages imported by the time that the first kernel is asked for."""
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    multiprocessing.get_context("forkserver").set_forkserver_preload(list(PRELOADED))
    forkserver.ensure_running()


def run_kernel(arguments, environment, folder):
    """In the fork: leave the terminal's process group, so that Ctrl-C reaches the run alone, and be a kernel."""
    import pandas
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    if folder:
        os.chdir(folder)
    # Imported before there was a kernel, pandas took what it shows for the lines of a terminal.
    pandas.set_option("display.max_columns", COLUMNS_SHOWN)
    IPKernelApp.launch_instance(argv=arguments)
