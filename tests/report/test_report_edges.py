"""A trial at the edge gets its report: no event in an arm, no stratum with both, landmarks beyond the times."""

import csv
import re

import pytest
import yaml
from report_project import Page, ReportProject, numbers_of

pytestmark = pytest.mark.by_hand

ENDPOINT = {"curve_label": "Event-free", "start": "RANDDT", "censor": "LSTALVDT"}
EDGE = {
    "study": "edge",
    "title": "A < B & C",
    "trial": "Sixteen invented patients",
    "reference": "nothing published",
    "data": {"origin": "synthetic", "note": "Invented.", "subjects": "adsl.csv"},
    "time_unit": "months",
    "arms": {
        "variable": "TRT01P",
        "reference": "old",
        "levels": [
            {"id": "new", "value": "New", "label": "New <20 mg>", "name": "new"},
            {"id": "old", "value": "Old", "label": "Old & tried", "name": "old"},
        ],
    },
    "randomised": "RANDFL",
    "populations": {"all": {"label": "all"}},
    "population": "all",
    "strata": [{"variable": "STRAT1R", "label": "Site"}],
    "follow_up": {"endpoint": "os", "estimator": "reverse-kaplan-meier"},
    "endpoints": {
        "os": {**ENDPOINT, "label": "OS by review", "event_label": "Death", "event": {"DTHDT": "death"}},
        "pfs": {
            **ENDPOINT,
            "label": "PFS",
            "event_label": "Event",
            "event": {"PROGDT": "progression", "DTHDT": "death"},
        },
    },
    "phases": [
        {
            "id": "extension",
            "label": "Extension",
            "plan": "never begun",
            "days": 10,
            "start": "PH1SDT",
            "end": "PH1EDT",
            "ongoing_until": "LSTALVDT",
        }
    ],
    "analysis": {
        "conf_level": 0.9,
        "conf_type": "plain",
        "ties": "breslow",
        "landmarks": [4.5, 60],
        "axis_times": [0, 6, 12],
    },
    "runs": {
        "population": {"notebook": "population"},
        "os": {"notebook": "time_to_event", "parameters": {"endpoint": "os"}},
        "pfs": {"notebook": "time_to_event", "parameters": {"endpoint": "pfs"}},
    },
}


def subjects():
    """Nobody dies with the new treatment, everybody with the old; a site has one arm; one is not randomised."""
    header = ["USUBJID", "TRT01P", "RANDFL", "RANDDT", "STRAT1R", "PROGDT", "DTHDT", "LSTALVDT", "PH1SDT", "PH1EDT"]
    rows = [["screened", "", "N", "", "", "", "", "", "", ""]]
    for patient in range(8):
        day = f"{2 + patient:02d}"
        progressed = f"2020-06-{day}" if patient % 2 else ""
        rows.append([f"n{patient}", "New", "Y", "2020-01-01", "north", progressed, "", f"2020-12-{day}", "", ""])
        rows.append(
            [
                f"o{patient}",
                "Old",
                "Y",
                "2020-01-01",
                "south",
                f"2020-05-{day}" if patient < 6 else "",
                f"2020-07-{day}",
                f"2020-07-{day}",
                "",
                "",
            ]
        )
    return [header, *rows]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    project = ReportProject(tmp_path_factory.mktemp("edge"))
    with (project.folder / "params" / "adsl.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(subjects())
    project.params("edge").write_text(yaml.safe_dump(EDGE, sort_keys=False), encoding="utf-8")
    return project


@pytest.fixture(scope="module")
def report(project):
    return project.make("edge")


@pytest.mark.end_to_end
def test_nothing_missing_shows(report):
    text = re.sub(r"\s+", " ", " ".join(Page(report / "index.html").text))
    assert re.findall(r"\b(?:nan|None|inf|undefined)\b", text) == []
    assert "A < B & C" in text
    assert "New <20 mg>" in text
    assert "not estimable" in text
    assert "event-free at 4.5 months" in text
    assert "not reached months" not in text
    assert "by review" in text


@pytest.mark.end_to_end
def test_no_hazard_ratio_is_made_up(report):
    numbers = numbers_of(report)
    assert numbers["os.hazard_ratio.new_vs_old"]["value"] == ""
    assert "no event in arm 'New <20 mg>'" in numbers["os.hazard_ratio.new_vs_old"]["method"]
    assert numbers["pfs.hazard_ratio.stratified.new_vs_old"]["value"] == ""
    assert numbers["pfs.logrank.stratified.new_vs_old"]["p_value"] == ""
    assert numbers["os.survival.60.new"]["value"] == ""
    assert numbers["os.survival.60.old"]["value"] == "0.0"
    assert float(numbers["pfs.hazard_ratio.new_vs_old"]["value"]) > 0
    assert numbers["pfs.hazard_ratio.new_vs_old"]["conf_level"] == "0.9"
    assert "Breslow ties" in numbers["pfs.hazard_ratio.new_vs_old"]["method"]
    assert numbers["population.extension.started"]["value"] == "0.0"
    assert numbers["population.randomised"]["value"] == "16.0"


def test_synthetic_tables_are_not_taken_for_patients(project):
    table = project.folder / "smmlib" / "datasets" / "quiredex-2013" / "adsl.csv"
    text = project.params("quiredex-2013").read_text(encoding="utf-8")
    text = text[: text.index("synthetic:\n")].replace("origin: synthetic", "origin: patients")
    text = text.replace("study: quiredex-2013", "study: pretended")
    project.params("pretended").write_text(text, encoding="utf-8")
    with pytest.raises(Exception, match=r"STUDYID says that the patients are synthetic"):
        project.make("pretended")
    assert "SYNTHETIC" in table.read_text(encoding="utf-8")
