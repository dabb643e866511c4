"""A report end to end: every claim reproduced, the same bytes twice, one page that needs nothing else."""

import csv
import json
import math
import re

import pytest
from report_project import PROJECT, STUDIES, Page, ReportProject, contents

from smmlib.report.second_implementation import second_implementation

pytestmark = pytest.mark.by_hand


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return ReportProject(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module", params=STUDIES)
def report(project, request):
    return project.make(request.param)


def rows(file):
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_every_claim_is_reproduced(report):
    ledger = rows(report / "ledger.csv")
    assert len(ledger) >= 10
    assert {row["verdict"] for row in ledger} == {"reproduced"}


def test_every_recomputed_number_agrees(report):
    checks = rows(report / "verification.csv")
    assert {row["verdict"] for row in checks} == {"agrees"}
    assert {row["program"] for row in checks} == {"lifelines", "statsmodels"}
    assert max(float(row["difference"]) for row in checks) < 1e-6


def test_nothing_that_is_recomputed_goes_unrecorded(project, report):
    """A renamed record would lose its second implementation without a word."""
    recorded = {row["record"] for row in rows(report / "numbers.csv")}
    recomputed = {record for record, *_ in second_implementation(project.params(report.name))}
    assert recomputed <= recorded
    assert len(recomputed) >= 7


def test_committed_numbers_are_those_of_a_fresh_report(report):
    """Compared as numbers, since another processor may change the last digit."""
    for name in ("numbers.csv", "ledger.csv"):
        committed, fresh = rows(PROJECT / "reports" / report.name / name), rows(report / name)
        assert len(committed) == len(fresh)
        for old, new in zip(committed, fresh, strict=True):
            assert old.keys() == new.keys()
            for column, value in new.items():
                assert same_number(old[column], value), f"{name}: {new.get('record')} {column}"


def same_number(old, new):
    try:
        return math.isclose(float(old), float(new), rel_tol=1e-9)
    except ValueError:
        return old == new or all(map(same_number, old.split("; "), new.split("; "))) if ";" in new else old == new


def test_a_second_run_leaves_the_same_bytes(project, report):
    first = contents(report)
    again = contents(project.make(report.name))
    assert first.keys() == again.keys()
    assert [name for name in first if first[name] != again[name]] == []


def test_plain_kernels_leave_the_same_bytes(project, report):
    forked = contents(report)
    plain = contents(project.make(report.name, kernels="plain"))
    assert [name for name in forked if forked[name] != plain[name]] == []


def test_manifest_says_what_went_in(report):
    manifest = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["study"] == report.name
    assert set(manifest["data"]) >= {"subjects"}
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in manifest["data"].values())
    assert {"python", "numpy", "smmlib"} <= manifest["versions"].keys()


def test_the_page_needs_nothing_else_and_its_links_lead_somewhere(report):
    page = Page(report / "index.html")
    for address in page.addresses:
        assert "//" not in address, f"{address} is elsewhere"
        file, _, anchor = address.partition("#")
        target = report / file if file else report / "index.html"
        assert target.is_file(), f"{address} leads nowhere"
        assert not anchor or anchor in Page(target).ids, f"{address} leads to no cell"


def test_nothing_missing_shows_in_the_pages(report):
    for file in [report / "index.html", *report.glob("notebooks/*.html")]:
        words = re.findall(r"\b(?:nan|None|inf|undefined)\b", " ".join(Page(file).text))
        assert words == [], f"{file.name} shows {words}"


def test_no_notebook_warns(report):
    for file in report.glob("notebooks/*.ipynb"):
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        streams = [output for cell in cells for output in cell.get("outputs", []) if output.get("name") == "stderr"]
        assert streams == [], file.name


def test_synthetic_patients_are_called_so_on_every_page_and_real_ones_are_not(report):
    for file in [report / "index.html", *report.glob("notebooks/*.html")]:
        called_synthetic = "Synthetic patients" in file.read_text(encoding="utf-8")
        assert called_synthetic == (report.name == "quiredex-2013"), file.name


def test_what_a_study_lacks_is_not_mentioned(project):
    page = (project.reports / "freireich-1963" / "index.html").read_text(encoding="utf-8")
    text = " ".join(Page(project.reports / "freireich-1963" / "index.html").text)
    for word in ("Response", "Induction", "Maintenance", "excluded", "tratified", "months", "seed"):
        assert word not in text
    assert "weeks" in page


def test_every_number_has_a_method_and_a_cell_that_made_it(report):
    for row in rows(report / "numbers.csv"):
        assert row["method"]
        file, _, cell = row["notebook"].partition("#")
        cells = json.loads((report / file).read_text(encoding="utf-8"))["cells"]
        source = "".join(next(c["source"] for c in cells if c.get("execution_count") == int(cell)))
        assert "records[" in source


def test_template_types_no_number():
    """Numbers of a page come from records: outside tags and expressions the templates hold no digit."""
    for template in (PROJECT / "smmlib/report/page").glob("*.html"):
        text = re.sub(r"\{[{%].*?[%}]\}|<[^>]*>|P</th>", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert re.findall(r"\d+", text) == [], template.name
