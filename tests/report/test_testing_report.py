"""Reports of three arms whose hypotheses are of families, or of a graph: the page says what becomes of each."""

import csv

import pytest
from report_project import Page, ReportProject
from three_arm_trial import BEST, STUDY, write_with_response

pytestmark = pytest.mark.end_to_end

HIGH, LOW = "lev-5fu_vs_obs", "lev_vs_obs"
FAMILIES = [
    {"label": "Survival", "procedure": "holm", "order": ["os"]},
    {"label": "Response", "procedure": "fixed-sequence", "order": ["response.best", f"recurrence.{LOW}"]},
]
NAMES = [f"os.{LOW}", f"response.best.{LOW}", f"recurrence.{LOW}"]
GRAPH = {
    "procedure": "graph",
    "order": NAMES,
    "weights": {NAMES[0]: 0.8, NAMES[1]: 0.2},
    "transitions": {NAMES[0]: {NAMES[1]: 1}, NAMES[1]: {NAMES[2]: 1}},
}
BOTH = {"one_sided": True}
STUDIES = {
    "open": {"testing": BOTH | {"alpha": 0.025, "families": FAMILIES}},
    "closed": {"testing": BOTH | {"alpha": 0.005, "families": FAMILIES}},
    "graph": {"testing": BOTH | {"alpha": 0.01} | GRAPH, "response": {"stratified": True, "visits": [BEST]}},
    "masked": {"testing": BOTH | {"alpha": 0.01} | GRAPH, "suppress_below": 30},
}
"""By alpha, the smaller effect on survival, P = 0.011, opens the gate or not. Twenty-some respond under observation."""
RUNS = {"response": {"notebook": "response"}, "testing": {"notebook": "multiple_testing"}}


@pytest.fixture(scope="module")
def report_of(tmp_path_factory):
    project, made = ReportProject(tmp_path_factory.mktemp("project")), {}

    def report(name):
        if name not in made:
            changes = STUDIES[name] | {"study": name, "runs": {"population": STUDY["runs"]["population"]} | RUNS}
            write_with_response(project.folder / "params", **changes).rename(project.params(name))
            made[name] = project.make(name)
        return made[name]

    return report


def text_of(report):
    return " ".join(" ".join(Page(report / "index.html").text).split())


def rows_of(file):
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.by_hand
def test_open_gates_are_passed(report_of):
    text = text_of(report_of("open"))
    for words in (
        "Survival, by Holm’s procedure: Overall survival, Lev+5FU relative to Observation; ",
        "Response, in the order of the table, each only if all before it were rejected (fixed sequence): Response, ",
        "Overall survival, Levamisole relative to Observation 5.24 0.0110 0.0110 0.025 rejected",
        "time to recurrence, Levamisole relative to Observation, tested at 0.025 , rejected.",
    ):
        assert words in text
    assert "not tested" not in text


@pytest.mark.by_hand
def test_behind_a_closed_gate_nothing_is_tested(report_of):
    """Holm at 0.005: the larger effect is rejected at 0.0025, the smaller one is not at 0.005."""
    text = text_of(report_of("closed"))
    for words in (
        "Overall survival, Lev+5FU relative to Observation 9.12 0.0013 0.0025 0.0025 rejected",
        "Overall survival, Levamisole relative to Observation 5.24 0.0110 0.0110 0.005 not rejected",
        "not tested: the family before it is not rejected as a whole",
    ):
        assert words in text
    levels = {row["record"]: row["value"] for row in rows_of(report_of("closed") / "numbers.csv")}
    assert levels[f"multiple_testing.best.test_level.{HIGH}"] == "0.0"


@pytest.mark.by_hand
def test_a_graph_says_what_is_passed_on(report_of):
    text = text_of(report_of("graph"))
    for words in (
        "H1, overall survival, Levamisole relative to Observation: begins with 0.8 of the level, 0.008; when rejected, "
        "passes all to H2.",
        "H3, time to recurrence, Levamisole relative to Observation: begins with nothing; when rejected, passes",
        "H1, overall survival, Levamisole relative to Observation 5.24 0.0110 0.0138 0.008 not rejected",
        "H2, response, best response, Levamisole relative to Observation, stratified 17.88 <0.0001 <0.0001",
        "0.002 rejected",
    ):
        assert words in text


@pytest.mark.by_hand
def test_where_a_test_is_masked_so_is_what_rests_on_it(report_of):
    text = text_of(report_of("masked"))
    assert "H2, response, best response, Levamisole relative to Observation masked masked – masked" in text
    assert "H1, overall survival, Levamisole relative to Observation 5.24 0.0110 masked – masked" in text


@pytest.mark.other_package
@pytest.mark.parametrize("name", ["open", "graph"])
def test_numbers_are_computed_twice_and_agree(report_of, name):
    checks = rows_of(report_of(name) / "verification.csv")
    assert {check["verdict"] for check in checks} <= {"agrees", "not checked"}
    names = {check["record"] for check in checks if check["verdict"] == "agrees"}
    assert f"multiple_testing.best.single_test.{LOW}" in names
    assert (f"multiple_testing.best.adjusted_test.{LOW}" in names) is (name == "open")
