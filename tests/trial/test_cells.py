"""Table files as texts: five formats that agree to the last digit, and every file that cannot be used."""

import csv
import json
import math
import os
import re
import struct
from datetime import UTC, date, datetime, time
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from project_files import DATASETS, TABLES

from smmlib.trial.tables.bounds import LARGEST
from smmlib.trial.tables.cells import read_cells
from smmlib.trial.tables.problems import DataError

FREIREICH = DATASETS / "freireich-1963"

# What each format must give, whatever holds it: written by hand.
AWKWARD = {
    "USUBJID": ["01-001", "Ångström", "12345678901234567", 'x, "y"', "01-005"],
    "NOTE": ["trailing", "", "two\nlines", "Naïve", ""],
    "AVAL": ["0.1", "0.3333333333333333", "35", "0", ""],
    "BIG": ["12345678901234568", "1e+22", "1000000000000000", "-2.5", ""],
    "ADT": ["2020-02-29", "1950-01-01", "", "2020-01-02", "1900-03-01"],
    "ADTM": ["2020-02-29T13:05:00", "2020-02-29", "", "1950-01-01T00:00:01", "1999-12-31T23:59:59"],
    "ATM": ["13:05:00", "00:00:00", "", "00:00:01", "23:59:59"],
    "ANL01FL": ["Y", "N", "", "Y", "N"],
    "TINY": ["1e-300", "5e-324", "", "-1.7976931348623157e+308", "1"],
}
# The same as values, from which Python writes it.
USUBJID = AWKWARD["USUBJID"]
NOTE = ["trailing   ", None, "two\nlines", "Naïve", ""]
AVAL = [0.1, 1 / 3, 35.0, -0.0, None]
BIG = [12345678901234568.0, 1e22, 1e15, -2.5, None]
TINY = [1e-300, 5e-324, None, -1.7976931348623157e308, 1.0]
ADT = [date(2020, 2, 29), date(1950, 1, 1), None, date(2020, 1, 2), date(1900, 3, 1)]
ADTM = [datetime(2020, 2, 29, 13, 5), datetime(2020, 2, 29), None, datetime(1950, 1, 1, 0, 0, 1)]
ADTM += [datetime(1999, 12, 31, 23, 59, 59)]
ATM = [time(13, 5), time(0), None, time(0, 0, 1), time(23, 59, 59)]
ANL01FL = [True, False, None, True, False]
SAS_EPOCH = datetime(1960, 1, 1)


# ---- the table in every format


def in_csv(folder):
    file = folder / "awkward.csv"
    pd.DataFrame(AWKWARD).to_csv(file, index=False, lineterminator="\n")
    return file


def in_parquet(folder):
    columns = {"USUBJID": USUBJID, "NOTE": NOTE, "AVAL": AVAL, "BIG": BIG, "ADT": ADT, "ADTM": ADTM, "ATM": ATM}
    file = folder / "awkward.parquet"
    pq.write_table(pa.table(columns | {"ANL01FL": ANL01FL, "TINY": TINY}), file)
    return file


def json_columns():
    types = ["string", "string", "double", "float", "date", "datetime", "time", "boolean", "double"]
    return [
        {"itemOID": f"IT.{name}", "name": name, "label": name, "dataType": kind}
        for name, kind in zip(AWKWARD, types, strict=True)
    ]


def json_rows():
    def iso(values):
        return [value and value.isoformat() for value in values]

    clocks = [value if value is None else value.isoformat() for value in ATM]
    return [list(row) for row in zip(USUBJID, NOTE, AVAL, BIG, iso(ADT), iso(ADTM), clocks, ANL01FL, TINY, strict=True)]


def in_dataset_json(folder):
    file = folder / "awkward.json"
    write_json(file, columns=json_columns(), rows=json_rows())
    return file


def in_dataset_ndjson(folder):
    file = folder / "awkward.ndjson"
    metadata = {"datasetJSONVersion": "1.1.0", "records": 5, "columns": json_columns()}
    file.write_text("".join(json.dumps(line) + "\n" for line in [metadata, *json_rows()]), encoding="utf-8")
    return file


