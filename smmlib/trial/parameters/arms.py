"""The arms of a trial, any number from one to eight, and which of them are compared."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from smmlib.stats.types import Arms as ArmLabels
from smmlib.trial.parameters.strict import Identifier, Strict, Text
from smmlib.trial.spelling import code_text

ShortLabel = Annotated[Text, StringConstraints(min_length=1, max_length=20)]
MOST_ARMS = 8
"""More curves cannot be told apart in one figure."""


class Arm(Strict):
    """One arm of the trial."""

    id: Identifier
    """Short name in the names of numbers."""
    value: Annotated[Text, AfterValidator(code_text)]
    """Value of the arm variable in the subject table."""
    label: ShortLabel
    """Name in tables and figures: short, for it stands beside the curve."""
    name: Text
    """Name in a sentence."""


class Comparison(Strict):
    """Two arms that are compared: differences are arm - reference, ratios arm / reference."""

    arm: Identifier
    reference: Identifier


class Arms(Strict):
    """The arms, in the order in which tables and figures show them."""

    variable: str
    """Variable of the subject table that holds the arm."""
    levels: list[Arm] = Field(min_length=1, max_length=MOST_ARMS)
    """Patients with another value of the variable are outside the analysis."""
    reference: Identifier | None = None
    """Id of the arm that each other arm is compared with; left out where there is one arm."""
    comparisons: list[Comparison] | None = Field(default=None, min_length=1)
    """Which arms are compared; each with the reference when left out."""

    @model_validator(mode="before")
    @classmethod
    def _has_levels(cls, content: object) -> object:
        if isinstance(content, dict) and "levels" not in content and isinstance(content.get("reference"), dict):
            raise ValueError("list the arms under levels, and give the id of one of them as reference")
        return content

    @model_validator(mode="after")
    def _ids_are_known(self) -> Self:
        ids = [arm.id for arm in self.levels]
        repeated = [name for place, name in enumerate(ids) if name in ids[:place]]
        if repeated:
            raise ValueError(f"id {repeated[0]!r} is given twice")
        named = [("reference", self.reference)] if self.reference else []
        for each in self.comparisons or ():
            named += [("comparisons: arm", each.arm), ("comparisons: reference", each.reference)]
        for place, name in named:
            if name not in ids:
                raise ValueError(f"{place} is {name!r}, which is not one of {', '.join(ids)}")
        self._check_comparisons(ids)
        return self

    def _check_comparisons(self, ids: Sequence[str]) -> None:
        if len(ids) == 1 and (self.reference or self.comparisons):
            raise ValueError("there is one arm and nothing to compare it with: leave reference and comparisons out")
        if len(ids) > 1 and not (self.reference or self.comparisons):
            raise ValueError(f"give reference, the arm that others are compared with: one of {', '.join(ids)}")
        pairs = [(each.arm, each.reference) for each in self.comparisons or ()]
        for pair in pairs:
            if pair[0] == pair[1]:
                raise ValueError(f"comparisons: {pair[0]} is compared with itself")
            if pairs.count(pair) > 1:
                raise ValueError(f"comparisons: {pair[0]} with {pair[1]} is given twice")

    @property
    def pairs(self) -> tuple[tuple[Arm, Arm], ...]:
        """Each comparison as (arm, reference)."""
        if self.comparisons:
            return tuple((self.named(each.arm), self.named(each.reference)) for each in self.comparisons)
        if self.reference is None:
            return ()
        reference = self.named(self.reference)
        return tuple((arm, reference) for arm in self.levels if arm is not reference)

    def labels(self, arm_id: str, reference_id: str) -> ArmLabels:
        """The labels of the two arms of a comparison, as a result carries them."""
        return {"arm": self.named(arm_id).label, "reference": self.named(reference_id).label}

    def named(self, arm_id: str) -> Arm:
        """The arm of that id, which the parameters are known to have."""
        return next(arm for arm in self.levels if arm.id == arm_id)
