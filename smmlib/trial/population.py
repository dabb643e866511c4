"""Who was randomised, who is analysed, in which arm and stratum."""

from collections.abc import Sequence

import pandas as pd

from smmlib.trial.data import Tables
from smmlib.trial.data_cutoff import cut_tables
from smmlib.trial.parameters.arms import Arm
from smmlib.trial.parameters.study import Study
from smmlib.trial.tables.cross_checks import is_member

ARM = "arm"
"""Column with the id of the arm that a patient counts for."""
OTHER_REASONS = "other reasons"
"""What stands for reasons that too few patients have to be told."""


def analysed_subjects(study: Study, subjects: pd.DataFrame, population: str | None = None) -> pd.DataFrame:
    """The patients of a population, with the arm that they count for in the column `arm`.

    Parameters
    ----------
    study : Study
    subjects : DataFrame
        Of `Tables`: the randomised.
    population : str, optional
        Name of one of the study's populations; the one that the study analyses when left out.

    Returns
    -------
    DataFrame
        Without those who received what is none of the arms, where the population counts by treatment received.
    """
    chosen = study.populations[population or study.population]
    members = subjects if chosen.flag is None else subjects[is_member(subjects[chosen.flag])]
    members = members.assign(arm=_arm_of(study, members, chosen.arm_variable))
    return members[members[ARM].notna()]


def _arm_of(study: Study, subjects: pd.DataFrame, variable: str | None) -> pd.Series:
    """Id of the arm: of the one randomised to, or received; who received nothing keeps the randomised one."""
    ids = {arm.value: arm.id for arm in study.arms.levels}
    randomised = subjects[study.arms.variable].map(ids)
    return subjects[variable].map(ids).where(subjects[variable] != "", randomised) if variable else randomised


def population_steps(study: Study, tables: Tables) -> dict[str, pd.DataFrame]:
    """From randomisation to the analysis set at the data cut-off, step by step.

    Parameters
    ----------
    study : Study
    tables : Tables

    Returns
    -------
    dict of str to DataFrame
        Patients of each step: `randomised`, then `excluded` where the study has exclusions, then `analysed`. The
        first two count by the arm randomised to.
    """
    subjects = cut_tables(study, tables, study.data_cutoff).subjects
    randomised = subjects.assign(arm=_arm_of(study, subjects, None))
    steps = {"randomised": randomised}
    flag = study.populations[study.population].flag
    if flag is not None and not is_member(subjects[flag]).all():
        steps["excluded"] = randomised[~is_member(subjects[flag])]
    steps["analysed"] = analysed_subjects(study, subjects)
    return steps


def without_rare(reasons: pd.Series, fewest: int | None) -> pd.Series:
    """Reasons of patients, those of fewer than `fewest` of them called other reasons; as they are where that is None.

    A reason is a text from the tables or a rule: where few have it, that anybody has it is itself a small count.
    """
    counts = reasons.map(reasons.value_counts())
    return reasons if fewest is None else reasons.where(counts >= fewest, OTHER_REASONS)


def subjects_in_arm(subjects: pd.DataFrame, arm: Arm) -> pd.DataFrame:
    """Patients of one arm; `arm` is one of `study.arms.levels`, and `subjects` has the column `arm`."""
    return subjects[subjects[ARM] == arm.id]


def empty_arms(arms: Sequence[Arm], subjects: pd.DataFrame) -> list[Arm]:
    """Those of some arms that no patient is in; `subjects` has the column `arm`."""
    return [arm for arm in arms if subjects_in_arm(subjects, arm).empty]


def stratum_labels(study: Study, subjects: pd.DataFrame) -> pd.Series | None:
    """Stratum of each patient: the levels of all stratification factors together, or None without factors."""
    if not study.strata:
        return None
    levels = [subjects[factor.variable] for factor in study.strata]
    return pd.Series([", ".join(level) for level in zip(*levels, strict=True)], index=subjects.index)
