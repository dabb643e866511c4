"""Verify a report that somebody received: whether its files were changed, and whether R still computes its numbers."""

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from smmlib.plain_text import say, visible
from smmlib.report.comparison.numbers_file import UnusableReportError, read_numbers
from smmlib.report.folder.outputs_check import NoManifestError, check_outputs
from smmlib.report.verification.r_program import PROGRAM, RError, RProgram
from smmlib.report.verification.r_questions import asked_keys
from smmlib.report.verification.verify import DIFFERS, LARGEST_DIFFERENCE, hold_against
from smmlib.trial.analysis_files import FOLDER
from smmlib.trial.tables.problems import BAD_INPUT

NOT_AS_MADE = 1
QUESTIONS = "r"
"""Folder of a report with the script in R and its questions."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify a report.

    Returns
    -------
    int
        0 when every file is as it was made and no number differs; 1 otherwise; 2 when it is no report.
    """
    report = _parse(arguments).report
    try:
        found, numbers = check_outputs(report), read_numbers(report)
    except (NoManifestError, UnusableReportError) as error:
        say(str(error))
        return BAD_INPUT
    for what in ("changed", "missing", "added"):
        for name in getattr(found, what):
            say(f"  {what}: {visible(name)}", sys.stdout)
    whole = f"all {found.files} files are as they were made" if found.is_whole else "the files are not those of the run"
    say(f"{visible(report)}: {whole}, by the hashes of manifest.json.", sys.stdout)
    agrees = _agrees_with_r(report, numbers)
    return 0 if found.is_whole and agrees else NOT_AS_MADE


def _parse(arguments):
    parser = argparse.ArgumentParser(
        prog="smmlib verify",
        description="Say whether the files of a report were changed, and have R compute its numbers again.",
    )
    parser.add_argument("report", type=Path, help="folder of the report")
    return parser.parse_args(arguments)


def _agrees_with_r(report, numbers):
    """Whether R computes the numbers of a report again; where it cannot, it says so, and nothing speaks against it."""
    try:
        keys = asked_keys(report / QUESTIONS)
    except (OSError, ValueError, KeyError, TypeError):
        say("R: the report holds no analysis data with questions, so nothing was computed again.", sys.stdout)
        return True
    try:
        answers = RProgram().answers(keys, report / FOLDER, report / QUESTIONS)
    except RError as error:
        say(f"R stopped: {error}.", sys.stdout)
        return False
    if answers.absent:
        say(f"{answers.absent}: nothing was computed again.", sys.stdout)
        return True
    checks = [
        hold_against(key, quantity, numbers[key.name].quantities[quantity], other, PROGRAM, answers.version)
        for key, quantity, other, _ in answers.numbers
        if key.name in numbers
    ]
    checks = [check for check in checks if not math.isnan(check.value) or math.isnan(check.other)]
    differ = [check for check in checks if check.verdict == DIFFERS]
    for check in differ:
        part = f"{visible(check.key.name)}: {check.quantity.replace('_', ' ')}"
        say(f"  {part} is {check.value!r} in the report, and {check.other!r} by R", sys.stdout)
    count = len({check.key for check in checks})
    verdict = f"{len(differ)} values differ" if differ else f"no value differs by more than {LARGEST_DIFFERENCE:g}"
    say(
        f"R {answers.version}: {count} of {len(numbers)} numbers computed again from the analysis data, {verdict}.",
        sys.stdout,
    )
    return not differ
