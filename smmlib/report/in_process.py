"""The numbers of a study's notebooks for any patients: the same cells, in this process, with nothing drawn or shown."""

import io
import json
from contextlib import redirect_stdout
from functools import cache, partial
from inspect import isfunction
from pathlib import Path

from smmlib.report.recording import Records
from smmlib.trial import read_study, read_tables

FIGURES = "smmlib.display."


class CellError(Exception):
    """A notebook that does not run here as it does in its kernel, with the run and the cell."""


class UnshownRecords(Records):
    """The records of a run, kept instead of shown."""

    written = None

    def table(self, name, frame):
        """A table of patients is not a number."""

    def figure(self, name, figure, *, alt):
        """A figure is not a number."""

    def write(self):
        self.written = self.finished()


def code_cells(notebook_file):
    """The code of a notebook.

    Parameters
    ----------
    notebook_file : Path

    Returns
    -------
    list of (str, bool)
        Of each cell its source, and whether it declares the parameters.
    """
    cells = json.loads(Path(notebook_file).read_text(encoding="utf-8"))["cells"]
    return [
        ("".join(cell["source"]), "parameters" in cell["metadata"].get("tags", []))
        for cell in cells
        if cell["cell_type"] == "code"
    ]


def numbers_in_process(study, notebooks):
    """What the runs of a study record of its patients.

    Parameters
    ----------
    study : Study
        The tables are read, once, from the files that its `data` names.
    notebooks : mapping of str to list of (str, bool)
        Of each run, from `code_cells`.

    Returns
    -------
    dict of str to Estimate or HypothesisTest
        By name, in the order of the runs.

    Raises
    ------
    CellError
        If a cell fails, or a notebook takes its study from elsewhere or writes no records.
    """
    tables = cache(partial(read_tables, study))
    numbers = {}
    for run, cells in notebooks.items():
        for record in _records(run, cells, study, tables):
            numbers[record.name] = record.result
    return numbers


def _records(run, cells, study, tables):
    """What one run writes. Its functions are those that it imports, but for those that `_instead` names."""
    namespace, given = {}, []

    def this_study(_):
        given.append(study)
        return study

    def its_tables(asked):
        return tables() if asked is study else read_tables(asked)

    known = {id(read_study): this_study, id(read_tables): its_tables, id(Records): UnshownRecords}
    parameters = {"study_file": study.study, **study.runs[run].parameters}
    with redirect_stdout(io.StringIO()):
        for number, (source, declares) in enumerate(cells, start=1):
            _execute(run, number, source, namespace)
            namespace.update(parameters if declares else _instead(namespace, known))
    written = [value.written for value in namespace.values() if isinstance(value, UnshownRecords) and value.written]
    if len(written) != 1 or not given:
        missing = "write its records" if given else "take its study from `read_study`, imported by name"
        raise CellError(f"run {run}: the notebook does not {missing}, so its numbers for other patients are not known.")
    return written[0]


def _execute(run, number, source, namespace):
    try:
        exec(_compiled(source), namespace)
    except Exception as error:
        first_line = source.strip().partition("\n")[0]
        what = f"{type(error).__name__}: {error}"
        raise CellError(f"run {run}, cell [{number}], which begins {first_line!r}: {what}") from error


@cache
def _compiled(source):
    return compile(source, "<notebook>", "exec")


def _instead(namespace, known):
    """What stands for imported names: the study at hand, its tables read once, records not shown, figures not drawn."""
    return {
        name: known.get(id(value), _no_figure)
        for name, value in namespace.items()
        if id(value) in known or _draws(value)
    }


def _draws(value):
    return isfunction(value) and value.__module__.startswith(FIGURES) and value.__name__.endswith("_figure")


def _no_figure(*_, **__):
    return None
