"""Digitised points made into a curve that falls from (0, 1), with a sentence for each thing that was put right."""

from dataclasses import dataclass

import numpy as np

from smmlib.curves.reconstruction.reconstructed import ReconstructionError

CLICK = 0.002
"""Error of a digitised survival that is not held against the other facts."""
WHOLE_PERCENT = 0.01
"""The same where survival was written down in whole percent: half of one at each of two points."""
SLIGHT = 0.02
"""How far above 1, below 0 or before time 0 (as a share of the follow-up) a point is taken as badly clicked."""
TRUE_RISE = 0.03
"""A rise of survival beyond this is no error of digitising."""
START = 0.05
"""How far below 1 survival may be at time 0; a curve that begins lower is none."""
PERCENT = (95, 102)
"""The largest survival of a curve in percent lies between these."""
LARGEST = 1e12
"""Above all times and numbers of patients; squares of what is far larger overflow."""
INCIDENCE = "Of a curve of cumulative incidence, give 1 minus it."


@dataclass(frozen=True, eq=False)
class CleanedCurve:
    """Cleaned points, the first of them (0, 1).

    Attributes
    ----------
    time, survival : ndarray, shape (m,)
        By increasing time, then falling survival; survival still as noisy as it was clicked.
    falling : ndarray, shape (m,)
        Survival made monotone by isotonic regression.
    largest_rise : float
        Largest rise of survival above an earlier point, 0 in a clean curve.
    cleaned : tuple of str
    """

    time: np.ndarray
    survival: np.ndarray
    falling: np.ndarray
    largest_rise: float
    cleaned: tuple

    @property
    def reading_error(self):
        """Error of survival that is not held against other facts: of a click, or of rounding to whole percent."""
        in_whole_percent = np.allclose(100 * self.survival, np.round(100 * self.survival), rtol=0, atol=1e-6)
        return (WHOLE_PERCENT if in_whole_percent else CLICK) + self.largest_rise


def clean_curve(curve, name="curve"):
    """Sort, scale and clip the points, or say which of them cannot be.

    Parameters
    ----------
    curve : pair of array-like, shape (m,), or array-like, shape (m, 2)
        Times and survival, as proportions or in percent.
    name : str
        What the errors call it.

    Returns
    -------
    CleanedCurve

    Raises
    ------
    ReconstructionError
        If it is no list of points, survival is above 1 and no percent, below 0, not near 1 at time 0, or truly
        rises.
    """
    time, survival = read_pair(curve, name)
    sentences = []
    survival = _as_proportion(survival, name, sentences)
    time = _from_zero(time, name, sentences)
    survival = _within_bounds(survival, name, sentences)
    time, survival = _in_order(time, survival, sentences)
    _check_start(time, survival, name)
    time, survival = _from_one(time, survival, sentences)
    falling = isotonic(survival)
    rise = _largest_rise(time, survival, name)
    if rise > 1e-9:
        words = f"{_points(np.sum(np.diff(survival) > 1e-9))} rose, by at most {rise:.2g}"
        sentences.append(f"{words}: survival was made monotone by isotonic regression.")
    return CleanedCurve(time, survival, falling, rise, tuple(sentences))


