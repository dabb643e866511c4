"""Which column holds the arms, which of them is the reference, and who is analysed."""

import re
from dataclasses import dataclass

import pandas as pd

from smmlib.trial.new_study.found_tables import FoundTables
from smmlib.trial.tables.problems import quoted

ARM_VARIABLES = ("TRT01P", "ARM", "TRTP", "TRT01A", "ACTARM", "TRTA")
NO_ARM = re.compile("screen|not assigned|not treated|not randomi|unplanned|run-?in", re.IGNORECASE)
REFERENCE = re.compile(
    "placebo|control|observ|standard|usual|supportive|sham|vehicle|untreated|no treatment|watch|comparator"
    r"|\b(pbo|plb|pcb|ctrl|ctl|con|obs|soc|bsc|none)\b",
    re.IGNORECASE,
)
MOST_ARMS = 8
MOST_SHOWN = 3
POPULATIONS = {
    "ITTFL": ("intention-to-treat", "intention to treat"),
    "FASFL": ("full-analysis-set", "full analysis set"),
    "RANDFL": ("randomised", "randomised"),
    "EFFFL": ("efficacy", "efficacy"),
    "PPROTFL": ("per-protocol", "per protocol"),
    "SAFFL": ("safety", "safety"),
}
"""Flags of analysis sets, the first that is there being the one that is analysed; each with its id and its name."""
MEMBERSHIP = {"Y", "N", ""}
"""What a flag may hold."""
RANDOMISED = ("RANDFL", "RANDDT")


@dataclass(frozen=True)
class GuessedArm:
    """An arm as the parameters will name it."""

    id: str
    value: str
    patients: int


@dataclass(frozen=True)
class GuessedArms:
    """The arms, with what is doubtful about them.

    Attributes
    ----------
    variable : str
    arms : list of GuessedArm
    reference : str
        Id of the arm that the others are compared with.
    doubts : list of str
    """

    variable: str
    arms: list[GuessedArm]
    reference: str
    doubts: list[str]

    @property
    def values(self) -> list[str]:
        """Values of the column that are arms."""
        return [arm.value for arm in self.arms]


@dataclass(frozen=True)
class GuessedPopulation:
    """An analysis set."""

    id: str
    label: str
    flag: str
    patients: int
    arm_variable: str | None


def guess_arms(tables: FoundTables) -> GuessedArms:
    """The arms of a study.

    Raises
    ------
    ValueError
        If no column of the subject table holds arms, or more than eight.
    """
    subjects = tables.frames["subjects"]
    variable = next((name for name in ARM_VARIABLES if tables.has("subjects", name)), None)
    if variable is None:
        raise ValueError(f"no column of adsl holds the arms: none of {', '.join(ARM_VARIABLES)} is there or filled.")
    values = subjects[variable]
    counts = values[(values != "") & ~values.str.contains(NO_ARM)].value_counts()
    if not 1 <= len(counts) <= MOST_ARMS:
        raise ValueError(f"{variable} of adsl has {len(counts)} values, but a study has one arm to {MOST_ARMS}.")
    ordered = in_order_of_partner(subjects, variable, list(counts.index))
    arms = [GuessedArm(id_, value, int(counts[value])) for id_, value in zip(_ids(ordered), ordered, strict=True)]
    likely = [arm for arm in arms if REFERENCE.search(arm.value)]
    reference = (likely or arms)[0]
    doubts = [] if len(likely) == 1 else ["which arm is the reference is not told by its name"]
    arms = [arm for arm in arms if arm is not reference] + [reference]
    return GuessedArms(variable, arms, reference.id, doubts if len(arms) > 1 else [])


def guess_populations(tables: FoundTables, arms: GuessedArms) -> list[GuessedPopulation]:
    """The analysis sets that flags of the subject table tell, the one that is analysed first."""
    subjects = tables.frames["subjects"]
    inside = subjects[subjects[arms.variable].isin(arms.values)]
    found = []
    for flag, (id_, label) in POPULATIONS.items():
        values = tables.column("subjects", flag).reindex(inside.index)
        if set(values) <= MEMBERSHIP and (values == "Y").groupby(inside[arms.variable]).any().all():
            received = next((name for name in ("TRT01A", "ACTARM") if tables.has("subjects", name)), None)
            of_safety = received if flag == "SAFFL" and received != arms.variable else None
            found.append(GuessedPopulation(id_, label, flag, int((values == "Y").sum()), of_safety))
    return found


def unread_flags(tables: FoundTables, arms: GuessedArms) -> dict[str, str]:
    """Flags of analysis sets that hold something other than Y and N, each with what they hold."""
    subjects = tables.frames["subjects"]
    inside = subjects[arms.variable].isin(arms.values)
    held = {flag: set(tables.column("subjects", flag)[inside]) - MEMBERSHIP for flag in POPULATIONS}
    dates = re.compile(r"\d{4}-.*")
    return {
        flag: ", ".join(map(quoted, sorted(texts)[:MOST_SHOWN]))
        for flag, texts in held.items()
        if texts and not all(map(dates.fullmatch, texts))
    }


def in_order_of_partner(subjects: pd.DataFrame, variable: str, values: list[str]) -> list[str]:
    """Values in the order of the numeric partner, AGEGR1N for AGEGR1; in that of their texts where there is none."""
    partner = f"{variable}N"
    if partner not in subjects:
        return sorted(values, key=_place)
    pairs = subjects.loc[subjects[variable].isin(values), [variable, partner]].drop_duplicates()
    numbers = pd.to_numeric(pairs[partner], errors="coerce")
    if len(pairs) != len(values) or numbers.isna().any():
        return sorted(values, key=_place)
    return pairs.assign(number=numbers).sort_values("number")[variable].tolist()


def _place(value: str) -> tuple[float, int, str]:
    """Groups of numbers in the order of the numbers: <25, 25-<30, >=30; other texts as they read."""
    number = re.search(r"[0-9]+([.][0-9]+)?", value)
    side = {"<": -1, "≤": -1, ">": 1, "≥": 1}.get(value[:1], 0)
    return float(number[0]) if number else 0.0, side, value


def _ids(values: list[str]) -> list[str]:
    """Short names: letters, digits and hyphens, each once."""
    ids: list[str] = []
    for number, value in enumerate(values, start=1):
        name = re.sub("[^a-z0-9]+", "-", value.lower()).strip("-") or f"arm-{number}"
        ids.append(name if name not in ids else f"{name}-{number}")
    return ids
