"""Tables that would fill the memory: refused before they are unfolded, or told by name where the memory ends."""

import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
from project_files import TESTS

from smmlib.calibration.ensemble_file import read_cohorts
from smmlib.trial.tables import bounds, problems
from smmlib.trial.tables.cells import read_cells
from smmlib.trial.tables.problems import DataError, Problem, counted
from smmlib.trial.tables.reading import read_column

pytestmark = pytest.mark.by_hand

ENSEMBLE = TESTS.parent / "smmlib/datasets/e3a06-2020/ensemble.parquet"
ROWS = 100
READ_HERE = """
import resource, sys
from smmlib.trial.tables.cells import read_cells
from smmlib.trial.tables.problems import DataError

file, small, *limits = sys.argv[1:]
most = resource.getrlimit(resource.RLIMIT_AS)[1]
read_cells(small)  # what is imported at the first file is there before the limit
for limit in map(int, limits):
    size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize() + limit
    resource.setrlimit(resource.RLIMIT_AS, (size, most))
    try:
        print(read_cells(file).table.shape)
    except DataError as error:
        print(error)
"""
EMPTY_COHORT = {"cohort": pa.array([1], pa.int16()), "table": pa.array(["a"]).dictionary_encode()}
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="other systems hold no process to a limit of memory")


def refusal(file, read=read_cells):
    with pytest.raises(DataError) as refused:
        read(file)
    return str(refused.value).removeprefix(f"{file}: ")


def read_within(file, *megabytes):
    """What is said of a file by a process that may take no more memory than that for it, with each limit in turn."""
    small = file.parent / f"small{file.suffix}"
    written(small, 3)
    limits = [str(limit * 10**6) for limit in megabytes]
    script = [sys.executable, "-c", READ_HERE, str(file), str(small), *limits]
    done = subprocess.run(script, capture_output=True, text=True, check=True, timeout=600)
    return done.stdout.splitlines()


def written(file, rows):
    """A table of three columns: identifiers, numbers and texts that differ."""
    identifiers = [f"TRIAL-{row:07d}" for row in range(rows)]
    texts = [f"{row}x" for row in range(rows)]
    table = pd.DataFrame({"USUBJID": identifiers, "AVAL": np.arange(rows) / 7, "TEXT": texts})
    writers = {".csv": to_csv, ".parquet": pd.DataFrame.to_parquet, ".xpt": pyreadstat.write_xport}
    writers.get(file.suffix, to_json)(table, file)
    return file


def to_csv(table, file):
    table.to_csv(file, index=False)


def to_json(table, file):
    columns = [{"name": name, "dataType": "double" if name == "AVAL" else "string"} for name in table]
    metadata = {"datasetJSONVersion": "1.1.0", "records": len(table), "columns": columns}
    rows = table.to_numpy().tolist()
    if file.suffix == ".ndjson":
        file.write_text("\n".join(map(json.dumps, [metadata, *rows])))
    else:
        file.write_text(json.dumps(metadata | {"rows": rows}))


# ---- before anything is unfolded


def test_a_small_file_of_many_rows(tmp_path):
    """A hundred kilobytes that hold 64,000,000 cells, all of them empty."""
    file = tmp_path / "adlb.parquet"
    empty = pa.table({f"C{number}": pa.nulls(2_000_000, pa.int64()) for number in range(8)})
    with pq.ParquetWriter(file, empty.schema) as writer:
        for _ in range(4):
            writer.write_table(empty)
    assert file.stat().st_size < 200_000
    assert refusal(file) == (
        "has 8,000,000 rows of 8 columns, 64,000,000 cells, but must be a table of 50,000,000 cells or fewer: "
        "keep the columns and rows that the analysis needs"
    )


def test_the_largest_table_is_not_refused():
    bounds.check_cells("adlb", 400_000, 30)
    bounds.check_cells("adlb", 10_000_000, 5)
    with pytest.raises(DataError):
        bounds.check_cells("adlb", 10_000_001, 5)


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".xpt", ".json", ".ndjson"])
def test_cells_are_counted_in_every_format(suffix, tmp_path, monkeypatch):
    file = written(tmp_path / f"adlb{suffix}", ROWS)
    # A transport file does not say how many rows it has: they are counted as if its header were some.
    monkeypatch.setattr(bounds, "MOST_CELLS", ROWS * 3 if suffix != ".xpt" else ROWS * 5)
    read_cells(file)
    monkeypatch.setattr(bounds, "MOST_CELLS", ROWS * 3 - 1)
    assert "but must be a table of 299 cells or fewer: keep the columns and rows" in refusal(file)


