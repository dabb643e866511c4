"""What patients were like at baseline, in each arm and in all, and how far the arms differ."""

from collections.abc import Iterator
from typing import Any, Final

from smmlib.analysis.described_patients import (
    arm_label,
    described_patients,
    keys_of_descriptions,
    members_described,
)
from smmlib.analysis.keys import Key
from smmlib.stats.baseline.comparison_tests import pearson_test, welch_test
from smmlib.stats.baseline.standardised_difference import (
    multinomial_standardised_difference,
    standardised_mean_difference,
)
from smmlib.stats.results import Estimate, HypothesisTest
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.parameters.covariates import Characteristic
from smmlib.trial.parameters.study import Study

SECTION: Final = "baseline"


def keys_of_differences(study: Study) -> Iterator[Key]:
    """Keys of the standardised differences of each comparison, and of their tests where the study asks for them."""
    measures = ("standardised_difference", "test") if study.analysis.baseline_p_values else ("standardised_difference",)
    for characteristic in study.baseline:
        for arm, reference in study.arms.pairs:
            about: dict[str, Any] = {"arm": arm.id, "reference": reference.id, "factor": characteristic.variable}
            yield from (Key(SECTION, measure, **about) for measure in measures)


def possible_keys(study: Study) -> Iterator[Key]:
    """Keys that the numbers of this section can have, but for levels that the parameters do not list."""
    yield from keys_of_descriptions(study, SECTION)
    yield from keys_of_differences(study)


def baseline_characteristics(data: AnalysisData) -> dict[Key, Estimate]:
    """Each baseline characteristic of the analysed patients, by the arm that they are analysed in, and of all.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate
        Of numbers the patients with a value, mean, standard deviation, quartiles, minimum and maximum; of categories
        the patients in each level, of those with one; of both the patients without a value.

    Examples
    --------
    Of the 34 patients of the example, 14 are women, as a count of its table says.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import baseline_characteristics
    >>> numbers = baseline_characteristics(analysis_data("docs/example/example.yaml"))
    >>> {key.arm: number.value for key, number in numbers.items() if key.level == "F"}
    {'new': 6.0, 'standard': 8.0, '': 14.0}
    """
    return described_patients(data, SECTION)


def baseline_differences(data: AnalysisData) -> dict[Key, Estimate | HypothesisTest]:
    """How far the arms of each comparison differ at baseline, in standard deviations; tested where the study asks.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
        Of the patients with a value.

    Examples
    --------
    Women are 6 of 17 and 8 of 17: 2/17 over the root of (66/289 + 72/289) / 2 is 2 over the root of 69.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import baseline_differences
    >>> numbers = baseline_differences(analysis_data("docs/example/example.yaml"))
    >>> {key.factor: round(number.value**2 * 69, 9) for key, number in numbers.items() if key.factor == "SEX"}
    {'SEX': 4.0}
    """
    described = {each.variable: each for each in data.study.baseline}
    return {key: _difference(data, described[key.factor], key) for key in keys_of_differences(data.study)}


def baseline_numbers(data: AnalysisData) -> dict[Key, Estimate | HypothesisTest]:
    """All numbers of the baseline section.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
    """
    return {**baseline_characteristics(data), **baseline_differences(data)}


def _difference(data: AnalysisData, characteristic: Characteristic, key: Key) -> Estimate | HypothesisTest:
    arms = [
        members_described(data, SECTION, arm)[characteristic.variable].to_numpy() for arm in (key.arm, key.reference)
    ]
    names = {"arm": arm_label(data.study, key.arm), "reference": arm_label(data.study, key.reference)}
    is_test = key.measure == "test"
    if characteristic.is_continuous:
        return (welch_test if is_test else standardised_mean_difference)(*arms, **names)
    levels = data.levels[characteristic.variable]
    counts = [[int((values == level).sum()) for level in levels] for values in arms]
    return (pearson_test if is_test else multinomial_standardised_difference)(*counts, **names)
