"""From a study to its report: check, run the notebooks side by side, verify, compare with what was published, render.

The report is built in a folder beside the last good one and takes its place only when all of it has succeeded.
"""

import csv
import multiprocessing
import os
import shutil
import signal
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from dataclasses import astuple, fields
from pathlib import Path

from smmlib.report.execute import STUDY_PARAMETER, NotebookError, check_parameters, execute
from smmlib.report.kernels import kernel_manager, kill_all_kernels
from smmlib.report.ledger import DIFFERENT, ClaimError, Entry, ledger
from smmlib.report.progress import Progress
from smmlib.report.provenance import write_manifest
from smmlib.report.records import write_numbers
from smmlib.report.render import render
from smmlib.report.verify import DIFFERS, Check, recompute, verify
from smmlib.trial.study import claim_lines


class ReportError(Exception):
    """A report that could not be made; the last good one is as it was."""


class DifferenceError(Exception):
    """Claims that are not reproduced, or numbers on which two programs differ."""


def make_report(params_file, study, project, options):
    """Make the report of one study.

    Parameters
    ----------
    params_file : Path
    study : Study
        Read from that file.
    project : Path
        Folder that holds `notebooks`.
    options : Namespace
        With `jobs`, `kernels` and `reports`, as the command line gives them.

    Raises
    ------
    ReportError
        Naming what failed and where the partial output lies.
    """
    started = time.monotonic()
    final = options.reports / study.study
    partial = _fresh_folder(final)
    print(f"{study.title}\n{len(study.runs)} notebooks, {options.jobs} at a time, {options.kernels} kernels", file=sys.stderr)
    try:
        checked = _prepare(study, project)
        runs, recomputed = _run_all(params_file, study, checked, partial, options)
        records = _collect(runs)
        checks = verify(records, recomputed)
        entries = _ledger(params_file, study, records)
        _write(partial, params_file, study, project, runs, records, entries, checks, checked)
        _refuse_differences(entries, checks)
    except (NotebookError, ClaimError, DifferenceError) as error:
        raise ReportError(f"{error}\nThe partial output is in {_shown(partial)}; the last good report is as it was.") from error
    _replace(final, partial)
    print(f"{_shown(final / 'index.html')}  {_summary(entries, checks)}, {time.monotonic() - started:.1f} s", file=sys.stderr)


def _prepare(study, project):
    """Notebook and parameters of each run, refused before anything runs when they do not fit."""
    prepared = {}
    for name, run in study.runs.items():
        file = project / "notebooks" / f"{run.notebook}.ipynb"
        if not file.is_file():
            known = sorted(path.stem for path in file.parent.glob("*.ipynb"))
            raise NotebookError(f"runs.{name}: there is no notebook {run.notebook!r}; there are {', '.join(known)}.")
        check_parameters(name, _relative(file, Path.cwd()), run.parameters)
        prepared[name] = file
    return prepared


def _run_all(params_file, study, notebooks, partial, options):
    """Run the notebooks in threads, and the second implementation in a process of its own beside them."""
    context = multiprocessing.get_context("forkserver" if options.kernels == "forked" else "spawn")
    verifier = ProcessPoolExecutor(1, mp_context=context, initializer=_leave_interrupts_to_the_run)
    threads = ThreadPoolExecutor(options.jobs)
    progress = Progress(len(notebooks), max(map(len, notebooks)))
    try:
        with progress:
            verification = verifier.submit(recompute, str(params_file))
            futures = [
                threads.submit(_run_one, params_file, study, name, file, partial, options.kernels, progress)
                for name, file in notebooks.items()
            ]
            for future in as_completed(futures):
                future.result()
            return [future.result() for future in futures], verification.result()
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
        kill_all_kernels()
        threads.shutdown()
        verifier.shutdown(cancel_futures=True)


def _leave_interrupts_to_the_run():
    """Ctrl-C reaches every process of a terminal; the run answers it and ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _run_one(params_file, study, name, notebook, partial, kernels, progress):
    folder = notebook.parent
    parameters = {STUDY_PARAMETER: _relative(params_file.resolve(), folder).as_posix(), **study.runs[name].parameters}
    progress.start(name)
    outcome = "failed"
    try:
        run = execute(
            name,
            _relative(notebook, Path.cwd()),
            parameters,
            partial / "notebooks" / f"{name}.ipynb",
            folder=folder,
            manager=kernel_manager(forked=kernels == "forked"),
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


def _ledger(params_file, study, records):
    try:
        return ledger(study.published, records)
    except ClaimError as error:
        line = claim_lines(params_file)[error.index]
        raise ClaimError(error.index, f"{params_file}:{line}: {error}") from None


def _write(partial, params_file, study, project, runs, records, entries, checks, notebooks):
    """Everything that a report folder holds."""
    write_numbers(partial / "numbers.csv", runs, study)
    _write_table(partial / "ledger.csv", Entry, entries)
    _write_table(partial / "verification.csv", Check, checks)
    write_manifest(
        partial / "manifest.json", project=project, params_file=params_file, study=study, notebooks=notebooks.values()
    )
    (partial / "figures").mkdir()
    for drawing in (drawing for run in runs for drawing in run.drawings):
        (partial / "figures" / f"{drawing.name}.svg").write_text(drawing.svg, encoding="utf-8")
    render(partial, study, runs, records, entries, checks)


def _write_table(file, kind, rows):
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(field.name for field in fields(kind))
        writer.writerows(astuple(row) for row in rows)


def _refuse_differences(entries, checks):
    """A claim that is not reproduced, or a number on which two programs differ, fails the report."""
    problems = [
        f"not reproduced: {entry.claim}, published {entry.published}, shown {entry.shown}"
        for entry in entries
        if entry.verdict == DIFFERENT
    ]
    problems += [
        f"second implementation differs: {check.record} ({check.quantity}), {check.value!r} here, "
        f"{check.other!r} by {check.program} {check.version}"
        for check in checks
        if check.verdict == DIFFERS
    ]
    if problems:
        raise DifferenceError("\n".join(problems))


def _summary(entries, checks):
    claims = f"{len(entries)} of {len(entries)} claims met, " if entries else ""
    return f"{claims}{len(checks)} numbers computed twice"


def _fresh_folder(final):
    """An empty folder beside the report; an interrupted replacement is put back first."""
    previous, partial = _beside(final, "previous"), _beside(final, "partial")
    if previous.exists() and not final.exists():
        previous.rename(final)
    for folder in (previous, partial):
        shutil.rmtree(folder, ignore_errors=True)
    (partial / "notebooks").mkdir(parents=True)
    return partial


def _replace(final, partial):
    previous = _beside(final, "previous")
    if final.exists():
        final.rename(previous)
    partial.rename(final)
    shutil.rmtree(previous, ignore_errors=True)


def _beside(folder, suffix):
    return folder.with_name(f"{folder.name}.{suffix}")


def _relative(path, folder):
    return Path(os.path.relpath(path, folder))


def _shown(path):
    return _relative(path, Path.cwd()).as_posix()
