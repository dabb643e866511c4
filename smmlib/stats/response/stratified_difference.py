"""Response in two arms, stratified: the Mantel-Haenszel difference, arm - reference.

A stratum in which an arm has no patients compares nothing: it does not count, and `method` says so.
"""

from collections.abc import Callable
from math import exp, sqrt

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.checks import check_conf_level
from smmlib.stats.distributions import root_of_increasing, two_sided_quantile
from smmlib.stats.response.rate import NO_WIDTH, one_of
from smmlib.stats.response.stratified_tables import NOTHING_COMPARED, StratifiedTables, stratified_tables
from smmlib.stats.results import NOT_ESTIMABLE, Estimate, not_estimable, percent, sentence
from smmlib.stats.types import ComparedCountsInUnit, Floats, Labels, Limits, StratifiedMethod

# Each halves the interval that holds a rate, to below the rounding error of a number between 0 and 1.
HALVINGS = 60


def stratified_rate_difference(
    responded: ArrayLike,
    in_arm: ArrayLike,
    strata: Labels,
    *,
    arm: str,
    reference: str,
    method: StratifiedMethod = "mantel-haenszel",
    conf_level: float = 0.95,
) -> Estimate:
    """Mantel-Haenszel difference of response rates, arm - reference, with its interval.

    Parameters
    ----------
    responded : array-like, shape (n,)
        True or 1 for patients who responded, False or 0 for the others.
    in_arm : array-like, shape (n,)
        True or 1 for patients of `arm`, False or 0 for those of `reference`.
    strata : array-like, shape (n,)
        Stratum of each patient, any labels.
    arm, reference : str
        Names of the two arms.
    method : {"mantel-haenszel", "miettinen-nurminen"}
        Interval, in this order: normal, with Sato's variance; stratified score, with the same Mantel-Haenszel weights
        n1 n0 / (n1 + n0) and the factor N / (N - 1) in each stratum.
    conf_level : float
        Two-sided confidence level.

    Returns
    -------
    Estimate
        A difference of proportions, with limits cut at -1 and 1. `std_error` is by Sato's variance, whatever the
        interval. Not estimable when no stratum has patients of both arms.

    Raises
    ------
    ValueError
        If the arrays differ in length, `responded` or `in_arm` holds anything but True and False or 1 and 0, a
        patient has no stratum, an arm is empty, the arms have the same name, `method` is unknown, or `conf_level` is
        not between 0 and 1.

    References
    ----------
    .. [1] Mantel & Haenszel (1959), J Natl Cancer Inst 22:719-748.
    .. [2] Sato (1989), Biometrics 45:1323-1324; the formula is in SAS/STAT User's Guide, PROC FREQ, "Common Risk
       Difference".
    .. [3] Miettinen & Nurminen (1985), Stat Med 4:213-226; with these weights as in lrstat's `mnRiskDiffCI`.

    Examples
    --------
    In each of two strata, two of three respond in the arm and one of three in the reference: 2/3 - 1/3 by hand.

    >>> from smmlib import stratified_rate_difference
    >>> responded, in_arm, strata = [1, 1, 0, 1, 0, 0] * 2, [1, 1, 1, 0, 0, 0] * 2, list("aaaaaabbbbbb")
    >>> difference = stratified_rate_difference(responded, in_arm, strata, arm="new", reference="old")
    >>> print(f"{difference.value:.4f}")
    0.3333
    """
    tables = stratified_tables(responded, in_arm, strata, arm, reference)
    name, limits = one_of(INTERVALS, method)
    measure = f"Mantel-Haenszel difference of proportions in {tables.in_words}"
    common: ComparedCountsInUnit = {
        "unit": "difference of proportions",
        "arm": arm,
        "reference": reference,
        **tables.counts,
    }
    conf_level = check_conf_level(conf_level)
    if tables.is_empty:
        return Estimate(NOT_ESTIMABLE, **not_estimable(measure, NOTHING_COMPARED, tables.from_data), **common)
    low, high = limits(tables, conf_level)
    words, narrow = f"{measure}, {name} {percent(conf_level)} interval", NO_WIDTH if low == high else ""
    return Estimate(
        value=_difference(tables),
        low=max(float(low), -1.0),
        high=min(float(high), 1.0),
        conf_level=conf_level,
        std_error=_sato_error(tables),
        **sentence(words, narrow, within=tables.from_data),
        **common,
    )


