"""Two reports held against each other: what moved, in words, and what explains it."""

import csv
import json

import pytest
from project_files import PROJECT

from smmlib.cli import main
from smmlib.report.comparison.explanation import differences, explanation
from smmlib.report.comparison.moved import moved_numbers
from smmlib.report.comparison.numbers_file import read_numbers
from smmlib.report.records.record import RESULT_COLUMNS

pytestmark = pytest.mark.by_hand

COLUMNS = ("record", *RESULT_COLUMNS)
RATIO = {"record": "os.hazard_ratio", "value": 0.31, "low": 0.1, "high": 0.91, "conf_level": 0.95, "std_error": 0.55}
RATIO |= {"n": 119, "events": 21, "unit": "ratio"}
TEST = {"record": "os.logrank", "p_value": 0.03, "statistic": 4.7, "df": 1, "n": 119, "events": 21}
MEDIAN = {"record": "ttp.median", "value": 21.1, "low": 13.8, "high": 28.6, "conf_level": 0.95, "unit": "months"}
SHARE = {"record": "os.survival", "value": 0.937, "low": 0.8, "high": 0.98, "conf_level": 0.95, "unit": "proportion"}
COUNT = {"record": "os.events", "value": 4, "n": 57, "unit": "patients"}


def write(folder, *rows, manifest=None):
    folder.mkdir(exist_ok=True)
    with (folder / "numbers.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows({"method": "As always", **row} for row in rows)
    if manifest is not None:
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def moved(tmp_path, old, new):
    numbers = (read_numbers(write(tmp_path / name, row)) for name, row in (("old", old), ("new", new)))
    return [(each.what, each.words) for each in moved_numbers(*numbers)]


@pytest.mark.parametrize(
    ("old", "new", "what", "words"),
    [
        (
            RATIO,
            {"value": 0.341, "high": 1.02},
            "the conclusion",
            "10% higher, 0.17 of its standard error; the interval now includes 1",  # 0.0953 / 0.55
        ),
        (RATIO, {"value": 0.279}, "the printed number", "10% lower, 0.19 of its standard error"),  # 0.1054 / 0.55
        (RATIO, {"value": 0.31000031}, "digits that are not printed", "value by 1.0e-06 of itself"),
        (TEST, {"p_value": 0.06}, "the conclusion", "+0.03; P is no longer below 0.05"),
        (TEST, {"p_value": 0.04}, "the printed number", "+0.01"),
        (MEDIAN, {"value": ""}, "the conclusion", "is no longer reached"),
        (MEDIAN, {"value": 20.6}, "the printed number", "−0.5 months"),
        (MEDIAN, {"high": ""}, "the printed number", "high"),
        (SHARE, {"value": 0.929}, "the printed number", "−0.8 percentage points"),
        (COUNT, {"value": 5}, "the printed number", "+1 patients"),
        (COUNT, {"value": "", "unit": "masked"}, "the conclusion", "is masked now"),
    ],
)
def test_what_moved_is_said_in_words(tmp_path, old, new, what, words):
    assert moved(tmp_path, old, old | new) == [(what, words)]


@pytest.mark.parametrize("row", [RATIO, TEST, MEDIAN, SHARE, COUNT])
def test_the_last_digit_of_another_processor_is_no_movement(tmp_path, row):
    last = {name: row[name] * (1 + 2e-16) for name in ("value", "p_value") if name in row}
    assert moved(tmp_path, row, row | last) == []


def test_the_gravest_comes_first_and_what_is_in_one_report_alone_last(tmp_path):
    old = read_numbers(write(tmp_path / "old", COUNT, RATIO, MEDIAN, TEST))
    changed = [COUNT | {"value": 5}, RATIO | {"value": 0.31000031}, TEST | {"p_value": 0.2}, SHARE]
    found = moved_numbers(old, read_numbers(write(tmp_path / "new", *changed)))
    assert [(each.name, each.what) for each in found] == [
        ("os.logrank", "the conclusion"),
        ("os.events", "the printed number"),
        ("os.hazard_ratio", "digits that are not printed"),
        ("ttp.median", "disappeared"),
        ("os.survival", "appeared"),
    ]


MANIFEST = {"data": {"subjects": "a" * 64}, "parameters": {"x.yaml": "b" * 64}, "library": "c" * 64, "seed": 4}
MANIFEST |= {"versions": {"scipy": "1.17.1"}, "platform": "Linux x86_64", "made": "yesterday"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"made": "today"}, []),
        ({"data": {"subjects": "d" * 64}}, ["tables changed: subjects"]),
        ({"parameters": {"y.yaml": "b" * 64}}, []),
        ({"parameters": {"x.yaml": "d" * 64}}, ["parameters changed"]),
        ({"library": "d" * 64}, ["code of smmlib changed"]),
        ({"seed": 5}, ["seed of the cohort: 4 before, 5 now"]),
        ({"versions": {"scipy": "1.18.0"}}, ["versions: scipy 1.17.1 before, 1.18.0 now"]),
    ],
)
def test_what_explains_it_is_read_from_the_manifests(changes, said):
    assert differences(MANIFEST, MANIFEST | changes) == said
    told = explanation(MANIFEST, MANIFEST | changes)
    assert told == (f"What is not the same: {said[0]}." if said else told)
    assert said or told.startswith("Nothing explains it")


def test_the_command_ends_with_one_where_a_number_moved(tmp_path, capsys):
    old = write(tmp_path / "old", RATIO, COUNT, manifest=MANIFEST)
    new = write(tmp_path / "new", RATIO | {"value": 0.4}, COUNT, manifest=MANIFEST | {"library": "d" * 64})
    assert main(["compare", str(old), str(new), "--html", str(tmp_path / "c.html")]) == 1
    said = capsys.readouterr().out
    assert "1 of 2 numbers moved (1 the printed number)." in said
    assert "What is not the same: code of smmlib changed." in said
    assert "os.hazard_ratio: 0.31 (95% CI, 0.10 to 0.91) before, 0.40 (95% CI, 0.10 to 0.91) now; 29% higher" in said
    assert "29% higher" in (tmp_path / "c.html").read_text(encoding="utf-8")
    assert main(["compare", str(old), str(old / "numbers.csv")]) == 0
    assert "No number moved: all 2 are the same." in capsys.readouterr().out


@pytest.mark.parametrize("content", [None, "", "a,b\n1,2\n", "record,value\nx,1\n", "\0\xff"])
def test_what_is_no_report_is_told(tmp_path, capsys, content):
    old = write(tmp_path / "old", RATIO)
    other = tmp_path / "other.csv"
    if content is not None:
        other.write_bytes(content.encode("latin-1"))
    assert main(["compare", str(old), str(other)]) == 2
    assert "other.csv" in capsys.readouterr().err


def test_a_cell_that_is_no_number_is_told(tmp_path, capsys):
    old = write(tmp_path / "old", RATIO)
    assert main(["compare", str(old), str(write(tmp_path / "new", RATIO | {"value": "much"}))]) == 2
    assert "the row of 'os.hazard_ratio' holds what is no number" in capsys.readouterr().err


@pytest.mark.end_to_end
def test_fresh_reports_have_the_numbers_of_the_committed_ones(shared_reports):
    for study in ("quiredex-2013", "freireich-1963"):
        assert (
            main(["compare", str(PROJECT / "reports" / study / "numbers.csv"), str(shared_reports.report(study))]) == 0
        )
