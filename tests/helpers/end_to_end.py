"""Which tests run notebooks: they carry the marker `end_to_end`, and one that lacks it is told.

Kernels that this process starts are counted by the package itself. A report that a process of its own makes, or that
another process of the tests has made already, is told here by what asks for it.
"""

import sys

KERNELS = "smmlib.report.running.kernels"
UNMARKED = "runs notebooks: mark it pytest.mark.end_to_end, so that the quick tests can leave it out"

_told = []
_fixtures = set()


def notebooks_are_run():
    """Say that the test or fixture at work has notebooks run where the package cannot count them."""
    _told.append(True)


def count():
    """How often notebooks were run or asked for until now; the package is not imported for it."""
    return len(_told) + (len(sys.modules[KERNELS]._managers) if KERNELS in sys.modules else 0)


def remember(fixture):
    """Remember that the set-up of a fixture ran notebooks: every test that asks for it depends on them."""
    _fixtures.add((fixture.baseid, fixture.argname))


def refuse_unmarked(item, before):
    """Fail a test without the marker.

    Parameters
    ----------
    item : pytest.Item
        The test, after it was run.
    before : int
        What `count` was before its fixtures were set up.
    """
    asked = any(name in item.fixturenames and item.nodeid.startswith(of) for of, name in _fixtures)
    if item.get_closest_marker("end_to_end") is None:
        assert count() == before, f"{item.nodeid} {UNMARKED}"
        assert not asked, f"{item.nodeid} uses a fixture that {UNMARKED}"
