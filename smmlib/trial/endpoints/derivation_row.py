"""A row of the derivation of an endpoint: what becomes of a patient, and why."""

from datetime import date

import numpy as np

COLUMNS = ("time", "event", "entry", "start", "end", "reason", "explanation", "source")
Row = tuple[float, bool | None, float, date | None, date | None, str, str, str]
LEFT_OUT = "left out"


def left_out(why: str) -> Row:
    """The row of a patient who is not part of the endpoint."""
    return (np.nan, None, np.nan, None, None, LEFT_OUT, f"{LEFT_OUT}: {why}", "")
