"""How far from independent may censoring be before the result of a trial tips over."""

from dataclasses import dataclass
from math import isnan, log

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.checks import (
    check_indicator,
    check_landmark,
    check_positive,
    check_same_order,
    check_strata,
    check_times,
    check_whole,
)
from smmlib.stats.comparison.hazard_ratio import cox_model_in_words, hazard_ratio
from smmlib.stats.counts import check_most
from smmlib.stats.event_table import merge_ties
from smmlib.stats.results import NOT_ESTIMABLE, Estimate, TippingPoint, not_estimable, percent, sentence
from smmlib.stats.robustness.imputation import Imputation, combined, completed, draw
from smmlib.stats.types import Arms, Booleans, ComparedCountsInUnit, Floats, Integers, Labels

MOST_IMPUTATIONS, MOST_DRAWN = 100_000, 100_000_000
INSTEAD = "some hundred are enough, for the error of simulation is then far below the standard error"
"""Each imputation draws for every patient, and fits a model."""


def tipping_point(
    time: ArrayLike,
    event: ArrayLike,
    in_arm: ArrayLike,
    deltas: ArrayLike,
    *,
    arm: str,
    reference: str,
    followed_until: ArrayLike,
    imputations: int,
    seed: int,
    strata: Labels | None = None,
    conf_level: float = 0.95,
) -> TippingPoint:
    """Hazard ratio were the hazard of the arm's patients multiplied by each of `deltas` after they were censored.

    For patients of the arm who are censored before the end of follow-up, the event is imputed at a time after
    censoring at which the arm had events. With S the Kaplan-Meier curve of the arm, S(t | censored at c) is
    (S(t) / S(c)) to the power delta. Patients who have not had the event by the end of follow-up are censored there,
    even where the curve ends earlier. The curve is that of the whole arm, even when the analysis is stratified.
    Patients of the reference stay as they are: their censoring is taken as independent. Each completed data set gives
    a hazard ratio (Cox's model, Efron ties); their logarithms are combined by Rubin's rules.

    Parameters
    ----------
    time, event, in_arm, arm, reference, strata
        As in `logrank_test`.
    deltas : array-like, shape (k,)
        Factors of the hazard after censoring, above zero: at 1 censoring is independent; above 1, patients do worse
        after censoring than those who stay in the trial.
    followed_until : float or array-like, shape (n,)
        Time at which the end of the trial censored, or would have censored, all patients or each one, in the unit of
        `time`. Patients censored then or later are not imputed.
    imputations : int
        Number of completed data sets, at least 2 and at most 100,000; fewer with more than 1,000 patients.
    seed : int
        Seed of the random numbers, which are the same for all deltas and for any order of the patients.
    conf_level : float
        Two-sided confidence level.

    Returns
    -------
    TippingPoint
        A hazard ratio for each delta. The tipping delta is the smallest of `deltas` at which the upper confidence
        limit is 1 or more, or NaN when there is none; it is meant for an arm that does better at a delta of 1.

    Raises
    ------
    ValueError
        As `hazard_ratio`, or if a delta is not above zero, an end of follow-up is negative or missing, `imputations`
        is out of range, or `seed` is not a whole number, zero or more.

    References
    ----------
    .. [1] Jackson, White, Seaman et al. (2014), Stat Med 33:4681-4694.
    .. [2] Lipkovich, Ratitch & O'Kelly (2016), Pharm Stat 15:216-229.

    Examples
    --------
    Remission in Freireich 1963, followed for 35 weeks. Even were every child who was censored on 6-mercaptopurine to
    relapse at the next relapse of that arm, the result would not tip. The same imputation, written in R with other
    random numbers, gives 0.20 and 0.31.

    >>> from smmlib import analysis_data, tipping_point
    >>> remission = analysis_data("freireich-1963").endpoint("remission")
    >>> columns = remission.time, remission.event, remission.arm == "6-mp"
    >>> how = {"followed_until": 35, "imputations": 20, "seed": 1}
    >>> found = tipping_point(*columns, [1, 1000], arm="6-MP", reference="placebo", **how)
    >>> print([f"{ratio.value:.1f}" for ratio in found.hazard_ratios], found.tipping_delta)
    ['0.2', '0.3'] nan
    """
    factors: list[float] = check_positive(deltas, "deltas").tolist()
    trial = _checked(time, event, in_arm, arm, reference, followed_until, imputations, seed, strata, conf_level)
    drawn = _drawn(trial, trial.in_arm)
    ratios = tuple(_pooled(trial, drawn, delta, f"their hazard multiplied by {delta:.10g}") for delta in factors)
    tipped = [delta for delta, ratio in zip(factors, ratios, strict=True) if ratio.high >= 1]
    return TippingPoint(
        deltas=tuple(factors),
        hazard_ratios=ratios,
        tipping_delta=min(tipped, default=NOT_ESTIMABLE),
        imputations=trial.imputations,
        seed=trial.seed,
        method=f"{_in_words(trial, drawn, 'their hazard multiplied by a factor')}; the smallest factor at which the "
        f"upper limit reaches 1{'' if tipped else ': none of those tried'}",
    )


