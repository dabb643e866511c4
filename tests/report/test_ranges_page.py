"""What the page of a synthetic study says of a number: published, or this cohort's own with its range."""

import csv
import re
from html import unescape

import nbformat
import pytest
from ranges_trial import of_three, write

from smmlib.analysis import Key, claims_by_key
from smmlib.display.formatting import range_text
from smmlib.report.claims.ledger import ledger
from smmlib.report.claims.publication_status import PublicationStatus
from smmlib.report.claims.range_file import Range, known_ranges, write_ranges
from smmlib.report.claims.ranges import quantities_of
from smmlib.report.page.number_html import NumberHtml
from smmlib.report.page.render import render
from smmlib.report.records.numbers import Numbers, NumberText
from smmlib.report.records.record import Record, write_numbers
from smmlib.report.running.execute import ExecutedFigure, ExecutedRun
from smmlib.report.verification.coverage import Coverage
from smmlib.report.write import Report
from smmlib.stats.results import Estimate, HypothesisTest
from smmlib.stats.survival.kaplan_meier import kaplan_meier
from smmlib.trial import read_study

pytestmark = pytest.mark.by_hand
NAN = float("nan")


# ---- a range in words


@pytest.mark.parametrize(
    ("low", "high", "unit", "missing", "text"),
    [
        (44.12, 50.18, "months", False, "44.1–50.2"),
        (0.441, 0.502, "proportion", False, "44.1–50.2%"),
        (3, 9, "patients", False, "3–9"),
        (57, 57, "patients", False, "57"),
        (20.91, 20.94, "months", False, "20.9"),
        (48.2, 51.0, "months", True, "48.2–NR"),
        (NAN, NAN, "months", True, "NR"),
        (0.2, 0.9, "ratio", True, "0.20–0.90 or NE"),
        (NAN, NAN, "ratio", True, "NE"),
        (-0.05, 0.031, "difference of proportions", False, "−5.0 – 3.1"),
        (0.0004, 0.031, "P value", False, "<0.001–0.03"),
    ],
)
def test_range_in_words(low, high, unit, missing, text):
    assert range_text(low, high, unit, some_missing=missing) == text


# ---- one number

OS = {"section": "time_to_event", "endpoint": "os"}
ANALYSED = Key("population", "analysed", arm="a")
EVENTS = Key(**OS, measure="events", arm="a")
MEDIAN = Key(**OS, measure="median", arm="a")
SURVIVAL = Key(**OS, measure="survival", arm="a", at=100.0)
RATIO = Key(**OS, measure="hazard_ratio", arm="a", reference="b")
LOGRANK = Key(**OS, measure="logrank", arm="a", reference="b")
RECORDED = {
    ANALYSED: Estimate(57.0, unit="patients", method="Number of patients", arm="Rd", n=62),
    MEDIAN: Estimate(21.0, 12.8, 25.4, 0.95, unit="months", method="Median", arm="Rd", n=57),
    RATIO: Estimate(0.18, 0.09, 0.32, 0.95, unit="ratio", method="Cox model", arm="Rd"),
    SURVIVAL: Estimate(0.77, 0.62, 0.86, 0.95, unit="proportion", method="Kaplan-Meier", arm="Rd", n=50),
    LOGRANK: HypothesisTest(38.48, 0.0004, 1, "Log-rank test"),
    EVENTS: Estimate(13.0, unit="patients", method="Number of patients", arm="Rd", n=57),
}
RANGES = {
    (MEDIAN, "value"): Range(20.5, 21.4, 200, 0),
    (MEDIAN, "low"): Range(12.8, 13.6, 200, 0),
    (MEDIAN, "high"): Range(25.4, 26.2, 200, 4),
    (SURVIVAL, "value"): Range(0.77, 0.77, 200, 0),
    (SURVIVAL, "low"): Range(0.62, 0.62, 200, 0),
    (SURVIVAL, "high"): Range(0.86, 0.86, 200, 0),
    (SURVIVAL, "n"): Range(50, 50, 200, 0),
    (LOGRANK, "statistic"): Range(37.9, 38.8, 200, 0),
}
CLAIMS = [
    {"number": "population.analysed.a", "value": "57"},
    {"number": "os.median.a", "value": "21"},
    {"number": "os.hazard_ratio", "value": "0.18", "interval": ["0.09", "0.32"]},
    {"number": "os.logrank", "p_value": "<0.001"},
]


class Run:
    name, records = "os", [Record(key, result, 3) for key, result in RECORDED.items()]


@pytest.fixture
def numbers(tmp_path):
    def of(ranges=RANGES, origin="synthetic"):
        claims = [{**claim, "source": "a paper", "confidence": "verified"} for claim in CLAIMS]
        study = read_study(write(tmp_path, published=claims))
        study = study.model_copy(update={"data": study.data.model_copy(update={"origin": origin})})
        records = {record.key: record for record in Run.records}
        return Numbers(study, records, PublicationStatus(study, records, ranges))

    return of


HTML = NumberHtml({record.key: record for record in Run.records}, [Run])


def told(number):
    """Text of a number, or of a page, with what is set apart in asterisks."""
    markup = HTML.number(number) if isinstance(number, NumberText) else number
    starred = re.sub(r'<span class="unpublished">(.*?)</span>', r"*\1*", str(markup))
    return unescape(re.sub(r"<[^>]*>", "", starred))


def test_what_was_published_stands_alone(numbers):
    assert told(numbers().cell(RATIO)) == "0.18 (0.09 to 0.32)"
    assert told(numbers().value(ANALYSED)) == "57"
    assert told(numbers().p_value(LOGRANK)) == "P\u00a0<\u00a00.001"


