"""The only reader of data files: tables under CDISC ADaM variable names, checked before anything is computed."""

import warnings

import numpy as np
import pandas as pd

EVENT_OF_CNSR = {"0": True, "1": False}
"""ADaM's CNSR is 0 for an event and 1 for a censored time: this is the one place where that is turned round."""


class DataError(ValueError):
    """A table that cannot be used, with the file, the row, the variable and the value."""


def read_subjects(study):
    """ADSL, one row a patient: text as given, dates as dates, flags as booleans.

    Parameters
    ----------
    study : Study

    Returns
    -------
    DataFrame
        Indexed by USUBJID, with the variables that the study names; the patients of the two arms, randomised.

    Raises
    ------
    DataError
        If a variable is missing, a patient has two rows, an arm is unknown, or a date or flag is not one.
    """
    file = study.data.subjects
    table = _read_table(file, ["USUBJID", *_subject_variables(study)], study.data.origin)
    _refuse_repeated(table, ["USUBJID"], file)
    if study.population.randomised:
        table = table[~table[study.population.randomised].isin(["", "N"])].copy()
    _refuse_unknown_arms(table, study)
    for stratum in study.strata:
        _refuse(table, table[stratum.variable] == "", stratum.variable, file, "a level: every patient has a stratum")
    for variable in _date_variables(study):
        table[variable] = _dates(table, variable, file)
    if study.population.analysed:
        table[study.population.analysed] = _flags(table, study.population.analysed, file)
    return table.set_index("USUBJID")


def read_times(study, paramcd):
    """Times and events of one ADTTE parameter.

    Parameters
    ----------
    study : Study
    paramcd : str
        Value of PARAMCD.

    Returns
    -------
    DataFrame
        Indexed by USUBJID; `time` in the unit of the study and `event`, True where CNSR is 0.

    Raises
    ------
    DataError
        If a variable is missing, the parameter does not occur, a patient has two rows, a time is not a number of zero
        or more, or CNSR is neither 0 nor 1.
    """
    file = study.data.times
    table = _read_table(file, ["USUBJID", "PARAMCD", "AVAL", "CNSR"], study.data.origin)
    known = sorted(table["PARAMCD"].unique())
    table = table[table["PARAMCD"] == paramcd]
    if table.empty:
        raise DataError(f"{file}: PARAMCD {paramcd!r} does not occur; the table holds {', '.join(known)}.")
    _refuse_repeated(table, ["USUBJID"], file)
    _refuse(table, ~table["CNSR"].isin(EVENT_OF_CNSR), "CNSR", file, "0 (event) or 1 (censored)")
    time = pd.to_numeric(table["AVAL"], errors="coerce")
    _refuse(table, ~(np.isfinite(time) & (time >= 0)), "AVAL", file, "a number, zero or more")
    events = table["CNSR"].map(EVENT_OF_CNSR).astype(bool)
    return pd.DataFrame({"time": time, "event": events}).set_axis(table["USUBJID"])


def read_responses(study):
    """ADRS, one row a patient and visit: the category as recorded.

    Parameters
    ----------
    study : Study

    Returns
    -------
    DataFrame
        With USUBJID, AVISIT and AVALC.

    Raises
    ------
    DataError
        If a variable is missing or a patient has two rows for a visit.
    """
    table = _read_table(study.data.responses, ["USUBJID", "AVISIT", "AVALC"], study.data.origin)
    _refuse_repeated(table, ["USUBJID", "AVISIT"], study.data.responses)
    return table


def refuse_strangers(table, subjects, file):
    """Refuse rows of patients who are not in the subject table: a misspelt identifier would lose its patient."""
    _refuse(table, ~table["USUBJID"].isin(subjects), "USUBJID", file, "a patient of the subject table")


def _read_table(file, variables, origin):
    table = _read_csv(file)
    if origin != "synthetic" and "STUDYID" in table and table["STUDYID"].str.contains("SYNTHETIC").any():
        raise DataError(f"{file}: STUDYID says that the patients are synthetic, so data.origin must be synthetic.")
    missing = [variable for variable in dict.fromkeys(variables) if variable not in table]
    if missing:
        raise DataError(f"{file}: no column {', '.join(missing)}; the table has {', '.join(table.columns)}.")
    if table.empty:
        raise DataError(f"{file}: the table has no rows.")
    _refuse(table, table["USUBJID"] == "", "USUBJID", file, "the identifier of a patient")
    return table[list(dict.fromkeys(variables))].copy()


def _read_csv(file):
    """All cells as text; a row longer than the header is an error, not a shift of its columns."""
    options = {"dtype": str, "keep_default_na": False, "index_col": False, "skip_blank_lines": False}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(file, encoding="utf-8-sig", **options).fillna("")
    except (pd.errors.ParserError, pd.errors.ParserWarning, pd.errors.EmptyDataError) as error:
        raise DataError(f"{file}: cannot be read as CSV: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{file}: cannot be read as text in UTF-8: {error}") from None


def _subject_variables(study):
    population = study.population
    named = [study.arms.variable, population.randomised, population.analysed, population.exclusion_reason]
    named += [stratum.variable for stratum in study.strata]
    return [variable for variable in named if variable] + _date_variables(study)


def _date_variables(study):
    """Dates that endpoints and phases are derived from."""
    variables = []
    for endpoint in study.endpoints.values():
        if hasattr(endpoint, "start"):
            variables += [endpoint.start, *endpoint.event, endpoint.censor]
    for phase in study.phases:
        variables += [phase.start, phase.end, phase.ongoing_until]
    return list(dict.fromkeys(variables))


def _dates(table, variable, file):
    dates = pd.to_datetime(table[variable].replace("", None), format="%Y-%m-%d", errors="coerce")
    _refuse(table, dates.isna() & (table[variable] != ""), variable, file, "a date, YYYY-MM-DD, or nothing")
    return dates


def _flags(table, variable, file):
    _refuse(table, ~table[variable].isin(["Y", "N"]), variable, file, "Y or N")
    return table[variable] == "Y"


def _refuse_unknown_arms(table, study):
    values = [arm.value for arm in study.arms.both]
    unknown = ~table[study.arms.variable].isin(values)
    _refuse(table, unknown, study.arms.variable, study.data.subjects, " or ".join(map(repr, values)))


def _refuse_repeated(table, key, file):
    repeated = table.duplicated(key)
    if repeated.any():
        row = table[repeated].iloc[0]
        name = ", ".join(row[variable] for variable in key)
        raise DataError(f"{file}: row {row.name + 2}: {name} has a row already; keep one.")


def _refuse(table, wrong, variable, file, expected):
    """Name the first wrong value, with its row counted as an editor counts, the header being row 1."""
    if wrong.any():
        row = table[wrong].iloc[0]
        patient = row.get("USUBJID", "")
        more = f" ({int(wrong.sum())} rows in all)" if wrong.sum() > 1 else ""
        raise DataError(
            f"{file}: row {row.name + 2}, patient {patient}: {variable} is {row[variable]!r}, "
            f"but must be {expected}{more}."
        )
