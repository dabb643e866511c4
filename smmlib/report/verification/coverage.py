"""How many numbers of a report other programs computed again, and why they did not compute the others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

import numpy as np

from smmlib.analysis.keys import Key
from smmlib.analysis.sections import SECTIONS
from smmlib.display.formatting import TIME_UNITS, is_masked
from smmlib.report.verification.r_program import NumbersOfR
from smmlib.report.verification.verify import NOT_CHECKED, Check, is_not_estimable
from smmlib.stats.results import Estimate, HypothesisTest

OWN = "it is of a notebook of one's own"
RECONSTRUCTED = "it is about curves that were read, and not about patients"
IMPUTED = "it rests on event times that are imputed at random"
NORMAL = "it is a probability of a multivariate normal distribution, which R does not have by itself"
NOBODY = "no other program computes it"
OF_RECONSTRUCTION = "reconstruction"
MORE_OF_NONE = "verification.csv says which, and why"


@dataclass(frozen=True)
class Coverage:
    """What other programs computed again.

    Attributes
    ----------
    numbers : int
        Numbers of the report, without those that are masked or not estimable.
    whole, in_part : int
        Those of which every printed part was computed again: the value and its limits, the statistic and its P value;
        and those of which some was.
    programs : dict of str to int
        Numbers by the program that computed them again, which is named with its version.
    largest : float
        The largest relative difference.
    unchecked : list of Check
        Numbers, and parts of numbers, that no other program computed, with the reason.
    absent : str
        Why R computed nothing; empty where it did.
    recorded : int
        All numbers of the report, those that are masked or not estimable among them.
    masked : bool
        Whether some may be masked.
    """

    numbers: int
    whole: int
    in_part: int
    programs: dict[str, int] = field(default_factory=dict)
    largest: float = 0.0
    unchecked: list[Check] = field(default_factory=list)
    absent: str = ""
    recorded: int = 0
    masked: bool = False

    @property
    def estimable(self) -> str:
        """How many numbers there are to compute again, in words, of how many where these are more."""
        shown = "shown and estimable" if self.masked else "estimable"
        of_all = f" of {self.recorded:,} numbers are {shown}" if self.recorded > self.numbers else " numbers"
        return f"{self.numbers:,}{of_all}"

    @property
    def by_none(self) -> int:
        """Numbers of which no part was computed again."""
        return self.numbers - self.whole - self.in_part

    @property
    def names(self) -> str:
        """The programs, without their versions."""
        return ", ".join(sorted({program.split()[0] for program in self.programs}, key=str.lower))

    @property
    def reasons(self) -> dict[str, list[Check]]:
        """What was not computed again, by the reason."""
        ordered = sorted(self.unchecked, key=lambda check: check.reason)
        return {reason: list(checks) for reason, checks in groupby(ordered, lambda check: check.reason)}

    def in_words(self) -> str:
        """All of it as one line; where R is missing, as two sentences."""
        largest = f"largest relative difference {self.largest:.1e}"
        if not self.numbers:
            words = "No number could be computed again"
        elif self.whole == self.numbers:
            each = ": each was" if self.recorded > self.numbers else ", each"
            words = f"{self.estimable}{each} computed again by other programs ({self.names}); {largest}"
        else:
            of_rest = [f"{self.in_part} in part"] if self.in_part else []
            of_rest += [f"{self.by_none} by none"] if self.by_none else []
            by = f" ({self.names})" if self.names else ""
            words = f"{self.estimable}: {self.whole:,} computed again by other programs{by}, {', '.join(of_rest)}"
            words += f"; {largest}. The file {MORE_OF_NONE}"
        return f"{words}.{f' {self.absent}: R computed nothing again.' if self.absent else ''}"


def coverage(
    records: Mapping[Key, Any], checks: Sequence[Check], by_r: NumbersOfR, *, masked: bool = False
) -> Coverage:
    """Count what was computed again.

    Parameters
    ----------
    records : mapping of Key to Record
    checks : sequence of Check
        From `verify`.
    by_r : NumbersOfR
    masked : bool
        Whether small counts are masked: what R says of a number, such as that an arm has no event, is then not told.

    Returns
    -------
    Coverage
    """
    by_r = replace(by_r, why_not={}) if masked else by_r
    checked: dict[Key, set[str]] = {}
    programs: dict[str, set[Key]] = {}
    for check in checks:
        checked.setdefault(check.key, set()).add(check.quantity)
        programs.setdefault(f"{check.program} {check.version}", set()).add(check.key)
    parts = {key: _printed_parts(record.result) for key, record in records.items()}
    parts = {key: printed for key, printed in parts.items() if printed}
    left = {key: [part for part in printed if part not in checked.get(key, ())] for key, printed in parts.items()}
    return Coverage(
        numbers=len(parts),
        whole=sum(not missing for missing in left.values()),
        in_part=sum(0 < len(missing) < len(parts[key]) for key, missing in left.items()),
        programs={program: len(keys) for program, keys in sorted(programs.items(), key=lambda each: each[0].lower())},
        largest=max((check.difference or 0.0 for check in checks), default=0.0),
        unchecked=[check for key, missing in left.items() for check in _unchecked(key, missing, parts[key], by_r)],
        absent=by_r.absent,
        recorded=len(records),
        masked=masked,
    )


def _printed_parts(result: Estimate | HypothesisTest) -> list[str]:
    """Parts of a number that there are; a time that is not reached is one, too."""
    if is_masked(result) or is_not_estimable(result):
        return []
    if isinstance(result, HypothesisTest):
        return [part for part in ("statistic", "p_value") if not np.isnan(getattr(result, part))]
    is_time = result.unit in TIME_UNITS
    parts = [part for part in ("value", "low", "high") if not np.isnan(getattr(result, part))]
    return parts if "value" in parts or not is_time else ["value", *parts]


def _unchecked(key: Key, missing: list[str], printed: list[str], by_r: NumbersOfR) -> Iterator[Check]:
    """A row for a number of which nothing was computed again, or one for each part that was not."""
    for part in missing if len(missing) < len(printed) else missing[:1]:
        quantity = part if len(missing) < len(printed) else ""
        yield Check(key, quantity, None, None, "", "", None, NOT_CHECKED, _reason(key, part, by_r))


def _reason(key: Key, part: str, by_r: NumbersOfR) -> str:
    if key.section == OF_RECONSTRUCTION:
        return RECONSTRUCTED
    if key.section not in SECTIONS:
        return OWN
    if key.section == "sensitivity" and (key.level or key.measure == "tipping_factor"):
        return IMPUTED
    if (key.measure, part) == ("maxcombo", "p_value"):
        return NORMAL
    return by_r.absent or by_r.why_not.get(key) or NOBODY
