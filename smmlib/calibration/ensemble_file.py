"""An ensemble of cohorts in one compact file.

The rows of all tables of all cohorts lie in one Parquet file, those of one patient side by side: what does not differ
between cohorts then takes next to no room.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from smmlib.ownership.files import write_whole
from smmlib.trial.regular_file import UnusableFileError, open_regular
from smmlib.trial.tables.bounds import beyond_memory, check_cells, check_unfolded
from smmlib.trial.tables.cell_table import refuse
from smmlib.trial.tables.problems import DataError

COHORT, TABLE = "cohort", "table"
DATE = "DT"
"""How the names of dates end, in ADaM."""
ADVICE = "make it again with `make cohorts`"
COMPRESSION = {"compression": "zstd", "compression_level": 19}


def write_cohorts(cohorts: Iterable[Mapping[str, pd.DataFrame]], file: Path) -> None:
    """Write cohorts to one file.

    Parameters
    ----------
    cohorts : iterable of dict of str to DataFrame
        Tables as `smmlib.calibration.calibrate.calibrate` returns them: text and whole numbers, dates as text.
    file : Path
    """
    parts = [
        table.assign(cohort=number, table=name, row=range(len(table)))
        for number, tables in enumerate(cohorts, start=1)
        for name, table in tables.items()
    ]
    rows = pd.concat(parts, ignore_index=True).sort_values([TABLE, "USUBJID", COHORT, "row"], kind="stable")
    columns = {name: _packed(name, rows[name]) for name in rows if name != "row"}
    order = {part[TABLE].iloc[0]: ",".join(part.columns.drop([COHORT, TABLE, "row"])) for part in parts}
    packed = pa.table(columns).replace_schema_metadata(order)
    file.parent.mkdir(parents=True, exist_ok=True)
    content = pa.BufferOutputStream()
    pq.write_table(packed, content, **COMPRESSION)
    write_whole(file, content.getvalue().to_pybytes())


def is_ensemble(file: Path) -> bool:
    """Whether a file holds cohorts as `write_cohorts` writes them."""
    try:
        return {COHORT, TABLE} < set(pq.read_schema(file).names)
    except (OSError, pa.ArrowException):
        return False


def _packed(name, column):
    """A column without the empty texts, in the type that takes the least room."""
    if name == COHORT:
        return pa.array(column, type=pa.int16())
    if name.endswith(DATE):
        days = pd.to_datetime(column.replace("", None)).dt.date
        return pa.array(days.where(days.notna(), None), type=pa.date32())
    if pd.api.types.is_numeric_dtype(column):
        return pa.array(column, type=pa.int32(), from_pandas=True)
    return pa.array(column, type=pa.string(), from_pandas=True).dictionary_encode()


def read_cohorts(file: Path) -> Iterator[dict[str, pd.DataFrame]]:
    """The cohorts of a file.

    Parameters
    ----------
    file : Path

    Yields
    ------
    dict of str to DataFrame
        As they were written.

    Raises
    ------
    DataError
        If the file cannot be read, holds more than fits into the memory, or was not written by `write_cohorts`.
    """
    rows, order = _rows(file)
    for _, of_cohort in rows.groupby(COHORT):
        try:
            parts = of_cohort.groupby(TABLE, observed=True)
            tables = {name: _unpacked(parts.get_group(name)[columns]) for name, columns in order.items()}
        except (KeyError, ValueError, AttributeError) as error:
            refuse(str(file), f"holds no cohorts ({error}): {ADVICE}")
        yield tables


def _rows(file):
    """The rows of all tables, and the columns of each table by its name."""
    try:
        with open_regular(file) as stream, pq.ParquetFile(stream) as parquet:
            metadata, schema = parquet.metadata, parquet.schema_arrow
            groups = [metadata.row_group(group) for group in range(metadata.num_row_groups)]
            check_cells(str(file), sum(group.num_rows for group in groups), len(schema))
            check_unfolded(str(file), sum(group.total_byte_size for group in groups))
            if not all(_is_packed(field.type) for field in schema):
                refuse(str(file), f"has columns of types that no cohorts have: {ADVICE}")
            order = {name.decode(): columns.decode().split(",") for name, columns in schema.metadata.items()}
            return parquet.read(use_threads=False).to_pandas(), order
    except UnusableFileError as error:
        refuse(str(file), str(error))
    except DataError:
        raise
    except MemoryError:
        raise beyond_memory(str(file), os.stat(file).st_size) from None
    except Exception as error:  # of pyarrow, or of Python where the file is damaged
        refuse(str(file), f"cannot be read as cohorts: {error}; {ADVICE}")


def _is_packed(kind):
    """Whether a column is of a type that `_packed` makes; texts have a dictionary, or they would fill the memory."""
    return pa.types.is_dictionary(kind) or pa.types.is_integer(kind) or pa.types.is_date(kind)


def _unpacked(rows):
    """Dates as text, empty where there is none."""
    table = {}
    for name, column in rows.items():
        if name.endswith(DATE):
            table[name] = [day.isoformat() if day is not None else "" for day in column]
        elif isinstance(column.dtype, pd.CategoricalDtype):
            table[name] = column.astype(object).where(column.notna(), "").to_numpy()
        else:
            table[name] = column.astype(int).to_numpy()
    return pd.DataFrame(table)
