"""Which files a pack holds, and where."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from smmlib.places import CHECKOUT, PACKAGE
from smmlib.report.folder.program import LOCK
from smmlib.report.pack.inputs import NOTEBOOKS, Inputs

REPORT, SOURCE = "report", "source"
OF_PROJECT = ("pyproject.toml", "README.md", "LICENSE", "Makefile", "environment.yml", LOCK)
OTHERS = ("__pycache__", ".ipynb_checkpoints", "datasets", "bundled")
"""Folders of the package that a report does not need, or, of the bundled tables, only one."""


@dataclass(frozen=True)
class Layout:
    """Where in a pack the inputs are: as they lie to one another, so that paths between them are the same.

    Attributes
    ----------
    program, parameters : str
        Paths in the pack.
    tables : dict of str to Path
        Each table by its path in the pack, whether the pack holds it or not.
    files : dict of str to Path
        What the pack holds under `source/`.
    """

    program: str
    parameters: str
    tables: dict[str, Path]
    files: dict[str, Path]


def layout_of(inputs: Inputs, *, with_tables: bool) -> Layout:
    """The inputs of a report as a pack holds them.

    Parameters
    ----------
    inputs : Inputs
    with_tables : bool
        Whether tables that do not come with the package are held.

    Returns
    -------
    Layout
    """
    folder = inputs.params_file.absolute().parent
    above = Path(os.path.commonpath([CHECKOUT, folder]))

    def place(path: Path) -> str:
        inside = path if above in path.parents or path == above else folder / path.name
        return (PurePosixPath(SOURCE) / inside.relative_to(above).as_posix()).as_posix()

    tables = {place(path.absolute()): path for path in inputs.tables}
    held = tables if with_tables or inputs.are_bundled else {}
    given = [inputs.params_file.absolute(), *(path.absolute() for path in inputs.notebooks)]
    program = {place(path): path for path in [*_program_files(), *given, *_beside_bundled(inputs)]}
    return Layout(place(CHECKOUT), place(given[0]), tables, {**program, **held})


def report_files(report: Path) -> dict[str, Path]:
    """The files of a report by their paths in the pack."""
    files = (path for path in sorted(report.rglob("*")) if path.is_file())
    return {f"{REPORT}/{path.relative_to(report).as_posix()}": path for path in files}


def _program_files() -> Iterator[Path]:
    """The package, its notebooks and what `make` needs to set it up."""
    yield from (CHECKOUT / name for name in OF_PROJECT if (CHECKOUT / name).is_file())
    yield from sorted((CHECKOUT / NOTEBOOKS).glob("*.ipynb"))
    yield CHECKOUT / "params" / "schema.json"
    for path in sorted(PACKAGE.rglob("*")):
        inside = path.relative_to(PACKAGE)
        if path.is_file() and not {*OTHERS} & {*inside.parts} and not inside.name.startswith("."):
            yield path


def _beside_bundled(inputs: Inputs) -> Iterator[Path]:
    """All that lies beside bundled tables: their salt, which is no secret, ranges, and what they are."""
    if inputs.are_bundled and inputs.study.data.bundled:
        yield from sorted((PACKAGE / "datasets" / inputs.study.data.bundled).iterdir())
