"""A report end to end: every claim reproduced, the same bytes twice, one page that needs nothing else."""

import csv
import json
import math
import re
from collections import Counter
from datetime import date
from functools import cache

import pytest
from report_project import PROJECT, STUDIES, Page, contents, numbers_of, rows, same_number

from smmlib.ownership.report_mark import MARK, UNSEALED, leaves
from smmlib.report.verification.second_implementation import second_implementation
from smmlib.trial import read_study, read_tables, response_at, time_to_event

pytestmark = pytest.mark.by_hand


@pytest.fixture(scope="module", params=STUDIES)
def report(shared_reports, request):
    return shared_reports.report(request.param)


OTHER_RUNS = pytest.mark.parametrize("report", ["quiredex-2013"], indirect=True)
"""That of Freireich is made again, and by plain kernels, in the surroundings of `test_report_surroundings.py`."""
ENDPOINTS = {"quiredex-2013": ("ttp", "os"), "freireich-1963": ("remission",)}


def test_every_claim_is_reproduced(report):
    ledger = rows(report / "ledger.csv")
    assert len(ledger) >= 10
    assert {row["verdict"] for row in ledger} == {"reproduced"}


def test_every_recomputed_number_agrees(report):
    checks = [row for row in rows(report / "verification.csv") if row["program"]]
    assert {row["verdict"] for row in checks} == {"agrees"}
    assert {row["program"] for row in checks} - {"R"} == {"lifelines", "statsmodels", "pandas"}
    assert max(float(row["difference"]) for row in checks) < 1e-6


def test_nothing_that_is_recomputed_goes_unrecorded(shared_reports, report):
    """A renamed record would lose its second implementation without a word."""
    params = shared_reports.project.params(report.name)
    recorded = {row["record"] for row in rows(report / "numbers.csv")}
    recomputed = {key.name for key, *_ in second_implementation(params, report / "analysis_data")}
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


@OTHER_RUNS
def test_a_second_run_leaves_the_same_bytes(shared_reports, report, tmp_path):
    first = contents(report)
    again = contents(shared_reports.project.make(report.name, reports=tmp_path))
    assert first.keys() == again.keys()
    assert [name for name in first if first[name] != again[name]] == []


@OTHER_RUNS
def test_plain_kernels_leave_the_same_bytes(shared_reports, report, tmp_path):
    forked = contents(report)
    plain = contents(shared_reports.project.make(report.name, kernels="plain", reports=tmp_path))
    assert [name for name in forked if forked[name] != plain[name]] == []


def test_manifest_says_what_went_in(report):
    manifest = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["study"] == report.name
    assert set(manifest["data"]) >= {"subjects"}
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in manifest["data"].values())
    assert {"python", "numpy", "smmlib"} <= manifest["versions"].keys()


def test_the_page_needs_nothing_else_and_its_links_lead_somewhere(report):
    page = cache(Page)
    for address in page(report / "index.html").addresses:
        assert "//" not in address, f"{address} is elsewhere"
        file, _, anchor = address.partition("#")
        target = report / file if file else report / "index.html"
        assert target.is_file(), f"{address} leads nowhere"
        assert not anchor or anchor in page(target).ids, f"{address} leads to no cell"


def test_nothing_missing_shows_in_the_pages(report):
    for file in [report / "index.html", *report.glob("notebooks/*.html")]:
        words = re.findall(r"\b(?:nan|None|inf|undefined)\b", " ".join(Page(file).text))
        assert words == [], f"{file.name} shows {words}"


def test_each_file_of_a_report_is_known_as_the_packages_before_it_is_sealed(report):
    """What a killed run leaves goes with the next: nothing of it is taken for a user's."""
    built = set(leaves(report)) - {MARK}
    assert {name.partition("/")[0] for name in built if "/" in name} >= {"analysis_data", "figures", "notebooks"}
    assert [name for name in sorted(built) if not UNSEALED.fullmatch(name)] == []


def test_no_notebook_warns(report):
    for file in report.glob("notebooks/*.ipynb"):
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        streams = [output for cell in cells for output in cell.get("outputs", []) if output.get("name") == "stderr"]
        assert streams == [], file.name


def test_synthetic_patients_are_called_so_on_every_page_and_real_ones_are_not(report):
    for file in [report / "index.html", *report.glob("notebooks/*.html")]:
        called_synthetic = "Synthetic patients" in file.read_text(encoding="utf-8")
        assert called_synthetic == (report.name == "quiredex-2013"), file.name


