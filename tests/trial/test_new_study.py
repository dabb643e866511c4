"""A study of one's own: what is started, what is understood of it, and how it is said to be wrong."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from small_trial import write_trial

from smmlib.report import check
from smmlib.trial.new_study.command import SCHEMA
from smmlib.trial.new_study.command import main as start
from smmlib.trial.parameters.study import read_study
from smmlib.trial.tables.columns import needed_columns

pytestmark = pytest.mark.by_hand


@pytest.fixture(autouse=True)
def without_make(monkeypatch):
    """The tests may have been started by make, which names the study that it starts."""
    monkeypatch.delenv("SMMLIB_NAME", raising=False)


def test_by_make_the_next_step_is_one_of_make(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("SMMLIB_NAME", "my-trial")
    assert start(["my-trial", str(tmp_path / "mine")]) == 0
    assert f"make check PARAMS={tmp_path}/mine/my-trial.yaml" in capsys.readouterr().out


def test_a_new_study_is_commented_valid_and_has_the_headers_that_it_needs(tmp_path, capsys):
    assert start(["my-trial", str(tmp_path / "mine")]) == 0
    assert f"smmlib check {tmp_path}/mine/my-trial.yaml" in capsys.readouterr().out
    file = tmp_path / "mine" / "my-trial.yaml"
    study = read_study(file)
    assert study.study == "my-trial"
    assert len([line for line in file.read_text(encoding="utf-8").splitlines() if "#" in line]) > 20
    for table, columns in needed_columns(study).items():
        path = getattr(study.data, table)
        with open(path, encoding="utf-8") as stream:
            assert set(columns) < set(stream.read().strip().split(","))
    assert len((tmp_path / "mine" / "salt.txt").read_text(encoding="ascii").strip()) == 64


def test_two_new_studies_have_different_salts(tmp_path):
    salts = set()
    for name in ("one", "two"):
        start([name, str(tmp_path / name)])
        salts.add((tmp_path / name / "salt.txt").read_text(encoding="ascii"))
    assert len(salts) == 2


def test_nothing_that_is_there_is_overwritten(tmp_path, capsys):
    (tmp_path / "adsl.csv").write_text("mine", encoding="ascii")
    assert start(["my-trial", str(tmp_path)]) == 2
    assert "adsl.csv: there already; choose another folder. Nothing was written." in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["adsl.csv"]


@pytest.mark.parametrize("name", ["", "my trial", "../mine", "a/b", "_x"])
def test_a_name_that_is_none_is_refused(tmp_path, capsys, name):
    assert start([name, str(tmp_path / "mine")]) == 2
    assert f"name is {name!r}: use letters, digits, - and _" in capsys.readouterr().err
    assert not (tmp_path / "mine").exists()


def test_the_empty_tables_of_a_new_study_are_told_all_at_once(tmp_path, capsys):
    start(["my-trial", str(tmp_path)])
    capsys.readouterr()
    assert check.main([str(tmp_path / "my-trial.yaml")]) == 2
    said = capsys.readouterr().err
    assert said.count("the table has no rows") == 3
    assert "3 problems: nothing can be run." in said


PATIENTS = [
    {
        "USUBJID": f"{arm}{number}",
        "TRT01P": arm,
        "RANDDT": "2010-01-03",
        "DTHDT": dead,
        "LSTALVDT": dead or "2011-01-01",
    }
    for arm in "AB"
    for number, dead in enumerate(["2010-06-01", "", ""])
]


def test_what_was_understood_is_said(tmp_path, capsys):
    follow_up = {"endpoint": "os", "estimator": "reverse-kaplan-meier"}
    changes = {"follow_up": follow_up, "data_cutoff": "2010-12-01"}
    assert check.main([str(write_trial(tmp_path, changes, subjects=PATIENTS))]) == 0
    said = capsys.readouterr().out
    for words in (
        "small: Small",
        "  data           synthetic patients",
        "  subjects       adsl.csv, 6 rows of randomised patients",
        "  cut-off        2010-12-01",
        "  randomised     6: A 3, B 3",
        "  analysed       6: A 3, B 3 (all randomised)",
        "  DTHDT          2 patients, 2010-06-01 to 2010-06-01",
        "  LSTALVDT       6 patients, 2010-06-01 to 2010-12-01",
        "  follow-up      median 332.0 days",
        "os: Overall survival, 2 events in 6 patients",
        "From randomisation to death.",
        "new therapy: treatment policy",
        "    A            censored: data cut-off 2; death 1",
    ):
        assert words in said
    assert "masks" not in said


def test_the_check_says_that_its_own_counts_are_not_masked(tmp_path, capsys):
    assert check.main([str(write_trial(tmp_path, {"suppress_below": 3}, subjects=PATIENTS))]) == 0
    assert "note           the report masks counts under 3, and these lines mask nothing" in capsys.readouterr().out


def test_the_check_runs_by_itself_and_has_no_traceback(tmp_path):
    patients = [row | {"DTHDT": "2009-01-01"} for row in PATIENTS]
    file = write_trial(tmp_path, {}, subjects=patients)
    command = [sys.executable, "-m", "smmlib", "check", str(file)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    assert "DTHDT is '2009-01-01', but must be no earlier than RANDDT and LSTALVDT" in ended.stderr


@pytest.mark.parametrize("folder", ["a `touch OWNED` b", 'it\'s "so" {x}%s', "a\nstudy: NAME\nb: 1", "-x", "#é"])
def test_a_new_study_may_be_in_a_folder_of_any_name(tmp_path, monkeypatch, capsys, folder):
    """What it says to do can be pasted, and the comment that names the schema stays one comment."""
    monkeypatch.chdir(tmp_path)
    assert start(["--", "my-trial", folder]) == 0
    file = tmp_path / folder / "my-trial.yaml"
    assert read_study(file).study == "my-trial"
    first = file.read_text(encoding="utf-8").splitlines()[0]
    schema = unquote(first.partition("=")[2])
    assert first.startswith("# yaml-language-server: $schema=")
    assert (tmp_path / folder / schema).resolve() == SCHEMA
    advice = capsys.readouterr().out.rpartition("then: ")[2]
    if "\n" not in folder:
        *command, path = shlex.split(advice)
        assert (command, Path(path)) == (["smmlib", "check"], file.relative_to(tmp_path))
        assert not path.startswith("-")


def test_a_folder_whose_name_is_not_in_utf8_is_refused(tmp_path, capsys):
    assert start(["my-trial", str(tmp_path / os.fsdecode(b"\xff"))]) == 2
    assert "\\udcff: its name, or that of a folder above it, is not in UTF-8: rename it." in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
