"""A program of any kind that Linux kills when its parent ends: run as a script, this becomes that program.

It imports nothing of the package, so that a start takes some hundredths of a second.
"""

import os
import signal
import sys

DEATH_OF_PARENT = 1  # PR_SET_PDEATHSIG of Linux


def be_killed_with_parent(parent: int | None = None) -> None:
    """Have Linux kill this process, even when it is stopped or hangs, once the thread that started it ends.

    Parameters
    ----------
    parent : int, optional
        The process that started this one, which may have ended already.
    """
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(DEATH_OF_PARENT, signal.SIGKILL)
    if parent and os.getppid() != parent:
        os._exit(1)


def killed_with_parent(command: list[str]) -> list[str]:
    """A command that starts another one so that it is killed with the thread that starts it; elsewhere the other one.

    Parameters
    ----------
    command : list of str
        With the path of its program.

    Returns
    -------
    list of str
    """
    if os.name != "posix":
        return command
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


if __name__ == "__main__":
    be_killed_with_parent(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])