def test_what_a_study_lacks_is_not_mentioned(shared_reports):
    report = shared_reports.report("freireich-1963")
    page = (report / "index.html").read_text(encoding="utf-8")
    text = " ".join(Page(report / "index.html").text)
    for word in ("Response", "Induction", "Maintenance", "excluded", "tratified", "months", "seed"):
        assert word not in text
    assert "weeks" in page


def test_every_number_has_a_method_and_a_cell_that_made_it(report):
    for row in rows(report / "numbers.csv"):
        assert row["method"]
        file, _, cell = row["notebook"].partition("#")
        cells = json.loads((report / file).read_text(encoding="utf-8"))["cells"]
        source = "".join(next(c["source"] for c in cells if c.get("execution_count") == int(cell)))
        assert "records.add(" in source


def test_each_number_is_shown_in_the_notebook_that_made_it(report):
    """A link from the page lands on the row of the number."""
    pages = {file.stem: file.read_text(encoding="utf-8") for file in report.glob("notebooks/*.html")}
    for row in rows(report / "numbers.csv"):
        anchor = re.sub(r"[^\w.-]", lambda found: f"-{ord(found[0]):x}-", row["record"])
        assert pages[row["run"]].count(f'id="{anchor}"') == 1, row["record"]


# ---- why each patient counts as he does


def derivations(report):
    """Name, analysed patients by arm and rows of the analysis data of each endpoint."""
    numbers = numbers_of(report)
    by_arm = {
        row["arm"]: float(row["value"]) for name, row in numbers.items() if name.startswith("population.analysed.")
    }
    assert len(by_arm) == 2
    times = rows(report / "analysis_data" / "times.csv")
    for endpoint in ENDPOINTS[report.name]:
        yield endpoint, by_arm, [row for row in times if row["endpoint"] == endpoint]


def test_derivation_has_a_row_for_every_analysed_patient(report):
    patients = {"quiredex-2013": 119, "freireich-1963": 42}[report.name]
    names = []
    for _, by_arm, derived in derivations(report):
        assert len(derived) == patients
        assert Counter(row["arm"] for row in derived) == by_arm
        names.append({row["patient"] for row in derived})
        assert len(names[-1]) == patients
        assert all(re.fullmatch(r"[0-9a-f]{12}", name) for name in names[-1])
        assert all(row["reason"] and row["explanation"] and row["source"] for row in derived)
    assert all(each == names[0] for each in names), "a patient has one name in all tables"


def test_reasons_and_events_of_the_derivation_are_those_of_the_numbers(report):
    numbers = numbers_of(report)
    for endpoint, by_arm, derived in derivations(report):
        recorded = {
            (row["arm"], row["level"]): float(row["value"])
            for row in numbers.values()
            if (row["endpoint"], row["measure"]) == (endpoint, "reason")
        }
        counted = Counter((row["arm"], row["reason"]) for row in derived)
        assert {key: counted[key] for key in recorded} == recorded
        assert sum(recorded.values()) == len(derived)
        events = {
            row["arm"]: float(row["value"]) for name, row in numbers.items() if name.startswith(f"{endpoint}.events")
        }
        assert {arm: sum(row["event"] == "1" for row in derived if row["arm"] == arm) for arm in by_arm} == events
        assert {row["event"] for row in derived if row["reason"].startswith("censored")} <= {"0"}


def test_numbers_at_risk_and_survival_follow_from_the_derivation(report):
    """Kaplan-Meier by its definition, from the times that the derivation shows."""
    numbers = numbers_of(report)
    for endpoint, by_arm, derived in derivations(report):
        times = {arm: [(float(r["time"]), r["event"] == "1") for r in derived if r["arm"] == arm] for arm in by_arm}
        for name, row in numbers.items():
            if name.startswith((f"{endpoint}.at_risk.", f"{endpoint}.survival.")):
                value, of_arm, at = float(row["value"]), times[row["arm"]], float(row["at"])
                if ".at_risk." in name:
                    assert value == sum(time >= at for time, _ in of_arm), name
                else:
                    assert math.isclose(value, survival(of_arm, at), rel_tol=1e-12), name


def survival(patients, at):
    left = 1.0
    for time in sorted({time for time, event in patients if event and time <= at}):
        at_risk = sum(other >= time for other, _ in patients)
        left *= 1 - patients.count((time, True)) / at_risk
    return left


def test_rows_of_a_derivation_have_neither_the_order_nor_the_numbers_of_the_rows_of_the_table(report):
    """Who holds the identifiers in the order of the table could otherwise name each row."""
    for _, _, derived in derivations(report):
        assert [row["patient"] for row in derived] == sorted(row["patient"] for row in derived)
        assert all(re.fullmatch(r"adsl\.csv, [A-Z]+|adtte\.csv", row["source"]) for row in derived)


