"""Paths as they are written or shown: none holds a path of the machine."""

import os
from pathlib import Path

from smmlib.plain_text import visible


def relative(path, folder):
    """Path as seen from a folder."""
    return Path(os.path.relpath(path, folder))


def shown(path):
    """Path as seen from the working folder, for a message."""
    return visible(relative(path, Path.cwd()).as_posix())
