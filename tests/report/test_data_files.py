"""Analysis data as SAS transport files and as Dataset-JSON: the same data as the CSV, read back by several readers."""

import csv
import json
import math
import shutil
import struct
import subprocess
from datetime import date, timedelta

import pytest
from adverse_event_tables import STUDY as SAFETY
from adverse_event_tables import tables
from project_files import PROJECT
from report_project import rows
from small_trial import write_trial

from smmlib.report.exchange.data_columns import DATASETS, KNOWN, described_parts
from smmlib.report.exchange.data_files import write_data_files
from smmlib.trial import derive, read_study
from smmlib.trial.analysis_data import COLUMNS
from smmlib.trial.analysis_files import write_analysis_data
from smmlib.trial.tables.dataset_json import read_dataset_json
from smmlib.trial.tables.sas_cells import read_xpt

pytestmark = pytest.mark.independent

FORMATS = ("xpt", "dataset-json")
EPOCH = date(1960, 1, 1)


@pytest.fixture(scope="module", params=["awkward", "safety"])
def folder(request, tmp_path_factory):
    made = tmp_path_factory.mktemp(request.param)
    safety = write_trial(made, SAFETY, **tables(1))
    data = derive(read_study(PROJECT / "docs/example/example.yaml" if request.param == "awkward" else safety))
    write_analysis_data(data, made / "data")
    write_data_files(data, made / "data", FORMATS)
    return made / "data"


@pytest.fixture
def parts(folder):
    """The parts of the folder: the rows of each CSV file and what columns.csv says of its columns."""
    told = rows(folder / "columns.csv")
    return {name: (rows(folder / f"{name}.csv"), [row for row in told if row["file"] == name]) for name in names(told)}


def names(told):
    return dict.fromkeys(row["file"] for row in told)


def meaning(text, kind):
    """What a cell of CSV says: its apostrophe, which keeps a spreadsheet from running it, is no part of it."""
    if kind in ("number", "flag"):
        return float(text) if text else None
    return text.removeprefix("'") if kind == "text" else text or None


# ---- transport files, by a reader that knows nothing of ReadStat


def ibm_float(eight):
    """A number of IBM's System/360: a sign, a power of 16 and 56 bits; a missing one has a period and zeros."""
    if eight[0] in (0x2E, 0x5F, *range(0x41, 0x5B)) and not any(eight[1:]):
        return None
    first, fraction = eight[0], int.from_bytes(eight[1:], "big")
    return math.ldexp(-fraction if first & 0x80 else fraction, 4 * ((first & 0x7F) - 64) - 56)