def in_xpt(folder, version=5):
    """Without TINY: the numbers of a transport file are those of the IBM mainframes, from 1e-78 to 1e74."""
    seconds = [math.nan if value is None else (value - SAS_EPOCH).total_seconds() for value in ADTM]
    clocks = [math.nan if value is None else value.hour * 3600 + value.minute * 60 + value.second for value in ATM]
    days = [math.nan if value is None else (value - SAS_EPOCH.date()).days for value in ADT]
    flags = AWKWARD["ANL01FL"]
    table = {"USUBJID": USUBJID, "NOTE": NOTE, "AVAL": AVAL, "BIG": BIG, "ADT": days, "ADTM": seconds, "ATM": clocks}
    formats = {"ADT": "YYMMDD10.", "ADTM": "E8601DT19.", "ATM": "TIME8."}
    file = folder / f"awkward{version}.xpt"
    frame = pd.DataFrame(table | {"ANL01FL": flags}).astype({"AVAL": float, "BIG": float})
    pyreadstat.write_xport(frame, file, file_format_version=version, variable_format=formats)
    return file


def in_xpt_8(folder):
    return in_xpt(folder, version=8)


def in_sas7bdat(folder):
    return TABLES / "awkward.sas7bdat"  # by make_tables.R


def write_json(file, **changes):
    dataset = {"datasetJSONVersion": "1.1.0", "records": len(changes["rows"] or [])} | changes
    file.write_text(json.dumps(dataset), encoding="utf-8")


def write(tmp_path, name, content):
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return file


def refusal(file):
    """What a refused file is told; it always names the file."""
    with pytest.raises(DataError) as refused:
        read_cells(file)
    assert all(line.startswith(str(file)) for line in str(refused.value).splitlines())
    return str(refused.value).replace(str(file), file.name)


# ---- agreement


@pytest.mark.by_hand
@pytest.mark.parametrize(
    "written", [in_csv, in_parquet, in_dataset_json, in_dataset_ndjson, in_xpt, in_xpt_8, in_sas7bdat]
)
def test_every_format_gives_the_same_texts(tmp_path, written):
    cells = read_cells(written(tmp_path))
    expected = pd.DataFrame(AWKWARD)
    if written in (in_xpt, in_xpt_8):
        expected = expected.drop(columns="TINY")
    pd.testing.assert_frame_equal(cells.table, expected)
    assert cells.word == ("line" if written is in_csv else "record")
    # The quoted note of the third row takes lines 4 and 5.
    assert cells.numbers.tolist() == ([2, 3, 4, 6, 7] if written is in_csv else [1, 2, 3, 4, 5])


@pytest.mark.by_hand
@pytest.mark.parametrize("name", ["adsl", "adtte"])
def test_freireich_in_sas7bdat_is_freireich_in_csv(name):
    sas, text = read_cells(TABLES / f"freireich/{name}.sas7bdat"), read_cells(FREIREICH / f"{name}.csv")
    pd.testing.assert_frame_equal(sas.table, text.table)


def doubles(smallest=0.0, largest=math.inf):
    size = st.floats(smallest, largest, allow_nan=False, allow_infinity=False)
    return st.lists(st.tuples(size, st.sampled_from([1, -1])).map(math.prod) | st.just(0.0), min_size=1, max_size=40)


def assert_read_back(file, values):
    assert [float(text) for text in read_cells(file).table["AVAL"]] == values


@pytest.mark.invariant
@settings(max_examples=40, deadline=None)
@given(values=doubles())
def test_any_double_comes_back_from_csv_parquet_and_dataset_json(tmp_path_factory, values):
    folder = tmp_path_factory.getbasetemp()
    assert_read_back(write(folder, "any.csv", "\n".join(["AVAL", *map(repr, values)])), values)
    pq.write_table(pa.table({"AVAL": values}), folder / "any.parquet")
    assert_read_back(folder / "any.parquet", values)
    write_json(folder / "any.json", columns=[{"name": "AVAL", "dataType": "double"}], rows=[[v] for v in values])
    assert_read_back(folder / "any.json", values)


