"""Ranges of numbers over the synthetic cohorts that meet the same claims: written once, read by every report."""

import csv
import hashlib
import json
import math
from dataclasses import dataclass
from pathlib import Path

from smmlib.calibration.table_files import ENSEMBLE_FILE
from smmlib.ownership.files import refuse_to_overwrite, write_whole
from smmlib.plain_text import csv_text
from smmlib.trial.parameters.data_files import TABLES

RANGES_FILE = "ranges.csv"
COLUMNS = (
    "record",
    "quantity",
    "value",
    "range_low",
    "range_high",
    "cohorts",
    "not_estimable",
    "ensemble",
    "parameters",
)
DIGITS = 9
"""Significant digits in the file: later ones differ between processors."""
STAMP_LENGTH = 16
SAME, ZERO = 1e-7, 1e-12
"""Relative difference up to which a number is the one that the ranges were made beside, and what counts as nothing."""
ONLY_WORDS = {
    **dict.fromkeys(
        ("title", "trial", "reference", "privacy", "synthetic", "style", "page_data", "screening", "formats"),
        True,
    ),
    "data": dict.fromkeys((*TABLES, "bundled", "salt", "note"), True),
    "runs": {"__all__": {"title": True, "number": True, "footnotes": True}},
    "published": {"__all__": {"source": True, "confidence": True, "tolerance_reason": True}},
}
"""Parameters that change no number; how the cohorts were made is in their file."""


@dataclass(frozen=True)
class Range:
    """Where one number lies in the cohorts of an ensemble.

    Attributes
    ----------
    low, high : float
        The lowest and the highest; NaN where it is estimable in no cohort.
    cohorts : int
        Cohorts that have the number.
    not_estimable : int
        Those of them in which it is not estimable: a median that is not reached.
    """

    low: float
    high: float
    cohorts: int
    not_estimable: int


def beside_subjects(study, name):
    """Path of a file that belongs to the tables of a study."""
    return Path(study.data.subjects).with_name(name)


def write_ranges(study, own, ranges):
    """Write ranges.csv beside the tables of a study: a row a quantity, stamped with what it was made from.

    Parameters
    ----------
    study : Study
    own : mapping of (Key, str) to float
        The number of the study's own cohort, by key and quantity.
    ranges : mapping of (Key, str) to Range

    Returns
    -------
    Path
    """
    file, stamps = ranges_file(study), _stamps(study)
    rows = [
        (
            key.name,
            quantity,
            *map(_text, (own[key, quantity], found.low, found.high)),
            found.cohorts,
            found.not_estimable,
            *stamps,
        )
        for (key, quantity), found in ranges.items()
    ]
    write_whole(file, csv_text(COLUMNS, rows).encode())
    return file


def ranges_file(study):
    """Where the ranges of a study are written.

    Raises
    ------
    NotOursError
        If a file of that name is there that holds no ranges.
    """
    file = beside_subjects(study, RANGES_FILE)
    refuse_to_overwrite([file], _holds_ranges)
    return file


def _holds_ranges(file):
    start = (",".join(COLUMNS) + "\n").encode()
    with file.open("rb") as stream:
        return stream.read(len(start)) == start


def known_ranges(study, records):
    """Ranges of a study's numbers, or None where there are none for its parameters, its ensemble and its cohort.

    Parameters
    ----------
    study : Study
    records : mapping of Key to Record
        Of the study's own cohort; ranges that were made beside other numbers are not its ranges.

    Returns
    -------
    dict of (Key, str) to Range, or None
        By key and quantity.
    """
    file = beside_subjects(study, RANGES_FILE)
    if study.suppress_below is not None or not file.is_file() or not beside_subjects(study, ENSEMBLE_FILE).is_file():
        return None
    with file.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    stamps, keys = _stamps(study), {key.name: key for key in records}
    fits = all((row["ensemble"], row["parameters"]) == stamps and _is_of(row, records, keys) for row in rows)
    return {(keys[row["record"]], row["quantity"]): _range(row) for row in rows} if rows and fits else None


def _is_of(row, records, keys):
    if row["record"] not in keys:
        return False
    record = records[keys[row["record"]]]
    value, expected = getattr(record.result, row["quantity"], math.nan), _number(row["value"])
    return math.isclose(value, expected, rel_tol=SAME, abs_tol=ZERO) or (math.isnan(value) and math.isnan(expected))


def _range(row):
    low, high = _number(row["range_low"]), _number(row["range_high"])
    return Range(low, high, int(row["cohorts"]), int(row["not_estimable"]))


def _stamps(study):
    """What the ranges rest on: the ensemble, and the parameters that say what is computed and what was published."""
    analysed = study.model_dump(mode="json", exclude=ONLY_WORDS, exclude_defaults=True)
    parts = beside_subjects(study, ENSEMBLE_FILE).read_bytes(), json.dumps(analysed, sort_keys=True).encode()
    return tuple(hashlib.sha256(part).hexdigest()[:STAMP_LENGTH] for part in parts)


def _text(value):
    return "" if math.isnan(value) else f"{value:.{DIGITS}g}"


def _number(text):
    return float(text) if text else math.nan
