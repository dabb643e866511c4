"""Hashes by which it is known whether files that were made are still those of what they were made from."""

import hashlib
from pathlib import Path


def hash_of(*parts: bytes) -> str:
    """SHA-256 of each part and its length, so that no byte can pass from one part to the next.

    Parameters
    ----------
    *parts : bytes

    Returns
    -------
    str
        In hexadecimal digits.
    """
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def hash_of_files(*files: str | Path) -> str:
    """SHA-256 of the bytes of files, one after another; of one file what `sha256sum` prints.

    Parameters
    ----------
    *files : path-like

    Returns
    -------
    str
        In hexadecimal digits.
    """
    digest = hashlib.sha256()
    for file in files:
        digest.update(Path(file).read_bytes())
    return digest.hexdigest()
