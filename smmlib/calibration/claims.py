"""Published numbers as intervals: the values that print as the number does."""

from dataclasses import dataclass, replace
from decimal import Decimal
from math import exp, isnan, nan

from smmlib.trial.categories import PARTIAL_RESPONSE_OR_BETTER, RESPONSE_CATEGORIES

MARGIN = 0.001
"""Share of a unit of the last printed digit that a value keeps from the edges of its interval."""


class ClaimError(ValueError):
    """Published numbers that the cohort does not, or cannot, give back."""


@dataclass(frozen=True)
class Target:
    """One printed number and the values that print so.

    Attributes
    ----------
    number : str
        Name of the claim and, for limits and P values, the part of it.
    printed : str
    low, high : float
        The values wanted, both ends included; both NaN when the number must not be estimable.
    unit : float
        Unit of the last printed digit.
    """

    number: str
    printed: str
    low: float
    high: float
    unit: float

    @property
    def centre(self):
        """The middle of the interval."""
        return (self.low + self.high) / 2

    def excess(self, value):
        """How far a value lies outside of the interval, in printed units; 0 inside."""
        if isnan(self.low) or isnan(value):
            return 0.0 if isnan(self.low) and isnan(value) else 1.0
        return max(0.0, self.low - value, value - self.high) / self.unit


def targets_of(claims):
    """Targets of all claims, limits and P values each on their own.

    Parameters
    ----------
    claims : sequence of Claim
        The `published` part of a study.

    Returns
    -------
    dict of str to Target
        By name: `os.hazard_ratio`, `os.hazard_ratio low`, `os.logrank p`.
    """
    targets = []
    for claim in claims:
        low, high = claim.interval or (None, None)
        parts = {"": claim.value, " low": low, " high": high, " p": claim.p_value}
        tolerance = claim.tolerance.rstrip(" %") if claim.tolerance else None
        targets += [
            _on_scale(claim.scale, target(claim.number + part, printed, tolerance))
            for part, printed in parts.items()
            if printed is not None
        ]
    return {each.number: each for each in targets}


def targets_about(targets, endpoint):
    """Targets of one endpoint, by the part of their name after it."""
    prefix = f"{endpoint}."
    return {name.removeprefix(prefix): each for name, each in targets.items() if name.startswith(prefix)}


def target(number, printed, tolerance=None):
    """The values that round, half away from zero, to what is printed, less a margin at both ends.

    Parameters
    ----------
    number, printed : str
    tolerance : str, optional
        How far a value may be from the printed one instead, in the printed unit.

    Returns
    -------
    Target
    """
    if printed == "not reached":
        return Target(number, printed, nan, nan, 1.0)
    digits = Decimal(printed.strip("<% "))
    unit = Decimal(1).scaleb(digits.as_tuple().exponent)
    margin = Decimal(str(MARGIN)) * unit
    reach = Decimal(tolerance) if tolerance else unit / 2
    low = -unit if printed.startswith("<") else digits - reach
    high = digits if printed.startswith("<") else digits + reach
    scale = 100 if printed.endswith("%") else 1
    return Target(number, printed, float((low + margin) / scale), float((high - margin) / scale), float(unit / scale))


def _on_scale(scale, wanted):
    """The target of a number whose logarithm was published is about the number itself."""
    if scale != "log" or wanted.number.endswith(" p"):
        return wanted
    return replace(wanted, low=exp(wanted.low), high=exp(wanted.high), unit=exp(wanted.high) - exp(wanted.low))


def check_measured(targets, measured):
    """Raise an error that names each claim missed, what was wanted and what was got.

    Parameters
    ----------
    targets : dict of str to Target
    measured : dict of str to float

    Raises
    ------
    ClaimError
        If a target is missed, or nothing was measured under its name.
    """
    unknown = [number for number in targets if number not in measured]
    if unknown:
        raise ClaimError(f"nothing is measured under the name of these claims: {', '.join(unknown)}.")
    missed = [
        f"  {number}: wanted {each.printed} ({each.low:.6g} to {each.high:.6g}), got {measured[number]:.6g}"
        for number, each in targets.items()
        if each.excess(measured[number]) > 0
    ]
    if missed:
        raise ClaimError(
            "no cohort was found that meets these claims; change the design, or what is claimed:\n" + "\n".join(missed)
        )


def response_numbers(visit, counts, arm=""):
    """Share of patients with a partial response or better, and the count of each category.

    Parameters
    ----------
    visit : str
        Id of the visit.
    counts : dict of str to int
        Patients by category.
    arm : str
        What the names end with where both arms are reported: a dot and the arm's id.

    Returns
    -------
    dict of str to float
        By the names of the recorded numbers.
    """
    responders = sum(counts.get(category, 0) for category in PARTIAL_RESPONSE_OR_BETTER)
    every = dict.fromkeys(RESPONSE_CATEGORIES, 0) | counts
    share = {f"response.{visit}{arm}": responders / sum(counts.values())}
    return share | {f"response.{visit}.{category}{arm}": count for category, count in every.items()}
