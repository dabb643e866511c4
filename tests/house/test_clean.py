"""`make clean` removes what the package made, and nothing that anybody else put beside or into it."""

import os
import shutil
import subprocess
import sys

import pytest
from project_files import PROJECT

from smmlib.ownership.lock import lock
from smmlib.ownership.report_mark import MARK, write_mark

pytestmark = pytest.mark.by_hand

STUDY = "a-study"


@pytest.fixture
def project(tmp_path):
    """A folder with what `make clean` needs of the package, its name with a space."""
    project = tmp_path / "a folder"
    (project / "smmlib").mkdir(parents=True)
    shutil.copy(PROJECT / "Makefile", project)
    for name in ("clean.py", "environment.py"):
        shutil.copy(PROJECT / "smmlib" / name, project / "smmlib")
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PROJECT / "smmlib" / "ownership", project / "smmlib" / "ownership", ignore=unwanted)
    return project


@pytest.fixture
def cleaned(project):
    """Clean: what is left beside the package itself, and what was said after the first line."""
    package = every_file(project)

    def cleaned():
        done = subprocess.run(
            ["make", "--no-print-directory", "clean", f"BASE_PYTHON={sys.executable}"],
            cwd=project,
            env={name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKEOVERRIDES")},
            capture_output=True,
            text=True,
            check=True,
        )
        first, *said = done.stdout.splitlines()
        assert first == "Removing .venv, caches and built reports"
        assert done.stderr == ""
        left = every_file(project)
        assert package <= left
        return sorted(left - package), said

    return cleaned


def every_file(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or path.is_file()}


def put(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("mine")


def report(project, name=STUDY, study=STUDY):
    folder = project / "reports" / name
    put(folder, "index.html", "notebooks/os.ipynb", "figures/os.svg")
    (folder / "numbers.csv").write_text("record,run,value\n")
    (folder / "ledger.csv").write_text("claim,verdict\n")
    write_mark(folder, study, sealed=True)
    return folder


NUMBERS = [f"reports/{STUDY}/ledger.csv", f"reports/{STUDY}/numbers.csv"]


def test_what_is_built_goes_and_the_numbers_stay(project, cleaned):
    put(project, ".venv/made-from", ".venv/bin/python", ".venv/lib/x.py")
    put(project, ".pytest_cache/x", ".mypy_cache/x", ".ruff_cache/x")
    put(project, "smmlib/stats/__pycache__/x.cpython-311.pyc", "tests/__pycache__/x.pyc", ".hypothesis/x/y")
    report(project)
    (project / "reports" / f".{STUDY}.lock").touch()
    assert cleaned() == (NUMBERS, [])
    assert sorted(path.name for path in project.iterdir()) == ["Makefile", "reports", "smmlib", "tests"]


def test_nothing_at_all_is_fine(cleaned):
    assert cleaned() == ([], [])


def test_what_else_is_among_the_reports_stays(project, cleaned):
    """Files, folders, what earlier versions left, copies of reports, and links with what they lead to."""
    kept = [
        "reports/notes.txt",
        "reports/mine/index.html",
        f"reports/{STUDY}.previous/index.html",
        f"reports/{STUDY}.partial-0123456789abcdef/index.html",
        "elsewhere/notes.txt",
    ]
    put(project, *kept)
    report(project)
    copy = every_file(report(project, name="a-copy"))
    (project / "reports" / "link").symlink_to("../elsewhere")
    left, said = cleaned()
    assert left == sorted([*kept, *NUMBERS, "reports/link", *(f"reports/a-copy/{name}" for name in copy)])
    assert said == []


def test_what_else_is_in_a_report_stays_and_is_said(project, cleaned):
    put(report(project), "notes.txt", "notebooks/mine.ipynb")
    left, said = cleaned()
    mine = [f"reports/{STUDY}/{name}" for name in ("notebooks/mine.ipynb", "notes.txt", MARK)]
    assert left == sorted([*NUMBERS, *mine])
    assert said == [f"reports/{STUDY} keeps what smmlib did not make: notebooks/mine.ipynb, notes.txt."]


def test_unfinished_reports_and_those_set_aside_go(project, cleaned):
    report(project)
    for kind in ("previous", "partial"):
        report(project, name=f"{STUDY}.{kind}-0123456789abcdef")
    assert cleaned() == (NUMBERS, [])


def test_the_numbers_of_a_report_that_a_killed_run_set_aside_stay(project, cleaned):
    report(project, name=f"{STUDY}.previous-0123456789abcdef")
    assert cleaned() == (NUMBERS, [])


def test_a_report_that_is_being_made_stays(project, cleaned):
    before = {f"reports/{STUDY}/{name}" for name in every_file(report(project))}
    with lock(project / "reports" / f".{STUDY}.lock"):
        left, said = cleaned()
        assert set(left) == {*before, f"reports/.{STUDY}.lock"}
        (line,) = said
        assert line.startswith(f"reports/{STUDY} is left: reports/.{STUDY}.lock is held by process {os.getpid()} on ")


@pytest.mark.parametrize("names", [[".venv/notes.txt"], [".venv/pyvenv.cfg", ".venv/bin/python"], [".venv"]])
def test_an_environment_that_was_not_made_here_stays(project, cleaned, names):
    put(project, *names)
    assert cleaned() == (sorted(names), [".venv is left: smmlib did not make it."])


def test_an_environment_that_is_a_link_stays_with_what_it_leads_to(project, cleaned):
    """Even to one of ours."""
    put(project, "mine/made-from", "mine/notes.txt")
    (project / ".venv").symlink_to("mine")
    assert cleaned() == ([".venv", "mine/made-from", "mine/notes.txt"], [".venv is left: smmlib did not make it."])


def test_folders_that_are_links_are_not_entered(project, cleaned):
    for name in ("reports", ".pytest_cache", "docs"):
        put(project, f"mine/{name}/x/__pycache__/x.pyc")
        (project / name).symlink_to(f"mine/{name}")
    report(project, name="in-a-link", study="in-a-link")
    before = every_file(project)
    left, _ = cleaned()
    assert set(left) <= before
    assert {name for name in before if name.startswith("mine/")} <= set(left)


def test_folders_of_the_user_in_the_project_are_not_looked_into(project, cleaned):
    """Nor are the copies that Jupyter keeps of the user's notebooks, or what some other program builds."""
    kept = ["build/x", "dist/x", "mine/__pycache__/x.pyc", "notebooks/.ipynb_checkpoints/mine.ipynb"]
    put(project, *kept, "smmlib/__pycache__/notes.txt")
    assert cleaned() == (sorted([*kept, "smmlib/__pycache__/notes.txt"]), [])


def test_reconstructed_patients_of_the_docs_go_and_others_stay(project, cleaned):
    folder = project / "docs" / "curves-example" / "reconstructed"
    put(folder, "s/notes.txt", "mine/adsl.csv", "mine/made-from.json")
    (folder / "s" / "adsl.csv").write_text("STUDYID,USUBJID\ns-RECONSTRUCTED,RECON-a-001\n")
    (folder / "s" / "adtte.csv").write_text("STUDYID,USUBJID\nS-001,1\n")
    (folder / "s" / "made-from.json").write_text('{"made_from": ""}')
    left, _ = cleaned()
    names = ["mine/adsl.csv", "mine/made-from.json", "s/adtte.csv", "s/notes.txt"]
    assert left == [f"docs/curves-example/reconstructed/{name}" for name in names]


def test_reconstructed_patients_go_with_their_folder(project, cleaned):
    folder = project / "docs" / "curves-example" / "reconstructed"
    put(folder, ".s.lock")
    (folder / "s").mkdir()
    (folder / "s" / "adsl.csv").write_text("STUDYID,USUBJID\ns-RECONSTRUCTED,RECON-a-001\n")
    (folder / "s" / "made-from.json").write_text('{"made_from": ""}')
    assert cleaned() == ([], [])
    assert not folder.exists()
