"""One patient and one rule: which date decides, and why.

References
----------
.. [1] FDA (2018), Clinical Trial Endpoints for the Approval of Cancer Drugs and Biologics, Appendix C, tables A to C.
.. [2] EMA (2012), EMA/CHMP/27994/2008/Rev.1, Appendix 1 to the guideline on anticancer medicinal products.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from smmlib.errors import SmmlibError
from smmlib.trial.dates import Dated, in_words
from smmlib.trial.parameters.endpoint_rules import DEATH, LAST_ASSESSMENT, DatedEndpoint
from smmlib.trial.parameters.response_plan import Assessments
from smmlib.trial.present import present

Days = Mapping[str, Dated]
"""Known dates of a patient, by their variables."""
Event = tuple[Dated, str, str]
"""A day, what happened then, and its variable."""


@dataclass(frozen=True)
class Decision:
    """What an endpoint is for one patient.

    Attributes
    ----------
    start, end : Dated
        Where time is 0, and the date that decided.
    event : bool
    reason : str
        Why, in words that many patients share: "progression", "censored: new therapy".
    explanation : str
        The same of this patient, with the dates.
    """

    start: Dated
    end: Dated
    event: bool
    reason: str
    explanation: str


@dataclass(frozen=True)
class NotInEndpoint:
    """A patient whom an endpoint is not about, and why."""

    explanation: str


class UndecidedError(SmmlibError):
    """A patient whose dates do not decide the endpoint; the message says which is missing."""


def decide(
    rule: DatedEndpoint, days: Days, assessments: Sequence[Dated], plan: Assessments | None, cutoff: date | None
) -> Decision | NotInEndpoint:
    """Apply a rule to the dates of one patient.

    Parameters
    ----------
    rule : DatedEndpoint
    days : mapping of str to Dated
        The patient's dates by variable, those after the data cut-off left out, last contacts no later than it.
    assessments : sequence of Dated
        Adequate assessments of the disease, increasing.
    plan : Assessments or None
        How often the disease was to be assessed.
    cutoff : date or None
        Data cut-off.

    Returns
    -------
    Decision or NotInEndpoint

    Raises
    ------
    UndecidedError
    """
    if rule.start not in days:
        if rule.missing_start == "left out":
            return NotInEndpoint(f"no {in_words(rule.start)}")
        raise UndecidedError(f"{rule.start} is missing: time cannot start")
    start, event = days[rule.start], _earliest(days, rule.event | rule.competing)
    if event is not None and event[0].day < start.day:
        too_early = f"{event[1]} on {event[0].day}, before {in_words(rule.start)} on {start.day}"
        if rule.missing_start == "left out":
            return NotInEndpoint(too_early)
        raise UndecidedError(f"{too_early}: {event[2]} must be no earlier than {rule.start}")
    after_start = [each for each in assessments if each.day > start.day]
    if rule.without_baseline != "counted" and present(plan).baseline not in days:
        why = "no baseline assessment"
        return Decision(start, start, False, f"censored: {why}", f"{why}: censored at the start")
    stop = _earliest(days, rule.ends_observation)
    if event is None or (stop is not None and stop[0].day < event[0].day):
        return _censored(rule, days, start, after_start, stop, cutoff)
    return _with_event(rule, start, after_start, event, plan, days.get(DEATH), cutoff)


def _earliest(days: Days, variables: Mapping[str, str]) -> Event | None:
    """The earliest of some dates with what happened then; the first named when two fall on one day."""
    known = [(days[variable], words, variable) for variable, words in variables.items() if variable in days]
    return min(known, key=lambda each: each[0].day, default=None)


def _with_event(
    rule: DatedEndpoint,
    start: Dated,
    assessments: Sequence[Dated],
    event: Event,
    plan: Assessments | None,
    death: Dated | None,
    cutoff: date | None,
) -> Decision:
    found, words, variable = event
    if rule.missed_assessments:
        before = [each for each in assessments if each.day < found.day]
        last = before[-1] if before else start
        missed = missed_assessments(last.day, found.day, present(present(plan).every), present(plan).late)
        if missed >= rule.missed_assessments:
            reason = f"censored: {rule.missed_assessments} or more assessments missed before {words}"
            at = "at the last assessment before" if before else "at the start"
            explanation = f"{words} on {found.day} after {missed} planned assessments missed: censored {at}"
            return Decision(start, last, False, reason, explanation)
    if variable in rule.competing:
        return Decision(start, found, False, words, f"{words} on {found.day}, a competing event")
    if rule.progression_day == "documented" or variable == DEATH:
        return Decision(start, found, True, words, f"{words} on {found.day}")
    planned = (next_planned_day(start.day, found.day, present(present(plan).every)), "the next planned day")
    earlier = [(death.day, "the day of death")] if death else []
    earlier += [(cutoff, "the data cut-off")] if cutoff else []
    counted, which = min([planned, *earlier], key=lambda each: each[0])
    explanation = f"{words} on {found.day}, counted on {counted}, {which}"
    return Decision(start, Dated(counted, found.source), True, words, explanation)


def missed_assessments(last: date, event: date, every: int, late: int) -> int:
    """Planned assessments between the last one and the event that were due and did not take place.

    Parameters
    ----------
    last, event : date
        Day of the last assessment before the event, or of the start; day of the event.
    every, late : int
        Days between planned assessments, and by how many one may be late.

    Returns
    -------
    int
    """
    return max(ceil(((event - last).days - late) / every) - 1, 0)


def next_planned_day(start: date, day: date, every: int) -> date:
    """The first planned assessment on or after a day; assessments are planned every so many days from the start."""
    return start + timedelta(days=every * ceil((day - start).days / every))


def _censored(
    rule: DatedEndpoint, days: Days, start: Dated, assessments: Sequence[Dated], stop: Event | None, cutoff: date | None
) -> Decision:
    end = _last_contact(rule, days, start, assessments, stop)
    where = short = in_words(rule.censor)
    if end is start:
        where = short = "no evaluable assessment after the start"
    elif end.day == cutoff:
        where = short = "data cut-off"
    happened = "no event" if stop is None else f"{stop[1]} on {stop[0].day}"
    reason = f"censored: {short if stop is None else stop[1]}"
    return Decision(start, end, False, reason, f"{happened}: censored on {end.day}, {where}")


def _last_contact(
    rule: DatedEndpoint, days: Days, start: Dated, assessments: Sequence[Dated], stop: Event | None
) -> Dated:
    """The censoring date, but none after observation has ended."""
    limit = stop[0] if stop is not None else None
    if rule.censor == LAST_ASSESSMENT and LAST_ASSESSMENT not in days:
        seen = [each for each in assessments if limit is None or each.day <= limit.day]
        return seen[-1] if seen else start
    if rule.censor not in days:
        raise UndecidedError(f"neither {' nor '.join(rule.event)} nor {rule.censor} is given")
    contact = days[rule.censor]
    return limit if limit is not None and limit.day < contact.day else contact