@pytest.mark.invariant
@settings(max_examples=40, deadline=None)
@given(values=doubles(1e-78, 1e74))
def test_any_double_that_the_mainframe_knew_comes_back_from_transport(tmp_path_factory, values):
    """IBM's numbers have 53 bits or more, but reach only from 5.4e-79 to 7.2e75; ReadStat's, to 4.5e74."""
    file = tmp_path_factory.getbasetemp() / "any.xpt"
    pyreadstat.write_xport(pd.DataFrame({"AVAL": values}), file, file_format_version=5)
    assert_read_back(file, values)


@pytest.mark.other_package
def test_pandas_reads_the_same_from_sas():
    theirs = pd.read_sas(TABLES / "awkward.sas7bdat", encoding="utf-8")
    ours = read_cells(TABLES / "awkward.sas7bdat").table
    for name in ("AVAL", "BIG", "TINY"):
        np.testing.assert_array_equal(pd.to_numeric(ours[name]), theirs[name])
    np.testing.assert_array_equal(pd.to_datetime(ours["ADT"]), theirs["ADT"])
    assert ours["USUBJID"].tolist() == theirs["USUBJID"].tolist()


@pytest.mark.other_package
def test_pandas_reads_the_same_from_transport(tmp_path):
    """Zeros are left out: pandas reads the -0.0 of a transport file as 5.4e-79."""
    generator = np.random.default_rng(20131)
    values = generator.normal(size=500) * 10.0 ** generator.integers(-70, 70, 500)
    pyreadstat.write_xport(pd.DataFrame({"AVAL": values}), tmp_path / "any.xpt", file_format_version=5)
    theirs = pd.read_sas(tmp_path / "any.xpt", format="xport")["AVAL"]
    assert_read_back(tmp_path / "any.xpt", theirs.tolist())


# ---- CSV


@pytest.mark.by_hand
def test_csv_may_have_a_utf8_mark_carriage_returns_blanks_and_blank_lines_at_its_end(tmp_path):
    content = '\ufeffUSUBJID , AVAL\r\n 1 ,"3 "\r\n"2\r\nb", \r\n\r\n\r\n'
    cells = read_cells(write(tmp_path, "TABLE.CSV", content))
    assert cells.table.to_dict("list") == {"USUBJID": ["1", "2\r\nb"], "AVAL": ["3", ""]}
    assert cells.numbers.tolist() == [2, 3]
    assert read_cells(write(tmp_path, "one.csv", 'AVAL\n1\n""\n2')).table["AVAL"].tolist() == ["1", "", "2"]


HEAD = "USUBJID,AVAL,CNSR\n1,3.5,0\n"


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("USUBJID,AVAL\n", ["the table has no rows"]),
        ("\n\n", ["nothing but blank lines"]),
        ("\n" + HEAD, ["line 1: is blank, but must be the header"]),
        (HEAD + "\n2,4,1\n", ["line 3: is blank: take it out"]),
        (HEAD + "2,4\n3,5,1,\n4,4,1\n", ["line 3: has 2 cells, but must be 3", "line 4: has 4 cells, but must be 3"]),
        ('USUBJID,AVAL,CNSR\n"1\nb",2,3\n2,4\n', ["line 4: has 2 cells"]),
        (HEAD + "2,4", ["line 3: has 2 cells", "seems cut short", "export it again"]),
        ("USUBJID,AVAL,AVAL\n1,2,3\n", ["AVAL is the name of more than one column"]),
        (",AVAL,\n1,2,3\n", ["column 1 has no name", "column 3 has no name"]),
        ("A,A,\n1,2\n", ["A is the name of more than one", "column 3 has no name", "line 2: has 2 cells"]),
        (HEAD + '2,"4,1\n3,4,1\n', ["line 3: begins a quoted cell that never ends", "cut short"]),
        (HEAD + '2,"4"x,1\n', ["line 3: has text after a closing quote"]),
        (HEAD + f'2,"{"x" * 131073}",1\n', ["line 3: has a cell of over 131072 characters"]),
        ("USUBJID;AVAL;CNSR\n1;3;0\n", ["separated by semicolons: export it with commas"]),
        ("USUBJID;AVAL;CNSR\n1;3,5;0\n", ["semicolons and has decimal commas ('3,5')", "decimal points"]),
        ("USUBJID\tAVAL\tCNSR\n1\t3,5\t0\n", ["separated by tabs and has decimal commas"]),
        ("USUBJID|AVAL\n1|3\n", ["separated by vertical bars"]),
        (
            HEAD.encode() + "2,Ångström,1\n".encode("latin-1"),
            ["line 3: holds the byte 0xC5", "'Å'", "save the file as UTF-8"],
        ),
        (HEAD.encode() + "2,€".encode()[:-1], ["line 3: ends in the middle of a character", "cut short"]),
        (HEAD.encode("utf-16"), ["is in UTF-16: save it as UTF-8"]),
        (HEAD.encode("utf-16-le"), ["line 1: holds a NUL byte"]),
        (HEAD + "2,\0,1\n", ["line 3: holds a NUL byte", "export it again as UTF-8"]),
    ],
)
def test_csv_that_cannot_be_used(tmp_path, content, words):
    told = refusal(write(tmp_path, "adtte.csv", content))
    assert all(word in told for word in words), told


