"""A report from a published figure: labelled wherever it can be read, with the quality of what it rests on."""

import json
import shutil

import pytest
from report_project import PROJECT, Page, numbers_of, rows

from smmlib.report.command import main

pytestmark = pytest.mark.end_to_end

LABEL = "Reconstructed from published curves, not patients"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The report of the example in docs, run from a folder that holds nothing but its parameters."""
    folder = tmp_path_factory.mktemp("curves")
    shutil.copy(PROJECT / "docs" / "curves-example" / "study.yaml", folder)
    assert main([str(folder / "study.yaml"), "--reports", str(folder / "reports"), "--jobs", "2"]) == 0
    return folder / "reports" / "freireich-1963-curves"


@pytest.mark.invariant
def test_everything_says_that_these_are_no_patients(report):
    pages = [report / "index.html", *report.glob("notebooks/*.html"), *report.glob("notebooks/*.ipynb")]
    figures = list(report.glob("figures/*.svg"))
    assert (len(pages), len(figures)) == (7, 3)
    for file in pages + figures:
        assert LABEL in file.read_text(encoding="utf-8"), file.name
    for name in ("numbers.csv", "ledger.csv", "analysis_data/times.csv", "tables/reconstruction.remarks.csv"):
        assert {row["data"] for row in rows(report / name)} == {"reconstructed"}, name
    manifest = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["origin"] == "reconstructed"
    assert list(manifest["curves"]) == ["remission.placebo.figure.file", "remission.6-mp.figure.file"]
    assert all(row["patient"].startswith("RECON-") for row in rows(report / "analysis_data" / "times.csv"))


@pytest.mark.oracle
def test_the_truth_that_the_figure_was_drawn_from_comes_back(report):
    """R's Cox coefficient, and the log-rank chi-square and medians of the textbook."""
    assert {row["verdict"] for row in rows(report / "ledger.csv")} == {"reproduced"}
    assert len(rows(report / "ledger.csv")) == 4


@pytest.mark.by_hand
def test_quality_is_recorded_and_shown(report):
    numbers = numbers_of(report)
    assert numbers["reconstruction.remission.events.6-mp"]["value"] == "9.0"
    assert float(numbers["reconstruction.remission.largest_error.6-mp"]["value"]) < 1e-4
    assert numbers["reconstruction.remission.at_risk_difference.6-mp"]["value"] == "0.0"
    text = " ".join(" ".join(Page(report / "index.html").text).split())
    for words in ("Root mean squared error", "KMDATA score", "none published", "Warning: 1 censored patients"):
        assert words in text
