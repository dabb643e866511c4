"""A measurement in some patients: its mean and spread, its quartiles, its smallest and its largest value."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.baseline.moments import mean_and_variance
from smmlib.stats.checks import check_measurements
from smmlib.stats.results import NOT_ESTIMABLE

METHOD = "Mean, standard deviation, and quartiles that average the two values at a step (type 2 of R, PCTLDEF=5 of SAS)"


@dataclass(frozen=True)
class SummaryStatistics:
    """A measurement in some patients, summarised.

    Attributes
    ----------
    n, missing : int
        Patients with a value, and without one.
    mean, std_dev : float
        NaN without a value; the standard deviation, with n - 1 in the denominator, also with one value alone.
    minimum, lower_quartile, median, upper_quartile, maximum : float
        NaN without a value.
    unit, arm : str
        As asked for.
    method : str
        One sentence.
    """

    n: int
    missing: int
    mean: float
    std_dev: float
    minimum: float
    lower_quartile: float
    median: float
    upper_quartile: float
    maximum: float
    unit: str
    arm: str
    method: str


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
