"""Imported by the fork server: what kernels need, so that they have it from the start."""

import sys
from contextlib import suppress
from importlib import import_module

from smmlib.command_line.children import be_killed_with_parent

MODULES = (
    "ipykernel.kernelapp",
    "matplotlib_inline.backend_inline",
    "smmlib.trial",
    "smmlib.display.figures",
    "smmlib.report.recording",
    "smmlib.report.kernel_process",
)

if "multiprocessing.forkserver" in sys.orig_argv[-1]:  # no other process that imports this must end with its parent
    be_killed_with_parent()
    for module in MODULES:
        with suppress(Exception):  # a kernel that lacks it says so in words
            import_module(module)
