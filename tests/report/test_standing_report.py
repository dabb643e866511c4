"""A report that stands is not made anew while nothing has changed that it was made from, and always when it has."""

import json
import os
import shutil
import subprocess
import sys

import pytest
import yaml
from end_to_end import notebooks_are_run
from report_project import ReportProject, contents

from smmlib.report import command

pytestmark = [pytest.mark.end_to_end, pytest.mark.invariant]

STUDY = "freireich-1963"
STANDS = "nothing that it was made from has changed"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A project whose own tables lie beside its parameters, with one report."""
    notebooks_are_run()
    project = ReportProject(tmp_path_factory.mktemp("made"))
    project.run_alone("population")
    with_own_tables(project)
    assert run(project) == 0
    return project


def with_own_tables(project):
    """The bundled tables copied beside the parameters, so that a test can change them."""
    file = project.params(STUDY)
    said = yaml.safe_load(file.read_text(encoding="utf-8"))
    tables = project.folder / "smmlib" / "datasets" / said["data"].pop("bundled")
    for name in ("subjects", "times"):
        shutil.copyfile(tables / said["data"][name], file.with_name(said["data"][name]))
    file.write_text(yaml.safe_dump(said, sort_keys=False), encoding="utf-8")


@pytest.fixture
def project(made, tmp_path, monkeypatch):
    """A copy of it of the test's own, found under the same path as seen from the notebooks."""
    shutil.copytree(made.folder, tmp_path / "project", symlinks=True)
    copy = ReportProject(tmp_path / "project", copy=False)
    monkeypatch.setattr(command, "PROJECT", copy.folder)
    return copy


def run(project, *more):
    """The command, as a process has it; its exit code."""
    before, command.PROJECT = command.PROJECT, project.folder
    try:
        return command.main([str(project.params(STUDY)), "--reports", str(project.reports), "--jobs", "2", *more])
    finally:
        command.PROJECT = before


def manifest(project):
    return json.loads((project.reports / STUDY / "manifest.json").read_text(encoding="utf-8"))


def test_what_has_not_changed_stands(project, capsys):
    before, made = contents(project.reports / STUDY), (project.reports / STUDY / "manifest.json").read_bytes()
    assert run(project) == 0
    said = capsys.readouterr().err
    assert STANDS in said
    assert "notebooks" not in said
    assert contents(project.reports / STUDY) == before
    assert (project.reports / STUDY / "manifest.json").read_bytes() == made


def test_it_is_made_anew_when_that_is_asked_for(project, capsys):
    inode = (project.reports / STUDY).stat().st_ino
    before = contents(project.reports / STUDY)
    assert run(project, "--again") == 0
    assert STANDS not in capsys.readouterr().err
    assert (project.reports / STUDY).stat().st_ino != inode
    assert contents(project.reports / STUDY) == before


def add_a_blank_line(file):
    file.write_bytes(file.read_bytes() + b"\n")


CHANGES = {
    "parameters": lambda project: add_a_blank_line(project.params(STUDY)),
    "table": lambda project: add_a_blank_line(project.params(STUDY).with_name("adsl.csv")),
    "salt": lambda project: add_a_blank_line(project.params(STUDY).with_name("salt.txt")),
    "ranges": lambda project: project.params(STUDY).with_name("ranges.csv").write_text("none"),
    "notebook": lambda project: add_a_blank_line(project.folder / "notebooks" / "population.ipynb"),
    "page": lambda project: add_a_blank_line(project.reports / STUDY / "index.html"),
    "number": lambda project: (project.reports / STUDY / "numbers.csv").unlink(),
    "stranger": lambda project: (project.reports / STUDY / "notes.txt").write_text("mine"),
    "manifest": lambda project: (project.reports / STUDY / "manifest.json").write_text("{}"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_any_change_is_seen(project, what):
    asked = (project.params(STUDY), project.folder, project.reports)
    if what in ("salt", "ranges") and what not in str(manifest(project)["stands_while"]["files"]):
        pytest.fail(f"{what} is not among what the report rests on")
    assert command.standing_report(*asked) == project.reports / STUDY
    CHANGES[what](project)
    assert command.standing_report(*asked) is None


def test_programs_count_too(project, monkeypatch, tmp_path):
    """A package of another version, or R where there was none or no more, may compute or check other numbers."""
    asked = (project.params(STUDY), project.folder, project.reports)
    (tmp_path / "packages" / "survival-1.0.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path / "packages")
    assert command.standing_report(*asked) is None
    monkeypatch.undo()
    assert command.standing_report(*asked) is not None
    there = shutil.which("Rscript") is not None
    programs = tmp_path / "programs"
    programs.mkdir()
    if not there:
        (programs / "Rscript").write_text("#!/bin/sh\n")
        (programs / "Rscript").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    assert command.standing_report(*asked) is None


def test_parameters_elsewhere_have_a_report_of_their_own(project):
    """Executed notebooks show where their parameters are."""
    elsewhere = project.folder / "others"
    shutil.copytree(project.folder / "params", elsewhere)
    assert command.standing_report(elsewhere / f"{STUDY}.yaml", project.folder, project.reports) is None


def test_no_path_of_the_machine_is_told(project):
    files = manifest(project)["stands_while"]["files"]
    assert f"parameters/{STUDY}.yaml" in files
    assert "project/notebooks/population.ipynb" in files
    assert not any(name.startswith("/") or ".." in name for name in files)


def test_masked_counts_and_notebooks_of_ones_own_are_always_run(project):
    """A hash of masked tables would prove a guess, and what a notebook of one's own reads is known to none."""
    file = project.params(STUDY)
    said = yaml.safe_load(file.read_text(encoding="utf-8"))
    file.write_text(yaml.safe_dump({**said, "suppress_below": 2}, sort_keys=False), encoding="utf-8")
    assert run(project) == 0
    assert "stands_while" not in manifest(project)
    file.with_name("own").mkdir()
    shutil.copyfile(project.folder / "notebooks" / "population.ipynb", file.with_name("own") / "mine.ipynb")
    own = {"notebooks": "own", "runs": {"population": {"notebook": "mine"}}}
    file.write_text(yaml.safe_dump({**said, **own}, sort_keys=False), encoding="utf-8")
    assert run(project) == 0
    assert "stands_while" not in manifest(project)


def test_whoever_waits_for_it_waits_for_no_import(project):
    """Measured by what is imported, not by the clock."""
    script = (
        "import pathlib, sys; from smmlib.report import command; "
        f"command.PROJECT = pathlib.Path({str(project.folder)!r}); "
        f"code = command.main([{str(project.params(STUDY))!r}, '--reports', {str(project.reports)!r}]); "
        "slow = ('pandas', 'scipy', 'matplotlib', 'pydantic', 'yaml', 'nbformat'); "
        "print(code, [name for name in slow if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=os.environ.copy()
    )
    assert done.stdout.strip() == "0 []"
    assert STANDS in done.stderr
