"""Distributions, by scipy, which is imported at the first use: its import takes longer than everything else here."""

import sys
from collections.abc import Callable

import numpy as np

from smmlib.stats.response.two_by_two import TwoByTwo
from smmlib.stats.types import RateAlternative

SMALLEST_NORMAL = sys.float_info.min
# The finest that brentq takes.
FINEST_RTOL = 4 * sys.float_info.epsilon
LARGEST_NUMBER_OF_STEPS = 1000


def two_sided_quantile(conf_level: float) -> float:
    """Normal quantile z with which value - z and value + z leave 1 - `conf_level` outside: 1.96 for 0.95."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + conf_level / 2))


def student_quantile(conf_level: float, df: float) -> float:
    """Quantile of Student's t as `two_sided_quantile` of the normal distribution, which it is at infinite `df`."""
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.5 + conf_level / 2))


def two_sided_student_tail(statistic: float, df: float) -> float:
    """Probability of a t further from zero, either way, accurate where it is tiny."""
    from scipy.special import stdtr

    return 2 * float(stdtr(df, -abs(statistic)))


def chi_square_tail(statistic: float, df: float) -> float:
    """Probability of a larger chi-square, accurate where it is tiny."""
    from scipy.special import chdtrc

    return float(chdtrc(df, statistic))


def beta_quantile(probability: float, first: float, second: float) -> float:
    """Quantile of the beta distribution with two shape parameters."""
    from scipy.special import betaincinv

    return float(betaincinv(first, second, probability))


def gamma_quantile(probability: float, shape: float) -> float:
    """Quantile of the gamma distribution with a scale of 1."""
    from scipy.special import gammaincinv

    return float(gammaincinv(shape, probability))


def gamma_upper_quantile(probability: float, shape: float) -> float:
    """The value above which the gamma distribution with a scale of 1 has this probability."""
    from scipy.special import gammainccinv

    return float(gammainccinv(shape, probability))


def binomial_at_least(count: float, trials: float, rate: float) -> float:
    """Probability of `count` or more successes."""
    from scipy.special import betainc

    if count <= 0:
        return 1.0
    return float(betainc(count, trials - count + 1, rate)) if count <= trials else 0.0


def binomial_at_most(count: float, trials: float, rate: float) -> float:
    """Probability of `count` or fewer successes, accurate where it is tiny."""
    from scipy.special import betaincc

    if count >= trials:
        return 1.0
    return float(betaincc(count + 1, trials - count, rate)) if count >= 0 else 0.0


def fisher_p_value(table: TwoByTwo, alternative: RateAlternative = "two-sided") -> float:
    """P value of Fisher's exact test, two-sided or for fewer or more responders in the arm, of a `TwoByTwo`."""
    from scipy.stats import fisher_exact

    rows = np.array([[table.responders, table.others], [table.reference_responders, table.reference_others]])
    return float(fisher_exact(rows, alternative=alternative).pvalue)


def root_of_increasing(function: Callable[[float], float]) -> float:
    """The real number at which an increasing function is zero, to the last digits; it must have one."""
    from scipy.optimize import brentq

    low, high = -1.0, 1.0
    while function(low) > 0:
        low *= 2
    while function(high) < 0:
        high *= 2
    return brentq(function, low, high, xtol=SMALLEST_NORMAL, rtol=FINEST_RTOL, maxiter=LARGEST_NUMBER_OF_STEPS)
