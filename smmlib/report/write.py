"""Everything that a report folder holds: tables, figures, manifest and pages."""

import shutil
from dataclasses import dataclass, field, fields

from jinja2 import TemplateError

from smmlib.errors import SmmlibError
from smmlib.plain_text import csv_text
from smmlib.report.claims.ledger import Entry
from smmlib.report.claims.publication_status import PublicationStatus
from smmlib.report.claims.range_file import RANGES_FILE, beside_subjects
from smmlib.report.document.drawing_files import write_drawing
from smmlib.report.document.write import write_documents
from smmlib.report.exchange.ars import ARS, write_ars
from smmlib.report.page.provenance import write_manifest
from smmlib.report.page.render import render
from smmlib.report.page.section_titles import section_title
from smmlib.report.records.record import write_numbers
from smmlib.report.verification.coverage import Coverage
from smmlib.report.verification.r_program import SCRIPTS
from smmlib.report.verification.r_questions import write_questions
from smmlib.report.verification.verify import Check


class PageError(SmmlibError):
    """A page that asks for a number that was not recorded."""


@dataclass(frozen=True, eq=False)
class Report:
    """What a report says.

    Attributes
    ----------
    runs : list of ExecutedRun
    records : dict of Key to Record
    entries : list of Entry
        The ledger.
    checks : list of Check
        What other programs computed again.
    coverage : Coverage
        How much of it that is.
    ranges : dict of (Key, str) to Range, or None
        Of the numbers of a synthetic study over the cohorts that meet its claims; None where they are not known.
    data_files : tuple of str
        Names of the files of the analysis data that lie beside the page; none where small counts are masked.
    outside : dict of str to int
        Randomised patients outside the analysis, by the value of their arm.
    notes : tuple of str
        What of the tables was passed over, and what was taken for something else than it says.
    curves : dict of str to dict of str to SurvivalCurve
        Of each endpoint by the id of the arm, as far as they are shown.
    counting : dict of str to str
        How adverse events were counted, a sentence for each subject; empty where the study has none.
    from_data : dict of Key to tuple of str
        Parts of the methods that come from the data; none where small counts are masked.
    """

    runs: list
    records: dict
    entries: list
    checks: list
    coverage: Coverage
    ranges: dict | None
    data_files: tuple
    outside: dict
    notes: tuple[str, ...] = ()
    curves: dict = field(default_factory=dict)
    counting: dict = field(default_factory=dict)
    from_data: dict = field(default_factory=dict)


def write_report(folder, task, report, notebooks, stamps):
    """Write a report into an empty folder.

    Parameters
    ----------
    folder : Path
    task : Task
    report : Report
    notebooks : iterable of Path
        The notebooks that were run.
    stamps : dict of str to dict
        By which it is known later which runs can be kept.

    Raises
    ------
    PageError
        If a page asks for a number that was not recorded.
    """
    study = task.study
    status = PublicationStatus(study, report.records, report.ranges)
    write_numbers(folder / "numbers.csv", report.runs, study, status)
    if status.known:
        shutil.copy(beside_subjects(study, RANGES_FILE), folder / RANGES_FILE)
    _write_table(folder / "ledger.csv", "claim", Entry, report.entries)
    _write_table(folder / "verification.csv", "record", Check, [*report.checks, *report.coverage.unchecked])
    (folder / "figures").mkdir()
    for drawing in (drawing for run in report.runs for drawing in run.drawings):
        write_drawing(folder / "figures", drawing)
    tables = {name: text for run in report.runs for name, text in run.tables.items()}
    if tables:
        (folder / "tables").mkdir()
    for name, text in tables.items():
        (folder / "tables" / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    titles = {run.name: section_title(study, run.name) for run in report.runs}
    write_ars(folder / ARS, study, {run.name: run.records for run in report.runs}, titles, report.from_data)
    if report.data_files:
        _write_script_of_r(folder / "r", study, report.records)
    try:
        render(folder, study, report, status)
    except (KeyError, TemplateError) as error:
        raise PageError(f"the page cannot be written: {error.args[0]}") from error
    write_documents(folder, study.formats)
    write_manifest(
        folder / "manifest.json",
        params_file=task.params_file,
        project=task.project,
        study=study,
        notebooks=notebooks,
        runs=stamps,
    )


def _write_script_of_r(folder, study, records):
    """The script in R with its questions, so that whoever has the report can have the numbers computed again."""
    folder.mkdir()
    for file in sorted(SCRIPTS.glob("*.R")):
        shutil.copyfile(file, folder / file.name)
    write_questions(study, records, folder)


def _write_table(file, name, kind, rows):
    """A table of what is said of numbers, whose first column holds their printed names."""
    columns = [column.name for column in fields(kind) if column.name != "key"]
    cells = ([row.key.name, *(getattr(row, column) for column in columns)] for row in rows)
    file.write_text(csv_text([name, *columns], cells), encoding="utf-8", newline="")
