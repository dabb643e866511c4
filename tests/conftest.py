"""The order of a test run, what its summary says beside the counts, which tests run notebooks, and shared fixtures."""

import sys

import end_to_end
import pytest
from skip_reasons import R_IS_MISSING

# As `smmlib report` does: it builds grammars for seconds when imported, and what imports it works without.
sys.modules.setdefault("rfc3987_syntax", None)

SLOWEST_FIRST = (
    "test_signals",
    "test_calibrate",
    "test_command_line",
    "test_stats_r",
    "test_weighted_r",
    "test_report_surroundings",
    "test_cox_r",
    "test_notebooks_rerun",
    "test_report",
    "test_table_bounds",
    "test_job_timeout",
    "test_bad_input",
    "test_report_failures",
    "test_suppression",
    "test_masked_report",
    "test_robustness_r",
    "test_report_folder",
    "test_installed",
    "test_cox_invariant",
    "test_cox_independent",
    "test_digitise_apart",
    "test_example",
    "test_salt",
    "test_competing_r",
)


NOTEBOOKS_BEFORE = pytest.StashKey[int]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Files that take longest come first, so that no process is left alone with one of them at the end.

    Who reads shared reports is marked here, since they are made by whichever test asks first.
    """
    for item in items:
        if "shared_reports" in item.fixturenames:
            item.add_marker(pytest.mark.end_to_end)
    items.sort(key=lambda item: SLOWEST_FIRST.index(item.path.stem) if item.path.stem in SLOWEST_FIRST else 99)


def pytest_terminal_summary(terminalreporter):
    """How many tests were skipped because R is not on this machine."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if R_IS_MISSING in str(report.longrepr)]
    if skipped:
        terminalreporter.section("R")
        terminalreporter.line(f"{len(skipped)} tests skipped: each {R_IS_MISSING}.")


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef):
    """Notice the fixtures that run notebooks: also the tests that find them made depend on them."""
    before = end_to_end.count()
    made = yield
    if end_to_end.count() > before:
        end_to_end.remember(fixturedef)
    return made


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    """Count from before the fixtures of a test are set up."""
    item.stash[NOTEBOOKS_BEFORE] = end_to_end.count()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """A test that runs notebooks and is not marked fails, whatever else it found."""
    outcome = yield
    end_to_end.refuse_unmarked(item, item.stash[NOTEBOOKS_BEFORE])
    return outcome


@pytest.fixture(scope="session")
def shared_reports(request, tmp_path_factory):
    """Reports of bundled studies, each made once for all processes of this run of the tests; only to be read."""
    from shared_reports import SharedReports, shared_folder

    return SharedReports(shared_folder(tmp_path_factory, request.config))


@pytest.fixture(scope="module")
def beside(request, tmp_path_factory):
    """R's numbers beside ours: what the class `Beside` of the module makes in a folder, by one run of R."""
    from r_program import r_is_here

    if not r_is_here():
        pytest.skip(R_IS_MISSING)
    return request.module.Beside(tmp_path_factory.mktemp("r"))


@pytest.fixture(scope="module")
def figures_read_here():
    """Figures are read in the process of the test: faster than by a program of its own, and its warnings are errors."""
    from smmlib.curves.digitising.figure import read_figure

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("smmlib.curves.digitise.read_apart", read_figure)
        yield
