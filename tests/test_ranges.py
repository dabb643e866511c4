"""Ranges over an ensemble: by hand on three cohorts of six patients, those of the kernels, never stale."""

import csv
import math
from dataclasses import asdict
from pathlib import Path

import pytest
from ranges_trial import CLAIMS, cohorts, notebooks_of, of_three, write
from report_project import PROJECT, same_number
from small_trial import STUDY, write_table
from smmlib.report.in_process import CellError, numbers_in_process

from smmlib.calibration.table_files import study_with
from smmlib.report.range_file import Range, known_ranges, write_ranges
from smmlib.report.ranges import RangesError, check_as_reported, numbers_of_cohort, quantities_of, ranges_over
from smmlib.report.records import Record
from smmlib.stats.results import Estimate, HypothesisTest
from smmlib.trial import read_study

QUIREDEX = PROJECT / "params" / "quiredex-2013.yaml"
BUNDLED = sorted(file.parent.name for file in (PROJECT / "smmlib" / "datasets").glob("*/ensemble.parquet"))


def records_of(numbers):
    return {name: Record(name, result, 0) for name, result in numbers.items()}


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    return of_three(tmp_path_factory.mktemp("three"))


# ---- by hand


@pytest.mark.by_hand
def test_ranges_of_three_cohorts(three):
    """Medians of arm a: 200 and 250 days, and not reached with one death among three. Of arm b always 60."""
    _, own, ranges = three
    assert own["os.median.a"].value == 200
    assert ranges["os.median.a", "value"] == Range(200, 250, 3, 1)
    assert ranges["os.median.b", "value"] == Range(60, 60, 3, 0)
    assert ranges["os.events.a", "value"] == Range(1, 3, 3, 0)
    assert ranges["os.survival.100.a", "value"] == Range(pytest.approx(2 / 3), 1, 3, 0)
    assert ranges["population.randomised", "value"] == Range(6, 6, 3, 0)
    assert ranges["os.median.a", "n"] == Range(3, 3, 3, 0)


@pytest.mark.by_hand
def test_a_range_holds_every_cohort_and_is_attained(three):
    study, own, ranges = three
    each = [numbers_of_cohort(study, notebooks_of(study), cohort)["os.hazard_ratio"].value for cohort in cohorts()]
    found = ranges["os.hazard_ratio", "value"]
    assert (found.low, found.high) == (min(each), max(each))
    assert own["os.hazard_ratio"].value == each[0]
    assert ranges["os.logrank", "p_value"].low < ranges["os.logrank", "p_value"].high


@pytest.mark.by_hand
def test_a_reason_is_the_same_number_however_common_it_is():
    """Reasons are numbered by how common they are; one that nobody has in a cohort is a count of 0."""

    def count(value, reason):
        return Estimate(value, unit="patients", method=f"Number of patients, {reason}", arm="A", n=9)

    own = {"os.reason.1.a": count(5, "death"), "os.reason.2.a": count(4, "censored")}
    swapped = {"os.reason.1.a": count(8, "censored"), "os.reason.2.a": count(1, "death")}
    alone = {"os.reason.1.a": count(9, "censored")}
    ranges = ranges_over([own, swapped, alone], own)
    assert ranges["os.reason.1.a", "value"] == Range(0, 5, 3, 0)
    assert ranges["os.reason.2.a", "value"] == Range(4, 9, 3, 0)


@pytest.mark.by_hand
def test_a_number_that_no_cohort_has_is_estimable_in_none():
    own = {"os.median.a": Estimate(3.0, 1.0, 5.0, 0.95, unit="months"), "os.logrank": HypothesisTest(4.0, 0.05, 1, "")}
    missing = {"os.median.a": Estimate(math.nan, 2.0, math.nan, 0.95, unit="months")}
    ranges = ranges_over([missing, missing], own)
    assert math.isnan(ranges["os.median.a", "value"].low)
    assert ranges["os.median.a", "value"].not_estimable == ranges["os.median.a", "value"].cohorts == 2
    assert ranges["os.median.a", "low"] == Range(2, 2, 2, 0)
    assert ranges["os.logrank", "p_value"].not_estimable == 2


# ---- the numbers are those of the report


@pytest.mark.independent
def test_numbers_computed_in_this_process_are_those_of_the_committed_report():
    """The committed ones were made by notebooks in kernels; another processor may change the last digit."""
    study = read_study(QUIREDEX)
    numbers = numbers_in_process(study, notebooks_of(study))
    with (PROJECT / "reports" / study.study / "numbers.csv").open(newline="", encoding="utf-8") as stream:
        committed = {row["record"]: row for row in csv.DictReader(stream)}
    assert list(numbers) == list(committed)
    for name, row in committed.items():
        for field in ("value", "low", "high", "std_error", "p_value", "statistic", "n", "events", "unit", "method"):
            value = getattr(numbers[name], field, "")
            assert same_number(row[field], "" if value != value else str(value)), f"{name} {field}"


@pytest.mark.invariant
def test_a_cohort_that_is_the_studys_own_gives_its_numbers_to_the_last_digit(three):
    study, own, _ = three
    again = numbers_of_cohort(study, notebooks_of(study), cohorts()[0])
    assert {name: repr(result) for name, result in again.items()} == {name: repr(one) for name, one in own.items()}


@pytest.mark.by_hand
def test_numbers_that_are_not_the_reports_are_refused(three, tmp_path):
    _, own, _ = three
    numbers = {name: own[name] for name in ("os.median.a", "os.events.a")}
    report = {name: {"record": name, **asdict(result)} for name, result in numbers.items()}
    write_table(tmp_path / "numbers.csv", [without_nan(row) for row in report.values()])
    check_as_reported(numbers, tmp_path)
    report["os.median.a"]["value"] = math.nextafter(200.0, 201.0)
    write_table(tmp_path / "numbers.csv", [without_nan(row) for row in report.values()])
    with pytest.raises(RangesError, match=r"not the numbers of the report: os\.median\.a\."):
        check_as_reported(numbers, tmp_path)
    write_table(tmp_path / "numbers.csv", [without_nan(report["os.events.a"])])
    with pytest.raises(RangesError, match=r"of the report: os\.median\.a\."):
        check_as_reported(numbers, tmp_path)


