"""The page: written by templates from records by name; a template types no number."""

import base64
import csv
import io
import re
from pathlib import Path

import jinja2
from markupsafe import Markup, escape
from nbconvert.exporters import HTMLExporter
from pygments.formatters import HtmlFormatter

from smmlib.analysis.keys import Key
from smmlib.analysis.sections import BUNDLED_NOTEBOOKS
from smmlib.analysis.testing_words import procedure_in_words
from smmlib.display import formatting, styles
from smmlib.display.figures import MOST_BANDS
from smmlib.display.recorded_text import as_printed
from smmlib.plain_text import lower_first
from smmlib.report.page.cards import comparison_cards, response_card
from smmlib.report.page.checklist import ABSENT, TITLES_BESIDES, checklists
from smmlib.report.page.doors import doors
from smmlib.report.page.event_tables import computed_from, event_tables, page_data, recomputation, sha256
from smmlib.report.page.folded_lines import folded
from smmlib.report.page.inside import (
    content_security_policy,
    css_string,
    packed,
    with_presentation_attributes,
    without_styles,
)
from smmlib.report.page.left_out_figures import left_out_figures
from smmlib.report.page.narrow_curves import curves_for_a_phone
from smmlib.report.page.number_html import NumberHtml
from smmlib.report.page.numbering import Numbering
from smmlib.report.page.own_section import FIRST_ROWS, blocks_of
from smmlib.report.page.provenance import package_versions
from smmlib.report.page.section_titles import section_title
from smmlib.report.page.testing_rows import decided_families
from smmlib.report.records.labels import (
    heading,
    label,
    label_within,
    level_of,
    measure_words,
    subgroup_level,
    subject,
)
from smmlib.report.records.numbers import Numbers, NumberText
from smmlib.report.records.sensitivity_rows import method_without_variant, sensitivity_subject
from smmlib.trial.endpoints.words import ESTIMAND_SOURCE, competing_in_words, estimand, rule_in_words
from smmlib.trial.response.words import criteria_in_words
from smmlib.trial.sensitivity.words import response_variant_in_words, variant_in_words
from smmlib.trial.tables.accepted import accepted_records

TEMPLATES = Path(__file__).parent / "templates"
TAG, REFERENCE = re.compile("<[^>]*>"), re.compile(r'id="|url\(#|href="#')
TABLES_OF_TERMS = {
    "rate": "Adverse events by time at risk, each line and arm",
    "difference": "Adverse events between arms, each line and comparison",
}
FILES_INSIDE = ("numbers.csv", "ranges.csv", "ledger.csv", "verification.csv")
MOST_BYTES_OF_PATIENTS = 12_000_000
"""Analysis data that are larger, which packed would be a megabyte or two, stay beside the page."""
DATA = "analysis_data/"
SCRIPTS = ("page.js", "distributions.js", "recompute.js", "recomputed.js", "explorer.js")
"""In their order: each uses what is defined before it."""
HIGHLIGHTING = HtmlFormatter(style="default").get_style_defs(".highlight")


def render(folder, study, report, status):
    """Write index.html and a page for each executed notebook.

    Parameters
    ----------
    folder : Path
        The report folder.
    study : Study
    report : Report
    status : PublicationStatus
        Which of its numbers were published.

    Raises
    ------
    KeyError
        If a template asks for a number that was not recorded.
    """
    runs, left_out = report.runs, left_out_figures(report.records)
    numbers = Numbers(study, report.records, status)
    environment = _environment(study, numbers, NumberHtml(report.records, runs))
    style = _style(study)
    bodies = _write_notebooks(folder, environment, runs, style)
    files, holding = _files_inside(folder, study, report)
    again = {name: sha256(text) for name, text in computed_from(files).items()}
    inside = {
        **{f"notebooks/{name}.html": without_styles(body) for name, body in bodies.items()},
        "notebook.css": f"{style}\n{HIGHLIGHTING}",
        "doors.json": doors(study, report, _data_inside(files)),
        **({"recompute.json": recomputation(study, files, again)} if again else {}),
        **files,
    }
    script = "\n".join((TEMPLATES / name).read_text(encoding="utf-8") for name in SCRIPTS)
    page = environment.get_template("index.html").render(
        style=style,
        script=script,
        policy=content_security_policy(style, script),
        packed_files=Markup("\n").join(packed(name, text) for name, text in inside.items()),
        files_inside=list(files),
        page_data=holding,
        recomputed=bool(again),
        hashes=again,
        runs=runs,
        section_of={run.name: _section(study, run) for run in runs},
        title_of={run.name: section_title(study, run.name) for run in runs},
        checklists=checklists(study, verified=bool(report.coverage.numbers)),
        titles_besides=TITLES_BESIDES,
        absent=ABSENT,
        cards=comparison_cards(study, report),
        response_card=response_card(study, report),
        figures={
            each.name: Markup(_inline(each)) for run in runs for each in run.drawings if each.name not in left_out
        },
        narrow_curves={name: curves_for_a_phone(study, name, curves) for name, curves in report.curves.items()},
        alt={drawing.name: drawing.alt for run in runs for drawing in run.drawings},
        entries=report.entries,
        ledger_parts=_ledger_parts(study, report.entries),
        status=status,
        checks=report.checks,
        coverage=report.coverage,
        methods=_methods(study, report.records),
        versions=package_versions(),
        data_files=report.data_files,
        outside=report.outside,
        notes=() if study.suppress_below else report.notes,
        accepted=accepted_records(study),
        counting=report.counting,
        tables={name: _rows(text) for run in runs for name, text in run.tables.items()},
    )
    (folder / "index.html").write_text(page, encoding="utf-8")


