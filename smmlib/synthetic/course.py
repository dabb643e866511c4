"""The smooth course of a survival curve, which the events of a synthetic cohort follow."""

from dataclasses import dataclass
from functools import cached_property
from math import log

import numpy as np

from smmlib.trial.units import DAYS_PER_UNIT

DAYS_A_MONTH = DAYS_PER_UNIT["months"]
LAST_MONTH = 50.0
"""Until when the first events are spread; few patients are followed for longer."""
GRID_MONTHS = np.arange(2.0, LAST_MONTH, 2.0)
GRID_DAYS = GRID_MONTHS * DAYS_A_MONTH


@dataclass(frozen=True)
class Course:
    """Weibull curve through a published point.

    Attributes
    ----------
    survival, months : float
        The point: survival at so many months.
    shape : float
        1 for a constant hazard, more for a rising one.
    """

    survival: float
    months: float
    shape: float

    def survival_at(self, months):
        """Survival at the times given, in months."""
        return self.survival ** ((months / self.months) ** self.shape)

    @cached_property
    def on_grid(self):
        """Survival at GRID_MONTHS."""
        return self.survival_at(GRID_MONTHS)

    def spread_days(self, count):
        """Days of `count` events that are spread evenly over the fall of the curve."""
        fall = 1 - self.survival_at(LAST_MONTH)
        levels = [1 - fall * (place + 0.5) / count for place in range(count)]
        power = 1 / self.shape
        return [DAYS_A_MONTH * self.months * (log(level) / log(self.survival)) ** power for level in levels]
