"""What patients were like at baseline, in each arm and in all, and how far the arms differ."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from smmlib.analysis.keys import Key
from smmlib.stats.baseline.comparison_tests import pearson_test, welch_test
from smmlib.stats.baseline.standardised_difference import (
    multinomial_standardised_difference,
    standardised_mean_difference,
)
from smmlib.stats.baseline.summary import summary_statistics
from smmlib.stats.counts import patient_count
from smmlib.stats.results import NOT_ESTIMABLE, Estimate, HypothesisTest, SummaryStatistics, not_estimable
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.parameters.covariates import Characteristic
from smmlib.trial.parameters.study import Study

SECTION = "baseline"
OPEN_MEASURES = ("category",)
"""Counts whose levels only the tables tell, where the parameters do not list them."""
QUARTILE = "quartile, which averages the two values at a step (type 2 of R, PCTLDEF=5 of SAS)"
STATISTICS = {
    "mean": ("mean", "Mean"),
    "standard_deviation": ("std_dev", "Standard deviation, with n - 1 in the denominator"),
    "median": ("median", "Median"),
    "lower_quartile": ("lower_quartile", f"Lower {QUARTILE}"),
    "upper_quartile": ("upper_quartile", f"Upper {QUARTILE}"),
    "minimum": ("minimum", "Minimum"),
    "maximum": ("maximum", "Maximum"),
}
"""Measures of numbers, each with its name in `SummaryStatistics` and its method."""


def column_arms(study: Study) -> list[str]:
    """Ids of the arms and, where there are several, nothing for all of them: the columns of the table."""
    arms = [arm.id for arm in study.arms.levels]
    return [*arms, ""] if len(arms) > 1 else arms


def keys_of_differences(study: Study) -> Iterator[Key]:
    """Keys of the standardised differences of each comparison, and of their tests where the study asks for them."""
    measures = ("standardised_difference", "test") if study.analysis.baseline_p_values else ("standardised_difference",)
    for characteristic in study.baseline:
        for arm, reference in study.arms.pairs:
            about: dict[str, Any] = {"arm": arm.id, "reference": reference.id, "factor": characteristic.variable}
            yield from (Key(SECTION, measure, **about) for measure in measures)


def possible_keys(study: Study) -> Iterator[Key]:
    """Keys that the numbers of this section can have, but for levels that the parameters do not list."""
    for characteristic in study.baseline:
        measures = ("patients", *STATISTICS) if characteristic.is_continuous else ()
        for arm in column_arms(study):
            about: dict[str, Any] = {"arm": arm, "factor": characteristic.variable}
            yield from (Key(SECTION, measure, **about) for measure in (*measures, "missing"))
            yield from (Key(SECTION, "category", **about, level=level) for level in characteristic.levels or ())
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
    numbers: dict[Key, Estimate] = {}
    for characteristic in data.study.baseline:
        describe = _measured if characteristic.is_continuous else _counted
        for arm in column_arms(data.study):
            numbers |= describe(data, characteristic, arm)
    return numbers


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


def shown_levels(data: AnalysisData, characteristic: Characteristic) -> list[str]:
    """The listed levels of a category, or those that an analysed patient has, in their order."""
    values = set(_values(data, characteristic.variable, ""))
    levels = data.levels[characteristic.variable]
    return [level for level in levels if characteristic.levels or level in values]


def _values(data: AnalysisData, variable: str, arm: str) -> np.ndarray:
    """Values of the analysed patients of an arm, or of all."""
    subjects: pd.DataFrame = data.subjects[data.subjects["analysed"]]
    return subjects.loc[(subjects["arm"] == arm) if arm else slice(None), variable].to_numpy()


def _measured(data: AnalysisData, characteristic: Characteristic, arm: str) -> dict[Key, Estimate]:
    about: dict[str, Any] = {"arm": arm, "factor": characteristic.variable}
    label = _label(data.study, arm)
    values = _values(data, characteristic.variable, arm)
    summary = summary_statistics(values, unit=characteristic.unit or "", arm=label)
    known = f"patients with a value of {characteristic.label}"
    return {
        Key(SECTION, "patients", **about): patient_count(summary.n, what=known, arm=label, of=len(values)),
        **{Key(SECTION, measure, **about): _statistic(summary, measure) for measure in STATISTICS},
        Key(SECTION, "missing", **about): _missing(characteristic, summary.missing, len(values), label),
    }


def _statistic(summary: SummaryStatistics, measure: str) -> Estimate:
    name, method = STATISTICS[measure]
    value = getattr(summary, name)
    counts: dict[str, Any] = {"arm": summary.arm, "n": summary.n, "events": NOT_ESTIMABLE}
    if np.isnan(value):  # without its unit, for a time that is missing would be called not reached
        return Estimate(NOT_ESTIMABLE, **not_estimable(method, "there are too few values"), **counts)
    return Estimate(value, unit=summary.unit, method=method, **counts)


def _counted(data: AnalysisData, characteristic: Characteristic, arm: str) -> dict[Key, Estimate]:
    about: dict[str, Any] = {"arm": arm, "factor": characteristic.variable}
    label = _label(data.study, arm)
    values = _values(data, characteristic.variable, arm)
    known = values[values != ""]
    names = characteristic.levels or {}
    counts = {
        Key(SECTION, "category", **about, level=level): patient_count(
            int((known == level).sum()),
            what=f"patients, {characteristic.label}: {names.get(level, level)}",
            arm=label,
            of=len(known),
        )
        for level in shown_levels(data, characteristic)
    }
    missing = _missing(characteristic, len(values) - len(known), len(values), label)
    return {**counts, Key(SECTION, "missing", **about): missing}


def _missing(characteristic: Characteristic, missing: int, patients: int, label: str) -> Estimate:
    return patient_count(missing, what=f"patients without a value of {characteristic.label}", arm=label, of=patients)


def _label(study: Study, arm: str) -> str:
    return study.arms.named(arm).label if arm else ""


def _difference(data: AnalysisData, characteristic: Characteristic, key: Key) -> Estimate | HypothesisTest:
    arms = [_values(data, characteristic.variable, arm) for arm in (key.arm, key.reference)]
    names = {"arm": _label(data.study, key.arm), "reference": _label(data.study, key.reference)}
    is_test = key.measure == "test"
    if characteristic.is_continuous:
        return (welch_test if is_test else standardised_mean_difference)(*arms, **names)
    levels = data.levels[characteristic.variable]
    counts = [[int((values == level).sum()) for level in levels] for values in arms]
    return (pearson_test if is_test else multinomial_standardised_difference)(*counts, **names)
