"""Variables of the subject table that describe patients: baseline characteristics, and the subgroups they form."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Annotated, Literal, Protocol

from pydantic import Field, StringConstraints, model_validator

from smmlib.trial.parameters.strict import Strict, Words

MOST_LEVELS = 50
"""A variable with more is no category, but a measurement or the name of something."""
Variable = Annotated[str, StringConstraints(min_length=1)]
Levels = Annotated[dict[Words, Words], Field(min_length=2, max_length=MOST_LEVELS)]
"""Values of a variable, in the order in which tables show them, each with its name in words."""
Cut = Annotated[int | float, Field(allow_inf_nan=False)]


@dataclass(frozen=True)
class Covariate:
    """A variable of patients, as the analysis data hold it.

    Attributes
    ----------
    variable : str
    is_continuous : bool
        Whether it holds numbers, NaN where missing; else it holds texts, "" where missing.
    levels : tuple of str
        The values that it may have, in their order, where the parameters list them.
    table : {"subjects", "exposure"}
        The table of subjects, of which it is a column, or that of exposure, of which it is a PARAMCD.
    """

    variable: str
    is_continuous: bool
    levels: tuple[str, ...] = ()
    table: Literal["subjects", "exposure"] = "subjects"


class HasCovariate(Protocol):
    """A part of the parameters that asks for a covariate."""

    @property
    def covariate(self) -> Covariate:
        """What it asks for."""


def covariates_asked(parts: Iterable[HasCovariate]) -> dict[str, Covariate]:
    """The covariates that parts of the parameters ask for, each variable once.

    Parameters
    ----------
    parts : iterable of HasCovariate

    Returns
    -------
    dict of str to Covariate
        By variable, with the levels of the part that lists them.
    """
    asked: dict[str, Covariate] = {}
    for covariate in (part.covariate for part in parts):
        before = asked.setdefault(covariate.variable, covariate)
        asked[covariate.variable] = replace(before, levels=before.levels or covariate.levels)
    return asked


class Characteristic(Strict):
    """A row, or a row for each of its levels, of a table that describes patients."""

    variable: Variable
    """Variable of the subject table."""
    label: Words
    """Its name in words."""
    kind: Literal["continuous", "categorical"] | None = None
    """Numbers or categories; when left out, numbers where a unit is given and categories otherwise."""
    unit: Words | None = None
    """Unit of the numbers."""
    decimals: int = Field(default=1, ge=0, le=6)
    """Decimals with which the page prints the mean and the other numbers in that unit."""
    levels: Levels | None = None
    """Categories in their order, each with its name in words; those that the table has when left out."""

    @model_validator(mode="after")
    def _numbers_or_categories(self) -> "Characteristic":
        if self.unit is not None and self.kind == "categorical":
            raise ValueError("unit is given, but kind is 'categorical': only numbers have a unit")
        if self.levels is not None and self.is_continuous:
            raise ValueError("levels are given, but the variable holds numbers: leave out unit and kind, or levels")
        return self

    @property
    def is_continuous(self) -> bool:
        """Whether the variable holds numbers."""
        return self.kind == "continuous" or (self.kind is None and self.unit is not None)

    @property
    def covariate(self) -> Covariate:
        """The variable that it describes."""
        return Covariate(self.variable, self.is_continuous, tuple(self.levels or ()))


class ExposureMeasure(Characteristic):
    """A row, or a row for each of its levels, of the table of exposure to treatment."""

    table: Literal["subjects", "exposure"] = "subjects"
    """`exposure` where `variable` is a PARAMCD of `data.exposure`, with a row a patient, and no column of subjects."""

    @property
    def covariate(self) -> Covariate:
        """The variable that it describes."""
        return replace(super().covariate, table=self.table)


class Subgroup(Strict):
    """A variable by whose categories, or by whose numbers cut into intervals, the arms are compared in subgroups."""

    variable: Variable
    """Variable of the subject table."""
    label: Words
    """Its name in words."""
    levels: Levels | None = None
    """Categories in their order, each with its name in words; those that the table has when left out."""
    cuts: Annotated[list[Cut], Field(min_length=1, max_length=MOST_LEVELS - 1)] | None = None
    """Numbers that part the patients, increasing; each belongs to the interval above it: 65 makes <65 and >=65."""
    unit: Words | None = None
    """Unit of the cuts."""

    @model_validator(mode="after")
    def _numbers_or_categories(self) -> "Subgroup":
        if self.cuts is None and self.unit is not None:
            raise ValueError("unit is given, but only numbers have one: give cuts, the numbers that part the patients")
        if self.cuts is not None and self.levels is not None:
            raise ValueError("cuts and levels are both given: cuts are for numbers, levels for categories")
        if any(one >= following for one, following in pairwise(self.cuts or ())):
            raise ValueError(f"cuts are {self.cuts}: each must be larger than the one before")
        return self

    @property
    def is_continuous(self) -> bool:
        """Whether the variable holds numbers."""
        return self.cuts is not None

    @property
    def intervals(self) -> list[str]:
        """The intervals between the cuts, in their order: "<65", "65 to <75", ">=75"; none of categories."""
        if self.cuts is None:
            return []
        cuts = [repr(float(cut)).removesuffix(".0") for cut in self.cuts]
        return [f"<{cuts[0]}", *(f"{low} to <{high}" for low, high in pairwise(cuts)), f">={cuts[-1]}"]

    @property
    def covariate(self) -> Covariate:
        """The variable by which patients are grouped."""
        return Covariate(self.variable, self.is_continuous, tuple(self.levels or ()))
