"""Text stays text: nothing of it acts on a terminal, in a spreadsheet or in a shell. Standard library only."""

import csv
import io
import os
import re
import shlex
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet takes for the beginning of a formula."""
BLANK_THAT_HIDES_ONE = ("\t", "\r", "\n")
NUMBERS = re.compile(r"([-+]?\d[\d.]*(e[-+]?\d+)?|%|to|not reached|not estimable|masked|[;() ])+")
"""Numbers as a ledger holds them, "-0.5 (-0.9 to -0.1)": one may begin with a minus."""

ACTING = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Characters that no text needs: control characters, separators of lines, and what turns the direction of writing."""
SHOWN_CATEGORIES = ("L", "M", "N", "P", "S", "Zs")
JOINERS = "\u200c\u200d"
"""They shape the letters beside them, in Persian or Hindi."""

NOT_UTF8 = "its name, or that of a folder above it, is not in UTF-8: rename it."


def is_utf8(path: str | Path) -> bool:
    """Whether a path can be written down: a file system may hold names of any bytes.

    Parameters
    ----------
    path : str or Path
        With the folder that it is in.

    Returns
    -------
    bool
    """
    return not any("\ud800" <= character <= "\udfff" for character in os.path.abspath(path))


def visible(text: object) -> str:
    """Text for a message of one line: what would act instead of show is written as an escape, a line break too.

    Parameters
    ----------
    text : object
        Taken as str.

    Returns
    -------
    str
    """
    return "".join(map(_visible_character, str(text)))


def _visible_character(character: str) -> str:
    if unicodedata.category(character).startswith(SHOWN_CATEGORIES) or character in JOINERS:
        return character
    return character.encode("unicode_escape").decode("ascii")


def visible_lines(text: object) -> str:
    """The same for a message of several lines, which end where it has a line feed."""
    return "\n".join(map(visible, str(text).split("\n")))


def say(text: object, file: TextIO | None = None) -> None:
    """Write lines to the terminal: to standard error, or to `file`; what its encoding lacks is shown as an escape."""
    stream = file or sys.stderr
    encoding = getattr(stream, "encoding", None) or "utf-8"
    print(visible_lines(text).encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=True)


def shell_command(*words: object) -> str:
    """A command as it can be typed or pasted, whatever its words hold: make report PARAMS='my trial.yaml'."""
    return visible(" ".join(map(_typed, map(str, words))))


def _typed(word: str) -> str:
    """A word for the shell; of a setting of make the value alone is quoted."""
    setting = re.match(r"[A-Z]+=", word)
    name = setting[0] if setting else ""
    return name + shlex.quote(word.removeprefix(name))


def begins_formula(text: str) -> bool:
    """Whether a spreadsheet would run a text: the wide forms of the four signs count too.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool
    """
    first = unicodedata.normalize("NFKC", text[:1])
    return first in (*FORMULA, *BLANK_THAT_HIDES_ONE)


def csv_text(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table as CSV for people: what a spreadsheet would run stands behind an apostrophe, which makes it text.

    Parameters
    ----------
    columns : iterable of str
    rows : iterable of iterable
        Texts, numbers and other values; None and NaN are left empty.

    Returns
    -------
    str
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(map(_cell, columns))
    writer.writerows(map(_cell, row) for row in rows)
    return stream.getvalue()


def _cell(value: object) -> object:
    if value is None or value != value:
        return ""
    runs = isinstance(value, str) and begins_formula(value) and not NUMBERS.fullmatch(value)
    return f"'{value}" if runs else value


def lower_first(text: str) -> str:
    """Text as the middle of a sentence: the first letter is lowered, but not that of an acronym, nor of HbA1c."""
    first = re.match(r"\w*", text)
    is_acronym = first is not None and any(letter.isupper() for letter in first[0][1:])
    return text if is_acronym else text[:1].lower() + text[1:]
