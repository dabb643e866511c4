"""Which rows of a table count, what stands for a missing value, and records that are let through as they are."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from smmlib.trial.parameters.strict import Strict, Words
from smmlib.trial.spelling import code_text

MISSING_MARKS = ("NA", "NaN", "nan", "<NA>", ".")
"""What R, pandas, numpy and SAS write for a missing value."""
CheckName = Literal["arm", "death", "order", "recorded time"]
CHECKS: dict[CheckName, str] = {
    "arm": "another table names another arm than the subject table",
    "death": "DTHFL and DTHDT do not agree on whether the patient died",
    "order": "dates are in an order that cannot be",
    "recorded time": "AVAL is not the time from STARTDT to ADT",
}
"""What may contradict itself, by the name under which `data.accept` lets a patient through."""

FirstDay = Annotated[int, Field(ge=0, le=1)]
"""Day that AVAL gives to the day of STARTDT."""
Code = Annotated[str, AfterValidator(code_text)]
"""A value that is compared with cells of a table."""


class Other(Strict):
    """Rows that hold another value than these."""

    unlike: Code | list[Code] = Field(alias="not")
    """Value, or values, of the rows that are passed over."""


def _kind_of_condition(given: Any) -> str:
    if isinstance(given, list):
        return "several values"
    return "other values" if isinstance(given, (dict, Other)) else "one value"


Condition = Annotated[
    Annotated[Code, Tag("one value")]
    | Annotated[list[Code], Field(min_length=1), Tag("several values")]
    | Annotated[Other, Tag("other values")],
    Discriminator(_kind_of_condition),
]
"""A value that the rows hold, a list of them, or `not:` and what they do not hold."""


class Acceptance(Strict):
    """A patient whose records contradict one another, and who is analysed nevertheless."""

    patient: Words
    """USUBJID."""
    check: CheckName
    """Which facts may contradict one another."""
    reason: Words
    """Why, for the readers of the report."""
