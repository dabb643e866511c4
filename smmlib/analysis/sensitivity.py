"""Whether a result holds when the analysis is another: the numbers of each variant, and of the main analysis."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from smmlib.analysis.keys import Key, Numbers, time_text
from smmlib.analysis.time_to_event import arm_curve
from smmlib.stats.comparison.hazard_ratio import hazard_ratio
from smmlib.stats.comparison.logrank import logrank_test
from smmlib.stats.counts import patient_count
from smmlib.stats.response.difference import rate_difference
from smmlib.stats.response.rate import response_rate
from smmlib.stats.response.ratio import fisher_test
from smmlib.stats.results import Estimate, HypothesisTest, SurvivalCurve
from smmlib.stats.robustness.tipping_point import tipping_point
from smmlib.stats.survival.kaplan_meier import median_survival
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.categories import NOT_EVALUABLE
from smmlib.trial.endpoints.time_to_event import TimeToEvent
from smmlib.trial.parameters.sensitivity import NOTEBOOK, Tipping
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present
from smmlib.trial.response.rates import arm_categories
from smmlib.trial.sensitivity.words import response_variant_in_words, variant_in_words

SECTION = NOTEBOOK
MAIN = ""
"""Variant of the keys of the main analysis."""
OF_ARMS, OF_COMPARISONS = ("patients", "events", "median"), ("hazard_ratio", "logrank")


def keys_of_rows(study: Study, endpoint: str) -> Iterator[Key]:
    """Keys of the main analysis and of the variants whose patients are known, in each arm and between arms."""
    variants = study.sensitivity.endpoints[endpoint]
    for name in (MAIN, *(name for name, variant in variants.items() if variant.tipping_point is None)):
        for arm in study.arms.levels:
            yield from (Key(SECTION, measure, endpoint, arm.id, variant=name) for measure in OF_ARMS)
        for arm, reference in study.arms.pairs:
            about = endpoint, arm.id, reference.id
            yield from (Key(SECTION, measure, *about, variant=name) for measure in OF_COMPARISONS)


def keys_of_tipping_points(study: Study, endpoint: str) -> Iterator[Key]:
    """Keys of the hazard ratio with each factor, and of the factor at which the result is lost."""
    for name, variant in study.sensitivity.endpoints[endpoint].items():
        for arm, reference in study.arms.pairs if variant.tipping_point else ():
            about = endpoint, arm.id, reference.id
            for factor in present(variant.tipping_point).factors:
                yield Key(SECTION, "hazard_ratio", *about, variant=name, level=time_text(factor))
            yield Key(SECTION, "tipping_factor", *about, variant=name)


def keys_of_responses(study: Study, visit: str) -> Iterator[Key]:
    """Keys of the response at a visit in the main analysis and in the variants."""
    for name in (MAIN, *study.sensitivity.responses[visit]):
        for arm in study.arms.levels:
            yield Key(SECTION, "rate", arm=arm.id, phase=visit, variant=name)
        for arm, reference in study.arms.pairs:
            for measure in ("rate_difference", "fisher_test"):
                yield Key(SECTION, measure, arm=arm.id, reference=reference.id, phase=visit, variant=name)


def possible_keys(study: Study) -> Iterator[Key]:
    """Keys that the numbers of this section have."""
    for endpoint in study.sensitivity.endpoints:
        yield from keys_of_rows(study, endpoint)
        yield from keys_of_tipping_points(study, endpoint)
    for visit in study.sensitivity.responses:
        yield from keys_of_responses(study, visit)


def sensitivity_analyses(data: AnalysisData, endpoint: str) -> Numbers:
    """Patients, events and median of each arm, hazard ratio and log-rank test, of the main analysis and each variant.

    Hazard ratio and test are the primary ones: stratified where those of the main analysis are.

    Parameters
    ----------
    data : AnalysisData
    endpoint : str
        One of `study.sensitivity.endpoints`.

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
        The main analysis has no `variant`.

    Examples
    --------
    In the example, 8 patients of the new treatment had the event. By hand, EX-15 and EX-16 were censored more than two
    months before the data cut-off, and have it in the worst case.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import sensitivity_analyses
    >>> data = analysis_data("docs/example/example.yaml")
    >>> numbers = sensitivity_analyses(data, "progression-free-survival-ema")
    >>> events = {(key.measure, key.arm, key.variant): number for key, number in numbers.items()}
    >>> tuple(events["events", "new", name].value for name in ("", "worst-case", "best-case"))
    (8.0, 10.0, 8.0)
    """
    numbers: Numbers = {}
    for key in keys_of_rows(data.study, endpoint):
        patients = patients_of_variant(data, endpoint, key.variant)
        number = _compared(data, patients, key) if key.reference else _of_arm(data, patients, key)
        numbers[key] = _told(data, key, number)
    return numbers


def tipping_points(data: AnalysisData, endpoint: str) -> Numbers:
    """Hazard ratio with the hazard after early censoring multiplied by each factor, and the factor that tips it.

    Parameters
    ----------
    data : AnalysisData
    endpoint : str
        One of `study.sensitivity.endpoints`.

    Returns
    -------
    dict of Key to Estimate
        The tipping factor is the smallest of those tried at which the upper limit is 1 or more, or not estimable.

    Examples
    --------
    The example is small: R's `coxph` gives an upper limit of 1.43 without imputation, and so the first factor tips it.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import tipping_points
    >>> data = analysis_data("docs/example/example.yaml")
    >>> found = tipping_points(data, "progression-free-survival-ema")
    >>> [number.value for key, number in found.items() if key.measure == "tipping_factor"]
    [1.0]
    """
    numbers: Numbers = {}
    for name, variant in data.study.sensitivity.endpoints[endpoint].items():
        for arm, reference in data.study.arms.pairs if variant.tipping_point else ():
            about = Key(SECTION, "hazard_ratio", endpoint, arm.id, reference.id, variant=name)
            numbers |= _tipping_of_pair(data, about, present(variant.tipping_point))
    return numbers


def response_sensitivity(data: AnalysisData, visit: str) -> Numbers:
    """Response of each arm and its difference, with patients who could not be evaluated counted in other ways.

    Parameters
    ----------
    data : AnalysisData
    visit : str
        One of `study.sensitivity.responses`.

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
        In the main analysis, which has no `variant`, they count as non-responders.

    Examples
    --------
    In E3A06 every response could be evaluated, so that the rate of 50 % is the same in a best case.

    >>> from dataclasses import replace
    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import response_sensitivity
    >>> from smmlib.trial.parameters.sensitivity import Sensitivity
    >>> data = analysis_data("e3a06-2020")
    >>> best_case = {"label": "Best case", "missing": "best case"}
    >>> asked = Sensitivity.model_validate({"responses": {"best": {"best-case": best_case}}})
    >>> data = replace(data, study=data.study.model_copy(update={"sensitivity": asked}))
    >>> numbers = response_sensitivity(data, "best")
    >>> [number.value for key, number in numbers.items() if key.measure == "rate" and key.arm == "lenalidomide"]
    [0.5, 0.5]
    """
    study, numbers = data.study, Numbers()
    counts = {name: response_counts(data, visit, name) for name in (MAIN, *study.sensitivity.responses[visit])}
    for key in keys_of_responses(study, visit):
        of_arm = counts[key.variant]
        variant = study.sensitivity.responses[visit].get(key.variant)
        number = _response(study, key, of_arm)
        words = response_variant_in_words(study, variant) if variant else ""
        numbers[key] = _after(words, number)
    return numbers


def sensitivity_numbers(data: AnalysisData) -> Numbers:
    """All numbers of this section.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
    """
    numbers: Numbers = {}
    for endpoint in data.study.sensitivity.endpoints:
        numbers |= sensitivity_analyses(data, endpoint) | tipping_points(data, endpoint)
    for visit in data.study.sensitivity.responses:
        numbers |= response_sensitivity(data, visit)
    return numbers


def patients_of_variant(data: AnalysisData, endpoint: str, name: str) -> TimeToEvent:
    """The patients of a variant, or of the main analysis where the name is empty."""
    return data.variant(endpoint, name) if name else data.endpoint(endpoint)


def response_counts(data: AnalysisData, visit: str, name: str) -> dict[str, tuple[int, int]]:
    """Responders and patients of each arm in a variant, or in the main analysis where the name is empty."""
    study, response = data.study, data.response(visit)
    missing = study.sensitivity.responses[visit][name].missing if name else "non-responders"
    counts = {}
    for arm in study.arms.levels:
        recorded = arm_categories(response, arm)
        unknown = int((recorded == NOT_EVALUABLE).sum())
        responders = int(np.isin(recorded, study.response_scale.responders).sum())
        best, worst = missing == "best case", missing == "worst case"
        respond = missing == "responders" or (worst if arm.id == study.arms.reference else best)
        left_out = unknown if missing == "left out" else 0
        counts[arm.id] = responders + (unknown if respond else 0), len(recorded) - left_out
    return counts


def _response(study: Study, key: Key, of_arm: dict[str, tuple[int, int]]) -> Estimate | HypothesisTest:
    level, arm = study.analysis.conf_level, study.arms.named(key.arm).label
    if key.measure == "rate":
        return response_rate(*of_arm[key.arm], conf_level=level, arm=arm)
    names = study.arms.labels(key.arm, key.reference)
    table = *of_arm[key.arm], *of_arm[key.reference]
    return (
        fisher_test(*table, **names)
        if key.measure == "fisher_test"
        else rate_difference(*table, conf_level=level, **names)
    )


def variant_curve(data: AnalysisData, endpoint: str, name: str, arm: str) -> SurvivalCurve:
    """The Kaplan-Meier curve of an arm, named by its id, in a variant, or in the main analysis without a name."""
    return arm_curve(data.study, endpoint, patients_of_variant(data, endpoint, name), data.study.arms.named(arm))


def _of_arm(data: AnalysisData, patients: TimeToEvent, key: Key) -> Estimate:
    """Patients, events or the median of one arm."""
    if key.measure == "median":
        return median_survival(variant_curve(data, key.endpoint, key.variant, key.arm))
    own, label, is_events = patients.among(key.arm), data.study.arms.named(key.arm).label, key.measure == "events"
    count, what = (int(own.event.sum()), "patients with the event") if is_events else (len(own.time), "patients")
    return patient_count(count, what=what, arm=label, of=len(own.time))


def _compared(data: AnalysisData, patients: TimeToEvent, key: Key) -> Estimate | HypothesisTest:
    """The primary hazard ratio or log-rank test of one comparison."""
    analysis, pair = data.study.analysis_of(key.endpoint), patients.among(key.arm, key.reference)
    observed, names = (pair.time, pair.event, pair.arm == key.arm), data.study.arms.labels(key.arm, key.reference)
    strata = pair.strata if analysis.primary_variant else None
    if key.measure == "logrank":
        return logrank_test(*observed, strata=strata, entry=pair.entry, **names)
    return hazard_ratio(
        *observed, strata=strata, entry=pair.entry, ties=analysis.ties, conf_level=analysis.conf_level, **names
    )


def _tipping_of_pair(data: AnalysisData, about: Key, asked: Tipping) -> Numbers:
    analysis = data.study.analysis_of(about.endpoint)
    pair = data.variant(about.endpoint, about.variant).among(about.arm, about.reference)
    counted = pair.derivation[pair.derivation["time"].notna()]
    found = tipping_point(
        pair.time,
        pair.event,
        pair.arm == about.arm,
        asked.factors,
        **data.study.arms.labels(about.arm, about.reference),
        followed_until=counted["followed_until"].to_numpy(dtype=float),
        imputations=asked.imputations,
        seed=asked.seed,
        strata=pair.strata if analysis.primary_variant else None,
        conf_level=analysis.conf_level,
    )
    ratios: Numbers = {
        replace(about, level=time_text(factor)): _told(data, about, ratio)
        for factor, ratio in zip(asked.factors, found.hazard_ratios, strict=True)
    }
    from_data = found.hazard_ratios[0].from_data  # how many times are imputed, which both methods say
    names = data.study.arms.labels(about.arm, about.reference)
    tipped = Estimate(found.tipping_delta, unit="factor", method=found.method, from_data=from_data, **names)
    return {**ratios, replace(about, measure="tipping_factor"): _told(data, about, tipped)}


def _told(data: AnalysisData, key: Key, number: Estimate | HypothesisTest) -> Estimate | HypothesisTest:
    """A number whose method says what the variant changes."""
    variant = data.study.sensitivity.endpoints[key.endpoint].get(key.variant)
    return _after(variant_in_words(data.study, key.endpoint, variant) if variant else "", number)


def _after(words: str, number: Estimate | HypothesisTest) -> Estimate | HypothesisTest:
    return replace(number, method=f"{words[:1].upper()}{words[1:]}; {number.method}") if words else number
