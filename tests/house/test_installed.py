"""The package as pip installs it, without its repository: one command, bundled studies, reports where one works."""

import csv
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from end_to_end import notebooks_are_run
from flit_core import buildapi
from project_files import PROJECT
from three_arm_trial import write_eighteen_patients

from smmlib import cli

pytestmark = pytest.mark.by_hand


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The command of an environment into which a wheel was installed; other packages come from this one."""
    folder = tmp_path_factory.mktemp("installed")
    before = Path.cwd()
    try:
        os.chdir(PROJECT)
        wheel = folder / buildapi.build_wheel(str(folder))
    finally:
        os.chdir(before)
    venv.create(folder / "environment", with_pip=False, symlinks=True)
    python = folder / "environment" / "bin" / "python"
    pip = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--no-deps", "--python", python, wheel]
    subprocess.run(pip, check=True)
    others = folder / "environment" / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages" / "others.pth"
    others.write_text("\n".join(place for place in sys.path if place.endswith("site-packages")))
    return folder / "environment" / "bin" / "smmlib"


def run(command, *arguments, folder):
    if arguments[0] == "report":
        notebooks_are_run()
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    surroundings["JUPYTER_PATH"] = str(Path(sys.prefix) / "share" / "jupyter")  # templates of the other packages
    return subprocess.run(
        [command, *arguments], cwd=folder, env=surroundings, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


def test_the_installed_package_is_not_that_of_the_repository(installed, tmp_path):
    python = installed.with_name("python")
    found = run(python, "-c", "import smmlib; print(smmlib.__file__)", folder=tmp_path).stdout.strip()
    assert Path(found).is_relative_to(installed.parents[1])


@pytest.mark.end_to_end
def test_a_report_of_a_bundled_study_comes_where_one_works(installed, tmp_path):
    done = run(installed, "report", "quiredex-2013", folder=tmp_path)
    assert (done.returncode, [file.name for file in tmp_path.iterdir() if file.is_dir()]) == (0, ["reports"]), done
    assert (tmp_path / "reports" / "quiredex-2013" / "index.html").is_file()


@pytest.mark.end_to_end
def test_a_study_of_three_arms_of_one_s_own_gets_its_report(installed, tmp_path):
    (tmp_path / "trial").mkdir()
    file = write_eighteen_patients(tmp_path / "trial")
    done = run(installed, "report", str(file), "--reports", "mine", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    with next((tmp_path / "mine").glob("*/numbers.csv")).open(encoding="utf-8", newline="") as stream:
        compared = {row["arm"] for row in csv.DictReader(stream) if row["measure"] == "hazard_ratio"}
    assert len(compared) == 2


def test_a_new_study_of_the_installed_package_can_be_checked(installed, tmp_path):
    assert run(installed, "new", "mine", "trial", folder=tmp_path).returncode == 0
    done = run(installed, "check", "trial/mine.yaml", folder=tmp_path)
    assert done.returncode == 2
    assert "nothing can be run" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_study_of_neither_name_nor_file_is_refused(installed, tmp_path):
    done = run(installed, "check", "quiredex-2031", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "quiredex-2031" in done.stderr


HELP = """
import sys
from smmlib.cli import main
for name in sys.argv[1:]:
    try:
        main([name, "--help"])
    except SystemExit as ended:
        print(f"{name} ended with {ended.code}")
"""


def test_every_command_tells_how_it_is_called(installed, tmp_path):
    """Asked for in one process, which imports what they share once."""
    done = run(installed.with_name("python"), "-c", HELP, *cli.COMMANDS, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    for name in cli.COMMANDS:
        assert f"usage: smmlib {name}" in done.stdout
        assert f"{name} ended with 0\n" in done.stdout


def test_what_the_package_brings_along_is_what_the_repository_holds():
    for folder, kind in (("notebooks", "*.ipynb"), ("params", "*")):
        held = {file.name: file.read_bytes() for file in (PROJECT / folder).glob(kind) if file.is_file()}
        bundled = {file.name: file.read_bytes() for file in (PROJECT / "smmlib" / "bundled" / folder).iterdir()}
        assert bundled == held
