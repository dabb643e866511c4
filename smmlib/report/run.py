"""From a study to its report: check, run the notebooks side by side, verify, compare with what was published, write."""

import sys
import time
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial as bound
from pathlib import Path

from smmlib.command_line.children import ProcessPool
from smmlib.command_line.faults import one_line
from smmlib.report import fork_server
from smmlib.report.execute import STUDY_PARAMETER, NotebookError, check_parameters, execute
from smmlib.report.folder import FolderInUseError, fresh_folder, relative, release, replace, shown
from smmlib.report.jobs import LONGEST_JOB, Jobs, OverdueError
from smmlib.report.kernels import check_memory_limit, kernel_manager, kill_all_kernels
from smmlib.report.ledger import DIFFERENT, NOT_COMPARED, ClaimError, ledger
from smmlib.report.progress import Progress
from smmlib.report.range_file import known_ranges
from smmlib.report.verify import DIFFERS, recompute, verify
from smmlib.report.write import PageError, Report, write_report
from smmlib.trial.check import check_tables
from smmlib.trial.parameters.study import Study, place_in
from smmlib.trial.tables.problems import DataError

NO_RANGES = "How far numbers that were not published may differ is not known for these parameters; it is told by"
NOTHING_RUN = "Nothing was run; the last good report is as it was."


class ReportError(Exception):
    """A report that could not be made; the last good one is as it was."""


class InputError(ReportError):
    """The same, because of what was put in: parameters or tables."""


class DifferenceError(Exception):
    """Claims that are not reproduced, numbers on which two programs differ, or a second program that stopped."""


@dataclass(frozen=True)
class Task:
    """What is asked for.

    Attributes
    ----------
    params_file : Path
        The parameters file.
    study : Study
        Read from it.
    project : Path
        Folder that holds `notebooks` and `smmlib`.
    reports : Path
        Folder of the reports.
    jobs : int
        Notebooks run side by side.
    kernels : {"forked", "plain"}
    job_timeout : float
        Seconds that a notebook or the second implementation may take.
    """

    params_file: Path
    study: Study
    project: Path
    reports: Path
    jobs: int
    kernels: str
    job_timeout: float = LONGEST_JOB


def make_report(task):
    """Make the report of one study.

    Parameters
    ----------
    task : Task

    Raises
    ------
    ReportError
        Naming what failed and where the partial output lies.
    """
    started = time.monotonic()
    study, final = task.study, task.reports / task.study.study
    try:
        notebooks = _notebooks(task)
        check_tables(study)
    except (NotebookError, DataError) as error:
        raise InputError(f"{error}\n{NOTHING_RUN}") from error
    try:
        partial = fresh_folder(final)
    except (OSError, FolderInUseError) as error:
        raise ReportError(f"{error}\n{NOTHING_RUN}") from error
    _say(f"{study.title}\n{len(study.runs)} notebooks, {task.jobs} at a time, {task.kernels} kernels")
    try:
        runs, recomputed = _run_all(task, notebooks, partial)
        records = _collect(runs)
        checks = verify(records, recomputed)
        report = Report(runs, records, _ledger(task, records), checks, known_ranges(study, records))
        write_report(partial, task, report, notebooks.values())
        _refuse_differences(report)
    except (NotebookError, ClaimError, DifferenceError, PageError, OSError) as error:
        left = f"The partial output is in {shown(partial)}; the last good report is as it was."
        raise ReportError(f"{error}\n{left}") from error
    finally:
        release(partial)
    replace(final, partial)
    if study.synthetic and report.ranges is None and study.suppress_below is None:
        _say(f"{NO_RANGES}: python -m smmlib.report.ranges {shown(task.params_file)}")
    met = sum(entry.verdict != NOT_COMPARED for entry in report.entries)
    claims = f"{met} published numbers met, " if met else ""
    _say(f"{shown(final / 'index.html')}  {claims}{len(report.checks)} computed twice, {_seconds(started)}")


