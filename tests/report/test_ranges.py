"""Ranges over an ensemble: by hand on three cohorts of six patients, those of the report, never stale."""

import csv
import math

import pytest
from ranges_trial import CLAIMS, cohorts, of_three, write
from report_project import PROJECT, same_number
from small_trial import STUDY

from smmlib.analysis.keys import Key
from smmlib.analysis.sections import study_numbers
from smmlib.calibration.cohort_analysis import cohort_analysis_data, cohort_numbers
from smmlib.report.claims.range_file import Range, known_ranges, write_ranges
from smmlib.report.claims.ranges import quantities_of, ranges_over
from smmlib.report.records.record import Record
from smmlib.stats.results import Estimate, HypothesisTest
from smmlib.trial import derive, read_study

QUIREDEX = PROJECT / "params" / "quiredex-2013.yaml"
BUNDLED = sorted(file.parent.name for file in (PROJECT / "smmlib" / "datasets").glob("*/ensemble.parquet"))


MEDIAN = Key("time_to_event", "median", "os", "a")


def records_of(numbers):
    return {key: Record(key, result, 0) for key, result in numbers.items()}


def by_name(ranges):
    return {(key.name, quantity): found for (key, quantity), found in ranges.items()}


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    return of_three(tmp_path_factory.mktemp("three"))


# ---- by hand


@pytest.mark.by_hand
def test_ranges_of_three_cohorts(three):
    """Medians of arm a: 200 and 250 days, and not reached with one death among three. Of arm b always 60."""
    _, own, ranges = three
    ranges = by_name(ranges)
    assert own[MEDIAN].value == 200
    assert ranges["os.median.a", "value"] == Range(200, 250, 3, 1)
    assert ranges["os.median.b", "value"] == Range(60, 60, 3, 0)
    assert ranges["os.events.a", "value"] == Range(1, 3, 3, 0)
    assert ranges["os.survival.100.a", "value"] == Range(pytest.approx(2 / 3), 1, 3, 0)
    assert ranges["population.randomised", "value"] == Range(6, 6, 3, 0)
    assert ranges["os.median.a", "n"] == Range(3, 3, 3, 0)


@pytest.mark.by_hand
def test_a_range_holds_every_cohort_and_is_attained(three):
    study, own, ranges = three
    ratio, logrank = (Key("time_to_event", measure, "os", "a", "b") for measure in ("hazard_ratio", "logrank"))
    each = [cohort_numbers(study, cohort)[ratio].value for cohort in cohorts()]
    assert (ranges[ratio, "value"].low, ranges[ratio, "value"].high) == (min(each), max(each))
    assert own[ratio].value == each[0]
    assert ranges[logrank, "p_value"].low < ranges[logrank, "p_value"].high


@pytest.mark.by_hand
def test_a_reason_that_nobody_has_in_a_cohort_is_a_count_of_none():
    def counts(**patients):
        return {
            Key("time_to_event", "reason", "os", "a", level=reason): Estimate(count, unit="patients", n=9)
            for reason, count in patients.items()
        }

    own = counts(death=5, censored=4)
    ranges = by_name(ranges_over([own, counts(censored=8, death=1), counts(censored=9)], own))
    assert ranges["os.reason(death).a", "value"] == Range(0, 5, 3, 0)
    assert ranges["os.reason(censored).a", "value"] == Range(4, 9, 3, 0)


@pytest.mark.by_hand
def test_a_number_that_no_cohort_has_is_estimable_in_none():
    logrank = Key("time_to_event", "logrank", "os", "a", "b")
    own = {MEDIAN: Estimate(3.0, 1.0, 5.0, 0.95, unit="months"), logrank: HypothesisTest(4.0, 0.05, 1, "")}
    missing = {MEDIAN: Estimate(math.nan, 2.0, math.nan, 0.95, unit="months")}
    ranges = ranges_over([missing, missing], own)
    assert math.isnan(ranges[MEDIAN, "value"].low)
    assert ranges[MEDIAN, "value"].not_estimable == ranges[MEDIAN, "value"].cohorts == 2
    assert ranges[MEDIAN, "low"] == Range(2, 2, 2, 0)
    assert ranges[logrank, "p_value"].not_estimable == 2


# ---- the numbers are those of the report


@pytest.mark.independent
def test_numbers_computed_in_this_process_are_those_of_the_committed_report():
    """The committed ones were made by notebooks in kernels; another processor may change the last digit."""
    study = read_study(QUIREDEX)
    numbers = {key.name: result for key, result in study_numbers(derive(study)).items()}
    with (PROJECT / "reports" / study.study / "numbers.csv").open(newline="", encoding="utf-8") as stream:
        committed = {row["record"]: row for row in csv.DictReader(stream)}
    assert numbers.keys() == committed.keys()
    for name, row in committed.items():
        for field in ("value", "low", "high", "std_error", "p_value", "statistic", "n", "events", "unit", "method"):
            value = getattr(numbers[name], field, "")
            assert same_number(row[field], "" if value != value else str(value)), f"{name} {field}"


@pytest.mark.invariant
def test_a_cohort_that_is_the_studys_own_gives_its_numbers_to_the_last_digit(three):
    study, own, _ = three
    again = cohort_numbers(study, cohorts()[0])
    assert {name: repr(result) for name, result in again.items()} == {name: repr(one) for name, one in own.items()}


@pytest.mark.by_hand
def test_a_cohort_is_analysed_without_a_file(tmp_path, three):
    """Neither its tables nor a salt for its patients' names, who are nobody, are written."""
    study = three[0].model_copy(update={"privacy": "hashed", "suppress_below": 2})
    data = study.data.model_copy(update={"subjects": str(tmp_path / "adsl.csv"), "salt": str(tmp_path / "salt.txt")})
    derived = cohort_analysis_data(study.model_copy(update={"data": data}), cohorts()[1])
    assert list(derived.subjects["patient"]) == ["a1", "a2", "a3", "b1", "b2", "b3"]
    assert list(tmp_path.iterdir()) == []


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
    other = records | {MEDIAN: Record(MEDIAN, Estimate(201.0), 0)}
    assert known_ranges(study, other) is None
    fewer = {key: record for key, record in records.items() if key != MEDIAN}
    assert known_ranges(study, fewer) is None


@pytest.mark.invariant
@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_ranges_fit_their_study_and_are_over_two_hundred_cohorts(name):
    study = read_study(PROJECT / "params" / f"{name}.yaml")
    known = known_ranges(study, records_of(study_numbers(derive(study))))
    assert known, "make cohorts"
    assert min(found.cohorts for found in known.values()) >= 200
