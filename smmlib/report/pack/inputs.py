"""What a report was made from, found again and held against its manifest: parameters, tables, notebooks, program."""

import ast
import csv
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smmlib.errors import SmmlibError
from smmlib.hashes import hash_of_files
from smmlib.places import CHECKOUT, PACKAGE, is_checkout
from smmlib.report.claims.range_file import RANGES_FILE, beside_subjects
from smmlib.report.folder.outputs_check import MANIFEST, check_outputs
from smmlib.report.folder.program import LOCK, program_hash
from smmlib.report.folder.shown_path import shown
from smmlib.report.verification.r_program import PROGRAM
from smmlib.trial.parameters.study import Study, read_study

NOTEBOOKS = "notebooks"
AGAIN = "make the report again, then pack it"


class PackError(SmmlibError):
    """A report that cannot be packed; nothing was written."""


@dataclass(frozen=True)
class Inputs:
    """What a report was made from.

    Attributes
    ----------
    manifest : dict
        Of the report.
    params_file : Path
    study : Study
    tables : list of Path
        Tables, or files of curves, and the ranges beside them where there are some.
    notebooks : list of Path
        Notebooks of the user's own.
    r_version : str
        Of the R that computed numbers again; empty where there was none.
    """

    manifest: dict[str, Any]
    params_file: Path
    study: Study
    tables: list[Path]
    notebooks: list[Path]
    r_version: str

    @property
    def are_bundled(self) -> bool:
        """Whether the tables come with the package, so that anybody has them, with their salt."""
        return all(PACKAGE in table.resolve().parents for table in self.tables)

    @property
    def has_secret(self) -> bool:
        """Whether patients are named by hashes that nobody without the salt can make."""
        return self.study.privacy == "hashed" and not self.are_bundled


def inputs_of(report: Path) -> Inputs:
    """Find what a report was made from.

    Parameters
    ----------
    report : Path
        Its folder.

    Returns
    -------
    Inputs

    Raises
    ------
    PackError
        If a file of the report is not as it was made, or an input is not there or is another by now.
    NoManifestError
        If the folder holds no report.
    """
    check = check_outputs(report)
    if not check.is_whole:
        wrong = "; ".join(
            f"{what} {', '.join(getattr(check, what))}"
            for what in ("changed", "missing", "added")
            if getattr(check, what)
        )
        raise PackError(f"{shown(report)} is not as it was made: {wrong}. {AGAIN.capitalize()}.")
    if not is_checkout() or not (CHECKOUT / LOCK).is_file():
        raise PackError(f"smmlib is installed without its repository, so there is no {LOCK}: pack in the repository.")
    manifest = json.loads((report / MANIFEST).read_text(encoding="utf-8"))
    if manifest.get("library") != program_hash():
        raise PackError(f"{shown(report)} was made by another program than this one: {AGAIN}.")
    params_file = _params_file(report, manifest)
    study = read_study(params_file)
    tables = [Path(path) for path in study.data.given_files.values()]
    _refuse_other_tables(study, manifest)
    ranges = beside_subjects(study, RANGES_FILE)
    return Inputs(
        manifest,
        params_file,
        study,
        [*tables, *([ranges] if ranges.is_file() else [])],
        _own_notebooks(study, params_file, manifest),
        _r_version(report),
    )


def _r_version(report: Path) -> str:
    with (report / "verification.csv").open(newline="", encoding="utf-8") as stream:
        return next((row["version"] for row in csv.DictReader(stream) if row["program"] == PROGRAM), "")


def _params_file(report: Path, manifest: dict[str, Any]) -> Path:
    """The parameters, where the executed notebooks say, if they are those of the manifest."""
    (name, told), *_ = manifest["parameters"].items()
    for given in _study_files(report):
        file = Path(os.path.normpath(CHECKOUT / NOTEBOOKS / given))
        if file.name == name and file.is_file() and hash_of_files(file) == told:
            return file
    raise PackError(f"the parameters {name} of {shown(report)} are not where they were, or not the same: {AGAIN}.")


def _study_files(report: Path) -> Iterator[str]:
    """What each executed notebook was given as the parameters file, seen from its folder."""
    for file in sorted((report / NOTEBOOKS).glob("*.ipynb")):
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        for cell in cells:
            if "injected-parameters" in cell["metadata"].get("tags", []):
                for node in ast.parse("".join(cell["source"])).body:
                    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                        yield str(node.value.value)


def _refuse_other_tables(study: Study, manifest: dict[str, Any]) -> None:
    if study.suppress_below is not None or study.data.curves is not None:
        return
    told = manifest["data"]
    changed = [path for name, path in study.data.tables.items() if hash_of_files(path) != told.get(name)]
    if changed:
        raise PackError(f"{', '.join(map(shown, changed))}: changed since the report was made; {AGAIN}.")


def _own_notebooks(study: Study, params_file: Path, manifest: dict[str, Any]) -> list[Path]:
    folder = params_file.parent / study.notebooks if study.notebooks else None
    files = [folder / name for name in manifest["notebooks"]] if folder else []
    own = [file for file in files if file.is_file() and not (CHECKOUT / NOTEBOOKS / file.name).exists()]
    bundled = [CHECKOUT / NOTEBOOKS / name for name in manifest["notebooks"]]
    there = {file.name: file for file in [*(file for file in bundled if file.is_file()), *own]}
    for name, told in manifest["notebooks"].items():
        if name not in there or hash_of_files(there[name]) != told:
            raise PackError(f"the notebook {name} is not that of the report: {AGAIN}.")
    return own
