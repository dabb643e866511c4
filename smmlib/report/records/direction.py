"""In which direction a hazard ratio points, in words, made from the ratio as it is printed; or why none is told."""

import math
from decimal import Decimal

from smmlib.display.formatting import in_figures, is_masked, rounded
from smmlib.plain_text import lower_first

TWICE = 2
"""From this ratio on a hazard is called so many times as high, and below it so many percent higher."""
FEWEST_EVENTS = 10
"""Events of both arms together below which no direction is told. With fewer than about ten for each coefficient of a
Cox model, and the arm is one, the coefficient is biased and its interval does not hold (Peduzzi et al. 1995, J Clin
Epidemiol 48:1503-1510)."""


def direction_in_words(study, key, result, events):
    """What a hazard ratio says: "Hazard of death 69% lower with Rd".

    Parameters
    ----------
    study : Study
    key : Key
        Of a hazard ratio.
    result : Estimate
    events : tuple of float
        Patients with the event in the arm and in the reference; NaN where masked.

    Returns
    -------
    str
        Where a direction cannot be told, why: "Too few events (3) to say", "12 against 15 events: no difference shown
        (interval includes 1)". Empty where the ratio or the events are masked, and where the ratio is printed as
        nothing.
    """
    if is_masked(result) or any(map(math.isnan, events)):
        return ""
    if sum(events) < FEWEST_EVENTS:
        return f"Too few events ({sum(events):.0f}) to say"
    counted = "{:.0f} against {:.0f} events".format(*events)
    if math.isnan(result.value):
        return f"{counted}: hazard ratio not estimable"
    if includes_no_difference(result):
        return f"{counted}: no difference shown (interval includes 1)"
    return _pointing(study, key, result)


def _pointing(study, key, result):
    ratio = _printed(result)
    if ratio is None:
        return ""
    arm, reference = study.arms.named(key.arm), study.arms.named(key.reference)
    hazard = f"Hazard of {lower_first(study.endpoints[key.endpoint].event_label)}"
    among = f" than with {reference.label}" if len(study.arms.pairs) > 1 else ""
    if ratio == 1:
        return f"{hazard} the same with {arm.label} and with {reference.label}"
    if ratio < 1:
        return f"{hazard} {_percent(1 - ratio)}% lower with {arm.label}{among}"
    if ratio < TWICE:
        return f"{hazard} {_percent(ratio - 1)}% higher with {arm.label}{among}"
    return f"{hazard} {rounded(float(ratio), 1)} times as high with {arm.label} as with {reference.label}"


def includes_no_difference(result):
    """Whether the interval of a ratio, as it is printed, includes 1.

    Parameters
    ----------
    result : Estimate

    Returns
    -------
    bool
        False where the ratio has no interval.
    """
    if is_masked(result) or result.low != result.low or result.high != result.high:
        return False
    low, high = (Decimal(in_figures(limit, "ratio")) for limit in (result.low, result.high))
    return low <= 1 <= high


def _printed(result):
    """The ratio as it is printed; None where that is no number above zero."""
    if is_masked(result) or math.isnan(result.value):
        return None
    ratio = Decimal(in_figures(result.value, result.unit))
    return ratio if ratio > 0 else None


def _percent(share):
    """A share in percent: without decimals, but never as none, nor as all of it."""
    for decimals in range(6):
        text = rounded(float(share * 100), decimals)
        if 0 < float(text) < 100 or share >= 1:
            return text
    return text
