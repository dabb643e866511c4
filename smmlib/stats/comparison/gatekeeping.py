"""Families of hypotheses one after another: each is a gate that opens the next when all of it is rejected."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.comparison.multiple_testing import Procedure, adjusted_p_values
from smmlib.stats.types import Floats


def gatekeeping_p_values(families: Sequence[ArrayLike], *, procedures: Sequence[Procedure]) -> list[Floats]:
    """P values adjusted by serial gatekeeping: a hypothesis is rejected where its own is at most the level.

    A family is tested, at the whole level and by its own procedure, once every hypothesis of the family before it is
    rejected.

    Parameters
    ----------
    families : sequence of array-like
        The P values of each family, in the order of the families; within one as `adjusted_p_values` takes them. A test
        that is not estimable closes the gate.
    procedures : sequence of {"holm", "hochberg", "fixed-sequence"}
        That of each family.

    Returns
    -------
    list of ndarray
        For each family the larger of the P value adjusted within it and of the largest adjusted one of the family
        before; NaN where the test is not estimable.

    Raises
    ------
    ValueError
        If there is no family, there are more or fewer procedures than families, or as `adjusted_p_values`.

    References
    ----------
    .. [1] Maurer, Hothorn & Lehmacher (1995), in Vollmar, Biometrie in der chemisch-pharmazeutischen Industrie 6:3-18.
    .. [2] Westfall & Krishen (2001), J Stat Plan Inference 99:25-40.

    Examples
    --------
    By hand: 2 × 0.01 and 0.02 in the first family by Holm, so that nothing in the second is below 0.02.

    >>> from smmlib import gatekeeping_p_values
    >>> adjusted = gatekeeping_p_values([[0.01, 0.02], [0.001, 0.03]], procedures=["holm", "fixed-sequence"])
    >>> [family.tolist() for family in adjusted]
    [[0.02, 0.02], [0.02, 0.03]]
    """
    if not families or len(families) != len(procedures):
        raise ValueError(f"procedures has {len(procedures)} entries for {len(families)} families: give one for each.")
    adjusted, gate = [], 0.0
    for p_values, procedure in zip(families, procedures, strict=True):
        of_family = np.maximum(adjusted_p_values(p_values, procedure=procedure), gate)
        gate = float(np.nan_to_num(of_family, nan=1.0).max())
        adjusted.append(of_family)
    return adjusted