@pytest.mark.by_hand
def test_every_wrong_line_is_told(tmp_path):
    with pytest.raises(DataError) as refused:
        read_cells(write(tmp_path, "adtte.csv", HEAD + "2,4\n3,5\n4,6,1\n" * 50))
    assert [problem.place for problem in refused.value.problems][:3] == ["line 3", "line 4", "line 6"]
    assert len(refused.value.problems) == 100


# ---- Parquet


@pytest.mark.by_hand
def test_every_type_of_parquet(tmp_path):
    noon = datetime(2020, 7, 1, 12, tzinfo=UTC)
    table = pa.table(
        {
            "INT64": pa.array([12345678901234567, None], pa.int64()),
            "UINT64": pa.array([2**64 - 1, None], pa.uint64()),
            "FLOAT32": pa.array([0.1, None], pa.float32()),
            "FLOAT16": pa.array(np.array([35, np.nan], np.float16)),
            "NAN": pa.array([math.nan, 1.0]),
            "DECIMAL": pa.array([Decimal("35.00"), Decimal("-0.10")]),
            "DIGITS": pa.array([Decimal("12345678901234567890123456789012.100"), None]),
            "CATEGORY": pa.array([" low ", None]).dictionary_encode(),
            "NUMBERS": pa.array([1.0, 0.1]).dictionary_encode(),
            "LARGE": pa.array(["a", None], pa.large_string()),
            "DATE64": pa.array([date(2020, 2, 29), None], pa.date64()),
            "MADRID": pa.array([noon, None], pa.timestamp("ms", "Europe/Madrid")),
            "NANOS": pa.array([1, 0], pa.timestamp("ns")),
            "HALF": pa.array([datetime(2020, 1, 1, 10, 0, 0, 500000), None], pa.timestamp("us")),
            "SECONDS": pa.array([47100, None], pa.time32("s")),
            "CLOCK": pa.array([1500000001, 0], pa.time64("ns")),
            "NOTHING": pa.nulls(2),
        }
    )
    pq.write_table(table, tmp_path / "types.parquet")
    read = read_cells(tmp_path / "types.parquet").table
    assert read.to_dict("list") == {
        "INT64": ["12345678901234567", ""],
        "UINT64": ["18446744073709551615", ""],
        "FLOAT32": ["0.1", ""],
        "FLOAT16": ["35", ""],
        "NAN": ["", "1"],
        "DECIMAL": ["35", "-0.1"],
        "DIGITS": ["12345678901234567890123456789012.1", ""],
        "CATEGORY": ["low", ""],
        "NUMBERS": ["1", "0.1"],
        "LARGE": ["a", ""],
        "DATE64": ["2020-02-29", ""],
        "MADRID": ["2020-07-01T14:00:00+02:00", ""],
        "NANOS": ["1970-01-01T00:00:00.000000001", "1970-01-01"],
        "HALF": ["2020-01-01T10:00:00.5", ""],
        "SECONDS": ["13:05:00", ""],
        "CLOCK": ["00:00:01.5", "00:00:00"],
        "NOTHING": ["", ""],
    }


