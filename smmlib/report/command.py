"""The command line: one report after another, each whole or not at all."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from smmlib.command_line import faults, signals
from smmlib.command_line.arguments import add_job_timeout, add_jobs, add_studies
from smmlib.places import project_folder, reports_folder
from smmlib.plain_text import NOT_UTF8, is_utf8, say
from smmlib.report.prepared import prepared_study
from smmlib.report.running import fork_server
from smmlib.report.running.jobs import LONGEST_JOB
from smmlib.report.running.sockets import SocketFolderError
from smmlib.trial.parameters.yaml_source import ParametersError
from smmlib.trial.tables.problems import BAD_INPUT

PROJECT = project_folder()
NOTHING_RUN = "Nothing was run; the last good report is as it was."


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the reports asked for.

    Returns
    -------
    int
        0 only when every report is made and reproduces every claim; 2 when parameters or tables cannot be used, or the
        folder of a report, 1 when a run, a claim or a second program fails or another run is at work on the same
        report, 70 for a fault of the package, 130 when it was interrupted.
    """
    options = _parse(arguments)
    if not is_utf8(options.reports):
        say(f"{options.reports}: {NOT_UTF8}\n{NOTHING_RUN}")
        return BAD_INPUT
    try:
        if options.kernels == "forked":
            fork_server.start_fork_server()
        studies = [(file, prepared_study(file)) for file in options.params]
    except SocketFolderError as error:
        say(f"{error}.\n{NOTHING_RUN}")
        return faults.FAILED
    except ParametersError as error:
        say(f"{error}\n{NOTHING_RUN}")
        return BAD_INPUT
    names = [study.study for _, study in studies]
    repeated = [name for name in names if names.count(name) > 1]
    if repeated:
        say(f"study: {repeated[0]} is the name of two studies; each report needs its own.")
        return BAD_INPUT
    # rfc3987-syntax builds 35 grammars when imported, one to two seconds, and jsonschema works without it
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    # here, so that wrong parameters are told at once and the fork server imports meanwhile: papermill takes a second
    from smmlib.report.run import InputError, ReportError, Task, make_report

    failures = []
    for file, study in studies:
        try:
            make_report(Task(file, study, PROJECT, options.reports, options.jobs, options.kernels, options.job_timeout))
        except ReportError as error:
            say(f"{study.study}: no report.\n{error}")
            failures.append(BAD_INPUT if isinstance(error, InputError) else faults.FAILED)
        except KeyboardInterrupt as stopped:
            how = signals.how(stopped)
            say(f"\n{study.study}: {how}, no report; the last good one is as it was.")
            return signals.exit_code(stopped)
        except Exception as error:
            failures.append(faults.say(error, f"the report of {study.study} (the last good one is as it was)"))
    return max(failures, default=0)


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
    parser.add_argument("--reports", type=Path, default=reports_folder(), help="folder of the reports")
    return parser.parse_args(arguments)
