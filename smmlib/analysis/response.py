"""How many patients responded, in each arm and between arms."""

from collections.abc import Iterator, Mapping

from smmlib.analysis.keys import Key, Numbers
from smmlib.stats.counts import patient_count
from smmlib.stats.response.difference import rate_difference
from smmlib.stats.response.rate import response_rate
from smmlib.stats.response.ratio import fisher_test, odds_ratio
from smmlib.stats.results import Estimate
from smmlib.stats.types import Arms
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.categories import PARTIAL_RESPONSE_OR_BETTER, RESPONSE_CATEGORIES
from smmlib.trial.parameters.response_plan import ResponseVisit
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present
from smmlib.trial.response.rates import arm_categories

SECTION = "response"
COMPARED = ("rate_difference", "odds_ratio", "fisher_test")


def keys_of_rates(study: Study, visit: ResponseVisit) -> Iterator[Key]:
    """Keys of the rates at a visit, with the exact and the Wilson interval."""
    for arm in study.response_arms:
        yield from (Key(SECTION, "rate", arm=arm.id, phase=visit.id, variant=variant) for variant in ("", "wilson"))


def keys_of_categories(study: Study, visit: ResponseVisit) -> Iterator[Key]:
    """Keys of the patients in each category at a visit."""
    for arm in study.response_arms:
        for category in RESPONSE_CATEGORIES:
            yield Key(SECTION, "category", arm=arm.id, phase=visit.id, level=category)


def keys_of_comparisons(study: Study, visit: ResponseVisit) -> Iterator[Key]:
    """Keys of what compares two arms at a visit, where both are reported."""
    reported = {arm.id for arm in study.response_arms}
    for arm, reference in study.arms.pairs:
        if {arm.id, reference.id} <= reported:
            yield from (
                Key(SECTION, measure, arm=arm.id, reference=reference.id, phase=visit.id) for measure in COMPARED
            )


def possible_keys(study: Study) -> Iterator[Key]:
    """Keys that the numbers of this part can have."""
    for visit in study.response.visits if study.response else ():
        yield from keys_of_rates(study, visit)
        yield from keys_of_categories(study, visit)
        yield from keys_of_comparisons(study, visit)


def response_rates(data: AnalysisData, visit: ResponseVisit) -> dict[Key, Estimate]:
    """Patients with partial response or better in each reported arm, with the exact and the Wilson interval.

    Parameters
    ----------
    data : AnalysisData
    visit : ResponseVisit
        One of `study.response.visits`.

    Returns
    -------
    dict of Key to Estimate

    Examples
    --------
    E3A06 reported a response in 50 % with lenalidomide, with exact limits of 39 and 61 %.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import response_rates
    >>> data = analysis_data("e3a06-2020")
    >>> rates = {key.name: rate for key, rate in response_rates(data, data.study.response.visits[0]).items()}
    >>> rate = rates["response.best.rate.lenalidomide"]
    >>> print(f"{rate.value:.0%} ({rate.low:.0%} to {rate.high:.0%})")
    50% (39% to 61%)
    """
    response, numbers = data.response(visit.id), {}
    for key in keys_of_rates(data.study, visit):
        arm = data.study.arms.named(key.arm)
        recorded = arm_categories(response, arm)
        responders = sum(category in PARTIAL_RESPONSE_OR_BETTER for category in recorded)
        numbers[key] = response_rate(
            responders,
            len(recorded),
            conf_level=data.study.analysis.conf_level,
            method="wilson" if key.variant == "wilson" else "clopper-pearson",
            arm=arm.label,
        )
    return numbers


def category_counts(data: AnalysisData, visit: ResponseVisit) -> dict[Key, Estimate]:
    """Patients of each reported arm in each category, best first.

    Parameters
    ----------
    data : AnalysisData
    visit : ResponseVisit

    Returns
    -------
    dict of Key to Estimate

    Examples
    --------
    E3A06 reported a response in half of 90 patients with lenalidomide.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import category_counts
    >>> data = analysis_data("e3a06-2020")
    >>> counts = category_counts(data, data.study.response.visits[0])
    >>> {key.level: count.value for key, count in counts.items() if key.arm == "lenalidomide" and count.value}
    {'PR': 45.0, 'SD': 45.0}
    """
    response, numbers = data.response(visit.id), {}
    for key in keys_of_categories(data.study, visit):
        arm = data.study.arms.named(key.arm)
        recorded = arm_categories(response, arm)
        what = f"patients with {RESPONSE_CATEGORIES[key.level]}"
        patients = int((recorded == key.level).sum())
        numbers[key] = patient_count(patients, what=what, arm=arm.label, of=len(recorded))
    return numbers


def rate_comparisons(data: AnalysisData, visit: ResponseVisit, rates: Mapping[Key, Estimate]) -> Numbers:
    """Difference of the rates, odds ratio and Fisher's exact test of each comparison, where both arms are reported.

    Parameters
    ----------
    data : AnalysisData
    visit : ResponseVisit
    rates : dict of Key to Estimate
        From `response_rates`.

    Returns
    -------
    dict of Key to Estimate or HypothesisTest

    Examples
    --------
    E3A06 reported a response in 50 % with lenalidomide and in none under observation.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import rate_comparisons, response_rates
    >>> data = analysis_data("e3a06-2020")
    >>> visit = data.study.response.visits[0]
    >>> numbers = rate_comparisons(data, visit, response_rates(data, visit))
    >>> {key.measure: number.value for key, number in numbers.items() if key.measure == "rate_difference"}
    {'rate_difference': 0.5}
    """
    arms, level = data.study.arms, data.study.analysis.conf_level
    numbers: Numbers = {}
    for key in keys_of_comparisons(data.study, visit):
        of_both = [rates[Key(SECTION, "rate", arm=arm, phase=visit.id)] for arm in (key.arm, key.reference)]
        table = of_both[0].events, of_both[0].n, of_both[1].events, of_both[1].n
        names: Arms = {"arm": arms.named(key.arm).label, "reference": arms.named(key.reference).label}
        if key.measure == "fisher_test":
            numbers[key] = fisher_test(*table, **names)
        else:
            verb = odds_ratio if key.measure == "odds_ratio" else rate_difference
            numbers[key] = verb(*table, conf_level=level, **names)
    return numbers


def response_numbers(data: AnalysisData) -> Numbers:
    """All numbers of the response section.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
    """
    numbers: Numbers = {}
    for visit in present(data.study.response).visits:
        rates = response_rates(data, visit)
        numbers |= rates | category_counts(data, visit) | rate_comparisons(data, visit, rates)
    return numbers
