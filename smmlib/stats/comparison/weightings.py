"""Weights of the times with an event, for log-rank tests of hazards that may not be proportional.

They are made from the patients at risk and the survival of both arms together, within each stratum.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from smmlib.stats.checks import check_landmark, shown
from smmlib.stats.event_table import EventTable, snap_to_ties
from smmlib.stats.two_arms import ARM, REFERENCE
from smmlib.stats.types import Counts, Floats, Integers, WeightingName

NAMES: dict[WeightingName, str] = {
    "gehan": "Gehan",
    "tarone-ware": "Tarone-Ware",
    "peto": "Peto-Peto",
    "modified-peto": "modified Peto-Peto",
}


@dataclass(frozen=True)
class FlemingHarrington:
    """Weights S(t-)^rho (1 - S(t-))^gamma, with the Kaplan-Meier estimate of both arms just before each time.

    Parameters
    ----------
    rho, gamma : float
        Zero or more. (0, 0) is the log-rank test; (1, 0) stresses early events, (0, 1) late ones, (1, 1) those in
        between. (rho, 0) is R's `survdiff(rho =)`.

    Raises
    ------
    ValueError
        If either is not a finite number, zero or more.

    References
    ----------
    .. [1] Fleming & Harrington (1991), Counting Processes and Survival Analysis, section 7.2.

    Examples
    --------
    By hand: at 1, one of six has the event, in the arm; at 6, two of four, one of them in the arm. Each time there is
    half an event more in the arm than expected, with a variance of 1/4. The weights (1, 0) are 1 and 5/6, and the
    chi-square (1 + 5/6)² / (1 + (5/6)²) = 121/61.

    >>> from smmlib import FlemingHarrington, weighted_logrank_test
    >>> time, event, in_arm = [1, 1, 6, 6, 8, 9], [1, 0, 1, 1, 0, 1], [1, 1, 1, 0, 0, 0]
    >>> early = FlemingHarrington(rho=1, gamma=0)
    >>> test = weighted_logrank_test(time, event, in_arm, weighting=early, arm="new", reference="old")
    >>> print(f"{test.statistic * 61:.2f} / 61")
    121.00 / 61
    """

    rho: float
    gamma: float

    def __post_init__(self) -> None:
        for name in ("rho", "gamma"):
            check_landmark(getattr(self, name), name, "a power")


@dataclass(frozen=True)
class ModestlyWeighted:
    """Weights 1 / max(S(t-), S*), with the Kaplan-Meier estimate of both arms: late events weigh more, up to 1 / S*.

    Parameters
    ----------
    time : float, optional
        S* is survival at this time, in the unit of the data; an event at it counts.
    survival : float, optional
        S* itself, above 0 and at most 1. Give either this or `time`.

    Raises
    ------
    ValueError
        If both or neither are given, or the one given is out of range.

    References
    ----------
    .. [1] Magirr & Burman (2019), Stat Med 38:3782-3790.
    .. [2] Magirr (2021), Pharm Stat 20:512-527.

    Examples
    --------
    By hand, with the patients of `FlemingHarrington`: S* is survival at 1, which is 5/6. The weights are 1 and 6/5, and
    the chi-square (1 + 6/5)² / (1 + (6/5)²) = 121/61 again.

    >>> from smmlib import ModestlyWeighted, weighted_logrank_test
    >>> time, event, in_arm = [1, 1, 6, 6, 8, 9], [1, 0, 1, 1, 0, 1], [1, 1, 1, 0, 0, 0]
    >>> late = ModestlyWeighted(time=1)
    >>> test = weighted_logrank_test(time, event, in_arm, weighting=late, arm="new", reference="old")
    >>> print(f"{test.statistic * 61:.2f} / 61")
    121.00 / 61
    """

    time: float | None = None
    survival: float | None = None

    def __post_init__(self) -> None:
        if (self.time is None) == (self.survival is None):
            raise ValueError(
                f"time is {shown(self.time)} and survival is {shown(self.survival)}: "
                "give one of them, to say from where on weights stop to grow."
            )
        if self.time is not None:
            check_landmark(self.time)
        if self.survival is not None and not 0 < check_landmark(self.survival, "survival", "a probability") <= 1:
            raise ValueError(f"survival is {shown(self.survival)}: give a number above 0, and at most 1.")


Weighting = WeightingName | FlemingHarrington | ModestlyWeighted


def described(weighting: Weighting, argument: str) -> str:
    """A weighting in words, or a ValueError that lists those that there are."""
    if isinstance(weighting, FlemingHarrington):
        return f"Fleming-Harrington ({float(weighting.rho):g}, {float(weighting.gamma):g})"
    if isinstance(weighting, ModestlyWeighted) and weighting.survival is not None:
        return f"modest (down to survival {float(weighting.survival):g})"
    if isinstance(weighting, ModestlyWeighted) and weighting.time is not None:
        return f"modest (up to time {float(weighting.time):g})"
    if isinstance(weighting, str) and weighting in NAMES:
        return NAMES[weighting]
    known = ", ".join(map(repr, NAMES))
    raise ValueError(
        f"{argument} is {shown(weighting)}: choose {known}, FlemingHarrington(rho, gamma) or ModestlyWeighted(time)."
    )


@dataclass(frozen=True, eq=False)
class EventTimes:
    """Times with an event, of both arms together: `row` in the table, and where each stratum begins and ends."""

    row: Integers
    time: Floats
    at_risk: Counts
    events: Counts
    bounds: Integers


def event_times(table: EventTable) -> EventTimes:
    events = table.events[ARM] + table.events[REFERENCE]
    row = np.flatnonzero(events)
    stratum = table.stratum[row]
    bounds = np.concatenate([[0], np.flatnonzero(np.diff(stratum)) + 1, [len(row)]])
    return EventTimes(row, table.time[row], (table.at_risk[ARM] + table.at_risk[REFERENCE])[row], events[row], bounds)


def weights_of(weighting: Weighting, events: EventTimes) -> Floats:
    """Weight of each time with an event."""
    if isinstance(weighting, FlemingHarrington):
        before = _survival_before(events)
        return before ** float(weighting.rho) * (1 - before) ** float(weighting.gamma)
    if isinstance(weighting, ModestlyWeighted):
        return _modest_weights(weighting, events)
    if weighting == "gehan":
        return events.at_risk.astype(float)
    if weighting == "tarone-ware":
        return np.sqrt(events.at_risk)
    survival = _products(1 - events.events / (events.at_risk + 1), events)
    return survival if weighting == "peto" else survival * events.at_risk / (events.at_risk + 1)


def _products(factors: Floats, events: EventTimes) -> Floats:
    """Products of the factors up to each time, begun anew in each stratum."""
    products = np.empty(len(factors))
    for start, stop in pairwise(events.bounds):
        np.cumprod(factors[start:stop], out=products[start:stop])
    return products


def _survival(events: EventTimes) -> Floats:
    """Kaplan-Meier estimate of both arms, within the stratum, just after each time."""
    # Sums of case weights may differ in their last digits, and survival does not fall below zero.
    return _products(np.maximum(1 - events.events / events.at_risk, 0), events)


def _survival_before(events: EventTimes) -> Floats:
    """The same just before each time."""
    before = np.concatenate([[1.0], _survival(events)])[:-1]
    before[events.bounds[:-1]] = 1
    return before


def _modest_weights(weighting: ModestlyWeighted, events: EventTimes) -> Floats:
    """1 / max(S(t-), S*): without bound where both are zero, as when patients enter after survival fell to zero."""
    floor = np.maximum(_survival_before(events), _least_survival(weighting, events))
    return np.divide(1, floor, out=np.full(len(floor), np.inf), where=floor > 0)


def _least_survival(weighting: ModestlyWeighted, events: EventTimes) -> float | Floats:
    """S*, of the stratum of each time with an event."""
    if weighting.survival is not None:
        return float(weighting.survival)
    assert weighting.time is not None  # one of the two is given
    return _survival_at(weighting.time, events)


def _survival_at(time: float, events: EventTimes) -> Floats:
    """Survival at a time in the stratum of each time with an event."""
    time = snap_to_ties(np.array([float(time)]), np.unique(events.time))[0]
    after, at = _survival(events), np.ones(len(events.time))
    for start, stop in pairwise(events.bounds):
        until = start + np.searchsorted(events.time[start:stop], time, side="right")
        if until > start:
            at[start:stop] = after[until - 1]
    return at
