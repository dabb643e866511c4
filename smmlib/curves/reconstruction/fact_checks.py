"""Facts held against the curve: what cannot hold together stops, what is only in doubt is warned of."""

import numpy as np

from smmlib.curves.reconstruction.facts import half_unit
from smmlib.curves.reconstruction.reconstructed import ReconstructionError

SLACK = 0.75
"""Patients by which a number at risk may fail to fit, for rounding of survival."""
TIED = 3
"""Deaths that may be at the very time of a number at risk, and are at risk then."""
BEHIND = 0.02
"""Share of the length of the curve by which other facts may lie behind its last point unnoticed."""
CONTRADICTION = 0.03
"""Difference of survival beyond which a median or a landmark and the curve cannot both be right."""
GUESSED = (
    "Without numbers at risk, the total of events and censoring ticks, how many had events and how many were censored "
    "is a guess: many different tables of patients have this curve."
)


def check_facts(curve, facts, time_unit):
    """Warnings, or a ReconstructionError that names the two facts in conflict with their values.

    Parameters
    ----------
    curve : CleanedCurve
    facts : PublishedFacts
    time_unit : str

    Returns
    -------
    warnings : list of str
    landmarks : list of (float, float, float)
        Times, survival and its variance, of the landmarks that say more than the points around them.
    """
    _check_table(curve, facts, time_unit)
    warnings = _check_end(curve, facts, time_unit) + _check_events(curve, facts)
    warnings += _check_ticks(curve, facts, time_unit)
    warnings += _check_median(curve, facts, time_unit)
    told, landmarks = _check_landmarks(curve, facts, time_unit)
    return warnings + told, landmarks


def _highest(curve, time):
    """What survival just before a time cannot exceed: that of the last earlier point."""
    return float(curve.falling[np.searchsorted(curve.time, time, side="left") - 1]) if time > 0 else 1.0


def _lowest(curve, time):
    """What survival just before a time cannot be below: that of the next point, or the one at it."""
    at = np.searchsorted(curve.time, time, side="left")
    return float(curve.falling[min(at, len(curve.falling) - 1)])


def _bounds_at(curve, time):
    """What survival at a time, events at it included, lies between."""
    low = np.searchsorted(curve.time, time, side="right")
    high = float(curve.falling[low - 1])
    return (high if curve.time[low - 1] == time else _lowest(curve, time)), high


def _check_table(curve, facts, time_unit):
    """Those at risk must leave at least as fast as survival falls."""
    for at in range(len(facts.risk_time) - 1):
        (first, second), (many, few) = facts.risk_time[at : at + 2], facts.at_risk[at : at + 2]
        high, low = _lowest(curve, first), _highest(curve, second)
        tolerance = SLACK + many * (curve.reading_error)
        there = _lowest(curve, second)
        if second in curve.time and few > many * (there / high if high else 1) + tolerance + TIED:
            low = there
        if high > 0 and few > many * low / high + tolerance:
            raise ReconstructionError(
                f"The risk table and the curve contradict each other: {many} patients are at risk at {first:g} "
                f"{time_unit} and {few} at {second:g}, but survival falls from {high:.4g} to {low:.4g}, which takes "
                f"{round(many * (1 - low / high))} deaths among {many} patients or leaves {round(many * low / high)}."
            )
        if many == 0 and _highest(curve, first) - curve.falling[-1] > curve.reading_error:
            raise ReconstructionError(
                f"The risk table and the curve contradict each other: nobody is at risk at {first:g} {time_unit}, but "
                f"survival falls from {_highest(curve, first):.4g} to {curve.falling[-1]:.4g} after it."
            )


def _check_end(curve, facts, time_unit):
    """Patients at risk after the last point are followed there, though no curve says what became of them."""
    late = np.flatnonzero((facts.at_risk > 0) & (facts.risk_time > curve.time[-1] * (1 + BEHIND)))
    if not len(late):
        return []
    count, time = facts.at_risk[late[-1]], facts.risk_time[late[-1]]
    return [
        f"The risk table has {count} at risk at {time:g} {time_unit}, behind the last point of the curve, "
        f"{curve.time[-1]:g}: they were followed until then without events."
    ]


