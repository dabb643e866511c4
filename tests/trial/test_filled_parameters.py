"""Parameters filled from the tables of a folder: what was recognised, what is doubtful, and what cannot be filled."""

import pytest
import yaml
from pilot_like_trial import write_tables

from smmlib.trial.new_study.command import main as start
from smmlib.trial.new_study.guessed_endpoints import axis_times
from smmlib.trial.new_study.yaml_lines import flow, scalar

pytestmark = pytest.mark.by_hand


@pytest.fixture
def folder(tmp_path):
    write_tables(tmp_path)
    return tmp_path


def filled(folder, capsys):
    assert start(["shape", "--tables", str(folder)]) == 0, capsys.readouterr().err
    text = (folder / "shape.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text), text


def test_arms_are_those_of_patients_in_the_order_of_their_codes_with_the_placebo_last(folder, capsys):
    found, text = filled(folder, capsys)
    assert found["arms"]["variable"] == "TRT01P"
    assert found["arms"]["reference"] == "placebo"
    assert [arm["value"] for arm in found["arms"]["levels"]] == ["Drug Low Dose", "Drug High Dose", "Placebo"]
    assert text.count("# 12 patients") == 3
    assert "Screen" not in text


def test_endpoints_have_their_events_their_unit_and_the_day_that_the_start_is(folder, capsys):
    found, text = filled(folder, capsys)
    assert found["time_unit"] == "days"
    assert found["data"]["first_day"] == 1
    assert found["endpoints"]["ttde"]["paramcd"] == "TTDE"
    assert found["endpoints"]["ttde"]["event_label"] == "Dermatologic event"
    assert "24 events in 36 patients" in text
    assert found["analysis"]["axis_times"] == [0, 30, 60, 90, 120, 150, 180]


def test_populations_baseline_and_subgroups_are_those_of_the_columns(folder, capsys):
    found, text = filled(folder, capsys)
    assert found["populations"]["safety"] == {"label": "safety", "flag": "SAFFL", "arm_variable": "TRT01A"}
    assert (found["population"], found["safety_population"]) == ("intention-to-treat", "safety")
    baseline = {each["variable"]: each for each in found["baseline"]}
    assert list(baseline) == ["AGE", "AGEGR1", "SEX", "WEIGHTBL"]
    assert baseline["AGE"]["unit"] == "years"
    assert "unit" not in baseline["AGEGR1"]
    assert [each["variable"] for each in found["subgroups"]] == ["AGEGR1", "SEX"]
    assert "<65, 65-80, >80" in text
    assert "1 missing" in text


def test_adverse_events_count_by_their_flag(folder, capsys):
    found, _ = filled(folder, capsys)
    assert found["safety"] == {"emergent": "flag", "treatment": {"start": "TRTSDT", "end": "TRTEDT"}}
    assert found["runs"]["safety"] == {"notebook": "safety"}


def test_a_salt_that_is_there_is_kept_and_parameters_that_are_there_are_not_overwritten(folder, capsys):
    filled(folder, capsys)
    salt = (folder / "salt.txt").read_bytes()
    assert start(["other", "--tables", str(folder)]) == 0
    assert (folder / "salt.txt").read_bytes() == salt
    assert start(["shape", "--tables", str(folder)]) == 2
    assert "shape.yaml: there already" in capsys.readouterr().err


def test_parameters_may_lie_above_their_tables_but_not_elsewhere(folder, tmp_path, capsys):
    (tmp_path / "tables").mkdir()
    for file in tmp_path.glob("*.csv"):
        file.rename(tmp_path / "tables" / file.name)
    assert start(["shape", str(tmp_path), "--tables", str(tmp_path / "tables")]) == 0
    text = (tmp_path / "shape.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["data"]["subjects"] == "tables/adsl.csv"
    assert start(["shape", str(tmp_path / "elsewhere"), "--tables", str(tmp_path / "tables")]) == 2
    assert "lies outside of" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("file", "told"),
    [("adsl.csv", "holds no adsl"), ("adtte.csv", "holds no adtte"), ("", "is no folder")],
    ids=["subjects", "times", "folder"],
)
def test_what_cannot_be_filled_is_told(folder, capsys, file, told):
    if file:
        (folder / file).unlink()
    given = str(folder) if file else str(folder / "none")
    assert start(["shape", "--tables", given]) == 2
    assert told in capsys.readouterr().err
    assert not (folder / "shape.yaml").exists()


def test_a_table_in_two_formats_is_told(folder, capsys):
    (folder / "adsl.parquet").write_bytes(b"")
    assert start(["shape", "--tables", str(folder)]) == 2
    assert "adsl.csv and adsl.parquet are one table twice" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["No", "012", "null", "2014-01-02", "1e3", "a: b", "# x", "é", "", "{a}", "Y", "5 mg"])
def test_texts_are_texts_for_yaml_too(text):
    assert yaml.safe_load(f"value: {scalar(text)}") == {"value": text}
    assert yaml.safe_load(flow({"value": [text, text]})) == {"value": [text, text]}


@pytest.mark.parametrize(
    ("longest", "unit", "times"),
    [
        (198, "days", [0, 30, 60, 90, 120, 150, 180, 210]),
        (40, "months", [0, 6, 12, 18, 24, 30, 36, 42]),
        (35, "weeks", [0, 8, 16, 24, 32, 40]),
        (6, "years", [0, 1, 2, 3, 4, 5, 6]),
        (9000, "days", [0, 1460, 2920, 4380, 5840, 7300, 8760, 10220]),
    ],
)
def test_axes_have_familiar_steps(longest, unit, times):
    assert axis_times(longest, unit) == times
