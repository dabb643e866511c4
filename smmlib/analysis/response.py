"""How many patients responded, in each arm and between arms."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from smmlib.analysis.keys import Key, Numbers
from smmlib.plain_text import lower_first
from smmlib.stats.counts import patient_count
from smmlib.stats.response.difference import rate_difference
from smmlib.stats.response.rate import response_rate
from smmlib.stats.response.ratio import fisher_test, odds_ratio
from smmlib.stats.response.stratified_difference import stratified_rate_difference
from smmlib.stats.response.stratified_ratio import cochran_mantel_haenszel_test, stratified_odds_ratio
from smmlib.stats.results import NOT_ESTIMABLE, Estimate, HypothesisTest
from smmlib.stats.types import Arms, Booleans
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.parameters.response_plan import ResponseVisit
from smmlib.trial.parameters.study import Study
from smmlib.trial.population import stratum_labels
from smmlib.trial.present import present
from smmlib.trial.response.assessments import passed_over_counts
from smmlib.trial.response.rates import arm_categories

SECTION = "response"
COMPARED = ("rate_difference", "odds_ratio", "fisher_test")
STRATIFIED = ("rate_difference", "odds_ratio", "cochran_mantel_haenszel_test")
OPEN_MEASURES = ("passed_over",)
"""Counts whose levels only the tables tell."""


def keys_of_rates(study: Study, visit: ResponseVisit) -> Iterator[Key]:
    """Keys of the rates at a visit, with the exact and the Wilson interval."""
    for arm in study.response_arms:
        yield from (Key(SECTION, "rate", arm=arm.id, phase=visit.id, variant=variant) for variant in ("", "wilson"))


def keys_of_categories(study: Study, visit: ResponseVisit) -> Iterator[Key]:
    """Keys of the patients in each category at a visit."""
    for arm in study.response_arms:
        for category in study.response_scale.categories:
            yield Key(SECTION, "category", arm=arm.id, phase=visit.id, level=category)


def keys_of_comparisons(study: Study, visit: ResponseVisit) -> Iterator[Key]:
    """Keys of what compares two arms at a visit, where both are reported."""
    variants = [("", COMPARED), ("stratified", STRATIFIED if present(study.response).stratified else ())]
    for arm, reference in study.response_pairs:
        yield from (
            Key(SECTION, measure, arm=arm.id, reference=reference.id, phase=visit.id, variant=variant)
            for variant, measures in variants
            for measure in measures
        )


def possible_keys(study: Study) -> Iterator[Key]:
    """Keys that the numbers of this part can have."""
    for visit in study.response.visits if study.response else ():
        yield from keys_of_rates(study, visit)
        yield from keys_of_categories(study, visit)
        yield from keys_of_comparisons(study, visit)


def response_rates(data: AnalysisData, visit: ResponseVisit) -> dict[Key, Estimate]:
    """Patients with a response in each reported arm, with the exact and the Wilson interval.

    Which categories are a response is in `study.response_scale`.

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
        responders = sum(category in data.study.response_scale.responders for category in recorded)
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
    response, labels, numbers = data.response(visit.id), data.study.response_scale.labels, {}
    for key in keys_of_categories(data.study, visit):
        arm = data.study.arms.named(key.arm)
        recorded = arm_categories(response, arm)
        what = f"patients with {lower_first(labels[key.level])}"
        patients = int((recorded == key.level).sum())
        numbers[key] = patient_count(patients, what=what, arm=arm.label, of=len(recorded))
    return numbers


def rate_comparisons(data: AnalysisData, visit: ResponseVisit, rates: Mapping[Key, Estimate]) -> Numbers:
    """Difference of the rates, odds ratio and Fisher's exact test of each comparison, where both arms are reported.

    Where the parameters ask for it, the difference and the odds ratio also within the strata of randomisation, with the
    test of Cochran, Mantel and Haenszel.

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
        names = arms.labels(key.arm, key.reference)
        if key.variant:
            numbers[key] = _compared_within_strata(key.measure, compared_patients(data, key), names, level)
            continue
        table = compared_counts(rates, key)
        if key.measure == "fisher_test":
            numbers[key] = fisher_test(*table, **names)
        else:
            verb = odds_ratio if key.measure == "odds_ratio" else rate_difference
            numbers[key] = verb(*table, conf_level=level, **names)
    return numbers


Patients = tuple[Booleans, Booleans, NDArray[np.str_]]
"""Of each patient: whether they responded, whether they are of the first of two arms, and their stratum."""


def _compared_within_strata(measure: str, patients: Patients, names: Arms, level: float) -> Estimate | HypothesisTest:
    """The difference has the interval of the unstratified one, that of Miettinen and Nurminen."""
    if measure == "cochran_mantel_haenszel_test":
        return cochran_mantel_haenszel_test(*patients, **names)
    if measure == "odds_ratio":
        return stratified_odds_ratio(*patients, conf_level=level, **names)
    return stratified_rate_difference(*patients, method="miettinen-nurminen", conf_level=level, **names)


def compared_counts(rates: Mapping[Key, Estimate], key: Key) -> tuple[float, float, float, float]:
    """Responders and patients of the arm, then of the reference, of a comparison; `rates` are those of its visit."""
    arm, reference = (rates[Key(SECTION, "rate", arm=arm, phase=key.phase)] for arm in (key.arm, key.reference))
    return arm.events, arm.n, reference.events, reference.n


def compared_patients(data: AnalysisData, key: Key) -> Patients:
    """The patients of both arms of a comparison at a visit, in a study with strata."""
    patients = data.response(key.phase).derivation
    patients = patients[patients["arm"].isin([key.arm, key.reference])]
    strata = present(stratum_labels(data.study, data.subjects.set_index("patient").loc[patients["patient"]]))
    responded = patients["response"].isin(data.study.response_scale.responders)
    return responded.to_numpy(), (patients["arm"] == key.arm).to_numpy(), strata.to_numpy(dtype=str)


def passed_over(data: AnalysisData) -> Numbers:
    """Assessments of each reported arm that do not count for response, by why; none where there are none.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate

    Examples
    --------
    In E3A06 every response is dated after randomisation, and new therapy ends nothing.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import passed_over
    >>> passed_over(analysis_data("e3a06-2020"))
    {}
    """
    numbers: Numbers = {}
    dated = data.assessments["arm"].value_counts()
    for (arm, why), count in passed_over_counts(data.study, data.assessments).items():
        key = Key(SECTION, "passed_over", arm=arm, level=why)
        numbers[key] = Estimate(
            float(count),
            unit="assessments",
            method=f"Number of assessments that do not count for response: {why}",
            arm=data.study.arms.named(arm).label,
            n=int(dated[arm]),
            events=NOT_ESTIMABLE,
        )
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
    return numbers | passed_over(data)
