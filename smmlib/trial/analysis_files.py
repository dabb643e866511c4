"""Analysis data as CSV files: written once a run, read by every notebook of it, to the last digit the same."""

import csv
import io
import json
import os
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from smmlib.hashes import hash_of
from smmlib.places import params_file, reports_folder
from smmlib.plain_text import begins_formula, csv_text
from smmlib.trial.analysis_data import COLUMNS, AnalysisData, derive
from smmlib.trial.parameters.reconstructed_files import made_from
from smmlib.trial.parameters.study import Study, read_study
from smmlib.trial.parameters.watched_study import watched
from smmlib.trial.privacy import names_of
from smmlib.trial.safety.sources import sources_from

STAMP = "made-from.json"
NUMBERS = ("time", "entry", "followed_until", "day", "change", "days_at_risk", "events", "worst_grade", "days_to_event")
FLAGS, DAYS = ("event", "analysed", "ended", "completed", "affected"), ("start", "end")
PROGRAM = Path(__file__).parent
FOLDER = "analysis_data"
"""Name of the folder of a report in which they lie."""
FOLDER_VARIABLE = "SMMLIB_ANALYSIS_DATA"
"""Environment variable with the folder in which a run keeps its analysis data, for the kernels of the run."""


def write_analysis_data(data: AnalysisData, folder: Path) -> None:
    """Write the parts of analysis data that have rows, and what they were made from.

    Parameters
    ----------
    data : AnalysisData
    folder : Path
        Is made when it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for part in COLUMNS:
        frame = getattr(data, part)
        if len(frame):
            file = folder / f"{part}.csv"
            _write(frame.assign(data=data.study.data.origin), file, _numbers(data.study))
            files[file.name] = hash_of(file.read_bytes())
    said = {"outside": data.outside, "levels": data.levels, "notes": data.notes}
    stamp = {"made_from": _made_from(data.study), **said, "files": files}
    stamp["event_sources"] = data.event_sources and asdict(data.event_sources)
    (folder / STAMP).write_text(json.dumps(stamp, indent=2) + "\n", encoding="utf-8")


def read_analysis_data(study: Study, folder: Path) -> AnalysisData | None:
    """Analysis data from the files of a run, or None where there are none of these parameters and tables.

    Parameters
    ----------
    study : Study
    folder : Path

    Returns
    -------
    AnalysisData or None
    """
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        contents = {name: (folder / name).read_bytes() for name in stamp["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    whole = all(hash_of(content) == stamp["files"][name] for name, content in contents.items())
    if not whole or stamp["made_from"] != _made_from(study):
        return None
    described = dict.fromkeys([*(factor.variable for factor in study.strata), *study.covariates])
    columns = COLUMNS | {"subjects": (*COLUMNS["subjects"], *described)}
    numbers = _numbers(study)
    parts = {part: _read(contents.get(f"{part}.csv"), columns[part], numbers) for part in COLUMNS}
    sources = stamp["event_sources"] and sources_from(stamp["event_sources"])
    outside, levels, notes = stamp["outside"], stamp["levels"], tuple(stamp["notes"])
    return AnalysisData(study=study, **parts, event_sources=sources, outside=outside, levels=levels, notes=notes)


def hash_of_analysis_data(folder: Path) -> str:
    """Hash of what notebooks read of analysis data: their files and what is said of them, whatever they were made from.

    Parameters
    ----------
    folder : Path
        In which `write_analysis_data` has written them.

    Returns
    -------
    str
    """
    stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    del stamp["made_from"]
    return hash_of(json.dumps(stamp, sort_keys=True).encode())


def _numbers(study: Study) -> set[str]:
    """Names of the columns that hold numbers."""
    return {*NUMBERS, *(covariate.variable for covariate in study.covariates.values() if covariate.is_continuous)}


def _write(frame: pd.DataFrame, file: Path, numbers: Collection[str]) -> None:
    columns = [_texts(frame[name], numbers) for name in frame.columns]
    file.write_text(csv_text(frame.columns, zip(*columns, strict=True)), encoding="utf-8", newline="")


def _texts(column: pd.Series, numbers: Collection[str]) -> list[str]:
    """Numbers as the shortest text that reads back as the same double; flags as 1 and 0; what is missing as nothing."""
    if column.name in numbers:
        return ["" if value != value else repr(value) for value in column.to_numpy(dtype=float).tolist()]
    if column.name in FLAGS:
        return ["" if value is None else str(int(value)) for value in column]
    return ["" if value is None or value != value else _quoted(str(value)) for value in column]


def _quoted(text: str) -> str:
    """A text behind an apostrophe where a spreadsheet would run it, or where it has one; `_unquoted` undoes it."""
    return f"'{text}" if begins_formula(text) or text.startswith("'") else text


def _unquoted(text: str) -> str:
    return text.removeprefix("'")


def _read(content: bytes | None, columns: Sequence[str], numbers: Collection[str]) -> pd.DataFrame:
    if content is None:
        return pd.DataFrame(columns=list(columns))
    (*header, _), *rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
    texts = list(zip(*rows, strict=True))[:-1]  # the last column says whose data they are
    return pd.DataFrame({name: _values(name, text, numbers) for name, text in zip(header, texts, strict=True)})


def _values(name: str, texts: Sequence[str], numbers: Collection[str]) -> NDArray[Any]:
    if name in numbers:
        return np.array([float(text) if text else np.nan for text in texts])
    if name in FLAGS and "" not in texts:
        return np.array([text == "1" for text in texts])
    kinds = {**dict.fromkeys(FLAGS, "1".__eq__), **dict.fromkeys(DAYS, date.fromisoformat)}
    read = kinds.get(name, _unquoted)
    return np.array([read(text) if text or read is _unquoted else None for text in texts], dtype=object)


def analysis_data(study_file: str | Path, folder: str | Path | None = None) -> AnalysisData:
    """The analysis data of a study: as its run derived them, where they are at hand, or else derived now.

    Parameters
    ----------
    study_file : str or Path
        The parameters file, or the name of a bundled study.
    folder : str or Path, optional
        Where the run keeps them; when left out, where the kernels of a run are told, or in the report of the study.

    Returns
    -------
    AnalysisData

    Raises
    ------
    ParametersError
        If the parameters cannot be used.
    DataError
        If the tables cannot.

    Examples
    --------
    Of the 42 children of Freireich 1963, 30 relapsed: all 21 on placebo, and 9 of 21 on 6-mercaptopurine.

    >>> from smmlib import analysis_data
    >>> data = analysis_data("freireich-1963")
    >>> remission = data.endpoint("remission")
    >>> len(remission.time), int(remission.event.sum()), int(remission.event[remission.arm == "6-mp"].sum())
    (42, 30, 9)
    """
    study = read_study(params_file(study_file))
    of_report = reports_folder() / study.study / FOLDER
    given = folder or os.environ.get(FOLDER_VARIABLE) or of_report
    data = read_analysis_data(study, Path(given)) or derive(study)
    of_a_run = folder is None and FOLDER_VARIABLE in os.environ
    return replace(data, study=watched(study)) if of_a_run else data


def _made_from(study: Study) -> dict[str, object]:
    """Hashes of the parameters, the tables and the program, and the name that a patient would get with this salt."""
    said = study.model_dump(mode="json", exclude={"data": set(study.data.tables) | {"salt"}})
    tables = {} if study.data.curves else study.data.tables
    program = [file.read_bytes() for file in sorted(PROGRAM.rglob("*.py"))]
    return {
        "parameters": hash_of(json.dumps(said, sort_keys=True).encode()),
        "tables": {name: hash_of(Path(path).read_bytes()) for name, path in tables.items()} or made_from(study),
        "smmlib": f"{version('smmlib')} {hash_of(*program)}",
        "pandas": pd.__version__,
        "name": names_of(study, ["analysis data"])[0],
    }
