"""A measurement in some patients: its mean and spread, its quartiles, its smallest and its largest value."""

import math

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.baseline.moments import mean_and_variance
from smmlib.stats.checks import check_measurements
from smmlib.stats.results import NOT_ESTIMABLE, SummaryStatistics

METHOD = "Mean, standard deviation, and quartiles that average the two values at a step (type 2 of R, PCTLDEF=5 of SAS)"


def summary_statistics(values: ArrayLike, *, unit: str = "", arm: str = "") -> SummaryStatistics:
    """Summary of a measurement in some patients.

    Parameters
    ----------
    values : array-like, shape (n,)
        One value a patient, of either sign; NaN, None or pandas' NA where it is missing.
    unit : str
        Unit of the values; it travels with the result.
    arm : str
        Name of the arm; empty for patients of all arms.

    Returns
    -------
    SummaryStatistics
        The quartiles are those of SAS: where n p is a whole number k, the mean of the k-th and the next value, else
        the next value. R gives them with `quantile(type = 2)`; its default, type 7, interpolates.

    Raises
    ------
    ValueError
        If a value is infinite, or no number and not missing.

    References
    ----------
    .. [1] Hyndman & Fan (1996), Am Stat 50:361-365, definition 2.

    Examples
    --------
    Of the ages 58, 61, 64, 70 and 72 the mean is 65, the variance (49 + 16 + 1 + 25 + 49) / 4, the lower quartile the
    second.

    >>> from smmlib import summary_statistics
    >>> ages = summary_statistics([64, 72, None, 58, 70, 61], unit="years")
    >>> ages.n, ages.missing, ages.mean, round(ages.std_dev**2, 9), ages.lower_quartile
    (5, 1, 65.0, 35.0, 61.0)
    """
    given = check_measurements(values, "values")
    known = np.sort(given[~np.isnan(given)])
    mean, variance = mean_and_variance(known)
    quartiles = [_quantile(known, quarters) for quarters in (1, 2, 3)]
    return SummaryStatistics(
        n=len(known),
        missing=len(given) - len(known),
        mean=mean,
        std_dev=math.sqrt(variance),
        minimum=float(known[0]) if len(known) else NOT_ESTIMABLE,
        lower_quartile=quartiles[0],
        median=quartiles[1],
        upper_quartile=quartiles[2],
        maximum=float(known[-1]) if len(known) else NOT_ESTIMABLE,
        unit=unit,
        arm=arm,
        method=METHOD,
    )


def _quantile(ordered: np.ndarray, quarters: int) -> float:
    """A quartile of ordered values; the rank is counted in whole quarters, so that no step is missed by rounding."""
    if not len(ordered):
        return NOT_ESTIMABLE
    whole, rest = divmod(len(ordered) * quarters, 4)
    if rest:
        return float(ordered[whole])
    return float((ordered[whole - 1] + ordered[whole]) / 2)
