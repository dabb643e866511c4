"""What a report shows, where small counts are masked: nothing that they could be worked out from.

Which counts add up to which is known from the keys of the numbers. A time of the data is shown only where it is a step
of a curve at which enough patients are at risk. What is masked is decided over all numbers of a study, before any is
shown.
"""

from dataclasses import dataclass, field, replace
from math import isnan

import numpy as np

from smmlib.analysis.disposition import STEPS
from smmlib.analysis.exposure import PARTS, length_curves
from smmlib.analysis.keys import Key
from smmlib.analysis.response import COMPARED
from smmlib.analysis.sections import study_numbers
from smmlib.analysis.time_to_event import survival_curves
from smmlib.display.formatting import MASKED, TIME_UNITS
from smmlib.report.suppression import suppressed
from smmlib.stats.results import Estimate
from smmlib.stats.survival.follow_up import risk_table
from smmlib.stats.survival.kaplan_meier import kaplan_meier
from smmlib.trial.categories import PARTIAL_RESPONSE_OR_BETTER, RESPONSE_CATEGORIES
from smmlib.trial.endpoints.time_to_event import reason_counts

NOTHING = float("nan")
READ_AT = {"survival": "Survival at a landmark", "survival_difference": "Difference of survival at a landmark"}
"""What is said of a masked estimate at a time; why others are not estimable would tell who was followed so long."""


@dataclass(frozen=True)
class Margins:
    """What a reader can add up.

    Attributes
    ----------
    sums : list of (Key or int, list)
        Each total with its parts; a total given as a number is known to the reader.
    unshown : dict of tuple to int
        Counts that no record is, but that can be worked out from others: those without the event, say.
    behind : dict of Key to list
        Records that are no counts, with the counts that they give away: a rate, its responders.
    uncounted : list of Key
        Records that are shown without the patients and events that they rest on, whatever these are.
    """

    sums: list
    unshown: dict
    behind: dict
    uncounted: list = field(default_factory=list)


def masked_numbers(data):
    """All numbers of a study as a report may show them.

    Parameters
    ----------
    data : AnalysisData
        Of a study with `suppress_below`.

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
    """
    study, numbers = data.study, study_numbers(data)
    population = {key: result for key, result in numbers.items() if key.section == "population"}
    population = _without_unreadable(population, _curves_of_population(data), study.suppress_below)
    shown = _masked_section(population, population_margins(population, study), study.suppress_below)
    hidden = hidden_of_endpoints(data)
    for endpoint in study.endpoints:
        own = {key: result for key, result in numbers.items() if key.endpoint == endpoint}
        shown |= _masked_endpoint(own, hidden[endpoint], survival_curves(data, endpoint), study.suppress_below)
    response = {key: result for key, result in numbers.items() if key.section == "response"}
    return shown | _masked_section(response, response_margins(response), study.suppress_below)


def shown_alone(result, limit):
    """A result of a notebook of one's own as a report may show it: a small count is masked, and so is a small rest."""
    if isinstance(result, Estimate) and result.unit == "patients":
        rest = result.n - result.value
        if result.value < limit or 0 < rest < limit:
            return masked(result, limit)
    return without_small_counts(result, limit, hide_events=False)


def _curves_of_population(data):
    """Curves that medians of follow-up and of the length of treatment are read off, by the key of the median."""
    study, curves = data.study, {}
    if study.follow_up is not None and study.follow_up.estimator == "reverse-kaplan-meier":
        followed = data.endpoint(study.follow_up.endpoint)
        curves[Key("population", "follow_up")] = kaplan_meier(followed.time, ~followed.event, time_unit=study.time_unit)
    return curves | length_curves(data)


def _without_unreadable(numbers, curves, limit):
    """The numbers without medians that are read off a curve where few patients are at risk."""
    return {
        key: masked_estimate(key, result, limit)
        if key in curves and not is_readable(result, curves[key], limit)
        else result
        for key, result in numbers.items()
    }


