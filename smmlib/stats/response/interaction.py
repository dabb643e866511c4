"""Whether two arms differ alike in subgroups of patients, as the odds of response tell."""

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.distributions import chi_square_tail, root_of_increasing
from smmlib.stats.response.stratified_tables import StratifiedTables, stratified_tables
from smmlib.stats.results import NOT_ESTIMABLE, HypothesisTest, not_estimable
from smmlib.stats.types import Booleans, ComparedCounts, Floats, Labels


def odds_ratio_interaction_test(
    responded: ArrayLike, in_arm: ArrayLike, subgroup: Labels, *, arm: str, reference: str
) -> HypothesisTest:
    """Likelihood-ratio test of one odds ratio in all subgroups.

    Parameters
    ----------
    responded : array-like of bool, shape (n,)
        Whether each patient responded.
    in_arm : array-like of bool, shape (n,)
        True for patients of the arm, False for those of the reference.
    subgroup : array-like, shape (n,)
        Subgroup of each patient, any labels.
    arm, reference : str
        Labels of the two arms.

    Returns
    -------
    HypothesisTest
        Twice the gain in log-likelihood of a logistic model with the arm, the subgroup and their product over one with
        the arm and the subgroup. `df` is one less than the subgroups that have both arms and in which some, but not
        all, responded: the others tell nothing of an odds ratio. R's `anova` counts them all. Not estimable where fewer
        than two such subgroups are there.

    Raises
    ------
    ValueError
        If the arrays differ in length, hold something else than is said, or an arm has no patients.

    References
    ----------
    .. [1] Agresti (2013), Categorical Data Analysis, sections 6.4 and 6.5.

    Examples
    --------
    In one subgroup 3 of 4 respond in the arm and 1 of 4 in the reference, in the other it is the reverse. By hand: one
    odds ratio in both is 1, and 16 patients at 1/2 against 3/4 and 1/4 make 2 (16 log 2 + 12 log 3/4 + 4 log 1/4).

    >>> from smmlib import odds_ratio_interaction_test
    >>> responded, in_arm = [1, 1, 1, 0, 1, 0, 0, 0] * 2, [1] * 4 + [0] * 8 + [1] * 4
    >>> test = odds_ratio_interaction_test(responded, in_arm, list("aaaaaaaabbbbbbbb"), arm="new", reference="old")
    >>> print(f"{test.statistic:.4f}, {test.df}")
    4.1860, 1
    """
    tables = stratified_tables(responded, in_arm, subgroup, arm, reference, "subgroup")
    counts: ComparedCounts = {"arm": arm, "reference": reference, **tables.counts}
    name = "Logistic model, likelihood-ratio test of arm by subgroup"
    informative = _informative(tables)
    df = int(np.count_nonzero(informative)) - 1
    if df < 1:
        missing = not_estimable(name, "in one subgroup of both arms at most, some but not all patients responded")
        return HypothesisTest(NOT_ESTIMABLE, NOT_ESTIMABLE, 0, **missing, **counts)
    observed, responders = tables.responders[informative], _of_both(tables)[informative]
    margins = tables.patients[informative], tables.reference_patients[informative], responders
    expected = _expected_responders(observed, *margins)
    gain = _log_likelihood(observed, *margins) - _log_likelihood(expected, *margins)
    statistic = max(2 * gain, 0.0)
    return HypothesisTest(statistic, chi_square_tail(statistic, df), df, f"{name}, two-sided", **counts)


def _of_both(tables: StratifiedTables) -> Floats:
    return tables.responders + tables.reference_responders


def _informative(tables: StratifiedTables) -> Booleans:
    return (_of_both(tables) > 0) & (_of_both(tables) < tables.patients_of_both)


def _expected_responders(observed: Floats, patients: Floats, of_reference: Floats, responders: Floats) -> Floats:
    """Responders of the arm in each subgroup under one odds ratio, which makes their sum the observed one.

    The sum rises with the odds ratio from the fewest that there can be to the most, where the ratio is 0 or infinite.
    """
    fewest, most = np.maximum(0, responders - of_reference), np.minimum(patients, responders)
    total = observed.sum()
    if total <= fewest.sum():
        return fewest
    if total >= most.sum():
        return most

    def at(log_ratio: float) -> Floats:
        return np.clip(_of_ratio(np.exp(log_ratio), patients, of_reference, responders), fewest, most)

    return at(root_of_increasing(lambda log_ratio: float(at(log_ratio).sum() - total)))


def _of_ratio(ratio: float, patients: Floats, of_reference: Floats, responders: Floats) -> Floats:
    """The x with x (r - t + x) = ratio (p - x)(t - x), for p and r patients and t responders: a root of a quadratic.

    (ratio - 1) x² - b x + c = 0 with b = ratio (p + t) + r - t and c = ratio p t, by the form that does not cancel.
    """
    linear = ratio * (patients + responders) + of_reference - responders
    constant = ratio * patients * responders
    root = np.sqrt(np.maximum(linear**2 - 4 * (ratio - 1) * constant, 0))
    positive = linear > 0
    half = (linear + np.where(positive, root, -root)) / 2
    return np.where(positive, constant, half) / np.where(positive, half, ratio - 1)


def _log_likelihood(in_arm: Floats, patients: Floats, of_reference: Floats, responders: Floats) -> float:
    """Of all responses, where so many in the arm respond and the others in the reference."""
    return _binomial(in_arm, patients) + _binomial(responders - in_arm, of_reference)


def _binomial(responders: Floats, patients: Floats) -> float:
    from scipy.special import xlogy

    others = patients - responders
    return float(np.sum(xlogy(responders, responders / patients) + xlogy(others, others / patients)))