@pytest.mark.by_hand
def test_parquet_columns_without_a_place_in_a_cell_are_named(tmp_path):
    table = pa.table({"USUBJID": ["1"], "LIST": [[1, 2]], "STRUCT": [{"a": 1}], "BYTES": [b"x"]})
    pq.write_table(table, tmp_path / "nested.parquet")
    told = refusal(tmp_path / "nested.parquet")
    assert [line.split()[1] for line in told.splitlines()] == ["LIST", "STRUCT", "BYTES"]
    assert "leave the column out" in told


@pytest.mark.by_hand
def test_parquet_with_two_columns_of_one_name_or_without_rows(tmp_path):
    file = tmp_path / "adsl.parquet"
    pq.write_table(pa.table([[1], [2]], names=["AGE", "AGE"]), file)
    assert "AGE is the name of more than one column" in refusal(file)
    pq.write_table(pa.table({"AGE": pa.array([], pa.int64())}), file)
    assert "the table has no rows" in refusal(file)


# ---- SAS


@pytest.mark.by_hand
def test_special_missing_values_are_missing():
    assert read_cells(TABLES / "special.xpt").table["AVAL"].tolist() == ["", "4", "", ""]


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("value", "shown", "text"),
    [
        (22000.0, "DATE9.", "2020-03-26"),
        (22000.75, "YYMMDDN8.", "2020-03-26"),
        (-1.0, "DDMMYYP10.", "1959-12-31"),
        (22000 * 86400.0, "DTDATE9.", "2020-03-26"),
        (22000 * 86400 + 1.25, "DATETIME22.2", "2020-03-26T00:00:01.25"),
        (100000.0, "TIME8.", "27:46:40"),
        (-61.5, "TIME8.1", "-00:01:01.5"),
        (22000.0, "", "22000"),
        (1e12, "DATETIME20.", "1000000000000"),
        (22000.0, "MONYY7.", "22000"),
        (22000.0, "8.2", "22000"),
    ],
)
def test_a_number_is_a_date_under_a_format_of_dates(tmp_path, value, shown, text):
    file = tmp_path / "dates.xpt"
    pyreadstat.write_xport(pd.DataFrame({"A": [value, math.nan]}), file, variable_format={"A": shown} if shown else {})
    assert read_cells(file).table["A"].tolist() == [text, ""]


@pytest.mark.by_hand
def test_a_transport_file_cut_anywhere_is_refused(tmp_path):
    whole = in_xpt(tmp_path).read_bytes()
    rows_begin = whole.index(b"OBS     HEADER RECORD") - 20 + 80
    # Rows of 69 bytes: no cut below ends between two rows and at a multiple of 80 bytes, which could not be seen.
    for end in [
        *range(1, rows_begin, 97),
        *range(80, rows_begin, 80),
        *range(rows_begin + 1, len(whole), 3),
        *range(rows_begin + 80, len(whole), 80),
    ]:
        told = refusal(write(tmp_path, "cut.xpt", whole[:end]))
        assert "seems cut short" in told or "was it cut short?" in told, end
        assert "export it again" in told, end
    # What is cut off exactly behind the header is like a table without rows.
    assert "the table has no rows: export it with its data" in refusal(write(tmp_path, "cut.xpt", whole[:rows_begin]))


def stating(content, rows):
    """A transport file of version 8 with the number of rows in its header, as SAS writes it."""
    header = b"HEADER RECORD*******OBSV8   HEADER RECORD!!!!!!!"
    assert content.count(header) == 1
    begin = content.index(header) + len(header)
    return content[:begin] + f"{rows:15}".encode() + content[begin + 15 :]


@pytest.mark.by_hand
def test_version_8_with_the_number_of_its_rows(tmp_path):
    whole = in_xpt_8(tmp_path).read_bytes()
    assert len(read_cells(write(tmp_path, "whole.xpt", stating(whole, 5))).table) == 5
    assert "has 5 rows, but its header says 6: was it cut short?" in refusal(
        write(tmp_path, "cut.xpt", stating(whole, 6))
    )


