"""Files and folders of any name: a report is made of them, or it is said in words why not; no name is run or read."""

import csv
import os
import subprocess
import sys
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from report_project import Page, ReportProject
from small_trial import STUDY, write_table

from smmlib.report import check, command
from smmlib.report.command import main

pytestmark = pytest.mark.by_hand

NAME = '{study_file.__class__}{0}{ it\'s "q" a%b%20c%s #?&<i>;`touch OWNED`$(touch OWNED)\\ é中\nx'
FORMULA = "=HYPERLINK(1)"
PATIENTS = [
    {"USUBJID": f"{arm}{day}", "TRT01P": arm, "RANDDT": "2010-01-03", "DTHDT": dead, "LSTALVDT": dead or "2011-01-01"}
    for arm in "AB"
    for day, dead in enumerate(["2010-06-01", "2010-09-09", ""])
]


def write_study(folder, name, table):
    """A study whose parameters and table have the names given."""
    content = STUDY | {"data": STUDY["data"] | {"subjects": table}}
    file = folder / f"{name}.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    write_table(folder / table, PATIENTS)
    return file


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A report of which every file and folder that may have any name has a name that something could take for more."""
    folder = tmp_path_factory.mktemp("names") / NAME
    folder.mkdir()
    project = ReportProject(folder)
    project.reports = folder / f"{NAME} reports"
    file = write_study(folder, NAME, f"{FORMULA} {NAME}.csv")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        patched.setattr(command, "PROJECT", folder)
        assert main([str(file), "--reports", str(project.reports)]) == 0
    assert not (folder / "OWNED").exists()
    return project.reports / "small"


@pytest.mark.end_to_end
def test_links_of_the_pages_lead_to_files(report):
    pages = sorted(report.rglob("*.html"))
    assert len(pages) == 3
    for page in pages:
        links = [urlsplit(address) for address in Page(page).addresses if not address.startswith("data:")]
        assert links
        for link in links:
            assert (link.scheme, link.netloc) == ("", "")
            assert not link.path or (page.parent / unquote(link.path)).is_file()


@pytest.mark.end_to_end
def test_a_name_is_told_as_it_is_and_is_no_formula(report):
    with (report / "analysis_data" / "times.csv").open(newline="", encoding="utf-8") as stream:
        sources = {row["source"] for row in csv.DictReader(stream)}
    assert sources == {f"'{FORMULA} {NAME}.csv line {line}, DTHDT" for line in (2, 3, 5, 6)} | {
        f"'{FORMULA} {NAME}.csv line {line}, LSTALVDT" for line in (4, 7)
    }


@pytest.mark.end_to_end
def test_names_that_begin_with_a_hyphen_are_names(tmp_path):
    write_study(tmp_path, "-x", "--help.csv")
    for words in (["check"], ["report", "--reports=-r"]):
        program = [sys.executable, "-m", "smmlib", *words, "--", "-x.yaml"]
        ended = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "-r" / "small" / "notebooks" / "os.ipynb").is_file()


@pytest.mark.parametrize("program", [check.main, main])
def test_parameters_whose_name_is_not_in_utf8_are_refused(tmp_path, capfd, program):
    folder = tmp_path / os.fsdecode(b"\xff")
    folder.mkdir()
    assert program([str(write_study(folder, "study", "adsl.csv"))]) == 2
    assert (
        "\\udcff/study.yaml: its name, or that of a folder above it, is not in UTF-8: rename it."
        in capfd.readouterr().err
    )


def test_a_folder_of_reports_whose_name_is_not_in_utf8_is_refused(tmp_path, capfd):
    file = write_study(tmp_path, "study", "adsl.csv")
    assert main([str(file), "--reports", str(tmp_path / os.fsdecode(b"\xff"))]) == 2
    assert "\\udcff: its name, or that of a folder above it, is not in UTF-8: rename it." in capfd.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["adsl.csv", "study.yaml"]
