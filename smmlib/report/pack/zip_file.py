"""A zip file whose bytes depend on its files alone."""

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

NEVER = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip file can tell."""
UNIX, READABLE = 3, 0o100644


def write_zip(file: Path, contents: Mapping[str, bytes]) -> None:
    """Write a zip file; names are sorted, times and rights the same for all.

    Parameters
    ----------
    file : Path
        Must not be there yet.
    contents : mapping of str to bytes
        By path in the zip.

    Raises
    ------
    OSError
        If it cannot be written, or is there; what was begun is removed.
    """
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as stream, zipfile.ZipFile(stream, "w") as packed:
            for name in sorted(contents):
                about = zipfile.ZipInfo(name, NEVER)
                about.create_system, about.external_attr = UNIX, READABLE << 16
                about.compress_type = zipfile.ZIP_DEFLATED
                packed.writestr(about, contents[name], compresslevel=9)
    except BaseException:
        file.unlink(missing_ok=True)
        raise
