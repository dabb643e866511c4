"""The example trial of awkward cases: each patient counts as the table in docs/awkward-example.md says."""

import csv
import re
import shutil
from functools import cache

import pytest
from project_files import PROJECT

from smmlib.report.check import understanding
from smmlib.report.command import main
from smmlib.trial import derive, read_study, read_tables
from smmlib.trial.endpoints.words import estimand
from smmlib.trial.parameters.endpoint_rules import BUNDLED_RULES
from smmlib.trial.privacy import names_of

pytestmark = pytest.mark.by_hand

DOCS = PROJECT / "docs"
EXAMPLE, PAGE, PAGE_OF_RULES = DOCS / "example", DOCS / "awkward-example.md", DOCS / "endpoints.md"
PFS = "progression-free-survival"
TOLD = (f"{PFS}-ema", f"{PFS}-fda-a", f"{PFS}-derived", "overall-survival")
"""Endpoints of the columns of the page's table, in their order."""
ALSO = ("time-to-progression", "time-to-next-treatment", "time-to-response", "duration-of-response")
"""Endpoints that the page does not tell patient by patient: days, + where censored, - where left out."""
DAYS = """
EX-01   364   364+   56  308
EX-02  336+   363+  336+   -
EX-03   196    231  196+   -
EX-05   168    203   28  140
EX-06   147    175  147+   -
EX-07   140    100   84+   -
EX-08   112    112  112+   -
EX-09   224    259   56  168
EX-10    0+     19    0+   -
EX-11   196    196  196+   -
EX-12   56+     70   56+   -
EX-13    0+    60+    0+   -
EX-14   112    147    0+   -
EX-15    0+   423+    0+   -
EX-16  140+   150+   84   56+
EX-18  364+   388+   59  305+
EX-19   252    287  252+   -
EX-20   84+   200+   84+   -
EX-21   280    315   56  224
EX-22  364+   374+  364+   -
EX-23  420+   443+  420+   -
EX-24  364+   367+   28  336+
EX-25  308+   332+   28  280+
EX-26  308+   318+   28  280+
EX-27  336+   353+  224  112+
EX-28    28     60   28+   -
EX-29   168   394+  168+   -
EX-30  336+   339+   31  305+
EX-31   305    345   85  220
EX-32    83    120   83+   -
EX-33   165    203  165+   -
EX-34   307    343   81  226
EX-35  334+   346+   57  277+
EX-36  308+   325+  111  197+
"""
BEST = """
EX-01 PR   PR
EX-05 PR   -
EX-06 SD   -
EX-08 SD   -
EX-09 PR   -
EX-14 NE   -
EX-15 NE   NE
EX-16 PR   -
EX-18 PR   PR
EX-23 SD   SD
EX-24 VGPR VGPR
EX-25 CR   CR
EX-26 sCR  sCR
EX-27 SD   PR
EX-28 PD   -
EX-30 VGPR VGPR
EX-31 PR   PR
"""
"""Best response in induction and in maintenance; - where that was not started."""
REASONS = {
    ("EX-01", f"{PFS}-ema"): "progression",
    ("EX-02", f"{PFS}-ema"): "censored: last assessment",
    ("EX-03", "overall-survival"): "censored: data cut-off",
    ("EX-05", f"{PFS}-fda-a"): "censored: 2 or more assessments missed before progression",
    ("EX-06", f"{PFS}-fda-a"): "progression",
    ("EX-07", f"{PFS}-fda-a"): "censored: new therapy",
    ("EX-07", f"{PFS}-derived"): "death",
    ("EX-08", f"{PFS}-fda-a"): "progression",
    ("EX-08", f"{PFS}-derived"): "death",
    ("EX-09", f"{PFS}-fda-a"): "censored: treatment discontinued",
    ("EX-10", f"{PFS}-fda-a"): "death",
    ("EX-10", "time-to-progression"): "censored: death",
    ("EX-11", f"{PFS}-ema"): "progression",
    ("EX-11", f"{PFS}-derived"): "death",
    ("EX-14", f"{PFS}-fda-a"): "censored: no baseline assessment",
    ("EX-19", "time-to-next-treatment"): "next treatment",
    ("EX-28", "time-to-response"): "censored: progression",
}
EVENTS = {  # patients with an adverse event up to the cut-off
    "any": "01 05 06 07 08 09 10 12 14 16 18 19 21 22 23 24 25 26 27 28 29 30 31 33 34 36",
    "grade_3": "06 09 10 12 18 19 21 24 26 28 30 31",
    "serious": "09 10 12 21 28 31",
    "fatal": "12",
}


