"""The data types of Dataset-JSON 1.1: which JSON values each may have, and their text."""

import math
import re
from datetime import date, datetime, time
from decimal import Decimal

from smmlib.trial.tables.canonical import decimal_text, flag_text, number_text, short_seconds

EXPECTED = {
    "string": "a text",
    "integer": "a whole number, without quotes",
    "decimal": "a number in quotes",
    "float": "a number, without quotes",
    "double": "a number, without quotes",
    "boolean": "true or false, without quotes",
    "datetime": "a date and time in ISO 8601, as '2020-02-29T13:05:00'",
    "date": "a date in ISO 8601, as '2020-02-29'",
    "time": "a time in ISO 8601, as '13:05:00'",
    "URI": "a text",
}
TEXTS = ("string", "URI")
# A date of which the day, or the day and the month, are not known is left as it stands.
INCOMPLETE = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?")


def cell_text(value: object, kind: str) -> str:
    """A JSON value as text.

    Parameters
    ----------
    value : object
        As json.loads gives it; None is missing.
    kind : str
        The dataType of its column, a key of `EXPECTED`.

    Returns
    -------
    str

    Raises
    ------
    ValueError or another of Python's errors of conversion
        If the value is not of that dataType.
    """
    return "" if value is None else TEXT_OF[kind](value)


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError
    if not value.isascii():
        value.encode()  # half of a surrogate pair, which JSON can escape, is no character
    return value.strip()


def _integer(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return number_text(value)
    raise ValueError


def _double(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError
    return number_text(float(value))


def _boolean(value: object) -> str:
    if not isinstance(value, bool):
        raise ValueError
    return flag_text(value)


def _decimal(value: object) -> str:
    text = _string(value)
    number = Decimal(text or 0)
    if not number.is_finite():
        raise ValueError
    return decimal_text(number) if text else ""


def _date(value: object) -> str:
    text = _string(value)
    return text if not text or INCOMPLETE.fullmatch(text) else date.fromisoformat(text).isoformat()


def _datetime(value: object) -> str:
    text = _string(value)
    if not text or INCOMPLETE.fullmatch(text):
        return text
    # The date and time that stand there, whatever the zone.
    return short_seconds(datetime.fromisoformat(text).replace(tzinfo=None).isoformat()).removesuffix("T00:00:00")


def _time(value: object) -> str:
    text = _string(value)
    return short_seconds(time.fromisoformat(text).replace(tzinfo=None).isoformat()) if text else ""


TEXT_OF = {
    "string": _string,
    "integer": _integer,
    "decimal": _decimal,
    "float": _double,
    "double": _double,
    "boolean": _boolean,
    "datetime": _datetime,
    "date": _date,
    "time": _time,
    "URI": _string,
}
