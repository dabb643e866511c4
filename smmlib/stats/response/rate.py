"""Response: one proportion with its interval."""

from collections.abc import Callable, Mapping
from math import exp, sqrt
from typing import TypeVar

from smmlib.stats.checks import check_choice, check_conf_level
from smmlib.stats.counts import check_responders
from smmlib.stats.distributions import (
    beta_quantile,
    binomial_at_least,
    binomial_at_most,
    root_of_increasing,
    two_sided_quantile,
)
from smmlib.stats.results import Estimate, percent, sentence
from smmlib.stats.types import Limits, RateMethod, Whole

MethodT = TypeVar("MethodT", bound=str)
Of = TypeVar("Of")
RateLimits = Callable[[float, float, float], Limits]

NO_WIDTH = "; it has no width, for the standard error is 0"


def response_rate(
    responders: Whole,
    patients: Whole,
    *,
    method: RateMethod = "clopper-pearson",
    conf_level: float = 0.95,
    arm: str = "",
) -> Estimate:
    """Proportion of patients who responded, with its interval.

    Parameters
    ----------
    responders, patients : int
        Patients who responded, and all patients, at least one.
    method : {"clopper-pearson", "wilson", "wilson-cc", "jeffreys", "mid-p", "agresti-coull", "wald"}
        Interval, in this order: exact; score, without and with continuity correction; equal-tailed with Jeffreys'
        prior, whose lower limit is 0 where nobody responded and whose upper limit is 1 where everybody did; exact
        with half the probability of what was seen; Wald around a rate drawn towards one half; Wald.
    conf_level : float
        Two-sided confidence level.
    arm : str
        Name of the arm; it travels with the result.

    Returns
    -------
    Estimate
        A proportion, with limits cut at 0 and 1. `std_error` is that of the observed rate, whatever the interval.

    Raises
    ------
    ValueError
        If a count is negative or not whole, there are more responders than patients or no patients, `method` is
        unknown, or `conf_level` is not between 0 and 1.

    References
    ----------
    .. [1] Clopper & Pearson (1934), Biometrika 26:404-413.
    .. [2] Wilson (1927), J Am Stat Assoc 22:209-212.
    .. [3] Newcombe (1998), Stat Med 17:857-872, methods 4 ("wilson-cc") and 6 ("mid-p").
    .. [4] Brown, Cai & DasGupta (2001), Stat Sci 16:101-133 (Jeffreys and its two ends, which are those of SAS
       PROC FREQ too).
    .. [5] Agresti & Coull (1998), Am Stat 52:119-126.

    Examples
    --------
    81 of 263: Newcombe (1998) prints 0.2527 to 0.3676 for the exact interval and 0.2553 to 0.3662 for the score
    interval.

    >>> from smmlib import response_rate
    >>> for method in ("clopper-pearson", "wilson"):
    ...     rate = response_rate(81, 263, method=method)
    ...     print(f"{rate.value:.4f} ({rate.low:.4f} to {rate.high:.4f})")
    0.3080 (0.2527 to 0.3676)
    0.3080 (0.2553 to 0.3662)
    """
    check_responders(responders, patients)
    responders, patients = int(responders), int(patients)  # a numpy integer of few bits would overflow
    name, limits = one_of(INTERVALS, method)
    conf_level = check_conf_level(conf_level)
    low, high = limits(responders, patients, conf_level)
    std_error = rate_error(responders, patients)
    narrow = NO_WIDTH if method == "wald" and std_error == 0 else ""
    return Estimate(
        value=float(responders / patients),
        low=float(low),
        high=float(high),
        conf_level=conf_level,
        std_error=std_error,
        unit="proportion",
        **sentence(f"Proportion, {name} {percent(conf_level)} interval", narrow),
        arm=arm,
        n=patients,
        events=responders,
    )


def one_of(methods: Mapping[MethodT, Of], method: MethodT) -> Of:
    """What belongs to a method, or a ValueError that lists those known."""
    check_choice(method, methods, "method")
    return methods[method]


def rate_error(responders: float, patients: float) -> float:
    """Standard error of an observed rate."""
    return float(sqrt(responders * (patients - responders) / patients) / patients)


def wilson_limits(responders: float, patients: float, conf_level: float, correction: float = 0.0) -> Limits:
    """Rates whose score statistic is as large as the confidence level allows.

    `correction` patients, 0 or one half, are taken from the responders for the lower limit, and added for the
    upper one.
    """
    z = two_sided_quantile(conf_level)

    def limit(responding: float, side: int) -> float:
        spread = sqrt(responding * (patients - responding) / patients + z**2 / 4)
        return (responding + z**2 / 2 + side * z * spread) / (patients + z**2)

    low = limit(responders - correction, -1) if responders else 0.0
    high = limit(responders + correction, 1) if responders < patients else 1.0
    return low, high


def corrected_wilson_limits(responders: float, patients: float, conf_level: float) -> Limits:
    """The same with a continuity correction of half a patient."""
    return wilson_limits(responders, patients, conf_level, correction=0.5)


def _clopper_pearson(responders: float, patients: float, conf_level: float) -> Limits:
    tail = (1 - conf_level) / 2
    others = patients - responders
    low = beta_quantile(tail, responders, others + 1) if responders else 0.0
    high = beta_quantile(1 - tail, responders + 1, others) if others else 1.0
    return low, high


def _jeffreys(responders: float, patients: float, conf_level: float) -> Limits:
    tail = (1 - conf_level) / 2
    shapes = responders + 0.5, patients - responders + 0.5
    low = beta_quantile(tail, *shapes) if responders else 0.0
    high = beta_quantile(1 - tail, *shapes) if responders < patients else 1.0
    return low, high


def _mid_p(responders: float, patients: float, conf_level: float) -> Limits:
    """Rates at which more than was seen, and half of what was seen, have the probability of one tail."""
    twice_the_tail = 1 - conf_level

    def above(logit: float) -> float:
        rate = 1 / (1 + exp(-logit))
        more = binomial_at_least(responders, patients, rate), binomial_at_least(responders + 1, patients, rate)
        return sum(more) - twice_the_tail

    def below(logit: float) -> float:
        rate = 1 / (1 + exp(-logit))
        fewer = binomial_at_most(responders, patients, rate), binomial_at_most(responders - 1, patients, rate)
        return twice_the_tail - sum(fewer)

    low = 1 / (1 + exp(-root_of_increasing(above))) if responders else 0.0
    high = 1 / (1 + exp(-root_of_increasing(below))) if responders < patients else 1.0
    return low, high


def _agresti_coull(responders: float, patients: float, conf_level: float) -> Limits:
    added = two_sided_quantile(conf_level) ** 2
    return _wald(responders + added / 2, patients + added, conf_level)


def _wald(responders: float, patients: float, conf_level: float) -> Limits:
    rate = responders / patients
    margin = two_sided_quantile(conf_level) * rate_error(responders, patients)
    return max(rate - margin, 0.0), min(rate + margin, 1.0)


INTERVALS: dict[RateMethod, tuple[str, RateLimits]] = {
    "clopper-pearson": ("exact (Clopper-Pearson)", _clopper_pearson),
    "wilson": ("Wilson score", wilson_limits),
    "wilson-cc": ("Wilson score, continuity-corrected,", corrected_wilson_limits),
    "jeffreys": ("Jeffreys", _jeffreys),
    "mid-p": ("exact mid-P", _mid_p),
    "agresti-coull": ("Agresti-Coull", _agresti_coull),
    "wald": ("Wald", _wald),
}
