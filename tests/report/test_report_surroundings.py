"""Who looks on changes no byte: the terminal, the language, the clock and the order of sets are those of the reader.

Nor do streams that cannot be written to, folders for temporary files that cannot be used, and the kind of kernel.
"""

import os
from pathlib import Path

import pytest
from report_project import ReportProject, contents
from started_commands import shell

pytestmark = [pytest.mark.invariant, pytest.mark.end_to_end]

STUDY = "freireich-1963"
NARROW = {"COLUMNS": "40", "LINES": "5", "TERM": "dumb", "LC_ALL": "C", "LANG": "C", "NO_COLOR": "1"}
NARROW |= {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1"}
WIDE = {"COLUMNS": "400", "LINES": "500", "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "LANG": "de_DE.UTF-8"}
WIDE |= {"TZ": "America/New_York", "FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "PYTHONHASHSEED": "2"}
FULL = "2>/dev/full" if Path("/dev/full").exists() else ""
"""Standard error on a full disk."""
CLOSED, NOBODY_READS = ">&- 2>&- <&-", "2>&1 | head -n 1"
LONG = "long" * 30
RUNS = {
    "narrow": (NARROW | {"TMPDIR": "/nowhere"}, FULL, "forked"),
    "wide": (WIDE | {"TMPDIR": LONG}, CLOSED, "forked"),
    "wide, plain kernels": (WIDE | {"TMPDIR": LONG}, NOBODY_READS, "plain"),
    "temporary files in a folder that cannot be written to": ({"TMPDIR": "/proc"}, "", "forked"),
}
"""Variables, redirected streams and kernels of each run; each is as awkward as can be in several ways at once."""


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """The exit code and the bytes of the report of each run.

    The study has a table of patients at risk that is wider than a terminal.
    """
    project = ReportProject(tmp_path_factory.mktemp("surroundings"))
    weeks = ", ".join(map(str, range(36)))
    project.replace(STUDY, ("axis_times: [0, 6, 10, 16, 23, 30, 35]", f"axis_times: [{weeks}]"))
    project.replace(STUDY, ("label: Placebo", "label: $p_l^a$ 中"))
    (project.folder / LONG).mkdir()
    return {name: report(project, *run) for name, run in RUNS.items()}


def report(project, surroundings, streams, kernels):
    others = {name: value for name, value in os.environ.items() if name not in NARROW.keys() | WIDE.keys()}
    folder = project.folder / surroundings["TMPDIR"]  # which stays the one that is named where that is absolute
    code = shell(
        streams, [*project.command(STUDY), "--kernels", kernels], others | surroundings | {"TMPDIR": str(folder)}
    )
    return code, contents(project.reports / STUDY)


@pytest.mark.parametrize("name", RUNS)
def test_a_report_is_made(reports, name):
    code, made = reports[name]
    assert code == 0
    assert made["index.html"].decode("utf-8").rstrip().endswith("</html>")


@pytest.mark.parametrize("name", RUNS)
def test_a_report_is_the_same_in_any_surroundings_and_by_any_kernel(reports, name):
    (_, first), (_, made) = reports["narrow"], reports[name]
    assert made.keys() == first.keys()
    assert [file for file in first if first[file] != made[file]] == []
