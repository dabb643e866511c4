"""One run a study at a time: a lock of the operating system, whatever else is in its file."""

import csv
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from other_user import OTHER, as_other_user
from report_project import ReportProject
from started_commands import DEADLINE, until

from smmlib.ownership.lock import HeldError, LockError, lock
from smmlib.report import command

pytestmark = pytest.mark.by_hand

STUDY = "freireich-1963"
HOLD = """
import pathlib, sys
from smmlib.ownership.lock import LockError, lock
try:
    with lock(pathlib.Path(sys.argv[1])):
        print("held", flush=True)
        sys.stdin.read()
except LockError as error:
    print(error, flush=True)
"""


@contextmanager
def holder(file, prefix=()):
    """A process that holds a lock, or says why it does not; what it said first."""
    arguments = [*prefix, sys.executable, "-c", HOLD, str(file)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            process.said = process.stdout.readline().strip()
            yield process
        finally:
            process.kill()


# ---- two runs of one report


@pytest.fixture
def levels(tmp_path):
    """Two studies of one name, with 95 % and with 50 % limits, whose notebooks wait for a file."""
    project = ReportProject(tmp_path)
    project.run_alone("remission")
    waits = f"import pathlib, time\nwhile not pathlib.Path({str(tmp_path / 'go')!r}).exists():\n    time.sleep(0.05)"
    project.add_cell("time_to_event", waits)
    text = project.params(STUDY).read_text(encoding="utf-8")
    text = text[: text.index("published:")]
    project.params(STUDY).write_text(text, encoding="utf-8")
    project.params("half").write_text(text.replace("conf_level: 0.95", "conf_level: 0.5"), encoding="utf-8")
    return project


@pytest.mark.end_to_end
def test_of_two_runs_that_are_started_together_one_makes_the_whole_report(levels):
    runs = {
        level: subprocess.Popen(levels.command(name), stderr=subprocess.PIPE, text=True)
        for level, name in (("0.95", STUDY), ("0.5", "half"))
    }
    try:
        until(lambda: any(run.poll() is not None for run in runs.values()), "one of the runs ends")
        (levels.folder / "go").touch()
        said = {level: run.communicate(timeout=DEADLINE)[1] for level, run in runs.items()}
    finally:
        for run in runs.values():
            with suppress(ProcessLookupError):
                run.kill()
    assert sorted(run.returncode for run in runs.values()) == [0, 1], said
    (winner,) = (level for level, run in runs.items() if run.returncode == 0)
    (loser,) = runs.keys() - {winner}
    assert f"process {runs[winner].pid} on " in said[loser]
    assert f"is making the report {os.path.relpath(levels.reports / STUDY)}: let it end first." in said[loser]
    assert said[loser].endswith("Nothing was run; the last good report is as it was.\n")
    assert "Traceback" not in "".join(said.values())
    report = levels.reports / STUDY
    with (report / "numbers.csv").open(newline="", encoding="utf-8") as stream:
        assert {row["conf_level"] for row in csv.DictReader(stream)} - {""} == {winner}
    percent = {"0.95": "95 %", "0.5": "50 %"}
    for name in ("index.html", "notebooks/remission.html", "notebooks/remission.ipynb"):
        text = (report / name).read_text(encoding="utf-8").replace("\xa0", " ").replace("95%", "95 %")
        assert (percent[winner] in text, percent[loser] in text) == (True, False), name
    assert sorted(path.name for path in levels.reports.iterdir()) == [f".{STUDY}.lock", STUDY]


def test_a_run_that_waits_for_another_changes_nothing(tmp_path, capfd):
    project = ReportProject(tmp_path)
    project.reports.mkdir()
    with holder(project.reports / f".{STUDY}.lock") as other:
        assert other.said == "held"
        arguments = [str(project.params(STUDY)), "--reports", str(project.reports), "--kernels", "plain"]
        assert command.main(arguments) == 1
    assert f"process {other.pid} on " in capfd.readouterr().err
    assert [path.name for path in project.reports.iterdir()] == [f".{STUDY}.lock"]


# ---- the lock


@pytest.fixture
def file(tmp_path):
    return tmp_path / ".study.lock"


def test_a_lock_ends_with_the_process_that_holds_it_however_it_ends(file):
    with holder(file) as other:
        assert other.said == "held"
        with pytest.raises(HeldError, match=f"is held by process {other.pid} on "), lock(file):
            pass
        other.kill()
        other.wait()
        with lock(file):
            pass
    assert file.read_text(encoding="utf-8") == ""


def test_two_locks_of_one_process_exclude_each_other(file):
    with lock(file), pytest.raises(HeldError, match=f"process {os.getpid()} on "), lock(file):
        pass


def test_whoever_is_patient_waits_for_the_lock(file):
    with holder(file) as other:
        assert other.said == "held"
        other.stdin.close()
        with lock(file, patience=DEADLINE):
            pass


@pytest.mark.parametrize(
    "content",
    [b"", b"1", b"{", b'{"process": 1}', b'{"process": "x", "host": 3}', b"\xff\xfe", b"[" * 900, b"mine " * 1000],
)
def test_what_is_in_the_file_decides_nothing(file, content):
    """Nor does a process of that number that lives; and what somebody else wrote there stays."""
    file.write_bytes(content)
    with lock(file), pytest.raises(HeldError, match=r"is held by (another process|process \d+ on )"), lock(file):
        pass
    assert file.read_bytes() == content


def test_the_number_of_a_process_that_was_killed_counts_for_nothing(file):
    file.write_text(f'{{"process": {os.getppid()}, "host": "here"}}', encoding="ascii")
    with lock(file), pytest.raises(HeldError, match=f"process {os.getpid()} on "), lock(file):
        pass
    assert file.read_text(encoding="ascii") == ""


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (Path.mkdir, "cannot be opened: Is a directory"),
        (lambda file: file.symlink_to("mine"), "cannot be opened: Too many levels of symbolic links"),
        (os.mkfifo, "is no regular file"),
    ],
)
def test_a_lock_file_that_is_no_file_is_refused(file, make, words):
    make(file)
    with pytest.raises(LockError, match=words), lock(file):
        pass


