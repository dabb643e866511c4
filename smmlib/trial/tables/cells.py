"""The reader of table files: five formats, one table of texts, so that all give the same numbers to the last digit."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from smmlib.trial.regular_file import UnusableFileError, open_regular
from smmlib.trial.tables.bounds import beyond_memory, check_file_size
from smmlib.trial.tables.cell_table import Cells, refuse
from smmlib.trial.tables.csv_cells import read_csv
from smmlib.trial.tables.dataset_json import read_dataset_json, read_dataset_ndjson
from smmlib.trial.tables.parquet_cells import read_parquet
from smmlib.trial.tables.sas_cells import read_sas7bdat, read_xpt

__all__ = ["READERS", "Cells", "read_cells"]

Reader = Callable[[str, BinaryIO], Cells]
READERS: dict[str, Reader] = {
    ".csv": read_csv,
    ".parquet": read_parquet,
    ".xpt": read_xpt,
    ".sas7bdat": read_sas7bdat,
    ".json": read_dataset_json,
    ".ndjson": read_dataset_ndjson,
}


def read_cells(path: str | Path) -> Cells:
    """A table file as texts, in the format that its ending names.

    Missing values are "". Numbers are the shortest text that reads back as the same double, without ".0"; dates
    YYYY-MM-DD, with Thh:mm:ss where it is not midnight; true and false "Y" and "N"; texts without the blanks around
    them. The cells of a CSV file and the texts of the other formats are otherwise left as they stand.

    Parameters
    ----------
    path : str or Path
        A .csv, .parquet, .xpt, .sas7bdat, .json or .ndjson file; the last two are CDISC Dataset-JSON 1.1.

    Returns
    -------
    Cells

    Raises
    ------
    DataError
        With everything that is wrong with the file as a file.
    """
    path = Path(path)
    try:
        with open_regular(path) as stream:
            size = os.fstat(stream.fileno()).st_size
            reader = _reader(path, size)
            # told below, where nothing holds on any more to what was read; without memory for the error itself,
            # Python's reader of JSON ends in a SystemError
            with suppress(MemoryError, SystemError):
                return reader(str(path), stream)
            raise beyond_memory(str(path), size)
    except UnusableFileError as error:
        refuse(str(path), str(error))
    except OSError as error:
        refuse(str(path), f"cannot be read: {error.strerror or error}")


def _reader(path: Path, size: int) -> Reader:
    """The reader of a file; one that need not be read to see that it cannot be used is refused."""
    if path.suffix.lower() not in READERS:
        endings = ", ".join(READERS)
        refuse(
            str(path),
            f"ends in {path.suffix!r}, but must be one of {endings}: export the table in one of these formats",
        )
    check_file_size(str(path), size)
    return READERS[path.suffix.lower()]
