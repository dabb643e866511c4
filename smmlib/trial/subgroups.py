"""Which subgroup each patient belongs to: a category, or the interval that a number lies in."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from smmlib.trial.parameters.covariates import Subgroup

if TYPE_CHECKING:
    from smmlib.trial.parameters.study import Study


def subgroup_levels(subgroup: Subgroup, levels: Mapping[str, Sequence[str]]) -> list[str]:
    """The subgroups that a variable makes, in their order.

    Parameters
    ----------
    subgroup : Subgroup
    levels : mapping of str to sequence of str
        Levels of the categories, as `AnalysisData.levels` has them.

    Returns
    -------
    list of str
    """
    return subgroup.intervals or list(levels[subgroup.variable])


def subgroup_of_patients(subgroup: Subgroup, values: np.ndarray) -> np.ndarray:
    """The subgroup of each patient.

    Parameters
    ----------
    subgroup : Subgroup
    values : ndarray, shape (n,)
        Of its variable: numbers, NaN where missing, or texts, "" where missing.

    Returns
    -------
    ndarray of str, shape (n,)
        "" where the value is missing. A number on a cut belongs to the interval above it.
    """
    if subgroup.cuts is None:
        return values.astype(str)
    numbers = values.astype(float)
    place = np.searchsorted(subgroup.cuts, np.nan_to_num(numbers), side="right")
    return np.where(np.isnan(numbers), "", np.array(subgroup.intervals)[place])


def level_label(study: "Study", subgroup: Subgroup, level: str) -> str:
    """A subgroup in words: "Female", as the parameters call it here or under baseline."""
    described = [each.levels for each in study.baseline if each.variable == subgroup.variable]
    names = subgroup.levels or next(iter(described), None) or {}
    return names.get(level, level)


def subgroup_in_words(study: "Study", subgroup: Subgroup, level: str) -> str:
    """A variable and one of its subgroups: "Age: <65 years", "Sex: Female"."""
    unit = f" {subgroup.unit}" if subgroup.unit else ""
    return f"{subgroup.label}: {level_label(study, subgroup, level)}{unit}"
