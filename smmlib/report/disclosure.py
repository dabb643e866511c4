"""What a report shows, where small counts are masked: nothing that they could be worked out from.

Which counts add up to which is known from the names under which the notebooks record them. A time of the data is shown
only where it is a step of a curve at which enough patients are at risk.
"""

from dataclasses import dataclass, field, replace
from math import isnan

import numpy as np

from smmlib.display.formatting import MASKED, TIME_UNITS
from smmlib.stats.results import Estimate
from smmlib.stats.survival.follow_up import risk_table
from smmlib.trial import reason_counts, time_to_event
from smmlib.trial.categories import PARTIAL_RESPONSE_OR_BETTER, RESPONSE_CATEGORIES

NOTHING = float("nan")
COMPARISONS = ("difference", "odds_ratio", "fisher")
"""What compares the response of two arms."""
READ_AT = {"survival": "Survival at a landmark", "survival_difference": "Difference of survival at a landmark"}
"""What is said of a masked estimate at a time; why others are not estimable would tell who was followed so long."""


@dataclass(frozen=True)
class Margins:
    """What a reader can add up.

    Attributes
    ----------
    sums : list of (str or int, list of str)
        Each total with its parts; a total given as a number is known to the reader.
    unshown : dict of str to int
        Counts that no record is, but that can be worked out from others: those without the event, say.
    behind : dict of str to list of str
        Records that are no counts, with the counts that they give away: a rate, its responders.
    uncounted : list of str
        Records that are shown without the patients and events that they rest on, whatever these are.
    """

    sums: list
    unshown: dict
    behind: dict
    uncounted: list = field(default_factory=list)


def population_margins(records, arms):
    """Margins of the records of the population notebook."""
    names = list(records)
    steps = [step for step in ("randomised", "excluded", "analysed") if step in records]
    sums = [(step, [f"{step}.{arm.id}" for arm in arms]) for step in steps]
    # every other section says how many of each arm are analysed
    sums += [(int(records[f"analysed.{arm.id}"].value), [f"analysed.{arm.id}"]) for arm in arms]
    if "excluded" in records:
        sums.append(("randomised", ["excluded", "analysed"]))
    unshown = {}
    for arm in arms:
        whole, parts = f"randomised.{arm.id}", [f"excluded.{arm.id}", f"analysed.{arm.id}"]
        if "excluded" in records and records[whole].value == sum(records[part].value for part in parts):
            sums.append((whole, parts))  # not so where patients are analysed by the treatment that they received
        sums.append((f"excluded.{arm.id}", [name for name in names if _is(name, "exclusion", arm)]))
        factors = {name.rpartition("-")[0] for name in names if _is(name, "stratum", arm)}
        for factor in sorted(factors):
            levels = [name for name in names if _is(name, "stratum", arm) and name.rpartition("-")[0] == factor]
            sums.append((f"analysed.{arm.id}", levels))
        for name in (name for name in names if _is(name, "adverse", arm)):
            unshown[f"without {name}"] = records[name].n - int(records[name].value)
            sums.append((records[name].n, [name, f"without {name}"]))
    for name in (name for name in names if name.endswith(".started")):
        phase = name.removesuffix(".started")
        sums.append((name, [f"{phase}.{part}" for part in ("completed", "stopped", "ongoing")]))
    followed, behind = _of_follow_up(records)
    sums = [(total, parts) for total, parts in sums if parts]
    return Margins(sums, unshown | followed, behind, [name for name in ("follow_up",) if name in records])


def _of_follow_up(records):
    """Counts behind the median follow-up, and behind its shortest and longest: one patient each."""
    if "follow_up" not in records:
        return {}, {}
    counts = {"follow_up": records["follow_up"].n, "follow_up.shortest": 1, "follow_up.longest": 1}
    behind = {name: [f"patients of {name}"] for name in counts}
    return {f"patients of {name}": count for name, count in counts.items()}, behind