def _difference(tables: StratifiedTables) -> float:
    """Weighted mean of the differences of the strata."""
    cross = tables.responders * tables.reference_patients - tables.reference_responders * tables.patients
    return float((cross / tables.patients_of_both).sum() / tables.weights.sum())


def _sato_error(tables: StratifiedTables) -> float:
    n, n0, total = tables.patients, tables.reference_patients, tables.patients_of_both
    skew = (n**2 * tables.reference_responders - n0**2 * tables.responders + n * n0 * (n0 - n) / 2) / total**2
    discordant = tables.responders * tables.reference_others + tables.reference_responders * tables.others
    variance = _difference(tables) * skew.sum() + (discordant / (2 * total)).sum()
    # Rounding may leave a variance of zero a little below it.
    return sqrt(max(variance, 0.0)) / float(tables.weights.sum())


def _sato_limits(tables: StratifiedTables, conf_level: float) -> Limits:
    difference, margin = _difference(tables), two_sided_quantile(conf_level) * _sato_error(tables)
    return difference - margin, difference + margin


def _score_limits(tables: StratifiedTables, conf_level: float) -> Limits:
    return -_highest_difference(tables.swapped(), conf_level), _highest_difference(tables, conf_level)


def _highest_difference(tables: StratifiedTables, conf_level: float) -> float:
    """Difference above the observed one at which the stratified score statistic is the normal quantile."""
    observed, weights, z = _difference(tables), tables.weights, two_sided_quantile(conf_level)
    if observed == 1:
        return 1.0
    correction = tables.patients_of_both / (tables.patients_of_both - 1)

    def at(logit: float) -> float:
        return observed + (1 - observed) / (1 + exp(-logit))

    def excess(logit: float) -> float:
        rate, reference_rate = _rates_at_difference(tables, at(logit))
        variance = rate * (1 - rate) / tables.patients
        variance += reference_rate * (1 - reference_rate) / tables.reference_patients
        distance = weights.sum() * (1 - observed) / (1 + exp(-logit))
        return distance - z * sqrt((weights**2 * variance * correction).sum())

    return at(root_of_increasing(excess))


def _rates_at_difference(tables: StratifiedTables, difference: float) -> tuple[Floats, Floats]:
    """The most likely rates of each stratum that have this difference.

    The likelihood has one maximum; it is closed in on by halving, because the closed form of its cubic loses half the
    digits where a cell is empty.
    """
    low = np.full(len(tables.patients), max(0.0, -difference))
    high = np.full(len(tables.patients), min(1.0, 1 - difference))
    for _ in range(HALVINGS):
        reference_rate = (low + high) / 2
        rate = reference_rate + difference
        of_arm = (tables.responders - tables.patients * rate) * reference_rate * (1 - reference_rate)
        of_reference = tables.reference_responders - tables.reference_patients * reference_rate
        rises = of_arm + of_reference * rate * (1 - rate) > 0
        low, high = np.where(rises, reference_rate, low), np.where(rises, high, reference_rate)
    reference_rate = (low + high) / 2
    return np.clip(reference_rate + difference, 0, 1), reference_rate


INTERVALS: dict[StratifiedMethod, tuple[str, Callable[[StratifiedTables, float], Limits]]] = {
    "mantel-haenszel": ("Sato variance, normal", _sato_limits),
    "miettinen-nurminen": ("stratified Miettinen-Nurminen score", _score_limits),
}
