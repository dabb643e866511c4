"""The notebooks of a report in threads, and the second programs in processes of their own beside them."""

from functools import partial as bound
from pathlib import Path

from smmlib.plain_text import say
from smmlib.report.folder.shown_path import relative
from smmlib.report.running import fork_server
from smmlib.report.running.execute import STUDY_PARAMETER, NotebookError, execute
from smmlib.report.running.jobs import Jobs, OverdueError
from smmlib.report.running.kernels import check_memory_limit, kernel_manager, kill_all_kernels
from smmlib.report.running.progress import Progress
from smmlib.report.second_programs import SecondPrograms


def run_all(task, notebooks, kept, partial, data_folder, keys):
    """Run what is to be run, and give what it left.

    Parameters
    ----------
    task : Task
    notebooks : dict of str to Path
        The notebook of each run.
    kept : dict of str to ExecutedRun
        Runs of the last report that would only be repeated.
    partial, data_folder : Path
        Folders of the report that is made, and of its analysis data.
    keys : list of Key
        The numbers that R is asked for.

    Returns
    -------
    runs : list of ExecutedRun
        In the order of the parameters.
    recomputed : list of tuple
        What other Python packages computed.
    by_r : NumbersOfR

    Raises
    ------
    NotebookError
        If a notebook fails, or takes too long.
    SecondProgramError
    """
    if kept:
        say(f"  {', '.join(kept)}: as in the last report, for nothing has changed that they read")
    notebooks = {name: file for name, file in notebooks.items() if name not in kept}
    check_memory_limit(min(task.jobs, max(len(notebooks), 1)))
    forked = task.kernels == "forked"
    if forked:
        fork_server.start_fork_server()
    manager, second = kernel_manager(forked), SecondPrograms(forked)
    progress = Progress(len(notebooks), max(map(len, notebooks), default=0))
    runs = {
        f"run {name}, {relative(file, Path.cwd())}": bound(_run_one, task, name, file, partial, progress, manager)
        for name, file in notebooks.items()
    }

    def give_up():
        kill_all_kernels()
        second.kill()

    try:
        with Jobs(task.job_timeout, give_up, fork_server.kill_fork_server) as jobs, progress:
            again = second.jobs(task, keys, data_folder)
            recomputed = jobs.start(again, len(again))
            executed = jobs.start(runs, task.jobs)
            done = kept | {run.name: run for run in jobs.results(executed)}
            return [done[name] for name in task.study.runs], *jobs.results(recomputed)
    except OverdueError as error:
        raise NotebookError(f"{error}. It hangs, was stopped, or needs longer: JOB_TIMEOUT says how long.") from None


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
