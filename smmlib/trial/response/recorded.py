"""Responses that ADRS records, taken as given: each is of its day, and confirmed."""

from collections.abc import Sequence
from datetime import date

from smmlib.trial.categories import NOT_EVALUABLE, ResponseScale
from smmlib.trial.response.history import AssessedResponse, BestResponse, before_progression, progression, within


def assessed_as_recorded(
    day: date, recorded: str, rows: tuple[str, ...] = (), passed_over: str = "", why_not: str = ""
) -> AssessedResponse:
    """A row of ADRS; one that does not count is not evaluable.

    Parameters
    ----------
    day : date
    recorded : str
        The category.
    rows : tuple of str
        Where it stands in the tables.
    passed_over, why_not : str
        From `WhatCounts.why_not`.

    Returns
    -------
    AssessedResponse
    """
    if passed_over:
        return AssessedResponse(day, NOT_EVALUABLE, None, None, why_not, rows, passed_over, recorded)
    return AssessedResponse(day, recorded, recorded, day, "as recorded", rows)


def best_recorded_response(
    history: Sequence[AssessedResponse],
    scale: ResponseScale,
    *,
    first: date | None = None,
    last: date | None = None,
) -> BestResponse:
    """Best of the recorded responses of one patient, in the whole course or in a period.

    Parameters
    ----------
    history : sequence of AssessedResponse
        In the order of their days.
    scale : ResponseScale
    first, last : date, optional
        Days between which the response must be shown, both included.

    Returns
    -------
    BestResponse
        The best category before progression, from its first day. Else progression, if it was in the period. Else not
        evaluable.
    """
    period = within(history, first, last)
    progressed = progression(history, scale.progression)
    found = [each for each in before_progression(period, progressed) if each.category != NOT_EVALUABLE]
    if not found and progressed in period:
        found = [each for each in period if each is progressed]
    if not found:
        return BestResponse(NOT_EVALUABLE, None, None, _not_evaluable(period, progressed))
    best = min(found, key=lambda each: scale.categories.index(each.category))
    return BestResponse(best.category, best.day, None, best.reason, best.rows)


def _not_evaluable(period: Sequence[AssessedResponse], progressed: AssessedResponse | None) -> str:
    if not period:
        return "no assessment"
    after = progressed is not None and progressed.day < period[0].day
    return f"progression since {progressed.day}" if after and progressed else period[0].reason