def _notebooks(task):
    """The notebook of each run, refused before anything runs when it does not fit its parameters."""
    notebooks = {}
    for name, run in task.study.runs.items():
        file = task.project / "notebooks" / f"{run.notebook}.ipynb"
        if not file.is_file():
            known = sorted(path.stem for path in file.parent.glob("*.ipynb"))
            there_are = f"there is no notebook {run.notebook!r}; there are {', '.join(known)}"
            raise NotebookError(f"{place_in(task.params_file, 'runs', name)}: runs.{name}: {there_are}.")
        try:
            check_parameters(name, relative(file, Path.cwd()), run.parameters)
        except NotebookError as error:
            raise NotebookError(f"{place_in(task.params_file, 'runs', name)}: {error}") from None
        notebooks[name] = file
    return notebooks


def _run_all(task, notebooks, partial):
    """Run the notebooks in threads, and the second implementation in a process of its own beside them."""
    check_memory_limit(min(task.jobs, len(notebooks)))
    forked = task.kernels == "forked"
    if forked:
        fork_server.start_fork_server()
    manager, verifier = kernel_manager(forked), ProcessPool(1, "forkserver" if forked else "spawn")
    progress = Progress(len(notebooks), max(map(len, notebooks)))
    runs = {
        f"run {name}, {relative(file, Path.cwd())}": bound(_run_one, task, name, file, partial, progress, manager)
        for name, file in notebooks.items()
    }

    def give_up():
        kill_all_kernels()
        verifier.kill()

    try:
        with Jobs(task.job_timeout, give_up, fork_server.kill_fork_server) as jobs, progress:
            recomputed = jobs.start({"the second implementation": bound(_recompute, verifier, task)}, 1)
            executed = jobs.start(runs, task.jobs)
            return jobs.results(executed), jobs.results(recomputed)[0]
    except OverdueError as error:
        raise NotebookError(f"{error}. It hangs, was stopped, or needs longer: JOB_TIMEOUT says how long.") from None


def _recompute(verifier, task):
    try:
        with verifier:
            return verifier.submit(recompute, str(task.params_file)).result()
    except BrokenProcessPool:
        raise DifferenceError("the second implementation was killed, or ran out of memory.") from None
    except Exception as error:
        raise DifferenceError(f"the second implementation stopped: {one_line(error)}.") from error


def _run_one(task, name, notebook, partial, progress, manager):
    folder = notebook.parent
    study_file = relative(task.params_file, folder).as_posix()
    progress.start(name)
    outcome = "failed"
    try:
        run = execute(
            name,
            relative(notebook, Path.cwd()),
            {STUDY_PARAMETER: study_file, **task.study.runs[name].parameters},
            partial / "notebooks" / f"{name}.ipynb",
            folder=folder,
            manager=manager,
        )
        outcome = "done"
        return run
    finally:
        progress.finish(name, outcome)


def _collect(runs):
    """All records by name; a name that two runs use is refused."""
    records = {}
    for run in runs:
        for record in run.records:
            if record.name in records:
                raise NotebookError(f"run {run.name}: record {record.name!r} was recorded by another run already.")
            records[record.name] = record
    return records


def _ledger(task, records):
    try:
        return ledger(task.study.published, records, task.study.data.origin)
    except ClaimError as error:
        place = place_in(task.params_file, "published", error.index)
        raise ClaimError(error.index, f"{place}: {error}") from None


def _refuse_differences(report):
    """A claim that is not reproduced, or a number on which two programs differ, fails the report."""
    problems = [
        f"not reproduced: {entry.claim}, published {entry.published}, shown {entry.shown}"
        for entry in report.entries
        if entry.verdict == DIFFERENT
    ]
    problems += [
        f"second implementation differs: {check.record} ({check.quantity}), {check.value!r} here, "
        f"{check.other!r} by {check.program} {check.version}"
        for check in report.checks
        if check.verdict == DIFFERS
    ]
    if problems:
        raise DifferenceError("\n".join(problems))


def _seconds(started):
    return f"{time.monotonic() - started:.1f} s"


def _say(text):
    print(text, file=sys.stderr, flush=True)
