"""The tables that a folder holds, under their ADaM names, as texts."""

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from smmlib.trial.tables.cells import READERS, read_cells

ADAM_NAMES = {
    "subjects": "adsl",
    "times": "adtte",
    "responses": "adrs",
    "laboratory": "adlb",
    "tumours": "adtr",
    "exposure": "adex",
    "adverse_events": "adae",
}
"""The tables of a study, each with the name that ADaM gives its file."""
MISSING = ("", "NA", ".", "nan", "NaN")


@dataclass(frozen=True, eq=False)
class FoundTables:
    """What a folder holds.

    Attributes
    ----------
    files : dict of str to Path
        By the name of the table in the parameters.
    frames : dict of str to DataFrame
        Their cells as texts; "" where a value is missing.
    unread : list of Path
        Files of tables that no part of the parameters takes.
    """

    files: dict[str, Path]
    frames: dict[str, pd.DataFrame]
    unread: list[Path]

    def column(self, table: str, variable: str) -> pd.Series:
        """A column of texts; all missing where the table, or the column, is not there."""
        frame = self.frames.get(table)
        if frame is None:
            return pd.Series(dtype=object)
        return frame[variable] if variable in frame else pd.Series("", index=frame.index)

    def has(self, table: str, variable: str) -> bool:
        """Whether a column is there and holds anything."""
        return bool((self.column(table, variable) != "").any())


def find_tables(folder: Path) -> FoundTables:
    """Read the tables of a folder.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    FoundTables

    Raises
    ------
    ValueError
        If there is no table of subjects, or a table is there in two formats.
    DataError
        If a file cannot be read.
    """
    there = sorted(file for file in folder.iterdir() if file.suffix.lower() in READERS)
    by_stem: dict[str, list[Path]] = {}
    for file in there:
        by_stem.setdefault(file.stem.lower(), []).append(file)
    files = {table: _one(found) for table, stem in ADAM_NAMES.items() if (found := _named(stem, by_stem))}
    if "subjects" not in files:
        seen = ", ".join(file.name for file in there) or "none"
        raise ValueError(f"{folder} holds no adsl, the table with a row a patient; tables in it: {seen}.")
    frames = {table: read_cells(file).table.replace(list(MISSING), "") for table, file in files.items()}
    return FoundTables(files, frames, [file for file in there if file not in files.values()])


def _named(stem: str, by_stem: dict[str, list[Path]]) -> list[Path]:
    """The files of a table: adrs, or else the one whose name goes on after it, as adrs_onco does."""
    longer = [each for each in by_stem if re.match(f"{stem}[^a-z0-9]", each)]
    return by_stem.get(stem) or (by_stem[longer[0]] if len(longer) == 1 else [])


def _one(files: list[Path]) -> Path:
    if len(files) > 1:
        raise ValueError(f"{' and '.join(file.name for file in files)} are one table twice: move one away.")
    return files[0]
