"""One table: its columns found, its rows chosen, each cell read as what it must hold, every wrong one named."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from smmlib.trial.parameters.data_files import Table
from smmlib.trial.parameters.endpoint_rules import RecordedEndpoint
from smmlib.trial.parameters.study import Study
from smmlib.trial.tables.bounds import beyond_memory
from smmlib.trial.tables.cell_table import Cells, frame_cells
from smmlib.trial.tables.cells import read_cells
from smmlib.trial.tables.columns import Columns, measures_of_exposure, needed_columns
from smmlib.trial.tables.filters import cure_of_missing, rows_that_count
from smmlib.trial.tables.meaning import meanings, missing_marks
from smmlib.trial.tables.nearest import is_it
from smmlib.trial.tables.place import PLACE, shown
from smmlib.trial.tables.problems import DataError, Problem, counted
from smmlib.trial.tables.repeated import problems_of_repeats
from smmlib.trial.tables.values import Kind, kind_of_membership, values_of

__all__ = ["PLACE", "TableRead", "read_column", "read_table"]

OVERALL_RESPONSE = "OVRLRESP"
"""PARAMCD of the overall response at an assessment, in CDISC's controlled terminology."""
TYPES: dict[Kind, type] = {
    "number": float,
    "measurement": float,
    "time": float,
    "grade": float,
    "censoring": int,
    "yes or no": bool,
    "member": bool,
}


@dataclass(frozen=True, eq=False)
class TableRead:
    """What was read of a table.

    Attributes
    ----------
    table : DataFrame or None
        The columns that the study needs, under their ADaM names, with `place`; None where one is missing. Where a cell
        is wrong, a missing value stands for it, so that the rest can be checked.
    problems : list of Problem
    notes : list of str
        What was passed over, and what was taken for a missing value, each with its count.
    """

    table: pd.DataFrame | None
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_table(study: Study, name: Table, frame: pd.DataFrame | None = None) -> TableRead:
    """Read one table of a study.

    Parameters
    ----------
    study : Study
    name : str
        "subjects", "times", "responses", "laboratory", "tumours", "exposure" or "adverse_events".
    frame : DataFrame, optional
        Its cells, which are then not read from its file.

    Returns
    -------
    TableRead

    Raises
    ------
    DataError
        If the file cannot be read at all.
    """
    with suppress(MemoryError):  # told below, where nothing holds on any more to what was read
        return _read_table(study, name, frame)
    if frame is not None:
        raise MemoryError
    file = getattr(study.data, name)
    raise beyond_memory(file, os.stat(file).st_size)


def _read_table(study: Study, name: Table, frame: pd.DataFrame | None) -> TableRead:
    needed = needed_columns(study)[name]
    names = {column: study.data.columns.get(name, {}).get(column, column) for column in needed}
    cells = _cells(study, name, names["USUBJID"]) if frame is None else frame_cells(getattr(study.data, name), frame)
    problems = [*_missing(study, name, cells, names, needed), *_pretended_patients(study, cells)]
    present = {column: given for column, given in names.items() if given in cells.table}
    meant = {column: meanings(cells.table[given], study.data.missing) for column, given in present.items()}
    texts = pd.DataFrame(meant, index=cells.table.index)
    texts, wrong, notes = _rows_that_count(study, name, cells.file, texts)
    problems += wrong
    place = np.array([f"{cells.word} {number}" for number in cells.numbers], dtype=object)[texts.index]
    columns: dict[str, NDArray[Any]] = {PLACE: place}
    for column, given in present.items():
        held = cells.table.loc[texts.index, given]
        columns[column], cells_that_are_wrong = read_column(texts[column], needed[column][0])
        cure = cure_of_missing(name, column)
        told = (
            (row, _as_held(study, column, held.iloc[row], text), must if text else must + cure)
            for row, text, must in cells_that_are_wrong
        )
        wrong_cells = (Problem(cells.file, place[row], given, f"is {what}but {must}") for row, what, must in told)
        problems += counted(wrong_cells, cells.file, given)
        notes += _of_missing_marks(given, missing_marks(held, texts[column]))
    notes = [f"{os.path.basename(cells.file)}: {note}" for note in notes]
    if any(must_be and column not in present for column, (_, must_be) in needed.items()):
        return TableRead(None, problems, notes)
    table = pd.DataFrame(columns, index=texts.index)
    problems += problems_of_repeats(study, name, table, cells.table)
    return TableRead(table.reset_index(drop=True), problems, notes)


def _rows_that_count(
    study: Study, name: Table, file: str, texts: pd.DataFrame
) -> tuple[pd.DataFrame, list[Problem], list[str]]:
    """The rows of the study's filter and of the parameters that it asks for, with problems and notes."""
    counts, problems, note = rows_that_count(study, name, file, texts)
    texts = texts[counts]
    if name in ("times", "exposure") and "PARAMCD" in texts:
        asked = _asked_codes(study, name)
        problems += _absent_codes(asked, file, texts)
        texts = texts[texts["PARAMCD"].isin(asked)]
    if name == "responses" and "PARAMCD" in texts:
        code = _code_of_responses(study, texts)
        problems += _problems_of_parameters(code, file, texts)
        texts = texts[texts["PARAMCD"] == (code or texts["PARAMCD"])]
    return texts, problems, [note] if note else []