def _masked_section(numbers, margins, limit):
    """The numbers of a section without the counts that are too small, and what they could be worked out from."""
    counts, shown = counts_among(numbers) | margins.unshown, dict(numbers)
    hidden = nothing_small_left(margins, counts, suppressed(counts, margins.sums, limit), limit)
    behind = {key for key, given_away in margins.behind.items() if hidden.intersection(given_away)}
    for key in (hidden | behind) & shown.keys():
        shown[key] = masked(shown[key], limit)
    for total, parts in margins.sums:
        for key in shown.keys() & set(parts) if total in hidden else ():
            shown[key] = replace(shown[key], n=NOTHING)
    for key in margins.uncounted:
        shown[key] = replace(shown[key], n=NOTHING, events=NOTHING)
    return {key: without_small_counts(result, limit, hide_events=bool(hidden)) for key, result in shown.items()}


def _masked_endpoint(numbers, hidden, curves, limit):
    """The numbers of an endpoint without those hidden, and without what is read where few patients are at risk."""
    hidden = hidden | {key for key, result in numbers.items() if key.measure == "at_risk" and result.value < limit}
    hide_events = any(key.measure == "events" for key in hidden)
    shown = {}
    for key, result in numbers.items():
        if key in hidden:
            result = masked(result, limit)
        elif isinstance(result, Estimate) and result.unit != "patients":
            of_arms = [curves[arm] for arm in (key.arm, key.reference) if arm]
            if not all(is_readable(result, curve, limit) for curve in of_arms):
                result = masked_estimate(key, result, limit)
        shown[key] = without_small_counts(result, limit, hide_events=hide_events)
    return shown


def population_margins(numbers, study):
    """Margins of the numbers of the population section.

    Parameters
    ----------
    numbers : mapping of Key to Estimate
    study : Study

    Returns
    -------
    Margins
    """
    if not numbers:
        return Margins([], {}, {})
    of, arms = _of_population, study.arms.levels
    steps = [step for step in STEPS if of(step) in numbers]
    sums = [(of(step), [of(step, arm.id) for arm in arms]) for step in steps]
    # every other section says how many of each arm are analysed
    sums += [(int(numbers[of("analysed", arm.id)].value), [of("analysed", arm.id)]) for arm in arms]
    if of("excluded") in numbers:
        sums.append((of("randomised"), [of("excluded"), of("analysed")]))
    unshown = {}
    for arm in arms:
        sums += _sums_of_arm(numbers, arm.id)
        for key in (key for key in numbers if key.measure == "adverse_event" and key.arm == arm.id):
            unshown["without", key] = numbers[key].n - int(numbers[key].value)
            sums.append((numbers[key].n, [key, ("without", key)]))
    for key in (key for key in numbers if key.measure == "started"):
        sums.append((key, [replace(key, measure=part) for part in PARTS if part != "started"]))
    followed, behind = _of_follow_up(numbers)
    sums = [(total, parts) for total, parts in sums if parts]
    return Margins(sums, unshown | followed, behind, [key for key in (of("follow_up"),) if key in numbers])


def _of_population(measure, arm=""):
    return Key("population", measure, arm=arm)


def _sums_of_arm(numbers, arm):
    of = _of_population
    whole, parts = of("randomised", arm), [of("excluded", arm), of("analysed", arm)]
    if of("excluded") in numbers and numbers[whole].value == sum(numbers[part].value for part in parts):
        yield whole, parts  # not so where patients are analysed by the treatment that they received
    counted = [key for key in numbers if key.arm == arm]
    yield of("excluded", arm), [key for key in counted if key.measure == "exclusion"]
    strata = [key for key in counted if key.measure == "stratum"]
    for factor in dict.fromkeys(key.factor for key in strata):
        yield of("analysed", arm), [key for key in strata if key.factor == factor]


def _of_follow_up(numbers):
    """Counts behind the median follow-up, and behind its shortest and longest: one patient each."""
    median = _of_population("follow_up")
    if median not in numbers:
        return {}, {}
    counts = {key: numbers[key].n if key == median else 1 for key in numbers if key.measure == "follow_up"}
    behind = {key: [("patients of", key)] for key in counts}
    return {("patients of", key): count for key, count in counts.items()}, behind