@pytest.mark.by_hand
def test_numbers_of_four_bytes_are_no_cut_file(tmp_path):
    """A row of "a" and of 1.0 and "b" and of -2.5, as IBM wrote them, in numbers of 4 bytes."""
    frame = pd.DataFrame({"TEXT": ["a", "b"], "SHORT": [1.0, -2.5]})
    pyreadstat.write_xport(frame, tmp_path / "long.xpt", file_format_version=5)
    whole = bytearray((tmp_path / "long.xpt").read_bytes())
    second_variable = whole.index(b"NAMESTR HEADER RECORD") - 20 + 80 + 140
    assert struct.unpack_from(">hhh", whole, second_variable) == (1, 0, 8)
    struct.pack_into(">h", whole, second_variable + 4, 4)
    rows = whole.index(b"OBS     HEADER RECORD") - 20 + 80
    content = bytes(whole[:rows]) + b"a\x41\x10\0\0b\xc1\x28\0\0".ljust(80)
    cells = read_cells(write(tmp_path, "short.xpt", content))
    assert cells.table.to_dict("list") == {"TEXT": ["a", "b"], "SHORT": ["1", "-2.5"]}


@pytest.mark.by_hand
def test_transport_file_of_two_tables_or_of_another_encoding(tmp_path):
    whole = in_xpt(tmp_path).read_bytes()
    assert "holds more than one table" in refusal(write(tmp_path, "two.xpt", whole + whole[240:]))
    latin = whole.replace("Ångström".encode(), "Ångström".encode("latin-1").ljust(10))
    told = refusal(write(tmp_path, "latin.xpt", latin))
    assert "holds the byte 0xC5, which is not UTF-8" in told
    assert "SAS session in UTF-8" in told


@pytest.mark.by_hand
def test_a_sas7bdat_cut_anywhere_is_refused(tmp_path):
    whole = in_sas7bdat(tmp_path).read_bytes()
    for end in range(1, len(whole), 511):
        assert "was it cut short? export it again" in refusal(write(tmp_path, "cut.sas7bdat", whole[:end]))


@pytest.mark.by_hand
def test_a_sas7bdat_with_fewer_rows_than_its_header_says(tmp_path):
    whole, five, seven = in_sas7bdat(tmp_path).read_bytes(), struct.pack("<q", 5), struct.pack("<q", 7)
    assert whole.count(five) == 1
    told = refusal(write(tmp_path, "cut.sas7bdat", whole.replace(five, seven)))
    assert "did not contain the expected number of rows; was it cut short? export it again" in told


# ---- Dataset-JSON

COLUMNS = {
    "USUBJID": "string",
    "AVAL": "float",
    "CNSR": "integer",
    "ADT": "date",
    "ADTM": "datetime",
    "DOSE": "decimal",
}
COLUMNS |= {"ANL01FL": "boolean", "ATM": "time", "LINK": "URI"}
ROW = ["1", 3.5, 0, "2020-02-29", "2020-02-29T13:05:00", "35.00", True, "13:05", "https://example.org"]


def dataset(tmp_path, **changes):
    file = tmp_path / "adtte.json"
    columns = [{"name": name, "dataType": kind} for name, kind in COLUMNS.items()]
    write_json(file, **{"columns": columns, "rows": [ROW]} | changes)
    return file


