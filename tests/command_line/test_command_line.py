"""Every command: streams that are full or closed, too little memory, folders for sockets, and what nobody foresaw.

That a whole report is made in such surroundings is in `tests/report/test_report_surroundings.py`.
"""

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from report_project import PROJECT, ReportProject
from started_commands import Started, at_import, from_a_terminal, needs_proc, shell

from smmlib.command_line import faults
from smmlib.report import command, run
from smmlib.report.running import sockets

pytestmark = pytest.mark.by_hand

STUDY = "freireich-1963"
PARAMS, SYNTHETIC = str(PROJECT / "params" / f"{STUDY}.yaml"), str(PROJECT / "params" / "quiredex-2013.yaml")
DOORS = {
    "report": ["smmlib", "report", PARAMS],
    "check": ["smmlib", "check", PARAMS],
    "ranges": ["smmlib", "ranges", SYNTHETIC],
    "figure": ["smmlib", "ranges", SYNTHETIC, "--figures", "figures"],
    "cohorts": ["smmlib", "cohorts", SYNTHETIC],
    "curves": ["smmlib", "curves", PARAMS],
    "study": ["smmlib", "new", "mine", "folder"],
}
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full stands for a full disk")


# ---- standard error and output


@needs_full
@pytest.mark.end_to_end
def test_the_exit_code_says_the_outcome_though_standard_error_is_full(tmp_path):
    project = ReportProject(tmp_path)
    project.run_alone("remission")
    project.replace(STUDY, ("statistic: '16.79'", "statistic: '16.80'"))
    assert shell("2>/dev/full", project.command(STUDY)) == 1


@needs_full
@pytest.mark.parametrize("redirection", [">&-", "2>&-", "0<&-", "| head -n 1"])
def test_a_check_ends_with_its_outcome_though_its_output_cannot_be_written(redirection):
    assert shell(redirection, [sys.executable, "-m", *DOORS["check"]]) == 0


@needs_full
@pytest.mark.parametrize("redirection", [">/dev/full", "2>/dev/full", ">&- 2>&-"])
def test_a_study_that_is_there_already_is_refused_though_nothing_can_be_said(tmp_path, redirection):
    words = [sys.executable, "-m", "smmlib", "new", "mine", str(tmp_path / "new")]
    assert shell(redirection, words) == 0
    assert shell(redirection, words) == 2


