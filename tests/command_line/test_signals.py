"""A command that is asked to end, or is killed, leaves no process, open pipe or traceback, and the last good report."""

import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import pytest
from hanging_project import SLEEP, STOP, STUDY, HangingProject
from report_project import PROJECT
from started_commands import Started, at_import, needs_proc

pytestmark = [pytest.mark.invariant, needs_proc]

INTERRUPT = "os.killpg(0, signal.SIGINT)"
PARAMS, SYNTHETIC = str(PROJECT / "params" / "freireich-1963.yaml"), str(PROJECT / "params" / "quiredex-2013.yaml")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return HangingProject(tmp_path_factory.mktemp("project"))


@pytest.fixture
def temporary():
    """A folder for temporary files whose path is short enough for sockets."""
    folder = Path(tempfile.mkdtemp(prefix="smm"))
    yield folder
    shutil.rmtree(folder)


def exit_code(number):
    """A process that is killed has no exit code of its own."""
    return -number if number == signal.SIGKILL else 128 + number


# ---- reports


@pytest.mark.end_to_end
@pytest.mark.parametrize(
    ("number", "kernels", "how"),
    [
        (signal.SIGINT, "forked", SLEEP),
        (signal.SIGTERM, "forked", SLEEP),
        (signal.SIGHUP, "forked", STOP),
        (signal.SIGKILL, "forked", SLEEP),
        (signal.SIGKILL, "forked", STOP),
        (signal.SIGKILL, "plain", STOP),
    ],
)
def test_a_report_whose_main_process_is_ended_leaves_nothing(project, tmp_path, temporary, number, kernels, how):
    command, environment, hanging = project.hanging(kernels, tmp_path, how)
    with Started(command, environment | {"TMPDIR": str(temporary)}) as started:
        started.wait_for(lambda: all(file.exists() for file in hanging), "a kernel and the second implementation hang")
        os.kill(started.run.pid, number)
        code, said = started.ends()
    assert code == exit_code(number)
    assert "Traceback" not in said
    assert project.is_as_it_was()
    if number != signal.SIGKILL:
        how = "interrupted" if number == signal.SIGINT else f"ended by {signal.Signals(number).name}"
        assert said.endswith(f"\n{STUDY}: {how}, no report; the last good one is as it was.\n")
        assert list(temporary.iterdir()) == []


@pytest.mark.end_to_end
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_all_of_a_terminal_is_answered_by_the_main_process_alone(project, tmp_path, number):
    command, environment, hanging = project.hanging("plain", tmp_path, SLEEP)
    with Started(command, environment) as started:
        started.wait_for(lambda: all(file.exists() for file in hanging), "a kernel and the second implementation hang")
        os.killpg(started.run.pid, number)
        code, said = started.ends()
    assert code == exit_code(number)
    assert "no report; the last good one is as it was" in said
    assert "Traceback" not in said


@pytest.mark.end_to_end
def test_a_fork_server_that_is_stopped_ends_with_the_run(project, tmp_path):
    command, environment, _ = project.hanging("forked", tmp_path, SLEEP)
    with Started(command, environment) as started:
        started.wait_for(lambda: started.processes("multiprocessing.forkserver"), "the fork server")
        (server,) = started.processes("multiprocessing.forkserver")
        os.kill(server, signal.SIGSTOP)
        started.wait_for(lambda: list(project.reports.glob(f"{STUDY}.partial*")), "the run begins")
        os.kill(started.run.pid, signal.SIGTERM)
        code, said = started.ends()
    assert code == 143
    assert "Traceback" not in said


# ---- processes of ranges and cohorts


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize(
    "door",
    [
        ["smmlib", "cohorts", SYNTHETIC, str(PROJECT / "params" / "aquila-2025.yaml"), "--jobs", "2"],
        ["smmlib", "ranges", SYNTHETIC, "--figures", "figures"],
    ],
    ids=["cohorts", "ensemble"],
)
def test_processes_of_cohorts_end_with_the_command(door, tmp_path, temporary, number):
    with Started([sys.executable, "-m", *door], {"TMPDIR": str(temporary)}, cwd=tmp_path) as started:
        started.wait_for(lambda: len(started.processes("multiprocessing.spawn")) >= 2, "two processes at work")
        os.kill(started.run.pid, number)
        code, said = started.ends()
    assert code == exit_code(number)
    assert list(tmp_path.iterdir()) == []
    if number != signal.SIGKILL:
        assert "Traceback" not in said
        assert list(temporary.iterdir()) == []


