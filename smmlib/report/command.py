"""The command line: one report after another, each whole or not at all."""

import argparse
import os
import sys
from pathlib import Path

from smmlib.report import fork_server
from smmlib.trial.parameters.study import read_study
from smmlib.trial.parameters.yaml_source import ParametersError

PROJECT = Path(__file__).resolve().parents[2]
INTERRUPTED = 130


def main(arguments=None):
    """Make the reports asked for; the exit code is 0 only when every one is made and reproduces every claim."""
    options = _parse(arguments)
    if options.kernels == "forked":
        fork_server.start_fork_server()
    try:
        studies = [(file, read_study(file)) for file in options.params]
    except ParametersError as error:
        print(error, file=sys.stderr)
        return 1
    names = [study.study for _, study in studies]
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        print(f"study: {repeated.pop()} is the name of two studies; each report needs its own.", file=sys.stderr)
        return 1
    # rfc3987-syntax builds 35 grammars when imported, one to two seconds, and jsonschema works without it
    sys.modules.setdefault("rfc3987_syntax", None)
    # here, so that wrong parameters are told at once and the fork server imports meanwhile: papermill takes a second
    from smmlib.report.run import ReportError, Task, make_report

    failures = 0
    for file, study in studies:
        try:
            make_report(Task(file, study, PROJECT, options.reports, options.jobs, options.kernels))
        except ReportError as error:
            print(f"{study.study}: no report.\n{error}", file=sys.stderr)
            failures += 1
        except KeyboardInterrupt:
            print(f"\n{study.study}: interrupted, no report; the last good one is as it was.", file=sys.stderr)
            return INTERRUPTED
    return 1 if failures else 0


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
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number of notebooks, 1 or more")
    return number
