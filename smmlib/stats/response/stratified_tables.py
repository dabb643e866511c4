"""The tables of two arms by response, one for each stratum.

A stratum in which an arm has no patients compares nothing: it does not count.
"""

from dataclasses import dataclass

import numpy as np

from smmlib.stats.checks import check_arms, check_indicator, check_same_order, check_strata

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

    responders: np.ndarray
    others: np.ndarray
    reference_responders: np.ndarray
    reference_others: np.ndarray
    counts: dict
    in_words: str
    from_data: tuple

    @property
    def patients(self):
        """Patients of the arm."""
        return self.responders + self.others

    @property
    def reference_patients(self):
        """Patients of the reference."""
        return self.reference_responders + self.reference_others

    @property
    def patients_of_both(self):
        """Patients of both arms."""
        return self.patients + self.reference_patients

    @property
    def weights(self):
        """Mantel-Haenszel weights of the differences."""
        return self.patients * self.reference_patients / self.patients_of_both

    @property
    def is_empty(self):
        """Whether no stratum holds both arms."""
        return not len(self.responders)

    def swapped(self):
        """The same patients, with the reference as the arm."""
        arms = self.reference_responders, self.reference_others, self.responders, self.others
        return StratifiedTables(*arms, self.counts, self.in_words, self.from_data)


def stratified_tables(responded, in_arm, strata, arm, reference):
    """Tables of patients by stratum, or a ValueError if the arrays hold what they should not or an arm is empty."""
    check_same_order({"responded": responded, "in_arm": in_arm, "strata": strata})
    size = int(np.size(in_arm))
    if not size:
        raise ValueError("in_arm is empty: there must be patients.")
    responded = check_indicator(responded, "responded", size, of="in_arm")
    in_arm = check_arms(in_arm, size, arm, reference, of="responded")
    code = check_strata(strata, size, of="responded")
    cell = 4 * code + 2 * ~in_arm + ~responded
    cells = np.bincount(cell, minlength=4 * (code.max() + 1)).reshape(-1, 4).astype(float)
    compared = cells[(cells[:, :2].sum(axis=1) > 0) & (cells[:, 2:].sum(axis=1) > 0)]
    counts = {"n": size, "events": int(np.count_nonzero(responded))}
    words = "1 stratum" if len(compared) == 1 else f"{len(compared)} strata"
    left = len(cells) - len(compared)
    left_out = f" ({left} more with patients of one arm alone)" if left else ""
    return StratifiedTables(*compared.T, counts, words + left_out, (left_out,) if left else ())
