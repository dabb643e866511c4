"""Which rows of ADTTE count: those with a time, one of each patient and parameter."""

from dataclasses import dataclass

import pandas as pd

from smmlib.trial.tables.one_row_each import Choice, choices_of_one_row

ROWS_TO_ANALYSE = "ANL01FL"
KEY = ["USUBJID", "PARAMCD"]
MOST_OTHERS = 3
"""Other choices that are named."""


@dataclass(frozen=True, eq=False)
class GuessedRows:
    """The rows that count.

    Attributes
    ----------
    rows : DataFrame
    where : dict
        What they hold, as `data.where` says it; empty where all rows count.
    doubts : list of str
        What a reader must decide.
    """

    rows: pd.DataFrame
    where: dict[str, object]
    doubts: list[str]


def guess_rows(rows: pd.DataFrame) -> GuessedRows:
    """The rows that have a time, by whatever column leaves a patient one of each parameter.

    Parameters
    ----------
    rows : DataFrame
        Of the parameters that are endpoints; texts, "" where a value is missing.
    """
    timed = _with_times(rows)
    one_each = _one_each(timed.rows)
    return GuessedRows(one_each.rows, timed.where | one_each.where, [*timed.doubts, *one_each.doubts])


def _with_times(rows: pd.DataFrame) -> GuessedRows:
    if "AVAL" not in rows or not (without := rows["AVAL"] == "").any():
        return GuessedRows(rows, {}, [])
    count = int(without.sum())
    said = "1 row has no AVAL and is" if count == 1 else f"{count} rows have no AVAL and are"
    return GuessedRows(
        rows[~without], {"AVAL": {"not": ""}}, [f"{said} passed over; where are those patients to count?"]
    )


def _one_each(rows: pd.DataFrame) -> GuessedRows:
    """One row of each, by a column; or by another one among the rows to analyse; or all, with that said."""
    if not rows.duplicated(KEY).any():
        return GuessedRows(rows, {}, [])
    choices = list(choices_of_one_row(rows, rows, KEY))
    flagged = rows[rows[ROWS_TO_ANALYSE] == "Y"] if ROWS_TO_ANALYSE in rows else rows[:0]
    of_every_code = set(flagged["PARAMCD"]) == set(rows["PARAMCD"])
    if choices and (choices[0][0] == ROWS_TO_ANALYSE or not of_every_code):
        return _chosen(rows, {}, choices)
    where: dict[str, object] = {ROWS_TO_ANALYSE: "Y"}
    if of_every_code and not flagged.duplicated(KEY).any():
        return GuessedRows(flagged, where, [])
    if choices:
        return _chosen(rows, {}, choices)
    if of_every_code and (among := list(choices_of_one_row(flagged, flagged, KEY))):
        return _chosen(flagged, where, among)
    return GuessedRows(rows, {}, [_undecided(rows)])


def _chosen(rows: pd.DataFrame, where: dict[str, object], choices: list[Choice]) -> GuessedRows:
    """The first choice, and a word on others that leave one row each as well."""
    (column, values), *others = choices
    kept = rows[rows[column].isin(values)]
    chosen = values[0] if len(values) == 1 else values
    either = [f"{other} {each[0]}" for other, each in others if other == column][:MOST_OTHERS]
    told = [f"{column} {values[0]} is chosen; {', '.join(either)} would leave one row a patient too"] if either else []
    return GuessedRows(kept, where | {column: chosen}, told)


def _undecided(rows: pd.DataFrame) -> str:
    several = rows[rows.duplicated(KEY, keep=False)]
    patients, codes = several["USUBJID"].nunique(), ", ".join(several["PARAMCD"].unique())
    have = "1 patient has" if patients == 1 else f"{patients} patients have"
    return (
        f"{have} several rows of {codes}, and no column leaves one each: say under where which rows count, "
        "or correct adtte"
    )
