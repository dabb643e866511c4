"""Tables that describe patients by pandas, numpy and scipy."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial.distance import mahalanobis
from scipy.stats import chi2_contingency, ttest_ind

from smmlib.analysis.described_patients import DescribedSection
from smmlib.analysis.keys import Key
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.parameters.covariates import Characteristic

Number = tuple[Key, str, float, str]
NEAR_ZERO = 1e-6
"""In standard deviations: of two numbers that are as good as zero, only the last digits are compared."""


def described_numbers(data: AnalysisData, section: DescribedSection) -> Iterator[Number]:
    """Each variable of a table in each arm and in all."""
    for characteristic, columns in _columns(data, section):
        describe = _measured if characteristic.is_continuous else _counted
        for arm, values in columns.items():
            yield from describe(values, {"section": section, "arm": arm, "factor": characteristic.variable})


def baseline_numbers(data: AnalysisData) -> Iterator[Number]:
    """Each characteristic in each arm and in all, and the comparisons of two arms."""
    yield from described_numbers(data, "baseline")
    for characteristic, columns in _columns(data, "baseline"):
        for arm, reference in data.study.arms.pairs:
            about: dict[str, Any] = {"section": "baseline", "arm": arm.id, "reference": reference.id}
            about["factor"] = characteristic.variable
            yield from _compared(characteristic, columns[arm.id].dropna(), columns[reference.id].dropna(), about)


def _columns(data: AnalysisData, section: DescribedSection) -> Iterator[tuple[Characteristic, dict[str, pd.Series]]]:
    """The values of each variable by arm, those of all under nothing."""
    of_safety = section == "exposure"
    patients = data.subjects[data.subjects["safety_arm"] != ""] if of_safety else data.subjects.query("analysed")
    arms = patients["safety_arm" if of_safety else "arm"]
    for characteristic in data.study.described[section]:
        column = patients[characteristic.variable]
        column = column.astype(float) if characteristic.is_continuous else column.replace("", pd.NA)
        yield characteristic, {**{arm.id: column[arms == arm.id] for arm in data.study.arms.levels}, "": column}


def _measured(values: pd.Series, about: dict[str, Any]) -> Iterator[Number]:
    yield Key(measure="patients", **about), "value", values.count(), "pandas"
    yield Key(measure="missing", **about), "value", values.isna().sum(), "pandas"
    if values.count() < 2:
        return
    found = {"standard_deviation": values.std(), "median": values.median()}
    found |= {"minimum": values.min(), "maximum": values.max()}
    if abs(values.mean()) > NEAR_ZERO * values.std():
        found["mean"] = values.mean()
    for measure, value in found.items():
        yield Key(measure=measure, **about), "value", value, "pandas"
    for measure, probability in (("lower_quartile", 0.25), ("upper_quartile", 0.75)):
        value = np.quantile(values.dropna(), probability, method="averaged_inverted_cdf")
        yield Key(measure=measure, **about), "value", value, "numpy"


def _counted(values: pd.Series, about: dict[str, Any]) -> Iterator[Number]:
    yield Key(measure="missing", **about), "value", values.isna().sum(), "pandas"
    for level, count in values.value_counts().items():
        yield Key(measure="category", **about, level=str(level)), "value", count, "pandas"


def _compared(
    characteristic: Characteristic, first: pd.Series, second: pd.Series, about: dict[str, Any]
) -> Iterator[Number]:
    difference, test = Key(measure="standardised_difference", **about), Key(measure="test", **about)
    if min(len(first), len(second)) < 2:
        return
    if not characteristic.is_continuous:
        yield difference, "value", _distance(first, second), "scipy"
        found = chi2_contingency(_shares(first, second).mul([len(first), len(second)], axis=0), correction=False)
        yield from ((test, "statistic", found.statistic, "scipy"), (test, "p_value", found.pvalue, "scipy"))
        return
    std_dev = np.sqrt((first.var() + second.var()) / 2)
    if abs(first.mean() - second.mean()) > NEAR_ZERO * std_dev:
        yield difference, "value", (first.mean() - second.mean()) / std_dev, "pandas"
        welch = ttest_ind(first, second, equal_var=False)
        yield from ((test, "statistic", welch.statistic, "scipy"), (test, "p_value", welch.pvalue, "scipy"))


def _shares(first: pd.Series, second: pd.Series) -> pd.DataFrame:
    """Share of each level in two arms, a row an arm."""
    return pd.DataFrame([each.value_counts(normalize=True) for each in (first, second)]).fillna(0.0)


def _distance(first: pd.Series, second: pd.Series) -> float:
    """All levels are kept, and the covariance, which then has no inverse, is inverted as far as it goes."""
    shares = _shares(first, second).to_numpy()
    covariance = sum(np.diag(share) - np.outer(share, share) for share in shares) / 2
    inverse = np.asarray(np.linalg.pinv(covariance, hermitian=True), dtype=float)
    return float(mahalanobis(shares[0].tolist(), shares[1].tolist(), inverse))
