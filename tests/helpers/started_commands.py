"""Commands started as a user starts them, with all processes that they start in turn."""

import os
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

DEADLINE = 300
"""Seconds after which something that must happen has not; ten are promised, and the machine may be busy."""

MARK = "SMMLIB_TEST_MARK"

needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are counted in /proc")

# In the background of a shell SIGINT is ignored, under nohup SIGHUP, and children inherit that: the tests may be there.
_FROM_A_TERMINAL = (
    "import os, signal, sys\n"
    "for name in ('SIGINT', 'SIGTERM', 'SIGHUP'): signal.signal(getattr(signal, name), signal.SIG_DFL)\n"
    "os.execv(sys.argv[1], sys.argv[1:])"
)

# Imported by Python itself when it starts; children of the command do not have "-m" among their arguments.
_AT_IMPORT = """
import os, signal, sys

class AtImport:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            sys.meta_path.remove(self)
            {action}

if "-m" in sys.orig_argv:
    sys.meta_path.insert(0, AtImport())
"""


def from_a_terminal(command):
    """The command with signals as a terminal leaves them, however the tests were started."""
    return [sys.executable, "-c", _FROM_A_TERMINAL, *command]


def at_import(folder, module, action):
    """Environment of a command that does something when it is about to import a module.

    Parameters
    ----------
    folder : Path
        Of its own.
    module : str
    action : str
        A statement of Python.
    """
    (folder / "sitecustomize.py").write_text(_AT_IMPORT.format(module=module, action=action), encoding="utf-8")
    return {"PYTHONPATH": str(folder)}


def shell(redirection, words, env=None):
    """The exit code of a command whose streams a shell redirects; its environment is that of the tests or another."""
    script = f'"$@" {redirection}'
    command = ["/bin/bash", "-o", "pipefail", "-c", script, "bash", *words]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stdout + done.stderr
    return done.returncode


def until(condition, what):
    """Wait until something is so."""
    latest = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < latest, f"waited for: {what}"
        time.sleep(0.05)


class Started:
    """A command that runs, in a process group of its own, its standard output and error in one pipe.

    Parameters
    ----------
    command : list of str
    env : dict of str to str, optional
        Beside the variables of the tests.
    **named
        For `subprocess.Popen`.
    """

    def __init__(self, command, env=None, **named):
        self._mark = uuid.uuid4().hex
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        self.run = subprocess.Popen(
            from_a_terminal(command),
            env={**os.environ, **(env or {}), MARK: self._mark},
            text=True,
            start_new_session=True,
            **{**streams, **named},
        )

    def wait_for(self, condition, what):
        """Wait until something is so while the command runs."""
        until(lambda: condition() or self.run.poll() is not None, what)
        assert self.run.poll() is None, f"it ended before: {what}\n{self.run.communicate(timeout=DEADLINE)[0]}"

    def ends(self):
        """The exit code and the output, when the command and every process that holds its pipe have ended."""
        said, _ = self.run.communicate(timeout=DEADLINE)
        until(lambda: not self.processes(), "the end of all processes that the command started")
        return self.run.returncode, said

    def processes(self, words=""):
        """Command lines, by process, of all that the command started and that hold the words; the dead have none."""
        return {process: line for process, line in _marked(self._mark) if words in line}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.run.kill()
        for process in self.processes():
            try:
                os.kill(process, 9)
            except ProcessLookupError:
                continue
        self.run.communicate()


def _marked(mark):
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                yield int(folder.name), (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
