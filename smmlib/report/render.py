"""The page: written by templates from records by name; a template types no number."""

import base64
import csv
import math
import re
from pathlib import Path

import jinja2
from markupsafe import Markup
from nbconvert.exporters import HTMLExporter
from pygments.formatters import HtmlFormatter

from smmlib.display import formatting
from smmlib.report.labels import counted, label, lower_first, measure_words
from smmlib.report.provenance import package_versions
from smmlib.stats.results import Estimate
from smmlib.trial.categories import RESPONSE_CATEGORIES
from smmlib.trial.endpoints.words import ESTIMAND_SOURCE, estimand, rule_in_words

PAGE = Path(__file__).parent / "page"
MOST_TILES = 3
"""Endpoints that have a tile at the head of the page: the first ones of the runs."""
SECTIONS = ("population", "time_to_event", "response", "reconstruction")


def render(folder, study, report):
    """Write index.html and a page for each executed notebook.

    Parameters
    ----------
    folder : Path
        The report folder.
    study : Study
    report : Report

    Raises
    ------
    KeyError
        If a template asks for a number that was not recorded.
    """
    runs = report.runs
    numbers = Numbers(study, report.records, runs)
    environment = _environment(study, numbers)
    style = (PAGE / "style.css").read_text(encoding="utf-8").replace("FONT_DATA", _font())
    page = environment.get_template("index.html").render(
        style=style,
        runs=runs,
        section_of={run.name: _section(study, run) for run in runs},
        figures={drawing.name: Markup(_inline(drawing)) for run in runs for drawing in run.drawings},
        figure_number={name: number for number, name in enumerate(_drawings(runs), start=1)},
        alt={drawing.name: drawing.alt for run in runs for drawing in run.drawings},
        entries=report.entries,
        checks=report.checks,
        methods=_methods(study, report.records),
        first_endpoints=[run.name for run in runs if numbers.has(f"{run.name}.hazard_ratio")][:MOST_TILES],
        versions=package_versions(),
        derivations={name.removesuffix(".derivation") for run in runs for name in run.tables},
        categories=RESPONSE_CATEGORIES,
        tables={name: list(csv.DictReader(text.splitlines())) for run in runs for name, text in run.tables.items()},
    )
    (folder / "index.html").write_text(page, encoding="utf-8")
    notebook_template = environment.get_template("notebook.html")
    exporter = HTMLExporter(template_name="basic", template_file=str(PAGE / "executed.html.j2"), mathjax_url="")
    highlighting = HtmlFormatter(style="default").get_style_defs(".highlight")
    for run in runs:
        body = Markup(exporter.from_notebook_node(run.notebook)[0])
        page = notebook_template.render(style=style, highlighting=highlighting, run=run, body=body)
        (folder / "notebooks" / f"{run.name}.html").write_text(page, encoding="utf-8")


class Numbers:
    """Recorded numbers as text for the templates, each linked to the notebook cell that made it.

    Parameters
    ----------
    study : Study
    records : mapping of str to Record
    runs : sequence of ExecutedRun
    """

    def __init__(self, study, records, runs):
        self._study, self._records = study, records
        self._run_of = {record.name: run.name for run in runs for record in run.records}

    def has(self, name):
        return name in self._records

    def result(self, name):
        if name not in self._records:
            raise KeyError(f"the template asks for {name!r}, which no notebook recorded")
        return self._records[name].result

    def link(self, name, text):
        """Text that leads to the cell; the method shows when pointed at."""
        record = self._records[name]
        return Markup('<a class="number" href="notebooks/{}.html#cell-id=cell-{}" title="{}">{}</a>').format(
            self._run_of[name], record.cell, record.result.method, text
        )

    def value(self, name):
        result = self.result(name)
        return self.link(name, formatting.number_text(result.value, result.unit))

    def interval(self, name):
        return formatting.interval_text(self.result(name))

    def estimate(self, name):
        """Value and interval: 0.18 (95% CI, 0.09 to 0.32)."""
        return self.link(name, formatting.estimate_text(self.result(name)))

    def cell(self, name):
        """Value and interval for a table: 0.18 (0.09 to 0.32)."""
        return self.link(name, formatting.table_text(self.result(name)))

    def share(self, name):
        """A count with its percentage: 45 (78.9%); without one of nobody, or where either is masked."""
        result = self.result(name)
        count = formatting.number_text(result.value, result.unit)
        if not result.n or math.isnan(result.value / result.n):
            return self.link(name, count)
        return self.link(name, f"{count} ({formatting.number_text(result.value / result.n, 'proportion')})")

    def patients(self, name):
        """The patients that a number rests on, unless they are masked."""
        return formatting.number_text(float(self.result(name).n), "patients", missing=formatting.MASKED)

    def what(self, name):
        """What a count counts, in words: its method is "Number of patients, death"."""
        return counted(self.result(name))

    def p_value(self, name):
        """With its sign: "P = 0.03", "P < 0.001"."""
        text = formatting.p_value_text(self.result(name).p_value)
        return self.link(name, f"P\u00a0<\u00a0{text[1:]}" if text.startswith("<") else f"P\u00a0=\u00a0{text}")

    def p_value_cell(self, name):
        """Without its name, for a table: "0.03", "<0.001"."""
        return self.link(name, formatting.p_value_text(self.result(name).p_value))

    def statistic(self, name):
        return self.link(name, formatting.number_text(self.result(name).statistic, "statistic"))

    def level(self, name):
        return formatting.level_text(self.result(name).conf_level)

    def of(self, run_name):
        """Names of the records of a run."""
        return [name for name, run in self._run_of.items() if run == run_name]

    def text(self, name):
        """Any record, whatever it is."""
        estimate = isinstance(self.result(name), Estimate)
        return self.estimate(name) if estimate else self.p_value(name)


def _environment(study, numbers):
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAGE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(study=study, numbers=numbers, confidence_level=formatting.level_text)
    environment.filters["lower_first"] = lower_first
    environment.filters["capitalize_first"] = lambda text: text[:1].upper() + text[1:]
    environment.globals.update(rule_in_words=rule_in_words, estimand=estimand, estimand_source=ESTIMAND_SOURCE)
    environment.tests["in_arm"] = lambda name, start, arm: name.startswith(start) and name.endswith(f".{arm}")
    environment.globals["measure_words"] = measure_words
    environment.globals["label"] = lambda name: label(study, numbers.result(name), name)
    return environment


def _section(study, run):
    notebook = study.runs[run.name].notebook
    return f"{notebook if notebook in SECTIONS else 'other'}.html"


def _drawings(runs):
    return [drawing.name for run in runs for drawing in run.drawings]


def _inline(drawing):
    """SVG for the page: it scales with its column, and its identifiers do not clash with those of other figures."""
    prefix = re.sub(r"[^A-Za-z0-9]", "-", drawing.name)
    svg = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{prefix}-", drawing.svg)
    return re.sub(r'<svg ([^>]*?)width="[^"]*"', r'<svg role="img" aria-hidden="true" \1', svg, count=1)


def _font():
    return base64.b64encode((PAGE / "source-sans-3.woff2").read_bytes()).decode("ascii")


def _methods(study, records):
    """Each method with the numbers that it made, in the order of the report."""
    methods = {}
    for name, record in records.items():
        if getattr(record.result, "unit", "") not in ("patients", formatting.MASKED):
            methods.setdefault(record.result.method, []).append(label(study, record.result, name))
    return methods
