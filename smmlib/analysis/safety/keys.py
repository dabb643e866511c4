"""Keys of the numbers of adverse events."""

from smmlib.analysis.keys import Key
from smmlib.analysis.safety.lines import Line

SECTION = "safety"
WORST_GRADES: dict[int | None, str] = {grade: f"worst_grade_{grade}" for grade in (1, 2, 3, 4, 5)}
WORST_GRADES |= {None: "worst_grade_unknown"}
"""Measures of the patients whose worst grade it was; None where no event of theirs has a grade."""


def key_of(measure: str, line: Line, arm: str, reference: str = "") -> Key:
    """The key of a measure of a line of the tables."""
    about = line.kind, line.system_organ_class, line.term
    return Key(SECTION, measure, "", arm, reference, "", "", None, *about)
