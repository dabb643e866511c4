"""Who was randomised, who is analysed, in which arm and stratum."""

import pandas as pd


def analysed_subjects(study, subjects):
    """The patients of the analysis set.

    Parameters
    ----------
    study : Study
    subjects : DataFrame
        From `read_subjects`.

    Returns
    -------
    DataFrame
    """
    return subjects[subjects[study.population.analysed]] if study.population.analysed else subjects


def population_steps(study, subjects):
    """From randomisation to the analysis set, step by step.

    Parameters
    ----------
    study : Study
    subjects : DataFrame
        From `read_subjects`.

    Returns
    -------
    dict of str to DataFrame
        Patients of each step: `randomised`, then `excluded` where the study has exclusions, then `analysed`.
    """
    steps = {"randomised": subjects}
    if study.population.analysed:
        steps["excluded"] = subjects[~subjects[study.population.analysed]]
    steps["analysed"] = analysed_subjects(study, subjects)
    return steps


def exclusion_reasons(study, excluded):
    """How many patients were excluded for each reason, by the reason; empty where a study does not say why."""
    reason = study.population.exclusion_reason
    if excluded is None or reason is None:
        return {}
    return excluded[reason].value_counts().sort_index().to_dict()


def subjects_in_arm(study, subjects, arm):
    """Patients randomised to one arm; `arm` is one of `study.arms.both`."""
    return subjects[subjects[study.arms.variable] == arm.value]


def stratum_labels(study, subjects):
    """Stratum of each patient: the levels of all stratification factors together, or None without factors."""
    if not study.strata:
        return None
    levels = [subjects[factor.variable] for factor in study.strata]
    return pd.Series([", ".join(level) for level in zip(*levels, strict=True)], index=subjects.index)


def stratum_levels(factor, subjects):
    """Levels of one stratification factor that occur, sorted."""
    return sorted(subjects[factor.variable].unique())