def read_by_layout(file):
    """Names, labels and rows of a transport file by the layout of version 5: TS-140 of SAS."""
    content = file.read_bytes()
    assert len(content) % 80 == 0
    count = int(content[560 + 54 : 560 + 58])
    described = [content[640 + 140 * number :][:140] for number in range(count)]
    start = 640 + -(-140 * count // 80) * 80 + 80
    fields = [
        (struct.unpack(">h", one[:2])[0], *struct.unpack(">h", one[4:6]), *struct.unpack(">i", one[84:88]))
        for one in described
    ]
    width = sum(length for _, length, _ in fields)
    body = content[start:]
    records = [body[at : at + width] for at in range(0, len(body) - width + 1, width)]
    while records and not records[-1].strip():
        records.pop()  # the last block is filled up with blanks
    cells = [
        [
            ibm_float(one[at : at + length]) if kind == 1 else one[at : at + length].decode().rstrip()
            for kind, length, at in fields
        ]
        for one in records
    ]
    return [one[8:16].decode().strip() for one in described], [one[16:56].decode().strip() for one in described], cells


def test_transport_files_hold_what_the_csv_holds(folder, parts):
    for name, (given, told) in parts.items():
        short, labels, cells = read_by_layout(folder / f"{name}.xpt")
        assert short == [row["xpt_name"] for row in told]
        assert labels == [row["label"] + (f" ({row['unit']})" if row["unit"] else "") for row in told]
        assert len(cells) == len(given)
        for row, read in zip(given, cells, strict=True):
            for column, value in zip(told, read, strict=True):
                expected = meaning(row[column["column"]], column["type"])
                if column["type"] == "date" and value is not None:
                    value = (EPOCH + timedelta(days=int(value))).isoformat()
                assert value == expected, (name, column["column"])


def test_names_fit_version_5_and_are_their_own(parts):
    for _, told in parts.values():
        short = [row["xpt_name"] for row in told]
        assert len(set(short)) == len(short)
        assert all(name.isupper() and len(name) <= 8 and name.replace("_", "A").isalnum() for name in short)
    assert all(len(name) <= 8 for name, _ in DATASETS.values())
    assert len({name for name, *_ in KNOWN.values()}) == len(KNOWN)


def test_every_column_of_the_analysis_data_is_known():
    assert set(DATASETS) == set(COLUMNS)
    assert {column for columns in COLUMNS.values() for column in columns} | {"data"} == set(KNOWN)


# ---- by the package's own readers


@pytest.mark.parametrize(("ending", "reader"), [("xpt", read_xpt), ("json", read_dataset_json)])
def test_our_readers_read_both_formats_alike(folder, parts, ending, reader):
    for name, (given, told) in parts.items():
        file = folder / f"{name}.{ending}"
        with file.open("rb") as stream:
            cells = reader(file.name, stream).table
        assert len(cells) == len(given)
        for column in told:
            read = cells[column["xpt_name" if ending == "xpt" else "column"]]
            expected = [meaning(row[column["column"]], column["type"]) for row in given]
            assert [meaning(text, column["type"]) for text in read] == expected


def test_dataset_json_is_by_the_standard(folder, parts):
    for name, (given, told) in parts.items():
        dataset = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        assert dataset["datasetJSONVersion"] == "1.1.0"
        assert dataset["records"] == len(dataset["rows"]) == len(given)
        assert {"datasetJSONCreationDateTime", "itemGroupOID", "name", "label", "columns"} <= set(dataset)
        types = {"number": "double", "flag": "integer", "date": "date", "text": "string"}
        assert [column["dataType"] for column in dataset["columns"]] == [types[row["type"]] for row in told]
        assert all({"itemOID", "name", "label"} <= set(column) for column in dataset["columns"])


# ---- by R


SCRIPT = """
for (file in commandArgs(TRUE)) {
  data <- foreign::read.xport(file)
  data[] <- lapply(data, function(column) if (is.numeric(column)) sprintf("%.17g", column) else as.character(column))
  write.csv(data, sub("xpt$", "r.csv", file), row.names = FALSE, na = "")
}
"""


def has_foreign():
    found = shutil.which("Rscript") and subprocess.run(
        ["Rscript", "-e", "library(foreign)"], capture_output=True, check=False
    )
    return bool(found) and found.returncode == 0


@pytest.mark.other_package
def test_r_reads_the_transport_files(folder, parts, tmp_path):
    if not has_foreign():
        pytest.skip("R with its package foreign is not on this machine")
    script = tmp_path / "read.R"
    script.write_text(SCRIPT, encoding="utf-8")
    files = [str(folder / f"{name}.xpt") for name in parts]
    subprocess.run(["Rscript", "--vanilla", str(script), *files], check=True, capture_output=True)
    for name, (given, told) in parts.items():
        with (folder / f"{name}.r.csv").open(newline="", encoding="utf-8") as stream:
            read = list(csv.DictReader(stream))
        for column in told:
            texts = [row[column["xpt_name"]] for row in read]
            if column["type"] == "text":
                assert texts == [meaning(row[column["column"]], "text") for row in given]
            else:
                days = [None if text in ("", "NA") else float(text) for text in texts]
                expected = [meaning(row[column["column"]], column["type"]) for row in given]
                if column["type"] == "date":
                    expected = [day and float((date.fromisoformat(day) - EPOCH).days) for day in expected]
                assert days == expected


# ---- what does not fit, and what must not change


def small(tmp_path, **changes):
    """A trial with a text of 250 bytes and variables whose names are long and alike."""
    patient = {
        "TRT01P": "A",
        "RANDDT": "2010-01-01",
        "LSTALVDT": "2010-03-01",
        "DTHDT": "",
        "STRATIFICATION_1": "x",
        "STRATIFICATION_2": "é" * 125,
    }
    given = [{"USUBJID": f"{arm}{number}", **patient, "TRT01P": arm} for arm in "AB" for number in range(3)]
    factors = [
        {"variable": f"STRATIFICATION_{number}", "label": f"A factor with a label of more than forty bytes, {number}"}
        for number in (1, 2)
    ]
    return derive(read_study(write_trial(tmp_path, {"strata": factors, **changes}, subjects=given)))


@pytest.mark.by_hand
def test_long_names_labels_and_texts_are_cut_and_it_is_said(tmp_path):
    data = small(tmp_path)
    write_data_files(data, tmp_path, FORMATS)
    told = {row["column"]: row for row in rows(tmp_path / "columns.csv") if row["file"] == "subjects"}
    assert [told[f"STRATIFICATION_{number}"]["xpt_name"] for number in (1, 2)] == ["STRATIFI", "STRATIF2"]
    assert (told["STRATIFICATION_2"]["xpt_cut"], told["STRATIFICATION_1"]["xpt_cut"]) == ("6", "")
    names, labels, cells = read_by_layout(tmp_path / "subjects.xpt")
    place = names.index("STRATIF2")
    assert {row[place] for row in cells} == {"é" * 100}  # 200 bytes, and no half of a letter
    assert labels[place] == "A factor with a label of more than forty"
    whole = json.loads((tmp_path / "subjects.json").read_text(encoding="utf-8"))
    assert (
        whole["rows"][0][whole["columns"].index(next(c for c in whole["columns"] if c["name"] == "STRATIFICATION_2"))]
        == "é" * 125
    )


@pytest.mark.invariant
def test_the_same_data_give_the_same_bytes_whenever_they_are_written(tmp_path, monkeypatch):
    data = small(tmp_path)
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        write_data_files(data, tmp_path / name, FORMATS)
        monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    files = sorted(file.name for file in (tmp_path / "one").iterdir())
    assert files == ["columns.csv", "subjects.json", "subjects.xpt", "times.json", "times.xpt"]
    assert all((tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes() for name in files)
    assert b"01JAN60:00:00:00" in (tmp_path / "one" / "times.xpt").read_bytes()[:560]


@pytest.mark.by_hand
def test_without_exchange_only_the_columns_are_told(tmp_path):
    write_data_files(small(tmp_path), tmp_path / ".", ())
    assert not list(tmp_path.glob("*.xpt"))
    assert {row["type"] for row in rows(tmp_path / "columns.csv")} == {"text", "flag", "number", "date"}


@pytest.mark.by_hand
def test_columns_have_the_labels_and_units_of_the_study(tmp_path):
    parts = described_parts(small(tmp_path))
    told = {column.name: (column.label, column.unit) for column in parts["times"]}
    assert told["time"] == ("Time", "days")
    factor = next(column for column in parts["subjects"] if column.name == "STRATIFICATION_1")
    assert factor.label == "A factor with a label of more than forty bytes, 1"
