"""Run one notebook with papermill, and believe nothing that papermill does not check.

papermill warns of a misspelt parameter and goes on with the default, never checks types, and ends well when a cell
calls `sys.exit`. So parameters are checked before, and every cell after.
"""

import ast
import logging
import os
import re
from dataclasses import dataclass

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError

from smmlib.errors import SmmlibError
from smmlib.report.records.record import (
    FIGURE_KEY,
    READS_KEY,
    RECORDS_MIME,
    TABLE_KEY,
    TABLE_MIME,
    records_from_output,
)

STUDY_PARAMETER = "study_file"
ANSI = re.compile(r"\x1b\[[0-9;]*m")
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")

logging.getLogger("papermill").setLevel(logging.CRITICAL)  # what goes wrong is said once, by `NotebookError`


class NotebookError(SmmlibError):
    """A notebook that did not run as it should, with the notebook, the cell and the line."""


@dataclass(frozen=True)
class ExecutedFigure:
    """A figure that a notebook gave to the report: its name, its SVG text and what it shows in words."""

    name: str
    svg: str
    alt: str


@dataclass(frozen=True, eq=False)
class ExecutedRun:
    """What one run left.

    Attributes
    ----------
    name : str
    notebook : NotebookNode
    records : list of Record
    drawings : list of ExecutedFigure
    tables : dict of str to str
        Tables of patients as CSV, by name.
    reads : tuple of str
        Parameters of the study that the notebook read; none where that is not known.
    """

    name: str
    notebook: nbformat.NotebookNode
    records: list
    drawings: list
    tables: dict
    reads: tuple = ()


def declared_parameters(notebook_file):
    """Parameters that a notebook declares, with their default values.

    Raises
    ------
    NotebookError
        If the notebook has no parameters cell, or a default is not a plain value.
    """
    notebook = nbformat.read(notebook_file, as_version=4)
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        raise NotebookError(f"{notebook_file}: {len(cells)} cells are tagged 'parameters', but there must be one.")
    try:
        assignments = ast.parse(cells[0].source).body
        return {node.targets[0].id: ast.literal_eval(node.value) for node in assignments}
    except (SyntaxError, ValueError, AttributeError) as error:
        raise NotebookError(f"{notebook_file}: the parameters cell holds more than plain values: {error}.") from None


def check_parameters(run_name, notebook_file, parameters):
    """Refuse parameters that the notebook does not declare, or with another type, and those that are left out."""
    declared = declared_parameters(notebook_file)
    if STUDY_PARAMETER in parameters:
        raise NotebookError(f"runs.{run_name}: parameter {STUDY_PARAMETER!r} is this file itself; leave it out.")
    for name, value in {STUDY_PARAMETER: "", **parameters}.items():
        if name not in declared:
            raise NotebookError(
                f"runs.{run_name}: parameter {name!r} is not declared in {notebook_file}, "
                f"which declares {', '.join(declared)}."
            )
        expected = type(declared[name])
        if type(value) is not expected and not (expected is float and type(value) is int):
            declares = f"{notebook_file} declares it as {expected.__name__}"
            raise NotebookError(f"runs.{run_name}: parameter {name!r} is {value!r}, but {declares}.")
    missing = [name for name in declared if name != STUDY_PARAMETER and name not in parameters]
    if missing:
        raise NotebookError(f"runs.{run_name}: {notebook_file} needs parameter {missing[0]!r}, which is not given.")


