"""The smooth survival curve that the events of a synthetic cohort follow."""

from dataclasses import dataclass
from functools import cached_property
from math import log

import numpy as np

GRID_POINTS = 24


@dataclass(frozen=True)
class WeibullCurve:
    """Weibull curve through a point.

    Attributes
    ----------
    survival, days : float
        The point: survival after so many days.
    shape : float
        1 for a constant hazard, more for a rising one.
    until : float
        Day until which the first events are spread, and the Kaplan-Meier curve is compared with this one.
    """

    survival: float
    days: float
    shape: float
    until: float

    def survival_at(self, days):
        """Survival after the days given."""
        return self.survival ** ((days / self.days) ** self.shape)

    @cached_property
    def grid(self):
        """Days at which the Kaplan-Meier curve is compared with this one."""
        return self.until * np.arange(1, GRID_POINTS + 1) / (GRID_POINTS + 1)

    @cached_property
    def on_grid(self):
        """Survival on the days of the grid."""
        return self.survival_at(self.grid)

    def spread_days(self, count):
        """Days of `count` events that are spread evenly over the fall of the curve."""
        fall = 1 - self.survival_at(self.until)
        levels = [1 - fall * (place + 0.5) / count for place in range(count)]
        return [self.days * (log(level) / log(self.survival)) ** (1 / self.shape) for level in levels]
