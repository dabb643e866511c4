"""Units of time."""

from typing import TYPE_CHECKING, Literal, overload

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

TimeUnit = Literal["days", "weeks", "months", "years"]
DAYS_PER_UNIT: dict[TimeUnit, float] = {"days": 1.0, "weeks": 7.0, "months": 365.25 / 12, "years": 365.25}


@overload
def in_unit(days: float, unit: TimeUnit) -> float: ...
@overload
def in_unit(days: "pd.Series[int]", unit: TimeUnit) -> "pd.Series[float]": ...
@overload
def in_unit(days: NDArray[np.integer], unit: TimeUnit) -> NDArray[np.float64]: ...
def in_unit(
    days: "float | pd.Series[int] | NDArray[np.integer]", unit: TimeUnit
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
