"""What was recorded, held against what other programs compute."""

from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from smmlib.analysis.keys import Key
from smmlib.display.formatting import TIME_UNITS, is_masked
from smmlib.stats.results import Estimate

LARGEST_DIFFERENCE = 1e-6
ROUNDED_ZERO = 1e-12
"""What is 0 here may be as much in a program that takes one number from another: Wilson's limit of no responder."""
AGREES, DIFFERS, NOT_CHECKED = "agrees", "differs", "not checked"


@dataclass(frozen=True)
class Check:
    """A part of a number, computed again by another program; or one that no other program computed.

    Attributes
    ----------
    key : Key
    quantity : str
        Which part of the number; empty where none of its parts was computed again.
    value, other : float or None
        This package's number and the other program's; None where there is no other.
    program, version : str
    difference : float or None
        Relative to the other program's number; absolute where that is 0, or this package's is 0 and that all but 0.
    verdict : {"agrees", "differs", "not checked"}
    reason : str
        Why it was not computed again.
    """

    key: Key
    quantity: str
    value: float | None
    other: float | None
    program: str
    version: str
    difference: float | None
    verdict: str
    reason: str = ""


def recompute(study_file, folder):
    """Run the second implementation; it is imported here, in a process of its own, for it takes seconds."""
    from smmlib.report.verification.second_implementation import second_implementation

    return second_implementation(study_file, folder)


def verify(records, recomputed, versions=None):
    """Hold what was recorded against what was recomputed.

    Passed over are numbers that no notebook records, those that are masked, and those that this package calls not
    estimable because there is no such number: there the other programs print the last step of a search that has no end.

    Parameters
    ----------
    records : mapping of Key to Record
    recomputed : list of tuple
        From `recompute` and from R: (key, quantity, value, program).
    versions : mapping of str to str, optional
        Of programs that are not Python packages.

    Returns
    -------
    list of Check
    """
    programs = {program for *_, program in recomputed}
    versions = {program: (versions or {}).get(program) or version(program) for program in programs}
    return [
        hold_against(key, quantity, getattr(records[key].result, quantity), other, program, versions[program])
        for key, quantity, other, program in recomputed
        if key in records and not _is_passed_over(records[key].result)
    ]


def is_not_estimable(result):
    """Whether there is no such number; a time that is not reached is so for the other programs too."""
    number = result.value if isinstance(result, Estimate) else result.p_value
    return bool(np.isnan(number)) and getattr(result, "unit", "") not in TIME_UNITS


def _is_passed_over(result):
    return is_masked(result) or is_not_estimable(result)


def hold_against(key, quantity, value, other, program, of_version):
    """Hold a part of a number against that of another program.

    Parameters
    ----------
    key : Key
    quantity : str
    value, other : float
        NaN where a program says that there is none.
    program, of_version : str

    Returns
    -------
    Check
    """
    both_missing = np.isnan(value) and np.isnan(other)
    is_zero = other == 0 or (value == 0 and abs(other) <= ROUNDED_ZERO)
    difference = 0.0 if both_missing else abs(value - other) / (1.0 if is_zero else abs(other))
    verdict = AGREES if difference <= LARGEST_DIFFERENCE else DIFFERS
    return Check(key, quantity, value, float(other), program, of_version, float(difference), verdict)
