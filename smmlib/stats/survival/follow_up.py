"""How long patients were followed, and how many were still at risk."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.checks import check_choice, check_conf_level, check_indicator, check_times
from smmlib.stats.event_table import snap_to_ties
from smmlib.stats.results import NOT_ESTIMABLE, Estimate, SurvivalCurve, not_estimable, percent, sentence
from smmlib.stats.survival.kaplan_meier import check_curve, kaplan_meier, median_survival
from smmlib.stats.types import Booleans, Counts, CountsInUnit, Extreme, Floats, FollowUpEstimator

if TYPE_CHECKING:
    from pandas import DataFrame


ESTIMATORS: tuple[FollowUpEstimator, ...] = ("reverse-kaplan-meier", "survivors", "observed")
EXTREMES: dict[Extreme, Callable[[Floats], np.float64]] = {"shortest": np.min, "longest": np.max}


def median_follow_up(
    time: ArrayLike,
    event: ArrayLike,
    *,
    estimator: FollowUpEstimator,
    conf_level: float = 0.95,
    time_unit: str = "months",
    arm: str = "",
) -> Estimate:
    """Median follow-up, by one of the three estimators that papers mean by the word.

    "reverse-kaplan-meier" takes censoring as the event and the event as censoring: it estimates how long patients
    would have been followed had nobody had the event. "survivors" is the median time of those without the event,
    "observed" that of all patients, until the event or censoring.

    Parameters
    ----------
    time, event : array-like, shape (n,)
        As in `kaplan_meier`; for the follow-up of survival, the event is death.
    estimator : {"reverse-kaplan-meier", "survivors", "observed"}
        They differ, so there is no default.
    conf_level, time_unit, arm
        As in `kaplan_meier`.

    Returns
    -------
    Estimate
        In `time_unit`; with the Brookmeyer-Crowley interval from log-log limits for the reverse Kaplan-Meier
        estimator, without limits for the other two. `n` counts the patients whose times are used.

    Raises
    ------
    ValueError
        If the estimator is unknown, or as `kaplan_meier`.

    References
    ----------
    .. [1] Schemper & Smith (1996), Control Clin Trials 17:343-346.

    Examples
    --------
    By hand: the reverse curve is 2/3 from 20 on and 0 from 40 on; the median of 20 and 40 is 30, and that of all four
    times 25.

    >>> from smmlib import median_follow_up
    >>> for estimator in ("reverse-kaplan-meier", "survivors", "observed"):
    ...     print(median_follow_up([10, 20, 30, 40], [1, 0, 1, 0], estimator=estimator).value)
    40.0
    30.0
    25.0
    """
    check_choice(estimator, ESTIMATORS, "estimator")
    time = check_times(time)
    event = check_indicator(event, "event", len(time))
    check_conf_level(conf_level)
    if estimator == "reverse-kaplan-meier":
        return _reverse_kaplan_meier(time, event, conf_level, time_unit, arm)
    used, of = _followed(time, event, estimator)
    return _of_times(used, np.median, f"Median follow-up, median time of {of}", event, time_unit, arm)


def extreme_follow_up(
    time: ArrayLike,
    event: ArrayLike,
    which: Extreme,
    *,
    estimator: FollowUpEstimator,
    time_unit: str = "months",
    arm: str = "",
) -> Estimate:
    """Shortest or longest follow-up of the patients whose censoring or observation times `median_follow_up` is about.

    For "reverse-kaplan-meier" and "survivors" these are the patients without the event, for "observed" all patients.

    Parameters
    ----------
    time, event, estimator, time_unit, arm
        As in `median_follow_up`.
    which : {"shortest", "longest"}
        Which of the two.

    Returns
    -------
    Estimate
        In `time_unit`, without limits: it is the time of one patient. `n` counts the patients whose times are used.
        Not estimable when it is about patients without the event and there are none.

    Raises
    ------
    ValueError
        As `median_follow_up`, or if `which` is neither of the two.

    Examples
    --------
    By hand: the patients without the event were followed for 20 and 40.

    >>> from smmlib import extreme_follow_up
    >>> extreme_follow_up([10, 20, 30, 40], [1, 0, 1, 0], "shortest", estimator="survivors").value
    20.0
    >>> extreme_follow_up([10, 20, 30, 40], [1, 0, 1, 0], "shortest", estimator="observed").value
    10.0
    """
    check_choice(which, EXTREMES, "which")
    check_choice(estimator, ESTIMATORS, "estimator")
    time = check_times(time)
    event = check_indicator(event, "event", len(time))
    used, of = _followed(time, event, estimator)
    return _of_times(used, EXTREMES[which], f"{which.capitalize()} follow-up of {of}", event, time_unit, arm)


def risk_table(curves: Iterable[SurvivalCurve], times: ArrayLike) -> "DataFrame":
    """Numbers at risk, and cumulative events and censorings, by arm at the times asked for.

    At risk at t are the patients whose time is t or later and who entered before t, as in R's `n.risk`. Events and
    censorings are counted up to and including t.

    Parameters
    ----------
    curves : sequence of SurvivalCurve
        One for each arm, from `kaplan_meier`.
    times : array-like, shape (m,)
        Zero or more, in the unit of the curves.

    Returns
    -------
    DataFrame
        Columns arm, time, at_risk, events, censored; a row for each curve and time.

    Raises
    ------
    ValueError
        If `curves` is not a list of one curve or more, all from `kaplan_meier`, or a time is negative, infinite or
        missing.

    Examples
    --------
    Counted by hand: at 2 the second patient is still at risk, and is censored then.

    >>> from smmlib import kaplan_meier, risk_table
    >>> curve = kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0], arm="new")
    >>> print(risk_table([curve], times=[0, 2, 3]).to_string(index=False))
    arm  time  at_risk  events  censored
    new   0.0        4       0         0
    new   2.0        3       1         1
    new   3.0        2       2         1
    """
    import pandas  # here, so that importing the verbs does not cost the time of importing pandas

    times = check_times(times, "times")
    if isinstance(curves, SurvivalCurve) or not isinstance(curves, Iterable):
        raise ValueError(f"curves is of type {type(curves).__name__}: give a list of one curve or more.")
    curves = list(curves)
    if not curves:
        raise ValueError("curves is empty: give a list of one curve or more.")
    for place, curve in enumerate(curves):
        check_curve(curve, f"curves[{place}]")
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


def _followed(time: Floats, event: Booleans, estimator: FollowUpEstimator) -> tuple[Floats, str]:
    """Times of the patients that an estimator of follow-up is about, and who they are."""
    if estimator == "observed":
        return time, "all patients, to the event or to censoring"
    return time[~event], "patients without the event"


def _of_times(
    used: Floats, summary: Callable[[Floats], np.float64], method: str, event: Booleans, time_unit: str, arm: str
) -> Estimate:
    common: CountsInUnit = {"unit": time_unit, "arm": arm, "n": len(used), "events": int(event.sum())}
    if not len(used):
        return Estimate(NOT_ESTIMABLE, **not_estimable(method, "every patient had the event"), **common)
    return Estimate(float(summary(used)), method=method, **common)


def _reverse_kaplan_meier(time: Floats, event: Booleans, conf_level: float, time_unit: str, arm: str) -> Estimate:
    curve = kaplan_meier(time, ~event, conf_level=conf_level, time_unit=time_unit, arm=arm)
    median = median_survival(curve)
    method = (
        "Median follow-up, reverse Kaplan-Meier estimator, "
        f"Brookmeyer-Crowley {percent(curve.conf_level)} interval from log-log limits"
    )
    return replace(median, **sentence(method, *median.from_data), events=int(event.sum()))


def _numbers_at_risk(curve: SurvivalCurve, times: Floats) -> Counts:
    """Patients whose time is each of `times` or later, but for those who enter then or later."""
    times = snap_to_ties(times, curve.time)
    at_risk = _total_from(curve.time, curve.events + curve.censored, times)
    if not len(curve.entry_time):
        return at_risk
    # Whoever enters at the start is there at the start; whoever enters later is at risk after that moment.
    entry = np.where(curve.entry_time == 0, -1, curve.entry_time)
    return at_risk - _total_from(entry, curve.entered, times)


def _total_from(time: Floats, counts: Counts, times: Floats) -> Counts:
    """Sum of the counts at each of `times` or later."""
    later = np.append(np.cumsum(counts[::-1])[::-1], 0)
    return later[np.searchsorted(time, times, side="left")]


def _total_until(curve: SurvivalCurve, counts: Counts, times: Floats) -> Counts:
    """Sum of the counts up to and including each of `times`."""
    rows = np.searchsorted(curve.time, snap_to_ties(times, curve.time), side="right")
    return np.append(0, np.cumsum(counts))[rows]
