"""Which rows of ADTTE have the event, and what is doubtful about it: nobody may take unread codes for no events."""

import re

import pandas as pd

from smmlib.trial.tables.described_events import doubt_of_words
from smmlib.trial.tables.problems import quoted

MEANING = "must be 0 for the event and a whole number above it for a censored time"
OTHER_NAMES = re.compile("CENS.*|EVENT(FL|N|C)?|EVNT(FL)?|STATUS|STAT|.*CNSR.*")
"""Columns that hold the same as CNSR, or its opposite, in tables that are not of ADaM."""
MOST_VALUES = 4
"""Values that a line shows."""


def has_event(rows: pd.DataFrame) -> pd.Series:
    """Which rows have CNSR 0; none where the table has no CNSR."""
    return pd.to_numeric(_of(rows, "CNSR"), errors="coerce") == 0


def events_cannot_be_counted(rows: pd.DataFrame) -> str:
    """Why CNSR cannot be read, with what it holds; nothing where it can.

    Parameters
    ----------
    rows : DataFrame
        Of one parameter, as texts.
    """
    if "CNSR" not in rows:
        return f"events cannot be counted, for adtte has no CNSR, which {MEANING}{_instead(rows)}"
    codes = pd.to_numeric(rows["CNSR"], errors="coerce")
    unread = codes.isna() | (codes < 0) | (codes % 1 != 0)
    if unread.any():
        held = _listed(rows.loc[unread, "CNSR"])
        return f"events cannot be counted, for CNSR holds {held}, but {MEANING}: write it so into adtte"
    return ""


def doubt_of_events(rows: pd.DataFrame) -> str:
    """Why those with CNSR 0 may not be the events; nothing where nothing speaks against it."""
    event = has_event(rows)
    if event.all() or not event.any():
        return f"{'every' if event.all() else 'no'} patient has CNSR 0: is 0 the event?"
    return doubt_of_words(rows, event)


def _instead(rows: pd.DataFrame) -> str:
    """Columns that may hold it under another name."""
    named = [str(name) for name in rows if OTHER_NAMES.fullmatch(str(name).upper())]
    return "".join(f"; {name} holds {_listed(rows[name])}" for name in named)


def _listed(cells: pd.Series) -> str:
    counts = [f"{quoted(str(value))} {count}" for value, count in cells.value_counts().items()]
    return ", ".join(counts[:MOST_VALUES]) + (", ..." if len(counts) > MOST_VALUES else "")


def _of(rows: pd.DataFrame, column: str) -> pd.Series:
    return rows[column] if column in rows else pd.Series("", index=rows.index)
