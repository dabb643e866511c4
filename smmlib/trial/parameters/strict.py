"""What every part of the parameters is: strict and frozen; and the values that several parts are made of."""

from datetime import date
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from smmlib.plain_text import FORMULA, begins_formula

IDENTIFIER = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"


def _no_formula(text: str) -> str:
    if begins_formula(text):
        signs = " ".join(FORMULA)
        raise ValueError(f"is {text!r}, but must be text that begins with none of {signs}, which a spreadsheet runs")
    return text


Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER, max_length=100)]
"""The name of a part, of its file and of its numbers."""
Text = Annotated[str, AfterValidator(_no_formula)]
"""What a report says in the words of the study, in its tables too."""
Words = Annotated[Text, StringConstraints(min_length=1)]
Time = Annotated[int | float, Field(ge=0, allow_inf_nan=False)]


class Strict(BaseModel):
    """A part of the parameters: unknown keys and wrong types are refused, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


def _day(given: object) -> object:
    """YAML reads 2012-08-31 as a date; in quotes it is text."""
    try:
        return date.fromisoformat(given) if isinstance(given, str) else given
    except ValueError:
        raise ValueError(f"is {given!r}, but must be a date, YYYY-MM-DD") from None


Day = Annotated[date, BeforeValidator(_day)]


def _inside_the_folder(path: str) -> str:
    """Paths are read as written: a link that somebody put into the folder is theirs to follow."""
    given = PurePosixPath(path.replace("\\", "/"))
    if not given.parts:
        raise ValueError(f"is {path!r}, which names no file")
    if given.is_absolute() or ".." in given.parts or ":" in given.parts[0]:
        raise ValueError(
            f"is {path!r}, which leads out of the study's folder: put the file, or a link to it, beside this file"
        )
    return path


FileInFolder = Annotated[str, AfterValidator(_inside_the_folder)]
