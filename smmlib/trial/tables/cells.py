"""The reader of table files: five formats, one table of texts, so that all give the same numbers to the last digit."""

from pathlib import Path

from smmlib.trial.tables.cell_table import Cells, refuse
from smmlib.trial.tables.csv_cells import read_csv
from smmlib.trial.tables.dataset_json import read_dataset_json, read_dataset_ndjson
from smmlib.trial.tables.parquet_cells import read_parquet
from smmlib.trial.tables.sas_cells import read_sas7bdat, read_xpt

__all__ = ["LARGEST", "READERS", "Cells", "read_cells"]

LARGEST = 1_000_000_000
"""Bytes: what is larger is refused before it is read, as it would not fit into memory beside its texts."""

READERS = {
    ".csv": read_csv,
    ".parquet": read_parquet,
    ".xpt": read_xpt,
    ".sas7bdat": read_sas7bdat,
    ".json": read_dataset_json,
    ".ndjson": read_dataset_ndjson,
}


def read_cells(path):
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
        return _reader(path)(path)
    except OSError as error:
        refuse(str(path), f"cannot be opened: {error.strerror or error}")


def _reader(path):
    """The reader of a file; a file that need not be opened to see that it cannot be used is refused."""
    file, endings = str(path), ", ".join(READERS)
    if path.is_dir():
        refuse(file, "is a folder: name the file in it")
    if not path.exists():
        refuse(file, "does not exist: correct its name or its folder")
    if not path.is_file():
        refuse(file, "is not a file: save the table in one")
    if path.suffix.lower() not in READERS:
        refuse(file, f"ends in {path.suffix!r}, but must be one of {endings}: export the table in one of these formats")
    # Who may not read it is told so here: ReadStat would call the file damaged.
    path.open("rb").close()
    size = path.stat().st_size
    if not size:
        refuse(file, "is empty: export the table again")
    if size > LARGEST:
        refuse(
            file, f"has {size / 1e9:.1f} GB, but must be below 1 GB: keep the columns and rows that the analysis needs"
        )
    return READERS[path.suffix.lower()]
