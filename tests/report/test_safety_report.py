"""The section of adverse events in a report: every count on the page, its second implementation, and what is masked."""

import csv
import json
import re

import pytest
from adverse_event_tables import STUDY, tables
from report_project import Page, ReportProject
from small_trial import read_trial, write_trial

from smmlib.analysis import Key
from smmlib.report.check import understanding
from smmlib.report.verification.second_implementation import second_implementation
from smmlib.trial import derive
from smmlib.trial.tables.problems import DataError

pytestmark = pytest.mark.by_hand

LIMIT = 5
MASKED = STUDY | {"study": "masked", "population": "safety", "suppress_below": LIMIT, "privacy": "hashed"}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return ReportProject(tmp_path_factory.mktemp("project"))


def report_of(project, study, rows):
    write_trial(project.folder / "params", study, **rows).rename(project.params(study["study"]))
    return project.make(study["study"])


@pytest.fixture(scope="module")
def rows():
    return tables(1)


@pytest.fixture(scope="module")
def report(project, rows):
    return report_of(project, STUDY | {"safety": STUDY["safety"] | {"terms": ["Sepsis, fungal"]}}, rows)


@pytest.fixture(scope="module")
def masked(project, rows):
    return report_of(project, MASKED, rows)


def table(file):
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def text_of(report):
    return " ".join("".join(Page(report / "index.html").text).split())


@pytest.mark.end_to_end
def test_page_says_what_is_counted_and_how(report):
    text = text_of(report)
    assert "Treatment-emergent adverse events are counted: those with TRTEMFL Y." in text
    assert "safety population, by the treatment received" in text
    assert "Related to treatment are events whose AEREL is POSSIBLE or PROBABLE, or is not given." in text
    assert "Patients are at risk from TRTSDT to 7 days after TRTEDT or DTHDT, whichever is first." in text
    assert "5% or more of the patients of an arm have, and those that the parameters name" in text


@pytest.mark.end_to_end
def test_every_number_of_the_section_is_recorded_with_its_count(report, rows):
    numbers = {row["record"]: row for row in table(report / "numbers.csv") if row["section"] == "safety"}
    safe = {row["USUBJID"]: row["TRT01A"] for row in rows["subjects"] if row["SAFFL"] == "Y"}
    counted = [row for row in rows["adverse_events"] if row["TRTEMFL"] == "Y" and row["USUBJID"] in safe]
    serious = [row for row in counted if row["AESER"] == "Y" and safe[row["USUBJID"]] == "High"]
    assert float(numbers["safety.events.serious.high"]["value"]) == len(serious)
    assert float(numbers["safety.patients.serious.high"]["value"]) == len({row["USUBJID"] for row in serious})
    nausea = [row for row in counted if row["AEDECOD"].lower() == "nausea" and safe[row["USUBJID"]] == "Low"]
    name = "safety.patients(Gastrointestinal disorders: Nausea).low"
    assert float(numbers[name]["value"]) == len({row["USUBJID"] for row in nausea})
    assert numbers[name]["method"] == "Number of patients: Nausea, treatment-emergent"
    assert numbers["safety.rate.any.placebo"]["unit"] == "per 100 patient-years"
    assert "safety.worst_grade_unknown(Skin disorders).low" in numbers
    assert "safety.difference.any.low_vs_placebo" in numbers


@pytest.mark.end_to_end
def test_second_implementation_agrees_on_every_count_and_rate(report):
    checks = [row for row in table(report / "verification.csv") if row["record"].startswith("safety.")]
    checks = [row for row in checks if row["program"]]
    assert {row["verdict"] for row in checks} == {"agrees"}
    assert {row["program"] for row in checks} - {"R"} == {"pandas", "statsmodels"}
    numbers = {row["record"] for row in table(report / "numbers.csv") if row["record"].startswith("safety.")}
    numbers = {name for name in numbers if ".population." not in name and ".difference" not in name}
    above_zero = {row["record"] for row in table(report / "numbers.csv") if row["value"] and float(row["value"]) > 0}
    assert numbers & above_zero <= {row["record"] for row in checks}


@pytest.mark.end_to_end
def test_all_terms_are_in_a_table_beside_the_page(report, rows):
    terms = {row["term"].lower() for row in table(report / "tables" / "safety.terms.csv")}
    safe = {row["USUBJID"] for row in rows["subjects"] if row["SAFFL"] == "Y"}
    counted = [row for row in rows["adverse_events"] if row["TRTEMFL"] == "Y" and row["USUBJID"] in safe]
    assert terms == {row["AEDECOD"].lower() for row in counted}
    assert "tables/safety.terms.csv" in Page(report / "index.html").addresses


