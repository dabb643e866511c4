"""What a response is: categories of one's own, how it is confirmed, and what is drawn of it."""

from typing import Literal

from pydantic import Field, model_validator

from smmlib.trial.parameters.strict import Identifier, Strict, Words
from smmlib.trial.parameters.table_rows import Code


class Category(Strict):
    """A category of response of the study's own."""

    id: Words
    """What AVALC holds."""
    label: Words
    """What the report calls it."""


class Confirmation(Strict):
    """How complete and partial response are confirmed by RECIST 1.1."""

    required: bool
    """Whether a response counts only if its criteria are met again at a subsequent assessment."""
    days: int = Field(default=28, ge=1)
    """Days from the assessment that shows a response to the one that confirms it, at least."""
    stable_between: bool = True
    """Whether a partial response may be confirmed by a later assessment than the next, stable disease in between."""
    partial_after_complete: Literal["progression", "partial-response"] = "progression"
    """What PR after an unconfirmed CR means: the disease has come back, or the CR was a PR (footnote of table 3)."""


class Waterfall(Strict):
    """A figure of the best change from baseline of each patient, the largest increase first."""

    label: Words
    """What has changed: the label of the axis, in percent."""
    variable: str | None = None
    """Variable of the subject table that holds the best change from baseline, in percent."""
    table: Literal["tumours", "laboratory"] = "tumours"
    """Table of the values from which the best change is derived, where no variable holds it."""
    paramcd: Code | None = None
    """Value of PARAMCD whose rows are those values: that of the sum of diameters, say."""

    @model_validator(mode="after")
    def _one_source(self) -> "Waterfall":
        if (self.variable is None) == (self.paramcd is None):
            raise ValueError(
                "give `variable`, which holds the best change, or `paramcd`, from whose values it follows: one of both"
            )
        return self


class Swimmer(Strict):
    """A figure with a bar for each patient: time on study, with response, progression and the end."""

    endpoint: Identifier
    """Endpoint by dates whose time is the length of the bar."""