def _as_held(study: Study, column: str, held: str, text: str) -> str:
    """A cell for a message: where it was taken for a missing value, with that word."""
    taken_as = " read as missing," if held and not text else ""
    return f"{shown(study, column, held)},{taken_as} "


def _of_missing_marks(column: str, marks: Mapping[str, int]) -> Iterator[str]:
    if marks:
        counts = ", ".join(f"{mark!r} {count}" for mark, count in marks.items())
        yield f"{column} holds {counts}, read as missing (data.missing)"


def _cells(study: Study, name: Table, identifier: str) -> Cells:
    """The cells of a file; where it cannot be read, identifiers are kept out of what is said of it."""
    try:
        return read_cells(getattr(study.data, name))
    except DataError as error:
        if study.privacy == "identified":
            raise
        raise DataError(
            _withheld(problem) if problem.place and problem.column == identifier else problem
            for problem in error.problems
        ) from None


def _withheld(problem: Problem) -> Problem:
    """What is wrong with a cell, without what it holds."""
    _, but, expected = problem.what.rpartition(", but must be ")
    return replace(problem, what=f"is withheld{but}{expected}" if but else "is withheld, and cannot be read")


def read_column(texts: pd.Series, kind: Kind) -> tuple[NDArray[Any], Iterator[tuple[int, str, str]]]:
    """Values of a column, each distinct cell read once.

    Parameters
    ----------
    texts : Series of str
    kind : str or OneOf
        One of `smmlib.trial.tables.values.KINDS`, or the texts that a cell may hold.

    Returns
    -------
    values : ndarray
        Days as datetime64; something missing where a cell is wrong.
    wrong : iterable of (int, str, str)
        For each wrong cell its row, what it holds, and what is expected.
    """
    codes, found = pd.factorize(texts)
    distinct = pd.Index(np.asarray(found, dtype=object))
    kind = kind_of_membership(distinct) if kind == "member" else kind
    values, expected = values_of(distinct, kind)
    rows = np.flatnonzero(np.isin(codes, list(expected)))
    wrong = ((int(row), distinct[codes[row]], expected[codes[row]]) for row in rows)
    of_distinct = np.array(values, dtype="datetime64[s]" if kind in ("day", "given day") else TYPES.get(kind, object))
    return of_distinct[codes], wrong


def _missing(study: Study, name: Table, cells: Cells, names: Mapping[str, str], needed: Columns) -> Iterator[Problem]:
    """Columns that the table lacks, those that the parameters' map names among them."""
    there = list(cells.table.columns)
    missing = [given for column, given in names.items() if needed[column][1] and given not in there]
    for given in missing:
        known = f"; the table has {', '.join(there)}" if given == missing[-1] else ""
        yield Problem(cells.file, "", "", f"no column {given}{is_it(given, there)}{known}")
    for column, given in study.data.columns.get(name, {}).items():
        if column not in needed and given not in there:
            what = f"data.columns.{name} reads {column} from {given}, which the table does not have"
            yield Problem(cells.file, "", "", f"{what}{is_it(given, there)}")


def _pretended_patients(study: Study, cells: Cells) -> Iterator[Problem]:
    """STUDYID says of what is not a patient what it is, and the parameters must say the same."""
    for origin in ("synthetic", "reconstructed"):
        said = "STUDYID" in cells.table and cells.table["STUDYID"].str.contains(origin.upper()).any()
        if said and study.data.origin != origin:
            what = f"STUDYID says that the patients are {origin}, so data.origin must be {origin}"
            yield Problem(cells.file, "", "", what)


def _asked_codes(study: Study, name: Table) -> set[str]:
    """Codes of the recorded times, or of the exposure, that are asked for: what others hold is of no concern here."""
    if name == "exposure":
        return {covariate.variable for covariate in measures_of_exposure(study)}
    return {endpoint.paramcd for endpoint in study.endpoints.values() if isinstance(endpoint, RecordedEndpoint)}


def _code_of_responses(study: Study, texts: pd.DataFrame) -> str | None:
    """PARAMCD of the responses: the one that parameters name, or CDISC's of what RECIST 1.1 is derived from."""
    derived = study.response is not None and study.response.criteria == "recist-1.1"
    overall = OVERALL_RESPONSE if derived and OVERALL_RESPONSE in set(texts["PARAMCD"]) else None
    return study.data.responses_paramcd or overall


def _problems_of_parameters(code: str | None, file: str, texts: pd.DataFrame) -> list[Problem]:
    """ADRS holds best responses and flags beside the responses of the visits: which rows count must be clear."""
    if code:
        return list(_absent_codes({code}, file, texts))
    known = sorted(texts["PARAMCD"].unique())
    if len(known) == 1:
        return []
    what = f"holds {', '.join(known)}: say under data.responses_paramcd which rows are the responses"
    return [Problem(file, "", "PARAMCD", what)]


def _absent_codes(asked: set[str], file: str, texts: pd.DataFrame) -> Iterator[Problem]:
    known = ", ".join(sorted(texts["PARAMCD"].unique()))
    for code in sorted(asked - set(texts["PARAMCD"])):
        yield Problem(file, "", "PARAMCD", f"{code!r} does not occur; the table holds {known}")