@pytest.mark.end_to_end
def test_links_of_the_section_lead_to_the_notebook(report):
    anchors = Page(report / "notebooks" / "safety.html").ids
    links = [link for link in Page(report / "index.html").addresses if link.startswith("notebooks/safety.html#")]
    assert len(links) > 300
    assert {link.partition("#")[2] for link in links} <= anchors


@pytest.mark.end_to_end
def test_masked_report_shows_no_small_count(masked):
    assert not list((masked / "tables").glob("*.csv"))
    assert not (masked / "analysis_data").exists()
    shown = [row for row in table(masked / "numbers.csv") if row["section"] == "safety"]
    assert {row["unit"] for row in shown} >= {"masked", "patients", "events"}
    counts = [float(row["value"]) for row in shown if row["unit"] in ("patients", "events")]
    assert len(counts) > 30
    assert [value for value in counts if 0 < value < LIMIT] == []
    notebook = (masked / "notebooks" / "safety.ipynb").read_text(encoding="utf-8")
    for value in re.findall(r'"value": ([\d.]+)[^{}]*?"unit": "(?:patients|events)"', notebook):
        assert float(value) == 0 or float(value) >= LIMIT
    printed = [output for cell in json.loads(notebook)["cells"] for output in cell.get("outputs", [])]
    assert "Not shown, because counts under suppress_below" in json.dumps(printed)
    assert "Nothing is shown that fewer than 5 patients of every arm have." in text_of(masked)


def test_check_says_how_events_are_counted_and_how_many_patients_had_them(tmp_path, rows):
    study, read = read_trial(tmp_path, STUDY, **rows)
    data = derive(study, read)
    lines = [" ".join(line.split()) for line in understanding(read, data)]
    assert "adverse events Treatment-emergent adverse events are counted: those with TRTEMFL Y." in lines
    kinds = data.adverse_events.query("kind == 'serious' and affected").groupby("arm").size()
    expected = f"High dose {kinds['high']}, Low dose {kinds['low']}, Placebo {kinds['placebo']}"
    assert f"serious, treatment-emergent: {expected}" in lines


def test_safety_population_close_to_the_analysed_one_is_not_reported(tmp_path, rows):
    with pytest.raises(DataError, match=r"populations all and safety differ by \d patients in arm"):
        derive(*read_trial(tmp_path, STUDY | {"suppress_below": LIMIT}, **rows))


SIX = [
    {"USUBJID": f"{arm}{number}", "TRT01P": arm, "RANDDT": "2010-01-01", "DTHDT": "", "LSTALVDT": "2012-01-01"}
    | {"TRTSDT": "2010-01-01", "TRTEDT": "2010-12-31"}
    for arm in "AB"
    for number in range(3)
]
TWO_ARMS = {"safety": {"treatment": {"start": "TRTSDT", "end": "TRTEDT", "days_after": 0}}} | {
    "runs": {"population": {"notebook": "population"}, "safety": {"notebook": "safety"}}
}


def test_second_implementation_by_hand(tmp_path):
    """Of three patients with 365 days each one has two events, on day 100 and later, another has one, on day 165."""
    event = {"AETOXGR": "2", "AESER": "N", "AEBODSYS": "Skin"}
    events = [
        event | {"USUBJID": "A0", "AEDECOD": "Rash", "ASTDT": "2010-04-10"},
        event | {"USUBJID": "A0", "AEDECOD": "Rash", "ASTDT": "2010-05-10"},
        event | {"USUBJID": "A1", "AEDECOD": "Itch", "ASTDT": "2010-06-14"},
    ]
    file = write_trial(tmp_path, TWO_ARMS, subjects=SIX, adverse_events=events)
    found = {(key, quantity): (value, by) for key, quantity, value, by in second_implementation(file, None)}
    of_class = {"arm": "a", "factor": "Skin"}
    assert found[Key("safety", "patients", **of_class), "value"] == (2, "pandas")
    assert found[Key("safety", "events", **of_class), "value"] == (3, "pandas")
    assert found[Key("safety", "worst_grade_2", **of_class, level="Rash"), "value"] == (1, "pandas")
    years = (100 + 165 + 365) / 365.25
    assert found[Key("safety", "rate", **of_class), "value"] == (pytest.approx(200 / years, rel=1e-14), "pandas")
    numbers_of_b = [key for key, _ in found if key.arm == "b" and key.section == "safety" and key.measure != "rate"]
    assert [key for key in numbers_of_b if found[key, "value"][0]] == []