@cache
def example():
    """The study, what is derived from its tables, and each patient's name in the derivations."""
    study = read_study(EXAMPLE / "example.yaml")
    tables = read_tables(study)
    patients = list(tables.subjects.index)
    return study, derive(study, tables), dict(zip(names_of(study, patients), patients, strict=True))


def outcomes(endpoint):
    """For each patient the days and +, as the page writes them, with the whole row."""
    _, derived, patients = example()
    rows = derived.endpoint(endpoint).derivation.to_dict("records")
    return {patients[row["patient"]]: ("-" if row["event"] is None else days(row), row) for row in rows}


def days(row):
    return f"{(row['end'] - row['start']).days}{'' if row['event'] else '+'}"


def responses(visit):
    _, derived, patients = example()
    rows = derived.response(visit).derivation.to_dict("records")
    return {patients[row["patient"]]: row["response"] for row in rows}


def told():
    """The rows of the page's table of patients, by patient."""
    rows = [line.strip("|\n ").split("|") for line in PAGE.read_text(encoding="utf-8").splitlines() if "| EX-" in line]
    return {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows}


def listed(text):
    return {line.split()[0]: line.split()[1:] for line in text.strip().splitlines()}


def subjects():
    with (EXAMPLE / "adsl.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_page_tells_of_every_patient():
    assert list(told()) == [row["USUBJID"] for row in subjects()]
    assert all(len(cells) == 8 for cells in told().values())
    assert {patient: cells[0] for patient, cells in told().items() if cells[0] != "-"} == {
        row["USUBJID"]: row["TRT01P"].split()[0] for row in subjects() if row["TRT01P"]
    }


def test_all_patients_are_invented():
    tables = sorted(EXAMPLE.glob("*.csv"))
    assert len(tables) == 3
    for table in tables:
        with table.open(encoding="utf-8", newline="") as stream:
            assert {"SYNTHETIC" in row["STUDYID"] for row in csv.DictReader(stream)} == {True}, table.name


@pytest.mark.parametrize(("column", "endpoint"), list(enumerate(TOLD, start=2)))
def test_outcome_is_as_the_page_tells(column, endpoint):
    expected = {patient: cells[column] for patient, cells in told().items() if cells[column] != "-"}
    assert {patient: outcome for patient, (outcome, _) in outcomes(endpoint).items()} == expected


@pytest.mark.parametrize(("column", "endpoint"), list(enumerate(ALSO)))
def test_outcome_of_the_other_endpoints(column, endpoint):
    expected = {patient: cells[column] for patient, cells in listed(DAYS).items()}
    assert {patient: outcome for patient, (outcome, _) in outcomes(endpoint).items()} == expected


@pytest.mark.parametrize(("patient", "endpoint"), REASONS)
def test_reason(patient, endpoint):
    assert outcomes(endpoint)[patient][1]["reason"] == REASONS[patient, endpoint]


def test_best_response_is_as_the_page_tells():
    assert responses("whole-course") == {patient: cells[6] for patient, cells in told().items() if cells[6] != "-"}


@pytest.mark.parametrize(("column", "phase"), list(enumerate(("induction", "maintenance"))))
def test_best_response_in_a_phase(column, phase):
    expected = {patient: cells[column] for patient, cells in listed(BEST).items() if cells[column] != "-"}
    assert responses(phase) == expected


def test_populations():
    everybody = set(outcomes("overall-survival"))
    assert everybody == {row["USUBJID"] for row in subjects()} - {"EX-04", "EX-17"}
    assert everybody - set(outcomes(f"{PFS}-per-protocol")) == {"EX-18", "EX-19", "EX-20", "EX-21"}
    as_treated = {patient: row["arm"] for patient, (_, row) in outcomes("overall-survival-as-treated").items()}
    as_randomised = {patient: row["arm"] for patient, (_, row) in outcomes("overall-survival").items()}
    assert everybody - set(as_treated) == {"EX-20"}
    assert {patient for patient, arm in as_treated.items() if arm != as_randomised[patient]} == {"EX-21"}
    assert as_treated["EX-21"] == "new"


def test_late_entry():
    study, _, _ = example()
    outcome, row = outcomes("overall-survival-from-diagnosis")["EX-22"]
    assert outcome == "804+"
    assert row["entry"] == pytest.approx(430 / (365.25 / 12), rel=1e-12)
    assert study.time_unit == "months"


def test_adverse_events():
    _, derived, patients = example()
    rows = derived.adverse_events
    assert "EX-20" not in {patients[name] for name in rows["patient"]}
    had = rows[rows["affected"]].groupby("kind")["patient"]
    assert {kind: " ".join(sorted(patients[name][-2:] for name in names)) for kind, names in had} == EVENTS


def test_page_shows_what_the_check_says():
    study, derived, _ = example()
    said = " ".join("\n".join(understanding(read_tables(study), derived)).split())
    shown = PAGE.read_text(encoding="utf-8").partition("```\nawkward-example:")[2].partition("```")[0]
    parts = " ".join(shown.split()).split(" ...")
    lines = [line for line in shown.splitlines() if line.startswith("  ") and not line.startswith("   ")]
    assert len(lines) >= 5
    assert [line for line in lines if " ".join(line.split()) not in said] == []
    assert [part for part in parts[1:] if part.strip(" ;") not in said] == []


def test_page_tells_of_every_bundled_rule():
    lines = PAGE_OF_RULES.read_text(encoding="utf-8").splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if "| `" in line]
    told_of = {cells[0].strip("`"): cells[2:5] for cells in rows if cells[0].strip("`") in BUNDLED_RULES}
    named = ("death", "new therapy", "treatment discontinued")
    strategies = {name: [estimand(rule).get(what, "event") for what in named] for name, rule in BUNDLED_RULES.items()}
    assert told_of == strategies


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The report of a copy of the example outside of the project."""
    folder = tmp_path_factory.mktemp("elsewhere")
    shutil.copytree(EXAMPLE, folder / "trial")
    assert main([str(folder / "trial" / "example.yaml"), "--reports", str(folder / "reports")]) == 0
    return folder / "reports" / "awkward-example"


@pytest.mark.end_to_end
def test_report_of_a_copy_elsewhere(report):
    study, _, _ = example()
    endpoints = {run.parameters["endpoint"] for run in study.runs.values() if "endpoint" in run.parameters}
    with (report / "analysis_data" / "times.csv").open(encoding="utf-8", newline="") as stream:
        assert {row["endpoint"] for row in csv.DictReader(stream)} == set(study.endpoints) >= endpoints
    assert (report / "analysis_data" / "responses.csv").is_file()
    assert "awkward cases" in (report / "index.html").read_text(encoding="utf-8")


@pytest.mark.end_to_end
def test_report_names_no_patient(report):
    texts = [file.read_text(encoding="utf-8") for file in report.rglob("*.*") if file.suffix in (".csv", ".html")]
    assert not [text for text in texts if re.search(r"\bEX-\d\d\b", text)]
