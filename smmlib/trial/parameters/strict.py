"""What every part of the parameters is: strict and frozen; and the values that several parts are made of."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
Words = Annotated[str, StringConstraints(min_length=1)]


class Strict(BaseModel):
    """A part of the parameters: unknown keys and wrong types are refused, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


def _day(given):
    """YAML reads 2012-08-31 as a date; in quotes it is text."""
    try:
        return date.fromisoformat(given) if isinstance(given, str) else given
    except ValueError:
        raise ValueError("must be a date, YYYY-MM-DD") from None


Day = Annotated[date, BeforeValidator(_day)]
