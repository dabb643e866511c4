"""The ledger: each published number beside the reproduced one, compared at its printed precision."""

import math
import re
from dataclasses import dataclass
from decimal import Decimal

from smmlib.analysis.claims import ClaimError
from smmlib.analysis.keys import Key
from smmlib.display.formatting import MASKED, hundredfold, is_masked, rounded

NOT_REACHED = "not reached"
KEYS = {"low": "interval", "high": "interval"}
"""Keys of a claim, for those parts of a number that have another name there."""
REPRODUCED, WITHIN_TOLERANCE, DIFFERENT = "reproduced", "within tolerance", "different"
NOT_COMPARED = "not compared"
"""Verdict on a claim about a number that is masked: what is not shown cannot be held against anything."""


@dataclass(frozen=True)
class Entry:
    """One claim of the ledger.

    Attributes
    ----------
    key : Key
        The number that the claim is about.
    scale : str
        "log" when the logarithm was published; empty otherwise.
    source, confidence : str
        Where it was published, and how sure that is.
    published : str
        The claim as printed.
    reproduced : str
        The recorded numbers in full precision.
    shown : str
        The same, rounded as the claim is printed.
    tolerance : str
        The tolerance and its reason; empty without one.
    verdict : {"reproduced", "within tolerance", "different", "not compared"}
    data : {"synthetic", "reconstructed", "patients"}
        Whose numbers were reproduced.
    """

    key: Key
    scale: str
    source: str
    confidence: str
    published: str
    reproduced: str
    shown: str
    tolerance: str
    verdict: str
    data: str


def ledger(claims, records, data):
    """Compare every claim with its record.

    Parameters
    ----------
    claims : sequence of (Key, Claim)
        From `claims_by_key`.
    records : mapping of Key to Record
    data : {"synthetic", "reconstructed", "patients"}
        Whose numbers they are.

    Returns
    -------
    list of Entry

    Raises
    ------
    ClaimError
        If a claim is about a number that is not recorded.
    """
    return [_compare(index, key, claim, records, data) for index, (key, claim) in enumerate(claims)]


def _compare(index, key, claim, records, data):
    if key not in records:
        raise ClaimError(index, f"number: it is {key.name!r}, which no notebook records")
    result = records[key].result
    parts = list(_parts(index, claim, result))
    shown = [_shown_as(printed, value) for printed, value in parts]
    exact = all(printed == text for (printed, _), text in zip(parts, shown, strict=True))
    hidden = is_masked(result)
    near = claim.tolerance is not None and all(_within(printed, value, claim.tolerance) for printed, value in parts)
    return Entry(
        key=key,
        scale=claim.scale or "",
        source=claim.source,
        confidence=claim.confidence,
        published=_join(claim, [printed for printed, _ in parts]),
        reproduced="; ".join("" if math.isnan(value) else repr(value) for _, value in parts),
        shown=MASKED if hidden else _join(claim, shown),
        tolerance=f"{claim.tolerance}: {claim.tolerance_reason}" if claim.tolerance else "",
        verdict=NOT_COMPARED if hidden else REPRODUCED if exact else WITHIN_TOLERANCE if near else DIFFERENT,
        data=data,
    )


def _parts(index, claim, result):
    """Each printed number of a claim with the recorded one that it is compared with."""
    for name, printed in claim.printed.items():
        if not hasattr(result, name):
            raise ClaimError(index, f"{KEYS.get(name, name)}: it is the {name} of {claim.number!r}, which has none")
        value = getattr(result, name)
        if claim.scale == "log" and value <= 0:
            raise ClaimError(index, f"scale: it is the logarithm of {claim.number!r}, which is {value:g}")
        yield printed, math.log(value) if claim.scale == "log" else value


def _shown_as(printed, value):
    """The value, rounded and written as the claim is."""
    if math.isnan(value):
        return NOT_REACHED if printed == NOT_REACHED else "not estimable"
    if printed == NOT_REACHED:
        return f"{value:g}"
    if printed.startswith("<"):
        bound = printed.lstrip("< ")
        return printed if value < float(bound) else rounded(value, _decimals(bound))
    percent = printed.endswith("%")
    text = rounded(hundredfold(value) if percent else value, _decimals(printed))
    return f"{text}{printed[len(printed.rstrip(' %')) :]}" if percent else text


def _within(printed, value, tolerance):
    """Whether a value lies no farther from the printed number than the tolerance, in the printed unit."""
    if not re.match(r"-?\d", printed) or math.isnan(value):
        return printed == _shown_as(printed, value)
    scale = 100 if printed.endswith("%") else 1
    wanted = Decimal(printed.rstrip(" %"))
    return abs(Decimal(repr(float(value))) * scale - wanted) <= Decimal(tolerance.rstrip(" %"))


def _decimals(printed):
    number = printed.rstrip(" %")
    return len(number.partition(".")[2])


def _join(claim, texts):
    """Value and interval as a paper prints them: 0.18 (0.09-0.32)."""
    if claim.interval is None:
        return "; ".join(texts)
    *value, low, high = texts[: len(texts) if claim.value is None else 3]
    return f"{value[0]} ({low} to {high})" if value else f"{low} to {high}"
