"""Levels of categories in their order: that of the number that ADaM puts beside them, AGEGR1N beside AGEGR1."""

from collections.abc import Iterable

import pandas as pd

from smmlib.trial.parameters.study import Study

FEWEST_A_LEVEL = 5
"""Patients that a stratum has on average, at least, where nothing is said of it."""


def partner_of(variable: str) -> str:
    """The variable with the number of each level."""
    return f"{variable}N"


def levels_in_order(subjects: pd.DataFrame, variable: str) -> list[str]:
    """The levels of a variable in the order of their numbers; in that of their texts where these are not one to one.

    Parameters
    ----------
    subjects : DataFrame
        Patients, with the variable as texts and, if the table has it, the number beside it.
    variable : str

    Returns
    -------
    list of str
        Without the empty one.
    """
    known = subjects[subjects[variable] != ""]
    levels = sorted(known[variable].unique())
    partner = partner_of(variable)
    if partner not in subjects:
        return levels
    pairs = known[[variable, partner]].drop_duplicates()
    number = pd.to_numeric(pairs[partner], errors="coerce")
    one_to_one = len(pairs) == len(levels) and number.notna().all() and number.is_unique
    return pairs[variable].iloc[number.argsort()].tolist() if one_to_one else levels


def stratum_levels(study: Study, subjects: pd.DataFrame) -> dict[str, list[str]]:
    """Levels of each stratification factor in their order, by variable."""
    return {factor.variable: levels_in_order(subjects, factor.variable) for factor in study.strata}


def present_in_order(levels: Iterable[str] | None, present: Iterable[str]) -> list[str]:
    """Those of some levels that are present, in their order; in that of their texts where no order is known."""
    there = set(present)
    return [level for level in levels or () if level in there] if there <= set(levels or ()) else sorted(there)


def words_on_many_levels(study: Study, subjects: pd.DataFrame) -> list[str]:
    """What is said of factors with so many levels that strata have few patients, each and all of them together.

    Parameters
    ----------
    study : Study
    subjects : DataFrame
        Patients who are analysed, with the factors.

    Returns
    -------
    list of str
    """
    factors = [factor.variable for factor in study.strata]
    by_name = {f"stratum {factor}": subjects[factor].nunique() for factor in factors}
    if len(factors) > 1:
        by_name[f"strata {', '.join(factors)} together"] = len(subjects[factors].drop_duplicates())
    return [
        f"{name}: {count} levels in {len(subjects)} patients, fewer than {FEWEST_A_LEVEL} a level: a patient without "
        "another of the other arm in the level tells a stratified test nothing"
        for name, count in by_name.items()
        if count > len(subjects) / FEWEST_A_LEVEL
    ]
