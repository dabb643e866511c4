"""Comparisons beyond the log-rank test and the hazard ratio: of all arms at once, and those that a protocol declares.

They are made within strata where the primary test is: weighted tests, periods and the test of proportional hazards ask
how far the primary result can be relied on.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from smmlib.analysis.keys import TIME_TO_EVENT as SECTION
from smmlib.analysis.keys import Key, Numbers
from smmlib.stats.comparison.k_sample import k_sample_logrank_test, trend_logrank_test
from smmlib.stats.comparison.subgroups import piecewise_hazard_ratios
from smmlib.stats.comparison.weighted import maxcombo_test, weighted_logrank_test
from smmlib.stats.comparison.weightings import FlemingHarrington
from smmlib.stats.cox.model import cox_regression
from smmlib.stats.cox.proportional_hazards import proportional_hazards_test
from smmlib.stats.results import SurvivalCurve
from smmlib.stats.survival.restricted_mean import (
    restricted_mean_difference,
    restricted_mean_ratio,
    restricted_mean_survival,
)
from smmlib.stats.types import Arms
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.parameters.analysis_plan import Analysis
from smmlib.trial.parameters.arms import Arm
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present

SEVERAL = 3
"""Arms from which on all are compared at once."""
Curves = dict[str, SurvivalCurve]
About = tuple[str, str, str]
"""Ids of the endpoint, of the arm and of the reference."""


def possible_keys(study: Study, endpoint: str) -> Iterator[Key]:
    """Keys that the numbers of an endpoint can have beyond those that every endpoint has."""
    yield from keys_of_all_arms(study, endpoint)
    yield from keys_of_restricted_means(study, endpoint)
    for arm, reference in study.arms.pairs:
        yield from _keys_of_pair(study, (endpoint, arm.id, reference.id))


def keys_of_all_arms(study: Study, endpoint: str) -> Iterator[Key]:
    """Keys of the tests of all arms at once, where there are three or more."""
    if len(study.arms.levels) < SEVERAL or not study.arms.pairs:
        return
    measures = ["overall_logrank"] + ["trend_logrank"] * bool(study.analysis_of(endpoint).trend_scores)
    for measure in measures:
        for variant in ("", "stratified") if study.strata else ("",):
            yield Key(SECTION, measure, endpoint, variant=variant)


def keys_of_restricted_means(study: Study, endpoint: str) -> Iterator[Key]:
    """Keys of the restricted mean of each arm."""
    for time in study.analysis_of(endpoint).restricted_mean:
        for arm in study.arms.levels:
            yield Key(SECTION, "restricted_mean", endpoint, arm.id, at=float(time))


def _keys_of_pair(study: Study, about: About) -> Iterator[Key]:
    analysis = study.analysis_of(about[0])
    for time in analysis.restricted_mean:
        for measure in ("restricted_mean_difference", "restricted_mean_ratio"):
            yield Key(SECTION, measure, *about, at=float(time))
    for weights in analysis.weighted_tests:
        yield Key(SECTION, "weighted_logrank", *about, level=f"{weights.rho:g}, {weights.gamma:g}")
    if analysis.maxcombo:
        yield Key(SECTION, "maxcombo", *about)
    if analysis.periods:
        for period in periods_in_words(analysis.periods):
            yield Key(SECTION, "period_hazard_ratio", *about, level=period)
        yield Key(SECTION, "period_test", *about)
    if analysis.proportionality:
        yield Key(SECTION, "proportional_hazards", *about)


def periods_in_words(times: list[int | float]) -> list[str]:
    """The periods that some times divide the follow-up into: "0 to 12", "after 12"."""
    edges = [f"{time:g}" for time in (0, *times)]
    return [f"{start} to {end}" for start, end in pairwise(edges)] + [f"after {edges[-1]}"]


def declared_numbers(data: AnalysisData, endpoint: str, curves: Curves) -> Numbers:
    """Tests of all arms at once, and what the parameters declare besides.

    Parameters
    ----------
    data : AnalysisData
    endpoint : str
    curves : dict of str to SurvivalCurve
        From `survival_curves`.

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
        Empty where there are fewer than three arms and nothing is declared.

    Examples
    --------
    Freireich's trial has two arms, and its parameters declare nothing besides. From the folder of the project:

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import declared_numbers, survival_curves
    >>> data = analysis_data("params/freireich-1963.yaml")
    >>> declared_numbers(data, "remission", survival_curves(data, "remission"))
    {}
    """
    return {
        **tests_of_all_arms(data, endpoint),
        **restricted_means(data, endpoint, curves),
        **declared_comparisons(data, endpoint),
    }


def tests_of_all_arms(data: AnalysisData, endpoint: str) -> Numbers:
    """Whether the hazards of any arms differ, and where scores are declared whether they follow a trend.

    Parameters
    ----------
    data : AnalysisData
    endpoint : str

    Returns
    -------
    dict of Key to HypothesisTest
        Empty where there are fewer than three arms.
    """
    patients, study = data.endpoint(endpoint), data.study
    labels = {arm.id: arm.label for arm in study.arms.levels}
    scores = {labels[arm]: score for arm, score in study.analysis_of(endpoint).trend_scores.items()}
    observed = patients.time, patients.event, [labels[arm] for arm in patients.arm]
    numbers: Numbers = {}
    for key in keys_of_all_arms(study, endpoint):
        strata = patients.strata if key.variant else None
        if key.measure == "trend_logrank":
            numbers[key] = trend_logrank_test(*observed, scores, entry=patients.entry, strata=strata)
        else:
            numbers[key] = k_sample_logrank_test(*observed, entry=patients.entry, strata=strata)
    return numbers


def restricted_means(data: AnalysisData, endpoint: str, curves: Curves) -> Numbers:
    """Restricted mean survival of each arm, and its difference and ratio in each comparison, at the declared times.

    Parameters
    ----------
    data : AnalysisData
    endpoint : str
    curves : dict of str to SurvivalCurve
        From `survival_curves`.

    Returns
    -------
    dict of Key to Estimate
    """
    verbs = {"restricted_mean_difference": restricted_mean_difference, "restricted_mean_ratio": restricted_mean_ratio}
    numbers: Numbers = {
        key: restricted_mean_survival(curves[key.arm], present(key.at))
        for key in keys_of_restricted_means(data.study, endpoint)
    }
    for key in possible_keys(data.study, endpoint):
        if key.measure in verbs:
            numbers[key] = verbs[key.measure](curves[key.arm], curves[key.reference], present(key.at))
    return numbers


def declared_comparisons(data: AnalysisData, endpoint: str) -> Numbers:
    """Weighted tests, hazard ratios by period and the test of proportional hazards, where they are declared.

    Parameters
    ----------
    data : AnalysisData
    endpoint : str

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
        In each comparison of the patients of its two arms alone.
    """
    analysis = data.study.analysis_of(endpoint)
    numbers: Numbers = {}
    for arm, reference in data.study.arms.pairs:
        pair = _pair(data, endpoint, arm, reference)
        if analysis.weighted_tests:
            numbers |= _weighted_tests(pair)
        if analysis.maxcombo:
            numbers |= _maxcombo(pair)
        if analysis.periods:
            numbers |= _by_period(pair)
        if analysis.proportionality:
            numbers |= _proportionality(pair)
    return numbers


@dataclass(frozen=True, eq=False)
class _Pair:
    """The patients of two arms, as the verbs take them."""

    analysis: Analysis
    about: About
    names: Arms
    observed: tuple[Any, Any, Any]
    within: dict[str, Any]

    def key(self, measure: str, level: str = "") -> Key:
        return Key(SECTION, measure, *self.about, level=level)

    def by(self, verb: Callable[..., Any], **options: Any) -> Any:
        """What a verb says of the two arms."""
        return verb(*self.observed, **self.names, **self.within, **options)


def _pair(data: AnalysisData, endpoint: str, arm: Arm, reference: Arm) -> _Pair:
    analysis, patients = data.study.analysis_of(endpoint), data.endpoint(endpoint).among(arm.id, reference.id)
    strata = patients.strata if analysis.primary_variant else None
    return _Pair(
        analysis=analysis,
        about=(endpoint, arm.id, reference.id),
        names={"arm": arm.label, "reference": reference.label},
        observed=(patients.time, patients.event, patients.arm == arm.id),
        within={"strata": strata, "entry": patients.entry},
    )


def _weighted_tests(pair: _Pair) -> Numbers:
    numbers: Numbers = {}
    for weights in pair.analysis.weighted_tests:
        key = pair.key("weighted_logrank", level=f"{weights.rho:g}, {weights.gamma:g}")
        numbers[key] = pair.by(weighted_logrank_test, weighting=FlemingHarrington(weights.rho, weights.gamma))
    return numbers


def _maxcombo(pair: _Pair) -> Numbers:
    combined = present(pair.analysis.maxcombo)
    weightings = [FlemingHarrington(weights.rho, weights.gamma) for weights in combined.weights]
    return {pair.key("maxcombo"): pair.by(maxcombo_test, weightings=weightings, seed=combined.seed)}


def _by_period(pair: _Pair) -> Numbers:
    analysis = pair.analysis
    options = {"cuts": analysis.periods, "ties": analysis.ties, "conf_level": analysis.conf_level}
    found = pair.by(piecewise_hazard_ratios, **options)
    ratios = zip(periods_in_words(analysis.periods), found.hazard_ratios, strict=True)
    numbers: Numbers = {pair.key("period_hazard_ratio", level=period): ratio for period, ratio in ratios}
    return numbers | {pair.key("period_test"): found.interaction_test}


def _proportionality(pair: _Pair) -> Numbers:
    """The arm is the one covariate, so that the test of all covariates is that of its own."""
    time, event, in_arm = pair.observed
    model = cox_regression(time, event, {pair.names["arm"]: in_arm}, ties=pair.analysis.ties, **pair.within)
    test = proportional_hazards_test(model, transform=present(pair.analysis.proportionality)).global_test
    arm, reference = pair.names["arm"], pair.names["reference"]
    return {pair.key("proportional_hazards"): replace(test, arm=arm, reference=reference)}