@needs_full
def test_output_that_is_not_whole_is_told():
    done = subprocess.run(
        ["/bin/sh", "-c", '"$@" >/dev/full', "sh", sys.executable, "-m", *DOORS["check"]],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    assert done.stderr == "Standard output is not whole: No space left on device.\n"


def test_a_file_of_the_command_never_takes_the_place_of_a_closed_stream(tmp_path):
    """Where descriptor 2 is free the next file that is opened gets it, and whatever is said goes into that file."""
    program = (
        "import os; from smmlib.command_line.run import run_command\n"
        "def main(arguments):\n"
        f"    with open({str(tmp_path / 'table.csv')!r}, 'w') as file:\n"
        "        os.write(2, b'a message')\n"
        "        file.write('a table')\n"
        "run_command(main)"
    )
    subprocess.run(["/bin/sh", "-c", '"$@" 2>&-', "sh", sys.executable, "-c", program], check=True)
    assert (tmp_path / "table.csv").read_text() == "a table"


# ---- memory


@needs_proc
@pytest.mark.parametrize(
    ("megabytes", "kernels"), [(100, "forked"), (250, "forked"), (400, "plain"), (700, "forked"), (1000, "plain")]
)
def test_too_little_memory_is_told(tmp_path, megabytes, kernels):
    limited = ["/bin/sh", "-c", f'ulimit -v {megabytes * 1024}; exec "$@"', "sh"]
    report = [sys.executable, "-m", *DOORS["report"], "--kernels", kernels, "--reports", str(tmp_path)]
    with Started([*limited, *report]) as started:
        code, said = started.ends()
    assert code == 1
    assert "memory" in said.lower()
    assert "Traceback" not in said


def test_no_memory_is_left_once_it_is_told():
    """Not even for the exception that would end the process."""
    pytest.importorskip("_testcapi")
    program = (
        "import _testcapi; from smmlib.command_line import faults, run\n"
        "run.prepare_for_imports()\n"
        "say = faults.say\n"
        "def say_with_the_last_memory(error):\n"
        "    code = say(error)\n"
        "    _testcapi.set_nomemory(0)\n"
        "    return code\n"
        "faults.say = say_with_the_last_memory\n"
        "raise MemoryError"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.endswith("run fewer notebooks at a time: JOBS=1.\n")


# ---- the folder for temporary files


def test_no_folder_for_sockets_is_told(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(sockets, "SHORT_FOLDERS", ())
    monkeypatch.setattr(tempfile, "tempdir", "/" + "long" * 30)
    assert command.main([PARAMS, "--reports", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("TMPDIR is /longlong")
    assert (
        "121 bytes long, but sockets need a folder of at most 60 bytes: name another one that can be written.\n" in said
    )
    assert said.endswith("\nNothing was run; the last good report is as it was.\n")


# ---- the last net


@pytest.mark.parametrize("door", DOORS)
def test_what_nobody_foresaw_is_told_by_every_command(tmp_path, door):
    """An error in the command's own modules, with a control character and a line break in its words."""
    module = "smmlib.trial.parameters.study" if door != "cohorts" else "smmlib.calibration.calibrate"
    environment = at_import(tmp_path, module, r"raise ZeroDivisionError('by a\nsecret \x1b value')")
    command = from_a_terminal([sys.executable, "-m", *DOORS[door]])
    done = subprocess.run(
        command,
        env={**os.environ, **environment, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == faults.FAULT == 70
    lines = done.stderr.splitlines()
    assert (
        lines[0]
        == "smmlib stopped on an unexpected error. That is a fault in smmlib: bad input should have been named."
    )
    assert lines[1] == f"  during     python -m {' '.join(DOORS[door])}"
    assert lines[2] == "  error      ZeroDivisionError: by a secret \ufffd value"
    assert lines[3].startswith("  place      smmlib/")
    assert lines[4].startswith("  version    smmlib 0.1.0, Python 3.")
    (account,) = tmp_path.glob("smmlib-fault-*.txt")
    assert str(account) in lines[5]
    assert "Read it before you send it: it may quote your data." in lines[5]
    assert stat.S_IMODE(account.stat().st_mode) == 0o600
    assert "Traceback (most recent call last)" in account.read_text(encoding="utf-8")
    assert "Traceback" not in done.stderr


def test_a_fault_in_one_report_does_not_stop_the_next(monkeypatch, capsys):
    made = []

    def make_report(task):
        made.append(task.study.study)
        if task.study.study == STUDY:
            raise KeyError("a name")

    monkeypatch.setattr(run, "make_report", make_report)
    assert command.main([PARAMS, SYNTHETIC, "--again"]) == 70
    said = capsys.readouterr().err
    assert made == [STUDY, "quiredex-2013"]
    assert f"  during     the report of {STUDY} (the last good one is as it was)\n" in said
    assert "  error      KeyError: 'a name'\n" in said


def test_a_module_of_the_package_that_is_missing_is_a_fault(capsys):
    assert faults.say(ModuleNotFoundError("No module named 'smmlib.x'", name="smmlib.x"), "a trial") == 70
    assert "That is a fault in smmlib" in capsys.readouterr().err


@pytest.mark.parametrize("error", [MemoryError, SystemError])
def test_memory_that_ends_while_a_fault_is_told_is_told(monkeypatch, capfd, error):
    monkeypatch.setattr(
        faults, "one_line", lambda _: (_ for _ in ()).throw(error("error return without exception set"))
    )
    assert faults.say(ValueError("x"), "a trial") == 1
    assert capfd.readouterr().err == "smmlib: out of memory. Free some, or raise the limit (ulimit -v).\n"


def test_an_account_that_cannot_be_written_leaves_the_words(monkeypatch, capsys):
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    assert faults.say(ValueError("x"), "a trial") == 70
    assert "with these lines; the whole account could not be written (FileNotFoundError: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "a trial: out of memory (MemoryError). Free some, raise the limit (ulimit -v), or run fewer"),
        (RuntimeError("can't start new thread"), "a trial: out of memory (RuntimeError: can't start new thread). Free"),
        (
            SystemError("error return without exception set"),
            "a trial: out of memory (SystemError: error return without",
        ),
        (OSError(28, "No space left on device", "numbers.csv"), "a trial: numbers.csv: No space left on device.\n"),
        (ModuleNotFoundError("No module named 'x'"), "a trial: ModuleNotFoundError: No module named 'x'. "),
    ],
)
def test_what_is_no_fault_of_the_package_is_not_called_one(capsys, error, words):
    assert faults.say(error, "a trial") == 1
    said = capsys.readouterr().err
    assert said.startswith(words)
    assert "fault" not in said


@needs_proc
def test_a_process_that_is_killed_is_told(tmp_path):
    command = [sys.executable, "-m", *DOORS["figure"]]
    with Started(command, cwd=tmp_path) as started:
        started.wait_for(lambda: started.processes("multiprocessing.spawn"), "a process at work")
        os.kill(next(iter(started.processes("multiprocessing.spawn"))), 9)
        code, said = started.ends()
    assert code == 1
    assert "a process that did a part of the work was killed, or ran out of memory" in said
    assert "Traceback" not in said


@needs_proc
def test_a_thread_that_dies_ends_the_command(tmp_path):
    program = (
        "import threading, time; from smmlib.command_line.run import run_command\n"
        "def dies(): raise MemoryError\n"
        "run_command(lambda arguments: (threading.Thread(target=dies).start(), time.sleep(1000)))"
    )
    with Started([sys.executable, "-c", program]) as started:
        code, said = started.ends()
    assert code == 1
    assert "out of memory (MemoryError)" in said
    assert "Traceback" not in said
