"""Labels as they stand in running text: "Time to First CNS Event" of a table becomes "Time to first CNS event"."""

import re
from collections.abc import Callable

ACRONYMS = frozenset(
    [
        "AE",
        "AML",
        "BICR",
        "CNS",
        "CR",
        "CT",
        "CTCAE",
        "DFS",
        "DOR",
        "ECOG",
        "EFS",
        "GVHD",
        "HIV",
        "ICU",
        "IRC",
        "ITT",
        "MI",
        "MRI",
        "NYHA",
        "ORR",
        "OS",
        "PD",
        "PFS",
        "PR",
        "PSA",
        "RECIST",
        "RFS",
        "SAE",
        "SD",
        "TTP",
        "TTNT",
        "WHO",
    ]
)
"""What is kept in a label that is in capitals throughout, where nothing else tells an acronym from a word."""
NAMES = frozenset(
    [
        "Alzheimer",
        "Binet",
        "Cheyne",
        "Cox",
        "Crohn",
        "Cushing",
        "Down",
        "Epstein",
        "Fontaine",
        "Gleason",
        "Graves",
        "Hodgkin",
        "Huntington",
        "Kaplan",
        "Kaposi",
        "Karnofsky",
        "Lugano",
        "Lyme",
        "Meier",
        "Parkinson",
        "Raynaud",
        "Rutherford",
        "Wilms",
    ]
)
"""Names of persons and places that labels of endpoints have."""
WORD = re.compile(r"[^\W\d_]+")
SHORT = 4
"""Letters of words that title case may leave small."""


def sentence_case(label: str) -> str:
    """A label in title case, or in capitals, as the beginning of a sentence; any other as it is.

    Parameters
    ----------
    label : str

    Returns
    -------
    str
        Acronyms (PFS, CNS, HIV), words of mixed case (HbA1c) and names that are known are kept; of a label in capitals
        throughout, the acronyms that are known.
    """
    words = WORD.findall(label)
    if len(words) < 2:
        return label
    if label.isupper():
        return _lowered(label, lambda word: word in ACRONYMS)
    in_title_case = all(not word[:1].islower() for word in words if len(word) >= SHORT)
    is_plain = [word for word in words[1:] if word.istitle() and len(word) > 1]
    return _lowered(label, lambda word: not word.istitle() or len(word) == 1) if in_title_case and is_plain else label


def _lowered(label: str, is_kept: Callable[[str], bool]) -> str:
    """The words but the first in small letters, where they are not kept."""

    def small(found: re.Match[str]) -> str:
        word = found[0]
        if is_kept(word):
            return word
        if word.title() in NAMES:
            return word.title()
        return word.title() if found.start() == first else word.lower()

    first = next(WORD.finditer(label)).start()
    return WORD.sub(small, label)