def read_pair(pair, name, columns=("time", "survival")):
    """Two arrays of finite numbers of one length from a pair of them, an array of two columns, or a named table."""
    pair = _by_name(pair, name, columns)
    try:
        given = pair if isinstance(pair, tuple) else np.asarray(pair, dtype=float)
        first, second = (given[:, 0], given[:, 1]) if getattr(given, "ndim", 0) == 2 and given.shape[1] == 2 else given
        first, second = np.array(first, dtype=float), np.array(second, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise ReconstructionError(f"{name} is no pair of two lists of numbers: give (times, values).") from None
    if first.ndim != 1 or first.shape != second.shape or not len(first):
        raise ReconstructionError(
            f"{name} has {first.shape} times and {second.shape} values: give one value a time, and at least one."
        )
    bad = np.flatnonzero(~((np.abs(first) < LARGEST) & (np.abs(second) < LARGEST)))  # so that NaN is bad too
    if len(bad):
        at = bad[0]
        raise ReconstructionError(
            f"{name}[{at}] is ({first[at]:g}, {second[at]:g}): give finite numbers, below {LARGEST:g}."
        )
    return first, second


def _by_name(pair, name, columns):
    """The columns of a data frame by their names, whatever their order; anything else as it is."""
    names = getattr(pair, "columns", None)
    if names is None:
        return pair
    missing = [column for column in columns if column not in names]
    if missing:
        has = ", ".join(repr(column) for column in names)
        raise ReconstructionError(
            f"{name} is a data frame with the columns {has}, but none is {missing[0]!r}: name them {columns[0]!r} and "
            f"{columns[1]!r}."
        )
    return tuple(np.asarray(pair[column]) for column in columns)


def isotonic(survival, weight=None):
    """The nearest falling sequence by least squares: neighbours that rise are pooled."""
    values, sizes, counts = [], [], []
    for value, size in zip(survival, np.ones(len(survival)) if weight is None else weight, strict=True):
        values.append(value)
        sizes.append(size)
        counts.append(1)
        while len(values) > 1 and values[-2] < values[-1]:
            value, size, count = values.pop(), sizes.pop(), counts.pop()
            values[-1] = (values[-1] * sizes[-1] + value * size) / (sizes[-1] + size)
            sizes[-1] += size
            counts[-1] += count
    return np.repeat(values, counts)


def _points(count):
    return "1 point" if count == 1 else f"{count} points"


def _as_proportion(survival, name, sentences):
    largest = survival.max()
    if largest <= 1 + SLIGHT:
        return survival
    if not PERCENT[0] < largest <= PERCENT[1]:
        at = int(survival.argmax())
        raise ReconstructionError(
            f"{name}: survival[{at}] is {survival[at]:g}, above 1, and the largest is not near 100, so that it is no "
            "percent either. Give times first, then survival from 1 or from 100 on."
        )
    sentences.append(f"Survival was in percent, the largest being {largest:g}: divided by 100.")
    return survival / 100


def _from_zero(time, name, sentences):
    first, length = time.min(), np.ptp(time)
    if first >= 0:
        return time
    if first < -SLIGHT * length:
        raise ReconstructionError(f"{name}: time[{int(time.argmin())}] is {first:g}: a curve begins at time 0.")
    sentences.append(f"{_points((time < 0).sum())} slightly before time 0, the first at {first:.3g}, set to 0.")
    return np.maximum(time, 0.0)


def _within_bounds(survival, name, sentences):
    if survival.min() < -SLIGHT:
        at = int(survival.argmin())
        raise ReconstructionError(f"{name}: survival[{at}] is {survival[at]:g}, below 0.")
    above, below = int((survival > 1).sum()), int((survival < 0).sum())
    if above:
        sentences.append(f"{_points(above)} slightly above 1, at most {survival.max():.4g}, set to 1.")
    if below:
        sentences.append(f"{_points(below)} slightly below 0 set to 0.")
    return np.clip(survival, 0.0, 1.0)


def _in_order(time, survival, sentences):
    """By time, then from high to low; of several points at one time only the highest and the lowest."""
    if np.any(np.diff(time) < 0):
        sentences.append("The points were not in the order of time: sorted.")
    order = np.lexsort((-survival, time))
    time, survival = time[order], survival[order]
    again = np.concatenate([[False], (np.diff(time) == 0) & (np.diff(survival) == 0)])
    if again.any():
        sentences.append(f"{_points(again.sum())} given twice: one of each kept.")
    time, survival = time[~again], survival[~again]
    same = np.diff(time) == 0
    inside = np.concatenate([[False], same]) & np.concatenate([same, [False]])
    if inside.any():
        sentences.append(f"{_points(inside.sum())} inside a vertical step left out: its ends say the same.")
    return time[~inside], survival[~inside]


def _check_start(time, survival, name):
    """The first point of a curve is near 1, unless it is after time 0; then it is at least not the lowest."""
    if survival[0] < 0.5 and survival[-1] > survival[0]:
        raise ReconstructionError(
            f"{name} rises: survival is {survival[0]:.4g} at time {time[0]:g} and {survival[-1]:.4g} at time "
            f"{time[-1]:g}. {INCIDENCE}"
        )
    if time[0] == 0 and survival[0] < 1 - START - 1e-9:
        what = INCIDENCE if survival[0] < 0.5 else "Read both axes again."
        raise ReconstructionError(f"{name}: survival is {survival[0]:.4g} at time 0, where a curve begins at 1. {what}")
    if time[-1] == 0:
        raise ReconstructionError(f"{name} ends at time 0: give points after it.")


def _from_one(time, survival, sentences):
    if time[0] == 0 and survival[0] == 1:
        return time, survival
    sentences.append(f"The first point was ({time[0]:.4g}, {survival[0]:.4g}): (0, 1) put before it.")
    return np.concatenate([[0.0], time]), np.concatenate([[1.0], survival])


def _largest_rise(time, survival, name):
    lowest = np.minimum.accumulate(survival)
    rises = survival - lowest
    at = int(rises.argmax())
    if rises[at] > TRUE_RISE:
        before = int(np.argmin(survival[: at + 1]))
        raise ReconstructionError(
            f"{name} rises: survival is {survival[before]:.4g} at time {time[before]:g} and {survival[at]:.4g} at time "
            f"{time[at]:g}, more than digitising can explain. {INCIDENCE}"
        )
    return float(rises[at])
