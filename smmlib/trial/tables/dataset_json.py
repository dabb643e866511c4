"""CDISC Dataset-JSON 1.1: .json, and .ndjson with a line of metadata and then a row a line."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, NoReturn

from smmlib.trial.tables.bounds import check_cells, check_marks
from smmlib.trial.tables.cell_table import Cells, cell_table, name_problems, refuse
from smmlib.trial.tables.dataset_json_types import EXPECTED, TEXTS, cell_text
from smmlib.trial.tables.problems import DataError, Problem, counted
from smmlib.trial.tables.utf8_text import utf8_text

VERSION = re.compile(r"1\.1(\.\d+)?")
LONGEST_SHOWN = 60
MARKS = {",": "commas", "\n": "line feeds", "[": "opening brackets", "{": "opening braces"}


def read_dataset_json(file: str, stream: BinaryIO) -> Cells:
    """The cells of a Dataset-JSON file, each value held to the dataType of its column.

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
        With every value that is not of its dataType.
    """
    dataset = _parsed(file, _bounded_text(file, stream))
    rows = dataset.get("rows") if isinstance(dataset, dict) else None
    return _cells(file, dataset, [] if rows is None else rows)


def read_dataset_ndjson(file: str, stream: BinaryIO) -> Cells:
    """The cells of a Dataset-JSON file in its form of a row a line; as `read_dataset_json` otherwise."""
    # Not splitlines, which also splits at characters that may stand inside a JSON text.
    lines = _bounded_text(file, stream).rstrip().split("\n")
    metadata, *rows = (_parsed(file, line, f"line {number}") for number, line in enumerate(lines, start=1))
    return _cells(file, metadata, rows)


def _bounded_text(file: str, stream: BinaryIO) -> str:
    text = utf8_text(file, stream)
    check_marks(file, text, MARKS)
    return text


def _parsed(file: str, text: str, place: str = "") -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        refuse(file, f"cannot be read as Dataset-JSON: {error}; was it cut short? export it again", place)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _cells(file: str, metadata: Any, rows: Any) -> Cells:
    _refuse_other_json(file, metadata, rows)
    columns = metadata["columns"]
    check_cells(file, len(rows), len(columns))
    names = [column["name"].strip() for column in columns]
    problems = [
        *name_problems(file, names),
        *_type_problems(file, columns),
        *counted(_row_problems(file, metadata, rows), file),
    ]
    if problems:
        raise DataError(problems)
    values = list(zip(*rows, strict=True))
    texts = [_texts(file, column, of_column, problems) for column, of_column in zip(columns, values, strict=False)]
    if problems:
        raise DataError(problems)
    return cell_table(file, names, texts)


def _refuse_other_json(file: str, metadata: Any, rows: object) -> None:
    """What is not Dataset-JSON 1.1 at all."""
    version = metadata.get("datasetJSONVersion") if isinstance(metadata, dict) else None
    if not isinstance(version, str):
        refuse(file, "is not Dataset-JSON, as it has no datasetJSONVersion: export it as Dataset-JSON 1.1")
    if not VERSION.fullmatch(version):
        refuse(file, f"is Dataset-JSON {version}, but must be 1.1: export it as that")
    columns = metadata.get("columns")
    if not isinstance(columns, list) or not columns or not all(map(_is_column, columns)):
        refuse(file, "has no list 'columns' that gives each a name and a dataType: export it as Dataset-JSON 1.1")
    if not isinstance(rows, list):
        refuse(file, "has 'rows' that are no list: export it as Dataset-JSON 1.1")


def _is_column(column: object) -> bool:
    return isinstance(column, dict) and all(isinstance(column.get(key), str) for key in ("name", "dataType"))


def _type_problems(file: str, columns: Sequence[dict[str, str]]) -> list[Problem]:
    unknown = [column for column in columns if column["dataType"] not in EXPECTED]
    what = "has the dataType {!r}, but must be one of {}"
    return [
        Problem(file, "", column["name"], what.format(column["dataType"], ", ".join(EXPECTED))) for column in unknown
    ]


def _row_problems(file: str, metadata: dict[str, Any], rows: Sequence[object]) -> Iterator[Problem]:
    """Rows that are not as long as there are columns, and a number of records that is not that of the rows."""
    width, stated = len(metadata["columns"]), metadata.get("records")
    if isinstance(stated, bool) or not isinstance(stated, int) or stated != len(rows):
        what = f"has {len(rows)} rows, but 'records' is {_shown(stated)}: was it cut short? export it again"
        yield Problem(file, "", "", what)
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, list):
            yield Problem(file, f"record {number}", "", "is no list, but must be a list of values")
        elif len(row) != width:
            what = f"has {len(row)} values, but must be {width} long, as there are columns"
            yield Problem(file, f"record {number}", "", what)


def _texts(file: str, column: dict[str, str], values: Sequence[object], problems: list[Problem]) -> list[str]:
    """The texts of a column; values that are not of its dataType are added to the problems."""
    name, kind = column["name"].strip(), column["dataType"]
    texts, wrong = [], []
    for number, value in enumerate(values, start=1):
        try:
            texts.append(cell_text(value, kind))
        except (ValueError, TypeError, OverflowError, ArithmeticError):
            wrong.append((number, value))
    told = (
        Problem(file, f"record {number}", name, f"is {_shown(value)}, but must be {_expected(value, kind)}")
        for number, value in wrong
    )
    problems += counted(told, file, name)
    return texts


def _expected(value: object, kind: str) -> str:
    if isinstance(value, str) and kind in TEXTS:
        return "of whole characters: half of a surrogate pair is none"
    return f"{EXPECTED[kind]}, as its dataType {kind} says"


def _shown(value: object) -> str:
    """A value of JSON for a message, half a surrogate pair as its escape."""
    try:
        text = json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode("utf-8")
    except RecursionError:
        return "nested too deep"
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
