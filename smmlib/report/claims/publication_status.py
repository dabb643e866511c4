"""What tells evidence from chance: which numbers of a synthetic study were published, and where the others may lie."""

from dataclasses import replace

from smmlib.analysis.claims import claims_by_key
from smmlib.analysis.keys import Key
from smmlib.display.formatting import P_VALUE, range_text
from smmlib.stats.results import Estimate

PUBLISHED_PARTS = ("value", "low", "high", "statistic", "p_value")
TWINS = {"randomised": "analysed", "analysed": "randomised"}
"""Steps of the patients that are one where nobody is excluded."""
SAME, NONE = "same in all", "no range"


def _twin(key):
    return replace(key, measure=TWINS[key.measure])


class PublicationStatus:
    """Which numbers were published, and the ranges of the others over the cohorts that give back the published ones.

    Parameters
    ----------
    study : Study
    records : mapping of Key to Record
    ranges : mapping of (Key, str) to Range, or None
        By key and quantity; None where they are not known.

    Attributes
    ----------
    applies : bool
        Whether there is a difference to tell: patients of a trial, or of no trial, have no numbers of chance.
    known : bool
        Whether the ranges are known.
    cohorts : int
        How many cohorts they are over.
    """

    def __init__(self, study, records, ranges):
        self._records, self._ranges = records, ranges or {}
        self.applies = study.data.origin == "synthetic" and bool(study.published)
        self.known = bool(ranges)
        self.cohorts = max((found.cohorts for found in self._ranges.values()), default=0)
        self._published = {(key, part) for key, claim in claims_by_key(study, records) for part in claim.printed}
        if Key("population", "excluded") not in records:  # all who were randomised are analysed: one number
            self._published |= {(_twin(key), part) for key, part in self._published if key.measure in TWINS}
        analysed = [Key("population", "analysed", arm=arm.id) for arm in study.arms.levels]
        self._sizes = {
            (key.arm, records[key].result.value)
            for key in analysed
            if key in records and (key, "value") in self._published
        }

    def is_published(self, key, quantity):
        """Whether a quantity of a record is a claim; the patients that it rests on, where their number is one."""
        if quantity == "n":
            return (key.arm, self._records[key].result.n) in self._sizes
        return (key, quantity) in self._published

    def published(self, key):
        """The quantities of a record that are claims."""
        return [part for part in PUBLISHED_PARTS if (key, part) in self._published]

    def is_unpublished(self, key, *quantities):
        """Whether a text of these quantities is to be set apart, because none of them was published."""
        return self.applies and not any(self.is_published(key, quantity) for quantity in quantities)

    def range_of(self, key, *quantities):
        """The unpublished ones of a record's quantities as ranges, in the place that each has in the record's text.

        Returns
        -------
        str
            "44.1–50.2 (27.7–33.9 to 60.1–67.0)"; nothing where all were published or no ranges are known.
        """
        apart = [quantity for quantity in quantities if self.is_unpublished(key, quantity)]
        if not apart or not self.known:
            return ""
        if any((key, quantity) not in self._ranges for quantity in apart):
            return NONE
        texts = {quantity: self._text(key, quantity) for quantity in apart}
        if not any(self._differs(key, quantity) for quantity in apart):
            return SAME
        limits = " to ".join(texts.pop(limit) for limit in ("low", "high") if limit in texts)
        value = "; ".join(texts.values())
        return f"{value} ({limits})" if value and limits else value or limits

    def over_cohorts(self, found):
        """A range with what it is over: "44.1–50.2 in 200 cohorts"."""
        if found == NONE:
            return found
        return f"{found} {self.cohorts} cohorts" if found == SAME else f"{found} in {self.cohorts} cohorts"

    def main_range(self, key):
        """The `Range` of a record's value, or of a test's P value; None where it is not known."""
        main = "value" if isinstance(self._records[key].result, Estimate) else "p_value"
        return self._ranges.get((key, main))

    def _differs(self, key, quantity):
        found = self._ranges[key, quantity]
        return found.low < found.high or 0 < found.not_estimable < found.cohorts

    def _text(self, key, quantity):
        found, result = self._ranges[key, quantity], self._records[key].result
        unit = "patients" if quantity == "n" else P_VALUE if quantity == "p_value" else getattr(result, "unit", "")
        return range_text(found.low, found.high, unit, some_missing=found.not_estimable > 0)
