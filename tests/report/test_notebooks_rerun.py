"""The executed notebooks of a fresh report, run again by nbval in strict mode, give the same outputs."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from report_project import STUDIES, ReportProject

pytestmark = [pytest.mark.other_package, pytest.mark.end_to_end]

SANITISE = Path(__file__).with_name("nbval_sanitise.cfg")
CHANGED = "changed"


@pytest.fixture(scope="module")
def outcomes(shared_reports, tmp_path_factory):
    """How often each outcome was found in the cells of each study, by one run of nbval.

    The executed notebooks are in a folder that lies beside the parameters, as they expect, and with them one in an
    output of which a last digit is not the same.
    """
    folder = ReportProject(tmp_path_factory.mktemp("project")).folder / "executed"
    folder.mkdir()
    for study in STUDIES:
        for notebook in (shared_reports.report(study) / "notebooks").glob("*.ipynb"):
            shutil.copy(notebook, folder / f"{study}.{notebook.name}")
    text = (folder / "freireich-1963.population.ipynb").read_text(encoding="utf-8")
    changed = re.sub(r'"value": (\d+)\.0', r'"value": \1.5', text, count=1)
    assert changed != text
    (folder / f"{CHANGED}.population.ipynb").write_text(changed, encoding="utf-8")
    again = nbval(folder)
    assert again.returncode == 1, again.stdout
    found = re.findall(r"^(PASSED|FAILED|ERROR) .*?([\w-]+)\.\w+\.ipynb::", again.stdout, re.MULTILINE)
    return {name: Counter(outcome for outcome, of in found if of == name) for name in (*STUDIES, CHANGED)}


def nbval(folder):
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-rpfE",
        "--nbval",
        "--nbval-current-env",
        "--nbval-sanitize-with",
        str(SANITISE),
    ]
    command += ["--nbval-cell-timeout", "120", "-p", "no:cacheprovider", "-p", "no:xdist", str(folder)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.mark.parametrize("study", STUDIES)
def test_run_again_gives_the_same_outputs(outcomes, study):
    assert outcomes[study].keys() == {"PASSED"}
    assert outcomes[study]["PASSED"] >= 15


def test_a_changed_output_is_seen(outcomes):
    """The check can fail: a last digit that is not the same is told."""
    assert outcomes[CHANGED]["FAILED"] == 1