@cache
def identified(name):
    """A bundled study whose patients are named, with its tables."""
    study = read_study(PROJECT / "params" / f"{name}.yaml").model_copy(update={"privacy": "identified"})
    return study, read_tables(study)


def written(derivation):
    """Rows of a derivation as its file holds them."""
    return list(csv.DictReader(derivation.to_csv(index=False).splitlines()))


@pytest.mark.parametrize("name", STUDIES)
def test_each_row_of_the_derivation_leads_to_the_cell_that_decided(name):
    folder = PROJECT / "smmlib" / "datasets" / name
    subjects = {row["USUBJID"]: row for row in rows(folder / "adsl.csv")}
    for endpoint in ENDPOINTS[name]:
        derived = written(time_to_event(*identified(name), endpoint).derivation)
        days = 0
        for row in derived:
            file, line, variable = re.fullmatch(r"(\S+) line (\d+)(?:, (\w+))?", row["source"]).groups()
            cell = rows(folder / file)[int(line) - 2]
            assert cell["USUBJID"] == row["patient"]
            if variable is None:
                assert (float(row["time"]), row["event"]) == (float(cell["AVAL"]), str(cell["CNSR"] == "0"))
                continue
            assert (row["start"], row["end"]) == (subjects[cell["USUBJID"]]["RANDDT"], cell[variable])
            days += (date.fromisoformat(row["end"]) - date.fromisoformat(row["start"])).days
            assert row["end"] in row["explanation"]
        in_months = sum(float(row["time"]) for row in derived)
        assert not days or math.isclose(in_months, days / 30.4375, rel_tol=1e-12)


def test_responses_of_the_derivation_are_those_of_the_numbers(shared_reports):
    report = shared_reports.report("quiredex-2013")
    derived, numbers = rows(report / "analysis_data" / "responses.csv"), numbers_of(report)
    recorded = rows(PROJECT / "smmlib/datasets/quiredex-2013/adrs.csv")
    for visit, patients in {"induction": 57, "maintenance": 50}.items():
        of_visit = [row for row in derived if row["visit"] == visit]
        assert len({row["patient"] for row in of_visit}) == len(of_visit) == patients
        counted = Counter(row["response"] for row in of_visit)
        for category in ("sCR", "CR", "VGPR", "PR", "MR", "SD", "PD", "NE"):
            assert float(numbers[f"response.{visit}.category({category}).rd"]["value"]) == counted[category]
    assert {row["source"] for row in derived} == {"adrs.csv"}
    study, tables = identified("quiredex-2013")
    for visit in study.response.visits:
        of_visit = [row for row in derived if row["visit"] == visit.id]
        named = written(response_at(study, tables, visit).derivation)
        for row in named:
            cell = recorded[int(row["source"].removeprefix("adrs.csv line ")) - 2]
            assert (cell["USUBJID"], cell["AVALC"], cell["ADT"]) == (row["patient"], row["response"], row["date"])
        assert Counter(row["date"] for row in named) == Counter(row["date"] for row in of_visit)


def test_no_identifier_of_a_patient_is_in_any_file_of_a_report(report):
    identifiers = {row["USUBJID"] for row in rows(PROJECT / "smmlib" / "datasets" / report.name / "adsl.csv")}
    prefixes = {identifier[:5] for identifier in identifiers}
    assert prefixes in ({"SYN-0", "SYN-1"}, {"FREIR"})
    sought = re.compile("|".join(map(re.escape, [*identifiers, "SYN-0", "FREIREICH-"])).encode())
    files = [file for file in report.rglob("*") if file.is_file()]
    assert len(files) > 10
    assert [file.name for file in files if sought.search(file.read_bytes())] == []


def test_the_salt_is_in_no_file_of_a_report(report):
    salt = (PROJECT / "smmlib" / "datasets" / report.name / "salt.txt").read_bytes().strip()
    files = [file for file in report.rglob("*") if file.is_file()]
    assert [file.name for file in files if salt in file.read_bytes()] == []


def test_template_types_no_number():
    """Numbers of a page come from records: outside tags and expressions the templates hold no digit."""
    for template in (PROJECT / "smmlib/report/page/templates").glob("*.html"):
        text = re.sub(r"\{[{%].*?[%}]\}|<[^>]*>|P</th>", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert re.findall(r"\d+", text) == [], template.name
