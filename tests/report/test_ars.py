"""The reporting event of a report: by the model of the standard, and each number of it, to the last digit."""

import json
from collections import Counter

import pytest
from adverse_event_tables import STUDY as SAFETY
from adverse_event_tables import tables
from masked_trial import LIMIT, MASKED, adverse_events, responses, subjects
from project_files import PROJECT
from report_project import rows
from reporting_event import faults_of, results_of
from small_trial import write_trial

from smmlib.analysis import Key, study_numbers
from smmlib.plain_text import csv_text
from smmlib.report.disclosure.masked_numbers import masked_numbers
from smmlib.report.disclosure.masked_results import masked as masked_result
from smmlib.report.exchange.ars import reporting_event
from smmlib.report.exchange.ars_values import quantities
from smmlib.report.records.record import NUMBER_COLUMNS, Record, number_row
from smmlib.stats.results import HypothesisTest
from smmlib.trial import derive, read_study

pytestmark = pytest.mark.invariant

QUANTITIES = ("value", "low", "high", "conf_level", "std_error", "p_value", "statistic", "df", "n", "events")
"""Columns of numbers.csv that hold numbers."""


def event_of(params, run="all"):
    """The event of a study's numbers, as one run, and the rows that numbers.csv has of them."""
    data = derive(read_study(params))
    shown = study_numbers(data) if data.study.suppress_below is None else masked_numbers(data)
    records = [Record(key, result, 0) for key, result in shown.items()]
    said = {} if data.study.suppress_below else {key: result.from_data for key, result in shown.items()}
    event = reporting_event(data.study, {run: records}, {run: "All"}, said)
    return json.loads(json.dumps(event, allow_nan=False)), [number_row(record) for record in records]


@pytest.fixture(scope="module")
def awkward():
    return event_of(PROJECT / "docs/example/example.yaml")


@pytest.fixture(scope="module")
def safety(tmp_path_factory):
    return event_of(write_trial(tmp_path_factory.mktemp("safety"), SAFETY, **tables(1)))


@pytest.fixture(scope="module")
def masked(tmp_path_factory):
    folder, patients = tmp_path_factory.mktemp("masked"), subjects()
    (folder / "salt.txt").write_text("the salt of a trial of few\n", encoding="ascii")
    given = {"responses": responses(patients), "adverse_events": adverse_events(patients)}
    return event_of(write_trial(folder, MASKED, subjects=patients, **given))


@pytest.fixture
def masked_study(tmp_path):
    return read_study(write_trial(tmp_path, {"suppress_below": LIMIT}, subjects=subjects()))


@pytest.fixture(params=["awkward", "safety", "masked"])
def event_and_rows(request):
    return request.getfixturevalue(request.param)


def cells(given):
    """The cells that hold numbers, as csv writes them, each with how often it occurs."""
    lines = csv_text(QUANTITIES, ([row.get(name) for name in QUANTITIES] for row in given)).splitlines()[1:]
    named = [pair for line in lines for pair in zip(QUANTITIES, line.split(","), strict=True)]
    return Counter((name, text) for name, text in named if text)


def test_event_is_by_the_model(event_and_rows):
    event, _ = event_and_rows
    assert faults_of(event) == []


def test_each_number_is_one_result_to_the_last_digit(event_and_rows):
    event, numbers = event_and_rows
    results = [result for analysis in event["analyses"] for result in analysis["results"]]
    raw = Counter(
        (result["operationId"].rsplit(".", 1)[1], result["rawValue"]) for result in results if "rawValue" in result
    )
    assert raw == cells(numbers)
    assert len(results_of(event)) == len(results)  # each has an analysis, an operation and groups of its own


def test_operations_of_an_analysis_are_those_of_its_method(event_and_rows):
    event, _ = event_and_rows
    operations = {method["id"]: {each["id"] for each in method["operations"]} for method in event["methods"]}
    for analysis in event["analyses"]:
        assert {result["operationId"] for result in analysis["results"]} <= operations[analysis["methodId"]]


def test_results_are_grouped_as_their_analysis_says(event_and_rows):
    event, _ = event_and_rows
    for analysis in event["analyses"]:
        by_group = {each["groupingId"]: each["resultsByGroup"] for each in analysis["orderedGroupings"]}
        for group in (group for result in analysis["results"] for group in result["resultGroups"]):
            assert by_group[group["groupingId"]] == bool({"groupId", "groupValue"} & set(group))


def test_an_analysis_has_one_method_whatever_the_group(event_and_rows):
    """Levels, arms and what single patients bring about are no methods."""
    event, _ = event_and_rows
    names = [method["name"] for method in event["methods"]]
    assert len(names) == len(set(names))
    assert not [name for name in names if "Subgroup" in name or "masked" in name]