def test_a_program_that_reads_a_figure_ends_with_the_command(tmp_path):
    """Also when it hangs: here it is stopped when it is about to import what reads."""
    marker = tmp_path / "stopped"
    stop = f"open({str(marker)!r}, 'w').close(); {STOP}"
    program = "from smmlib.curves.digitising.apart import read_apart; read_apart(b'', name='figure.svg')"
    environment = at_import(tmp_path, "smmlib.curves.digitising.figure", stop)
    with Started([sys.executable, "-c", program], environment) as started:
        started.wait_for(marker.exists, "the program is stopped")
        os.kill(started.run.pid, signal.SIGKILL)
        assert started.ends()[0] == -signal.SIGKILL


# ---- the first seconds


@pytest.mark.parametrize(
    ("door", "module"),
    [
        (["smmlib", "report", PARAMS], "numpy"),
        (["smmlib", "report", PARAMS], "smmlib.report.command"),
        (["smmlib", "report", PARAMS], "pydantic"),
        (["smmlib", "report", PARAMS], "multiprocessing.resource_tracker"),
        (["smmlib", "report", PARAMS], "papermill"),
        (["smmlib", "report", PARAMS], "smmlib.report.running.kernels"),
        (["smmlib", "check", PARAMS], "pandas"),
        (["smmlib", "ranges", SYNTHETIC], "smmlib.report.claims.every_cohort"),
        (["smmlib", "ranges", SYNTHETIC, "--figures", "figures"], "matplotlib"),
        (["smmlib", "cohorts", SYNTHETIC], "smmlib.calibration.calibrate"),
        (["smmlib", "curves", PARAMS], "smmlib.trial"),
        (["smmlib", "new", "mine", "folder"], "yaml"),
    ],
)
def test_ctrl_c_while_a_command_starts_is_one_line(tmp_path, temporary, door, module):
    environment = at_import(tmp_path, module, INTERRUPT) | {"TMPDIR": str(temporary)}
    with Started([sys.executable, "-m", *door], environment, cwd=temporary) as started:
        code, said = started.ends()
    assert code == 130
    assert said.strip() in ("The command was interrupted.", "The command was interrupted: nothing was run.")
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_other_signals_while_a_command_starts_are_one_line(tmp_path, name):
    environment = at_import(tmp_path, "numpy", f"os.kill(os.getpid(), signal.{name})")
    with Started([sys.executable, "-m", "smmlib", "report", PARAMS], environment) as started:
        code, said = started.ends()
    assert code == exit_code(getattr(signal, name))
    assert said == f"\nThe command was ended by {name}: nothing was run.\n"


def test_ctrl_c_during_make_check_is_clean(tmp_path):
    command = [shutil.which("make"), "check", f"STUDY={STUDY}", f"PYTHON={sys.executable}"]
    with Started(command, at_import(tmp_path, "numpy", INTERRUPT), cwd=PROJECT) as started:
        code, said = started.ends()
    assert code != 0
    assert "The command was interrupted: nothing was run." in said
    assert "Traceback" not in said


# ---- conventions


@pytest.mark.parametrize("name", ["SIGINT", "SIGHUP"])
def test_a_signal_that_was_ignored_at_the_start_stays_ignored(tmp_path, name):
    """As under nohup, and in the background of a shell."""
    program = (
        "import os, signal; from smmlib.command_line.run import run_command; "
        f"run_command(lambda arguments: (os.kill(os.getpid(), signal.{name}), print('went on'))[0])"
    )
    shell = ["/bin/sh", "-c", f"trap '' {name.removeprefix('SIG')}; exec \"$@\"", "sh"]
    with Started([*shell, sys.executable, "-c", program]) as started:
        assert started.ends() == (0, "went on\n")