def test_cells_of_sas7bdat_are_counted_by_its_header(monkeypatch):
    file = TESTS / "tables" / "awkward.sas7bdat"
    monkeypatch.setattr(bounds, "MOST_CELLS", 44)
    monkeypatch.setattr("pyreadstat.read_sas7bdat", header_only(pyreadstat.read_sas7bdat))
    assert "has 5 rows of 9 columns, 45 cells" in refusal(file)
    monkeypatch.setattr(bounds, "MOST_CELLS", 45)
    monkeypatch.setattr(bounds, "LARGEST_UNFOLDED", 300)
    assert "holds 390 bytes when decompressed" in refusal(file)


def test_cells_of_a_transport_file_are_counted_by_its_header(tmp_path, monkeypatch):
    file = written(tmp_path / "adlb.xpt", ROWS)
    monkeypatch.setattr(bounds, "MOST_CELLS", 10)
    monkeypatch.setattr("pyreadstat.read_xport", header_only(pyreadstat.read_xport))
    assert "rows of 3 columns" in refusal(file)


def header_only(reader):
    def read(*arguments, metadataonly=False, **options):
        assert metadataonly, "rows were read before they were counted"
        return reader(*arguments, metadataonly=True, **options)

    return read


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("adlb.csv", b"USUBJID\n" + b"," * 60_000_001, "has 60,000,001 commas"),
        ("adlb.csv", b"USUBJID" + b"\n" * 60_000_001, "has 60,000,001 line feeds"),
        ("adlb.csv", b"USUBJID" + b"\r" * 60_000_001, "has 60,000,001 carriage returns"),
        ("adlb.json", b"[" * 60_000_001, "has 60,000,001 opening brackets"),
        ("adlb.json", b"{" * 60_000_001, "has 60,000,001 opening braces"),
        ("adlb.json", b"[" + b"0," * 60_000_001, "has 60,000,001 commas"),
        ("adlb.ndjson", b"0\n" * 60_000_001, "has 60,000,001 line feeds"),
    ],
    ids=["commas", "lines", "returns", "lists", "objects", "values", "rows"],
)
def test_marks_are_counted_before_anything_is_made_of_them(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    assert words in refusal(tmp_path / name)


def test_a_row_of_a_million_commas(tmp_path):
    (tmp_path / "adlb.csv").write_text("USUBJID,AVAL\n1,2\n" + "," * 1_000_000 + "\n")
    assert refusal(tmp_path / "adlb.csv") == "line 3: has 1000001 cells, but must be 2 cells long, as the header is"


def test_texts_that_are_compressed_are_counted_as_they_are(tmp_path, monkeypatch):
    file = tmp_path / "adlb.parquet"
    pq.write_table(pa.table({"TEXT": [f"{row}" + "x" * 10_000 for row in range(ROWS)]}), file, compression="zstd")
    assert file.stat().st_size < 100_000
    monkeypatch.setattr(bounds, "LARGEST_UNFOLDED", 500_000)
    assert "holds 1.0 MB when decompressed" in refusal(file)


def test_a_file_that_says_less_of_its_size_than_is_true(tmp_path, monkeypatch):
    """The second row group passes the bound, though the sizes that the file states do not."""
    file = tmp_path / "adlb.parquet"
    table = pa.table({"TEXT": [f"{row}" + "x" * 10_000 for row in range(ROWS)]})
    pq.write_table(table, file, row_group_size=ROWS // 2)
    monkeypatch.setattr("smmlib.trial.tables.parquet_cells._stated_size", lambda _: 0)
    monkeypatch.setattr(bounds, "LARGEST_UNFOLDED", 800_000)
    assert "when decompressed" in refusal(file)


@ON_LINUX
def test_one_long_text_in_a_million_rows_is_held_once(tmp_path):
    """A file of fifty kilobytes that would be a terabyte, were each row to hold its text."""
    file = tmp_path / "adlb.parquet"
    text = pa.DictionaryArray.from_arrays(pa.array(np.zeros(1_000_000, dtype=np.int32)), pa.array(["x" * 1_000_000]))
    pq.write_table(pa.table({"TEXT": text}), file)
    assert file.stat().st_size < 100_000
    assert read_within(file, 2000) == ["(1000000, 1)"]


@pytest.mark.parametrize("distinct", [2, 127, 128])
def test_categories_of_small_indices_with_missing_values(tmp_path, distinct):
    codes = pa.array([*range(distinct), None], pa.int8())
    names = pa.array([f" name {number}" for number in range(distinct)])
    pq.write_table(pa.table({"TEXT": pa.DictionaryArray.from_arrays(codes, names)}), tmp_path / "adsl.parquet")
    read = read_cells(tmp_path / "adsl.parquet").table["TEXT"].tolist()
    assert read == [*(f"name {number}" for number in range(distinct)), ""]


# ---- where the memory ends


@ON_LINUX
@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".xpt", ".json", ".ndjson"])
def test_a_table_that_the_memory_does_not_hold_is_told_with_its_size(suffix, tmp_path):
    """Wherever it ends: with 5, 20 and 80 megabytes."""
    file = written(tmp_path / f"adlb{suffix}", 400_000)
    size = bounds.shown_size(file.stat().st_size)
    told = (
        f"{file}: has {size}, and reading it takes more memory than there is: keep the columns and rows that the "
        "analysis needs; if it is no large table it is damaged, export it again"
    )
    assert read_within(file, 5, 20, 80) == [told] * 3


