"""Whether the words beside CNSR say that its codes are the other way round, 1 for the event."""

import re

import pandas as pd

from smmlib.trial.tables.problems import quoted

OF_CENSORING = re.compile(
    r"censor|alive|no event|lost|withdr|complet(?!e\b)|ongoing|cut-?\s?off|end of study"
    r"|last (?:contact|assessment|visit)",
    re.IGNORECASE,
)
"""Words of censored times; a complete response is an event."""


def doubt_of_words(rows: pd.DataFrame, event: pd.Series) -> str:
    """Whether most rows with CNSR 0 are described as censored, and the other rows less often.

    Parameters
    ----------
    rows : DataFrame
        Rows of ADTTE of one parameter; EVNTDESC and CNSDTDSC as texts, "" where missing, if they are there.
    event : Series of bool
        Where CNSR is 0.

    Returns
    -------
    str
        A question with the commonest of those words; empty where nothing speaks against the codes.
    """
    described = _of(rows, "EVNTDESC").where(_of(rows, "EVNTDESC") != "", _of(rows, "CNSDTDSC"))
    reads_censored = described.str.contains(OF_CENSORING)
    if not event.any() or reads_censored[event].mean() <= 0.5 or reads_censored[~event].mean() > 0.5:
        return ""
    said = quoted(described[event & reads_censored].mode().iloc[0])
    return f"CNSR 0 is described as {said}: is 0 the event, or are its codes the other way round?"


def _of(rows: pd.DataFrame, column: str) -> pd.Series:
    return rows[column] if column in rows else pd.Series("", index=rows.index)
