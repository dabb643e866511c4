"""What was recorded, held against what other programs compute."""

from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from smmlib.display.formatting import is_masked

LARGEST_DIFFERENCE = 1e-6
NO_SUCH_NUMBER = "not estimable"
AGREES, DIFFERS = "agrees", "differs"


@dataclass(frozen=True)
class Check:
    """One number, computed twice.

    Attributes
    ----------
    record, quantity : str
        Name of the record, and which of its numbers.
    value, other : float
        This package's number and the other program's.
    program, version : str
    difference : float
        Relative to the other program's number; absolute where that is 0.
    verdict : {"agrees", "differs"}
    """

    record: str
    quantity: str
    value: float
    other: float
    program: str
    version: str
    difference: float
    verdict: str


def recompute(study_file):
    """Run the second implementation; it is imported here, in a process of its own, for it takes seconds."""
    from smmlib.report.second_implementation import second_implementation

    return second_implementation(study_file)


def verify(records, recomputed):
    """Hold what was recorded against what was recomputed.

    Passed over are numbers that no notebook records, those that are masked, and those that this package calls not
    estimable because there is no such number: there the other programs print the last step of a search that has no end.

    Parameters
    ----------
    records : mapping of str to Record
    recomputed : list of tuple
        From `recompute`: (record, quantity, value, program).

    Returns
    -------
    list of Check
    """
    return [
        _check(record, quantity, getattr(records[record].result, quantity), other, program)
        for record, quantity, other, program in recomputed
        if record in records and not _is_passed_over(records[record].result)
    ]


def _is_passed_over(result):
    return NO_SUCH_NUMBER in result.method or is_masked(result)


def _check(record, quantity, value, other, program):
    both_missing = np.isnan(value) and np.isnan(other)
    difference = 0.0 if both_missing else abs(value - other) / (abs(other) or 1.0)
    verdict = AGREES if difference <= LARGEST_DIFFERENCE else DIFFERS
    return Check(record, quantity, value, float(other), program, version(program), float(difference), verdict)