@pytest.mark.by_hand
def test_every_type_of_dataset_json(tmp_path):
    rows = [
        ROW,
        [None] * 9,
        ["", 1e-300, 12345678901234567, "", "", "", False, "", ""],
        [" é ", 35, 35.0, "2020-02", "2020-02-29T00:00:00+02:00", "0.1234567890123456789", None, "13:05:00.50", None],
    ]
    read = read_cells(dataset(tmp_path, rows=rows)).table
    assert read.to_numpy().tolist() == [
        ["1", "3.5", "0", "2020-02-29", "2020-02-29T13:05:00", "35", "Y", "13:05:00", "https://example.org"],
        [""] * 9,
        ["", "1e-300", "12345678901234567", "", "", "", "N", "", ""],
        ["é", "35", "35", "2020-02", "2020-02-29T00:00:00+02:00", "0.1234567890123456789", "", "13:05:00.5", ""],
    ]


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("USUBJID", 1, "is 1, but must be a text, as its dataType string says"),
        ("AVAL", "3.5", 'is "3.5", but must be a number, without quotes, as its dataType float says'),
        ("AVAL", "", 'is "", but must be a number'),
        ("AVAL", True, "is true, but must be a number"),
        ("AVAL", 10**400, "but must be a number"),
        ("CNSR", 0.5, "is 0.5, but must be a whole number"),
        ("CNSR", False, "is false, but must be a whole number"),
        ("ADT", "2020-02-30", 'is "2020-02-30", but must be a date in ISO 8601'),
        ("ADT", "29FEB2020", "but must be a date in ISO 8601"),
        ("ADT", 21974, "is 21974, but must be a date in ISO 8601"),
        ("ADTM", "29/02/2020 13:05", "but must be a date and time in ISO 8601"),
        ("ATM", "25:00", "but must be a time in ISO 8601"),
        ("DOSE", 35.0, "is 35.0, but must be a number in quotes"),
        ("DOSE", "much", "but must be a number in quotes"),
        ("DOSE", "NaN", "but must be a number in quotes"),
        ("ANL01FL", "Y", "but must be true or false"),
        ("LINK", ["x" * 100], "..., but must be a text"),
    ],
)
def test_a_value_that_is_not_of_its_data_type(tmp_path, column, value, words):
    wrong = [value if name == column else kept for name, kept in zip(COLUMNS, ROW, strict=True)]
    told = refusal(dataset(tmp_path, rows=[ROW, wrong]))
    assert re.match(rf"adtte\.json: record 2: {column} is ", told)
    assert words in told


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"datasetJSONVersion": "1.0.0"}, "is Dataset-JSON 1.0.0, but must be 1.1"),
        ({"datasetJSONVersion": None}, "is not Dataset-JSON"),
        ({"records": 2}, "has 1 rows, but 'records' is 2: was it cut short?"),
        ({"records": None}, "has 1 rows, but 'records' is null"),
        ({"rows": []}, "the table has no rows"),
        ({"rows": None}, "the table has no rows"),
        ({"rows": {}}, "'rows' that are no list"),
        ({"rows": [ROW, ROW[1:]]}, "record 2: has 8 values, but must be 9 long"),
        ({"rows": [ROW, "x"]}, "record 2: is no list, but must be a list"),
        ({"columns": [{"name": "AVAL"}]}, "no list 'columns'"),
        ({"columns": []}, "no list 'columns'"),
        (
            {"columns": [{"name": "A", "dataType": "text"}], "rows": [["x"]]},
            "A has the dataType 'text', but must be one",
        ),
        ({"columns": [{"name": "", "dataType": "string"}], "rows": [["x"]]}, "column 1 has no name"),
        ({"columns": [{"name": "A", "dataType": "string"}] * 2, "rows": [["x"] * 2]}, "A is the name of more than one"),
    ],
)
def test_dataset_json_that_cannot_be_used(tmp_path, changes, words):
    assert words in refusal(dataset(tmp_path, **changes))


@pytest.mark.by_hand
@pytest.mark.parametrize("content", ["[1, 2]", "3", '{"a": 1}', '{"clinicalData": {}}'])
def test_other_json(tmp_path, content):
    for name in ("adsl.json", "adsl.ndjson"):
        assert "is not Dataset-JSON" in refusal(write(tmp_path, name, content))


@pytest.mark.by_hand
@pytest.mark.parametrize("content", ["{", '{"rows": [NaN]}', "[" * 200_000, "x", '{"a": "é"}'.encode("latin-1")])
def test_json_that_is_none(tmp_path, content):
    told = refusal(write(tmp_path, "adsl.json", content))
    assert "export it again" in told or "save the file as UTF-8" in told


@pytest.mark.by_hand
def test_dataset_json_cut_anywhere_is_refused(tmp_path):
    for written in (in_dataset_json, in_dataset_ndjson):
        whole = written(tmp_path).read_text(encoding="utf-8").rstrip()
        for end in range(1, len(whole), 29):
            told = refusal(write(tmp_path, f"cut{written(tmp_path).suffix}", whole[:end]))
            assert "was it cut short? export it again" in told


