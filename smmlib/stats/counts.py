"""Counts of patients, in the same frozen results as every other number."""

from numbers import Real

from smmlib.stats.results import NOT_ESTIMABLE, Estimate


def patient_count(patients, *, what, arm="", of=None, at=NOT_ESTIMABLE):
    """How many patients, as a result that can be recorded.

    Parameters
    ----------
    patients : int
        The count.
    what : str
        Who is counted, as a phrase: "randomised patients".
    arm : str
        Name of the arm; empty for both.
    of : int, optional
        The patients that the count is a part of; the count itself when left out.
    at : float, optional
        Time at which they are counted.

    Returns
    -------
    Estimate
        Without limits, in the unit "patients".

    Raises
    ------
    ValueError
        If the count is not whole, negative, or larger than what it is a part of.
    """
    whole = patients if of is None else of
    if not (is_whole(patients) and is_whole(whole)) or not 0 <= patients <= whole:
        raise ValueError(f"patients is {patients} of {whole}: give a whole number from zero to all.")
    return Estimate(float(patients), unit="patients", method=f"Number of {what}", arm=arm, n=int(whole), at=float(at))


def is_whole(count):
    """Whether a count is a whole number; NaN, infinity and text are not."""
    return isinstance(count, Real) and float(count).is_integer()
