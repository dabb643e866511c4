"""Counts of patients, in the same frozen results as every other number."""

from math import inf
from numbers import Integral, Real
from typing import TypeGuard

from smmlib.stats.checks import shown
from smmlib.stats.results import NOT_ESTIMABLE, Estimate
from smmlib.stats.types import Whole

MOST_PATIENTS = 10**15
"""Larger counts are not told apart by a float."""


def patient_count(
    patients: Whole, *, what: str, arm: str = "", of: Whole | None = None, at: float = NOT_ESTIMABLE
) -> Estimate:
    """How many patients, as a result that can be recorded.

    Parameters
    ----------
    patients : int
        The count.
    what : str
        Who is counted, as a phrase: "randomised patients".
    arm : str
        Name of the arm; empty for both.
    of : int, optional
        The patients that the count is a part of; the count itself when left out.
    at : float, optional
        Time at which they are counted, in the unit of the study.

    Returns
    -------
    Estimate
        Without limits, in the unit "patients"; `n` is `of`, and `events` is NaN, as a count rests on none.

    Raises
    ------
    ValueError
        If the count is negative, not whole, larger than what it is a part of, or larger than 10 to the power 15.

    Examples
    --------
    QuiRedex analysed 119 of 125 patients.

    >>> from smmlib import patient_count
    >>> count = patient_count(119, of=125, what="analysed patients")
    >>> count.value, count.n, count.unit, count.method
    (119.0, 125, 'patients', 'Number of analysed patients')
    """
    whole = patients if of is None else of
    for name, count in (("patients", patients), ("of", whole)):
        check_most(count, name)
    if not (is_whole(patients) and is_whole(whole)) or not 0 <= patients <= whole:
        raise ValueError(f"patients is {patients} of {whole}: give a whole number from zero to all.")
    return Estimate(
        float(patients),
        unit="patients",
        method=f"Number of {what}",
        arm=arm,
        n=int(whole),
        events=NOT_ESTIMABLE,
        at=float(at),
    )


def is_whole(count: object) -> TypeGuard[Whole]:
    """Whether a count is a whole number; NaN, infinity and text are not."""
    return isinstance(count, Integral) or (isinstance(count, Real) and float(count).is_integer())


def check_most(count: Whole, name: str, most: int = MOST_PATIENTS, instead: str = "") -> None:
    """A ValueError where a count is larger than counts can be, or than a method that takes so many steps can do.

    Parameters
    ----------
    count : int
    name : str
        What is counted: "patients", "the number of all patients".
    most : int
        The limit.
    instead : str
        What to do: "take the score interval of odds_ratio".
    """
    if isinstance(count, Real) and most < count < inf:
        advice = f": {instead}" if instead else ""
        raise ValueError(f"{name} is {shown(count)}, but must be {most:,} or less{advice}.")


def as_int(count: Whole) -> float:
    """A count as an int where it is one."""
    return int(count) if float(count).is_integer() else float(count)


def check_responders(responders: Whole, patients: Whole, whose: str = "") -> None:
    """A ValueError unless both are whole and 0 <= responders <= patients, 1 <= patients.

    `whose` goes before the names of the arguments: "" or "reference_".
    """
    for name, count in ((f"{whose}responders", responders), (f"{whose}patients", patients)):
        check_most(count, name)
        if not is_whole(count) or count < 0:
            raise ValueError(f"{name} is {count}: give a whole number, zero or more.")
    if patients < 1:
        raise ValueError(f"{whose}patients is 0: a rate needs at least one patient.")
    if responders > patients:
        raise ValueError(f"{whose}responders is {responders}, but {whose}patients only {patients}: are they swapped?")
