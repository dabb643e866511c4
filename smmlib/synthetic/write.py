"""Synthetic tables to CSV files."""

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from smmlib.ownership.files import write_whole

ENSEMBLE_FILE = "ensemble.parquet"
"""Name of the file with the other cohorts of a study, beside its table of subjects."""


@contextmanager
def study_with(study, tables):
    """A study with its tables written from a cohort, to be read and checked as those of any study.

    Parameters
    ----------
    study : Study
    tables : dict of str to DataFrame
        As `smmlib.synthetic.calibrate.calibrate` returns them.

    Yields
    ------
    Study
        Its files are there until the context ends.
    """
    with TemporaryDirectory() as folder:
        files = write_tables(tables, {name: Path(folder) / f"{name}.csv" for name in tables})
        paths = {name: str(file) for name, file in files.items()} | {"salt": str(Path(folder) / "salt.txt")}
        data = study.data.model_copy(update=paths)
        yield study.model_copy(update={"data": data})


def write_tables(tables, files):
    """Write each table to its file.

    Parameters
    ----------
    tables : dict of str to DataFrame
    files : dict of str to Path
        By table.

    Returns
    -------
    dict of str to Path
        The files written.
    """
    for name, table in tables.items():
        files[name].parent.mkdir(parents=True, exist_ok=True)
        write_whole(files[name], table.to_csv(index=False, lineterminator="\n").encode())
    return files
