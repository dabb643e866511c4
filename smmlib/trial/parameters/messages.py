"""What is wrong with parameters, in sentences: where, what stands there, and what is to be written instead."""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from smmlib.trial.parameters.claim import LIMIT, NUMBER, P_VALUE, TOLERANCE
from smmlib.trial.parameters.run import SECTION_NUMBER
from smmlib.trial.parameters.strict import IDENTIFIER
from smmlib.trial.parameters.yaml_source import Place, Places

LONGEST_SHOWN = 60
KEY = "[key]"
"""What pydantic ends a location with when it is the key that is wrong."""
EXPECTED = {
    "bool_type": "true or false",
    "date_type": "a date, YYYY-MM-DD",
    "dict_type": "a mapping of keys to values",
    "finite_number": "a finite number",
    "float_type": "a number",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "{ge:g} or more",
    "int_type": "a whole number",
    "less_than": "less than {lt:g}",
    "less_than_equal": "{le:g} or less",
    "list_type": "a list",
    "literal_error": "{expected}",
    "model_type": "a mapping of keys to values",
    "string_type": "text",
}
MATCHING = {
    IDENTIFIER: "a name of letters, digits, - and _, with a letter or a digit first",
    NUMBER: "a number in quotes, as it was printed: '0.18', '79%' or 'not reached'",
    LIMIT: "a number in quotes, as it was printed: '16.79'",
    TOLERANCE: "a number in quotes: '0.01' or '1%'",
    P_VALUE: "a P value in quotes, as it was printed: '0.03' or '<0.001'",
    SECTION_NUMBER: "a number in quotes, with points between its parts: '14.2'",
    "SYNTHETIC": "a text that says SYNTHETIC",
    "^SYN": "a text that begins with SYN",
}
WORDS = {
    "extra_forbidden": "unknown key; check its spelling against params/schema.json",
    "missing": "this key is required and missing",
}
READ_AS = {bool: "true or false", int: "a number", float: "a number", type(None): "nothing"}


def problem_line(path: str | Path, places: Places, place: Place, what: str) -> str:
    """One problem of a parameters file as a line.

    Parameters
    ----------
    path : Path
    places : Places
        From `smmlib.trial.parameters.yaml_source.read_yaml`.
    place : sequence of str or int
        Keys and indices.
    what : str

    Returns
    -------
    str
        "my-study.yaml:12: analysis.ties: is 'exact', but must be 'efron' or 'breslow'."
    """
    key = ".".join(map(str, place))
    return f"{path}:{places(tuple(place))}: {f'{key}: ' if key else ''}{what}{'' if what.endswith('.') else '.'}"


def validation_problems(path: str | Path, places: Places, error: ValidationError) -> list[str]:
    """What pydantic finds wrong, a line a problem.

    Parameters
    ----------
    path : Path
    places : Places
    error : ValidationError

    Returns
    -------
    list of str
        In the order of the file. A value that might have been of several kinds, and is of none, is one problem.
    """
    kinds: dict[Place, list[ErrorDetails]] = {}
    others: list[tuple[Place, str]] = []
    for details in _unwrapped(error):
        place = _place(places, details["loc"], details["type"])
        if details["type"] in EXPECTED and details["loc"][-1] != KEY:
            kinds.setdefault(place, []).append(details)
        else:
            others += _other_problems(place, details)
    of_kinds = [(place, _of_kind(some, places.written(place))) for place, some in kinds.items()]
    found = sorted(of_kinds + others, key=lambda problem: places(problem[0]))
    return [problem_line(path, places, place, what) for place, what in found]


def _unwrapped(error: ValidationError) -> Iterator[ErrorDetails]:
    """Details of an error; in place of one that a validator passed on, the details of that one."""
    for details in error.errors(include_url=False):
        cause = details.get("ctx", {}).get("error")
        if isinstance(cause, ValidationError):
            for inner in _unwrapped(cause):
                yield {**inner, "loc": details["loc"] + inner["loc"]}
        else:
            yield details


def _place(places: Places, location: Place, kind: str) -> Place:
    """Place in the file: pydantic's location also names the kind that it took a value for."""
    if location[:1] == ("endpoints",):
        location = location[:2] + location[3:]
    place: Place = ()
    absent = kind == "missing"
    for part in location[:-1] if absent else location:
        if (*place, part) in places:
            place = (*place, part)
    return (*place, location[-1]) if absent else place


def _of_kind(some: Sequence[ErrorDetails], written: str | None) -> str:
    """A value that is of none of the kinds that it may be of, or beyond its bounds."""
    given, kinds = some[0]["input"], {details["type"]: details for details in some}
    if "string_type" in kinds and written and not isinstance(given, list | dict):
        return f"{written} is read as {READ_AS.get(type(given), 'a date')}, not as text: quote it"
    if "float_type" in kinds:
        kinds.pop("int_type", None)
    expected = [EXPECTED[kind].format(**details.get("ctx", {})) for kind, details in kinds.items()]
    of_kinds = " or ".join(filter(None, [", ".join(expected[:-1]), expected[-1]]))
    number = _as_number(given, kinds) if isinstance(given, str) else ""
    if number:
        return f"is the text {given!r}, but must be {of_kinds}: write {number}"
    return f"is {_shown(given, written)}, but must be {of_kinds}"


def _as_number(text: str, kinds: Mapping[str, ErrorDetails]) -> str:
    """What to write for a number that was written as text; nothing where none is expected."""
    try:
        number = float(text) if text.isascii() and kinds.keys() & {"float_type", "int_type"} else math.nan
    except ValueError:
        return ""
    return f"{number:.15g}" if number.is_integer() or (math.isfinite(number) and "float_type" in kinds) else ""


def _other_problems(place: Place, details: ErrorDetails) -> Iterator[tuple[Place, str]]:
    """Place and sentence of each: of a key, of a length, or in a validator's own words."""
    kind, given, context = details["type"], details["input"], details.get("ctx", {})
    the_key = "the key " if details["loc"][-1:] == (KEY,) else ""
    if kind in WORDS:
        yield place, WORDS[kind]
    elif kind in EXPECTED:
        yield place, f"{the_key}is {_shown(given)}, but must be {EXPECTED[kind].format(**context)}"
    elif kind == "string_pattern_mismatch":
        yield place, f"{the_key}is {_shown(given)}, but must be {MATCHING[context['pattern']]}"
    elif kind == "value_error" and not place:  # said of the study as a whole: each line begins with its key
        for line in str(context["error"]).split("\n"):
            key, _, words = line.partition(" ")
            yield tuple(key.rstrip(":").split(".")), words
    elif kind == "value_error":
        yield place, str(context["error"])
    elif context.keys() & {"min_length", "max_length"}:
        yield place, the_key + _of_length(given, **context)
    else:
        yield place, f"{the_key}is {_shown(given)}: {details['msg']}"


def _of_length(given: Any, min_length: int | None = None, max_length: int | None = None, **_: object) -> str:
    """A text or a list that is too short or too long."""
    bound = f"{max_length} or fewer" if min_length is None else f"{min_length} or more"
    if not isinstance(given, str):
        return f"has {len(given)} entries, but must have {bound}"
    return (
        f"has {len(given)} characters, but must have {bound}: {_shown(given)}"
        if given
        else "is empty, but must be text"
    )


def _shown(given: object, written: str | None = None) -> str:
    if isinstance(given, dict | list):
        return "a mapping" if isinstance(given, dict) else "a list"
    if isinstance(given, str):
        return repr(given if len(given) <= LONGEST_SHOWN else f"{given[:LONGEST_SHOWN]}...")
    return written or ("empty" if given is None else str(given))
