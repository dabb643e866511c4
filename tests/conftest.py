"""The order of a test run, what its summary says beside the counts, and a fixture that many tests of figures share."""

import pytest
from skip_reasons import R_IS_MISSING

SLOWEST_FIRST = (
    "test_notebooks_rerun",
    "test_report_failures",
    "test_signals",
    "test_command_line",
    "test_job_timeout",
    "test_report_surroundings",
    "test_report_names",
    "test_report",
    "test_report_lock",
    "test_report_folder",
    "test_calibrate",
    "test_bad_input",
    "test_suppression",
    "test_disclosure",
    "test_masked_report",
    "test_example",
    "test_curves_report",
)


def pytest_collection_modifyitems(items):
    """Files that take longest come first, so that no process is left alone with one of them at the end."""
    items.sort(key=lambda item: SLOWEST_FIRST.index(item.path.stem) if item.path.stem in SLOWEST_FIRST else 99)


def pytest_terminal_summary(terminalreporter):
    """How many tests were skipped because R is not on this machine."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if R_IS_MISSING in str(report.longrepr)]
    if skipped:
        terminalreporter.section("R")
        terminalreporter.line(f"{len(skipped)} tests skipped: each {R_IS_MISSING}.")


@pytest.fixture(scope="module")
def figures_read_here():
    """Figures are read in the process of the test: faster than by a program of its own, and its warnings are errors."""
    from smmlib.curves.digitising.figure import read_figure

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("smmlib.curves.digitise.read_apart", read_figure)
        yield
