"""A section of one's own: the notebook of docs/own-section.md becomes a part of the report, as the page says."""

import csv
import re

import nbformat
import pytest
from project_files import PROJECT
from small_trial import STUDY, write_trial

from smmlib.report.command import main

pytestmark = pytest.mark.by_hand

PAGE = (PROJECT / "docs" / "own-section.md").read_text(encoding="utf-8")
TEXT = "# Frailty at *baseline*\n\nScored by ![nobody](http://example.org/x.png) <script>alert(1)</script>."
SCORES = [0, 1, 2, 3, 4, 0, 2, ""]


def notebook(cells):
    """A notebook of the code cells, the first tagged as the parameters, with a text before the third."""
    made = [nbformat.v4.new_code_cell(source) for source in cells]
    made[0].metadata["tags"] = ["parameters"]
    made.insert(2, nbformat.v4.new_markdown_cell(TEXT))
    return nbformat.v4.new_notebook(cells=made)


def write_study(folder, **changes):
    subjects = [
        {
            "USUBJID": f"P-{number}",
            "TRT01P": "AB"[number % 2],
            "RANDDT": "2020-01-01",
            "DTHDT": "" if number % 3 else f"2020-0{number + 2}-01",
            "LSTALVDT": "2020-12-01" if number % 3 else f"2020-0{number + 2}-01",
            "FRAILTY": score,
        }
        for number, score in enumerate(SCORES)
    ]
    runs = {"population": {"notebook": "population"}, "frailty": {"notebook": "frailty"}}
    return write_trial(folder, STUDY | {"runs": runs, "notebooks": "mine"} | changes, subjects=subjects)


@pytest.fixture
def params(tmp_path):
    (tmp_path / "mine").mkdir()
    cells = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    nbformat.write(notebook(cells), tmp_path / "mine" / "frailty.ipynb")
    return write_study(tmp_path)


@pytest.mark.end_to_end
def test_the_notebook_of_the_page_is_a_section(params, tmp_path, capfd):
    assert main([str(params), "--reports", str(tmp_path / "reports")]) == 0, capfd.readouterr().err
    folder = tmp_path / "reports" / "small"
    with (folder / "numbers.csv").open(newline="", encoding="utf-8") as stream:
        counts = {row["record"]: float(row["value"]) for row in csv.DictReader(stream) if row["section"] == "frailty"}
    assert counts == {"frailty.frail.a": 3, "frailty.frail.b": 1}
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "<h2>Frailty at <em>baseline</em></h2>" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "example.org" not in page
    assert "Frailty scores at baseline by arm" in page
    places = [
        page.index(text) for text in ("Frailty at", "frail.a", "</strong> Frailty scores at baseline by arm", "75%")
    ]
    assert places == sorted(places)


def test_a_notebook_that_is_not_there_is_told_with_those_that_are(params, tmp_path, capfd):
    (tmp_path / "mine" / "frailty.ipynb").rename(tmp_path / "mine" / "frailness.ipynb")
    assert main([str(params), "--reports", str(tmp_path / "reports")]) == 2
    said = capfd.readouterr().err
    assert "there is no notebook 'frailty'; there are baseline, disposition, exposure, frailness, " in said
    assert not (tmp_path / "reports" / "small").exists()


def test_a_report_in_the_folder_of_the_notebooks_is_refused(params, tmp_path, capfd):
    (tmp_path / "mine").rename(tmp_path / "small")
    write_study(tmp_path, notebooks="small")
    assert main([str(params), "--reports", str(tmp_path)]) == 2
    assert (tmp_path / "small" / "frailty.ipynb").is_file()
    assert "would be the report" in capfd.readouterr().err