@pytest.mark.parametrize(("size", "words"), [(9, "9 bytes"), (86_000, "86.0 kB"), (3.8e9, "3.8 GB"), (10**6, "1.0 MB")])
def test_sizes_in_words(size, words):
    assert bounds.shown_size(size) == words


# ---- what is wrong, where everything is


def test_problems_of_a_kind_are_counted_to_a_bound():
    wrong = (Problem("adlb.csv", f"line {line}", "AVAL", "is 'x', but must be a number") for line in range(1, 10**9))
    said = str(DataError(counted(wrong, "adlb.csv", "AVAL"))).splitlines()
    assert said[5:] == [
        "adlb.csv: AVAL: 9995 more of the same kind, the last in line 10000.",
        "adlb.csv: AVAL has more of these: only the first 10,000 were counted",
    ]


def test_as_many_problems_as_are_counted_are_all():
    wrong = [Problem("adlb.csv", f"line {line}", "", "is blank") for line in range(problems.MOST_COUNTED)]
    assert list(counted(wrong, "adlb.csv")) == wrong


def test_cells_after_many_wrong_ones_are_not_looked_at():
    texts = pd.Series([*(f"x{row}" for row in range(25_000)), "7"])
    values, wrong = read_column(texts, "number")
    assert np.isnan(values).all()
    assert 10_000 < len(list(wrong)) <= 20_000


def test_cells_are_right_over_the_parts_that_they_are_read_in():
    texts = pd.Series([*map(str, range(25_000)), "x", "", "1"])
    values, wrong = read_column(texts, "number")
    assert values[:25_000].tolist() == list(range(25_000))
    assert values[-1] == 1
    assert list(wrong) == [(25_000, "x", "must be a number, zero or more")]


# ---- cohorts


def test_cohorts_are_bounded_too(monkeypatch):
    monkeypatch.setattr(bounds, "MOST_CELLS", 1000)
    assert "has 72,800 rows of 18 columns, 1,310,400 cells" in refusal(ENSEMBLE, lambda file: list(read_cohorts(file)))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"cohort": [1], "table": ["subjects"], "USUBJID": ["1"]}, "has columns of types that no cohorts have"),
        ({"cohort": [1]}, "cannot be read as cohorts"),
        (EMPTY_COHORT, "cannot be read as cohorts"),
    ],
)
def test_other_parquet_files_are_no_cohorts(columns, words, tmp_path):
    pq.write_table(pa.table(columns), tmp_path / "ensemble.parquet")
    said = refusal(tmp_path / "ensemble.parquet", lambda file: list(read_cohorts(file)))
    assert words in said
    assert "make it again with `make cohorts`" in said


def test_cohorts_that_lack_a_table_or_are_no_file_are_told(tmp_path):
    os.mkfifo(tmp_path / "pipe.parquet")
    assert "is a named pipe" in refusal(tmp_path / "pipe.parquet", lambda file: list(read_cohorts(file)))
    table = pa.table(EMPTY_COHORT).replace_schema_metadata({"subjects": "USUBJID"})
    pq.write_table(table, tmp_path / "ensemble.parquet")
    assert "holds no cohorts" in refusal(tmp_path / "ensemble.parquet", lambda file: list(read_cohorts(file)))
