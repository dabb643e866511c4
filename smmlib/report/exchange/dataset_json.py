"""Analysis data as CDISC Dataset-JSON 1.1."""

import json
from collections.abc import Iterable
from pathlib import Path

import smmlib
from smmlib.report.exchange.data_columns import DATASETS, DAY, FLAG, NUMBER, TEXT, Column
from smmlib.report.exchange.xpt import DAY_FORMAT

NEVER = "1960-01-01T00:00:00"
"""When a file was made, as the standard asks: the same data give the same bytes whenever they are written."""
TYPES = {NUMBER: "double", FLAG: "integer", DAY: "date", TEXT: "string"}


def write_dataset_json(file: Path, study: str, part: str, columns: Iterable[Column]) -> None:
    """Write a part of the analysis data as Dataset-JSON, a row a line.

    Parameters
    ----------
    file : Path
    study : str
        Name of the study.
    part : str
        A key of `DATASETS`.
    columns : iterable of Column
    """
    columns = list(columns)
    rows = list(zip(*(column.values for column in columns), strict=True))
    metadata = {
        "datasetJSONCreationDateTime": NEVER,
        "datasetJSONVersion": "1.1.0",
        "fileOID": f"smmlib.{study}.{part}",
        "originator": "smmlib",
        "sourceSystem": {"name": "smmlib", "version": smmlib.__version__},
        "studyOID": study,
        "itemGroupOID": f"IG.{part}",
        "records": len(rows),
        "name": part,
        "label": DATASETS[part][1],
        "columns": [_column(part, column) for column in columns],
    }
    head = json.dumps(metadata, indent=1, ensure_ascii=False).removesuffix("\n}")
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)
    file.write_text(f'{head},\n "rows": [\n{lines}\n ]\n}}\n', encoding="utf-8")


def _column(part: str, column: Column) -> dict[str, object]:
    label = f"{column.label} ({column.unit})" if column.unit else column.label
    about: dict[str, object] = {
        "itemOID": f"IT.{part}.{column.name}",
        "name": column.name,
        "label": label,
        "dataType": TYPES[column.kind],
    }
    if column.kind == DAY:
        return about | {"targetDataType": "integer", "displayFormat": DAY_FORMAT}
    if column.kind == TEXT:
        return about | {"length": max(1, *map(len, column.values))}
    return about
