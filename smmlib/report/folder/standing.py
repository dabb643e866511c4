"""Whether a report that stands is still what a run would make: then nothing needs to run.

Asked before anything slow is imported, so of this package it imports what is quick to import.
"""

import json
import os
import platform
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from smmlib.hashes import hash_of, hash_of_files
from smmlib.places import PACKAGE
from smmlib.report.folder.outputs_check import MANIFEST, NoManifestError, check_outputs

STANDS_WHILE = "stands_while"
CODE = (".py", ".html", ".j2", ".css", ".js", ".R", ".woff2")
"""Endings of the files of this package that make a report what it is."""
INSTALLED = (".dist-info", ".egg-info")


def library_files():
    """Files of this package that make a report what it is, in the order of their names."""
    return sorted(path for path in PACKAGE.rglob("*") if path.suffix in CODE)


def stands_while(params_file, project, files):
    """What the manifest tells of a report so that it is known later whether it still stands.

    Parameters
    ----------
    params_file, project : Path
        The parameters, and the folder that holds the notebooks.
    files : iterable of Path
        What else the report was made from, also files that were not there: in the folder of the parameters, of the
        package or of the project.

    Returns
    -------
    dict of str to object
        The files, each by the place that it is in, and one hash of all that the report rests on.
    """
    roots = _roots(params_file, project)
    names = sorted({_name(path, roots) for path in (params_file, *files)})
    return {"files": names, "fingerprint": _fingerprint(names, params_file, roots)}


def standing_report(params_file, project, reports):
    """The report of some parameters, if it is whole and nothing has changed that it was made from.

    Parameters
    ----------
    params_file, project, reports : Path
        The parameters, the folder that holds the notebooks, and that of the reports.

    Returns
    -------
    Path or None
        Folder of the report.
    """
    roots = _roots(params_file, project)
    with suppress(OSError):
        for manifest in sorted(Path(reports).glob(f"*/{MANIFEST}")):
            if _is_of(manifest, params_file, roots):
                return manifest.parent
    return None


def _is_of(manifest, params_file, roots):
    """Whether a report is of these parameters, which is quickly known, and of all else as it is now."""
    try:
        said = json.loads(manifest.read_text(encoding="utf-8"))
        names, fingerprint = said[STANDS_WHILE]["files"], said[STANDS_WHILE]["fingerprint"]
        return (
            said["study"] == manifest.parent.name
            and said["parameters"] == {Path(params_file).name: _hash(Path(params_file))}
            and fingerprint == _fingerprint(names, params_file, roots)
            and check_outputs(manifest.parent).is_whole
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, NoManifestError):
        return False


def _fingerprint(names, params_file, roots):
    """One hash of the files, of where the notebooks find the parameters, and of all the programs at work."""
    place = os.path.relpath(params_file, roots["project"])
    files = [part for name in names for part in (name, _hash(_path(name, roots)))]
    texts = [place, *files, programs_at_work(), f"Rscript {shutil.which('Rscript') is not None}"]
    return hash_of(*map(os.fsencode, texts))


def programs_at_work():
    """One hash of the Python, of the installed packages by name and version, and of the code of this one."""
    library = [part for path in library_files() for part in (path.relative_to(PACKAGE).as_posix(), _hash(path))]
    texts = [sys.version, platform.system(), platform.machine(), *_packages(), *library]
    return hash_of(*map(os.fsencode, texts))


def _packages():
    """Names of installed packages with their versions, as their folders are called."""
    folders = [folder for folder in map(Path, sys.path) if folder.is_dir()]
    return sorted({path.name for folder in folders for path in folder.iterdir() if path.suffix in INSTALLED})


def _roots(params_file, project):
    """The places that files of a report may be in; no path of the machine is told."""
    return {"parameters": Path(os.path.abspath(params_file)).parent, "package": PACKAGE, "project": project}


def _name(path, roots):
    resolved = Path(os.path.abspath(path))
    root = next(name for name, folder in roots.items() if resolved.is_relative_to(folder))
    return f"{root}/{resolved.relative_to(roots[root]).as_posix()}"


def _path(name, roots):
    root, _, within = name.partition("/")
    return roots[root] / within


def _hash(path):
    return hash_of_files(path) if path.is_file() else "absent"
