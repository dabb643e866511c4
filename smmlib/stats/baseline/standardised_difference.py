"""How far apart two arms are at baseline, in standard deviations: a measure of size, not of chance.

Direction is always arm - reference.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.baseline.level_counts import check_level_counts
from smmlib.stats.baseline.moments import mean_and_variance
from smmlib.stats.checks import check_measurements
from smmlib.stats.results import NOT_ESTIMABLE, Estimate, not_estimable, sentence

UNIT = "standard deviations"
OF_MEANS = "Standardised difference of means, by the root of the mean of the two variances"
OF_LEVELS = "Standardised difference of proportions, by the Mahalanobis distance of Yang & Dalton"


def standardised_mean_difference(
    values: ArrayLike, reference_values: ArrayLike, *, arm: str = "", reference: str = ""
) -> Estimate:
    """Difference of two means in standard deviations, arm - reference.

    Parameters
    ----------
    values, reference_values : array-like, shapes (n,) and (m,)
        One value a patient of the arm, and of the reference; NaN, None or pandas' NA where it is missing.
    arm, reference : str
        Names of the two arms; they travel with the result.

    Returns
    -------
    Estimate
        Of the patients with a value, without limits. The standard deviation is the root of the mean of the two
        variances. Not estimable where an arm has fewer than two values, or different means and no variance.

    Raises
    ------
    ValueError
        If a value is infinite, or no number and not missing.

    References
    ----------
    .. [1] Austin (2009), Stat Med 28:3083-3107, section 2.1.

    Examples
    --------
    Means of 2 and 4, variances of 1 and 4: -2 over the root of 2.5.

    >>> from smmlib import standardised_mean_difference
    >>> round(standardised_mean_difference([1, 2, 3], [2, 4, 6], arm="Rd", reference="observation").value, 6)
    -1.264911
    """
    arms = [_known(values, "values"), _known(reference_values, "reference_values")]
    about: dict[str, Any] = {"unit": UNIT, "arm": arm, "reference": reference, "events": NOT_ESTIMABLE}
    about["n"] = sum(map(len, arms))
    if any(len(of_arm) < 2 for of_arm in arms):
        alone = (arm, reference)[[len(of_arm) < 2 for of_arm in arms].index(True)]
        return Estimate(NOT_ESTIMABLE, **not_estimable(OF_MEANS, f"arm {alone!r} has fewer than two values"), **about)
    (mean, variance), (reference_mean, reference_variance) = map(mean_and_variance, arms)
    difference, std_dev = mean - reference_mean, math.sqrt((variance + reference_variance) / 2)
    if std_dev == 0 and difference != 0:
        return Estimate(NOT_ESTIMABLE, **not_estimable(OF_MEANS, "all values of an arm are the same"), **about)
    return Estimate(difference / std_dev if std_dev else 0.0, **sentence(OF_MEANS), **about)


def multinomial_standardised_difference(
    patients: ArrayLike, reference_patients: ArrayLike, *, arm: str = "", reference: str = ""
) -> Estimate:
    """Distance of the proportions of two arms in all levels of a category, in standard deviations.

    Parameters
    ----------
    patients, reference_patients : array-like of int, shape (k,)
        Patients in each level, of the arm and of the reference, in one order.
    arm, reference : str
        Names of the two arms; they travel with the result.

    Returns
    -------
    Estimate
        Never negative, without limits. With two levels it is the difference of the two proportions, whichever way,
        by the root of the mean of their variances. Not estimable where an arm has no patients, or where no level has
        patients of both.

    Raises
    ------
    ValueError
        If a count is not whole or negative, or the arms have not as many levels.

    References
    ----------
    .. [1] Yang & Dalton (2012), SAS Global Forum, paper 335.

    Examples
    --------
    Three of ten and five of ten women: 0.2 over the root of (0.21 + 0.25) / 2.

    >>> from smmlib import multinomial_standardised_difference
    >>> women_and_men, reference = [3, 7], [5, 5]
    >>> round(multinomial_standardised_difference(women_and_men, reference).value, 6)
    0.417029
    """
    counts, reference_counts = check_level_counts(patients, reference_patients)
    about: dict[str, Any] = {"unit": UNIT, "arm": arm, "reference": reference, "events": NOT_ESTIMABLE}
    about["n"] = int(counts.sum() + reference_counts.sum())
    why = _why_no_distance(counts, reference_counts, arm, reference)
    if why:
        return Estimate(NOT_ESTIMABLE, **not_estimable(OF_LEVELS, why), **about)
    occurs = counts + reference_counts > 0
    rates, reference_rates = counts[occurs] / counts.sum(), reference_counts[occurs] / reference_counts.sum()
    return Estimate(_distance(rates, reference_rates), **sentence(OF_LEVELS), **about)


def _known(values: ArrayLike, name: str) -> np.ndarray:
    given = check_measurements(values, name)
    return given[~np.isnan(given)]


def _why_no_distance(counts: np.ndarray, reference_counts: np.ndarray, arm: str, reference: str) -> str:
    """Without a level that both arms have, the variances are none in the direction of the difference."""
    if not (counts.sum() and reference_counts.sum()):
        return f"arm {arm if not counts.sum() else reference!r} has no patients with a level"
    return "" if ((counts > 0) & (reference_counts > 0)).any() else "no level has patients of both arms"


def _distance(rates: np.ndarray, reference_rates: np.ndarray) -> float:
    """The first level is left out, for it is what the others leave; which one it is makes no difference."""
    difference = (rates - reference_rates)[1:]
    covariance = (_covariance(rates) + _covariance(reference_rates))[1:, 1:] / 2
    return math.sqrt(max(float(difference @ np.linalg.solve(covariance, difference)), 0.0))


def _covariance(rates: np.ndarray) -> np.ndarray:
    return np.diag(rates) - np.outer(rates, rates)
