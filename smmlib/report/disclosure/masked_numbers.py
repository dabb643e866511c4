"""What a report shows, where small counts are masked: nothing that they could be worked out from.

What is masked is decided over all numbers of a study, before any is shown.
"""

from dataclasses import replace

from smmlib.analysis.exposure import length_curves
from smmlib.analysis.keys import Key
from smmlib.analysis.received_arms import MEASURE as RECEIVED_ARMS
from smmlib.analysis.response_subgroups import SECTION as RESPONSE_SUBGROUPS
from smmlib.analysis.safety.keys import SECTION as SAFETY
from smmlib.analysis.sections import study_numbers
from smmlib.analysis.time_to_event import survival_curves
from smmlib.display.formatting import is_masked
from smmlib.report.disclosure.described_patients import masked_baseline, masked_exposure
from smmlib.report.disclosure.hidden_events import hidden_events, hidden_in_population
from smmlib.report.disclosure.margins import MARGINS
from smmlib.report.disclosure.masked_arms import masked_arms
from smmlib.report.disclosure.masked_competing import MEASURES, OF_ALL_ARMS, hidden_of_competing
from smmlib.report.disclosure.masked_results import NOTHING, masked, masked_estimate, without_small_counts
from smmlib.report.disclosure.masked_sensitivity import masked_sensitivity
from smmlib.report.disclosure.masked_subgroups import masked_subgroups
from smmlib.report.disclosure.masked_testing import masked_testing
from smmlib.report.disclosure.shown_curves import is_readable
from smmlib.report.disclosure.suppression import suppressed
from smmlib.stats.results import Estimate
from smmlib.stats.survival.kaplan_meier import kaplan_meier
from smmlib.trial.endpoints.time_to_event import reason_counts

OF_ENDPOINTS = ("time_to_event", "multiple_testing")
"""Sections whose numbers are each of an endpoint."""
WHOLLY_MASKED = ("disposition", RESPONSE_SUBGROUPS)
"""Sections of which nothing is shown: why patients left the study is told by the events of endpoints too, and subgroups
share their responders with visits, with endpoints and with one another."""
UNCOUNTED = ("period_hazard_ratio", "adjusted", *MEASURES, OF_ALL_ARMS)
"""Shown without their patients and events: those of one period follow from the others, those of an adjusted model say
how many have no covariates, and events that compete are reasons."""


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
    study, numbers, limit = data.study, study_numbers(data), data.study.suppress_below
    shown, hidden, curves = {}, hidden_of_endpoints(data), _curves_of_population(data)
    for endpoint in study.endpoints:
        of_endpoint = [
            key for section in OF_ENDPOINTS for key in _of_section(numbers, section) if key.endpoint == endpoint
        ]
        own = {key: numbers[key] for key in of_endpoint}
        closed = hidden_of_competing(study, endpoint, own, hidden[endpoint])
        shown |= _masked_endpoint(own, hidden[endpoint] | closed, survival_curves(data, endpoint), limit)
    for section, margins_of in MARGINS.items():
        own = _without_unreadable(_of_section(numbers, section), curves, limit)
        own = {key: result for key, result in own.items() if key.measure != RECEIVED_ARMS}
        shown |= _masked_section(own, margins_of(own, study), limit)
    shown |= masked_testing(_of_section(numbers, "multiple_testing"), shown, study)
    shown |= masked_sensitivity(data, _of_section(numbers, "sensitivity"), hidden, shown)
    described, subgroups = _of_section(numbers, "baseline"), _of_section(numbers, "subgroups")
    shown |= masked_baseline(described, limit) | masked_subgroups(subgroups, described, hidden, limit)
    shown |= masked_arms(numbers, limit) | masked_exposure(_of_section(numbers, "exposure"), limit)
    for section in WHOLLY_MASKED:
        shown |= {key: masked(result, limit) for key, result in _of_section(numbers, section).items()}
    return shown | _masked_events(numbers, shown, limit)


def _of_section(numbers, section):
    return {key: result for key, result in numbers.items() if key.section == section}


def _masked_events(numbers, shown, limit):
    """Adverse events in their own section, and those in the section of the patients that tell of the same patients."""
    own = _of_section(numbers, SAFETY)
    population = {key: result for key, result in numbers.items() if key.measure == "adverse_event"}
    masked_there = [key for key in population if not key.level and is_masked(shown[key])]
    elsewhere = [Key(SAFETY, "patients", arm=key.arm, variant=key.variant) for key in masked_there]
    hidden = hidden_events(own, limit, elsewhere)
    masked_here = {key: masked(result, limit) for key, result in own.items() if key in hidden}
    others = {
        key: without_small_counts(result, limit, hide_events=False) for key, result in own.items() if key not in hidden
    }
    also = hidden_in_population(own, hidden, population, limit) if own else ()
    return {**masked_here, **others, **{key: masked(population[key], limit) for key in also}}


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
        curves[Key("population", "follow_up")] = kaplan_meier(
            followed.time, followed.cause == 0, time_unit=study.time_unit
        )
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
    hidden = close_small_sums(margins, counts, suppressed(counts, margins.sums, limit), limit)
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
        if key.measure in UNCOUNTED or key.variant in UNCOUNTED:
            result = replace(result, n=NOTHING, events=NOTHING)
        shown[key] = without_small_counts(result, limit, hide_events=hide_events)
    return shown


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


def close_small_sums(margins, counts, hidden, limit):
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


def counts_among(numbers):
    """The numbers that are counts, as whole numbers."""
    counted = {key: result for key, result in numbers.items() if isinstance(result, Estimate)}
    return {key: int(result.value) for key, result in counted.items() if result.unit == "patients"}
