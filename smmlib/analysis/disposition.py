"""Who was randomised, who is analysed, and in which stratum."""

from collections.abc import Iterator

from smmlib.analysis.keys import Key
from smmlib.stats.counts import patient_count
from smmlib.stats.results import Estimate
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.levels import present_in_order
from smmlib.trial.parameters.study import Study

SECTION = "population"
STEPS = {"randomised": "randomised_arm", "excluded": "randomised_arm", "analysed": "arm"}
"""Steps from randomisation to analysis, each with the arm that its patients count for."""


def possible_keys(study: Study) -> Iterator[Key]:
    """Keys that the numbers of this part can have, but for the levels of strata and the reasons of exclusions."""
    for step in STEPS:
        yield Key(SECTION, step)
        yield from (Key(SECTION, step, arm=arm.id) for arm in study.arms.levels)


def disposition_counts(data: AnalysisData) -> dict[Key, Estimate]:
    """Patients at each step from randomisation to analysis, in all and by arm.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate
        `randomised`, `excluded` where there are any, `analysed`; the first two by the arm randomised to.

    Examples
    --------
    QuiRedex randomised 125 patients, and analysed 119 without the 6 that it excluded.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import disposition_counts
    >>> counts = {key.name: count.value for key, count in disposition_counts(analysis_data("quiredex-2013")).items()}
    >>> [counts[f"population.{step}"] for step in ("randomised", "excluded", "analysed")]
    [125.0, 6.0, 119.0]
    """
    subjects = data.subjects
    excluded = subjects[~subjects["analysed"]]
    members = {"randomised": subjects, "excluded": excluded, "analysed": subjects[subjects["analysed"]]}
    numbers = {}
    for key in possible_keys(data.study):
        step, what = key.measure, f"{key.measure} patients"
        if step == "excluded" and excluded.empty:
            continue
        if not key.arm:
            numbers[key] = patient_count(len(members[step]), what=what, of=len(subjects))
            continue
        patients = int((members[step][STEPS[step]] == key.arm).sum())
        randomised = int((subjects["randomised_arm"] == key.arm).sum())
        numbers[key] = patient_count(
            patients, what=what, arm=data.study.arms.named(key.arm).label, of=max(patients, randomised)
        )
    return numbers


def exclusion_counts(data: AnalysisData) -> dict[Key, Estimate]:
    """Patients excluded for each reason, by the arm randomised to; none where the study does not say why.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate

    Examples
    --------
    QuiRedex excluded 6 patients, all of whom did not meet the criteria.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import exclusion_counts
    >>> counts = exclusion_counts(analysis_data("quiredex-2013"))
    >>> sum(count.value for count in counts.values()), {key.level for key in counts}
    (6.0, {'Did not meet the eligibility criteria'})
    """
    excluded, numbers = data.subjects[~data.subjects["analysed"]], {}
    for reason in sorted(set(excluded["exclusion_reason"]) - {""}):
        for arm in data.study.arms.levels:
            of_arm = excluded[excluded["randomised_arm"] == arm.id]
            numbers[Key(SECTION, "exclusion", arm=arm.id, level=reason)] = patient_count(
                int((of_arm["exclusion_reason"] == reason).sum()),
                what=f"excluded: {reason}",
                arm=arm.label,
                of=len(of_arm),
            )
    return numbers


def stratum_counts(data: AnalysisData) -> dict[Key, Estimate]:
    """Patients analysed in each level of each stratification factor, by arm.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate

    Examples
    --------
    E3A06 had two strata, and 182 patients.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import stratum_counts
    >>> counts = stratum_counts(analysis_data("e3a06-2020"))
    >>> sorted({key.level for key in counts}), sum(count.value for count in counts.values())
    (['<= 12 months', '> 12 months'], 182.0)
    """
    analysed, numbers = data.subjects[data.subjects["analysed"]], {}
    for factor in data.study.strata:
        for level in present_in_order(data.levels.get(factor.variable), analysed[factor.variable].unique()):
            for arm in data.study.arms.levels:
                of_arm = analysed.loc[analysed["arm"] == arm.id, factor.variable]
                numbers[Key(SECTION, "stratum", arm=arm.id, factor=factor.variable, level=level)] = patient_count(
                    int((of_arm == level).sum()), what=f"{factor.label}: {level}", arm=arm.label, of=len(of_arm)
                )
    return numbers
