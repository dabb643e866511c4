"""The notebook that goes from a figure to a hazard ratio: run as it is, and with each of its parameters changed.

Its cells are run here in one namespace, as a kernel would, without the seconds that a kernel takes to start.
"""

import nbformat
import pytest
from project_files import PROJECT

NOTEBOOK = PROJECT / "notebooks" / "reconstruct.ipynb"
READINGS = {"ensemble_size": 3}
SWAPPED = {
    "arms": ["6-MP", "Placebo"],
    "events": [9, 21],
    "time_unit": "months",
    "axis_times": [0, 10, 20],
    "ensemble_size": 2,
    "truth_file": "",
}


def cells(**changes):
    """Sources of the code cells, with other values of the parameters."""
    code = [cell for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code"]
    sources = [cell.source for cell in code]
    lines = [f"{name} = {value!r}" for name, value in changes.items()]
    return ["\n".join([sources[0], *lines]), *sources[1:]]


def run(monkeypatch, **changes):
    """The records of a run: what was shown is thrown away."""
    monkeypatch.chdir(NOTEBOOK.parent)
    monkeypatch.setattr("smmlib.report.records.recording.display", lambda *_, **__: None)
    namespace = {}
    for source in cells(**changes):
        exec(compile(source, NOTEBOOK.name, "exec"), namespace)
    return {key.measure: result for key, result in namespace["records"].items()}


@pytest.fixture(scope="module")
def as_it_is():
    with pytest.MonkeyPatch.context() as monkeypatch:
        return run(monkeypatch, **READINGS)


@pytest.mark.oracle
def test_the_figure_gives_the_hazard_ratio_of_its_patients(as_it_is):
    reconstructed, truth = as_it_is["hazard_ratio"], as_it_is["truth.hazard_ratio"]
    assert round(reconstructed.value, 2) == round(truth.value, 2) == 4.82
    assert (round(reconstructed.low, 2), round(reconstructed.high, 2)) == (round(truth.low, 2), round(truth.high, 2))
    assert (as_it_is["median_arm"].value, as_it_is["median_reference"].value) == (8, 23)
    assert as_it_is["lowest.hazard_ratio"].value <= reconstructed.value <= as_it_is["highest.hazard_ratio"].value


@pytest.mark.invariant
def test_what_is_declared_is_read(monkeypatch, as_it_is):
    """The arms swapped with their patients and events, another unit, and no truth to be held against."""
    swapped = run(monkeypatch, **SWAPPED)
    assert swapped["hazard_ratio"].value == pytest.approx(1 / as_it_is["hazard_ratio"].value, rel=1e-9)
    assert (swapped["events.arm"].value, swapped["events.reference"].value) == (9, 21)
    assert swapped["median_arm"].unit == "months"
    assert as_it_is.keys() - swapped.keys() == {"truth.hazard_ratio"}


@pytest.mark.by_hand
def test_facts_that_the_figure_contradicts_are_refused(monkeypatch):
    """21 patients are printed under the axis at time 0."""
    with pytest.raises(ValueError, match=r"n = 20, but the risk table has 21 patients at time 0"):
        run(monkeypatch, patients=[20, 21])
