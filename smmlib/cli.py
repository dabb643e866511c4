"""The one command line: `smmlib report`, `check`, `new` and the others of `COMMANDS`."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version

from smmlib.command_line.run import run_command

COMMANDS = {
    "report": ("smmlib.report.command", "run a study's notebooks and write its report"),
    "check": ("smmlib.report.check", "check parameters and tables, say what they were taken to mean, and run nothing"),
    "compare": ("smmlib.report.comparison.command", "say which numbers of two reports moved, and what explains it"),
    "new": ("smmlib.trial.new_study.command", "start a trial of your own"),
    "verify": ("smmlib.report.received", "say whether a report was changed, and have R compute its numbers again"),
    "pack": ("smmlib.report.pack.command", "pack a report for a reviewer, with what it was made from, in one zip file"),
    "curves": ("smmlib.curves.reconstructed_tables", "make the patients of a study's published curves"),
    "cohorts": ("smmlib.calibration.command", "make synthetic patients from published numbers"),
    "ranges": ("smmlib.report.claims.command", "write how far the numbers of synthetic patients vary"),
    "schema": ("smmlib.trial.parameters.schema", "print the JSON schema of parameters files, for an editor"),
}
"""Each command with the module whose `main` takes its arguments, and what it does."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : list of str, optional
        The command and its arguments; those of the command line when left out.

    Returns
    -------
    int
        The exit code of the command: 0 when all was done.
    """
    given = sys.argv[1:] if arguments is None else arguments
    module, _ = COMMANDS[_parser().parse_args(given[:1]).command]
    return import_module(module).main(given[1:])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="smmlib",
        usage="smmlib [-h] [--version] COMMAND ...",
        description="Reproducible analysis of randomised trials.",
        epilog=_listed() + "\n\nsmmlib COMMAND --help tells more of each.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"smmlib {version('smmlib')}")
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help="one of those below")
    return parser


def _listed() -> str:
    return "commands:\n" + "\n".join(f"  {name:<8} {what}" for name, (_, what) in COMMANDS.items())


def entry() -> None:
    """What the installed command `smmlib` and `python -m smmlib` run."""
    run_command(main)
