"""Mean and variance of measurements that are known to be numbers."""

import numpy as np

from smmlib.stats.results import NOT_ESTIMABLE


def mean_and_variance(known: np.ndarray) -> tuple[float, float]:
    """Mean, and variance with n - 1 in the denominator.

    Parameters
    ----------
    known : ndarray, shape (n,)
        Finite numbers.

    Returns
    -------
    mean, variance : float
        NaN where there are too few values. Of values that are all the same, the variance is 0 without rounding.
    """
    if not len(known):
        return NOT_ESTIMABLE, NOT_ESTIMABLE
    if known.min() == known.max():
        return float(known[0]), 0.0 if len(known) > 1 else NOT_ESTIMABLE
    return float(known.mean()), float(known.var(ddof=1))
