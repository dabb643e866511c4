"""A report of three arms with baseline characteristics and subgroups: the tables and figures that the page shows."""

import csv
from random import Random

import pytest
from report_project import Page, ReportProject
from small_trial import write_trial
from three_arm_trial import ARMS, ENDPOINT

pytestmark = pytest.mark.end_to_end

PATIENTS = 26
STUDY = {
    "study": "described",
    "privacy": "hashed",
    "arms": ARMS,
    "randomised": None,
    "baseline": [
        {"variable": "AGE", "label": "Age", "unit": "years", "decimals": 0},
        {"variable": "SEX", "label": "Sex", "levels": {"F": "Female", "M": "Male"}},
        {"variable": "STAGE", "label": "Stage"},
    ],
    "disposition": [{"variable": "EOSSTT", "label": "End of study"}],
    "exposure": [
        {"variable": "TRTDURD", "label": "Duration", "unit": "days", "decimals": 0},
        {"variable": "RDI", "label": "Relative dose intensity", "unit": "%", "table": "exposure"},
    ],
    "subgroups": [
        {"variable": "SEX", "label": "Sex"},
        {"variable": "AGE", "label": "Age", "cuts": [60], "unit": "years"},
        {"variable": "STAGE", "label": "Stage"},
    ],
    "endpoints": {"os": {**ENDPOINT, "label": "Overall survival", "paramcd": "OS"}},
    "runs": {
        "disposition": {"notebook": "disposition"},
        "baseline": {"notebook": "baseline"},
        "exposure": {"notebook": "exposure"},
        "subgroups": {"notebook": "subgroups", "parameters": {"endpoint": "os"}},
    },
}


def tables():
    """Twenty-six patients an arm; of Levamisole nobody in stage III has the event, and one age is missing."""
    draw = Random(7)
    subjects, times, exposure = [], [], []
    for arm in ("Lev+5FU", "Lev", "Obs"):
        for number in range(PATIENTS):
            name, stage = f"P{draw.randrange(10**6)}", ("II", "III", "I")[number % 3]
            age = "" if (arm, number) == ("Lev", 0) else draw.randrange(40, 80)
            subjects.append({"USUBJID": name, "TRT01P": arm, "AGE": age, "SEX": "FM"[number % 2], "STAGE": stage})
            subjects[-1] |= {"EOSSTT": ("Completed", "Left")[number % 2], "TRTDURD": 10 + number}
            exposure.append({"USUBJID": name, "PARAMCD": "RDI", "AVAL": 100 - number})
            censored = draw.random() < 0.3 or (arm, stage) == ("Lev", "III")
            times.append({"USUBJID": name, "PARAMCD": "OS", "AVAL": draw.randrange(20, 900), "CNSR": int(censored)})
    return {"subjects": subjects, "times": times, "exposure": exposure}


@pytest.fixture(scope="module", params=[None, 4], ids=["open", "masked"])
def report(request, tmp_path_factory):
    project = ReportProject(tmp_path_factory.mktemp("project"))
    masks = {"suppress_below": request.param} if request.param else {}
    write_trial(project.folder / "params", STUDY | masks, **tables()).rename(project.params("described"))
    return request.param, project.make("described")


def numbers(folder):
    with (folder / "numbers.csv").open(newline="", encoding="utf-8") as stream:
        return {row["record"]: row for row in csv.DictReader(stream)}


@pytest.mark.by_hand
def test_the_page_has_the_table_and_a_forest_plot_for_each_comparison(report):
    limit, folder = report
    text = " ".join(" ".join(Page(folder / "index.html").text).split())
    for words in ("Baseline characteristics", "Age, years", "Mean (SD)", "Female", "Overall survival in subgroups"):
        assert words in text
    for words in (
        "Disposition",
        "Exposure to treatment",
        "Relative dose intensity, %",
        "masked" if limit else "13 (50.0%)",
    ):
        assert words in text
    figures = sorted(file.name for file in (folder / "figures").glob("*.svg"))
    assert figures == ["os.forest-lev-5fu-obs.svg", "os.forest-lev-obs.svg"]
    drawn = (folder / "figures" / "os.forest-lev-obs.svg").read_text(encoding="utf-8")
    assert "favours Levamisole" in drawn
    assert ("masked" if limit else "not estimable") in drawn


@pytest.mark.by_hand
def test_counts_are_those_of_the_table_and_masked_where_small(report):
    limit, folder = report
    rows, women = numbers(folder), PATIENTS // 2
    assert rows["baseline.category(SEX: F).lev"]["value"] == f"{women}.0"
    assert rows["baseline.category(SEX: F)"]["value"] == f"{3 * women}.0"
    assert rows["baseline.missing(AGE).lev"]["value"] == ("" if limit else "1.0")
    assert rows["baseline.mean(AGE).lev"]["unit"] == ("masked" if limit else "years")
    assert rows["disposition.category(EOSSTT: Left).lev"]["value"] == ("" if limit else "13.0")
    assert float(rows["exposure.mean(TRTDURD).lev"]["value"]) == 10 + 25 / 2
    assert float(rows["exposure.mean(RDI)"]["value"]) == 100 - 25 / 2
    assert rows["subgroups.os.hazard_ratio(STAGE: III).lev_vs_obs"]["value"] == ""
    assert rows["subgroups.os.hazard_ratio.lev_vs_obs"]["value"]


@pytest.mark.other_package
def test_numbers_are_computed_twice_and_agree(report):
    limit, folder = report
    with (folder / "verification.csv").open(newline="", encoding="utf-8") as stream:
        checks = [row for row in csv.DictReader(stream) if row["program"]]
    assert {check["verdict"] for check in checks} == {"agrees"}
    sections = {check["record"].partition(".")[0] for check in checks}
    shown = {"baseline", "exposure", "subgroups"}
    assert sections == (shown if limit else {*shown, "disposition"})


@pytest.mark.invariant
def test_what_describes_a_patient_leaves_the_data_only_where_nothing_is_masked(report):
    limit, folder = report
    assert (folder / "analysis_data").exists() == (limit is None)
    header = "" if limit else (folder / "analysis_data" / "subjects.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header.endswith("" if limit else ",AGE,SEX,STAGE,EOSSTT,TRTDURD,RDI,data")
