"""CDISC Dataset-JSON 1.1: .json, and .ndjson with a line of metadata and then a row a line."""

import json
import re

from smmlib.trial.tables.cell_table import cell_table, name_problems, refuse
from smmlib.trial.tables.dataset_json_types import EXPECTED, cell_text
from smmlib.trial.tables.problems import DataError, Problem
from smmlib.trial.tables.utf8_text import utf8_text

VERSION = re.compile(r"1\.1(\.\d+)?")
LONGEST_SHOWN = 60


def read_dataset_json(path):
    """The cells of a Dataset-JSON file, each value held to the dataType of its column.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Cells

    Raises
    ------
    DataError
        With every value that is not of its dataType.
    """
    file = str(path)
    dataset = _parsed(file, utf8_text(path))
    rows = dataset.get("rows") if isinstance(dataset, dict) else None
    return _cells(file, dataset, [] if rows is None else rows)


def read_dataset_ndjson(path):
    """The cells of a Dataset-JSON file in its form of a row a line; as `read_dataset_json` otherwise."""
    file = str(path)
    # Not splitlines, which also splits at characters that may stand inside a JSON text.
    lines = utf8_text(path).rstrip().split("\n")
    metadata, *rows = (_parsed(file, line, f"line {number}") for number, line in enumerate(lines, start=1))
    return _cells(file, metadata, rows)


def _parsed(file, text, place=""):
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        refuse(file, f"cannot be read as Dataset-JSON: {error}; was it cut short? export it again", place)


def _refuse_constant(name):
    raise ValueError(f"{name} is no number of JSON")


def _cells(file, metadata, rows):
    _refuse_other_json(file, metadata, rows)
    columns = metadata["columns"]
    names = [column["name"].strip() for column in columns]
    problems = [*name_problems(file, names), *_type_problems(file, columns), *_row_problems(file, metadata, rows)]
    if problems:
        raise DataError(problems)
    values = list(zip(*rows, strict=True))
    texts = [_texts(file, column, of_column, problems) for column, of_column in zip(columns, values, strict=False)]
    if problems:
        raise DataError(problems)
    return cell_table(file, names, texts)


def _refuse_other_json(file, metadata, rows):
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


def _is_column(column):
    return isinstance(column, dict) and all(isinstance(column.get(key), str) for key in ("name", "dataType"))


def _type_problems(file, columns):
    unknown = [column for column in columns if column["dataType"] not in EXPECTED]
    what = "has the dataType {!r}, but must be one of {}"
    return [
        Problem(file, "", column["name"], what.format(column["dataType"], ", ".join(EXPECTED))) for column in unknown
    ]


def _row_problems(file, metadata, rows):
    """Rows that are not as long as there are columns, and a number of records that is not that of the rows."""
    width, stated = len(metadata["columns"]), metadata.get("records")
    problems = []
    if isinstance(stated, bool) or not isinstance(stated, int) or stated != len(rows):
        what = f"has {len(rows)} rows, but 'records' is {json.dumps(stated)}: was it cut short? export it again"
        problems.append(Problem(file, "", "", what))
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, list):
            problems.append(Problem(file, f"record {number}", "", "is no list, but must be a list of values"))
        elif len(row) != width:
            what = f"has {len(row)} values, but must be {width} long, as there are columns"
            problems.append(Problem(file, f"record {number}", "", what))
    return problems


def _texts(file, column, values, problems):
    """The texts of a column; values that are not of its dataType are added to the problems."""
    name, kind = column["name"].strip(), column["dataType"]
    texts = []
    for number, value in enumerate(values, start=1):
        try:
            texts.append(cell_text(value, kind))
        except (ValueError, TypeError, OverflowError, ArithmeticError):
            what = f"is {_shown(value)}, but must be {EXPECTED[kind]}, as its dataType {kind} says"
            problems.append(Problem(file, f"record {number}", name, what))
    return texts


def _shown(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
