"""The tables of two arms by response, one for each stratum.

A stratum in which an arm has no patients compares nothing: it does not count.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.checks import check_arms, check_indicator, check_labels, check_same_order
from smmlib.stats.types import Floats, Labels, PatientCounts

NOTHING_COMPARED = "no stratum holds patients of both arms"


@dataclass(frozen=True, eq=False)
class StratifiedTables:
    """The 2 x 2 tables of the strata that hold both arms.

    Attributes
    ----------
    responders, others, reference_responders, reference_others : ndarray, shape (k,)
        Counts of each stratum: who responded and who did not, of the arm and of the reference.
    counts : dict
        All patients (n) and responders (events), as a result carries them.
    in_words : str
        How many strata there are, and how many were left out.
    from_data : tuple of str
        What of that comes from the data, as a result carries it.
    """

    responders: Floats
    others: Floats
    reference_responders: Floats
    reference_others: Floats
    counts: PatientCounts
    in_words: str
    from_data: tuple[str, ...]

    @property
    def patients(self) -> Floats:
        """Patients of the arm."""
        return self.responders + self.others

    @property
    def reference_patients(self) -> Floats:
        """Patients of the reference."""
        return self.reference_responders + self.reference_others

    @property
    def patients_of_both(self) -> Floats:
        """Patients of both arms."""
        return self.patients + self.reference_patients

    @property
    def weights(self) -> Floats:
        """Mantel-Haenszel weights of the differences."""
        return self.patients * self.reference_patients / self.patients_of_both

    @property
    def is_empty(self) -> bool:
        """Whether no stratum holds both arms."""
        return not len(self.responders)

    def swapped(self) -> "StratifiedTables":
        """The same patients, with the reference as the arm."""
        arms = self.reference_responders, self.reference_others, self.responders, self.others
        return StratifiedTables(*arms, self.counts, self.in_words, self.from_data)


def stratified_tables(
    responded: ArrayLike, in_arm: ArrayLike, strata: Labels, arm: str, reference: str, name: str = "strata"
) -> StratifiedTables:
    """Tables of patients by stratum, or a ValueError if the arrays hold what they should not or an arm is empty.

    `name` is that of the argument that `strata` are.
    """
    check_same_order({"responded": responded, "in_arm": in_arm, name: strata})
    size = int(np.size(in_arm))
    if not size:
        raise ValueError("in_arm is empty: there must be patients.")
    responded = check_indicator(responded, "responded", size, of="in_arm")
    in_arm = check_arms(in_arm, size, arm, reference, of="responded")
    code = check_labels(strata, name, size, of="responded")
    cell = 4 * code + 2 * ~in_arm + ~responded
    cells = np.bincount(cell, minlength=4 * (code.max() + 1)).reshape(-1, 4).astype(float)
    compared = cells[(cells[:, :2].sum(axis=1) > 0) & (cells[:, 2:].sum(axis=1) > 0)]
    counts: PatientCounts = {"n": size, "events": int(np.count_nonzero(responded))}
    words = "1 stratum" if len(compared) == 1 else f"{len(compared)} strata"
    left = len(cells) - len(compared)
    left_out = f" ({left} more with patients of one arm alone)" if left else ""
    responders, others, reference_responders, reference_others = compared.T
    return StratifiedTables(
        responders,
        others,
        reference_responders,
        reference_others,
        counts,
        words + left_out,
        (left_out,) if left else (),
    )
