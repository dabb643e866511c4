"""The executed notebooks of a fresh report, run again by nbval in strict mode, give the same outputs."""

import os
import re
import shutil
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from report_project import STUDIES, ReportProject

pytestmark = pytest.mark.other_package

SANITISE = Path(__file__).with_name("nbval_sanitise.cfg")
ADDED = "freireich-1963.population.ipynb"
"""The notebook to which a cell is added whose output is not what it gives."""
# jsonschema would import this for seconds, and does without it
START = "import sys; sys.modules['rfc3987_syntax'] = None; import pytest; sys.exit(pytest.main(sys.argv[1:]))"


@pytest.fixture(scope="module")
def outcomes(shared_reports, tmp_path_factory):
    """What one run of nbval finds in each cell, in the order of the cells, by the name of the notebook.

    The executed notebooks are in a folder that lies beside the parameters, as they expect. To one of them its last cell
    is added once more, with an output in which a digit is not the same.
    """
    folder = ReportProject(tmp_path_factory.mktemp("project")).folder / "executed"
    folder.mkdir()
    for study in STUDIES:
        for notebook in (shared_reports.report(study) / "notebooks").glob("*.ipynb"):
            shutil.copy(notebook, folder / f"{study}.{notebook.name}")
    add_changed_cell(folder / ADDED)
    again = nbval(folder)
    assert again.returncode == 1, again.stdout
    outcomes = {}
    for outcome, notebook, cell in re.findall(r"^([A-Z]+) \S*?([\w.-]+)::Cell (\d+)", again.stdout, re.MULTILINE):
        outcomes.setdefault(notebook, {})[int(cell)] = outcome
    return {notebook: [of[cell] for cell in sorted(of)] for notebook, of in outcomes.items()}


def add_changed_cell(file):
    notebook = nbformat.read(file, as_version=4)
    cell = deepcopy(notebook.cells[-1])
    assert cell.source == "records.write()"
    (records,) = (value for output in cell.outputs for name, value in output.data.items() if name.endswith("+json"))
    assert records[0]["result"]["value"] == 42
    records[0]["result"]["value"] = 42.5
    cell.id = "added"
    notebook.cells.append(cell)
    nbformat.write(notebook, file)


def nbval(folder):
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [sys.executable, "-c", START, "-rA", "--show-capture=no", "--nbval", "--nbval-current-env"]
    command += ["--nbval-sanitize-with", str(SANITISE)]
    command += ["--nbval-cell-timeout", "120", "-p", "no:cacheprovider", "-p", "no:xdist", str(folder)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.mark.parametrize("study", STUDIES)
def test_run_again_gives_the_same_outputs(outcomes, study):
    of_study = {name: cells[:-1] if name == ADDED else cells for name, cells in outcomes.items() if study in name}
    found = [outcome for cells in of_study.values() for outcome in cells]
    assert set(found) == {"PASSED"}, of_study
    assert len(found) >= 15


def test_a_changed_output_is_seen(outcomes):
    """The check can fail: a digit that is not the same is told."""
    assert outcomes[ADDED][-1] == "FAILED"
