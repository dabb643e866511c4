"""One arm: Kaplan-Meier estimate, landmark survival, median, follow-up and numbers at risk."""

import numpy as np

from smmlib.stats.checks import check_conf_level, check_indicator, check_landmark, check_times
from smmlib.stats.distributions import two_sided_quantile
from smmlib.stats.event_table import event_table, snap_to_ties
from smmlib.stats.results import NOT_ESTIMABLE, Estimate, SurvivalCurve

NOT_REACHED = ": not reached, the curve stays above one half"
LEVEL_TOLERANCE = float(np.sqrt(np.finfo(float).eps))


def kaplan_meier(time, event, *, conf_type="log-log", conf_level=0.95, time_unit="months", arm=""):
    """Kaplan-Meier estimate of survival with Greenwood's variance and pointwise limits.

    Parameters
    ----------
    time : array-like, shape (n,)
        Time from the start to the event or to censoring, in `time_unit`.
    event : array-like, shape (n,)
        True or 1 where the event was observed, False or 0 where the time is censored.
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
        If the arrays differ in length, a time is not a time, an event is not an event, or an option is
        unknown.

    References
    ----------
    .. [1] Kaplan & Meier (1958), J Am Stat Assoc 53:457-481.
    .. [2] Klein & Moeschberger (2003), Survival Analysis, eq. 4.2.1 to 4.3.3.
    """
    limits = _limit_function(conf_type)
    z = two_sided_quantile(check_conf_level(conf_level))
    table = event_table(time, event)
    at_risk, events = table.at_risk[0], table.events[0]
    survival = np.cumprod((at_risk - events) / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        std_error_log = np.sqrt(np.cumsum(events / (at_risk * (at_risk - events).astype(float))))
        low, high = limits(survival, std_error_log, z)
        std_error = survival * std_error_log
    return SurvivalCurve(
        time=table.time,
        survival=survival,
        low=low,
        high=high,
        std_error=std_error,
        at_risk=at_risk,
        events=events,
        censored=table.censored[0],
        conf_type=conf_type,
        conf_level=float(conf_level),
        time_unit=time_unit,
        method=f"Kaplan-Meier estimate, Greenwood variance, {conf_type} {100 * conf_level:.10g} % limits",
        arm=arm,
    )


def survival_at(curve, time):
    """Survival at a landmark, with its pointwise limits.

    Parameters
    ----------
    curve : SurvivalCurve
    time : float
        Landmark, zero or more, in the unit of the curve. An event at it counts.

    Returns
    -------
    Estimate
        Not estimable past the last observed time, unless survival has reached 0 by then.

    Raises
    ------
    ValueError
        If `time` is negative or not finite.
    """
    time = check_landmark(time)
    n, events = int(curve.at_risk[0]), int(curve.events.sum())
    common = {"unit": "proportion", "arm": curve.arm, "n": n, "events": events, "at": time}
    seen = snap_to_ties(time, curve.time)
    if seen > curve.time[-1] and curve.survival[-1] > 0:
        last = f"the last observed time, {curve.time[-1]:g}{f', in arm {curve.arm!r}' if curve.arm else ''}"
        return Estimate(NOT_ESTIMABLE, method=f"Not estimable: {time:g} {curve.time_unit} lies beyond {last}", **common)
    row = np.searchsorted(curve.time, seen, side="right") - 1
    value, low, high, std_error = _before_first_time(curve) if row < 0 else _row(curve, row)
    return Estimate(
        value=float(value),
        low=float(low),
        high=float(high),
        conf_level=curve.conf_level,
        std_error=float(std_error),
        method=curve.method + ("; none where survival is 0 or 1" if np.isnan(low) else ""),
        **common,
    )


def median_survival(curve):
    """Time by which half of the patients have had the event, with the Brookmeyer-Crowley interval.

    Where S(t) is exactly one half over a stretch of time, the median is the middle of the stretch, which ends
    at the last observed time when no later event ends it; so R defines it. The limits are where the limits of
    the curve cross one half, by the same rule. A curve that stays above one half has no median: "not
    reached".

    Parameters
    ----------
    curve : SurvivalCurve

    Returns
    -------
    Estimate
        In the unit of the curve; NaN for a median, or a limit, that is not reached.

    References
    ----------
    .. [1] Brookmeyer & Crowley (1982), Biometrics 38:29-41.
    """
    value, low, high = (_crossing(curve.time, level, 0.5) for level in (curve.survival, curve.low, curve.high))
    level = f"{100 * curve.conf_level:.10g} %"
    method = f"Median of the Kaplan-Meier curve, Brookmeyer-Crowley {level} interval from {curve.conf_type} limits"
    return Estimate(
        value=value,
        low=low,
        high=high,
        conf_level=curve.conf_level,
        unit=curve.time_unit,
        method=method + (NOT_REACHED if np.isnan(value) else ""),
        arm=curve.arm,
        n=int(curve.at_risk[0]),
        events=int(curve.events.sum()),
    )


def median_follow_up(time, event, *, estimator, conf_level=0.95, time_unit="months", arm=""):
    """Median follow-up by the reverse Kaplan-Meier estimator.

    Censoring is taken as the event, and the event as censoring: the time for which patients would have been
    followed had nobody had the event. It is the median of R's `survfit(Surv(time, 1 - event) ~ 1)`.

    Parameters
    ----------
    time, event : array-like, shape (n,)
        As in `kaplan_meier`; for follow-up of life, death is the event.
    estimator : {"reverse-kaplan-meier"}
        Named, because papers mean different numbers by "median follow-up".
    conf_level, time_unit, arm
        As in `kaplan_meier`.

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError
        If the estimator is unknown, or as `kaplan_meier`.

    References
    ----------
    .. [1] Schemper & Smith (1996), Control Clin Trials 17:343-346.
    """
    if estimator != "reverse-kaplan-meier":
        raise ValueError(f"estimator is {estimator!r}: the follow-up estimator known here is 'reverse-kaplan-meier'.")
    observed = check_indicator(event, "event", len(check_times(time)))
    curve = kaplan_meier(time, ~observed, conf_level=conf_level, time_unit=time_unit, arm=arm)
    median = median_survival(curve)
    level = f"{100 * curve.conf_level:.10g} %"
    method = (
        f"Median follow-up, reverse Kaplan-Meier estimator, Brookmeyer-Crowley {level} interval from log-log limits"
    )
    return Estimate(
        value=median.value,
        low=median.low,
        high=median.high,
        conf_level=median.conf_level,
        unit=time_unit,
        method=method + (NOT_REACHED if np.isnan(median.value) else ""),
        arm=arm,
        n=median.n,
        events=int(observed.sum()),
    )


def risk_table(curves, times):
    """Numbers at risk, and cumulative events and censorings, by arm at the times asked for.

    At risk at t are those whose time is t or later: R's `n.risk`. Events and censorings are counted up to t,
    itself included.

    Parameters
    ----------
    curves : sequence of SurvivalCurve
    times : array-like, shape (m,)
        In the unit of the curves.

    Returns
    -------
    DataFrame
        Columns arm, time, at_risk, events, censored; a row for each curve and time.
    """
    import pandas  # here, so that importing the verbs does not cost the time of importing pandas

    times = check_times(times, "times")
    return pandas.concat(
        [
            pandas.DataFrame(
                {
                    "arm": curve.arm,
                    "time": times,
                    "at_risk": _numbers_at_risk(curve, times),
                    "events": _total_until(curve, curve.events, times),
                    "censored": _total_until(curve, curve.censored, times),
                }
            )
            for curve in curves
        ],
        ignore_index=True,
    )


def _row(curve, row):
    return curve.survival[row], curve.low[row], curve.high[row], curve.std_error[row]


def _before_first_time(curve):
    """Everybody is still there: survival 1, without error, with the limits of the curve wherever it is 1."""
    low, high = _limit_function(curve.conf_type)(np.ones(1), np.zeros(1), 1.0)
    return 1.0, low[0], high[0], 0.0


def _numbers_at_risk(curve, times):
    """Patients whose time is each of `times` or later; nobody after the last time."""
    return np.append(curve.at_risk, 0)[np.searchsorted(curve.time, snap_to_ties(times, curve.time), side="left")]


def _total_until(curve, counts, times):
    """Sum of the counts up to and including each of `times`."""
    rows = np.searchsorted(curve.time, snap_to_ties(times, curve.time), side="right")
    return np.append(0, np.cumsum(counts))[rows]


def _crossing(time, level, target):
    """First time at which a falling step function reaches the target; the middle of a stretch at it."""
    reached = np.flatnonzero(level <= target + LEVEL_TOLERANCE)
    if not len(reached):
        return NOT_ESTIMABLE
    start = reached[0]
    if level[start] < target - LEVEL_TOLERANCE:
        return float(time[start])
    below = np.flatnonzero(level < target - LEVEL_TOLERANCE)
    end = below[0] if len(below) else len(time) - 1
    return float((time[start] + time[end]) / 2)


def _limit_function(conf_type):
    functions = {
        "log-log": _log_log_limits,
        "log": _log_limits,
        "plain": _plain_limits,
        "logit": _logit_limits,
        "arcsine": _arcsine_limits,
    }
    if conf_type not in functions:
        raise ValueError(f"conf_type is {conf_type!r}: choose one of {', '.join(map(repr, functions))}.")
    return functions[conf_type]


def _plain_limits(survival, std_error_log, z):
    margin = z * survival * std_error_log
    return np.maximum(survival - margin, 0), np.minimum(survival + margin, 1)


def _log_limits(survival, std_error_log, z):
    survival = np.where(survival == 0, np.nan, survival)
    return survival * np.exp(-z * std_error_log), np.minimum(survival * np.exp(z * std_error_log), 1)


def _log_log_limits(survival, std_error_log, z):
    log_survival = np.log(np.where((survival == 0) | (survival == 1), np.nan, survival))
    factor = np.exp(z * std_error_log / -log_survival)
    return np.exp(log_survival * factor), np.exp(log_survival / factor)


def _logit_limits(survival, std_error_log, z):
    survival = np.where((survival == 0) | (survival == 1), np.nan, survival)
    odds, factor = survival / (1 - survival), np.exp(z * std_error_log / (1 - survival))
    return odds / (odds + factor), odds * factor / (1 + odds * factor)


def _arcsine_limits(survival, std_error_log, z):
    survival = np.where((survival == 0) | (survival == 1), np.nan, survival)
    angle = np.arcsin(np.sqrt(survival))
    margin = z / 2 * std_error_log * np.sqrt(survival / (1 - survival))
    return np.sin(np.maximum(angle - margin, 0)) ** 2, np.sin(np.minimum(angle + margin, np.pi / 2)) ** 2
