"""Who looks on changes no byte: the terminal, the language, the clock and the order of sets are those of the reader."""

import os
import subprocess

import pytest
from report_project import ReportProject, contents

pytestmark = pytest.mark.invariant

STUDY = "freireich-1963"
NARROW = {"COLUMNS": "40", "LINES": "5", "TERM": "dumb", "LC_ALL": "C", "LANG": "C", "NO_COLOR": "1"}
NARROW |= {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1"}
WIDE = {"COLUMNS": "400", "LINES": "500", "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "LANG": "de_DE.UTF-8"}
WIDE |= {"TZ": "America/New_York", "FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "PYTHONHASHSEED": "2"}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A study whose table of patients at risk is wider than a terminal."""
    project = ReportProject(tmp_path_factory.mktemp("surroundings"))
    weeks = ", ".join(map(str, range(36)))
    project.replace(STUDY, ("axis_times: [0, 6, 10, 16, 23, 30, 35]", f"axis_times: [{weeks}]"))
    project.replace(STUDY, ("label: Placebo", "label: $p_l^a$ 中"))
    return project


def report(project, surroundings, *options):
    """Bytes of a report that is made in the surroundings given."""
    others = {name: value for name, value in os.environ.items() if name not in NARROW.keys() | WIDE.keys()}
    ended = subprocess.run(
        [*project.command(STUDY), *options], env=others | surroundings, capture_output=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return contents(project.reports / STUDY)


def test_a_report_is_the_same_in_any_surroundings_and_by_any_kernel(project):
    narrow = report(project, NARROW)
    wide = report(project, WIDE)
    assert [name for name in narrow if narrow[name] != wide[name]] == []
    plain = report(project, WIDE, "--kernels", "plain")
    assert [name for name in narrow if narrow[name] != plain[name]] == []
