"""Which columns of the subject table describe patients: strata, baseline characteristics, subgroups."""

import re
from dataclasses import dataclass

import pandas as pd

from smmlib.trial.covariates import levels_in_order
from smmlib.trial.new_study.found_tables import FoundTables
from smmlib.trial.new_study.guessed_arms import GuessedArms, in_order_of_partner
from smmlib.trial.parameters.covariates import Covariate

STRATUM = re.compile(r"STRAT\d*[RV]?|STRATA?R?\d*|STRAT[A-Z]*")
BASELINE_NAMES = {
    "AGE": "Age",
    "AGEGR1": "Age group",
    "SEX": "Sex",
    "RACE": "Race",
    "ETHNIC": "Ethnicity",
    "REGION1": "Region",
    "WEIGHTBL": "Weight",
    "HEIGHTBL": "Height",
    "BMIBL": "Body mass index",
    "BMIBLGR1": "Body mass index group",
    "BSABL": "Body surface area",
    "ECOGBL": "ECOG performance status",
    "EDUCLVL": "Education",
    "DURDIS": "Duration of disease",
    "DURDSGR1": "Duration of disease, group",
    "SMOKSTAT": "Smoking status",
}
"""Columns that ADaM or its examples name, each with its name in words."""
UNITS = {"AGE": "years", "WEIGHTBL": "kg", "HEIGHTBL": "cm", "BMIBL": "kg/m²", "BSABL": "m²", "EDUCLVL": "years"}
IS_BASELINE = re.compile(r"[A-Z0-9]{2,6}BL(GR\d)?")
IS_GROUP = re.compile(r"[A-Z0-9]+GR\d")
OBSERVED_UNTIL = ("LSTALVDT", "EOSDT", "DTHDT")
MOST_LEVELS, MOST_SUBGROUP_LEVELS, FEWEST_NUMBERS = 12, 6, 7
FEWEST_OF_LEVEL = 5


@dataclass(frozen=True)
class GuessedVariable:
    """A column that describes patients.

    Attributes
    ----------
    variable, label : str
    is_continuous : bool
    unit : str
        Empty where none is known.
    levels : list of str
        Of a categorical one, in their order.
    is_ordered_here : bool
        Whether a report would show the levels in another order, so that the parameters must list them.
    missing : int
    is_known : bool
        Whether its name is one whose meaning is agreed.
    """

    variable: str
    label: str
    is_continuous: bool
    unit: str
    levels: list[str]
    is_ordered_here: bool
    missing: int
    is_known: bool


def guess_strata(tables: FoundTables, arms: GuessedArms) -> list[GuessedVariable]:
    """Factors by which randomisation was stratified: columns named STRAT and filled for every patient."""
    described = [
        _described(tables, arms, name)
        for name in tables.frames["subjects"].columns.astype(str)
        if STRATUM.fullmatch(name)
    ]
    return [each for each in described if not each.missing and 2 <= len(each.levels) <= MOST_LEVELS]


def guess_baseline(tables: FoundTables, arms: GuessedArms) -> list[GuessedVariable]:
    """Baseline characteristics, those whose names are agreed first."""
    there = tables.frames["subjects"].columns.astype(str).tolist()
    names = [name for name in BASELINE_NAMES if name in there]
    names += [name for name in there if IS_BASELINE.fullmatch(name) and name not in names]
    described = [_described(tables, arms, name) for name in names if tables.has("subjects", name)]
    return [each for each in described if each.is_continuous or 2 <= len(each.levels) <= MOST_LEVELS]


def guess_subgroups(tables: FoundTables, arms: GuessedArms) -> list[GuessedVariable]:
    """Variables whose levels are subgroups: few, and none with only a few patients."""
    there = tables.frames["subjects"].columns.astype(str).tolist()
    names = [name for name in there if IS_GROUP.fullmatch(name) and name != "SITEGR1"]
    names += [name for name in ("SEX", "RACE", "REGION1", "ECOGBL") if name in there]
    described = [_described(tables, arms, name) for name in names]
    inside = inside_arms(tables, arms)
    return [
        each
        for each in described
        if not each.is_continuous
        and 2 <= len(each.levels) <= MOST_SUBGROUP_LEVELS
        and inside[each.variable].replace("", pd.NA).value_counts().min() >= FEWEST_OF_LEVEL
    ]


def guess_treatment(tables: FoundTables, arms: GuessedArms) -> dict[str, str]:
    """Dates of the first and last day of treatment; and to which it counts for those whose treatment goes on."""
    treated = inside_arms(tables, arms)
    if not {"TRTSDT", "TRTEDT"} <= set(treated):
        return {}
    treated = treated[treated["TRTSDT"] != ""]
    ongoing = treated[treated["TRTEDT"] == ""]
    until = [name for name in OBSERVED_UNTIL if name in treated and (ongoing[name] >= ongoing["TRTSDT"]).all()]
    if not len(treated) or (len(ongoing) and not until):
        return {}
    return {"start": "TRTSDT", "end": "TRTEDT"} | ({"observed_until": until[0]} if len(ongoing) else {})


def inside_arms(tables: FoundTables, arms: GuessedArms) -> pd.DataFrame:
    """Rows of the patients of the arms."""
    subjects = tables.frames["subjects"]
    return subjects[subjects[arms.variable].isin(arms.values)]


def described_variable(subjects: pd.DataFrame, name: str, label: str, unit: str = "") -> GuessedVariable:
    """What a column of the patients of the arms holds.

    Parameters
    ----------
    subjects : DataFrame
        Of texts, "" where a value is missing.
    name, label : str
        The column, and its name in words: the column's own where nobody agreed on one.
    unit : str
        Of its numbers, where it holds numbers and the unit is known.

    Returns
    -------
    GuessedVariable
    """
    filled = subjects.loc[subjects[name] != "", name]
    distinct = filled.unique().tolist()
    numbers = pd.to_numeric(pd.Series(distinct, dtype=object), errors="coerce").notna()
    is_continuous = bool(len(distinct) >= FEWEST_NUMBERS and numbers.all())
    levels = [] if is_continuous else in_order_of_partner(subjects, name, distinct)
    return GuessedVariable(
        variable=name,
        label=label,
        is_continuous=is_continuous,
        unit=unit if is_continuous else "",
        levels=levels,
        is_ordered_here=bool(levels) and levels != levels_in_order(Covariate(name, is_continuous), subjects),
        missing=int((subjects[name] == "").sum()),
        is_known=label != name,
    )


def _described(tables: FoundTables, arms: GuessedArms, name: str) -> GuessedVariable:
    label, unit = BASELINE_NAMES.get(name, name), UNITS.get(name, "")
    return described_variable(inside_arms(tables, arms), name, label, unit)
