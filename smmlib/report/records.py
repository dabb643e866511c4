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


def write_numbers(file, runs, study):
    """Write numbers.csv: a row a number, in full precision, with its method and the notebook cell that made it.

    Parameters
    ----------
    file : Path
    runs : sequence of ExecutedRun
    study : Study
    """
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, NUMBER_COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        for run in runs:
            endpoint = study.runs[run.name].parameters.get("endpoint", "")
            notebook = f"notebooks/{run.name}.ipynb"
            for record in run.records:
                row = _row(record, run.name, endpoint, f"{notebook}#{record.cell}")
                writer.writerow({**row, "data": study.data.origin})


def _row(record, run, endpoint, notebook):
    result = {name: "" if is_missing(value) else value for name, value in asdict(record.result).items()}
    measure = record.name.split(".")[1]
    return {
        "record": record.name,
        "run": run,
        "endpoint": endpoint,
        "measure": measure,
        "notebook": notebook,
        **result,
    }


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
