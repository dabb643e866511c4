"""Imported by the fork server: what kernels need, so that they have it from the start."""

import os
from contextlib import suppress
from importlib import import_module

from smmlib.command_line.killed_with_parent import be_killed_with_parent

MODULES = (
    "ipykernel.kernelapp",
    "matplotlib_inline.backend_inline",
    "smmlib.trial",
    "smmlib.display.figures",
    "smmlib.report.notebook",
    "smmlib.report.running.kernel_process",
)

PARENT = "SMMLIB_PARENT_OF_FORK_SERVER"

if PARENT in os.environ:  # no other process that imports this must end with its parent
    be_killed_with_parent(int(os.environ.pop(PARENT)))
    for module in MODULES:
        with suppress(Exception):  # a kernel that lacks it says so in words
            import_module(module)