def test_a_lock_file_that_was_removed_meanwhile_is_made_again(file, monkeypatch):
    """Two processes never hold locks on two files of one name."""
    from smmlib.ownership import lock as module

    opened, removed = module._opened, []

    def opened_and_removed(name):
        found = opened(name)
        if not removed:
            removed.append(file.unlink())
        return found

    monkeypatch.setattr(module, "_opened", opened_and_removed)
    with lock(file), pytest.raises(HeldError), lock(file):
        pass


@pytest.fixture
def shared_file():
    """A lock file of root in a folder that all can read."""
    with tempfile.TemporaryDirectory(prefix="smmlib-") as folder:
        Path(folder).chmod(0o755)
        file = Path(folder) / ".study.lock"
        file.touch()
        yield file


def test_a_lock_file_of_another_user_can_be_locked(shared_file):
    prefix = as_other_user([])
    with holder(shared_file, prefix) as other:
        assert other.said == "held"
        with pytest.raises(HeldError, match="is held by another process"), lock(shared_file):
            pass
    with lock(shared_file), holder(shared_file, prefix) as other:
        assert other.said.startswith(f"is held by process {os.getpid()} on ")


def test_a_lock_file_that_may_not_be_read_is_said(shared_file):
    prefix = as_other_user([])
    shared_file.chmod(0o600)
    with holder(shared_file, prefix) as other:
        assert other.said == "cannot be opened: Permission denied"
    os.chown(shared_file, OTHER, OTHER)
    with holder(shared_file, prefix) as other:
        assert other.said == "held"
