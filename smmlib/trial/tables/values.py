"""What a cell may hold: each kind of value as a type that says what is expected where a cell holds something else."""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import BeforeValidator, TypeAdapter, ValidationError

from smmlib.plain_text import ACTING, FORMULA, begins_formula
from smmlib.trial.tables.day_cells import day_of
from smmlib.trial.tables.problems import MOST_COUNTED

KindByName = Literal[
    "day",
    "given day",
    "number",
    "measurement",
    "time",
    "any text",
    "words",
    "filled",
    "identifier",
    "member",
    "yes or no",
    "censoring",
    "grade",
]


@dataclass(frozen=True)
class OneOf:
    """The kind of a text that is one of a study's own, as the categories of its responses are."""

    texts: tuple[str, ...]
    advice: str = ""


Kind = KindByName | OneOf
"""What a cell may be asked to hold."""

FLAGS = {"Y": True, "N": False, "": False}
IDENTIFIER = re.compile(r"[\w][\w ./:#()-]*")


def _must(hold: object, expected: str) -> None:
    if not hold:
        raise ValueError(f"must be {expected}")


def _given_day(text: str) -> date | None:
    _must(text, "a date, YYYY-MM-DD: it is empty")
    return day_of(text)


def _number(text: str) -> float:
    """A number of zero or more, or NaN for an empty cell."""
    return _finite(text, 0, "a number, zero or more")


def _measurement(text: str) -> float:
    """A number of either sign, or NaN for an empty cell."""
    return _finite(text, -math.inf, "a number, or nothing")


def _finite(text: str, lowest: float, expected: str) -> float:
    if not text:
        return math.nan
    if re.fullmatch(r"-?\d+,\d+", text):
        expected = "a number with a decimal point, not a comma"
    elif text[:1] in "<>" and text[1:]:
        expected = "a number: decide by the protocol what a value beyond the limit of detection counts as"
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"must be {expected}") from None
    _must(math.isfinite(number) and number >= lowest and text.isascii() and "_" not in text, expected)
    return number


def _time(text: str) -> float:
    _must(text, "a number, zero or more")
    return _number(text)


def _words(text: str) -> str:
    _must(not begins_formula(text), f"text that begins with none of {' '.join(FORMULA)}, which a spreadsheet runs")
    _must(not ACTING.search(text), "text without control characters: take them out")
    return text


def _filled(text: str) -> str:
    _must(text, "given: it is empty")
    return _words(text)


def _identifier(text: str) -> str:
    _must(text, "the identifier of a patient: it is empty")
    _words(text)
    _must(IDENTIFIER.fullmatch(text), "an identifier of letters, digits, spaces and the signs -./_:#()")
    return text


def _yes_or_no(text: str) -> bool:
    _must(text in FLAGS, "Y or N")
    return FLAGS[text]


def _member(text: str) -> bool:
    _must(text in FLAGS, "Y or N, or in the whole column dates where patients belong to it")
    return FLAGS[text]


def _censoring(text: str) -> int:
    """CNSR: 0 is an event; which of the other whole numbers it is says why a time is censored."""
    _must(re.fullmatch(r"0|[1-9][0-9]{0,8}", text), "0 (event) or a whole number above it (censored)")
    return int(text)


def _grade(text: str) -> float:
    _must(text in ("", "1", "2", "3", "4", "5"), "a grade, 1 to 5, or nothing")
    return float(text) if text else math.nan


# What is wrong with a cell takes a thousand times its memory while it is told, so that cells are read in parts.
BLOCK = 10_000
TEXTS = ("any text", "words", "filled", "identifier")
MISSING: dict[Kind, float | bool] = {
    "number": math.nan,
    "measurement": math.nan,
    "time": math.nan,
    "grade": math.nan,
    "member": False,
    "yes or no": False,
    "censoring": 1,
}
"""What stands for a wrong cell while the rest of the table is checked; for a day, None."""
READ: dict[KindByName, Callable[[str], object]] = {
    "day": day_of,
    "given day": _given_day,
    "number": _number,
    "measurement": _measurement,
    "time": _time,
    "any text": str,
    "words": _words,
    "filled": _filled,
    "identifier": _identifier,
    "member": _member,
    "yes or no": _yes_or_no,
    "censoring": _censoring,
    "grade": _grade,
}
KINDS: dict[KindByName, TypeAdapter[list[Any]]] = {
    name: TypeAdapter(list[Annotated[object, BeforeValidator(read)]]) for name, read in READ.items()
}


@lru_cache(maxsize=4)
def _adapter(kind: Kind) -> TypeAdapter[list[Any]]:
    """What reads cells of a kind."""
    if not isinstance(kind, OneOf):
        return KINDS[kind]

    def member(text: str) -> str:
        _must(text in kind.texts, f"one of {', '.join(kind.texts)}{kind.advice}")
        return text

    return TypeAdapter(list[Annotated[object, BeforeValidator(member)]])


def kind_of_membership(texts: Iterable[str]) -> Kind:
    """What a column of members is: days where one of its cells begins as a date does, else flags."""
    return "day" if any(re.match(r"\d{4}-", text) for text in texts) else "member"


def values_of(texts: Sequence[str] | pd.Index, kind: Kind) -> tuple[list[Any], dict[int, str]]:
    """Values of some cells, and what is wrong with those that hold none of the kind.

    Parameters
    ----------
    texts : sequence of str
        Distinct cells.
    kind : str or OneOf
        One of `KINDS`, or the texts that a cell may hold.

    Returns
    -------
    values : list
        One for each cell; where a cell is wrong a missing value, or the text itself of those that are texts.
    wrong : dict of int to str
        For the place of each wrong cell, what is expected: "must be Y or N". After many the rest is not looked at.
    """
    values: list[Any] = []
    wrong: dict[int, str] = {}
    for start in range(0, len(texts), BLOCK):
        block = list(texts[start : start + BLOCK])
        if len(wrong) > MOST_COUNTED:
            values += [_instead(text, kind) for text in block]
            continue
        read, expected = _values_of_block(block, kind)
        values += read
        wrong |= {start + place: what for place, what in expected.items()}
    return values, wrong


def _values_of_block(texts: Sequence[str], kind: Kind) -> tuple[list[Any], dict[int, str]]:
    """The same of a few cells."""
    try:
        return _adapter(kind).validate_python(texts), {}
    except ValidationError as error:
        wrong = {int(details["loc"][0]): details["msg"].removeprefix("Value error, ") for details in error.errors()}
    right = iter(_adapter(kind).validate_python([text for place, text in enumerate(texts) if place not in wrong]))
    return [_instead(text, kind) if place in wrong else next(right) for place, text in enumerate(texts)], wrong


def _instead(text: str, kind: Kind) -> Any:
    """What stands for a wrong cell."""
    return text if isinstance(kind, OneOf) or kind in TEXTS else MISSING.get(kind)