def _style(study):
    """The style sheet, with the font, and the title at the head of each printed page."""
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    return style.replace("FONT_DATA", _font()).replace("RUNNING_TITLE", css_string(study.title))


def _write_notebooks(folder, environment, runs, style):
    """Write a page for each executed notebook, and give the bodies of all."""
    template = environment.get_template("notebook.html")
    exporter = HTMLExporter(template_name="basic", template_file=str(TEMPLATES / "executed.html.j2"), mathjax_url="")
    bodies = {run.name: exporter.from_notebook_node(run.notebook)[0] for run in runs}
    for run in runs:
        page = template.render(style=style, highlighting=HIGHLIGHTING, run=run, body=Markup(bodies[run.name]))
        (folder / "notebooks" / f"{run.name}.html").write_text(page, encoding="utf-8")
    return bodies


def _files_inside(folder, study, report):
    """Files of the report that the page holds, by name, and which patient data are among them."""
    names = [name for name in FILES_INSIDE if (folder / name).is_file()]
    names += [f"tables/{name}.csv" for run in report.runs for name in run.tables]
    patients = [f"{DATA}{name}" for name in report.data_files]
    size = sum((folder / name).stat().st_size for name in patients)
    holding = page_data(study, bool(patients) and size <= MOST_BYTES_OF_PATIENTS)
    names += patients if holding == "analysis-data" else []
    files = {name: (folder / name).read_text(encoding="utf-8") for name in names}
    if holding == "event-tables":
        texts = {Path(name).stem: (folder / name).read_text(encoding="utf-8") for name in patients}
        files |= event_tables(study, texts)
    return files, holding


def _data_inside(files):
    """Parts of the analysis data that are in the page."""
    return {Path(name).stem for name in files if name.startswith(DATA)}


def _ledger_parts(study, entries):
    """The entries by what they are about, in the order of the first of each."""
    parts = {}
    for entry in entries:
        parts.setdefault(subject(study, entry.key), []).append(entry)
    return parts


def _environment(study, numbers, html):
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: html.number(value) if isinstance(value, NumberText) else value,
    )
    environment.globals.update(study=study, numbers=numbers, html=html, confidence_level=formatting.level_text)
    environment.globals.update(rule_in_words=rule_in_words, estimand=estimand, estimand_source=ESTIMAND_SOURCE)
    environment.globals.update(
        competing_in_words=competing_in_words,
        own_blocks=blocks_of,
        criteria_in_words=criteria_in_words,
        first_rows=FIRST_ROWS,
        folded=folded,
        rate_unit=formatting.RATE,
        most_bands=MOST_BANDS,
        subgroup_level=subgroup_level,
        heading=heading,
        level_of=lambda key: level_of(study, key),
    )
    environment.globals.update(p_sign=styles.style().p)
    numbering = Numbering(study)
    environment.globals.update(begin_section=numbering.begin, whole_section=numbering.whole_section)
    environment.globals.update(caption=numbering.caption, captioned=numbering.captioned, next_figure=numbering.figure)
    environment.globals.update(procedure_in_words=procedure_in_words, decided_families=decided_families)
    environment.globals.update(variant_in_words=variant_in_words, response_variant_in_words=response_variant_in_words)
    environment.globals.update(key=Key, measure_words=measure_words, label=lambda key: label(study, key))
    environment.globals.update(label_within=lambda key: label_within(study, key))
    environment.filters.update(lower_first=lower_first, measure_words=measure_words, as_printed=as_printed)
    environment.filters["words_of_table"] = lambda name, run: name.removeprefix(f"{run}.").replace("_", " ")
    environment.filters["endpoint_of"] = lambda run: str(study.runs[run].parameters.get("endpoint", ""))
    environment.filters["capitalize_first"] = lambda text: text[:1].upper() + text[1:]
    return environment


def _section(study, run):
    notebook = study.runs[run.name].notebook
    template = f"{notebook}.html"
    return template if notebook in BUNDLED_NOTEBOOKS and (TEMPLATES / template).is_file() else "other.html"


def _rows(text):
    """A table of the report as dicts; a line break within a cell ends no row."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _inline(drawing):
    """SVG for the page: it scales with its column, and its identifiers do not clash with those of other figures."""
    prefix = re.sub(r"[^A-Za-z0-9]", "-", drawing.name)
    svg = with_presentation_attributes(drawing.svg)
    svg = TAG.sub(lambda tag: REFERENCE.sub(rf"\g<0>{prefix}-", tag[0]), svg)
    start = rf'<svg data-figure="{escape(drawing.name)}" role="img" aria-hidden="true" '
    return re.sub(r'<svg ([^>]*?)width="[^"]*"', rf"{start}\1", svg, count=1)


def _font():
    return base64.b64encode((TEMPLATES / "source-sans-3.woff2").read_bytes()).decode("ascii")


def _methods(study, records):
    """Each method with the numbers that it made, in the order of the report; those of a table in one word."""
    methods = {}
    for key, record in records.items():
        if getattr(record.result, "unit", "") not in ("patients", "events", formatting.MASKED):
            method, made = _method_and_made(study, key, record.result.method)
            methods.setdefault(method, {})[made] = None
    return {method: list(made) for method, made in methods.items() if method}


def _method_and_made(study, key, method):
    """A method, and what it made: of many numbers of one table the table."""
    if key.section == "sensitivity":
        made = f"Sensitivity of {sensitivity_subject(study, key)}, each analysis"
        return method_without_variant(study, key, method), made
    of_terms = key.section == "safety" and key.measure in TABLES_OF_TERMS
    return method, TABLES_OF_TERMS[key.measure] if of_terms else label(study, key)