@pytest.mark.by_hand
def test_a_number_is_found_by_its_analysis_quantity_and_groups(awkward):
    event, numbers = awkward
    named, results = {row["record"]: row for row in numbers}, results_of(event)
    ratio = results["analysis.overall-survival.hazard_ratio.new_vs_standard", "low", (("arm", ""),)]
    assert ratio["rawValue"] == repr(named["overall-survival.hazard_ratio.new_vs_standard"]["low"])
    survival = results["analysis.overall-survival.survival", "value", (("arm", "new"), ("time", "6"))]
    assert survival["rawValue"] == repr(named["overall-survival.survival.6.new"]["value"])
    assert survival["formattedValue"].endswith("%")
    women = results["analysis.baseline.category(SEX)", "value", (("arm", "new"), ("SEX", "F"))]
    assert women["rawValue"] == repr(named["baseline.category(SEX: F).new"]["value"])


@pytest.mark.by_hand
def test_a_comparison_names_its_arms_and_their_patients(awkward):
    event, _ = awkward
    ratio = next(
        each for each in event["analyses"] if each["id"].endswith("overall-survival.hazard_ratio.new_vs_standard")
    )
    assert ratio["label"] == "New relative to Standard"
    subset = next(each for each in event["dataSubsets"] if each["id"] == ratio["dataSubsetId"])
    clauses = [each["condition"] for each in subset["compoundExpression"]["whereClauses"]]
    assert clauses == [
        {"dataset": "times", "variable": "endpoint", "comparator": "EQ", "value": ["overall-survival"]},
        {"dataset": "subjects", "variable": "arm", "comparator": "IN", "value": ["new", "standard"]},
    ]


@pytest.mark.by_hand
def test_intervals_of_a_number_are_groups_with_their_limits(awkward):
    event, _ = awkward
    age = next(each for each in event["analysisGroupings"] if each["id"] == "grouping.AGE")
    conditions = {each["name"]: each["condition"] for each in age["groups"]}
    about = {"dataset": "subjects", "variable": "AGE"}
    assert conditions["<65"] == about | {"comparator": "LT", "value": ["65"]}
    assert conditions[">=65"] == about | {"comparator": "GE", "value": ["65"]}


@pytest.mark.by_hand
def test_what_is_not_estimable_has_no_raw_value_and_says_why(awkward):
    event, numbers = awkward
    missing = next(row for row in numbers if row["measure"] == "median" and row["value"] != row["value"])
    arm = (("arm", missing["arm"]),)
    result = results_of(event)[f"analysis.{missing['endpoint']}.median", "value", arm]
    assert "rawValue" not in result
    assert result["formattedValue"] == "not reached"
    analysis = next(each for each in event["analyses"] if each["id"] == f"analysis.{missing['endpoint']}.median")
    assert f"{missing['record']}: {missing['method']}" in analysis["description"]


def test_masked_numbers_have_no_raw_value(masked):
    event, numbers = masked
    hidden = [row for row in numbers if "; masked, because " in row["method"]]
    results = [result for analysis in event["analyses"] for result in analysis["results"]]
    shown = [result for result in results if result.get("formattedValue") == "masked"]
    assert len(shown) >= len(hidden) > 20
    assert not [result for result in shown if "rawValue" in result]
    counts = [result for result in results if result["operationId"].endswith((".n", ".events"))]
    assert not [each for each in counts if "rawValue" in each and 0 < float(each["rawValue"]) < LIMIT]


@pytest.mark.by_hand
def test_of_a_masked_test_its_degrees_of_freedom_are_left_as_in_numbers_csv(masked_study):
    test = HypothesisTest(statistic=4.0, p_value=0.0455, df=1, method="Log-rank test, two-sided", n=9, events=3)
    key = Key("time_to_event", "logrank", "os", "a", "b")
    found = list(quantities(masked_study, key, masked_result(test, LIMIT)))
    assert found == [("p_value", "", "masked"), ("df", "1", "")]


def test_the_event_says_whose_patients_they_are(event_and_rows):
    event, _ = event_and_rows
    assert "synthetic" in event["label"]
    assert "stand for no person" in event["description"]


def test_a_report_holds_the_event_of_its_numbers(shared_reports):
    report = shared_reports.report("quiredex-2013")
    event = json.loads((report / "ars.json").read_text(encoding="utf-8"))
    assert faults_of(event) == []
    raw = Counter(
        (result["operationId"].rsplit(".", 1)[1], result["rawValue"])
        for analysis in event["analyses"]
        for result in analysis["results"]
        if "rawValue" in result
    )
    numbers = rows(report / "numbers.csv")
    assert set(QUANTITIES) <= set(NUMBER_COLUMNS)
    assert raw == Counter((name, row[name]) for row in numbers for name in QUANTITIES if row[name])
    titles = [item["name"] for item in event["mainListOfContents"]["contentsList"]["listItems"]]
    assert titles == ["Patients", "Time to progression", "Overall survival", "Response"]
