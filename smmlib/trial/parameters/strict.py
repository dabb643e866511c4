"""What every part of the parameters is: strict and frozen."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A part of the parameters: unknown keys and wrong types are refused, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)
