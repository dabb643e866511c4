"""Best overall response by RECIST 1.1, from the overall responses recorded at each assessment.

References
----------
.. [1] Eisenhauer et al. (2009), Eur J Cancer 45:228-247: sections 4.4.3 and 4.6, and table 3.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from smmlib.trial.categories import NOT_EVALUABLE, PROGRESSION, RECIST
from smmlib.trial.parameters.response_scale import Confirmation
from smmlib.trial.response.history import AssessedResponse, BestResponse, before_progression, progression, within

COMPLETE, PARTIAL, STABLE, NEITHER = "CR", "PR", "SD", "NON-CR/NON-PD"
RESPONSES = (COMPLETE, PARTIAL)
NO_PROGRESSION = (*RESPONSES, STABLE, NEITHER)


def recist_history(recorded: Sequence[AssessedResponse], confirmation: Confirmation) -> list[AssessedResponse]:
    """What each assessment shows in its course, and whether a later one confirms it.

    Parameters
    ----------
    recorded : sequence of AssessedResponse
        In the order of their days; those that do not count are not evaluable.
    confirmation : Confirmation

    Returns
    -------
    list of AssessedResponse
        One an assessment. Disease seen after a complete response is progression on its day, whatever was recorded.

    References
    ----------
    .. [1] Eisenhauer et al. (2009), Eur J Cancer 45:228-247.
    """
    read = _read_in_course(recorded, confirmation)
    progressed = progression(read)
    counted = before_progression(read, progressed)
    return [
        *(_confirmed(each, counted[place:], confirmation) for place, each in enumerate(counted, 1)),
        *read[len(counted) :],
    ]


def _read_in_course(recorded: Sequence[AssessedResponse], confirmation: Confirmation) -> list[AssessedResponse]:
    """The assessments up to progression, with disease after a complete response read by the footnote of table 3."""
    read: list[AssessedResponse] = list(recorded)
    complete: list[int] = []
    for place, each in enumerate(read):
        if each.category == COMPLETE:
            complete.append(place)
        elif each.category == PROGRESSION:
            break
        elif each.category != NOT_EVALUABLE and complete:
            of_run = [read[one] for one in complete]
            if not _was_partial(of_run, each, confirmation):
                read[place] = _come_back(each, of_run[0])
                break
            for one in complete:
                read[one] = _changed_to_partial(read[one], each)
            complete = []
    return read


def _was_partial(complete: Sequence[AssessedResponse], later: AssessedResponse, confirmation: Confirmation) -> bool:
    """Whether complete responses were partial ones, as PR after them is taken to show unless one was confirmed."""
    if later.category != PARTIAL or confirmation.partial_after_complete == "progression" or not confirmation.required:
        return False
    return (complete[-1].day - complete[0].day).days < confirmation.days


def _come_back(each: AssessedResponse, complete: AssessedResponse) -> AssessedResponse:
    reason = f"{each.category} after CR on {complete.day}: the disease has come back"
    return replace(
        each, category=PROGRESSION, confirmed=PROGRESSION, confirmed_on=None, reason=reason, recorded=each.category
    )


def _changed_to_partial(complete: AssessedResponse, later: AssessedResponse) -> AssessedResponse:
    reason = f"CR read as PR, because of PR on {later.day}"
    return replace(complete, category=PARTIAL, confirmed=PARTIAL, reason=reason, recorded=COMPLETE)


def _confirmed(
    shown: AssessedResponse, following: Sequence[AssessedResponse], confirmation: Confirmation
) -> AssessedResponse:
    """An assessment with the one that confirms it, where it needs that and there is one."""
    if shown.category not in RESPONSES:
        confirmed = None if shown.category == NOT_EVALUABLE else shown.category
        return replace(shown, confirmed=confirmed, confirmed_on=None)
    if not confirmation.required:
        return replace(shown, confirmed_on=None)
    by = next((each for each in _may_confirm(shown, following, confirmation)), None)
    return replace(shown, confirmed=shown.category if by else None, confirmed_on=by.day if by else None)


def _may_confirm(
    shown: AssessedResponse, following: Sequence[AssessedResponse], confirmation: Confirmation
) -> list[AssessedResponse]:
    """Later assessments that meet the criteria of a response again, late enough."""
    as_good = RESPONSES[: RESPONSES.index(shown.category) + 1]
    if not confirmation.stable_between:
        worse = (place for place, each in enumerate(following) if each.category in (STABLE, NEITHER))
        following = following[: next(worse, len(following))]
    return [each for each in following if each.category in as_good and (each.day - shown.day).days >= confirmation.days]


def best_overall_response(
    history: Sequence[AssessedResponse],
    stable_from: date | None,
    *,
    first: date | None = None,
    last: date | None = None,
) -> BestResponse:
    """Best overall response of one patient, in the whole course or in a period.

    Parameters
    ----------
    history : sequence of AssessedResponse
        From `recist_history`.
    stable_from : date or None
        First day on which stable disease has lasted long enough; None for a patient without a start.
    first, last : date, optional
        Days between which the response must be shown, both included; it may be confirmed later.

    Returns
    -------
    BestResponse
        The better of CR and PR that counts, before progression. Else SD, where an assessment on or after `stable_from`
        showed SD or an unconfirmed response; NON-CR/NON-PD, where such assessments showed nothing else. Else PD, if it
        was in the period. Else NE.

    References
    ----------
    .. [1] Eisenhauer et al. (2009), Eur J Cancer 45:228-247.
    """
    period = within(history, first, last)
    progressed = progression(history)
    before = before_progression(period, progressed)
    responses = [each for each in before if each.confirmed in RESPONSES]
    if responses:
        return _response(history, min(responses, key=lambda each: RESPONSES.index(each.category)))
    stable = [each for each in before if each.category in NO_PROGRESSION]
    lasting = [each for each in stable if stable_from is not None and each.day >= stable_from]
    if lasting:
        return _stable(lasting)
    early = f"; {stable[0].category} on {stable[0].day} was too early for SD" if stable else ""
    if progressed is not None and progressed in period:
        return BestResponse(PROGRESSION, progressed.day, None, progressed.reason + early, progressed.rows)
    reason = early.removeprefix("; ") or _not_evaluable(period, progressed)
    return BestResponse(NOT_EVALUABLE, None, None, reason)


def _response(history: Sequence[AssessedResponse], shown: AssessedResponse) -> BestResponse:
    """A response that counts, with the rows of the assessment that confirms it."""
    confirming = next((each.rows for each in history if each.day == shown.confirmed_on), ())
    return BestResponse(shown.category, shown.day, shown.confirmed_on, shown.reason, (*shown.rows, *confirming))


def _stable(lasting: Sequence[AssessedResponse]) -> BestResponse:
    """Stable disease from the first assessment that counts as such, by the best response that was not confirmed."""
    best = RECIST.best_of([each.category for each in lasting])
    category = best if best == NEITHER else STABLE
    shown = next(each for each in lasting if each.category == best)
    unconfirmed = "" if best == category else f"{best} on {shown.day} unconfirmed: "
    return BestResponse(category, lasting[0].day, None, unconfirmed + shown.reason, shown.rows)


def _not_evaluable(period: Sequence[AssessedResponse], progressed: AssessedResponse | None) -> str:
    if not period:
        return "no assessment"
    if progressed is not None and progressed.day < period[0].day:
        return f"progression since {progressed.day}"
    return period[0].reason


def day_stable(start: date | None, stable_days: int) -> date | None:
    """First day on which stable disease has lasted its minimum duration, counted from the start."""
    return None if start is None else start + timedelta(days=stable_days)
