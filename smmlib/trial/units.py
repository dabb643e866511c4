"""Units of time."""

from typing import TYPE_CHECKING, Literal, overload

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

TimeUnit = Literal["days", "weeks", "months", "years"]
DAYS_PER_UNIT: dict[TimeUnit, float] = {"days": 1.0, "weeks": 7.0, "months": 365.25 / 12, "years": 365.25}
ROUNDING = 1e-6
"""How far from a whole number of days a time in another unit may be, by the rounding of its division."""


@overload
def in_unit(days: float, unit: TimeUnit) -> float: ...
@overload
def in_unit(days: "pd.Series[int]", unit: TimeUnit) -> "pd.Series[float]": ...
@overload
def in_unit(days: NDArray[np.integer] | NDArray[np.float64], unit: TimeUnit) -> NDArray[np.float64]: ...
def in_unit(
    days: "float | pd.Series[int] | NDArray[np.integer] | NDArray[np.float64]", unit: TimeUnit
) -> "float | pd.Series[float] | NDArray[np.float64]":
    """Whole days, divided once into a unit.

    Parameters
    ----------
    days : array_like of int
    unit : {"days", "weeks", "months", "years"}

    Returns
    -------
    ndarray
    """
    return days / DAYS_PER_UNIT[unit]


def days_of(times: NDArray[np.float64], unit: TimeUnit) -> NDArray[np.float64]:
    """Times of a unit in days: whole ones, where the times are those but for the rounding of their division.

    Parameters
    ----------
    times : ndarray
        Missing ones stay so.
    unit : {"days", "weeks", "months", "years"}

    Returns
    -------
    ndarray
    """
    days = times * DAYS_PER_UNIT[unit]
    whole = np.rint(days)
    return np.where(np.abs(days - whole) < ROUNDING, whole, days)
