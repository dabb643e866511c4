"""SAS: transport files (.xpt, version 5 and 8) and .sas7bdat, read by ReadStat."""

import os
import re
from collections.abc import Callable
from typing import Any, BinaryIO, NoReturn

import numpy as np
import pandas as pd
import pyreadstat
from numpy.typing import NDArray

from smmlib.trial.present import present
from smmlib.trial.tables.bounds import check_cells, check_unfolded
from smmlib.trial.tables.canonical import clock_text, moment_texts, number_text, number_texts
from smmlib.trial.tables.cell_table import Cells, cell_table, refuse

# Formats of a number that is a date, by what SAS counts. Under a format that is not here a number stays a number.
# ReadStat's own conversion is not used: it takes the seconds under DTDATE for days.
SEPARATED = [f"{order}{mark}" for order in ("YYMMDD", "MMDDYY", "DDMMYY") for mark in ("", *"BCDNPS")]
DAYS = {*SEPARATED, "DATE", "WEEKDATE", "WEEKDATX", "WORDDATE", "WORDDATX", "E8601DA", "B8601DA", "IS8601DA"}
SECONDS = {
    *("DATETIME", "DTDATE", "DATEAMPM", "MDYAMPM", "E8601DT", "B8601DT", "IS8601DT"),
    *("E8601DN", "B8601DN", "IS8601DN", "E8601DZ", "B8601DZ", "IS8601DZ"),
}
CLOCK = {"TIME", "TIMEAMPM", "HHMM", "E8601TM", "B8601TM", "IS8601TM"}
EPOCH = np.datetime64("1960-01-01")
# SAS counts no seconds behind the year 19,999.
LATEST = 1e12

# A transport file is made of records of 80 bytes; a header says what follows it.
RECORD = 80
HEADER = b"HEADER RECORD*******"
MEMBER = re.compile(re.escape(HEADER) + rb"MEM(?:BER|BV8)  HEADER RECORD!!!!!!!")
ROWS_BEGIN = re.compile(re.escape(HEADER) + rb"OBS(?:V8)? {3,5}HEADER RECORD!!!!!!!(.{15}).{17}", re.DOTALL)


