"""A report that somebody received: were its files changed, and does R still compute its numbers?"""

import shutil

import pytest
from project_files import PROJECT

from smmlib.analysis import Key
from smmlib.cli import main
from smmlib.report.verification.r_questions import asked_keys, write_questions
from smmlib.trial import read_study

pytestmark = [pytest.mark.by_hand, pytest.mark.end_to_end]
WITHOUT_R = shutil.which("Rscript") is None


@pytest.fixture
def received(shared_reports, tmp_path):
    """A copy of the report of Freireich 1963, as if it had been sent."""
    return shutil.copytree(shared_reports.report("freireich-1963"), tmp_path / "received")


def verified(report, capsys):
    code = main(["verify", str(report)])
    return code, capsys.readouterr()


def test_a_report_as_it_was_made_is_told_so(received, capsys):
    code, said = verified(received, capsys)
    assert code == 0, said.out
    assert "files are as they were made" in said.out


@pytest.mark.skipif(WITHOUT_R, reason="there is no R on this machine")
def test_r_computes_every_number_of_it_again(received, capsys):
    _, said = verified(received, capsys)
    assert "39 of 39 numbers computed again from the analysis data, no value differs" in said.out


@pytest.mark.skipif(WITHOUT_R, reason="there is no R on this machine")
def test_an_event_that_was_taken_away_is_found_twice(received, capsys):
    """By the hash of the file, and by the numbers that R then computes."""
    file = received / "analysis_data" / "times.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(place for place, line in enumerate(lines) if ",placebo,,1.0,1," in line)
    lines[place] = lines[place].replace(",placebo,,1.0,1,", ",placebo,,1.0,0,")
    file.write_text("".join(lines), encoding="utf-8")
    code, said = verified(received, capsys)
    assert code == 1
    assert "changed: analysis_data/times.csv" in said.out
    assert "remission.events.placebo: value is 21.0 in the report, and 20.0 by R" in said.out


def test_files_that_were_changed_taken_away_and_added_are_named(received, capsys):
    (received / "ledger.csv").write_text("", encoding="utf-8")
    (received / "verification.csv").unlink()
    (received / "notes.txt").write_text("mine", encoding="utf-8")
    code, said = verified(received, capsys)
    assert code == 1
    for line in ("changed: ledger.csv", "missing: verification.csv", "added: notes.txt", "are not those of the run"):
        assert line in said.out


def test_without_r_it_is_said_that_nothing_was_computed_again(received, capsys, monkeypatch):
    monkeypatch.setenv("PATH", "")
    code, said = verified(received, capsys)
    assert code == 0
    assert "Rscript is not on this machine: nothing was computed again." in said.out


@pytest.mark.parametrize("manifest", [None, "{}", '{"outputs": 1}', "no json"])
def test_a_folder_without_a_manifest_is_no_report(received, capsys, manifest):
    (received / "manifest.json").unlink()
    if manifest is not None:
        (received / "manifest.json").write_text(manifest, encoding="utf-8")
    code, said = verified(received, capsys)
    assert code == 2
    assert "manifest.json is not there, or names no files of a report" in said.err


def test_what_r_is_asked_runs_in_no_spreadsheet_and_is_read_as_it_was(tmp_path):
    keys = [Key("baseline", "category", arm="rd", factor="'SEX", level="=1+1"), Key("os", "survival", at=36.0)]
    write_questions(read_study(PROJECT / "params" / "freireich-1963.yaml"), keys, tmp_path)
    assert ",''SEX,'=1+1\n" in (tmp_path / "asked.csv").read_text(encoding="utf-8")
    assert asked_keys(tmp_path) == keys
