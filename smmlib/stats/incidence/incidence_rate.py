"""Incidence: patients with a first event in the time for which all were at risk of it."""

from math import fsum, sqrt

from numpy.typing import ArrayLike

from smmlib.stats.checks import check_conf_level, check_indicator, check_same_order, check_times
from smmlib.stats.distributions import gamma_quantile, gamma_upper_quantile
from smmlib.stats.results import NOT_ESTIMABLE, Estimate, not_estimable, percent, sentence

PER = 100
"""Rates are of so many patients followed for one unit of time."""


def incidence_rate(
    time: ArrayLike, event: ArrayLike, *, conf_level: float = 0.95, time_unit: str = "years", arm: str = ""
) -> Estimate:
    """Patients with a first event per 100 patient-years at risk, with the exact Poisson interval.

    The rate is 100 * d / T, where d patients had the event and T is the time of all patients, of those with the event
    up to the first one. Its limits are those of the mean of a Poisson count d, a quantile of the gamma distribution
    each, multiplied by 100 / T [1]_. They are right for a constant rate.

    Parameters
    ----------
    time : array-like, shape (n,)
        Time at risk of each patient: to the first event, or to the end of the time at risk.
    event : array-like of bool or {0, 1}, shape (n,)
        Whether it ended with the event.
    conf_level : float
        Two-sided confidence level.
    time_unit : str
        Unit of `time`, and of the rate: "years" makes it one per 100 patient-years.
    arm : str
        Name of the arm; it travels with the result.

    Returns
    -------
    Estimate
        Not estimable where nobody was at risk for any time. `std_error` is 100 * sqrt(d) / T.

    Raises
    ------
    ValueError
        If times are missing, negative or infinite, or events are coded otherwise.

    References
    ----------
    .. [1] Garwood (1936), Biometrika 28:437-442.

    Examples
    --------
    Two of four patients have the event, and the four were at risk for ten years together.

    >>> from smmlib import incidence_rate
    >>> rate = incidence_rate([0.5, 1.5, 3, 5], [1, 1, 0, 0])
    >>> print(f"{rate.value:.1f} ({rate.low:.1f} to {rate.high:.1f}) {rate.unit}")
    20.0 (2.4 to 72.2) per 100 patient-years
    """
    check_same_order({"time": time, "event": event})
    times = check_times(time)
    events = int(check_indicator(event, "event", len(times)).sum())
    conf_level = check_conf_level(conf_level)
    total = fsum(times.tolist())
    unit = f"per {PER} patient-{time_unit}"
    method = f"Patients with a first event {unit}, exact Poisson {percent(conf_level)} interval"
    value = low = high = std_error = NOT_ESTIMABLE
    if total:
        value, std_error = PER * events / total, PER * sqrt(events) / total
        low, high = (PER * limit / total for limit in _poisson_limits(events, conf_level))
    words = sentence(method) if total else not_estimable(method, "nobody was at risk for any time")
    return Estimate(
        value,
        low,
        high,
        conf_level=conf_level,
        std_error=std_error,
        unit=unit,
        arm=arm,
        n=len(times),
        events=events,
        **words,
    )


def _poisson_limits(events: int, conf_level: float) -> tuple[float, float]:
    """Means at which as many events as were seen, or more, and as many or fewer, have the probability of one tail."""
    tail = (1 - conf_level) / 2
    return gamma_quantile(tail, events) if events else 0.0, gamma_upper_quantile(tail, events + 1)
