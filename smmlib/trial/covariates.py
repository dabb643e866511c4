"""What describes patients: the values of each variable that the parameters ask for, and its levels in their order."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from smmlib.trial.parameters.covariates import Covariate
from smmlib.trial.tables.columns import level_order_variable

if TYPE_CHECKING:
    from smmlib.trial.parameters.study import Study

OTHER_LEVELS = "other levels"
"""What stands for levels that too few patients have to be told."""


def covariate_values(study: "Study", subjects: pd.DataFrame) -> dict[str, np.ndarray]:
    """Values of the covariates of patients.

    Parameters
    ----------
    study : Study
    subjects : DataFrame
        Rows of the subject table.

    Returns
    -------
    dict of str to ndarray, shape (n,)
        By variable: numbers, NaN where missing, of those that are continuous; texts, "" where missing, of the others.
    """
    return {
        variable: subjects[variable].to_numpy(dtype=float)
        if covariate.is_continuous
        else _categories(study, covariate, subjects).to_numpy(dtype=object)
        for variable, covariate in study.covariates.items()
    }


def covariate_levels(study: "Study", subjects: pd.DataFrame) -> dict[str, list[str]]:
    """The levels of each categorical covariate in their order.

    That is the order of the parameters where they list them; that of the number beside the category (AGEGR1N beside
    AGEGR1) where the table has it; else that of numbers where all levels are numbers, and of the alphabet.

    Parameters
    ----------
    study : Study
    subjects : DataFrame
        Rows of the subject table.

    Returns
    -------
    dict of str to list of str
        By variable.
    """
    categorical = [covariate for covariate in study.covariates.values() if not covariate.is_continuous]
    found = {each.variable: set(_categories(study, each, subjects)) for each in categorical}
    return {
        each.variable: [
            level
            for level in (*levels_in_order(each, subjects), OTHER_LEVELS)
            if level in found[each.variable] or level in each.levels
        ]
        for each in categorical
    }


def _categories(study: "Study", covariate: Covariate, subjects: pd.DataFrame) -> pd.Series:
    """Values of a category; those of few patients are counted together where small counts are masked.

    A level that the parameters do not list is a text from the table, and that anybody has it is itself a small count.
    """
    values = subjects[covariate.variable]
    if study.suppress_below is None or covariate.levels:
        return values
    is_rare = values.map(values.value_counts()) < study.suppress_below
    return values.mask(is_rare & (values != ""), OTHER_LEVELS)


def levels_in_order(covariate: Covariate, subjects: pd.DataFrame) -> list[str]:
    """The levels of a category that rows of the subject table hold, or that the parameters list, in their order."""
    if covariate.levels:
        return list(covariate.levels)
    known = subjects[subjects[covariate.variable] != ""]
    levels = known[covariate.variable].unique().tolist()
    order = level_order_variable(covariate)
    if order is not None and order in subjects:
        number = dict(zip(known[covariate.variable], known[order], strict=True))
        return sorted(levels, key=lambda level: number[level])
    return _sorted_levels(levels)


def _sorted_levels(levels: list[str]) -> list[str]:
    try:
        return sorted(levels, key=lambda level: (float(level), level))
    except ValueError:
        return sorted(levels)
