"""Competing risks: cumulative incidence of one cause, and the cause-specific hazard ratio.

A cause is a whole number, 0 where the time is censored. Whatever happens first counts: a patient who dies without
progression cannot progress any more, and is not taken as one who might.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.checks import (
    check_cause,
    check_causes,
    check_conf_level,
    check_kind,
    check_landmark,
    check_same_order,
    check_times,
)
from smmlib.stats.comparison.hazard_ratio import hazard_ratio
from smmlib.stats.competing.causes import counts_by_cause, steps, weights
from smmlib.stats.distributions import two_sided_quantile
from smmlib.stats.event_table import snap_to_ties
from smmlib.stats.exact import incidence_quotient
from smmlib.stats.results import (
    NOT_ESTIMABLE,
    CumulativeIncidenceCurve,
    Estimate,
    percent,
    sentence,
)
from smmlib.stats.survival.confidence_limits import limit_function
from smmlib.stats.survival.kaplan_meier import past_the_end
from smmlib.stats.types import CountsAtTime, Floats, Integers, Interval, Labels, Ties


def cumulative_incidence(
    time: ArrayLike,
    cause: ArrayLike,
    *,
    of: int,
    entry: ArrayLike | None = None,
    conf_level: float = 0.95,
    time_unit: str = "months",
    arm: str = "",
) -> CumulativeIncidenceCurve:
    """Aalen-Johansen estimate of the cumulative incidence of one cause, with Aalen's variance and log-log limits.

    Parameters
    ----------
    time : array-like, shape (n,)
        Time from the start to the first event of any cause, or to censoring, in `time_unit`.
    cause : array-like of int, shape (n,)
        0 where the time is censored, and 1, 2, ... for the cause of the event.
    of : int
        The cause of interest, 1 or more; all others compete with it.
    entry : array-like, shape (n,), optional
        Late entry: the time after which each patient is under observation, before `time`.
    conf_level : float
        Two-sided confidence level of the limits.
    time_unit : str
        Unit of `time`; it travels with the results and changes no number.
    arm : str
        Name of the arm; it travels with the results.

    Returns
    -------
    CumulativeIncidenceCurve
        The limits are symmetric on the scale log(-log F), as in SAS PROC LIFETEST and R's tidycmprsk. Where F(t)
        is 0 or 1 they do not exist and are NaN. The standard error is that of R's cmprsk, which differs from that of
        R's `survfit` (infinitesimal jackknife) and from the delta method.

    Raises
    ------
    ValueError
        If the arrays differ in length, a time is negative, infinite or missing, a cause is not a whole number, zero
        or more, `of` is not a whole number, 1 or more, an entry is not before its time, or `conf_level` is not
        between 0 and 1.

    References
    ----------
    .. [1] Aalen (1978), Ann Stat 6:534-545.
    .. [2] Klein & Moeschberger (2003), Survival Analysis, eq. 4.7.1.
    .. [3] Pintilie (2006), Competing Risks: A Practical Perspective, section 4.3.

    Examples
    --------
    Progression (1) at 1 and 3, death (2) at 2. By hand: 1/4 from 1 on. At 3, half of the patients are free of both, and
    one of the two at risk progresses: 1/4 + 1/2 × 1/2.

    >>> from smmlib import cumulative_incidence
    >>> curve = cumulative_incidence([1, 2, 3, 4], [1, 2, 1, 0], of=1)
    >>> curve.incidence.tolist()
    [0.25, 0.25, 0.5, 0.5]
    """
    of = check_cause(of)
    z = two_sided_quantile(check_conf_level(conf_level))
    check_same_order({"time": time, "cause": cause, "entry": entry})
    table, *counts = counts_by_cause(time, cause, of, entry=entry)
    at_risk, events, competing = (of_all[0] for of_all in counts)
    incidence, std_error = _incidence_and_std_error(at_risk, events, competing)
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = limit_function("log-log")(incidence, std_error / incidence, z)
    return CumulativeIncidenceCurve(
        time=table.time,
        incidence=incidence,
        low=low,
        high=high,
        std_error=std_error,
        at_risk=at_risk,
        events=events,
        competing=competing,
        censored=table.censored.sum(axis=0),
        cause=of,
        conf_level=float(conf_level),
        time_unit=time_unit,
        method=f"Aalen-Johansen estimate of the cumulative incidence of cause {of}"
        f"{'' if entry is None else ', late entry'}, Aalen variance, log-log {percent(conf_level)} limits",
        arm=arm,
    )


def incidence_at(curve: CumulativeIncidenceCurve, time: float) -> Estimate:
    """Cumulative incidence at a landmark, with its pointwise limits.

    Parameters
    ----------
    curve : CumulativeIncidenceCurve
        From `cumulative_incidence`.
    time : float
        Landmark, zero or more, in the unit of the curve. An event at it counts.

    Returns
    -------
    Estimate
        A proportion. Not estimable past the last observed time, unless nobody is left who could have an event.

    Raises
    ------
    ValueError
        If `curve` is not from `cumulative_incidence`, or `time` is negative or not finite.

    References
    ----------
    .. [1] Klein & Moeschberger (2003), Survival Analysis, section 4.7.

    Examples
    --------
    By hand: one of four has had an event of the cause by 2.5.

    >>> from smmlib import cumulative_incidence, incidence_at
    >>> incidence_at(cumulative_incidence([1, 2, 3, 4], [1, 2, 1, 0], of=1), 2.5).value
    0.25
    """
    check_kind(curve, CumulativeIncidenceCurve, "curve", "cumulative_incidence")
    time = check_landmark(time)
    patients = curve.events.sum() + curve.competing.sum() + curve.censored.sum()
    common: CountsAtTime = {
        "unit": "proportion",
        "arm": curve.arm,
        "n": int(patients),
        "events": int(curve.events.sum()),
        "at": time,
    }
    seen = snap_to_ties(time, curve.time)
    nobody_left = (curve.events + curve.competing == curve.at_risk).any()
    if seen > curve.time[-1] and not nobody_left:
        return Estimate(NOT_ESTIMABLE, **past_the_end(curve, time), **common)
    row = row_at(curve, time)
    value, low, high, std_error = _row(curve, row) if row >= 0 else (0.0, NOT_ESTIMABLE, NOT_ESTIMABLE, 0.0)
    quotient = incidence_quotient(curve, row)
    return Estimate(
        value=float(value) if quotient is None else quotient[0] / quotient[1],
        low=float(low),
        high=float(high),
        conf_level=curve.conf_level,
        std_error=float(std_error),
        **sentence(curve.method, "; none where incidence is 0 or 1" if np.isnan(low) else ""),
        **common,
    )


def cause_specific_hazard_ratio(
    time: ArrayLike,
    cause: ArrayLike,
    in_arm: ArrayLike,
    *,
    of: int,
    arm: str,
    reference: str,
    strata: Labels | None = None,
    entry: ArrayLike | None = None,
    ties: Ties = "efron",
    interval: Interval = "wald",
    conf_level: float = 0.95,
) -> Estimate:
    """Hazard ratio of one cause, arm relative to reference: Cox's model with the other causes as censorings.

    It compares the rates of the cause among patients still at risk. `gray_test` compares cumulative incidences, which
    depend on the hazards of the other causes too, and may therefore say otherwise.

    Parameters
    ----------
    time, cause, of
        As in `cumulative_incidence`.
    in_arm, arm, reference, strata
        As in `gray_test`; each stratum has a baseline hazard of its own.
    entry, ties, interval, conf_level
        As in `hazard_ratio`.

    Returns
    -------
    Estimate
        As from `hazard_ratio`; `events` are those of the cause.

    Raises
    ------
    ValueError
        As `cumulative_incidence` and `hazard_ratio`.

    References
    ----------
    .. [1] Prentice et al. (1978), Biometrics 34:541-554.

    Examples
    --------
    By hand: the death (2) at 3 ends follow-up, nothing more. For the events at 1, 2 and 4, the likelihood is at its
    maximum where 2 = 3r/(3r + 2) + 2r/(2r + 2) + 1, at r = √(2/3).

    >>> from smmlib import cause_specific_hazard_ratio
    >>> time, cause, in_arm = [1, 2, 3, 4, 3], [1, 1, 2, 1, 2], [1, 0, 1, 1, 0]
    >>> ratio = cause_specific_hazard_ratio(time, cause, in_arm, of=1, arm="new", reference="old")
    >>> print(f"{ratio.value ** 2:.4f}")
    0.6667
    """
    of = check_cause(of)
    time = check_times(time)
    estimate = hazard_ratio(
        time,
        check_causes(cause, len(time)) == of,
        in_arm,
        arm=arm,
        reference=reference,
        strata=strata,
        entry=entry,
        ties=ties,
        interval=interval,
        conf_level=conf_level,
    )
    words = f"Cause-specific hazard ratio of cause {of}, other causes as censorings: {estimate.method}"
    return replace(estimate, method=words)


def row_at(curve: CumulativeIncidenceCurve, time: float) -> int:
    """The last row of a curve at or before a time; -1 before the first."""
    return int(np.searchsorted(curve.time, snap_to_ties(check_landmark(time), curve.time), side="right")) - 1


def _row(curve: CumulativeIncidenceCurve, row: int) -> tuple[float, float, float, float]:
    return curve.incidence[row], curve.low[row], curve.high[row], curve.std_error[row]


def _incidence_and_std_error(at_risk: Integers, events: Integers, competing: Integers) -> tuple[Floats, Floats]:
    """Cumulative incidence after each time and Aalen's standard error of it.

    An event of the cause at u raises F(t) directly and takes from what comes after u; a competing one only takes.
    With the weight w of an event at u and R(t) = F(end) - F(t), the variance of F(t) is the sum over u <= t of
    w (S(u) - R(u) + R(t))^2 for the cause and of w (R(u) - R(t))^2 for the others. Opened, each is three cumulative
    sums; taken from the end, none of them is the small difference of two large ones.
    """
    before, survival, incidence = steps(at_risk, events, competing)
    ended_by_cause = (survival == 0) & (np.cumsum(competing) == 0)
    incidence = np.where(ended_by_cause, 1.0, np.minimum(incidence, 1.0))
    rest = incidence[-1] - incidence
    spared = survival - rest
    own, other = (weights(at_risk, events + competing, kind) for kind in (events, competing))
    # Where nobody is left, nothing comes after: events add their own variance, competing ones nothing.
    last = np.where(events + competing == at_risk, weights(at_risk, 0, events) * before**2, 0.0)
    variance = np.cumsum(own * spared**2 + other * rest**2 + last)
    variance += 2 * rest * np.cumsum(own * spared - other * rest) + rest**2 * np.cumsum(own + other)
    return incidence, np.sqrt(np.where(incidence > 0, np.maximum(variance, 0.0), 0.0))