def execute(run_name, notebook_file, parameters, output_file, *, folder, manager):
    """Execute a notebook and take what it recorded.

    Parameters
    ----------
    run_name : str
    notebook_file, output_file : Path
        The notebook, and where its executed copy is written, also when it fails.
    parameters : dict
        Already checked.
    folder : Path
        Working folder of the kernel.
    manager : str
        Dotted name of the kernel manager class.

    Returns
    -------
    ExecutedRun

    Raises
    ------
    NotebookError
        Naming the cell, the line and the error.
    """
    try:
        notebook = papermill.execute_notebook(
            _literal(notebook_file),
            _literal(output_file),
            parameters,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            kernel_manager_class=manager,
            shutdown_kernel="immediate",
            resources={"metadata": {"path": str(folder)}},
        )
    except PapermillExecutionError as error:
        raise NotebookError(_failure(run_name, notebook_file, error)) from None
    except Exception as error:
        raise NotebookError(f"run {run_name}, {notebook_file}: {type(error).__name__}: {error}") from error
    _check_complete(run_name, notebook_file, notebook)
    reads = _taken_reads(notebook)
    _normalise(notebook)
    nbformat.write(notebook, output_file)
    run = run_of(run_name, notebook, reads)
    if not run.records:
        raise NotebookError(f"run {run_name}, {notebook_file}: no record was written; end with records.write().")
    return run


def _literal(path):
    """A path as papermill takes it for what it is: it would fill in braces, and write to a stream behind a hyphen."""
    return os.path.join(".", path).replace("{", "{{").replace("}", "}}")


def _failure(run_name, notebook_file, error):
    """The cell, the line that failed, which names the record, and the error."""
    lines = [line for block in error.traceback for line in ANSI.sub("", block).splitlines()]
    failed = next((line.partition(" ")[2].strip() for line in lines if re.match(r"-+> *\d+ ", line)), "")
    line = re.sub(r"^\d+ *", "", failed)
    place = f"cell [{error.exec_count}]" + (f", line: {line}" if line else "")
    return f"run {run_name}, {notebook_file}, {place}\n  {error.ename}: {error.evalue}"


def _check_complete(run_name, notebook_file, notebook):
    """Every code cell ran, in order, without an error: a dead kernel or an early exit leaves a gap."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    for expected, cell in enumerate(code, start=1):
        failed = [output for output in cell.outputs if output.output_type == "error"]
        if cell.execution_count != expected or failed:
            first_line = cell.source.strip().splitlines()[0]
            why = f"{failed[0].ename}: {failed[0].evalue}" if failed else "it did not run, though none before it failed"
            raise NotebookError(f"run {run_name}, {notebook_file}, cell [{expected}], line: {first_line}\n  {why}")


def _normalise(notebook):
    """Drop clocks, versions and addresses, so that the same inputs leave the same bytes; number the cells."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata["language_info"] = {"name": "python"}
    for position, cell in enumerate(notebook.cells, start=1):
        tags = cell.metadata.get("tags", [])
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        code = cell.cell_type == "code"
        cell["id"] = f"cell-{cell.execution_count}" if code and cell.execution_count else f"part-{position}"
        for output in cell.get("outputs", []):
            _normalise_output(output)


def _normalise_output(output):
    if "text" in output:
        output["text"] = ADDRESS.sub("0x0", output["text"])
    for kind, data in output.get("data", {}).items():
        if isinstance(data, str):
            output["data"][kind] = ADDRESS.sub("0x0", data)


def _taken_reads(notebook):
    """Which parameters a notebook read, taken out of it, for it says nothing of the notebook."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", []) if "metadata" in output]
    return tuple(name for output in outputs for name in output.metadata.pop(READS_KEY, ()))


def run_of(name, notebook, reads):
    """What an executed notebook has left.

    Parameters
    ----------
    name : str
    notebook : NotebookNode
    reads : tuple of str

    Returns
    -------
    ExecutedRun
    """
    records, drawings, tables = [], [], {}
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", []) if "data" in output]
    for output in outputs:
        if RECORDS_MIME in output.data:
            records += records_from_output(output)
        if FIGURE_KEY in output.metadata:
            figure = output.metadata[FIGURE_KEY]
            drawings.append(ExecutedFigure(figure["name"], output.data["image/svg+xml"], figure["alt"]))
        if TABLE_KEY in output.metadata:
            tables[output.metadata[TABLE_KEY]] = output.data[TABLE_MIME]
    return ExecutedRun(name, notebook, records, drawings, tables, reads)
