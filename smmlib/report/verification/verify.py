"""What was recorded, held against what other programs compute."""

from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from smmlib.analysis.keys import Key
from smmlib.display.formatting import TIME_UNITS, is_masked
from smmlib.stats.results import Estimate

LARGEST_DIFFERENCE = 1e-6
AGREES, DIFFERS = "agrees", "differs"


@dataclass(frozen=True)
class Check:
    """One number, computed twice.

    Attributes
    ----------
    key : Key
    quantity : str
        The number, and which part of it.
    value, other : float
        This package's number and the other program's.
    program, version : str
    difference : float
        Relative to the other program's number; absolute where that is 0.
    verdict : {"agrees", "differs"}
    """

    key: Key
    quantity: str
    value: float
    other: float
    program: str
    version: str
    difference: float
    verdict: str


def recompute(study_file, folder):
    """Run the second implementation; it is imported here, in a process of its own, for it takes seconds."""
    from smmlib.report.verification.second_implementation import second_implementation

    return second_implementation(study_file, folder)


def verify(records, recomputed):
    """Hold what was recorded against what was recomputed.

    Passed over are numbers that no notebook records, those that are masked, and those that this package calls not
    estimable because there is no such number: there the other programs print the last step of a search that has no end.

    Parameters
    ----------
    records : mapping of Key to Record
    recomputed : list of tuple
        From `recompute`: (key, quantity, value, program).

    Returns
    -------
    list of Check
    """
    return [
        _check(key, quantity, getattr(records[key].result, quantity), other, program)
        for key, quantity, other, program in recomputed
        if key in records and not _is_passed_over(records[key].result)
    ]


def _is_passed_over(result):
    is_time = getattr(result, "unit", "") in TIME_UNITS  # one that is not reached is so for the other programs too
    number = result.value if isinstance(result, Estimate) else result.statistic
    return is_masked(result) or (np.isnan(number) and not is_time)


def _check(key, quantity, value, other, program):
    both_missing = np.isnan(value) and np.isnan(other)
    difference = 0.0 if both_missing else abs(value - other) / (abs(other) or 1.0)
    verdict = AGREES if difference <= LARGEST_DIFFERENCE else DIFFERS
    return Check(key, quantity, value, float(other), program, version(program), float(difference), verdict)
