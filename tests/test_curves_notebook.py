"""The notebook that goes from a figure to a hazard ratio: run as it is, and with each of its parameters changed.

Its cells are run here in one namespace, as a kernel would, without the seconds that a kernel takes to start.
"""

import ast
import shutil
from pathlib import Path

import nbformat
import pytest

from smmlib.report.recording import Records

PROJECT = Path(__file__).resolve().parent.parent
NOTEBOOK = PROJECT / "notebooks" / "reconstruct.ipynb"
CHANGES = [
    ("arm_patients", 20),
    ("reference_patients", 20),
    ("arm_events", 20),
    ("reference_events", 8),
    ("time_unit", "months"),
    ("conf_level", 0.9),
    ("truth_file", ""),
]


def cells(**changes):
    """Sources of the code cells, with other values of the parameters."""
    code = [cell for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code"]
    sources = [cell.source for cell in code]
    lines = [f"{name} = {value!r}" for name, value in changes.items()]
    return ["\n".join([sources[0], *lines]), *sources[1:]]


def run(monkeypatch, **changes):
    """The records of a run: what was shown is thrown away."""
    monkeypatch.chdir(NOTEBOOK.parent)
    monkeypatch.setattr("smmlib.report.recording.display", lambda *_, **__: None)
    namespace = {}
    for source in cells(**changes):
        exec(compile(source, NOTEBOOK.name, "exec"), namespace)
    return dict(namespace["records"])


@pytest.fixture(scope="module")
def as_it_is():
    with pytest.MonkeyPatch.context() as monkeypatch:
        return run(monkeypatch)


@pytest.mark.oracle
def test_the_figure_gives_the_hazard_ratio_of_its_patients(as_it_is):
    reconstructed, truth = as_it_is["hazard_ratio"], as_it_is["truth.hazard_ratio"]
    assert round(reconstructed.value, 2) == round(truth.value, 2) == 4.82
    assert abs(reconstructed.low - truth.low) < 0.01
    assert as_it_is["median.arm"].value == 8
    assert as_it_is["median.reference"].value == 23


@pytest.mark.invariant
@pytest.mark.parametrize(("name", "value"), CHANGES)
def test_each_parameter_changes_a_record(monkeypatch, as_it_is, name, value):
    assert str(run(monkeypatch, **{name: value})) != str(as_it_is)
