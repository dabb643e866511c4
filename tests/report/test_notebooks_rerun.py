"""The executed notebooks of a fresh report, run again by nbval in strict mode, give the same outputs."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from report_project import STUDIES, ReportProject

pytestmark = pytest.mark.other_package

SANITISE = Path(__file__).with_name("nbval_sanitise.cfg")


@pytest.fixture(params=STUDIES)
def executed(tmp_path, request):
    """Executed notebooks in a folder that lies beside the parameters, as the notebooks expect."""
    project = ReportProject(tmp_path)
    report = project.make(request.param)
    return shutil.copytree(report / "notebooks", tmp_path / "executed", ignore=shutil.ignore_patterns("*.html"))


def nbval(folder):
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        "--nbval-current-env",
        "--nbval-sanitize-with",
        str(SANITISE),
    ]
    command += ["--nbval-cell-timeout", "120", "-p", "no:cacheprovider", "-p", "no:xdist", str(folder)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_run_again_gives_the_same_outputs(executed):
    again = nbval(executed)
    assert again.returncode == 0, again.stdout
    assert int(re.search(r"(\d+) passed", again.stdout).group(1)) >= 15


@pytest.mark.parametrize("executed", ["freireich-1963"], indirect=True)
def test_a_changed_output_is_seen(executed):
    """The check can fail: a last digit that is not the same is told."""
    file = executed / "population.ipynb"
    text = file.read_text(encoding="utf-8")
    changed = re.sub(r'"value": (\d+)\.0', r'"value": \1.5', text, count=1)
    assert changed != text
    file.write_text(changed, encoding="utf-8")
    assert nbval(executed).returncode == 1
