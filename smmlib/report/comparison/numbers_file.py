"""Numbers of a report that was made before, from its numbers.csv."""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

from smmlib.display.formatting import MASKED, estimate_text, p_value_in_words
from smmlib.errors import SmmlibError
from smmlib.report.records.record import RESULT_COLUMNS
from smmlib.stats.results import Estimate

OF_A_QUANTITY = ("conf_level", "unit", "method")
QUANTITIES = tuple(name for name in RESULT_COLUMNS if name not in OF_A_QUANTITY)
NEEDED = {"record", *RESULT_COLUMNS}
NUMBERS = "numbers.csv"


class UnusableReportError(SmmlibError):
    """A folder or file that holds no numbers of a report."""


@dataclass(frozen=True)
class Recorded:
    """One number as a report recorded it.

    Attributes
    ----------
    name : str
    quantities : dict of str to float
        NaN where there is none.
    conf_level : float
    unit, method : str
    """

    name: str
    quantities: dict[str, float]
    conf_level: float
    unit: str
    method: str

    @property
    def is_test(self) -> bool:
        """Whether it is a test, whose P value is what it says."""
        return math.isnan(self.quantities["value"]) and not math.isnan(self.quantities["p_value"])

    @property
    def printed(self) -> str:
        """As a report prints it: 0.31 (95% CI, 0.10 to 0.91), P = 0.03."""
        if self.is_test:
            return p_value_in_words(self.quantities["p_value"])
        if self.unit == MASKED or (not self.unit and math.isnan(self.quantities["value"])):
            return MASKED if self.unit == MASKED else "not estimable"
        value, low, high = (self.quantities[name] for name in ("value", "low", "high"))
        told = Estimate(value, low=low, high=high, conf_level=self.conf_level, unit=self.unit, method=self.method)
        return estimate_text(told)


def read_numbers(report: Path) -> dict[str, Recorded]:
    """The numbers of a report by their names.

    Parameters
    ----------
    report : Path
        Its folder, or its numbers.csv.

    Returns
    -------
    dict of str to Recorded

    Raises
    ------
    UnusableReportError
        If there is no such file, or it is no numbers.csv.
    """
    file = report / NUMBERS if report.is_dir() else report
    try:
        with file.open(newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnusableReportError(f"{file} cannot be read: {error}.") from None
    if not rows or not set(rows[0]) >= NEEDED:
        raise UnusableReportError(f"{file} holds no numbers of a report: its columns are not those of numbers.csv.")
    return {row["record"]: _recorded(file, row) for row in rows}


def _recorded(file: Path, row: dict[str, str]) -> Recorded:
    try:
        quantities = {name: _number(row[name]) for name in QUANTITIES}
        return Recorded(row["record"], quantities, _number(row["conf_level"]), row["unit"], row["method"])
    except (TypeError, ValueError):
        raise UnusableReportError(f"{file}: the row of {row['record']!r} holds what is no number.") from None


def _number(text: str) -> float:
    return float(text) if text else math.nan