def reference_based_hazard_ratio(
    time: ArrayLike,
    event: ArrayLike,
    in_arm: ArrayLike,
    *,
    arm: str,
    reference: str,
    followed_until: ArrayLike,
    imputations: int,
    seed: int,
    strata: Labels | None = None,
    conf_level: float = 0.95,
) -> Estimate:
    """Hazard ratio were the arm's patients to have the hazard of the reference after they were censored.

    "Jump to reference": as `tipping_point`, with the Kaplan-Meier curve of the reference in place of the arm's, and no
    factor. By Rubin's rules the interval is at least as wide as without imputation, which reflects the information
    lost, and wider than the spread of the estimate over repeated trials.

    Parameters
    ----------
    time, event, in_arm, arm, reference, followed_until, imputations, seed, strata, conf_level
        As in `tipping_point`.

    Returns
    -------
    Estimate
        `std_error` is that of the logarithm; `n` and `events` are those observed.

    Raises
    ------
    ValueError
        As `tipping_point`.

    References
    ----------
    .. [1] Lipkovich, Ratitch & O'Kelly (2016), Pharm Stat 15:216-229.
    .. [2] Atkinson, Kenward, Clayton & Carpenter (2019), Pharm Stat 18:645-658.

    Examples
    --------
    By hand: the only event of the reference is at 10, so that the patient of the arm who was censored at 4 has the
    event then. With events at 7 and 10 in the arm, 2 = 2r/(2r + 1) + 2r/(r + 1) by Efron's rule, at the golden ratio.

    >>> from smmlib import reference_based_hazard_ratio
    >>> time, event, in_arm = [4, 7, 10], [0, 1, 1], [1, 1, 0]
    >>> how = {"followed_until": 30, "imputations": 5, "seed": 1}
    >>> ratio = reference_based_hazard_ratio(time, event, in_arm, arm="new", reference="old", **how)
    >>> print(f"{ratio.value:.3f}")
    1.618
    """
    trial = _checked(time, event, in_arm, arm, reference, followed_until, imputations, seed, strata, conf_level)
    return _pooled(trial, _drawn(trial, ~trial.in_arm), 1.0, f"the hazard of arm {reference!r}")


@dataclass(frozen=True, eq=False)
class _Trial:
    """The arguments, checked; strata as numbers, None without. `observed` is the hazard ratio without imputation."""

    time: Floats
    event: Booleans
    in_arm: Booleans
    stratum: Integers | None
    followed_until: Floats
    imputations: int
    seed: int
    observed: Estimate
    conf_level: float


