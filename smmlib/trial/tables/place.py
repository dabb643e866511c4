"""How messages say where in a file a row stands, and what a value looked like there."""

import pandas as pd

from smmlib.trial.parameters.study import Study
from smmlib.trial.tables.problems import quoted

PLACE = "place"
"""Column of every table that says where in its file a row stands; variables are in capitals, so none has this name."""


def shown(study: Study, column: str, text: str) -> str:
    """A wrong value for a message: an identifier stays in its table unless the study says otherwise."""
    return quoted(text) if column != "USUBJID" or study.privacy == "identified" or not text else "withheld"


def as_text(value: object) -> object:
    """A value of a table as its cell was: a day without its midnight."""
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else value
