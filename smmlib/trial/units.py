"""Units of time."""

DAYS_PER_UNIT = {"days": 1.0, "weeks": 7.0, "months": 365.25 / 12, "years": 365.25}


def in_unit(days, unit):
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
