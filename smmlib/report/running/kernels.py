"""Kernels for notebooks: plain ones, and ones forked from a server that has the usual packages imported already.

A plain kernel spends two to three seconds importing pandas, scipy and seaborn. A forked kernel has them from the start.
Forking is POSIX only; elsewhere, or when asked to, the plain way serves and gives the same outputs.
"""

import itertools
import multiprocessing
import os
import signal
import sys
import tempfile
from contextlib import suppress
from importlib.metadata import EntryPoint

import nbformat
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NotebookExecutionManager

from smmlib.report.running import kernel_process
from smmlib.report.running.sockets import socket_folder

try:
    import resource
except ImportError:  # not on Windows
    resource = None  # type: ignore[assignment]

PROVISIONER = "smmlib-forked"
KERNEL_COMMAND = [sys.executable, "-P", "-c", kernel_process.COMMAND, "-f", "{connection_file}"]
TERMINAL = {"COLUMNS": "80", "LINES": "24"}
"""The size of the terminal that a kernel is told: what is shown in a notebook does not depend on who looks on."""

# Of address space, most of it only reserved: measured with one to eight notebooks at a time.
MEGABYTE = 1024**2
LEAST_MEMORY, MEMORY_OF_KERNEL = 1024 * MEGABYTE, 128 * MEGABYTE

_managers: "list[PlainKernelManager]" = []
_numbers = itertools.count()
_folders: list[tempfile.TemporaryDirectory[str]] = []


class MemoryLimitError(OSError):
    """Kernels cannot be run in the memory that the user is allowed."""


def check_memory_limit(at_a_time):
    """Refuse a limit with which ZeroMQ, for want of a thread, would end this process without a word.

    Parameters
    ----------
    at_a_time : int
        Kernels that run at a time.

    Raises
    ------
    MemoryLimitError
    """
    if resource is None:
        return
    limit, needed = resource.getrlimit(resource.RLIMIT_AS)[0], LEAST_MEMORY + at_a_time * MEMORY_OF_KERNEL
    if limit != resource.RLIM_INFINITY and limit < needed:
        raise MemoryLimitError(
            f"Each process may have {limit // MEGABYTE} MB of memory (ulimit -v), but {at_a_time} notebooks at a time "
            f"need {needed // MEGABYTE} MB: raise the limit, or run fewer at a time, with JOBS=1."
        )


def kernel_manager(forked):
    """Dotted name of the kernel manager class, as nbclient wants it; called once before the kernels are started."""
    _look_up_classes()
    if not _folders:
        _folders.append(tempfile.TemporaryDirectory(prefix="smmlib-", dir=socket_folder()))
    if not forked:
        return f"{__name__}.PlainKernelManager"
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[PROVISIONER] = EntryPoint(
        name=PROVISIONER, value=f"{__name__}:ForkedProvisioner", group=factory.GROUP_NAME
    )
    return f"{__name__}.ForkedKernelManager"


def _look_up_classes():
    """Have traitlets find the classes that it knows by name: it does so when they are first used, and kernels are
    started in several threads at once, of which one would find a class where the other still expects a name.
    """
    manager = AsyncKernelManager()
    manager.client_factory(parent=manager)
    LocalProvisioner(parent=manager)
    PapermillNotebookClient(NotebookExecutionManager(nbformat.v4.new_notebook(), progress_bar=False))


def kill_all_kernels():
    """End every kernel that was started here and still runs, with what it started: for a run that is given up."""
    for manager in _managers:
        process = getattr(manager.provisioner, "process", None)
        if process is not None and process.poll() is None:
            _kill(process.pid)


def _kill(process):
    """A kernel leads a process group of its own, but for the moment in which it is started."""
    try:
        os.killpg(process, signal.SIGKILL)
    except ProcessLookupError:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


class PlainKernelManager(AsyncKernelManager):
    """Starts a kernel of this very Python, whichever kernels are registered on the machine."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._kernel_spec = KernelSpec(argv=KERNEL_COMMAND, display_name="Python 3", language="python", env=TERMINAL)
        name = os.path.join(_folders[0].name, str(next(_numbers)))
        self.connection_file = f"{name}.json"
        if os.name == "posix":  # sockets of this user alone instead of ports that anyone on the machine can reach
            self.transport, self.ip = "ipc", name
        _managers.append(self)

    @property
    def kernel_spec(self):
        return self._kernel_spec


class ForkedKernelManager(PlainKernelManager):
    """Starts a kernel by forking the server."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._kernel_spec.metadata = {"kernel_provisioner": {"provisioner_name": PROVISIONER}}


class ForkedProvisioner(LocalProvisioner):
    """Launches the kernel as a fork instead of a new program; everything else is as for a local kernel."""

    async def launch_kernel(self, cmd, **kwargs):
        arguments = [*cmd[cmd.index("-f") :], "--matplotlib=inline"]
        arguments.append(f"--IPKernelApp.parent_handle={os.getpid()}")  # a kernel with a parent prints no greeting
        process = multiprocessing.get_context("forkserver").Process(
            target=kernel_process.run_forked,
            args=(arguments, dict(kwargs.get("env", os.environ)), kwargs.get("cwd")),
            daemon=True,
        )
        process.start()
        self.process = ForkedProcess(process)
        self.pid, self.pgid = process.pid, process.pid
        return self.connection_info


class ForkedProcess:
    """A forked process behind the methods of `subprocess.Popen` that a provisioner calls."""

    stdin = stdout = stderr = None

    def __init__(self, process):
        self.process = process
        self.pid = process.pid

    def poll(self):
        return self.process.exitcode

    def wait(self, timeout=None):
        self.process.join(timeout)
        return self.process.exitcode

    def send_signal(self, number):
        os.kill(self.pid, number)

    def terminate(self):
        self.process.terminate()

    def kill(self):
        self.process.kill()
