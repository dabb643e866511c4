"""Curves drawn from real patients and given back: the truth is known, and a plain Guyot stands beside."""

import pytest

from benchmarks.reconstruction.drawing import Terms, draw
from benchmarks.reconstruction.guyot import plain_guyot
from benchmarks.reconstruction.trials import read_trials

pytestmark = pytest.mark.independent


# ---- the plain Guyot itself


@pytest.mark.by_hand
def test_plain_guyot_of_ten_patients():
    """0.9 at 1 is one of ten. Eight at risk at 2 are one censored before, and by that rate another one after.

    So seven are at risk at 3, where 0.675 / 0.9 is nearest to two deaths, and five are left.
    """
    time, event = plain_guyot(([0, 1, 2, 3], [1, 0.9, 0.9, 0.675]), ([0, 2], [10, 8]))
    assert sorted(time[event == 1]) == [1, 3, 3]
    assert sorted(time[event == 0]) == [1.5, 2.5, 3, 3, 3, 3, 3]


def test_plain_guyot_of_every_step():
    """From both ends of every step, with all numbers at risk, the deaths of real patients come back to the day."""
    (_, placebo) = read_trials(["freireich"])["freireich"]
    figure = draw(placebo, Terms("", points=None), 36, None)
    time, event = plain_guyot(figure.curve, figure.risk_table)
    assert sorted(time[event == 1]) == sorted(placebo.time[placebo.event == 1])
