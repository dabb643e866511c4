"""A folder on the path in which something else is called Rscript, or nothing is."""

import shutil
import sys
from pathlib import Path

NEEDED = ("sh", "sleep", "cat", "touch", "kill", "tr", "bash", "env", "uname")


def path_without_r(folder):
    """A folder of links to the few commands that a shell script needs; Rscript is not among them."""
    folder.mkdir(parents=True)
    for name in NEEDED:
        (folder / name).symlink_to(shutil.which(name))
    (folder / "python").symlink_to(Path(sys.executable))
    return folder


def path_with_r(folder, *lines):
    """The same with an Rscript that runs some lines of a shell script."""
    rscript = path_without_r(folder) / "Rscript"
    rscript.write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
    rscript.chmod(0o755)
    return folder
