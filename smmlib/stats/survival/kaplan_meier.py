"""One arm: Kaplan-Meier estimate, survival at a landmark, quantiles and median."""

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.checks import check_choice, check_conf_level, check_kind, check_landmark, check_probability
from smmlib.stats.counts import as_int
from smmlib.stats.distributions import two_sided_quantile
from smmlib.stats.event_table import event_table, snap_to_ties
from smmlib.stats.exact import survival_quotient
from smmlib.stats.results import NOT_ESTIMABLE, CumulativeIncidenceCurve, Estimate, SurvivalCurve, percent, sentence
from smmlib.stats.survival.confidence_limits import limit_function
from smmlib.stats.types import ArmCounts, ConfType, CountsAtTime, Floats, Method, Plateau

PLATEAUS: tuple[Plateau, ...] = ("midpoint", "strict")
LEVEL_TOLERANCE = float(np.sqrt(np.finfo(float).eps))


def kaplan_meier(
    time: ArrayLike,
    event: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    conf_type: ConfType = "log-log",
    conf_level: float = 0.95,
    time_unit: str = "months",
    arm: str = "",
) -> SurvivalCurve:
    """Kaplan-Meier estimate of survival with Greenwood's variance and pointwise limits.

    Parameters
    ----------
    time : array-like, shape (n,)
        Time from the start to the event or to censoring, in `time_unit`. Two that differ by less than 1.5e-8 of
        themselves (of 1, for those below 1) differ by rounding error alone and are one time.
    event : array-like, shape (n,)
        True or 1 where the event was observed, False or 0 where the time is censored.
    entry : array-like, shape (n,), optional
        Late entry: the time after which each patient is under observation, before `time`. Each step of the curve
        is then made by those already under observation; once everybody at risk has had the event, even early on
        when few were, it stays at 0.
    weights : array-like, shape (n,), optional
        Case weights: how many patients a row stands for, above zero.
    conf_type : {"log-log", "log", "plain", "logit", "arcsine"}
        Scale on which the limits are symmetric.
    conf_level : float
        Two-sided confidence level of the limits.
    time_unit : str
        Unit of `time`; it travels with the results and changes no number.
    arm : str
        Name of the arm; it travels with the results.

    Returns
    -------
    SurvivalCurve
        Where S(t) = 0 there is no standard error, and where S(t) is 0 or 1 limits that need its logarithm do
        not exist: both are NaN, as in R's `survfit`.

    Raises
    ------
    ValueError
        If the arrays differ in length or hold their rows in different orders, a time is negative, infinite or
        missing, `event` holds anything but True and False or 1 and 0, an entry is not before its time, a weight
        is not above zero, `conf_type` is unknown, or `conf_level` is not between 0 and 1.

    References
    ----------
    .. [1] Kaplan & Meier (1958), J Am Stat Assoc 53:457-481.
    .. [2] Klein & Moeschberger (2003), Survival Analysis, eq. 4.2.1 to 4.3.3.

    Examples
    --------
    Of four patients, the first and the third have the event and the others are censored. By hand: 3/4 from 1 on, and
    3/4 × 1/2 = 3/8 from 3 on.

    >>> from smmlib import kaplan_meier
    >>> curve = kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0])
    >>> curve.survival.tolist()
    [0.75, 0.75, 0.375, 0.375]
    >>> curve.at_risk.tolist()
    [4, 3, 2, 1]
    """
    limits = limit_function(conf_type)
    z = two_sided_quantile(check_conf_level(conf_level))
    table = event_table(time, event, entry=entry, weights=weights)
    at_risk, events = table.at_risk[0], table.events[0]
    left = at_risk - events
    survival = (left / at_risk).cumprod()
    with np.errstate(divide="ignore", invalid="ignore"):
        std_error_log = np.sqrt((events / (at_risk * left.astype(float))).cumsum())
        low, high = limits(survival, std_error_log, z)
        std_error = survival * std_error_log
    used = ("" if entry is None else ", late entry") + ("" if weights is None else ", case weights")
    return SurvivalCurve(
        time=table.time,
        survival=survival,
        low=low,
        high=high,
        std_error=std_error,
        at_risk=at_risk,
        events=events,
        censored=table.censored[0],
        entry_time=table.entry_time,
        entered=table.entered[0],
        conf_type=conf_type,
        conf_level=float(conf_level),
        time_unit=time_unit,
        method=f"Kaplan-Meier estimate{used}, Greenwood variance, {conf_type} {percent(conf_level)} limits",
        arm=arm,
    )


