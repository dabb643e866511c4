"""One patient: which responses and which progression were confirmed, when, and by what values."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from smmlib.trial.categories import IMWG, PROGRESSION
from smmlib.trial.present import present
from smmlib.trial.response.imwg import BEST_FIRST, Assessment
from smmlib.trial.response.reason import reason
from smmlib.trial.response.sequence import RESPONSES, Judged, confirmation, judged_in_turn

COMPLETE = ("sCR", "CR")
STABLE_OR_BETTER = (*RESPONSES, "SD")
NEW_THERAPY = "under new therapy"
"""Why an assessment is passed over: another treatment had begun."""


@dataclass(frozen=True)
class AssessedResponse:
    """What one assessment shows, and whether the next bears it out.

    Attributes
    ----------
    day : date
    category : str
        What the assessment alone shows.
    confirmed : str or None
        For MR or better the worse of this category and that of the next evaluable assessment, if that is MR or better
        too; for PD, PD if the next meets it against the same lowest values. SD needs no confirmation.
    confirmed_on : date or None
        Day of the confirming assessment.
    reason : str
        The values that decided, in words.
    rows : tuple of str
        Where they stand in the tables.
    passed_over : str
        Why the assessment does not count, whatever it shows: "under new therapy"; empty where it counts.
    recorded : str
        What the table records, where that is not `category`; empty otherwise.
    """

    day: date
    category: str
    confirmed: str | None
    confirmed_on: date | None
    reason: str
    rows: tuple[str, ...] = ()
    passed_over: str = ""
    recorded: str = ""


@dataclass(frozen=True)
class BestResponse:
    """Best confirmed category, the day of the first assessment that showed it, and why."""

    category: str
    day: date | None
    confirmed_on: date | None
    reason: str
    rows: tuple[str, ...] = ()


def response_history(
    baseline: Assessment | None, later: Sequence[Assessment], *, stop: date | None = None
) -> list[AssessedResponse]:
    """Response at each assessment of one patient.

    Parameters
    ----------
    baseline : Assessment or None
        Before treatment. Without it, or with nothing measurable, no assessment is evaluable.
    later : sequence of Assessment
        In the order of their days, a day once.
    stop : date, optional
        Day on which new therapy began. From it on assessments neither respond nor confirm.

    Returns
    -------
    list of AssessedResponse
        One an assessment.

    Raises
    ------
    ValueError
        If the days do not increase.

    Notes
    -----
    Progression is counted from the lowest confirmed value of a marker: the baseline, or of two consecutive evaluable
    assessments, the one judged included, the value of the earlier if the later still shows its category, or a better
    one, by the fall from the baseline alone; else the higher of the two values. So a rise within a category counts at
    once, and a single low value that the next assessment does not bear out makes no progression.

    For complete response marrow and clonal cells count from the day they were done on until immunofixation is positive
    or there is progression, if done on or after the day on which immunofixation of serum and urine was first negative.
    All else, the light chain ratio too, must be repeated to confirm.

    References
    ----------
    .. [1] Kumar et al. (2016), Lancet Oncol 17:e328-346.
    .. [2] Durie et al. (2006), Leukemia 20:1467-1473.
    .. [3] Rajkumar et al. (2011), Blood 117:4691-4695.
    """
    days = [each.day for each in ([baseline, *later] if baseline else later)]
    for place in range(1, len(days)):
        if days[place] <= days[place - 1]:
            raise ValueError(
                f"{days[place]} follows {days[place - 1]}: give the assessments in the order of their days, a day once."
            )
    counted = [each for each in later if stop is None or each.day < stop]
    judged = judged_in_turn(baseline, counted)
    stopped = (
        AssessedResponse(each.day, "NE", None, None, f"new therapy began on {stop}", each.rows, NEW_THERAPY)
        for each in later[len(counted) :]
    )
    return [*(_assessed(each, judged[place:], baseline) for place, each in enumerate(judged, 1)), *stopped]


def _assessed(judged: Judged, following: Sequence[Judged], baseline: Assessment | None) -> AssessedResponse:
    category, assessment, run = judged.category, judged.assessment, judged.run
    confirmed, confirmed_on = confirmation(judged, following, baseline)
    rows = assessment.rows + (present(run).rows if category in COMPLETE else ())
    return AssessedResponse(
        day=assessment.day,
        category=category,
        confirmed=confirmed,
        confirmed_on=confirmed_on,
        reason=reason(judged, baseline),
        rows=tuple(dict.fromkeys(rows)),
    )


def first_response(
    history: Sequence[AssessedResponse],
    responders: Collection[str] = IMWG.responders,
    progressive: Collection[str] = (PROGRESSION,),
) -> AssessedResponse | None:
    """First assessment that showed a response which counts: a confirmed one, where the criteria ask for that.

    Parameters
    ----------
    history : sequence of AssessedResponse
        In the order of their days.
    responders, progressive : collection of str
        Categories that are a response, and those of progression.

    Returns
    -------
    AssessedResponse or None
        Progression ends what counts.

    References
    ----------
    .. [1] Kumar et al. (2016), Lancet Oncol 17:e328-346.
    """
    before = before_progression(history, progression(history, progressive))
    return next((each for each in before if each.confirmed in responders), None)


def progression(
    history: Sequence[AssessedResponse], progressive: Collection[str] = (PROGRESSION,)
) -> AssessedResponse | None:
    """First assessment that showed progression which counts, whose day is the day of progression.

    Parameters
    ----------
    history : sequence of AssessedResponse
    progressive : collection of str
        Categories of progression.

    Returns
    -------
    AssessedResponse or None

    References
    ----------
    .. [1] Kumar et al. (2016), Lancet Oncol 17:e328-346.
    """
    return next((each for each in history if each.category == each.confirmed and each.category in progressive), None)


def best_response(
    history: Sequence[AssessedResponse], *, first: date | None = None, last: date | None = None
) -> BestResponse:
    """Best confirmed response of one patient, in the whole course or in a period.

    Parameters
    ----------
    history : sequence of AssessedResponse
    first, last : date, optional
        Days between which the response must be shown, both included; it may be confirmed later.

    Returns
    -------
    BestResponse
        The best confirmed MR or better before confirmed progression. Else SD, from the first assessment that showed SD
        or an unconfirmed response. Else PD, if confirmed progression began in the period. Else NE: an unconfirmed
        progression alone is no category.

    References
    ----------
    .. [1] Kumar et al. (2016), Lancet Oncol 17:e328-346.
    """
    period = within(history, first, last)
    progressed = progression(history)
    before = before_progression(period, progressed)
    responses = [each for each in before if each.confirmed in RESPONSES]
    if responses:
        return _best(history, min(responses, key=lambda each: BEST_FIRST.index(each.confirmed)))
    stable = [each for each in before if each.category in STABLE_OR_BETTER]
    if stable:
        return _stable(stable)
    if progressed in period:
        return _best(history, progressed)
    return BestResponse("NE", None, None, _not_evaluable(period, progressed))


def before_progression(
    history: Sequence[AssessedResponse], progressed: AssessedResponse | None
) -> list[AssessedResponse]:
    """Assessments before the one that showed progression; all of them where none did."""
    return [each for each in history if progressed is None or each.day < progressed.day]


def within(history: Sequence[AssessedResponse], first: date | None, last: date | None) -> list[AssessedResponse]:
    """Assessments between two days, both included; None is open."""
    return [each for each in history if (first is None or first <= each.day) and (last is None or each.day <= last)]


def _best(history: Sequence[AssessedResponse], assessed: AssessedResponse) -> BestResponse:
    """A confirmed category, with the rows of both assessments."""
    confirming = next((each.rows for each in history if each.day == assessed.confirmed_on != assessed.day), ())
    same = assessed.category == assessed.confirmed
    confirmed_as = "" if same else f"{assessed.category} confirmed as {assessed.confirmed}: "
    return BestResponse(
        category=present(assessed.confirmed),
        day=assessed.day,
        confirmed_on=assessed.confirmed_on,
        reason=confirmed_as + assessed.reason,
        rows=tuple(dict.fromkeys(assessed.rows + confirming)),
    )


def _stable(stable: Sequence[AssessedResponse]) -> BestResponse:
    """Stable disease, by the best of the unconfirmed responses where there is one."""
    shown = min(stable, key=lambda each: BEST_FIRST.index(each.category))
    unconfirmed = f"{shown.category} on {shown.day} unconfirmed: " if shown.category != "SD" else ""
    return BestResponse("SD", stable[0].day, None, unconfirmed + shown.reason, shown.rows)


def _not_evaluable(period: Sequence[AssessedResponse], progressed: AssessedResponse | None) -> str:
    if not period:
        return "no assessment"
    if progressed is not None and progressed.day < period[0].day:
        return f"progressive disease since {progressed.day}"
    unconfirmed = next((each for each in period if each.category == "PD"), None)
    return f"PD on {unconfirmed.day} unconfirmed: {unconfirmed.reason}" if unconfirmed else period[0].reason
