"""Programs of another user: an unprivileged one, by `setpriv`."""

import os
import shutil
import subprocess
import sys
from functools import cache

import pytest

OTHER = 54321
AS_OTHER = ["setpriv", f"--reuid={OTHER}", f"--regid={OTHER}", "--clear-groups"]


@cache
def why_not():
    """Why nothing can be run as another user here; empty where it can."""
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("setpriv"):
        return "only root of a Linux with setpriv can be another user"
    probe = [*AS_OTHER, sys.executable, "-c", "import smmlib.trial"]
    return "" if subprocess.run(probe, capture_output=True, check=False).returncode == 0 else "others cannot read .venv"


def as_other_user(command):
    """The command, run by another user; a test that cannot is skipped."""
    if why_not():
        pytest.skip(why_not())
    return [*AS_OTHER, *command]
