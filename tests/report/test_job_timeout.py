"""A notebook or a second implementation that hangs or was stopped ends the run with its name, after a stated time."""

import os
import signal
import threading

import pytest
from hanging_project import SLEEP, STOP, HangingProject
from started_commands import Started, needs_proc, until

from smmlib.report import command
from smmlib.report.running.jobs import Jobs, OverdueError

pytestmark = pytest.mark.by_hand

LIMITS = (5, 15, 60, 240)
"""Seconds: on a busy machine, what does not hang may take longer than the first, and is named for it."""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return HangingProject(tmp_path_factory.mktemp("project"))


def names_overdue(project, name, command, environment, hanging):
    """Whether a run says, with one of the limits within which all that is to hang does, that it took too long."""
    for limit in LIMITS:
        for file in hanging:
            file.unlink(missing_ok=True)
        said = overdue(project, limit, command, environment)
        if name in said and all(file.exists() for file in hanging):
            return True
    return False


def overdue(project, limit, command, environment):
    """What is said of a run that ends because something takes too long."""
    with Started(command, environment | {"JOB_TIMEOUT": str(limit)}) as started:
        code, said = started.ends()
    assert code == 1, said
    assert f"not done after {limit} s. It hangs, was stopped, or needs longer: JOB_TIMEOUT says how long." in said
    assert "the last good report is as it was" in said
    assert "Traceback" not in said
    assert project.is_as_it_was()
    return said


@needs_proc
@pytest.mark.end_to_end
@pytest.mark.parametrize(("kernels", "how"), [("forked", STOP), ("plain", SLEEP)])
def test_a_notebook_that_hangs_is_named(project, tmp_path, kernels, how):
    command, environment, hanging = project.hanging(kernels, tmp_path, how, verifier=False)
    notebook = os.path.relpath(project.folder / "notebooks" / "time_to_event.ipynb")
    assert names_overdue(project, f"run remission, {notebook}", command, environment, hanging)


@needs_proc
@pytest.mark.end_to_end
@pytest.mark.parametrize("kernels", ["forked", "plain"])
def test_a_second_implementation_that_hangs_is_named(project, tmp_path, kernels):
    command, environment, hanging = project.hanging(kernels, tmp_path, STOP)
    assert names_overdue(project, "the second implementation", command, environment, hanging)


@needs_proc
@pytest.mark.end_to_end
def test_r_that_hangs_is_named(project, tmp_path):
    command, environment, begun = project.hanging_r(tmp_path)
    assert names_overdue(project, "the second implementation in R", command, environment, [begun])


@needs_proc
@pytest.mark.end_to_end
def test_r_is_killed_with_the_run(project, tmp_path):
    command, environment, begun = project.hanging_r(tmp_path)
    with Started(command, environment) as started:
        started.wait_for(lambda: begun.exists() and started.processes("sleep 1000"), "R")
        started.run.kill()
        until(lambda: not started.processes("sleep 1000"), "the end of R")


@needs_proc
@pytest.mark.end_to_end
def test_a_fork_server_that_does_not_answer_ends_the_run(tmp_path):
    command, environment, _ = HangingProject(tmp_path / "project", alone=False).hanging("forked", tmp_path, SLEEP)
    with Started([*command, "--job-timeout", "1"], environment) as started:
        started.wait_for(lambda: started.processes("multiprocessing.forkserver"), "the fork server")
        (server,) = started.processes("multiprocessing.forkserver")
        os.kill(server, signal.SIGSTOP)
        code, said = started.ends()
    assert code == 1
    for name in ("the second implementation, ", "run population, ", "run remission, "):
        assert name in said
    assert "not done after 1 s. It hangs, was stopped, or needs longer" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("JOB_TIMEOUT", "0", "JOB_TIMEOUT is '0', but must be a number of seconds, more than 0"),
        ("JOB_TIMEOUT", "-1", "JOB_TIMEOUT is '-1', but must be"),
        ("JOB_TIMEOUT", "nan", "JOB_TIMEOUT is 'nan', but must be"),
        ("JOB_TIMEOUT", "1e999", "JOB_TIMEOUT is '1e999', but must be"),
        ("JOB_TIMEOUT", "an hour", "JOB_TIMEOUT is 'an hour', but must be"),
        ("JOBS", "0", "JOBS is '0', but must be a whole number, 1 to 9999"),
        ("JOBS", "two", "JOBS is 'two', but must be"),
        ("JOBS", "1.5", "JOBS is '1.5', but must be"),
        ("JOBS", "9" * 5000, "9', but must be"),
    ],
)
def test_a_value_that_is_none_is_refused_in_words(monkeypatch, capsys, variable, value, words):
    monkeypatch.setenv(variable, value)
    with pytest.raises(SystemExit) as ended:
        command.main(["params/freireich-1963.yaml"])
    assert ended.value.code == 2
    assert words in capsys.readouterr().err


# ---- the clock of a job


def test_each_job_has_its_time_from_when_it_is_started():
    """Two jobs one at a time, which need more than the limit together."""
    done = threading.Event()
    with Jobs(60, done.set, done.set) as jobs:
        first, second = jobs.start({"first": lambda: 1, "second": lambda: 2}, at_a_time=1)
        assert jobs.results([second, first]) == [2, 1]


def test_all_that_are_overdue_are_named_and_those_that_wait_are_never_begun():
    both, given_up, begun = threading.Barrier(3), threading.Event(), []

    def hangs():
        both.wait()
        given_up.wait()

    def run():
        with Jobs(1e-9, given_up.set, given_up.set) as jobs:
            futures = jobs.start({"first": hangs, "second": hangs, "third": lambda: begun.append(True)}, at_a_time=2)
            both.wait()
            jobs.results(futures)

    with pytest.raises(OverdueError, match=r"^first, second: not done after 1e-09 s$"):
        run()
    assert begun == []


def test_the_first_failure_ends_the_wait_and_the_others():
    given_up = threading.Event()

    def fails():
        raise ValueError("no")

    with pytest.raises(ValueError, match=r"^no$"), Jobs(60, given_up.set, given_up.set) as jobs:
        jobs.results(jobs.start({"waits": given_up.wait, "fails": fails}, at_a_time=2))
    assert given_up.is_set()
