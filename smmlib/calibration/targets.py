"""Published numbers as intervals: the values that print as the number does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from math import exp, isnan, nan

from smmlib.analysis.claims import claims_by_key
from smmlib.analysis.keys import Key, Numbers
from smmlib.analysis.time_to_event import SECTION
from smmlib.errors import SmmlibError
from smmlib.trial.parameters.study import Study

MARGIN = 0.001
"""Share of a unit of the last printed digit that a value keeps from the edges of its interval."""
PARTS = {"value": "", "low": " low", "high": " high", "p_value": " P", "statistic": " statistic"}
"""Parts of an estimate or a test that can be printed, and what a message adds to the number's name."""


class CalibrationError(SmmlibError):
    """Published numbers that a cohort does not, or cannot, give back."""


@dataclass(frozen=True)
class Target:
    """One printed number and the values that print so.

    Attributes
    ----------
    key : Key
        The number of the study that it is about.
    part : str
        Which part of that number: "value", "low", "high", "p_value" or "statistic".
    printed : str
    low, high : float
        The values wanted, both ends included; both NaN when the number must not be estimable.
    unit : float
        Unit of the last printed digit.
    """

    key: Key
    part: str
    printed: str
    low: float
    high: float
    unit: float

    @property
    def name(self) -> str:
        """Name of the number and, for limits and P values, the part of it."""
        return f"{self.key.name}{PARTS[self.part]}"

    @property
    def centre(self) -> float:
        """The middle of the interval."""
        return (self.low + self.high) / 2

    def excess(self, value: float) -> float:
        """How far a value lies outside of the interval, in printed units; 0 inside."""
        if isnan(self.low) or isnan(value):
            return 0.0 if isnan(self.low) and isnan(value) else 1.0
        return max(0.0, self.low - value, value - self.high) / self.unit


def targets_of(study: Study, found: Iterable[Key] | None = None) -> dict[tuple[Key, str], Target]:
    """Targets of all claims of a study, limits and P values each on their own.

    Parameters
    ----------
    study : Study
    found : iterable of Key, optional
        The numbers of its cohort, once there is one. Without them, claims that only the tables can resolve, those
        about a stratum or about a reason for censoring, are left out.

    Returns
    -------
    dict of (Key, str) to Target
        By number and part of it.

    Raises
    ------
    ClaimError
        If a claim is about a number that the study does not have.
    """
    return {
        (key, part): _on_scale(claim.scale, target(key, part, printed, claim.tolerance))
        for key, claim in claims_by_key(study, found)
        for part, printed in claim.printed.items()
    }


def targets_about(targets: Mapping[tuple[Key, str], Target], endpoint: str) -> dict[tuple[Key, str], Target]:
    """Targets of one endpoint."""
    return {place: each for place, each in targets.items() if each.key.endpoint == endpoint}


def comparison_key(study: Study, measure: str, endpoint: str) -> Key:
    """Key of what compares the two arms of a synthetic study: "hazard_ratio", "logrank" or "wald_test"."""
    arm, reference = study.arms.pairs[0]
    return Key(SECTION, measure, endpoint, arm.id, reference.id)


def target(key: Key, part: str, printed: str, tolerance: str | None = None) -> Target:
    """The values that round, half away from zero, to what is printed, less a margin at both ends.

    Parameters
    ----------
    key : Key
    part, printed : str
    tolerance : str, optional
        How far a value may be from the printed one instead, in the printed unit.

    Returns
    -------
    Target
    """
    if printed == "not reached":
        return Target(key, part, printed, nan, nan, 1.0)
    digits = Decimal(printed.strip("<% "))
    unit = Decimal(1).scaleb(int(digits.as_tuple().exponent))
    margin = Decimal(str(MARGIN)) * unit
    reach = Decimal(tolerance.rstrip(" %")) if tolerance else unit / 2
    low = -unit if printed.startswith("<") else digits - reach
    high = digits if printed.startswith("<") else digits + reach
    scale = 100 if printed.endswith("%") else 1
    ends = float((low + margin) / scale), float((high - margin) / scale)
    return Target(key, part, printed, *ends, float(unit / scale))


def _on_scale(scale, wanted):
    """The target of a number whose logarithm was published is about the number itself."""
    if scale != "log" or wanted.part in ("p_value", "statistic"):
        return wanted
    return replace(wanted, low=exp(wanted.low), high=exp(wanted.high), unit=exp(wanted.high) - exp(wanted.low))


def check_numbers(targets: Mapping[tuple[Key, str], Target], numbers: Numbers) -> None:
    """Raise an error that names each claim missed, what was wanted and what was got.

    Parameters
    ----------
    targets : dict of (Key, str) to Target
    numbers : dict of Key to Estimate or HypothesisTest
        Of a cohort.

    Raises
    ------
    CalibrationError
        If a target is missed, or about what the cohort does not have.
    """
    absent = [each.name for each in targets.values() if not hasattr(numbers.get(each.key), each.part)]
    if absent:
        raise CalibrationError(f"the cohort has no such numbers as these claims are about: {', '.join(absent)}.")
    missed = missed_targets(targets, numbers)
    if missed:
        raise CalibrationError(
            "no cohort was found that meets these claims; change the design, or what is claimed:\n" + "\n".join(missed)
        )


def missed_targets(targets: Mapping[tuple[Key, str], Target], numbers: Numbers) -> list[str]:
    """The targets that the numbers of a cohort miss, each in a line.

    Parameters
    ----------
    targets : dict of (Key, str) to Target
    numbers : dict of Key to Estimate or HypothesisTest

    Returns
    -------
    list of str
    """
    got = {place: getattr(numbers[each.key], each.part) for place, each in targets.items()}
    return [
        f"  {each.name}: wanted {each.printed} ({each.low:.6g} to {each.high:.6g}), got {got[place]:.6g}"
        for place, each in targets.items()
        if each.excess(got[place]) > 0
    ]
