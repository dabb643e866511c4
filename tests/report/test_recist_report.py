"""The report of a trial of 120 patients with solid tumours, end to end, and what of it is masked."""

import csv
import re

import pytest
from recist_trial import PER_ARM, SCREENED, TRIAL, recist_tables
from report_project import Page, ReportProject
from small_trial import write_trial

from smmlib.analysis import Key
from smmlib.display.formatting import is_masked
from smmlib.report.disclosure.masked_numbers import masked_numbers
from smmlib.report.notebook import response_drawings
from smmlib.trial import derive, read_study


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    project = ReportProject(tmp_path_factory.mktemp("tumours"))
    file = write_trial(project.folder / "params", TRIAL, **recist_tables())
    return project.make(file.rename(project.params("solid-tumours")).stem)


@pytest.fixture(scope="module")
def text(report):
    return re.sub(r"\s+", " ", " ".join(Page(report / "index.html").text))


@pytest.mark.by_hand
@pytest.mark.end_to_end
def test_the_page_names_the_criteria_and_never_myeloma(text):
    for words in (
        "Response by RECIST 1.1",
        "Best overall response, partial response or better in",
        "Responses are confirmed 28 days later or more. Stable disease takes 49 days from the start.",
        "NON-CR/NON-PD, neither complete response nor progression",
        "Difference, stratified (95% CI)",
        "P by the Cochran–Mantel–Haenszel test, stratified",
        "Stratified by liver metastases.",
        f"Assessments that do not count: {SCREENED} on or before the start, 20 mg",
        "Response in subgroups Response is partial response or better.",
        "Best overall response: odds ratio of response of the drug at 20 mg relative to placebo",
    ):
        assert words in text
    assert "yeloma" not in text
    assert re.findall(r"\b(?:nan|None|inf|undefined)\b", text) == []


@pytest.mark.by_hand
@pytest.mark.end_to_end
def test_the_figures_of_single_patients_are_in_the_page_and_beside_it(report, text):
    drawn = {file.stem for file in (report / "figures").glob("response.*.svg")}
    assert drawn == {"response.split", "response.waterfall", "response.swimmer"}
    assert f"a bar for each of {3 * PER_ARM - 3} of {3 * PER_ARM} patients" in text
    assert "a lane for each patient, darker in response" in text


@pytest.mark.by_hand
@pytest.mark.end_to_end
def test_the_assessments_lie_beside_the_page(report):
    with (report / "analysis_data" / "assessments.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    before = [row for row in rows if row["passed_over"] == "on or before the start"]
    assert [(row["recorded"], row["category"], row["day"]) for row in before] == [("CR", "NE", "-30.0")] * 3 * SCREENED


def masked(folder, limit):
    endpoints = {name: rule for name, rule in TRIAL["endpoints"].items() if name != "duration"}
    changes = {"suppress_below": limit, "privacy": "hashed", "endpoints": endpoints}
    file = write_trial(folder, TRIAL | changes, **recist_tables())
    data = derive(read_study(file))
    return data, masked_numbers(data)


@pytest.mark.by_hand
def test_small_counts_and_what_gives_them_away_are_masked(tmp_path):
    """Two of placebo responded, and 7 of each arm had a response before randomisation: under 8 both are masked."""
    data, numbers = masked(tmp_path, 8)
    about = {"phase": "best", "arm": "high", "reference": "placebo"}
    for measure, variant in (
        ("rate_difference", ""),
        ("rate_difference", "stratified"),
        ("odds_ratio", "stratified"),
        ("cochran_mantel_haenszel_test", "stratified"),
    ):
        assert is_masked(numbers[Key("response", measure, **about, variant=variant)])
    assert is_masked(numbers[Key("response", "passed_over", arm="high", level="on or before the start")])
    assert response_drawings(data) == {}


@pytest.mark.by_hand
def test_counts_that_are_large_enough_are_shown(tmp_path):
    _, numbers = masked(tmp_path, 5)
    assert numbers[Key("response", "passed_over", arm="high", level="on or before the start")].value == SCREENED


@pytest.mark.by_hand
def test_nothing_of_the_subgroups_of_response_is_shown_where_counts_are_masked(tmp_path):
    _, numbers = masked(tmp_path, 2)
    of_subgroups = [result for key, result in numbers.items() if key.section == "response_subgroups"]
    assert len(of_subgroups) > 40
    assert all(map(is_masked, of_subgroups))
