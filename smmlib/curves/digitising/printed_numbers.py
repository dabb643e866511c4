"""Numbers as figures print them: minus signs, percent signs, decimal commas, points and middle dots, thousands."""

import re

_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}(?:[,\u2009\u202f\u00a0 ]\d{3})+")
_PLAIN = re.compile(r"-?(?:\d+(?:[.,\u00b7]\d+)?|[.,\u00b7]\d+)")


def printed_number(text):
    """The number that a label prints, without its percent sign; None where it prints anything else.

    A comma before three digits parts thousands, unless a zero stands before it.
    """
    text = text.strip().removesuffix("%").strip().replace("\u2212", "-").replace("\u2013", "-")
    if _THOUSANDS.fullmatch(text):
        return float(re.sub(r"[^\d-]", "", text))
    if _PLAIN.fullmatch(text):
        return float(re.sub(r"[,\u00b7]", ".", text))
    return None
