"""The command line: one report after another, each whole or not at all, and none anew that would be the same."""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from smmlib.command_line.arguments import add_job_timeout, add_jobs, add_studies
from smmlib.places import project_folder, reports_folder
from smmlib.plain_text import is_utf8, say
from smmlib.report.folder.shown_path import shown
from smmlib.report.folder.standing import standing_report
from smmlib.report.running import fork_server
from smmlib.report.running.jobs import LONGEST_JOB

PROJECT = project_folder()


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the reports asked for, but for those that stand as a run would make them.

    Returns
    -------
    int
        0 only when every report is made and reproduces every claim; 2 when parameters or tables cannot be used, or the
        folder of a report, 1 when a run, a claim or a second program fails or another run is at work on the same
        report, 70 for a fault of the package, 130 when it was interrupted.
    """
    options = _parse(arguments)
    standing = {} if options.again or not is_utf8(options.reports) else _standing(options)
    left = [file for file in options.params if file not in standing]
    if not left:
        return 0
    # here, for what makes a report takes a second to import, and one that stands is told at once
    from smmlib.report.make_all import make_all

    return make_all(left, PROJECT, options, [report.name for report in standing.values()])


def _standing(options):
    """Folders of the reports that stand, by their parameters, each said."""
    found = {}
    for file in options.params:
        started = time.monotonic()
        report = standing_report(file, PROJECT, options.reports)
        if report is not None:
            found[file] = report
            took = f"{time.monotonic() - started:.1f} s"
            say(f"{shown(report / 'index.html')} stands: nothing that it was made from has changed  {took}")
    return found


def _parse(arguments):
    parser = argparse.ArgumentParser(prog="smmlib report", description="Make the report of each study.")
    add_studies(parser)
    add_jobs(parser, "notebooks")
    add_job_timeout(parser, LONGEST_JOB)
    parser.add_argument(
        "--kernels",
        choices=("forked", "plain"),
        default="forked" if fork_server.AVAILABLE else "plain",
        help="forked kernels start faster; plain ones work everywhere",
    )
    parser.add_argument("--again", action="store_true", help="make also what stands and would be the same")
    parser.add_argument("--reports", type=Path, default=reports_folder(), help="folder of the reports")
    return parser.parse_args(arguments)
