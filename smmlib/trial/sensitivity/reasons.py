"""The reasons that a variant names, held against those that patients have."""

from collections.abc import Sequence
from difflib import get_close_matches

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from smmlib.trial.parameters.study import Study
from smmlib.trial.tables.problems import DataError, Problem

CENSORED = "censored: "
"""How the reason of a patient without the event begins."""
MOST_REASONS = 6


def with_reasons(
    study: Study, name: tuple[str, str], rows: pd.DataFrame, reasons: Sequence[str], *, events: bool
) -> NDArray[np.bool_]:
    """Which patients have the event, or have none, for some reasons.

    Parameters
    ----------
    study : Study
    name : (str, str)
        Of the variant.
    rows : DataFrame
        The derivation of the endpoint.
    reasons : sequence of str
        With or without "censored: "; every reason when empty.
    events : bool
        Whether patients with the event are asked for, or those without.

    Returns
    -------
    ndarray of bool, shape (n,)

    Raises
    ------
    DataError
        If nobody has one of the reasons.
    """
    counted = rows["time"].notna() & (rows["event"].astype(bool) == events)
    given = rows["reason"].str.removeprefix(CENSORED)
    asked = [reason.removeprefix(CENSORED) for reason in reasons]
    counts = given[counted].value_counts()
    unknown = [reason for reason in asked if reason not in counts.index]
    if unknown:
        file = study.data.times if study.data.times and rows["explanation"].eq("as recorded").any() else None
        file = file or study.data.subjects
        raise DataError([Problem(file, "", "", _unknown(name, reason, counts, events)) for reason in unknown])
    return (counted & (given.isin(asked) if asked else True)).to_numpy(dtype=bool)


def _unknown(name: tuple[str, str], reason: str, counts: "pd.Series[int]", events: bool) -> str:
    known = [str(each) for each in counts.index]
    near = get_close_matches(reason, known, n=1)
    nearest = f" (is it {near[0]!r}?)" if near else ""
    held = ", ".join(f"{each!r} {count}" for each, count in list(counts.items())[:MOST_REASONS]) or "none"
    what = "has the event" if events else "is censored"
    return f"{'.'.join(name)} of sensitivity: nobody {what} for {reason!r}{nearest}; the reasons there are {held}"