# ---- any file


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("name", "place", "byte", "words"),
    [
        ("adtte.sas7bdat", 11330, 9, "column 4 has no name: give it one, or leave it out"),
        ("adtte.sas7bdat", 11531, 255, "does not say how many rows it has: was it cut short? export it again"),
        ("adsl.sas7bdat", 13, 0, "cannot be read as sas7bdat: Invalid file"),
    ],
)
def test_damaged_headers_of_sas7bdat(tmp_path, name, place, byte, words):
    damaged = bytearray((TABLES / "freireich" / name).read_bytes())
    assert damaged[place] != byte
    damaged[place] = byte
    assert words in refusal(write(tmp_path, "adsl.sas7bdat", bytes(damaged)))


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("seconds", "text"),
    [(math.inf, "inf"), (-math.inf, "-inf"), (1e300, "1e+300"), (1e12, "1000000000000"), (-47100.0, "-13:05:00")],
)
def test_times_that_no_clock_shows_stay_numbers(tmp_path, seconds, text):
    whole = (TABLES / "awkward.sas7bdat").read_bytes()
    assert whole.count(struct.pack("<d", 47100.0)) == 1
    file = write(tmp_path, "adsl.sas7bdat", whole.replace(struct.pack("<d", 47100.0), struct.pack("<d", seconds)))
    assert read_cells(file).table["ATM"][0] == text


@pytest.mark.by_hand
@pytest.mark.parametrize("text", ["\ud800", "a\udfff", "\ud83d and no more"])
def test_half_a_surrogate_pair_of_dataset_json_is_refused(tmp_path, text):
    wrong = [text if name == "USUBJID" else kept for name, kept in zip(COLUMNS, ROW, strict=True)]
    told = refusal(dataset(tmp_path, rows=[wrong]))
    shown = text.encode("utf-8", "backslashreplace").decode()
    assert f'record 1: USUBJID is "{shown}", but must be of whole characters: half of a surrogate pair is none' in told
    columns = [{"name": f"A{text}", "dataType": "string"}]
    assert "is no name of whole characters" in refusal(dataset(tmp_path, columns=columns, rows=[["x"]]))


@pytest.mark.by_hand
def test_a_whole_surrogate_pair_of_dataset_json_is_one_character(tmp_path):
    pair = ["\ud83d\ude00" if name == "USUBJID" else kept for name, kept in zip(COLUMNS, ROW, strict=True)]
    assert read_cells(dataset(tmp_path, rows=[pair])).table["USUBJID"][0] == "\U0001f600"


@pytest.mark.by_hand
def test_files_that_need_not_be_opened(tmp_path):
    assert "adsl.xlsx: ends in '.xlsx', but must be one of .csv, .parquet" in refusal(write(tmp_path, "adsl.xlsx", "x"))
    assert "does not exist: correct its name" in refusal(tmp_path / "adsl.csv")
    (tmp_path / "folder.csv").mkdir()
    assert "is a folder: name the file in it" in refusal(tmp_path / "folder.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    assert "is a named pipe (FIFO), not a file" in refusal(tmp_path / "pipe.csv")


@pytest.mark.by_hand
@pytest.mark.parametrize("suffix", ["csv", "parquet", "xpt", "sas7bdat", "json", "ndjson"])
def test_empty_garbled_and_too_large_files(tmp_path, suffix):
    file = write(tmp_path, f"adsl.{suffix}", b"")
    assert "is empty: export the table again" in refusal(file)
    file.write_bytes(bytes(range(256)) * 20)
    assert re.search("export it", refusal(file))
    os.truncate(file, LARGEST + 1)  # a file of holes, which takes no room
    assert "has 1.0 GB, but must be below 1 GB" in refusal(file)
    os.truncate(file, 2 * LARGEST)
    assert "has 2.0 GB, but must be below 1 GB: keep the columns and rows that the analysis needs" in refusal(file)


@pytest.mark.by_hand
def test_a_parquet_file_cut_anywhere_is_refused(tmp_path):
    whole = in_parquet(tmp_path).read_bytes()
    for end in range(1, len(whole), 97):
        assert "was it cut short? export it again" in refusal(write(tmp_path, "cut.parquet", whole[:end]))


@pytest.mark.by_hand
def test_reading_leaves_the_limit_of_csv_cells_alone(tmp_path):
    before = csv.field_size_limit()
    read_cells(in_csv(tmp_path))
    assert csv.field_size_limit() == before == 131072
