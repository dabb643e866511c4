"""Texts of the data as a report prints them: those in capitals in sentence case, as MedDRA has its terms."""

import re

WORD = re.compile(r"[^\W\d_]+")
SHORTEST = 4
"""Letters from which on a text of one word is a word, and no code: "WHITE" is, "ECG", "CR" and "Y" are not."""
ABBREVIATIONS = frozenset(
    WORD.findall(
        "AIDS ALAT ALT APTT ASAT AST BMI BUN CABG COPD COVID CPK CRP CT DIC DNA DVT EBV ECG ECOG EEG EGFR EMA EU "
        "FDA GI HBV HCV HDL HER HIV HLA HPV ICU ID IG IGA IGE IGG IGM II III INR IV IVA IVB IU LDH LDL MDS MRI NCI "
        "NOS NYHA PET PSA QT QTC RBC RNA ST TIA TSH UK US USA UTI UV VI VII VIII WBC WHO XI XII"
    )
)
"""Kept in capitals, as is a word without a vowel."""
NAMES = frozenset(
    WORD.findall(
        "Africa African Alaska America American Arab Asia Asian Australia Australian Bowen Caucasian Chinese Crohn "
        "Cushing European Ewing Guillain Barre Hawaiian Hispanic Hodgkin Indian Islander Japanese Johnson Kaposi "
        "Korean Latina Latino Maori Merkel Native Parkinson Pacific Raynaud Sjogren Spanish Stevens Wernicke"
    )
)
"""Words that begin with a capital wherever they stand."""


def as_printed(text: str) -> str:
    """A text of the data as it is printed.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        "SKIN AND SUBCUTANEOUS TISSUE DISORDERS" as "Skin and subcutaneous tissue disorders"; abbreviations and names
        keep their capitals, "ECG QT PROLONGED" is "ECG QT prolonged". A text with small letters, and a code such as
        "F" or "NYHA", are left as they are.
    """
    words = WORD.findall(text)
    if not any(len(word) >= SHORTEST and word not in ABBREVIATIONS for word in words) or text != text.upper():
        return text
    printed = WORD.sub(lambda word: _word(word[0]), text)
    first = WORD.search(printed)
    assert first is not None
    return printed[: first.start()] + printed[first.start()].upper() + printed[first.start() + 1 :]


def _word(word: str) -> str:
    if word in ABBREVIATIONS or (len(word) > 1 and not set(word) & set("AEIOUY")):
        return word
    return word.capitalize() if word.capitalize() in NAMES else word.lower()


def without_ratio_of_itself(unit: str) -> str:
    """A unit as it is printed: a quantity per the same quantity, "mg/mg", is a number without a unit."""
    above, _, below = unit.partition("/")
    return "" if above.strip() == below.strip() else unit
