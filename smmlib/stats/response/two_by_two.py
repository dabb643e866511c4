"""The table of two arms by response, and the quotients made from it."""

from dataclasses import dataclass

from smmlib.stats.counts import check_responders
from smmlib.stats.results import NOT_ESTIMABLE
from smmlib.stats.types import PatientCounts, RateAlternative, Whole

SIDES: dict[RateAlternative, str] = {
    "two-sided": "two-sided",
    "less": "one-sided for a lower rate",
    "greater": "one-sided for a higher rate",
}
"""The alternatives of a test of equal rates, in words."""


@dataclass(frozen=True)
class TwoByTwo:
    """Patients who responded and who did not, in the arm and in the reference.

    Attributes
    ----------
    responders, others : int
        Of the arm.
    reference_responders, reference_others : int
        Of the reference.
    """

    responders: int
    others: int
    reference_responders: int
    reference_others: int

    @property
    def patients(self) -> int:
        """Patients of the arm."""
        return self.responders + self.others

    @property
    def reference_patients(self) -> int:
        """Patients of the reference."""
        return self.reference_responders + self.reference_others

    @property
    def counts(self) -> PatientCounts:
        """Patients and responders of both arms, as a result carries them."""
        return {
            "n": self.patients + self.reference_patients,
            "events": self.responders + self.reference_responders,
        }

    def empty_cells(self, arm: str, reference: str) -> list[str]:
        """In words, each cell that is empty: responders of the arm and of the reference, then the others of both.

        A cell that is not empty is an empty text.
        """
        names = f"arm {arm!r}" if arm else "the arm", f"arm {reference!r}" if reference else "the reference"
        arms = tuple(zip((self, self.swapped()), names, strict=True))
        return [f"nobody responded in {name}" if of.responders == 0 else "" for of, name in arms] + [
            f"everybody responded in {name}" if of.others == 0 else "" for of, name in arms
        ]

    def swapped(self) -> "TwoByTwo":
        """The same patients, with the reference as the arm."""
        return TwoByTwo(self.reference_responders, self.reference_others, self.responders, self.others)


def two_by_two(responders: Whole, patients: Whole, reference_responders: Whole, reference_patients: Whole) -> TwoByTwo:
    """The table of four counts, or a ValueError that names the one that cannot be."""
    check_responders(responders, patients)
    check_responders(reference_responders, reference_patients, "reference_")
    return TwoByTwo(
        int(responders),
        int(patients) - int(responders),
        int(reference_responders),
        int(reference_patients) - int(reference_responders),
    )


def quotient(above: float, below: float) -> float:
    """One sum over another; NaN where that is infinite or 0/0."""
    return float(above / below) if below else NOT_ESTIMABLE
