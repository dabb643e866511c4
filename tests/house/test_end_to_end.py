"""A test that runs notebooks without the marker `end_to_end` is told, however it runs them."""

from contextlib import contextmanager
from importlib import import_module
from types import SimpleNamespace

import end_to_end
import pytest
from report_project import ReportProject

from smmlib.report.running.kernels import kernel_manager

pytestmark = pytest.mark.by_hand


class Item:
    """A test as pytest would hold it.

    Parameters
    ----------
    *markers : str
    fixtures : tuple of str
    """

    nodeid = "tests/report/test_it.py::test_it"

    def __init__(self, *markers, fixtures=()):
        self._markers, self.fixturenames = markers, fixtures

    def get_closest_marker(self, name):
        return name if name in self._markers else None


@contextmanager
def counted_anew():
    """Nothing has been counted yet, and afterwards it is as it was: the test itself runs no notebooks."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(end_to_end, "_told", [])
        patched.setattr(end_to_end, "_fixtures", set())
        patched.setattr(f"{end_to_end.KERNELS}._managers", [])
        yield


WAYS = {
    "a kernel is started": lambda folder: import_module(end_to_end.KERNELS).PlainKernelManager(),
    "a report by another process": lambda folder: ReportProject(folder).command("freireich-1963"),
}


@pytest.mark.parametrize("run_notebooks", WAYS.values(), ids=WAYS.keys())
def test_a_test_that_runs_notebooks_is_told_when_it_is_not_marked(run_notebooks, tmp_path):
    with counted_anew():
        kernel_manager(forked=False)
        end_to_end.refuse_unmarked(Item("by_hand"), 0)
        run_notebooks(tmp_path)
        with pytest.raises(AssertionError, match=r"test_it runs notebooks: mark it pytest\.mark\.end_to_end"):
            end_to_end.refuse_unmarked(Item("by_hand"), 0)
        end_to_end.refuse_unmarked(Item("by_hand", "end_to_end"), 0)


def test_so_is_a_test_that_finds_the_report_of_a_fixture_made():
    with counted_anew():
        end_to_end.remember(SimpleNamespace(baseid="tests/report/test_it.py", argname="report"))
        end_to_end.refuse_unmarked(Item(fixtures=("tmp_path",)), 0)
        with pytest.raises(AssertionError, match="uses a fixture that runs notebooks"):
            end_to_end.refuse_unmarked(Item(fixtures=("report",)), 0)
        end_to_end.refuse_unmarked(Item("end_to_end", fixtures=("report",)), 0)
