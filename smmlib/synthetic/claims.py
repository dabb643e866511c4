"""Published numbers as intervals: the values that print as the number does."""

from dataclasses import dataclass
from decimal import Decimal
from math import isnan, log, nan, sqrt

from scipy.special import ndtri

from smmlib.trial.categories import PARTIAL_RESPONSE_OR_BETTER

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
        targets += [target(claim.number + part, printed) for part, printed in parts.items() if printed is not None]
    return {each.number: each for each in targets}


def target(number, printed):
    """The values that round, half away from zero, to what is printed, less a margin at both ends."""
    if printed == "not reached":
        return Target(number, printed, nan, nan, 1.0)
    digits = Decimal(printed.strip("<% "))
    unit = Decimal(1).scaleb(digits.as_tuple().exponent)
    margin = Decimal(str(MARGIN)) * unit
    low = -unit if printed.startswith("<") else digits - unit / 2
    high = digits if printed.startswith("<") else digits + unit / 2
    scale = 100 if printed.endswith("%") else 1
    return Target(number, printed, float((low + margin) / scale), float((high - margin) / scale), float(unit / scale))


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


def check_design(design, targets, arms):
    """Raise an error when claims and design contradict each other before any search.

    Parameters
    ----------
    design : CohortDesign
    targets : dict of str to Target
    arms : dict of str to str
        Name of each arm in the claims, by its part in the comparison: `arm` and `reference`.

    Raises
    ------
    ClaimError
    """
    fixed = _numbers_fixed_by(design, arms)
    problems = [
        f"  {number} is claimed to be {targets[number].printed}, but the design makes it {value:.6g}"
        for number, value in fixed.items()
        if number in targets and targets[number].excess(value) > 0
    ]
    problems += _intervals_too_narrow(design, targets)
    if problems:
        raise ClaimError("design and claims contradict each other:\n" + "\n".join(problems))


def _numbers_fixed_by(design, arms):
    randomised = design.randomised.arm + design.randomised.reference
    analysed = design.analysed.arm + design.analysed.reference
    fixed = {
        "population.randomised": randomised,
        "population.analysed": analysed,
        "population.excluded": randomised - analysed,
    }
    for part, name in arms.items():
        fixed[f"population.analysed.{name}"] = getattr(design.analysed, part)
        fixed[f"ttp.events.{name}"] = getattr(design.progressed, part)
        fixed[f"os.events.{name}"] = getattr(design.died, part)
    for phase in ("induction", "maintenance"):
        fixed |= response_numbers(phase, getattr(design.responses, phase))
    return fixed


def response_numbers(phase, counts):
    """Share of patients with a partial response or better, and the count of each category."""
    responders = sum(counts.get(category, 0) for category in PARTIAL_RESPONSE_OR_BETTER)
    shares = {f"response.{phase}": responders / sum(counts.values())}
    return shares | {f"response.{phase}.{category}": count for category, count in counts.items()}


def _intervals_too_narrow(design, targets):
    """No order of d and e events gives the logarithm of a hazard ratio a variance below 1/d + 1/e."""
    problems = []
    for endpoint, events in (("ttp", design.progressed), ("os", design.died)):
        number = f"{endpoint}.hazard_ratio"
        if number not in targets or f"{number} high" not in targets or not (events.arm and events.reference):
            continue
        widest = log(targets[f"{number} high"].high / targets[number].low) / ndtri(0.975)
        least = sqrt(1 / events.arm + 1 / events.reference)
        if least > widest:
            problems.append(
                f"  {number} {targets[number].printed} with upper limit {targets[number + ' high'].printed} allows a "
                f"standard error of {widest:.4f}, but {events.arm} and {events.reference} events give "
                f"{least:.4f} or more"
            )
    return problems
