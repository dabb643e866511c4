"""A number is a record: its name, the result in full precision, and the notebook cell that made it."""

import csv
import math
from dataclasses import asdict, dataclass

from smmlib.stats.results import Estimate, HypothesisTest

RECORDS_MIME = "application/vnd.smmlib.records+json"
TABLE_MIME = "text/csv"
FIGURE_KEY, CELLS_KEY, TABLE_KEY = "smmlib_figure", "smmlib_cells", "smmlib_table"
NUMBER_COLUMNS = (
    "record",
    "run",
    "endpoint",
    "arm",
    "reference",
    "measure",
    "at",
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
    "notebook",
    "data",
)
RANGE_COLUMNS = ("published", "range_low", "range_high", "cohorts")
"""Further columns where some numbers were published and others are those of a synthetic cohort."""
KINDS = {"Estimate": Estimate, "HypothesisTest": HypothesisTest}


@dataclass(frozen=True)
class Record:
    """One recorded number.

    Attributes
    ----------
    name : str
        "ttp.hazard_ratio": the run, what is measured, and of what, separated by dots.
    result : Estimate or HypothesisTest
    cell : int
        Number of the notebook cell that recorded it; 0 outside a notebook.
    """

    name: str
    result: Estimate | HypothesisTest
    cell: int


def write_numbers(file, runs, study, standing):
    """Write numbers.csv: a row a number, in full precision, with its method and the notebook cell that made it.

    Parameters
    ----------
    file : Path
    runs : sequence of ExecutedRun
    study : Study
    standing : Standing
        Says of each number of a synthetic study what of it was published, and its range over other cohorts: that of
        the value, or of the P value of a test.
    """
    columns = (*NUMBER_COLUMNS, *RANGE_COLUMNS) if standing.told else NUMBER_COLUMNS
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
        writer.writeheader()
        for run in runs:
            endpoint = study.runs[run.name].parameters.get("endpoint", "")
            notebook = f"notebooks/{run.name}.ipynb"
            for record in run.records:
                row = _row(record, run.name, endpoint, f"{notebook}#{record.cell}")
                standing_of_it = _standing_row(record.name, standing) if standing.told else {}
                writer.writerow({**row, "data": study.data.origin, **standing_of_it})


def _row(record, run, endpoint, notebook):
    fields = {name: value for name, value in asdict(record.result).items() if name in NUMBER_COLUMNS}
    result = {name: "" if is_missing(value) else value for name, value in fields.items()}
    measure = record.name.split(".")[1]
    return {
        "record": record.name,
        "run": run,
        "endpoint": endpoint,
        "measure": measure,
        "notebook": notebook,
        **result,
    }


def _standing_row(name, standing):
    row = {"published": " ".join(standing.published(name))}
    found = standing.range_found(name)
    if found is None:
        return row
    ends = ("" if is_missing(end) else end for end in (found.low, found.high))
    return row | dict(zip(RANGE_COLUMNS[1:], (*ends, found.cohorts), strict=True))


def records_from_output(output):
    """Records from what a notebook wrote: the inverse of `recording.Records.write`."""
    entries, cells = output["data"][RECORDS_MIME], output["metadata"][CELLS_KEY]
    return [_from_json(entry, cell) for entry, cell in zip(entries, cells, strict=True)]


def _from_json(entry, cell):
    kind = KINDS[entry["kind"]]
    fields = {name: value for name, value in entry.items() if name not in ("name", "kind")}
    fields = {name: float("nan") if value is None else value for name, value in fields.items()}
    return Record(entry["name"], kind(**fields), cell)


def is_missing(value):
    return isinstance(value, float) and math.isnan(value)