def hidden_of_endpoints(data):
    """Events and reasons of the endpoints that are not shown, by arm.

    Endpoints share their patients, so that what one masks may be the difference of two numbers of others: deaths
    without progression are the events of progression-free survival less those of time to progression. So in each arm,
    endpoint after endpoint, a number is shown only if neither it, nor the rest of the patients, nor its difference to
    any number shown before is small. Where a reason is not shown, none is but what is the same as a number shown.

    Parameters
    ----------
    data : AnalysisData
        Of a study with `suppress_below`.

    Returns
    -------
    dict of str to set of Key
        For each endpoint: its events with their share, its reasons.
    """
    study = data.study
    hidden = {endpoint: set() for endpoint in study.endpoints}
    shown = {arm.id: [] for arm in study.arms.levels}
    for endpoint in study.endpoints:
        patients = data.endpoint(endpoint)
        for arm in study.arms.levels:
            about = {"section": "time_to_event", "endpoint": endpoint, "arm": arm.id}
            counts = reason_counts(patients, arm.id, fewest=study.suppress_below)
            reasons = {Key(measure="reason", **about, level=reason): count for reason, count in counts.items()}
            events = int(patients.among(arm.id).event.sum())
            hidden[endpoint] |= _hidden_of_arm(about, events, reasons, shown[arm.id], study.suppress_below)
    return hidden


def _hidden_of_arm(about, events, reasons, shown, limit):
    """Keys of what is hidden of one endpoint in one arm; `shown` takes up what is not."""
    patients = sum(reasons.values())
    hidden, told = {Key(measure=measure, **about) for measure in ("events", "share")}, []
    if _is_safe(events, patients, shown, limit):
        hidden, told = set(), [events, patients - events]  # the rest of the patients is told with the events
        shown.append(events)
    if all(count in told or _is_safe(count, patients, shown, limit) for count in reasons.values()):
        shown += reasons.values()
        return hidden
    return hidden | {reason for reason, count in reasons.items() if count not in told}


def _is_safe(count, patients, shown, limit):
    """Whether neither a count, nor the rest of the patients, nor its difference to what is shown is small."""
    if count < limit or patients - count < limit:
        return False
    return all(count == other or abs(count - other) >= limit for other in shown)


def nothing_small_left(margins, counts, hidden, limit):
    """What is hidden, with further parts of sums in which all that is hidden is together fewer than may be shown.

    Parameters
    ----------
    margins : Margins
    counts : dict of hashable to int
    hidden : set of hashable
    limit : int

    Returns
    -------
    set of hashable
    """
    hidden = set(hidden)
    for total, parts in margins.sums:
        while total not in hidden and (of := [part for part in parts if part in hidden]):
            rest = [part for part in parts if part not in hidden]
            if sum(counts[part] for part in of) >= limit or not rest:
                break
            hidden.add(min(rest, key=lambda part: (counts[part], str(part))))
    return hidden


def response_margins(numbers):
    """Margins of the numbers of the response section: categories add up to the patients, some to the responders.

    What compares two arms gives away the responders of one with those of the other.

    Parameters
    ----------
    numbers : mapping of Key to Estimate or HypothesisTest

    Returns
    -------
    Margins
    """
    sums, unshown, behind = [], {}, {}
    for rate in (key for key in numbers if key.measure == "rate" and not key.variant):
        responders, others = ("responders", rate.phase, rate.arm), ("others", rate.phase, rate.arm)
        result = numbers[rate]
        unshown |= {responders: result.events, others: result.n - result.events}
        of_category = {name: replace(rate, measure="category", level=name) for name in RESPONSE_CATEGORIES}
        sums.append((result.n, list(of_category.values())))
        sums.append((responders, [of_category[name] for name in PARTIAL_RESPONSE_OR_BETTER]))
        sums.append((result.n, [responders, others]))
        behind |= {replace(rate, variant=variant): [responders] for variant in ("", "wilson")}
    for key in (key for key in numbers if key.measure in COMPARED):
        behind[key] = [("responders", key.phase, arm) for arm in (key.arm, key.reference)]
    return Margins(sums, unshown, behind)


def masked(result, limit, what=None):
    """A result of which nothing is left but what it is about: its method, or `what`."""
    numbers = ("value", "low", "high", "conf_level", "std_error", "statistic", "p_value", "n", "events")
    changes = {name: NOTHING for name in numbers if hasattr(result, name)}
    unit = {"unit": MASKED} if hasattr(result, "unit") else {}
    about = what or without_data(result).method
    why = f"{about}; {MASKED}, because a count under {limit} could be read or worked out from it"
    return replace(result, **changes, **unit, method=why, from_data=())