def _checked(
    time: ArrayLike,
    event: ArrayLike,
    in_arm: ArrayLike,
    arm: str,
    reference: str,
    followed_until: ArrayLike,
    imputations: int,
    seed: int,
    strata: Labels | None,
    conf_level: float,
) -> _Trial:
    names: Arms = {"arm": arm, "reference": reference}
    observed = hazard_ratio(time, event, in_arm, strata=strata, conf_level=conf_level, **names)  # which checks them
    columns = {"event": event, "in_arm": in_arm, "strata": strata, "followed_until": followed_until}
    check_same_order({"time": time, **columns})
    time = check_times(time)
    merged = merge_ties(np.concatenate([time, _check_followed_until(followed_until, len(time))]))
    check_whole(imputations, "imputations", 2)
    check_most(imputations, "imputations", min(MOST_IMPUTATIONS, MOST_DRAWN // len(time)), INSTEAD)
    check_whole(seed, "seed", 0)
    return _Trial(
        time=merged[: len(time)],
        event=check_indicator(event, "event", len(time)),
        in_arm=check_indicator(in_arm, "in_arm", len(time)),
        stratum=None if strata is None else check_strata(strata, len(time)),
        followed_until=merged[len(time) :],
        imputations=int(imputations),
        seed=int(seed),
        observed=observed,
        conf_level=float(conf_level),
    )


def _check_followed_until(followed_until: ArrayLike, length: int) -> Floats:
    """The end of follow-up of each patient."""
    if np.ndim(followed_until) == 0:
        return np.full(length, check_landmark(followed_until, "followed_until", "the end of follow-up"))
    values = check_times(followed_until, "followed_until")
    if len(values) != length:
        raise ValueError(
            f"followed_until has shape {values.shape}, but time has {length} patients: "
            "give one value a patient, or one for all."
        )
    return values


def _drawn(trial: _Trial, of_group: Booleans) -> Imputation:
    """The random part, of the patients of the arm who were censored early, by the curve of a group."""
    early = trial.in_arm & ~trial.event & (trial.time < trial.followed_until)
    # An order that does not depend on that of the rows; who is alike in all of this may be exchanged.
    stratum = np.zeros(len(trial.time)) if trial.stratum is None else trial.stratum
    order = np.lexsort((stratum, trial.followed_until, trial.event, trial.time))
    group, patients = order[of_group[order]], order[early[order]]
    return draw(trial.time, trial.event, group, patients, trial.followed_until, trial.imputations, trial.seed)


def _pooled(trial: _Trial, drawn: Imputation, factor: float, assumed: str) -> Estimate:
    """The hazard ratios of the completed data sets, combined."""
    observed = trial.observed
    names: Arms = {"arm": observed.arm, "reference": observed.reference}
    ratios = [
        hazard_ratio(time, event, trial.in_arm, strata=trial.stratum, **names)
        for time, event in completed(drawn, factor, trial.time, trial.event)
    ]
    method, within = _in_words(trial, drawn, assumed), (_how_many(drawn),)
    result: ComparedCountsInUnit = {"unit": "ratio", "n": observed.n, "events": observed.events, **names}
    without = [ratio for ratio in ratios if isnan(ratio.value)]
    if without:
        reason = f"{len(without)} of the completed data sets have no hazard ratio ({without[0].method})"
        return Estimate(NOT_ESTIMABLE, **not_estimable(method, reason, within), **result)
    value, std_error, low, high = combined(
        [log(ratio.value) for ratio in ratios], [ratio.std_error for ratio in ratios], trial.conf_level
    )
    value, low, high = (float(number) for number in np.exp([value, low, high]))
    return Estimate(value, low, high, trial.conf_level, std_error, **sentence(method, within=within), **result)


def _in_words(trial: _Trial, drawn: Imputation, assumed: str) -> str:
    """What was imputed, how, and how it was analysed."""
    model = cox_model_in_words("efron", trial.stratum, None)
    return (
        f"Multiple imputation of those of arm {trial.observed.arm!r} censored before the end of follow-up"
        f"{_how_many(drawn)}, with {assumed} from then on: {trial.imputations} imputations from the Kaplan-Meier "
        f"curve, approximate Bayesian bootstrap, seed {trial.seed}; {model}, Rubin's rules, "
        f"{percent(trial.conf_level)} interval"
    )


def _how_many(drawn: Imputation) -> str:
    """How many patients have imputed times: what of the sentence comes from the data."""
    return f" ({len(drawn.patients)})"
