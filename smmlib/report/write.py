"""Everything that a report folder holds: tables, figures, manifest and pages."""

import shutil
from dataclasses import astuple, dataclass, fields

from jinja2 import TemplateError

from smmlib.plain_text import csv_text
from smmlib.report.ledger import Entry
from smmlib.report.provenance import write_manifest
from smmlib.report.range_file import RANGES_FILE, beside_subjects
from smmlib.report.records import write_numbers
from smmlib.report.render import render
from smmlib.report.standing import Standing
from smmlib.report.verify import Check


class PageError(Exception):
    """A page that asks for a number that was not recorded."""


@dataclass(frozen=True, eq=False)
class Report:
    """What a report says.

    Attributes
    ----------
    runs : list of ExecutedRun
    records : dict of str to Record
    entries : list of Entry
        The ledger.
    checks : list of Check
        The second implementation.
    ranges : dict of (str, str) to Range, or None
        Of the numbers of a synthetic study over the cohorts that meet its claims; None where they are not known.
    """

    runs: list
    records: dict
    entries: list
    checks: list
    ranges: dict | None


def write_report(folder, task, report, notebooks):
    """Write a report into an empty folder.

    Parameters
    ----------
    folder : Path
    task : Task
    report : Report
    notebooks : iterable of Path
        The notebooks that were run.

    Raises
    ------
    PageError
        If a page asks for a number that was not recorded.
    """
    study = task.study
    standing = Standing(study, report.records, report.ranges)
    write_numbers(folder / "numbers.csv", report.runs, study, standing)
    if standing.known:
        shutil.copy(beside_subjects(study, RANGES_FILE), folder / RANGES_FILE)
    _write_table(folder / "ledger.csv", Entry, report.entries)
    _write_table(folder / "verification.csv", Check, report.checks)
    write_manifest(
        folder / "manifest.json",
        project=task.project,
        params_file=task.params_file,
        study=study,
        notebooks=notebooks,
    )
    (folder / "figures").mkdir()
    for drawing in (drawing for run in report.runs for drawing in run.drawings):
        (folder / "figures" / f"{drawing.name}.svg").write_text(drawing.svg, encoding="utf-8")
    tables = {name: text for run in report.runs for name, text in run.tables.items()}
    if tables:
        (folder / "derivation").mkdir()
    for name, text in tables.items():
        (folder / "derivation" / f"{name.removesuffix('.derivation')}.csv").write_text(
            text, encoding="utf-8", newline=""
        )
    try:
        render(folder, study, report, standing)
    except (KeyError, TemplateError) as error:
        raise PageError(f"the page cannot be written: {error.args[0]}") from error


def _write_table(file, kind, rows):
    text = csv_text((field.name for field in fields(kind)), map(astuple, rows))
    file.write_text(text, encoding="utf-8", newline="")
