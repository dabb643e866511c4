"""Ranges of a synthetic study's numbers over the cohorts that meet its claims as well as its own cohort does.

python -m smmlib.report.ranges params/quiredex-2013.yaml
"""

import csv
import math
import os
import tempfile
from dataclasses import asdict
from functools import partial
from pathlib import Path

from smmlib.command_line.run import run_command
from smmlib.report import fork_server
from smmlib.report.cohorts import ensemble_file, of_every_cohort
from smmlib.report.in_process import CellError, code_cells, numbers_in_process
from smmlib.report.labels import SAYS_WHAT, counted
from smmlib.report.range_file import Range, write_ranges
from smmlib.report.records import NUMBER_COLUMNS, is_missing
from smmlib.stats.results import Estimate
from smmlib.synthetic.compact import read_cohorts
from smmlib.synthetic.write import study_with
from smmlib.trial import read_study

PROJECT = Path(__file__).resolve().parents[2]
ESTIMATED, TESTED = ("value", "low", "high", "n"), ("statistic", "p_value", "n")


class RangesError(ValueError):
    """Ranges that cannot be told, and why."""


def ranges_over(cohorts, own):
    """The range of each number over the cohorts.

    Parameters
    ----------
    cohorts : iterable of dict of str to Estimate or HypothesisTest
        What is recorded of each cohort.
    own : dict of str to Estimate or HypothesisTest
        The same of the study's own cohort: the numbers whose ranges are wanted.

    Returns
    -------
    dict of (str, str) to Range
        By record and quantity. Of a cohort that lacks a number it is not estimable; but a count that it lacks, because
        nobody there has that reason, is 0.
    """
    found = {key: [] for key in quantities_of(own)}
    names = {_subject(name, result): name for name, result in own.items()}
    for numbers in cohorts:
        of_cohort = {_subject(name, result): result for name, result in numbers.items()}
        for subject, name in names.items():
            for quantity in _quantities(own[name]):
                found[name, quantity].append(_in_cohort(of_cohort.get(subject), own[name], quantity))
    return {key: _range(values) for key, values in found.items()}


def quantities_of(numbers):
    """What is told of each number, by record and quantity: a value and its limits, a statistic and its P value, n.

    Returns
    -------
    dict of (str, str) to float
    """
    return {
        (name, quantity): getattr(result, quantity)
        for name, result in numbers.items()
        for quantity in _quantities(result)
    }


def _quantities(result):
    """A count has no limits."""
    if not isinstance(result, Estimate):
        return TESTED
    return [name for name in ESTIMATED if name not in ("low", "high") or not math.isnan(result.conf_level)]


def _subject(name, result):
    """What a number is about in any cohort; reasons are numbered by how common they are, which differs."""
    run, kind, *rest = name.split(".")
    return (run, kind, rest[-1], counted(result)) if kind in SAYS_WHAT else name


def _in_cohort(result, own, quantity):
    """A quantity in one cohort; of a count that it does not have, nobody."""
    if result is not None:
        return getattr(result, quantity)
    return 0 if quantity == "value" and own.unit == "patients" else math.nan


def _range(values):
    estimable = [value for value in values if not math.isnan(value)]
    ends = (min(estimable), max(estimable)) if estimable else (math.nan, math.nan)
    return Range(*map(float, ends), len(values), len(values) - len(estimable))


def numbers_of_cohort(study, notebooks, cohort):
    """What the runs of a study record of one cohort.

    Parameters
    ----------
    study : Study
    notebooks : mapping of str to list of (str, bool)
        From `code_cells`.
    cohort : dict of str to DataFrame
        Its tables by name, of texts.

    Returns
    -------
    dict of str to Estimate or HypothesisTest
    """
    with study_with(study, cohort) as other:
        return numbers_in_process(other, notebooks)


def check_as_reported(numbers, report):
    """Refuse numbers that are not those of a report, to the last digit.

    Parameters
    ----------
    numbers : dict of str to Estimate or HypothesisTest
    report : Path
        Folder of a report of the same patients, made by kernels.

    Raises
    ------
    RangesError
        Naming the numbers that differ.
    """
    with (report / "numbers.csv").open(newline="", encoding="utf-8") as stream:
        reported = {row["record"]: row for row in csv.DictReader(stream)}
    differing = list(numbers.keys() ^ reported.keys())
    for name in numbers.keys() & reported.keys():
        fields = {column: value for column, value in asdict(numbers[name]).items() if column in NUMBER_COLUMNS}
        texts = {column: "" if is_missing(value) else str(value) for column, value in fields.items()}
        differing += [name for column, text in texts.items() if reported[name][column] != text]
    if differing:
        names = ", ".join(sorted(set(differing)))
        raise RangesError(f"computed in this process, these are not the numbers of the report: {names}.")


def make_ranges(params_file, cohorts, *, jobs):
    """Compute the ranges of a study over its ensemble and write them beside its tables.

    Parameters
    ----------
    params_file : Path
    cohorts : iterable of dict of str to DataFrame
        The ensemble.
    jobs : int
        Processes.

    Returns
    -------
    file : Path
        The file written.
    cohorts : int
    """
    if fork_server.AVAILABLE:
        fork_server.start_fork_server()
    study = read_study(params_file)
    notebooks = {name: code_cells(PROJECT / "notebooks" / f"{run.notebook}.ipynb") for name, run in study.runs.items()}
    own = numbers_in_process(study, notebooks)
    _check_against_kernels(params_file, study, own, jobs)
    of_cohort = partial(numbers_of_cohort, study, notebooks)
    ranges = ranges_over(of_every_cohort(of_cohort, cohorts, jobs), own)
    cohorts = max(found.cohorts for found in ranges.values())
    if not cohorts:
        raise RangesError(f"{study.study}: its ensemble holds no cohort.")
    return write_ranges(study, quantities_of(own), ranges), cohorts


def _check_against_kernels(params_file, study, own, jobs):
    """Make a report of the study's own cohort in a folder of its own, as the notebooks and kernels make it."""
    from smmlib.report.run import Task, make_report

    kernels = "forked" if fork_server.AVAILABLE else "plain"
    with tempfile.TemporaryDirectory() as folder:
        make_report(Task(params_file, study, PROJECT, Path(folder), jobs, kernels))
        check_as_reported(own, Path(folder) / study.study)


def main(arguments):
    """Run from the command line; the only argument is the parameters file."""
    from smmlib.report.run import ReportError

    if len(arguments) != 1:
        raise SystemExit("usage: python -m smmlib.report.ranges PARAMETERS_FILE")
    try:
        study = read_study(arguments[0])
        file, cohorts = make_ranges(Path(arguments[0]), read_cohorts(ensemble_file(study)), jobs=os.cpu_count())
    except (ValueError, CellError, ReportError) as error:
        raise SystemExit(f"error: {error}") from None
    print(f"wrote {file}, over {cohorts} cohorts")


if __name__ == "__main__":
    run_command(main)