def survival_at(curve: SurvivalCurve, time: float) -> Estimate:
    """Survival at a landmark, with its pointwise limits.

    Parameters
    ----------
    curve : SurvivalCurve
        From `kaplan_meier`.
    time : float
        Landmark, zero or more, in the unit of the curve. An event at it counts.

    Returns
    -------
    Estimate
        A proportion. Not estimable past the last observed time, unless survival has reached 0 by then.

    Raises
    ------
    ValueError
        If `curve` is not from `kaplan_meier`, or `time` is negative or not finite.

    References
    ----------
    .. [1] Klein & Moeschberger (2003), Survival Analysis, sections 4.2 and 4.3.

    Examples
    --------
    Of the children on 6-mercaptopurine in Freireich 1963, 75 % are in remission at 10 weeks, as R's `survfit` gives it.

    >>> from smmlib import analysis_data, kaplan_meier, survival_at
    >>> treated = analysis_data("freireich-1963").endpoint("remission").among("6-mp")
    >>> curve = kaplan_meier(treated.time, treated.event, time_unit="weeks")
    >>> print(f"{survival_at(curve, 10).value:.2f}")
    0.75
    """
    check_curve(curve)
    time = check_landmark(time)
    common: CountsAtTime = {"unit": "proportion", "at": time, **arm_counts(curve)}
    seen = snap_to_ties(time, curve.time)
    if is_beyond(curve, seen):
        return Estimate(NOT_ESTIMABLE, **past_the_end(curve, seen), **common)
    row = row_at(curve, time)
    value, low, high, std_error = _before_first_time(curve) if row < 0 else _row(curve, row)
    quotient = survival_quotient(curve, row)
    return Estimate(
        value=float(value) if quotient is None else quotient[0] / quotient[1],
        low=float(low),
        high=float(high),
        conf_level=curve.conf_level,
        std_error=float(std_error),
        **sentence(curve.method, "; none where survival is 0 or 1" if np.isnan(low) else ""),
        **common,
    )


def survival_quantile(curve: SurvivalCurve, q: float, *, plateau: Plateau = "midpoint") -> Estimate:
    """Time by which a share `q` of the patients have had the event, with the Brookmeyer-Crowley interval.

    Where S(t) is exactly 1 - q over a stretch of time, the quantile is the middle of the stretch. When no later
    event ends the stretch, R ends it at the last observed time ("midpoint"), and SAS reports no quantile ("strict").
    The limits are where the limits of the curve cross 1 - q, by the same rule. A curve that stays above 1 - q has
    no such quantile: "not reached".

    Parameters
    ----------
    curve : SurvivalCurve
        From `kaplan_meier`.
    q : float
        Share of patients with the event, between 0 and 1.
    plateau : {"midpoint", "strict"}
        What to do where the curve stays at exactly 1 - q up to the last observed time.

    Returns
    -------
    Estimate
        In the unit of the curve; NaN for a quantile, or a limit, that is not reached.

    Raises
    ------
    ValueError
        If `curve` is not from `kaplan_meier`, `q` is not between 0 and 1, or `plateau` is unknown.

    References
    ----------
    .. [1] Brookmeyer & Crowley (1982), Biometrics 38:29-41.

    Examples
    --------
    Four patients, all with the event. By hand: survival is 3/4 from 1 to 2, so that the lower quartile is 1.5.

    >>> from smmlib import kaplan_meier, survival_quantile
    >>> survival_quantile(kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1]), 0.25).value
    1.5

    When the last two are censored, survival is 1/2 from 2 to the end at 4: the median is 3 for R, and not reached for
    SAS.

    >>> curve = kaplan_meier([1, 2, 3, 4], [1, 1, 0, 0])
    >>> [survival_quantile(curve, 0.5, plateau=plateau).value for plateau in ("midpoint", "strict")]
    [3.0, nan]
    """
    q = check_probability(q)
    return _quantile(curve, q, plateau, f"{percent(q)} quantile", f"{1 - q:.10g}")


