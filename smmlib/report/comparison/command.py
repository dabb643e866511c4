"""Compare two reports: numbers that moved, by how much, and what explains it."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import jinja2

from smmlib.plain_text import say, visible
from smmlib.report.comparison.explanation import explanation, read_manifest
from smmlib.report.comparison.moved import Moved, changed_methods, moved_numbers
from smmlib.report.comparison.numbers_file import UnusableReportError, read_numbers
from smmlib.trial.tables.problems import BAD_INPUT

MOVED = 1
MOST_LINES = 50
"""Numbers that the terminal lists; the page has them all."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare two reports.

    Returns
    -------
    int
        0 when no number moved, 1 when one did, 2 when a report cannot be read.
    """
    options = _parse(arguments)
    try:
        old, new = read_numbers(options.old), read_numbers(options.new)
    except UnusableReportError as error:
        say(str(error))
        return BAD_INPUT
    moved, methods = moved_numbers(old, new), changed_methods(old, new)
    summary = _summary(moved, len(methods), len(new))
    why = explanation(read_manifest(options.old), read_manifest(options.new))
    say(summary, sys.stdout)
    for line in _lines(moved, why):
        say(line, sys.stdout)
    if options.html:
        said = {"summary": summary, "moved": moved, "methods": methods, "explanation": why}
        options.html.write_text(_page(options, said), encoding="utf-8")
        say(f"wrote {visible(options.html)}", sys.stdout)
    return MOVED if moved else 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="smmlib compare",
        description="Hold the numbers of two reports of one study against each other; exit code 1 if one moved.",
    )
    for name in ("old", "new"):
        parser.add_argument(name, type=Path, help=f"folder of the {name} report, or its numbers.csv")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the comparison as a page, too")
    return parser.parse_args(arguments)


def _summary(moved: list[Moved], methods: int, numbers: int) -> str:
    said = f", {methods} said in other words" if methods else ""
    if not moved:
        return f"No number moved: all {numbers} are the same{said}."
    counts = {what: sum(each.what == what for each in moved) for what in dict.fromkeys(each.what for each in moved)}
    parts = ", ".join(f"{count} {what}" for what, count in counts.items())
    return f"{len(moved)} of {numbers} numbers moved ({parts}){said}."


def _lines(moved: list[Moved], why: str) -> list[str]:
    lines = [why] if moved else []
    lines += [f"  {visible(each.name)}: {_change(each)}" for each in moved[:MOST_LINES]]
    return [*lines, f"  and {len(moved) - MOST_LINES} more"] if len(moved) > MOST_LINES else lines


def _change(each: Moved) -> str:
    if each.old == each.new:
        return f"{each.old} as printed; {each.words}"
    return f"{each.old or 'none'} before, {each.new or 'none'} now; {each.words}"


def _page(options: argparse.Namespace, said: Mapping[str, object]) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined
    )
    names = [visible(path.resolve().name if path.is_dir() else path.name) for path in (options.old, options.new)]
    old, new = names if names[0] != names[1] else (f"{names[0]}, before", f"{names[1]}, now")
    return environment.get_template("comparison.html").render(title="Two reports compared", old=old, new=new, **said)
