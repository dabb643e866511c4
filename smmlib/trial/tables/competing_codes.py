"""Codes and texts of competing events, held against the rows of ADTTE that have them."""

from collections.abc import Iterator

import pandas as pd

from smmlib.trial.parameters.endpoint_rules import RecordedEndpoint
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present
from smmlib.trial.tables.nearest import is_it
from smmlib.trial.tables.place import PLACE
from smmlib.trial.tables.problems import Problem

COLUMNS = ("CNSR", "CNSDTDSC", "EVNTDESC")
"""Where a competing event may be told; the last of them that tells one counts."""
MOST_NAMED = 5


def problems_of_competing_codes(study: Study, times: pd.DataFrame) -> Iterator[Problem]:
    """What no row has, and what rows with the event have.

    Parameters
    ----------
    study : Study
    times : DataFrame
        Rows of ADTTE as they were read, with `event`.

    Yields
    ------
    Problem
        One for each code or text.
    """
    for name, endpoint in study.endpoints.items():
        if isinstance(endpoint, RecordedEndpoint):
            rows = times[times["PARAMCD"] == endpoint.paramcd]
            for code in endpoint.competing if len(rows) else ():
                yield from _of_code(study, name, code, rows)


def as_text(times: pd.DataFrame, column: str) -> pd.Series:
    """A column of ADTTE as it is compared with codes and texts; empty where the table lacks it."""
    return times[column].astype(str) if column in times else pd.Series("", index=times.index)


def _of_code(study: Study, name: str, code: str, rows: pd.DataFrame) -> Iterator[Problem]:
    found = pd.DataFrame({column: as_text(rows, column) == code for column in COLUMNS})
    with_it = found.any(axis=1)
    events = rows[with_it & rows["event"]]
    place = present(study.data.times), "", f"endpoint {name}:"
    if not with_it.any():
        yield Problem(*place, _absent(code, rows))
    elif len(events):
        column = next(column for column in COLUMNS if found.loc[events.index, column].any())
        of_rows = (
            f"of {len(events)} row{'' if len(events) == 1 else 's'} with CNSR 0, the first {events[PLACE].iloc[0]}"
        )
        what = f"competing event {code!r} is {column} {of_rows}, and so the event as well: "
        yield Problem(*place, f"{what}name what competes by its code of CNSR, above 0, or correct CNSR")


def _absent(code: str, rows: pd.DataFrame) -> str:
    """That no row has a code, with the nearest and how many rows have which."""
    counts = {
        column: as_text(rows[~rows["event"]], column).value_counts().drop("", errors="ignore") for column in COLUMNS
    }
    near = is_it(code, [value for of_column in counts.values() for value in of_column.index])
    held = "; ".join(f"{column} {_counted(of_column)}" for column, of_column in counts.items() if len(of_column))
    return f"competing event {code!r} is in no row{near}: rows without the event have {held or 'nothing'}"


def _counted(counts: pd.Series) -> str:
    shown = ", ".join(f"{value!r} {count}" for value, count in counts.head(MOST_NAMED).items())
    return f"{shown} and {len(counts) - MOST_NAMED} more" if len(counts) > MOST_NAMED else shown