def median_survival(curve: SurvivalCurve, *, plateau: Plateau = "midpoint") -> Estimate:
    """Time by which half of the patients have had the event, with the Brookmeyer-Crowley interval.

    Parameters
    ----------
    curve : SurvivalCurve
        From `kaplan_meier`.
    plateau : {"midpoint", "strict"}
        As in `survival_quantile`, of which this is the case q = 1/2.

    Returns
    -------
    Estimate
        In the unit of the curve; NaN for a median, or a limit, that is not reached.

    Raises
    ------
    ValueError
        If `curve` is not from `kaplan_meier`, or `plateau` is unknown.

    References
    ----------
    .. [1] Brookmeyer & Crowley (1982), Biometrics 38:29-41.

    Examples
    --------
    Remission on placebo in Freireich 1963: a median of 8 weeks. R's `survfit` with log-log limits gives 4 to 11.

    >>> from smmlib import analysis_data, kaplan_meier, median_survival
    >>> placebo = analysis_data("freireich-1963").endpoint("remission").among("placebo")
    >>> median = median_survival(kaplan_meier(placebo.time, placebo.event, time_unit="weeks"))
    >>> median.value, median.low, median.high
    (8.0, 4.0, 11.0)
    """
    return _quantile(curve, 0.5, plateau, "Median", "one half")


def is_beyond(curve: SurvivalCurve, time: float | Floats) -> bool:
    """Whether a curve says nothing about a time: it has ended by then, and patients were left."""
    return bool(time > curve.time[-1] and curve.survival[-1] != 0)


def past_the_end(curve: SurvivalCurve | CumulativeIncidenceCurve, time: float | Floats) -> Method:
    """`method` and `from_data` of a result at a time beyond the end of a curve of survival or of incidence."""
    arm, last = f", in arm {curve.arm!r}" if curve.arm else "", f", {curve.time[-1]:g}"
    where = f"{time:g} {curve.time_unit} lies beyond the last observed time{last}{arm}"
    return sentence(f"Not estimable: {where}", within=(last,))


def check_curve(curve: object, name: str = "curve") -> None:
    """A ValueError when it is not a survival curve."""
    check_kind(curve, SurvivalCurve, name, "kaplan_meier")


def _quantile(curve: SurvivalCurve, q: float, plateau: Plateau, name: str, level_in_words: str) -> Estimate:
    check_curve(curve)
    check_choice(plateau, PLATEAUS, "plateau")
    levels = (curve.survival, curve.low, curve.high)
    value, low, high = (_crossing(curve.time, level, 1 - q, plateau) for level in levels)
    interval = f"Brookmeyer-Crowley {percent(curve.conf_level)} interval from {curve.conf_type} limits"
    not_reached = f": not reached, {_not_below(curve, q, level_in_words)}" if np.isnan(value) else ""
    return Estimate(
        value=value,
        low=low,
        high=high,
        conf_level=curve.conf_level,
        unit=curve.time_unit,
        **sentence(f"{name} of the Kaplan-Meier curve, {interval}", not_reached),
        **arm_counts(curve),
    )


def _not_below(curve: SurvivalCurve, q: float, level_in_words: str) -> str:
    stays = "at" if curve.survival[-1] <= 1 - q + LEVEL_TOLERANCE else "above"
    return f"the curve stays {stays} {level_in_words}"


def row_at(curve: SurvivalCurve, time: float) -> int:
    """The row of a curve that tells of a time; -1 before the first. An event at the time counts."""
    return int(np.searchsorted(curve.time, snap_to_ties(time, curve.time), side="right")) - 1


def arm_counts(curve: SurvivalCurve) -> ArmCounts:
    """The arm, its patients and its events."""
    events = curve.events.sum()
    return {"arm": curve.arm, "n": as_int(events + curve.censored.sum()), "events": as_int(events)}


def _row(curve: SurvivalCurve, row: int) -> tuple[float, float, float, float]:
    return curve.survival[row], curve.low[row], curve.high[row], curve.std_error[row]


def _before_first_time(curve: SurvivalCurve) -> tuple[float, float, float, float]:
    """Everybody is still there: survival 1, without error, with the limits of the curve wherever it is 1."""
    low, high = limit_function(curve.conf_type)(np.ones(1), np.zeros(1), 1.0)
    return 1.0, low[0], high[0], 0.0


def _crossing(time: Floats, level: Floats, target: float, plateau: Plateau) -> float:
    """First time at which a falling step function reaches the target; the middle of a stretch at it."""
    reached = np.flatnonzero(level <= target + LEVEL_TOLERANCE)
    if not len(reached):
        return NOT_ESTIMABLE
    start = reached[0]
    if level[start] < target - LEVEL_TOLERANCE:
        return float(time[start])
    below = np.flatnonzero(level < target - LEVEL_TOLERANCE)
    if plateau == "strict" and not len(below):
        return NOT_ESTIMABLE
    end = below[0] if len(below) else len(time) - 1
    return float((time[start] + time[end]) / 2)
