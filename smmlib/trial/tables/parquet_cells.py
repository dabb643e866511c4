"""Parquet, by the types of its own schema: no column is guessed, no integer passes through a double."""

from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from smmlib.trial.present import present
from smmlib.trial.tables.bounds import check_cells, check_unfolded
from smmlib.trial.tables.canonical import (
    decimal_text,
    flag_text,
    moment_texts,
    number_text,
    number_texts,
    short_seconds,
)
from smmlib.trial.tables.cell_table import Cells, cell_table, name_problems, refuse
from smmlib.trial.tables.problems import DataError, Problem

# What pyarrow says where there is no memory left for a thread.
ColumnReader = Callable[[pa.ChunkedArray], list[str]]
NO_MEMORY = "Failed to launch worker thread"


def read_parquet(file: str, stream: BinaryIO) -> Cells:
    """The cells of a Parquet file; times with a zone are the date and time that a clock of that zone shows.

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
        If the file cannot be read, or a column holds what is no single value: lists, structures, bytes.
    """
    # A damaged file is told by pyarrow's exceptions, by OSError or by ValueError, depending on where it is damaged.
    try:
        names, columns = _read(file, stream)
    except (DataError, MemoryError):
        raise
    except Exception as error:
        if NO_MEMORY in str(error):
            raise MemoryError from None
        refuse(file, f"cannot be read as Parquet: {error}; was it cut short? export it again")
    return cell_table(file, names, columns)


def _read(file: str, stream: BinaryIO) -> tuple[list[str], list[list[str]]]:
    """The names of the columns, and the texts of each."""
    with pq.ParquetFile(stream) as parquet:
        metadata, schema = parquet.metadata, parquet.schema_arrow
    if problems := _schema_problems(file, schema):
        raise DataError(problems)
    groups = [metadata.row_group(group) for group in range(metadata.num_row_groups)]
    check_cells(file, max(metadata.num_rows, sum(group.num_rows for group in groups)), len(schema))
    check_unfolded(file, _stated_size(groups))
    # Texts are left as the file holds them, each distinct one once: written out, a long one that is repeated in every
    # row would fill the memory.
    stream.seek(0)
    with pq.ParquetFile(stream, metadata=metadata, read_dictionary=_of_texts(schema)) as parquet:
        return schema.names, _columns(file, parquet)


def _stated_size(groups: Sequence[pq.RowGroupMetaData]) -> int:
    return sum(group.total_byte_size for group in groups)


def _columns(file: str, parquet: pq.ParquetFile) -> list[list[str]]:
    """The texts of each column, one part of the file after another: what it says of its size need not be true."""
    columns: list[list[str]] = [[] for _ in parquet.schema_arrow]
    unfolded = 0
    for group in range(parquet.num_row_groups):
        # By one thread: where the memory ends while others start, pyarrow lets go of what they still read, and crashes.
        table = parquet.read_row_group(group, use_threads=False)
        unfolded += table.nbytes
        check_unfolded(file, unfolded)
        for texts, column in zip(columns, table.columns, strict=True):
            texts += _texts(column)
    return columns


def _of_texts(schema: pa.Schema) -> list[str]:
    return [field.name for field in schema if _is_text(field.type)]


def _schema_problems(file: str, schema: pa.Schema) -> list[Problem]:
    refused = [field for field in schema if _reader(field.type) is None]
    what = "holds {}, which has no place in a cell: leave the column out, or export it as text or numbers"
    return [
        *name_problems(file, schema.names),
        *(Problem(file, "", field.name, what.format(field.type)) for field in refused),
    ]


def _texts(column: pa.ChunkedArray) -> list[str]:
    if not pa.types.is_dictionary(column.type):
        return present(_reader(column.type))(column)
    return [text for part in column.chunks for text in _of_dictionary(part)]


def _of_dictionary(part: pa.DictionaryArray) -> list[str]:
    """The texts of a part of a column that has a dictionary, each made once."""
    distinct = np.array([*_texts(pa.chunked_array([part.dictionary])), ""], dtype=object)
    return distinct[part.indices.cast(pa.int64()).fill_null(len(distinct) - 1).to_numpy()].tolist()


def _reader(kind: pa.DataType) -> ColumnReader | None:
    """The function that makes texts of a column of a type; None for a type that is refused."""
    is_of = pa.types
    if is_of.is_dictionary(kind):
        return _reader(kind.value_type)
    readers = [
        (_is_text(kind), _each(str.strip)),
        (is_of.is_integer(kind), _each(str)),
        (is_of.is_float64(kind), lambda column: number_texts(column.to_numpy())),
        (is_of.is_floating(kind), _short_floats),
        (is_of.is_decimal(kind), _each(decimal_text)),
        (is_of.is_boolean(kind), _each(flag_text)),
        (is_of.is_date(kind), lambda column: moment_texts(column.to_numpy())),
        (is_of.is_timestamp(kind), _timestamps),
        (is_of.is_time(kind), _clocks),
        (is_of.is_null(kind), _each(str)),
    ]
    return next((reader for fits, reader in readers if fits), None)


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def _each(text: Callable[[Any], str]) -> ColumnReader:
    return lambda column: ["" if value is None else text(value) for value in column.to_pylist()]


def _short_floats(column: pa.ChunkedArray) -> list[str]:
    """A single-precision 0.1 is written "0.1", as a CSV would hold it, not as the double 0.10000000149011612."""
    return [number_text(float(str(value))) for value in column.to_numpy()]


def _clocks(column: pa.ChunkedArray) -> list[str]:
    # Python's times, which pyarrow makes of it, have microseconds.
    return _each(lambda clock: short_seconds(clock.isoformat()))(column.cast(pa.time64("us"), safe=False))


def _timestamps(column: pa.ChunkedArray) -> list[str]:
    return moment_texts((pc.local_timestamp(column) if column.type.tz else column).to_numpy())
