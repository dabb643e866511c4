"""One spelling for words that differ in capitals and blanks alone."""

import pandas as pd


def plain(text: str) -> str:
    """A text by which spellings are compared: without capitals, blanks single."""
    return " ".join(text.casefold().split())


def one_spelling(texts: pd.Series) -> pd.Series:
    """Texts, each in the spelling that most rows have; of equally common ones the first of the alphabet.

    Parameters
    ----------
    texts : Series of str

    Returns
    -------
    Series of str
    """
    counts = texts.value_counts()
    by_plain: dict[str, str] = {}
    for text in sorted(counts.index, key=lambda text: (-counts[text], text)):
        by_plain.setdefault(plain(text), text)
    return texts.map({text: by_plain[plain(text)] for text in counts.index})