def _is(name, kind, arm):
    return name.startswith(f"{kind}.") and name.endswith(f".{arm.id}")


def hidden_of_endpoints(study, tables):
    """Events and reasons of the endpoints that are not shown, by arm.

    Endpoints share their patients, so that what one masks may be the difference of two numbers of others: deaths
    without progression are the events of progression-free survival less those of time to progression. So in each arm,
    endpoint after endpoint, a number is shown only if neither it, nor the rest of the patients, nor its difference to
    any number shown before is small. Where a reason is not shown, none is but what is the same as a number shown.

    Parameters
    ----------
    study : Study
        With `suppress_below`.
    tables : Tables

    Returns
    -------
    dict of str to set of str
        For each endpoint, names of its records: "events.rd" with "share.rd", "reason.2.rd".
    """
    hidden = {endpoint: set() for endpoint in study.endpoints}
    shown = {arm.id: [] for arm in study.arms.both}
    for endpoint in study.endpoints:
        data = time_to_event(study, tables, endpoint)
        for arm in study.arms.both:
            events = int(data.event[data.in_arm == (arm is study.arms.arm)].sum())
            reasons = reason_counts(data, arm.label, fewest=study.suppress_below)
            names = [f"reason.{number}.{arm.id}" for number in range(1, len(reasons) + 1)]
            hidden[endpoint] |= _hidden_of_arm(
                f"events.{arm.id}", events, dict(zip(names, reasons.values(), strict=True)), shown[arm.id], study
            )
    return hidden


def _hidden_of_arm(name, events, reasons, shown, study):
    """Names of what is hidden of one endpoint in one arm; `shown` takes up what is not."""
    patients, limit = sum(reasons.values()), study.suppress_below
    hidden, told = {name, name.replace("events.", "share.")}, []
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
    counts : dict of str to int
    hidden : set of str
    limit : int

    Returns
    -------
    set of str
    """
    hidden = set(hidden)
    for total, parts in margins.sums:
        while total not in hidden and (of := [part for part in parts if part in hidden]):
            rest = sorted((counts[part], part) for part in parts if part not in hidden)
            if sum(counts[part] for part in of) >= limit or not rest:
                break
            hidden.add(rest[0][1])
    return hidden


def response_margins(records, visits, arms):
    """Margins of the records of the response notebook: categories add up to the patients, some to the responders.

    Where both arms are reported, what compares them gives away the responders of one with those of the other.
    """
    sums, unshown, behind = [], {}, {}
    for visit in visits:
        suffixes = [suffix for suffix in ("", *(f".{arm.id}" for arm in arms)) if f"{visit.id}{suffix}" in records]
        for suffix in suffixes:
            rate = records[f"{visit.id}{suffix}"]
            responders, others = (f"{who} {visit.id}{suffix}" for who in ("responders", "others"))
            unshown |= {responders: rate.events, others: rate.n - rate.events}
            sums.append((rate.n, [f"{visit.id}.{category}{suffix}" for category in RESPONSE_CATEGORIES]))
            better = [f"{visit.id}.{category}{suffix}" for category in PARTIAL_RESPONSE_OR_BETTER]
            sums += [(responders, better), (rate.n, [responders, others])]
            behind |= {f"{visit.id}{kind}{suffix}": [responders] for kind in ("", ".wilson")}
        for comparison in COMPARISONS:
            behind[f"{visit.id}.{comparison}"] = [f"responders {visit.id}{suffix}" for suffix in suffixes]
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


def masked_estimate(name, result, limit):
    """An estimate that is not shown, because it is read off a curve where few patients are at risk."""
    return masked(result, limit, READ_AT.get(name.partition(".")[0]))


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


def counts_among(records):
    """The records that are counts, as whole numbers."""
    counted = {name: result for name, result in records.items() if isinstance(result, Estimate)}
    return {name: int(result.value) for name, result in counted.items() if result.unit == "patients"}


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
