"""From a study to its report: check, run the notebooks side by side, verify, compare with what was published, write."""

import os
import shutil
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from smmlib.analysis.claims import ClaimError, claims_by_key
from smmlib.analysis.sections import study_numbers
from smmlib.display.styles import in_style
from smmlib.errors import SmmlibError
from smmlib.ownership.report_folders import set_aside, unfinished
from smmlib.plain_text import say, shell_command, visible
from smmlib.report.asked import check_claims, notebooks_of
from smmlib.report.claims.ledger import DIFFERENT, NOT_COMPARED, ledger
from smmlib.report.claims.range_file import known_ranges
from smmlib.report.disclosure.shown_curves import curves_as_shown
from smmlib.report.exchange.data_files import write_data_files
from smmlib.report.folder.inputs import ChangedError, input_hashes, refuse_changes
from smmlib.report.folder.place import PlaceError, check_place
from smmlib.report.folder.replacement import InUseError, begin, last_good, one_run, put_in_place, remove_earlier, seal
from smmlib.report.folder.shown_path import shown
from smmlib.report.kept_runs import Repeatable
from smmlib.report.run_all import run_all
from smmlib.report.running.execute import NotebookError
from smmlib.report.running.jobs import LONGEST_JOB
from smmlib.report.second_programs import SecondProgramError
from smmlib.report.verification.coverage import coverage
from smmlib.report.verification.r_program import PROGRAM
from smmlib.report.verification.verify import DIFFERS, verify
from smmlib.report.write import PageError, Report, write_report
from smmlib.trial.analysis_data import derive
from smmlib.trial.analysis_files import FOLDER, FOLDER_VARIABLE, write_analysis_data
from smmlib.trial.parameters.study import Study
from smmlib.trial.safety.words import counting_in_words
from smmlib.trial.tables.problems import DataError

NO_RANGES = "How far numbers that were not published may differ is not known for these parameters; it is told by"
NOTHING_RUN = "Nothing was run; the last good report is as it was."


class ReportError(SmmlibError):
    """A report that could not be made; the last good one is as it was."""


class InputError(ReportError):
    """The same, because of what was put in: parameters or tables."""


class DifferenceError(SmmlibError):
    """Claims that are not reproduced, or numbers on which two programs differ."""


