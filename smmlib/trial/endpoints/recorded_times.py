"""Endpoints that were derived elsewhere: time, event and reason of each patient as ADTTE records them."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from smmlib.plain_text import lower_first
from smmlib.trial.endpoints.derivation_row import COLUMNS, left_out
from smmlib.trial.parameters.endpoint_rules import RecodedEndpoint, RecordedEndpoint
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present
from smmlib.trial.privacy import source_in_words
from smmlib.trial.tables.competing_codes import COLUMNS as OF_COMPETING
from smmlib.trial.tables.competing_codes import as_text
from smmlib.trial.tables.place import PLACE
from smmlib.trial.tables.problems import DataError, Problem

CENSORED = "censored"


def recorded_rows(study: Study, rule: RecordedEndpoint, times: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """The derivation of an endpoint that the table of times holds.

    Parameters
    ----------
    study : Study
    rule : RecordedEndpoint
    times : DataFrame
        The table of times.
    subjects : DataFrame
        Rows of the subject table, of the patients analysed, by USUBJID.

    Returns
    -------
    DataFrame
        A row a patient, in their order, with the columns of `derivation_row`.

    Raises
    ------
    DataError
        If patients have no row, and the parameters do not leave them out.
    """
    times = times[times["PARAMCD"] == rule.paramcd].set_index("USUBJID")
    without = ~subjects.index.isin(times.index)
    if without.any() and rule.missing_row == "refused":
        what = (
            f"the patient has no row with PARAMCD {rule.paramcd} in {study.data.times}; where such patients are no "
            "part of the endpoint, say missing_row: left out"
        )
        raise DataError(Problem(study.data.subjects, place, "", what) for place in subjects.loc[without, PLACE])
    times = times.loc[subjects.index[~without]]
    if isinstance(rule, RecodedEndpoint):
        times = _recoded(times, rule.event_codes)
    rows = _of_times(study, rule, times)
    if without.any():
        rows = rows.astype(object).reindex(subjects.index)
        rows.loc[without] = np.array(left_out(f"no row with PARAMCD {rule.paramcd}"), dtype=object)
        rows = rows.astype({"time": float, "entry": float})
    return rows.reset_index(drop=True)


def _of_times(study: Study, rule: RecordedEndpoint, times: pd.DataFrame) -> pd.DataFrame:
    dates = {
        new: times[old].dt.date.to_numpy() if old in times else None
        for new, old in (("start", "STARTDT"), ("end", "ADT"))
    }
    derived = {
        "time": times["AVAL"].to_numpy(dtype=float),
        "event": times["event"].to_numpy(dtype=bool),
        "entry": np.nan,
        **dates,
        "reason": _reasons(times, rule),
        "explanation": "as recorded",
        "source": [source_in_words(study, present(study.data.times), [place]) for place in times[PLACE]],
    }
    return pd.DataFrame(derived, index=times.index)[list(COLUMNS)]


def _recoded(times: pd.DataFrame, codes: list[int]) -> pd.DataFrame:
    """Recorded times of which other codes are the event; what CNSDTDSC says of those is then what happened."""
    event, happened = times["CNSR"].isin(codes), as_text(times, "EVNTDESC")
    of_censoring = event & ~times["event"] & (happened == "")
    return times.assign(event=event, EVNTDESC=happened.where(~of_censoring, as_text(times, "CNSDTDSC")))


def _reasons(times: pd.DataFrame, rule: RecordedEndpoint) -> NDArray[np.object_]:
    """Why each recorded time ends, as the table says; the event by its label where the table does not describe it.

    Of a competing event, which is recorded as censoring, it is what the parameters call it.
    """
    happened, censored = (as_text(times, column) for column in ("EVNTDESC", "CNSDTDSC"))
    described = happened.where(times["event"] | (censored == ""), censored)  # EVNTDESC also describes censoring
    reasons = described.where(times["event"] | (described == ""), f"{CENSORED}: " + described)
    for column in (as_text(times, column) for column in OF_COMPETING):
        reasons = reasons.mask(~times["event"] & column.isin(rule.competing.keys()), column.map(rule.competing))
    reasons = reasons.mask(times["event"] & (reasons == ""), lower_first(rule.event_label))
    return reasons.mask(reasons == "", _undescribed(times["CNSR"].astype(str), reasons == "")).to_numpy()


def _undescribed(codes: pd.Series, members: pd.Series) -> pd.Series:
    """Censoring that no text describes by that word, and by its code as well where there are several codes."""
    if codes[members].nunique() < 2:
        return pd.Series(CENSORED, index=codes.index)
    return f"{CENSORED}: CNSR " + codes
