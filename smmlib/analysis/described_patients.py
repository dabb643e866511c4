"""Tables that describe patients by arm: at baseline, how treatment and study ended, how much treatment they had."""

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
import pandas as pd

from smmlib.analysis.keys import Key
from smmlib.stats.baseline.summary import summary_statistics
from smmlib.stats.counts import patient_count
from smmlib.stats.results import NOT_ESTIMABLE, Estimate, SummaryStatistics, not_estimable
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.parameters.covariates import Characteristic
from smmlib.trial.parameters.study import Study

DescribedSection = Literal["baseline", "disposition", "exposure"]
OPEN_MEASURES = ("category",)
"""Counts whose levels only the tables tell, where the parameters do not list them."""
ARM_COLUMNS: dict[str, str] = {"baseline": "arm", "disposition": "arm", "exposure": "safety_arm"}
"""Column of subjects with the arm that a patient is described in: the one analysed in, or counted in for safety."""
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


def keys_of_descriptions(study: Study, section: DescribedSection) -> Iterator[Key]:
    """Keys that the numbers of a table can have, but for levels that the parameters do not list.

    Parameters
    ----------
    study : Study
    section : {"baseline", "disposition", "exposure"}

    Yields
    ------
    Key
    """
    for characteristic in study.described[section]:
        measures = ("patients", *STATISTICS) if characteristic.is_continuous else ()
        for arm in column_arms(study):
            about: dict[str, Any] = {"arm": arm, "factor": characteristic.variable}
            yield from (Key(section, measure, **about) for measure in (*measures, "missing"))
            yield from (Key(section, "category", **about, level=level) for level in characteristic.levels or ())


def described_patients(data: AnalysisData, section: DescribedSection) -> dict[Key, Estimate]:
    """Each variable of a table in each arm and in all.

    Parameters
    ----------
    data : AnalysisData
    section : {"baseline", "disposition", "exposure"}

    Returns
    -------
    dict of Key to Estimate
        Of numbers the patients with a value, mean, standard deviation, quartiles, minimum and maximum; of categories
        the patients in each level, of those with one, or in the table of disposition of all; of both the patients
        without a value.
    """
    numbers: dict[Key, Estimate] = {}
    for characteristic in data.study.described[section]:
        describe = _measured if characteristic.is_continuous else _counted
        for arm in column_arms(data.study):
            numbers |= describe(data, section, characteristic, arm)
    return numbers


def disposition_table(data: AnalysisData) -> dict[Key, Estimate]:
    """How treatment and study ended for the analysed patients, by the arm that they are analysed in, and for all.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate
        Patients in each level of what the parameters list under `disposition`, of all patients of the arm; and those
        of whom nothing is recorded.

    Examples
    --------
    Freireich's parameters list nothing there.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import disposition_table
    >>> disposition_table(analysis_data("freireich-1963"))
    {}
    """
    return described_patients(data, "disposition")


def extent_of_exposure(data: AnalysisData) -> dict[Key, Estimate]:
    """How much treatment the patients of the safety population had, by the arm that they are counted in, and all.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate
        Of each measure that the parameters list under `exposure`, as `described_patients` has it.

    Examples
    --------
    Freireich's parameters list nothing there.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import extent_of_exposure
    >>> extent_of_exposure(analysis_data("freireich-1963"))
    {}
    """
    return described_patients(data, "exposure")


def members_described(data: AnalysisData, section: DescribedSection, arm: str = "") -> pd.DataFrame:
    """The patients whom a table describes: rows of `subjects` of one arm, or of all.

    Parameters
    ----------
    data : AnalysisData
    section : {"baseline", "disposition", "exposure"}
    arm : str
        Its id; all arms when empty.

    Returns
    -------
    DataFrame
    """
    counted = data.subjects[ARM_COLUMNS[section]]
    return data.subjects[counted == arm if arm else counted != ""]


def shown_levels(data: AnalysisData, section: DescribedSection, characteristic: Characteristic) -> list[str]:
    """The listed levels of a category, or those that a described patient has, in their order."""
    values = set(members_described(data, section)[characteristic.variable])
    levels = data.levels[characteristic.variable]
    return [level for level in levels if characteristic.levels or level in values]


def arm_label(study: Study, arm: str) -> str:
    """The label of an arm named by its id; nothing for all arms."""
    return study.arms.named(arm).label if arm else ""


def _measured(
    data: AnalysisData, section: DescribedSection, characteristic: Characteristic, arm: str
) -> dict[Key, Estimate]:
    about: dict[str, Any] = {"arm": arm, "factor": characteristic.variable}
    label = arm_label(data.study, arm)
    values = members_described(data, section, arm)[characteristic.variable].to_numpy()
    summary = summary_statistics(values, unit=characteristic.unit or "", arm=label)
    known = f"patients with a value of {characteristic.label}"
    return {
        Key(section, "patients", **about): patient_count(summary.n, what=known, arm=label, of=len(values)),
        **{Key(section, measure, **about): _statistic(summary, measure) for measure in STATISTICS},
        Key(section, "missing", **about): _missing(characteristic, summary.missing, len(values), label),
    }


def _statistic(summary: SummaryStatistics, measure: str) -> Estimate:
    name, method = STATISTICS[measure]
    value = getattr(summary, name)
    counts: dict[str, Any] = {"arm": summary.arm, "n": summary.n, "events": NOT_ESTIMABLE}
    if np.isnan(value):  # without its unit, for a time that is missing would be called not reached
        return Estimate(NOT_ESTIMABLE, **not_estimable(method, "there are too few values"), **counts)
    return Estimate(value, unit=summary.unit, method=method, **counts)


def _counted(
    data: AnalysisData, section: DescribedSection, characteristic: Characteristic, arm: str
) -> dict[Key, Estimate]:
    about: dict[str, Any] = {"arm": arm, "factor": characteristic.variable}
    label = arm_label(data.study, arm)
    values = members_described(data, section, arm)[characteristic.variable].to_numpy()
    known = values[values != ""]
    names = characteristic.levels or {}
    counts = {
        Key(section, "category", **about, level=level): patient_count(
            int((known == level).sum()),
            what=f"patients, {characteristic.label}: {names.get(level, level)}",
            arm=label,
            # who completed the study has no reason to have left it, and is one of the patients all the same
            of=len(values) if section == "disposition" else len(known),
        )
        for level in shown_levels(data, section, characteristic)
    }
    missing = _missing(characteristic, len(values) - len(known), len(values), label)
    return {**counts, Key(section, "missing", **about): missing}


def _missing(characteristic: Characteristic, missing: int, patients: int, label: str) -> Estimate:
    return patient_count(missing, what=f"patients without a value of {characteristic.label}", arm=label, of=patients)
