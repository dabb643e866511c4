"""Patients of two arms in the levels of a category."""

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.checks import as_array
from smmlib.stats.counts import check_most, is_whole


def check_level_counts(patients: ArrayLike, reference_patients: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Counts of two arms as floats, or a ValueError that names the first that is none.

    Parameters
    ----------
    patients, reference_patients : array-like of int, shape (k,)

    Returns
    -------
    counts, reference_counts : ndarray, shape (k,)
    """
    counts, reference_counts = _counts(patients, "patients"), _counts(reference_patients, "reference_patients")
    if len(counts) != len(reference_counts):
        raise ValueError(
            f"patients has {len(counts)} levels, but reference_patients {len(reference_counts)}: "
            "give one count a level, in one order."
        )
    return counts, reference_counts


def _counts(given: ArrayLike, name: str) -> np.ndarray:
    counts = as_array(given)
    if counts.ndim != 1 or not len(counts):
        raise ValueError(f"{name} must be one-dimensional and hold at least one count, but has shape {counts.shape}.")
    for place, count in enumerate(counts.tolist()):
        check_most(count, f"{name}[{place}]")
        if not is_whole(count) or count < 0:
            raise ValueError(f"{name}[{place}] is {count!r}: give a whole number, zero or more.")
    return counts.astype(float)
