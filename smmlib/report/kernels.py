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
from importlib.metadata import EntryPoint

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

from smmlib.report.fork_server import run_kernel

PROVISIONER = "smmlib-forked"
KERNEL_COMMAND = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
TERMINAL = {"COLUMNS": "80", "LINES": "24"}
"""The size of the terminal that a kernel is told: what is shown in a notebook does not depend on who looks on."""

_managers = []
_numbers = itertools.count()
_socket_folder = tempfile.TemporaryDirectory(prefix="smmlib-")


def kernel_manager(forked):
    """Dotted name of the kernel manager class, as nbclient wants it."""
    if not forked:
        return f"{__name__}.PlainKernelManager"
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[PROVISIONER] = EntryPoint(
        name=PROVISIONER, value=f"{__name__}:ForkedProvisioner", group=factory.GROUP_NAME
    )
    return f"{__name__}.ForkedKernelManager"


def kill_all_kernels():
    """End every kernel that was started here and still runs: for an interrupted run."""
    for manager in _managers:
        process = getattr(manager.provisioner, "process", None)
        if process is not None and process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)


class PlainKernelManager(AsyncKernelManager):
    """Starts a kernel of this very Python, whichever kernels are registered on the machine."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._kernel_spec = KernelSpec(argv=KERNEL_COMMAND, display_name="Python 3", language="python", env=TERMINAL)
        if os.name == "posix":  # sockets of this user alone instead of ports that anyone on the machine can reach
            self.transport, self.ip = "ipc", os.path.join(_socket_folder.name, str(next(_numbers)))
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
        arguments = [*cmd[cmd.index("ipykernel_launcher") + 1 :], "--matplotlib=inline"]
        arguments.append(f"--IPKernelApp.parent_handle={os.getpid()}")  # so that it ends when this process does
        process = multiprocessing.get_context("forkserver").Process(
            target=run_kernel,
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
