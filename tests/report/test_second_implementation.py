"""What the other programs are asked: the same patients and the same numbers as the notebooks record."""

import pytest
from small_trial import write_trial

from smmlib.report.verification.second_implementation import second_implementation

pytestmark = pytest.mark.by_hand

FOLLOWED = [("A", 10, ""), ("A", 20, "dead"), ("A", 40, ""), ("B", 25, "dead"), ("B", 30, ""), ("B", 50, "")]
"""Arm, days of follow-up, and whether they ended with death."""


def patients():
    for number, (arm, days, dead) in enumerate(FOLLOWED):
        day = f"2010-01-{days + 1:02d}" if days < 31 else f"2010-02-{days - 30:02d}"
        died = day if dead else ""
        yield {"USUBJID": f"p{number}", "TRT01P": arm, "RANDDT": "2010-01-01", "DTHDT": died, "LSTALVDT": day}


@pytest.mark.parametrize(
    ("estimator", "program", "median", "shortest", "longest"),
    [
        ("reverse-kaplan-meier", "lifelines", 40, 10, 50),
        ("survivors", "pandas", 35, 10, 50),
        ("observed", "pandas", 27.5, 10, 50),
    ],
)
def test_follow_up(tmp_path, estimator, program, median, shortest, longest):
    """Alive at 10, 30, 40, 50: reverse survival 5/6, then 5/6 * 2/3 at 30 and half of it, below one half, at 40."""
    follow_up = {"endpoint": "os", "estimator": estimator}
    file = write_trial(tmp_path, {"follow_up": follow_up}, subjects=list(patients()))
    numbers = second_implementation(file, None)
    found = {key.name: (value, by) for key, quantity, value, by in numbers if quantity == "value"}
    assert found["population.follow_up"] == (median, program)
    assert found["population.follow_up.shortest"] == (shortest, "pandas")
    assert found["population.follow_up.longest"] == (longest, "pandas")
