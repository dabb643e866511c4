"""What is given to make reaches the programs as it was given: make and the shell take it for text alone."""

import os
import re
import shutil
import subprocess

import pytest
from project_files import PROJECT

SETTINGS = ("PYTHON", "BASE_PYTHON", "STUDY", "PARAMS", "REPORTS", "SYNTHETIC", "NAME", "FOLDER", "JOBS", "AGAIN")
# A program that notes what it was called with, and the setting that programs read themselves.
RECORDER = """#!/bin/sh
[ "$1" = -I ] || printf '%s\\0' "$@" "JOBS=$JOBS" END >>calls
"""
HARMFUL = {
    "backticks": "a`touch OWNED`b",
    "command": "$(touch OWNED)",
    "function of make": "$(shell touch OWNED)",
    "braces": "${shell touch OWNED}{study_file.__class__}",
    "dollars": "$PATH$$HOME$@",
    "quotes": 'it\'s "so"',
    "semicolon": ";touch OWNED;",
    "pipe": "|touch OWNED&touch OWNED>OWNED",
    "hash": "a#b",
    "per cent": "a%b%20c",
    "line": "a\ntouch OWNED\nb",
    "hyphen": "--help",
    "blanks": "a  b ",
    "wildcards": "*?[a]~",
    "backslash": "a\\",
    "letters": "é中\u202e",
    "colon": "a:b=c",
    "bytes": os.fsdecode(b"\xff\xfe"),
}

pytestmark = pytest.mark.by_hand


class Project:
    """The Makefile in a folder of its own, with a Python that only notes what it is asked to do."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        shutil.copy(PROJECT / "Makefile", folder)
        (folder / "params").mkdir()
        (folder / "params" / "one.yaml").touch()
        self.python = folder / "python"
        self.python.write_text(RECORDER, encoding="utf-8")
        self.python.chmod(0o755)

    def make(self, target, *given, environment=()):
        """The calls that a target makes, each as its words with the number of jobs that it is told last."""
        inherited = {name: value for name, value in os.environ.items() if name not in SETTINGS and "MAKE" not in name}
        programs = [f"{name}={self.python}" for name in ("PYTHON", "BASE_PYTHON")]
        made = subprocess.run(
            ["make", "--silent", target, *programs, *given],
            cwd=self.folder,
            env=inherited | dict(environment),
            capture_output=True,
            check=False,
        )
        assert (made.returncode, made.stderr) == (0, b"")
        assert sorted(path.name for path in self.folder.iterdir()) == ["Makefile", "calls", "params", "python"]
        said = os.fsdecode((self.folder / "calls").read_bytes())
        (self.folder / "calls").unlink()
        return [call.split("\0")[:-1] for call in said.split("END\0")[:-1]]


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path / "project")


def report(params, reports="reports"):
    return [["-m", "smmlib", "report", f"--reports={reports}", "--", params, "JOBS="]]


def test_no_recipe_has_a_setting_written_into_it():
    recipes = [line for line in (PROJECT / "Makefile").read_text().splitlines() if line.startswith("\t")]
    assert [line for line in recipes if re.search(rf"\$[({{]({'|'.join(SETTINGS)})\b", line)] == []


CALLS = {
    "STUDY": ("report", lambda value: report(f"params/{value}.yaml")),
    "PARAMS": ("report", report),
    "REPORTS": ("report", lambda value: report("params/quiredex-2013.yaml", value)),
    "JOBS": ("reports", lambda value: [["-m", "smmlib", "report", "params/one.yaml", f"JOBS={value}"]]),
    "NAME": ("study", lambda value: [["-m", "smmlib", "new", "--", value, f"../{value}", "JOBS="]]),
    "TABLES": ("study", lambda value: [["-m", "smmlib", "new", f"--tables={value}", "--", "my-trial", "JOBS="]]),
    "FOLDER": ("study", lambda value: [["-m", "smmlib", "new", "--", "my-trial", value, "JOBS="]]),
}


@pytest.mark.parametrize("value", HARMFUL.values(), ids=HARMFUL.keys())
@pytest.mark.parametrize("setting", CALLS)
def test_a_setting_is_text(project, setting, value):
    target, calls = CALLS[setting]
    assert project.make(target, f"{setting}={value}") == calls(value)
    assert project.make(target, environment={setting: value}) == calls(value)


@pytest.mark.parametrize("target", ["check", "test", "lab", "lint", "bench", "clean", "help"])
def test_no_setting_runs_anything_where_it_is_not_asked_for(project, target):
    (project.folder / "calls").touch()
    given = [f"{setting}=$(shell touch OWNED)`touch OWNED`" for setting in (*CALLS, "SYNTHETIC", "ANOTHER")]
    said = project.make(target, *given)
    if target == "check":
        assert said == [
            [
                "-m",
                "smmlib",
                "check",
                "--",
                "$(shell touch OWNED)`touch OWNED`",
                "JOBS=$(shell touch OWNED)`touch OWNED`",
            ]
        ]


@pytest.mark.parametrize("value", ["a`touch OWNED`b $(shell touch OWNED) * c", "a 'b\" c"], ids=["commands", "quotes"])
def test_the_studies_whose_cohorts_are_made_are_words(project, value):
    studies = [f"params/{word}.yaml" for word in value.split()]
    assert project.make("cohorts", f"SYNTHETIC={value}") == [
        ["-m", "smmlib", "cohorts", *studies, "JOBS="],
        ["-m", "smmlib", "ranges", "--figures=docs/ensembles", *studies, "JOBS="],
    ]


@pytest.mark.parametrize("name", [name for name in HARMFUL.values() if "/" not in name], ids=HARMFUL.keys())
def test_the_folder_of_the_project_may_have_any_name(tmp_path, name):
    assert Project(tmp_path / name).make("report") == report("params/quiredex-2013.yaml")
