"""One spelling for one value: what looks the same on paper is the same in tables and parameters."""

import re
import unicodedata

import yaml

MICRO_SIGN, GREEK_MU = "\u00b5", "\u03bc"
"""Two characters of one look, which normalisation (NFC) leaves apart; units are written with either."""
WHOLE_WITH_DECIMALS = re.compile(r"(-?(?:0|[1-9][0-9]*))\.0+")


def one_spelling(text: str) -> str:
    """A text in the composed form of Unicode (NFC), with one of the two micro signs.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        As it is where it is ASCII.

    References
    ----------
    .. [1] Unicode Standard Annex #15, Unicode Normalization Forms.
    """
    return text if text.isascii() else unicodedata.normalize("NFC", text).replace(MICRO_SIGN, GREEK_MU)


def code_text(text: str) -> str:
    """A code as every format writes it: "81" for "81.0", as programs write whole numbers of a column of floats.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        In one spelling. What is no whole number, or has zeros in front, stays as it is: "1.50", "01.0", "3.0.1".
    """
    whole = WHOLE_WITH_DECIMALS.fullmatch(text)
    return one_spelling(text) if whole is None else "0" if whole[1] == "-0" else whole[1]


def as_yaml(text: str) -> str:
    """A text as it is written in a parameters file, in quotes where YAML would read something else: 'No', '012'."""
    return yaml.safe_dump(text, allow_unicode=True, width=10**6).splitlines()[0]
