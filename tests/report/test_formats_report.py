"""A study in five formats gives the same numbers to the last digit, and its report those of the committed one."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from project_files import TABLES
from report_project import PROJECT, contents, rows, same_number

from smmlib.report.command import main
from smmlib.trial import read_study, read_tables, time_to_event

pytestmark = pytest.mark.invariant

STUDY = "freireich-1963"
DATASET = PROJECT / "smmlib" / "datasets" / STUDY
NUMBERS = {"AVAL": "float", "CNSR": "integer"}
"""Columns that are numbers, with their dataType in Dataset-JSON; all others are text."""
AS_WRITTEN = ("notebook", "data")
"""Columns of numbers.csv that say where a number was made and from whose data, and are no number."""


def typed(name):
    """A table of Freireich as a program would hold it: times as doubles, CNSR as integers."""
    table = pd.read_csv(DATASET / f"{name}.csv", dtype=str)
    kinds = {column: "float64" if kind == "float" else "int64" for column, kind in NUMBERS.items() if column in table}
    return table.astype(kinds)


def write_csv(name, file):
    shutil.copy(DATASET / f"{name}.csv", file)


def write_parquet(name, file):
    typed(name).to_parquet(file)


def write_xpt(name, file):
    pyreadstat.write_xport(typed(name), str(file), table_name=name.upper(), file_format_version=5)


def write_dataset_json(name, file):
    table = typed(name)
    columns = [
        {"itemOID": f"IT.{column}", "name": column, "label": column, "dataType": NUMBERS.get(column, "string")}
        for column in table
    ]
    content = {
        "datasetJSONCreationDateTime": "2026-01-01T00:00:00",
        "datasetJSONVersion": "1.1.0",
        "itemGroupOID": f"IG.{name.upper()}",
        "records": len(table),
        "name": name.upper(),
        "label": name.upper(),
        "columns": columns,
        "rows": [list(row) for row in zip(*(table[column].tolist() for column in table), strict=True)],
    }
    file.write_text(json.dumps(content), encoding="utf-8")


def copy_sas7bdat(name, file):
    shutil.copy(TABLES / "freireich" / f"{name}.sas7bdat", file)


FORMATS = {
    ".csv": write_csv,
    ".parquet": write_parquet,
    ".xpt": write_xpt,
    ".json": write_dataset_json,
    ".sas7bdat": copy_sas7bdat,
}


def write_study(folder, ending):
    """Freireich's study in a folder of its own, its tables in one format, with the salt of the bundled one."""
    folder.mkdir()
    text = (PROJECT / "params" / f"{STUDY}.yaml").read_text(encoding="utf-8")
    changes = {f"  bundled: {STUDY}\n": ""} | {f": {name}.csv\n": f": {name}{ending}\n" for name in ("adsl", "adtte")}
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    for name in ("adsl", "adtte"):
        FORMATS[ending](name, folder / f"{name}{ending}")
    shutil.copy(DATASET / "salt.txt", folder)
    file = folder / "study.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def remission(file):
    study = read_study(file)
    assert Path(study.data.times).parent == file.parent
    return time_to_event(study, read_tables(study), "remission")


@pytest.fixture(scope="module")
def bundled():
    study = read_study(PROJECT / "params" / f"{STUDY}.yaml")
    return time_to_event(study, read_tables(study), "remission")


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_gives_the_same_times_to_the_last_digit(tmp_path, bundled, ending):
    data = remission(write_study(tmp_path / "study", ending))
    for name in ("time", "event", "arm"):
        found, expected = getattr(data, name), getattr(bundled, name)
        assert found.dtype == expected.dtype
        assert found.tobytes() == expected.tobytes()
    assert len(data.time) == 42
    why, expected = data.derivation, bundled.derivation
    for column in ("patient", "arm", "reason", "explanation"):
        np.testing.assert_array_equal(why[column], expected[column])
    assert set(why["source"]) == {f"adtte{ending}"}


@pytest.mark.parametrize("ending", FORMATS)
def test_where_patients_are_identified_each_row_says_where_it_stands_in_its_format(tmp_path, ending):
    file = write_study(tmp_path / "study", ending)
    file.write_text(file.read_text(encoding="utf-8") + "privacy: identified\n", encoding="utf-8")
    place = "line {}" if ending == ".csv" else "record {}"
    first = 2 if ending == ".csv" else 1
    expected = [f"adtte{ending} {place.format(row + first)}" for row in range(42)]
    assert remission(file).derivation["source"].tolist() == expected


def test_the_tables_may_each_be_of_another_format(tmp_path, bundled):
    file = write_study(tmp_path / "study", ".xpt")
    write_parquet("adtte", file.parent / "adtte.parquet")
    file.write_text(file.read_text(encoding="utf-8").replace("adtte.xpt", "adtte.parquet"), encoding="utf-8")
    assert remission(file).time.tobytes() == bundled.time.tobytes()


@pytest.mark.end_to_end
def test_a_report_from_sas_tables_outside_the_project_has_the_numbers_of_the_committed_one(tmp_path):
    file, reports = write_study(tmp_path / "study", ".sas7bdat"), tmp_path / "reports"
    before = contents(file.parent)
    assert main([str(file), "--reports", str(reports)]) == 0
    assert contents(file.parent) == before, "a run writes nothing into the folder of the study"
    assert [folder.name for folder in reports.iterdir() if folder.is_dir()] == [STUDY]
    fresh, committed = (rows(folder / STUDY / "numbers.csv") for folder in (reports, PROJECT / "reports"))
    assert len(fresh) == len(committed) > 30
    for new, old in zip(fresh, committed, strict=True):
        assert new.keys() == old.keys()
        for column in new.keys() - set(AS_WRITTEN):
            assert same_number(old[column], new[column]), f"{new['record']} {column}"
    assert {row["verdict"] for row in rows(reports / STUDY / "ledger.csv")} == {"reproduced"}
