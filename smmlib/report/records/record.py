"""A number is a record: its key, the result in full precision, and the notebook cell that made it."""

import math
import re
from dataclasses import asdict, dataclass

from smmlib.analysis.keys import KEY_FIELDS, Key
from smmlib.plain_text import csv_text
from smmlib.stats.results import Estimate, HypothesisTest

RECORDS_MIME = "application/vnd.smmlib.records+json"
TABLE_MIME = "text/csv"
FIGURE_KEY, CELLS_KEY, TABLE_KEY, READS_KEY = "smmlib_figure", "smmlib_cells", "smmlib_table", "smmlib_reads"
RESULT_COLUMNS = (
    "value",
    "low",
    "high",
    "conf_level",
    "std_error",
    "p_value",
    "statistic",
    "df",
    "n",
    "events",
    "unit",
    "method",
)
NUMBER_COLUMNS = ("record", "run", *KEY_FIELDS, *RESULT_COLUMNS, "notebook", "data")
RANGE_COLUMNS = ("published", "range_low", "range_high", "cohorts")
"""Further columns where some numbers were published and others are those of a synthetic cohort."""
KINDS = {"Estimate": Estimate, "HypothesisTest": HypothesisTest}


@dataclass(frozen=True)
class Record:
    """One recorded number.

    Attributes
    ----------
    key : Key
        What it is about.
    result : Estimate or HypothesisTest
    cell : int
        Number of the notebook cell that recorded it; 0 outside a notebook.
    """

    key: Key
    result: Estimate | HypothesisTest
    cell: int


def write_numbers(file, runs, study, status):
    """Write numbers.csv: a row a number, in full precision, with its method and the notebook cell that made it.

    Parameters
    ----------
    file : Path
    runs : sequence of ExecutedRun
    study : Study
    status : PublicationStatus
        Says of each number of a synthetic study what of it was published, and its range over other cohorts: that of
        the value, or of the P value of a test.
    """
    columns = (*NUMBER_COLUMNS, *RANGE_COLUMNS) if status.applies else NUMBER_COLUMNS
    rows = []
    for run in runs:
        for record in run.records:
            about = {"run": run.name, "notebook": f"notebooks/{run.name}.ipynb#{record.cell}"}
            of_status = _status_row(record.key, status) if status.applies else {}
            rows.append({**number_row(record), **about, "data": study.data.origin, **of_status})
    text = csv_text(columns, ([row.get(column) for column in columns] for row in rows))
    file.write_text(text, encoding="utf-8", newline="")


def number_row(record):
    """The fields of a key and its result for a table.

    Parameters
    ----------
    record : Record

    Returns
    -------
    dict of str to object
    """
    result = {name: value for name, value in asdict(record.result).items() if name in RESULT_COLUMNS}
    return {"record": record.key.name, **asdict(record.key), **result}


def _status_row(key, status):
    row = {"published": " ".join(status.published(key))}
    found = status.main_range(key)
    if found is None:
        return row
    return row | dict(zip(RANGE_COLUMNS[1:], (found.low, found.high, found.cohorts), strict=True))


def record_as_json(record):
    """A record for a notebook: not estimable is null, because JSON has no NaN."""
    fields = {name: None if is_missing(value) else value for name, value in asdict(record.result).items()}
    del fields["from_data"]
    return {"key": asdict(record.key), "kind": type(record.result).__name__, "result": fields}


def records_from_output(output):
    """Records from what a notebook wrote: the inverse of `record_as_json`."""
    entries, cells = output["data"][RECORDS_MIME], output["metadata"][CELLS_KEY]
    return [_from_json(entry, cell) for entry, cell in zip(entries, cells, strict=True)]


def _from_json(entry, cell):
    fields = {name: float("nan") if value is None else value for name, value in entry["result"].items()}
    return Record(Key(**entry["key"]), KINDS[entry["kind"]](**fields), cell)


def anchor(key):
    """Where a number stands in the page of its notebook; names that differ in a sign only stand apart."""
    return re.sub(r"[^\w.-]", lambda found: f"-{ord(found[0]):x}-", key.name)


def is_missing(value):
    """Whether a value is NaN."""
    return isinstance(value, float) and math.isnan(value)
