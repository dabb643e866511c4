"""The command line: one report after another, each whole or not at all."""

import argparse
import os
import re
import sys
from pathlib import Path

from smmlib.plain_text import NOT_UTF8, is_utf8, say
from smmlib.report import fork_server
from smmlib.report.prepared import prepared_study
from smmlib.trial.parameters.yaml_source import ParametersError
from smmlib.trial.tables.problems import BAD_INPUT

PROJECT = Path(__file__).resolve().parents[2]
FAILED, INTERRUPTED = 1, 130


def main(arguments=None):
    """Make the reports asked for.

    Returns
    -------
    int
        0 only when every report is made and reproduces every claim; 2 when parameters or tables cannot be used, 1 when
        a run, a claim or a second program fails, 130 when it was interrupted.
    """
    options = _parse(arguments)
    if not is_utf8(options.reports):
        say(f"{options.reports}: {NOT_UTF8}\nNothing was run; the last good report is as it was.")
        return BAD_INPUT
    if options.kernels == "forked":
        fork_server.start_fork_server()
    try:
        studies = [(file, prepared_study(file)) for file in options.params]
    except ParametersError as error:
        say(f"{error}\nNothing was run; the last good report is as it was.")
        return BAD_INPUT
    names = [study.study for _, study in studies]
    repeated = [name for name in names if names.count(name) > 1]
    if repeated:
        say(f"study: {repeated[0]} is the name of two studies; each report needs its own.")
        return BAD_INPUT
    # rfc3987-syntax builds 35 grammars when imported, one to two seconds, and jsonschema works without it
    sys.modules.setdefault("rfc3987_syntax", None)
    # here, so that wrong parameters are told at once and the fork server imports meanwhile: papermill takes a second
    from smmlib.report.run import InputError, ReportError, Task, make_report

    failures = []
    for file, study in studies:
        try:
            make_report(Task(file, study, PROJECT, options.reports, options.jobs, options.kernels))
        except ReportError as error:
            say(f"{study.study}: no report.\n{error}")
            failures.append(BAD_INPUT if isinstance(error, InputError) else FAILED)
        except KeyboardInterrupt:
            say(f"\n{study.study}: interrupted, no report; the last good one is as it was.")
            return INTERRUPTED
    return max(failures, default=0)


def _parse(arguments):
    parser = argparse.ArgumentParser(prog="python -m smmlib.report", description="Make the report of each study.")
    parser.add_argument("params", nargs="+", type=Path, help="parameters file of a study")
    parser.add_argument(
        "--jobs",
        type=_positive,
        default=os.environ.get("JOBS") or os.cpu_count(),
        help="notebooks run side by side",
    )
    parser.add_argument(
        "--kernels",
        choices=("forked", "plain"),
        default="forked" if fork_server.AVAILABLE else "plain",
        help="forked kernels start faster; plain ones work everywhere",
    )
    parser.add_argument("--reports", type=Path, default=PROJECT / "reports", help="folder of the reports")
    return parser.parse_args(arguments)


def _positive(text):
    if not re.fullmatch("0*[1-9][0-9]{0,3}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of notebooks, 1 to 9999")
    return int(text)
