"""What every statistic checks of its arguments: each error names the argument, the first bad value and its place."""

from decimal import Decimal
from numbers import Real

import numpy as np


def check_times(time, name="time"):
    """Times as floats, or a ValueError that names the first that is not a time."""
    given = np.asarray(time)
    if given.ndim != 1 or not len(given):
        raise ValueError(f"{name} must be one-dimensional and hold at least one time, but has shape {given.shape}.")
    values = _as_floats(given)
    if not (values.min() >= 0 and values.max() < np.inf):  # so that NaN fails too
        bad = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
        raise ValueError(f"{name}[{bad[0]}] is {shown(given[bad[0]])}: a time is a finite number, zero or more.")
    return values


def check_before(entry, time):
    """Nobody leaves before coming under observation, or at that moment."""
    bad = np.flatnonzero(entry >= time)
    if len(bad):
        at = bad[0]
        raise ValueError(
            f"entry[{at}] is {entry[at]:g} and time[{at}] is {time[at]:g}: "
            "a patient comes under observation before the event or censoring."
        )


def check_weights(weights, length):
    """Case weights as floats, or a ValueError that names the first that is not above zero."""
    given = np.asarray(weights)
    if given.shape != (length,):
        raise ValueError(f"weights has shape {given.shape}, but time has {length} patients: give one value a patient.")
    values = _as_floats(given)
    bad = np.flatnonzero(~(np.isfinite(values) & (values > 0)))
    if len(bad):
        raise ValueError(f"weights[{bad[0]}] is {shown(given[bad[0]])}: a weight is a finite number above zero.")
    return values


def check_landmark(time, name="time", what="a landmark"):
    """One time as a float, or a ValueError that names it."""
    value = _as_floats(np.asarray(time))
    if value.shape or not 0 <= value < np.inf:
        raise ValueError(f"{name} is {shown(time)}: {what} is one finite number, zero or more.")
    return float(value)


def check_indicator(indicator, name, length):
    """A boolean array, or a ValueError that names the first value that is neither boolean nor 0/1."""
    values = np.asarray(indicator)
    if values.shape != (length,):
        raise ValueError(f"{name} has shape {values.shape}, but time has {length} patients: give one value a patient.")
    if values.dtype == bool:
        return values
    numbers = _as_floats(values, booleans=True)
    bad = np.flatnonzero((numbers != 0) & (numbers != 1))
    if len(bad):
        raise ValueError(f"{name}[{bad[0]}] is {shown(values[bad[0]])}: code it as True/False or as 1/0.")
    return numbers.astype(bool)


def check_conf_level(conf_level):
    """The confidence level, or a ValueError when it is not between 0 and 1."""
    if not isinstance(conf_level, Real) or not 0 < conf_level < 1:
        raise ValueError(f"conf_level is {shown(conf_level)}: give a number between 0 and 1, such as 0.95.")
    return float(conf_level)


def check_strata(strata, length):
    """Strata as 0, 1, ..., by the order of their labels; a patient without a label is refused."""
    # A list is not made an array of text, in which a missing label would be the word 'nan'.
    labels = np.asarray(strata) if hasattr(strata, "dtype") else np.asarray(strata, dtype=object)
    if labels.shape != (length,):
        raise ValueError(f"strata has shape {labels.shape}, but time has {length} patients: give one label a patient.")
    if labels.dtype.kind in "iuSU":
        return np.unique(labels, return_inverse=True)[1]
    listed = labels.tolist()
    distinct = set(listed)
    if any(_is_missing(label) for label in distinct):
        index = next(index for index, label in enumerate(listed) if _is_missing(label))
        raise ValueError(f"strata[{index}] is {shown(listed[index])}: every patient must belong to a stratum.")
    codes = {label: code for code, label in enumerate(sorted(distinct, key=str))}
    return np.fromiter(map(codes.__getitem__, listed), dtype=np.intp, count=length)


def _is_missing(label):
    """None, NaN, NaT or pandas' NA, whose comparisons have no truth value."""
    try:
        return label is None or bool(label != label)
    except TypeError:
        return True


def _as_floats(values, booleans=False):
    """Numbers as floats, NaN for what is no number: text, dates and durations are not read as one."""
    if values.dtype.kind in "iuf":
        return np.add(values, 0.0, dtype=float)  # which also makes a negative zero a zero
    if values.dtype.kind not in "Ob":
        return np.full(values.shape, np.nan)
    return np.array([_as_float(value, booleans) for value in values.flat], dtype=float).reshape(values.shape)


def _as_float(value, booleans):
    if isinstance(value, (bool, np.bool_)):
        return float(value) if booleans else np.nan
    return float(value) if isinstance(value, (Real, Decimal)) else np.nan


def shown(value):
    """A value as the caller typed it: 2, not np.int64(2)."""
    return repr(value.item() if isinstance(value, np.generic) else value)