def without_nan(row):
    return {name: "" if value != value else value for name, value in row.items()}


@pytest.mark.by_hand
def test_a_notebook_that_takes_its_study_from_elsewhere_is_refused(three):
    """Its numbers would be those of the study's own cohort in every other one."""
    study, _, _ = three
    elsewhere = [
        ("study_file = ''", True),
        ("import smmlib.trial\nfrom smmlib.report.recording import Records", False),
        (f"study = smmlib.trial.read_study({study.data.subjects.replace('adsl.csv', 'small.yaml')!r})", False),
        ("records = Records('os', study)\nrecords.write()", False),
    ]
    with pytest.raises(CellError, match=r"run os: .* `read_study`, imported by name"):
        numbers_in_process(study, {"os": elsewhere})


@pytest.mark.by_hand
def test_a_cell_that_fails_is_named(three):
    study, _, _ = three
    cells = [("study_file = ''", True), ("one = 1\none / 0", False)]
    with pytest.raises(CellError, match=r"run os, cell \[2\], which begins 'one = 1': ZeroDivisionError"):
        numbers_in_process(study, {"os": cells})


@pytest.mark.by_hand
def test_nothing_is_drawn(three, monkeypatch):
    import smmlib.display.figures

    def refuse(*_, **__):
        raise AssertionError("a figure was drawn")

    study, own, _ = three
    monkeypatch.setattr(smmlib.display.figures, "_draw_curve", refuse)
    assert numbers_in_process(study, notebooks_of(study)).keys() == own.keys()


@pytest.mark.by_hand
def test_the_tables_of_a_cohort_are_gone_afterwards(three):
    study, _, _ = three
    with study_with(study, cohorts()[1]) as other:
        file = Path(other.data.subjects)
        assert file.read_text(encoding="utf-8").count("\n") == 7
        assert Path(other.data.salt).parent == file.parent
    assert not file.exists()


# ---- a range that does not fit is not shown


@pytest.fixture
def written(tmp_path, three):
    """A study with its ranges written beside its tables."""
    _, own, ranges = three
    study = read_study(write(tmp_path))
    write_ranges(study, quantities_of(own), ranges)
    return tmp_path, records_of(own), ranges


@pytest.mark.by_hand
def test_ranges_are_read_as_they_were_written(written):
    folder, records, ranges = written
    known = known_ranges(read_study(folder / "small.yaml"), records)
    assert list(known) == list(ranges)
    for key, found in ranges.items():
        assert known[key].low == pytest.approx(found.low, rel=1e-8, nan_ok=True)
        assert (known[key].cohorts, known[key].not_estimable) == (found.cohorts, found.not_estimable)


@pytest.mark.by_hand
def test_the_same_ranges_leave_the_same_bytes_and_nine_digits(written):
    folder, _, _ = written
    first = (folder / "ranges.csv").read_bytes()
    study, own, ranges = of_three(folder)
    write_ranges(study, quantities_of(own), ranges)
    assert (folder / "ranges.csv").read_bytes() == first
    assert b"0.666666667," in first
    assert b"0.6666666667" not in first


CHANGES = {
    "a claim": {"published": [CLAIMS[0], {**CLAIMS[1], "value": "61"}]},
    "a claim more": {"published": [*CLAIMS, {**CLAIMS[1], "number": "os.median.a"}]},
    "the analysis": {"analysis": {**STUDY["analysis"], "conf_level": 0.9}},
    "what is masked": {"suppress_below": 2},
}


@pytest.mark.by_hand
@pytest.mark.parametrize("change", CHANGES)
def test_ranges_are_not_those_of_other_parameters(written, change):
    folder, records, _ = written
    assert known_ranges(read_study(write(folder, **CHANGES[change])), records) is None


@pytest.mark.by_hand
def test_ranges_hold_when_only_words_change(written):
    folder, records, _ = written
    claims = [{**claim, "source": "another paper", "confidence": "secondary"} for claim in CLAIMS]
    changed = read_study(write(folder, title="Smaller", published=claims))
    assert known_ranges(changed, records) is not None


@pytest.mark.by_hand
def test_ranges_are_not_those_of_another_ensemble_or_of_none(written):
    folder, records, _ = written
    study = read_study(folder / "small.yaml")
    (folder / "ensemble.parquet").write_bytes(b"three other cohorts")
    assert known_ranges(study, records) is None
    (folder / "ensemble.parquet").unlink()
    assert known_ranges(study, records) is None


@pytest.mark.by_hand
def test_ranges_are_not_those_of_another_cohort(written):
    """Made beside other numbers of the same names: the tables or the code have changed since."""
    folder, records, _ = written
    study = read_study(folder / "small.yaml")
    other = records | {"os.median.a": Record("os.median.a", Estimate(201.0), 0)}
    assert known_ranges(study, other) is None
    fewer = {name: record for name, record in records.items() if name != "os.median.a"}
    assert known_ranges(study, fewer) is None


@pytest.mark.invariant
@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_ranges_fit_their_study_and_are_over_two_hundred_cohorts(name):
    study = read_study(PROJECT / "params" / f"{name}.yaml")
    known = known_ranges(study, records_of(numbers_in_process(study, notebooks_of(study))))
    assert known, "make cohorts"
    assert min(found.cohorts for found in known.values()) >= 200
