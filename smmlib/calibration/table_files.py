"""Synthetic tables to CSV files."""

from smmlib.ownership.files import write_whole

ENSEMBLE_FILE = "ensemble.parquet"
"""Name of the file with the other cohorts of a study, beside its table of subjects."""


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
