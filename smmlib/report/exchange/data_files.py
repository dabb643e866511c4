"""The analysis data in other formats, beside the CSV files, and what each column is."""

from collections.abc import Collection
from pathlib import Path

from smmlib.plain_text import csv_text
from smmlib.report.exchange.data_columns import DATASETS, described_parts
from smmlib.report.exchange.dataset_json import write_dataset_json
from smmlib.report.exchange.xpt import write_xpt
from smmlib.trial.analysis_data import AnalysisData

DEFINITIONS = "columns.csv"
XPT, DATASET_JSON = "xpt", "dataset-json"
HEAD = ("file", "column", "label", "type", "unit", "xpt_dataset", "xpt_name", "xpt_cut")


def write_data_files(data: AnalysisData, folder: Path, formats: Collection[str]) -> None:
    """Write the analysis data in other formats, and `columns.csv`, which says what each column is.

    Parameters
    ----------
    data : AnalysisData
        Of a study whose small counts are not masked.
    folder : Path
        With the CSV files.
    formats : collection of {"xpt", "dataset-json"}
    """
    rows: list[tuple[object, ...]] = []
    for part, columns in described_parts(data).items():
        cut = write_xpt(folder / f"{part}.xpt", part, columns) if XPT in formats else {}
        if DATASET_JSON in formats:
            write_dataset_json(folder / f"{part}.json", data.study.study, part, columns)
        short = DATASETS[part][0]
        rows += [
            (part, each.name, each.label, each.kind, each.unit, short, each.short_name, cut.get(each.name))
            for each in columns
        ]
    (folder / DEFINITIONS).write_text(csv_text(HEAD, rows), encoding="utf-8", newline="")