def _most_events(curve, facts):
    """Events when everybody who is censored between two times of the table is censored at the end of that time."""
    levels = np.array([1.0, *(_highest(curve, time) for time in facts.risk_time[1:]), curve.falling[-1]])
    lowest = np.array([1.0, *(_lowest(curve, time) for time in facts.risk_time[1:]), curve.falling[-1]])
    kept = np.divide(lowest[1:], levels[:-1], out=np.ones(len(lowest) - 1), where=levels[:-1] > 0)
    fewer = facts.at_risk - np.append(facts.at_risk[1:], 0)
    return float(np.minimum(facts.at_risk * (1 - kept), fewer).sum())


def _check_events(curve, facts):
    if facts.events is None:
        return [] if facts.has_table or facts.censor_times is not None else [GUESSED]
    warnings = []
    if len(curve.time) - 1 < facts.events:
        warnings.append(
            f"The curve has {len(curve.time) - 1} points for {facts.events} events: between two points the times of "
            "events are a guess."
        )
    most = _most_events(curve, facts)
    end = curve.falling[-1]
    if facts.events > most + 1 + facts.patients * (curve.reading_error):
        given = "and the risk table allow" if facts.has_table else f"of {facts.patients} patients allows"
        raise ReconstructionError(
            f"events = {facts.events}, but a curve that ends at survival {end:.4g} {given} at most "
            f"{int(most + 1e-6)} events."
        )
    if facts.events == 0 and end < 1 - curve.reading_error:
        raise ReconstructionError(f"events = 0, but the curve falls to survival {end:.4g}.")
    drops = -np.diff(curve.falling)
    seen = int((drops > max(1e-6, 3 * curve.largest_rise)).sum())
    if curve.largest_rise < 1e-9 and seen > facts.events:
        smallest = drops[drops > 1e-6].min()
        if smallest > 0.5 / facts.patients:
            raise ReconstructionError(
                f"events = {facts.events}, but the curve falls {seen} times by at least {smallest:.4g}, half the "
                f"share of one of {facts.patients} patients or more each."
            )
    return warnings


def _check_ticks(curve, facts, time_unit):
    if facts.censor_times is None or not len(facts.censor_times):
        return []
    late = facts.censor_times[-1]
    if late > curve.time[-1] * (1 + BEHIND):
        return [f"A tick at {late:g} {time_unit} lies behind the last point of the curve, {curve.time[-1]:g}."]
    if facts.events is not None:
        hidden = facts.patients - facts.events - len(facts.censor_times)
        if hidden:
            return [f"{hidden} censored patients have no tick of their own: they were put at ticks that are seen."]
    return []


def _check_median(curve, facts, time_unit):
    if facts.median is None:
        return []
    unit = half_unit(facts.median)
    high, low = _highest(curve, max(facts.median - unit, 0)), _lowest(curve, facts.median + unit)
    beyond = facts.median > curve.time[-1] and curve.falling[-1] > 0.5
    away = max(low - 0.5, 0.5 - high, 0.0)
    if away > CONTRADICTION or beyond:
        raise ReconstructionError(
            f"median = {facts.median:g} {time_unit} and the curve contradict each other: survival there is between "
            f"{low:.4g} and {high:.4g}, not one half."
        )
    if away > curve.reading_error:
        return [f"The curve is at survival {low:.4g} to {high:.4g} at the median of {facts.median:g} {time_unit}."]
    return []


def _check_landmarks(curve, facts, time_unit):
    warnings, informative = [], []
    for time, value in facts.landmarks:
        if time > curve.time[-1]:
            warnings.append(f"A landmark at {time:g} {time_unit} lies behind the last point, {curve.time[-1]:g}.")
            continue
        (low, high), unit = _bounds_at(curve, time), half_unit(value)
        away = max(value - unit - high, low - value - unit, 0.0)
        where = f"survival at {time:g} {time_unit} is published as {value:g}, but the curve is "
        if away > CONTRADICTION:
            raise ReconstructionError(
                f"A landmark and the curve contradict each other: {where}{low:.4g} to {high:.4g}."
            )
        if away > curve.reading_error:
            warnings.append(f"{where[0].upper()}{where[1:]}{low:.4g} to {high:.4g}.")
        elif high - low > 2 * unit and time > 0:
            informative.append((time, value, unit**2 / 3))
    return warnings, informative
