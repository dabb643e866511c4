"""What describes patients: the values of each variable that the parameters ask for, and its levels in their order."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from smmlib.trial.parameters.covariates import Covariate
from smmlib.trial.tables.columns import level_order_variable

if TYPE_CHECKING:
    from smmlib.trial.parameters.study import Study


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
        variable: subjects[variable].to_numpy(dtype=float if covariate.is_continuous else object)
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
    return {covariate.variable: _levels_in_order(covariate, subjects) for covariate in categorical}


def _levels_in_order(covariate: Covariate, subjects: pd.DataFrame) -> list[str]:
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
