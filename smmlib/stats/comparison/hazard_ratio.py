"""The hazard ratio of two arms by Cox's model, its interval and its tests.

Direction is always `arm` relative to `reference`: arm / reference.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.checks import check_choice, check_conf_level
from smmlib.stats.comparison.partial_likelihood import (
    AS_GOOD_AS_INFINITE,
    AnyRiskSets,
    maximum,
    monotone_direction,
    peak_or_end,
    profile_limit,
    risk_sets,
    score_limit,
)
from smmlib.stats.distributions import chi_square_tail, two_sided_quantile
from smmlib.stats.results import NOT_ESTIMABLE, Estimate, HypothesisTest, not_estimable, percent
from smmlib.stats.two_arms import (
    UNCOMPARED,
    counts_of,
    two_arm_table,
)
from smmlib.stats.types import ComparedCounts, CountsOfTest, Interval, Labels, Limits, TestKind, Ties

INTERVALS: dict[Interval, str] = {"wald": "Wald", "profile": "profile-likelihood", "score": "score"}
TESTS: dict[TestKind, str] = {"wald": "Wald test", "score": "score test", "likelihood-ratio": "likelihood-ratio test"}


def hazard_ratio(
    time: ArrayLike,
    event: ArrayLike,
    in_arm: ArrayLike,
    *,
    arm: str,
    reference: str,
    strata: Labels | None = None,
    entry: ArrayLike | None = None,
    ties: Ties = "efron",
    interval: Interval = "wald",
    conf_level: float = 0.95,
) -> Estimate:
    """Hazard ratio of the arm relative to the reference: Cox's proportional hazards model.

    Parameters
    ----------
    time, event, in_arm, arm, reference, strata
        As in `logrank_test`; each stratum has a baseline hazard of its own.
    entry : array-like, shape (n,), optional
        Late entry, as in `kaplan_meier`.
    ties : {"efron", "breslow", "exact"}
        Partial likelihood at tied event times; "exact" is the conditional likelihood that R calls so.
    interval : {"wald", "profile", "score"}
        Whether the limits come from the standard error, the likelihood ratio or the score statistic.
    conf_level : float
        Two-sided confidence level.

    Returns
    -------
    Estimate
        Below 1 where the arm has the lower hazard; `std_error` is that of the logarithm. When only one
        of the arms has events while both are at risk, the partial likelihood has no maximum: the hazard ratio is not
        estimable, and the one limit that exists is given, from the score statistic if that is asked for, otherwise
        from the profile likelihood.

    Raises
    ------
    ValueError
        As `logrank_test`, or if `ties` or `interval` is unknown, or `conf_level` is not between 0 and 1.

    References
    ----------
    .. [1] Cox (1972), J R Stat Soc B 34:187-220.
    .. [2] Efron (1977), J Am Stat Assoc 72:557-565.
    .. [3] Therneau & Grambsch (2000), Modeling Survival Data, sections 3.3 and 3.4.

    Examples
    --------
    Remission in Freireich 1963: R's `coxph` gives 0.2076, with limits of 0.0925 and 0.4659.

    >>> from smmlib import analysis_data, hazard_ratio
    >>> remission = analysis_data("freireich-1963").endpoint("remission")
    >>> in_arm = remission.arm == "6-mp"
    >>> ratio = hazard_ratio(remission.time, remission.event, in_arm, arm="6-MP", reference="placebo")
    >>> print(f"{ratio.value:.4f} ({ratio.low:.4f} to {ratio.high:.4f})")
    0.2076 (0.0925 to 0.4659)
    """
    table = two_arm_table(time, event, in_arm, arm=arm, reference=reference, strata=strata, entry=entry)
    model = cox_model_in_words(ties, strata, entry)
    counts: ComparedCounts = {"arm": arm, "reference": reference, **counts_of(table)}
    return estimate_from(risk_sets(table, ties), model, interval, conf_level, counts)


def estimate_from(
    sets: AnyRiskSets, model: str, interval: Interval, conf_level: float, counts: ComparedCounts
) -> Estimate:
    """Hazard ratio from risk sets.

    Parameters
    ----------
    sets : RiskSets or ExactRiskSets
    model : str
        The model in words.
    interval, conf_level
        As in `hazard_ratio`.
    counts : ComparedCounts
        The arms, patients and events of the Estimate.
    """
    check_choice(interval, INTERVALS, "interval")
    z = two_sided_quantile(check_conf_level(conf_level))
    side = monotone_direction(sets)
    if side is not None:
        return _one_sided_estimate(sets, side, model, interval, conf_level, counts)
    peak = maximum(sets)
    std_error = sets.at(peak)[2] ** -0.5
    low, high = _limits(sets, peak, std_error, interval, z)
    return Estimate(
        value=float(np.exp(peak)),
        low=float(np.exp(low)),
        high=float(np.exp(high)),
        conf_level=float(conf_level),
        std_error=std_error,
        unit="ratio",
        method=f"{model}, {INTERVALS[interval]} {percent(conf_level)} interval",
        **counts,
    )


def hazard_ratio_test(
    time: ArrayLike,
    event: ArrayLike,
    in_arm: ArrayLike,
    *,
    arm: str,
    reference: str,
    kind: TestKind,
    strata: Labels | None = None,
    entry: ArrayLike | None = None,
    ties: Ties = "efron",
) -> HypothesisTest:
    """Test of a hazard ratio of one in Cox's model, by one of its three statistics.

    Parameters
    ----------
    time, event, in_arm, arm, reference, strata, entry, ties
        As in `hazard_ratio`.
    kind : {"wald", "score", "likelihood-ratio"}
        Which statistic. The score test with exact ties is the log-rank test.

    Returns
    -------
    HypothesisTest
        Chi-square on one degree of freedom, two-sided. Where the partial likelihood has no maximum, the Wald test
        is not estimable; the other two are.

    Raises
    ------
    ValueError
        As `hazard_ratio`, or if `kind` is unknown.

    References
    ----------
    .. [1] Therneau & Grambsch (2000), Modeling Survival Data, section 3.4.

    Examples
    --------
    Remission in Freireich 1963: R's `summary(coxph)` gives 14.53, 17.25 and 16.35.

    >>> from smmlib import analysis_data, hazard_ratio_test
    >>> remission = analysis_data("freireich-1963").endpoint("remission")
    >>> columns = remission.time, remission.event, remission.arm == "6-mp"
    >>> for kind in ("wald", "score", "likelihood-ratio"):
    ...     print(f"{hazard_ratio_test(*columns, arm='6-MP', reference='placebo', kind=kind).statistic:.2f}")
    14.53
    17.25
    16.35
    """
    check_choice(kind, TESTS, "kind")
    table = two_arm_table(time, event, in_arm, arm=arm, reference=reference, strata=strata, entry=entry)
    sets = risk_sets(table, ties)
    method = f"{cox_model_in_words(ties, strata, entry)}, {TESTS[kind]}, two-sided"
    result: CountsOfTest = {"df": 1, "arm": arm, "reference": reference, **counts_of(table)}
    side = monotone_direction(sets)
    if side == 0 or (side is not None and kind == "wald"):
        missing = not_estimable(method, _why_one_sided(side, arm, reference))
        return HypothesisTest(NOT_ESTIMABLE, NOT_ESTIMABLE, **missing, **result)
    statistic = _statistic(sets, peak_or_end(sets), kind)
    return HypothesisTest(statistic, chi_square_tail(statistic, 1), method=method, **result)


def cox_model_in_words(ties: Ties, strata: object, entry: object, covariates: Sequence[str] = ()) -> str:
    """The model as a methods section names it, from the arguments used; without covariates it is of the arm."""
    of = f" of {', '.join(covariates)}" if covariates else ""
    stratified, late = ", stratified" if strata is not None else "", ", late entry" if entry is not None else ""
    return f"Cox model{of}, {ties.capitalize()} ties{stratified}{late}"


def _limits(sets: AnyRiskSets, peak: float, std_error: float, interval: Interval, z: float) -> Limits:
    """Limits of the coefficient."""
    if interval == "wald":
        return peak - z * std_error, peak + z * std_error
    limit = profile_limit if interval == "profile" else score_limit
    return limit(sets, peak, -1, z), limit(sets, peak, 1, z)


def _one_sided_estimate(
    sets: AnyRiskSets, side: int, model: str, interval: Interval, conf_level: float, counts: ComparedCounts
) -> Estimate:
    """A hazard ratio without a maximum, the reason in words, and the limit that exists, if one does."""
    missing = not_estimable(model, _why_one_sided(side, counts["arm"], counts["reference"]))
    if side == 0:
        return Estimate(NOT_ESTIMABLE, unit="ratio", **missing, **counts)
    limit, name = (score_limit, "score") if interval == "score" else (profile_limit, INTERVALS["profile"])
    bound = float(np.exp(limit(sets, side * AS_GOOD_AS_INFINITE, -side, two_sided_quantile(conf_level))))
    which = "upper" if side < 0 else "lower"
    return Estimate(
        value=NOT_ESTIMABLE,
        low=bound if side > 0 else NOT_ESTIMABLE,
        high=bound if side < 0 else NOT_ESTIMABLE,
        conf_level=float(conf_level),
        unit="ratio",
        method=f"{missing['method']}; {which} limit of the {name} {percent(conf_level)} interval",
        from_data=missing["from_data"],
        **counts,
    )


def _why_one_sided(side: int, arm: str, reference: str) -> str:
    if side == 0:
        return UNCOMPARED
    without = arm if side < 0 else reference
    return f"no event in arm {without!r} while patients of both arms were at risk"


def _statistic(sets: AnyRiskSets, peak: float, kind: TestKind) -> float:
    """One of the three chi-square statistics, with the coefficient at its maximum."""
    if kind == "wald":
        return peak**2 * sets.at(peak)[2]
    at_zero, slope, information = sets.at(0.0)
    if kind == "score":
        return slope**2 / information
    return max(2 * (sets.at(peak)[0] - at_zero), 0.0)
