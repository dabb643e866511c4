"""Who was randomised, who is analysed, in which arm and stratum."""

import pandas as pd

from smmlib.trial.data_cutoff import cut_tables
from smmlib.trial.tables.agreement import is_member

ARM = "arm"
"""Column with the id of the arm that a patient counts for."""
OTHER_REASONS = "other reasons"
"""What stands for reasons that too few patients have to be told."""


def analysed_subjects(study, subjects, population=None):
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
    """
    chosen = study.populations[population or study.population]
    members = subjects if chosen.flag is None else subjects[is_member(subjects[chosen.flag])]
    return members.assign(arm=_arm_of(study, members, chosen.arm_variable))


def _arm_of(study, subjects, variable):
    """Id of the arm: of the one randomised to, or received; who received none of the two keeps the randomised one."""
    ids = {arm.value: arm.id for arm in study.arms.both}
    randomised = subjects[study.arms.variable].map(ids)
    return subjects[variable].map(ids).fillna(randomised) if variable else randomised


def population_steps(study, tables):
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
        steps["excluded"] = _with_reasons(study, randomised[~is_member(subjects[flag])])
    steps["analysed"] = analysed_subjects(study, subjects)
    return steps


def _with_reasons(study, excluded):
    """The excluded, each with a reason where the study says why; rare ones together where small counts are masked."""
    variable = study.populations[study.population].exclusion_reason
    if variable is None:
        return excluded
    reasons = excluded[variable].replace("", "reason not given")
    return excluded.assign(**{variable: without_rare(reasons, study.suppress_below)})


def without_rare(reasons, fewest):
    """Reasons of patients, those of fewer than `fewest` of them called other reasons; as they are where that is None.

    A reason is a text from the tables or a rule: where few have it, that anybody has it is itself a small count.
    """
    counts = reasons.map(reasons.value_counts())
    return reasons if fewest is None else reasons.where(counts >= fewest, OTHER_REASONS)


def exclusion_reasons(study, excluded):
    """How many patients were excluded for each reason, by the reason; empty where a study does not say why."""
    reason = study.populations[study.population].exclusion_reason
    if excluded is None or reason is None:
        return {}
    return excluded[reason].value_counts().sort_index().to_dict()


def subjects_in_arm(subjects, arm):
    """Patients of one arm; `arm` is one of `study.arms.both`, and `subjects` has the column `arm`."""
    return subjects[subjects[ARM] == arm.id]


def stratum_labels(study, subjects):
    """Stratum of each patient: the levels of all stratification factors together, or None without factors."""
    if not study.strata:
        return None
    levels = [subjects[factor.variable] for factor in study.strata]
    return pd.Series([", ".join(level) for level in zip(*levels, strict=True)], index=subjects.index)


def stratum_levels(factor, subjects):
    """Levels of one stratification factor that occur, sorted."""
    return sorted(subjects[factor.variable].unique())