def read_xpt(file: str, stream: BinaryIO) -> Cells:
    """The cells of a SAS transport file; special missing values (.A to .Z, ._) are missing.

    Parameters
    ----------
    file : str
        As messages name it.
    stream : file object
        Open for reading bytes.

    Returns
    -------
    Cells

    Raises
    ------
    DataError
        If it cannot be read, holds several tables, or is seen to be cut short.
    """
    raw = stream.read()
    # ReadStat would take a second table for more rows of the first.
    if len(MEMBER.findall(raw)) > 1:
        refuse(file, "holds more than one table: export each into a file of its own")
    header = _read(pyreadstat.read_xport, file, stream, "a SAS transport file", metadataonly=True)[1]
    # Rows begin after the header, which has 140 bytes a column and more.
    check_cells(file, len(raw) // max(_row_width(header), 1), present(header.number_columns))
    table, meta = _read(pyreadstat.read_xport, file, stream, "a SAS transport file")
    _refuse_cut_transport(file, raw, len(table), _row_width(meta))
    return _cells(file, table, meta)


def read_sas7bdat(file: str, stream: BinaryIO) -> Cells:
    """The cells of a .sas7bdat file; special missing values are missing.

    Rows that were deleted in SAS and not yet taken out of the file are read as rows: ReadStat does not see the marks.

    Parameters
    ----------
    file : str
        As messages name it.
    stream : file object
        Open for reading bytes.

    Returns
    -------
    Cells

    Raises
    ------
    DataError
        If it cannot be read, or has not the number of rows that its header states.
    """
    header = _read(pyreadstat.read_sas7bdat, file, stream, "sas7bdat", metadataonly=True)[1]
    if header.number_rows is None:
        refuse(file, "does not say how many rows it has: was it cut short? export it again")
    check_cells(file, header.number_rows, present(header.number_columns))
    check_unfolded(file, header.number_rows * _row_width(header))
    table, meta = _read(pyreadstat.read_sas7bdat, file, stream, "sas7bdat")
    if len(table) != meta.number_rows:
        _refuse_missing_rows(file, len(table), present(meta.number_rows))
    return _cells(file, table, meta)


def _read(
    reader: Callable[..., Any], file: str, stream: BinaryIO, kind: str, **options: bool
) -> tuple[pd.DataFrame, pyreadstat.metadata_container]:
    stream.seek(0)
    # Where the system names an open file ReadStat opens it by that name: of a stream it calls damaged what the memory
    # does not hold.
    source = f"/proc/self/fd/{stream.fileno()}"
    # ReadStat has two exceptions of its own, and Python's decoding and converting have theirs.
    try:
        return reader(source if os.path.exists(source) else stream, disable_datetime_conversion=True, **options)
    except MemoryError:
        raise
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        refuse(file, f"holds the byte 0x{byte:02X}, which is not UTF-8: export it from a SAS session in UTF-8")
    except Exception as error:
        refuse(file, f"cannot be read as {kind}: {error}; was it cut short? export it again")


def _row_width(meta: pyreadstat.metadata_container) -> int:
    """Bytes of a row."""
    return sum(meta.variable_storage_width.values())


def _refuse_cut_transport(file: str, raw: bytes, n_rows: int, row_width: int) -> None:
    """Compare the rows that were read with the bytes that are there.

    Version 5 does not state its number of rows. A file that ends between two rows, at a multiple of 80 bytes, is
    like one that was written so; and rows of nothing but blank text at the end are like the blanks that fill the
    last record. Neither can be seen. SAS, not ReadStat, states the number in version 8: there it is compared.
    """
    begin = ROWS_BEGIN.search(raw)
    stated = begin[1].strip().lstrip(b"0") if begin else b""
    # ReadStat drops the part of a row that is left at the end without a word.
    rest = raw[begin.end() + n_rows * row_width :] if begin else b""
    if len(raw) % RECORD or rest.strip(b" "):
        refuse(file, f"seems cut short after {n_rows} rows, as it ends in the middle of a record: export it again")
    if stated.isdigit() and int(stated) != n_rows:
        _refuse_missing_rows(file, n_rows, int(stated))


def _refuse_missing_rows(file: str, n_rows: int, stated: int) -> NoReturn:
    refuse(file, f"has {n_rows} rows, but its header says {stated}: was it cut short? export it again")


def _cells(file: str, table: pd.DataFrame, meta: pyreadstat.metadata_container) -> Cells:
    columns = [
        _strings(table[name]) if meta.readstat_variable_types[name] == "string" else _numbers(table[name], shown)
        for name, shown in meta.original_variable_types.items()
    ]
    return cell_table(file, [name or "" for name in meta.original_variable_types], columns)


def _strings(column: pd.Series) -> list[str]:
    return [value.strip() if isinstance(value, str) else "" for value in column]


def _numbers(column: pd.Series, shown: str | None) -> list[str]:
    """Numbers as texts, by the SAS format under which they are shown."""
    values = column.to_numpy(dtype=float)
    name = re.sub(r"[\d.]+$", "", shown or "").upper()
    if name in DAYS:
        # The part of a day is left out, as SAS leaves it out of what it shows.
        return _moments(values, np.floor(values), "D")
    if name in SECONDS:
        return _moments(values, np.round(values * 1_000_000), "us")
    if name in CLOCK:
        return [clock_text(value) for value in values.tolist()]
    return number_texts(values)


def _moments(values: NDArray[np.float64], steps: NDArray[np.float64], unit: str) -> list[str]:
    """Steps of a unit since 1960 as texts; what is beyond the calendar of SAS stays a number."""
    known = np.abs(values) < LATEST
    since = np.where(known, steps, 0).astype(np.int64).astype(f"timedelta64[{unit}]")
    texts = moment_texts(EPOCH + since)
    for row in np.flatnonzero(~known):
        texts[row] = number_text(values[row].item())
    return texts
