"""One table: its columns found, each cell read as what it must hold, every wrong one named."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from difflib import get_close_matches
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
from smmlib.trial.tables.columns import Columns, key_of, needed_columns
from smmlib.trial.tables.problems import DataError, Problem, counted, quoted
from smmlib.trial.tables.values import Kind, kind_of_membership, values_of

PLACE = "place"
"""Column of every table that says where in its file a row stands; variables are in capitals, so none has this name."""
OVERALL_RESPONSE = "OVRLRESP"
"""PARAMCD of the overall response at an assessment, in CDISC's controlled terminology."""
TYPES: dict[Kind, type] = {
    "number": float,
    "measurement": float,
    "time": float,
    "grade": float,
    "event": bool,
    "yes or no": bool,
    "member": bool,
}


def read_table(
    study: Study, name: Table, frame: pd.DataFrame | None = None
) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Read one table of a study.

    Parameters
    ----------
    study : Study
    name : str
        "subjects", "times", "responses", "laboratory" or "adverse_events".
    frame : DataFrame, optional
        Its cells, which are then not read from its file.

    Returns
    -------
    table : DataFrame or None
        The columns that the study needs, under their ADaM names, with `place`; None where one is missing.
    problems : list of Problem
        Where a cell is wrong, a missing value stands for it in the table, so that the rest can be checked.

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


def _read_table(study: Study, name: Table, frame: pd.DataFrame | None) -> tuple[pd.DataFrame | None, list[Problem]]:
    needed = needed_columns(study)[name]
    names = {column: study.data.columns.get(name, {}).get(column, column) for column in needed}
    cells = _cells(study, name, names["USUBJID"]) if frame is None else frame_cells(getattr(study.data, name), frame)
    problems = [*_missing(study, name, cells, names, needed), *_pretended_patients(study, cells)]
    present = {column: given for column, given in names.items() if given in cells.table}
    texts = cells.table[list(present.values())].set_axis(list(present), axis=1)
    if name == "times" and "PARAMCD" in texts:
        problems += _absent_codes(_asked_codes(study), cells.file, texts)
        texts = texts[texts["PARAMCD"].isin(_asked_codes(study))]
    if name == "responses" and "PARAMCD" in texts:
        code = _code_of_responses(study, texts)
        problems += _problems_of_parameters(code, cells.file, texts)
        texts = texts[texts["PARAMCD"] == (code or texts["PARAMCD"])]
    columns: dict[str, NDArray[Any]] = {
        PLACE: np.array([f"{cells.word} {number}" for number in cells.numbers], dtype=object)[texts.index]
    }
    for column, given in present.items():
        columns[column], wrong = read_column(texts[column], needed[column][0])
        told = (
            Problem(cells.file, columns[PLACE][row], given, f"is {shown(study, column, text)}, but {expected}")
            for row, text, expected in wrong
        )
        problems += counted(told, cells.file, given)
    if any(must_be and column not in present for column, (_, must_be) in needed.items()):
        return None, problems
    table = pd.DataFrame(columns).rename(columns={"CNSR": "event"})
    return table, [*problems, *counted(_repeated(study, name, table), cells.file)]


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
    codes, distinct = pd.factorize(texts)
    kind = kind_of_membership(distinct) if kind == "member" else kind
    values, expected = values_of(distinct, kind)
    rows = np.flatnonzero(np.isin(codes, list(expected)))
    wrong = ((int(row), distinct[codes[row]], expected[codes[row]]) for row in rows)
    of_distinct = np.array(values, dtype="datetime64[s]" if kind in ("day", "given day") else TYPES.get(kind, object))
    return of_distinct[codes], wrong


def shown(study: Study, column: str, text: str) -> str:
    """A wrong value for a message: an identifier stays in its table unless the study says otherwise."""
    return quoted(text) if column != "USUBJID" or study.privacy == "identified" or not text else "withheld"


def as_text(value: Any) -> str:
    """A value of a table as its cell was: a day without its midnight."""
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else value


def _missing(study: Study, name: Table, cells: Cells, names: Mapping[str, str], needed: Columns) -> Iterator[Problem]:
    """Columns that the table lacks, those that the parameters' map names among them."""
    there = list(cells.table.columns)
    missing = [given for column, given in names.items() if needed[column][1] and given not in there]
    for given in missing:
        known = f"; the table has {', '.join(there)}" if given == missing[-1] else ""
        yield Problem(cells.file, "", "", f"no column {given}{_nearest(given, there)}{known}")
    for column, given in study.data.columns.get(name, {}).items():
        if column not in needed and given not in there:
            what = f"data.columns.{name} reads {column} from {given}, which the table does not have"
            yield Problem(cells.file, "", "", f"{what}{_nearest(given, there)}")


def _nearest(name: str, names: Iterable[str]) -> str:
    by_capitals = {each.upper(): each for each in names}
    near = get_close_matches(name.upper(), by_capitals, n=1)
    return f" (is it {by_capitals[near[0]]}?)" if near else ""


def _pretended_patients(study: Study, cells: Cells) -> Iterator[Problem]:
    """STUDYID says of what is not a patient what it is, and the parameters must say the same."""
    for origin in ("synthetic", "reconstructed"):
        said = "STUDYID" in cells.table and cells.table["STUDYID"].str.contains(origin.upper()).any()
        if said and study.data.origin != origin:
            what = f"STUDYID says that the patients are {origin}, so data.origin must be {origin}"
            yield Problem(cells.file, "", "", what)


def _asked_codes(study: Study) -> set[str]:
    """Codes of the recorded times that an endpoint asks for: what others hold is of no concern here."""
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


def _repeated(study: Study, name: Table, table: pd.DataFrame) -> Iterator[Problem]:
    key = key_of(study, name)
    if key is None or not set(key) <= set(table):
        return
    first = table.groupby(key, sort=False)[PLACE].transform("first")
    for row in np.flatnonzero(table.duplicated(key)):
        entry = table.iloc[row]
        patient = f"patient {entry['USUBJID']}" if study.privacy == "identified" else "the patient"
        of = "".join(f", {as_text(entry[column])}," for column in key[1:])
        what = f"{patient}{of} has a row already, in {first.iloc[row]}: keep one"
        yield Problem(getattr(study.data, name), entry[PLACE], "", what)
