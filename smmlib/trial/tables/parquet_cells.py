"""Parquet, by the types of its own schema: no column is guessed, no integer passes through a double."""

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from smmlib.trial.tables.canonical import (
    decimal_text,
    flag_text,
    moment_texts,
    number_text,
    number_texts,
    short_seconds,
)
from smmlib.trial.tables.cell_table import cell_table, name_problems, refuse
from smmlib.trial.tables.problems import DataError, Problem


def read_parquet(path):
    """The cells of a Parquet file; times with a zone are the date and time that a clock of that zone shows.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Cells

    Raises
    ------
    DataError
        If the file cannot be read, or a column holds what is no single value: lists, structures, bytes.
    """
    file = str(path)
    # A damaged file is told by pyarrow's exceptions, by OSError or by ValueError, depending on where it is damaged.
    try:
        with pq.ParquetFile(path) as parquet:
            problems = _schema_problems(file, parquet.schema_arrow)
            table = None if problems else parquet.read()
        columns = [] if table is None else [_texts(column) for column in table.columns]
    except Exception as error:
        refuse(file, f"cannot be read as Parquet: {error}; was it cut short? export it again")
    if problems:
        raise DataError(problems)
    return cell_table(file, table.column_names, columns)


def _schema_problems(file, schema):
    refused = [field for field in schema if _reader(field.type) is None]
    what = "holds {}, which has no place in a cell: leave the column out, or export it as text or numbers"
    return [
        *name_problems(file, schema.names),
        *(Problem(file, "", field.name, what.format(field.type)) for field in refused),
    ]


def _texts(column):
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return _reader(column.type)(column)


def _reader(kind):
    """The function that makes texts of a column of a type; None for a type that is refused."""
    is_of = pa.types
    if is_of.is_dictionary(kind):
        return _reader(kind.value_type)
    readers = [
        (is_of.is_string(kind) or is_of.is_large_string(kind) or is_of.is_string_view(kind), _each(str.strip)),
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


def _each(text):
    return lambda column: ["" if value is None else text(value) for value in column.to_pylist()]


def _short_floats(column):
    """A single-precision 0.1 is written "0.1", as a CSV would hold it, not as the double 0.10000000149011612."""
    return [number_text(float(str(value))) for value in column.to_numpy()]


def _clocks(column):
    # Python's times, which pyarrow makes of it, have microseconds.
    return _each(lambda clock: short_seconds(clock.isoformat()))(column.cast(pa.time64("us"), safe=False))


def _timestamps(column):
    return moment_texts((pc.local_timestamp(column) if column.type.tz else column).to_numpy())