def without_data(result):
    """A result whose method says nothing that comes from the data: it may tell of a single patient."""
    method = result.method
    for words in result.from_data:
        method = method.replace(words, "", 1)
    return replace(result, method=method, from_data=())


def without_small_counts(result, limit, *, hide_events):
    """A result that is shown, without the number of patients or events that it rests on where that is small."""
    small = {name: NOTHING for name in ("n", "events") if getattr(result, name, limit) < limit}
    events = {"events": NOTHING} if hide_events and hasattr(result, "events") else {}
    return replace(without_data(result), **{**small, **events})


def masked_estimate(key, result, limit):
    """An estimate that is not shown, because it is read off a curve where few patients are at risk."""
    return masked(result, limit, READ_AT.get(key.measure))


def is_readable(result, curve, limit):
    """Whether an estimate can be read off a curve as far as it is shown.

    Survival, or whatever else is told at a time, takes enough patients at risk then. A time that is itself read off the
    curve, a median or a limit of it, must be a step with enough at risk, or lie midway between two.

    Parameters
    ----------
    result : Estimate
    curve : SurvivalCurve
        Of all patients, not only as far as it is shown.
    limit : int

    Returns
    -------
    bool
    """
    if not isnan(result.at):
        return _number_at_risk(curve, result.at) >= limit
    if result.unit not in TIME_UNITS:
        return True
    steps = curve.time[_shown_steps(curve, limit)]
    told = {*steps, *(steps[:-1] + steps[1:]) / 2}
    return all(isnan(time) or time in told for time in (result.value, result.low, result.high))


def _shown_steps(curve, limit):
    """Rows of the curve where somebody had the event and enough patients were at risk."""
    return np.flatnonzero((curve.events > 0) & (curve.at_risk >= limit))


def _number_at_risk(curve, time):
    return risk_table([curve], [time])["at_risk"].item()


def counts_among(numbers):
    """The numbers that are counts, as whole numbers."""
    counted = {key: result for key, result in numbers.items() if isinstance(result, Estimate)}
    return {key: int(result.value) for key, result in counted.items() if result.unit == "patients"}


def shown_curve(curve, limit, axis_times):
    """A curve as it is drawn.

    Where small counts are masked it has its steps alone, without the times of censored patients, as far as enough
    patients are at risk: to the last such step, or to the last time of the axis at which they are. Between two of its
    times nothing is drawn where a step is left out: at the beginning, where patients come late.

    Parameters
    ----------
    curve : SurvivalCurve
    limit : int or None
        `suppress_below`.
    axis_times : sequence of float
        Times at which the numbers at risk are told.

    Returns
    -------
    SurvivalCurve
    """
    if limit is None:
        return curve
    steps = curve.time[_shown_steps(curve, limit)]
    enough = [time for time in axis_times if _number_at_risk(curve, time) >= limit]
    end = max([*steps, *enough], default=axis_times[0])
    return _drawn_at(curve, np.unique([axis_times[0], *steps, end]), limit)


def _drawn_at(curve, times, limit):
    """The curve at some times, without a level from each after which a step is left out before the next."""
    rows = np.searchsorted(curve.time, times, side="right")
    left_out = curve.time[(curve.events > 0) & (curve.at_risk < limit)]
    before = np.searchsorted(left_out, times, side="right")
    is_drawn = np.append(before[1:] == before[:-1], True)
    levels = {"survival": 1.0, "low": NOTHING, "high": NOTHING, "std_error": NOTHING}
    counts = dict.fromkeys(("events", "censored"), np.zeros(len(times), dtype=int))
    return replace(
        curve,
        time=times,
        at_risk=risk_table([curve], times)["at_risk"].to_numpy(),
        **counts,
        **{
            name: np.where(is_drawn, np.append(start, getattr(curve, name))[rows], NOTHING)
            for name, start in levels.items()
        },
    )


def shown_risk_table(risk, limit):
    """Numbers at risk as text, those under the limit masked; without their events and censorings."""
    at_risk = risk["at_risk"].astype(str)
    if limit is not None:
        at_risk = at_risk.mask(risk["at_risk"] < limit, f"<{limit}")
    return risk[["arm", "time"]].assign(at_risk=at_risk)