def test_limits_that_were_not_published_are_set_apart_from_a_value_that_was(numbers):
    assert told(numbers().cell(MEDIAN)) == "21.0 (*12.8 to 25.4*) [12.8–13.6 to 25.4–NR]"
    sentence = told(numbers().estimate(MEDIAN))
    assert sentence == "21.0 months (95% CI, *12.8 to 25.4*) [12.8–13.6 to 25.4–NR in 200 cohorts]"


def test_what_was_not_published_is_set_apart_whole(numbers):
    varying = RANGES | {(SURVIVAL, "value"): Range(0.76, 0.78, 200, 0)}
    text = told(numbers(varying).cell(SURVIVAL))
    assert text == "*77.0% (62.0% to 86.0%)* [76.0–78.0% (62.0% to 86.0%)]"
    assert told(numbers().statistic(LOGRANK)) == "*38.48* [37.90–38.80]"


def test_what_is_the_same_in_all_cohorts_is_said_to_be_so(numbers):
    assert told(numbers().cell(SURVIVAL)) == "*77.0% (62.0% to 86.0%)* [same in all]"
    assert told(HTML.range(numbers().range_line(SURVIVAL, "value"))).strip() == "[same in all 200 cohorts]"


def test_patients_that_a_number_rests_on_count_as_published_when_their_number_was(numbers):
    assert told(numbers().patients(MEDIAN)) == "57"
    assert told(numbers().patients(SURVIVAL)) == "*50* [same in all]"


def test_a_number_without_a_range_says_so(numbers):
    assert told(numbers().share(EVENTS)) == "*13 (22.8%)* [no range]"
    assert told(numbers().count(EVENTS)) == "*13* [no range]"


def test_numbers_are_set_apart_though_no_range_is_known(numbers):
    assert told(numbers(None).cell(MEDIAN)) == "21.0 (*12.8 to 25.4*)"
    assert told(numbers(None).share(EVENTS)) == "*13 (22.8%)*"


def test_nothing_is_set_apart_for_patients_of_a_trial(numbers):
    of_patients = numbers(None, origin="patients")
    for told_of in (of_patients.cell, of_patients.share, of_patients.value):
        assert "*" not in told(told_of(MEDIAN))


# ---- a report

CURVES = {"os": {"a": kaplan_meier([100, 200], [1, 1]), "b": kaplan_meier([50, 60], [1, 0])}}
"""What the cards draw; no number is read off it."""
NOTHING_AGAIN = Coverage(numbers=0, whole=0, in_part=0)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The pages and numbers of three cohorts, from notebooks whose figures are empty."""
    folder = tmp_path_factory.mktemp("study")
    study, own, ranges = of_three(folder)
    write_ranges(study, quantities_of(own), ranges)
    records = {key: Record(key, result, 1) for key, result in own.items()}
    runs = [executed(name, records) for name in study.runs]
    entries = ledger(claims_by_key(study, records), records, "synthetic")
    found = Report(runs, records, entries, [], NOTHING_AGAIN, known_ranges(study, records), (), {}, curves=CURVES)
    status = PublicationStatus(study, records, found.ranges)
    (folder / "notebooks").mkdir()
    render(folder, study, found, status)
    write_numbers(folder / "numbers.csv", runs, study, status)
    return folder


def executed(run, records):
    of_run = [record for key, record in records.items() if run in (key.section, key.endpoint)]
    drawings = [ExecutedFigure(f"{run}.survival", '<svg width="1pt"></svg>', "nothing")] if run == "os" else []
    return ExecutedRun(run, nbformat.v4.new_notebook(), of_run, drawings, {})


def test_numbers_of_a_report_carry_their_ranges(report):
    with (report / "numbers.csv").open(newline="", encoding="utf-8") as stream:
        rows = {row["record"]: row for row in csv.DictReader(stream)}
    columns = ("published", "value", "range_low", "range_high", "cohorts")
    assert [rows["os.median.a"][column] for column in columns] == ["", "200.0", "200.0", "250.0", "3"]
    assert [rows["os.median.b"][column] for column in columns] == ["value", "60.0", "60.0", "60.0", "3"]
    assert [rows["os.logrank.a_vs_b"][column] for column in columns[:2]] == ["", ""]
    assert float(rows["os.logrank.a_vs_b"]["range_low"]) <= float(rows["os.logrank.a_vs_b"]["p_value"])
    assert all(row["cohorts"] == "3" for row in rows.values())


def test_the_page_tells_published_numbers_from_the_others(report):
    html = (report / "index.html").read_text(encoding="utf-8")
    section = html[html.index('<section id="os">') :]
    text = " ".join(told(html).split())
    assert "over 3 cohorts that also reproduce every published number" in text
    assert "Median with a: *200.0 days (95% CI, 100.0 to NR)* [200.0–NR (100.0–300.0 to NR) in 3 cohorts]" in text
    assert "Median with b: 60.0 days (95% CI, *50.0 to NR*) [same in all 3 cohorts]" in text
    assert "*3 (100.0%)* [1–3]" in " ".join(told(section).split())
    apart = re.findall(r'<span class="unpublished">(.*?)</span>', html)
    assert not [words for words in apart if words.startswith("60.0")]


def test_every_number_that_is_linked_on_the_page_is_published_or_has_a_range(report):
    """But for the ledger, which holds claims."""
    html = (report / "index.html").read_text(encoding="utf-8")
    body = html[html.index('<section id="population">') : html.index('<section id="ledger">')]
    linked = re.findall(r'<a class="number"[^>]*>(.*?)</a>(<span class="range">)?', body, re.DOTALL)
    assert len(linked) > 20
    assert [text for text, ranged in linked if "unpublished" in text and not ranged] == []
    assert [text for text, ranged in linked if ranged and "unpublished" not in text] == []