FAILURES = (
    *(NotebookError, ClaimError, DifferenceError, SecondProgramError),
    *(ChangedError, PageError, PlaceError, OSError),
)
"""Why a run that was begun may leave no report."""


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
        Folder that holds `notebooks` and `params`.
    reports : Path
        Folder of the reports.
    jobs : int
        Notebooks run side by side.
    kernels : {"forked", "plain"}
    job_timeout : float
        Seconds that a notebook or the second implementation may take.
    again : bool
        Whether notebooks are run that would only repeat what the last good report has.
    """

    params_file: Path
    study: Study
    project: Path
    reports: Path
    jobs: int
    kernels: str
    job_timeout: float = LONGEST_JOB
    again: bool = False


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
    standing = task.reports / task.study.study
    try:
        check_place(standing, task.params_file, task.study, task.project)
        with one_run(standing) as was:
            if was:
                say(f"A run was killed while it replaced the last good report, which is back from {shown(was)}.")
            _make_report(task, standing)
    except PlaceError as error:
        raise InputError(f"{error}\n{NOTHING_RUN}") from error
    except InUseError as error:
        raise ReportError(f"{error}\n{NOTHING_RUN}") from error


def _make_report(task, standing):
    started = time.monotonic()
    study = task.study
    try:
        notebooks = notebooks_of(study, task.params_file, task.project)
        hashes = input_hashes(study, notebooks.values())
        data = derive(study)
        numbers = study_numbers(data)
        check_claims(study, task.params_file, notebooks, numbers)
        _say_each(remove_earlier(unfinished(standing)))
        partial = begin(standing)
    except (NotebookError, DataError, ClaimError) as error:
        raise InputError(f"{error}\n{NOTHING_RUN}") from error
    except OSError as error:
        raise ReportError(f"{error}\n{NOTHING_RUN}") from error
    say(f"{visible(study.title)}\n{len(study.runs)} notebooks, {task.jobs} at a time, {task.kernels} kernels")
    try:
        with in_style(study.style):
            report = _build(task, notebooks, standing, partial, data, numbers)
        refuse_changes(task.params_file, study, hashes)
        seal(partial, standing)
        put_in_place(standing, partial)
    except FAILURES as error:
        with suppress(OSError):
            seal(partial, standing)
        left = f"The partial output is in {shown(partial)}; {last_good(standing)}."
        raise ReportError(f"{error}\n{left}") from error
    _say_each(remove_earlier(set_aside(standing)))
    if study.synthetic and report.ranges is None and study.suppress_below is None:
        say(f"{NO_RANGES}: {shell_command('smmlib', 'ranges', shown(task.params_file))}")
    met = sum(entry.verdict != NOT_COMPARED for entry in report.entries)
    claims = f"{met} published numbers met, " if met else ""
    say(f"{shown(standing / 'index.html')}  {claims}{_seconds(started)}")


def _build(task, notebooks, standing, partial, data, numbers):
    """Run, verify, compare and write all of a report."""
    with _analysis_data(data, partial) as (folder, files):
        repeatable = Repeatable(task, notebooks, folder)
        kept = repeatable.kept(standing, partial)
        runs, recomputed, by_r = run_all(task, notebooks, kept, partial, folder, list(numbers))
        stamps = repeatable.stamps(runs)
    records = _collect(runs)
    if task.study.suppress_below is None:
        _refuse_other_numbers(records, numbers)
        write_data_files(data, folder, task.study.exchange)
    checks = verify(records, [*recomputed, *by_r.numbers], {PROGRAM: by_r.version})
    entries, ranges = _ledger(task, records), known_ranges(task.study, records)
    counting = counting_in_words(task.study, data.event_sources) if data.event_sources else {}
    covered = coverage(records, checks, by_r, masked=task.study.suppress_below is not None)
    said = {"outside": data.outside, "notes": data.notes, "curves": curves_as_shown(data), "counting": counting}
    if task.study.suppress_below is None:
        said["from_data"] = {key: result.from_data for key, result in numbers.items()}
    report = Report(runs, records, entries, checks, covered, ranges, files, **said)
    write_report(partial, task, report, notebooks.values(), stamps)
    _refuse_differences(report)
    say(covered.in_words())
    return report


@contextmanager
def _analysis_data(data, partial):
    """The folder of the analysis data while the notebooks run, and the names of the files that the report keeps.

    Where small counts are masked the files are not kept, for these could be counted in them.
    """
    folder = partial / FOLDER
    write_analysis_data(data, folder)
    kept = data.study.suppress_below is None
    before = os.environ.get(FOLDER_VARIABLE)
    os.environ[FOLDER_VARIABLE] = str(folder.resolve())  # kernels have the environment of this process
    try:
        yield folder, tuple(sorted(file.name for file in folder.glob("*.csv"))) if kept else ()
    finally:
        if before is None:
            del os.environ[FOLDER_VARIABLE]
        else:
            os.environ[FOLDER_VARIABLE] = before
        if not kept:
            shutil.rmtree(folder)


def _refuse_other_numbers(records, numbers):
    """What notebooks recorded are the numbers of the study, to the last digit, where the package knows them itself."""
    # which words of a method come from the data is no part of a record
    expected = {key: repr(replace(numbers[key], from_data=())) for key in records.keys() & numbers.keys()}
    other = [
        key.name for key, record in records.items() if repr(record.result) != expected.get(key, repr(record.result))
    ]
    if other:
        raise DifferenceError(
            f"recorded by a notebook with another value than smmlib.analysis gives: {', '.join(other)}. "
            "Give a number of your own a name of its own."
        )


def _collect(runs):
    """All records by key; a key that two runs use is refused."""
    records = {}
    for run in runs:
        for record in run.records:
            if record.key in records:
                raise NotebookError(f"run {run.name}: record {record.key.name!r} was recorded by another run already.")
            records[record.key] = record
    return records


def _ledger(task, records):
    try:
        return ledger(claims_by_key(task.study, records), records, task.study.data.origin)
    except ClaimError as error:
        raise ClaimError(error.index, error.within(task.params_file)) from None


def _refuse_differences(report):
    """A claim that is not reproduced, or a number on which two programs differ, fails the report."""
    problems = [
        f"not reproduced: {entry.key.name}, published {entry.published}, shown {entry.shown}"
        for entry in report.entries
        if entry.verdict == DIFFERENT
    ]
    problems += [
        f"second implementation differs: {check.key.name} ({check.quantity}), {check.value!r} here, "
        f"{check.other!r} by {check.program} {check.version}"
        for check in report.checks
        if check.verdict == DIFFERS
    ]
    if problems:
        raise DifferenceError("\n".join(problems))


def _seconds(started):
    return f"{time.monotonic() - started:.1f} s"


def _say_each(lines):
    for line in lines:
        say(line)
