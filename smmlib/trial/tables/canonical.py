"""Values as the text that a CSV file would hold: the same for the same value, whatever format it was stored in."""

from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

# Every double with a fraction is below 2**53. To 2**63 all digits are written, as for the integers of other formats.
MOST_DIGITS = 2.0**63
MICROSECONDS = 1_000_000
LONGEST_CLOCK = 1e12


def number_text(value: float) -> str:
    """A double as the shortest text that reads back as the same double; "35", not "35.0", and "" for NaN."""
    if value != value:
        return ""
    if value.is_integer() and abs(value) < MOST_DIGITS:
        return str(int(value))  # also makes -0.0 "0"
    return repr(value)


def number_texts(values: NDArray[np.float64]) -> list[str]:
    """An array of doubles as texts.

    Parameters
    ----------
    values : array of float64
        NaN where missing.

    Returns
    -------
    list of str
    """
    return [number_text(value) for value in values.tolist()]


def decimal_text(value: Decimal) -> str:
    """A Decimal as the text of the double where that loses no digit, with all of its digits otherwise."""
    text = number_text(float(value))
    if Decimal(text) == value:
        return text
    digits = str(value)
    return digits.rstrip("0").rstrip(".") if "." in digits and "E" not in digits else digits


def moment_texts(values: NDArray[np.datetime64]) -> list[str]:
    """Dates and times as YYYY-MM-DD, with Thh:mm:ss where it is not midnight, and what a second has of decimals.

    Parameters
    ----------
    values : array of datetime64
        Of any unit; NaT where missing.

    Returns
    -------
    list of str
    """
    seconds = values.astype("datetime64[s]")
    texts = np.datetime_as_string(seconds).tolist()
    for row in np.flatnonzero((seconds != values) & ~np.isnat(values)):
        texts[row] = short_seconds(str(values[row]))
    return ["" if text == "NaT" else text.removesuffix("T00:00:00") for text in texts]


def short_seconds(text: str) -> str:
    """A time of ISO 8601 without the zeros that end the decimals of its seconds."""
    return text.rstrip("0").removesuffix(".") if "." in text else text


def clock_text(seconds: float) -> str:
    """Seconds since midnight as hh:mm:ss; "" for NaN. A duration may have more than 24 hours, or a sign.

    What no clock counts, infinity too, stays a number.
    """
    if not abs(seconds) < LONGEST_CLOCK:
        return number_text(seconds)
    whole, parts = divmod(round(abs(seconds) * MICROSECONDS), MICROSECONDS)
    clock = f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
    return short_seconds(f"{'-' if seconds < 0 else ''}{clock}.{parts:06}")


def flag_text(value: bool) -> str:
    """True as "Y", False as "N", as in the flags of CDISC."""
    return "Y" if value else "N"
