"""The published curves of a study, each digitised where it is a figure, and its patients."""

import math
from dataclasses import dataclass, replace

import numpy as np

from smmlib.curves.curve_points import read_censor_times, read_points
from smmlib.curves.digitise import digitise
from smmlib.curves.reconstruct import Reconstruction, reconstruct
from smmlib.errors import SmmlibError
from smmlib.stats.read_only import read_only

DIGITS = 6
"""Digits to which times are read from a figure."""
HIGHEST_PROPORTION = 1.5
"""A curve that begins higher is in percent; `reconstruct` refuses what is neither."""


class CurveError(SmmlibError):
    """Curves whose patients cannot be reconstructed.

    Parameters
    ----------
    problems : list of (tuple of str, str)
        The place of each in the parameters, and what is wrong.
    """

    def __init__(self, problems):
        self.problems = problems
        super().__init__("\n".join(f"{'.'.join(place)}: {what}" for place, what in problems))


@dataclass(frozen=True, eq=False)
@read_only
class PublishedArm:
    """What is known of one arm's curve: the points as digitised, and the facts beside it.

    Attributes
    ----------
    time, survival : ndarray, shape (k,)
        Times to six digits of the longest: no figure is finer, and what drawing parted, the same week in both arms,
        is tied again.
    at_risk : tuple of two sequences, or None
        Times, and patients at risk at each.
    censor_times : ndarray, shape (c,), or None
        Of the ticks on the curve.
    notes : tuple of str
        What was read in the figure, and how.
    """

    time: np.ndarray
    survival: np.ndarray
    at_risk: tuple | None
    censor_times: np.ndarray | None
    notes: tuple = ()

    @property
    def points(self):
        """Times and survival for a figure: as proportions, though they may have been digitised in percent."""
        in_percent = self.survival.max() > HIGHEST_PROPORTION
        return self.time, self.survival / 100 if in_percent else self.survival


@dataclass(frozen=True, eq=False)
class ReconstructedArm:
    """One arm's curve, and the patients that were reconstructed from it."""

    published: PublishedArm
    patients: Reconstruction


def reconstruct_curves(study):
    """Reconstruct the patients of every curve of a study, each by itself.

    Parameters
    ----------
    study : Study
        With `data.curves`.

    Returns
    -------
    dict of str to dict of str to ReconstructedArm
        By endpoint and id of the arm.

    Raises
    ------
    CurveError
        With every curve whose points or facts cannot be read or contradict each other.
    """
    done, problems = {}, []
    for endpoint, curves in study.data.curves.items():
        done[endpoint] = {}
        for arm in study.arms.levels:
            try:
                done[endpoint][arm.id] = _reconstruct_arm(study, curves[arm.id], arm)
            except (SmmlibError, ValueError) as error:
                problems += [(("data", "curves", endpoint, arm.id), line) for line in str(error).splitlines()]
    if problems:
        raise CurveError(problems)
    return done


def _reconstruct_arm(study, curve, arm):
    published = _published_arm(curve, arm)
    patients = reconstruct(
        (published.time, published.survival),
        published.at_risk,
        curve.events,
        published.censor_times,
        curve.patients,
        median=curve.median,
        landmarks={landmark.time: landmark.survival for landmark in curve.landmarks} or None,
        method=curve.method,
        time_unit=study.time_unit,
        arm=arm.label,
    )
    return ReconstructedArm(published, patients)


def _published_arm(curve, arm):
    """What the figure shows, unless the parameters say it: they were read more closely."""
    at_risk = curve.at_risk and (curve.at_risk.times, curve.at_risk.patients)
    censor_times = None if curve.censor_times is None else read_censor_times(curve.censor_times)
    if curve.points is not None:
        time, survival = read_points(curve.points)
        return PublishedArm(_tied_again(time), survival, at_risk, censor_times)
    figure = curve.figure
    ticks = {"time_ticks": figure.time_ticks, "survival_ticks": figure.survival_ticks}
    drawing = digitise(figure.file, page=figure.page, panel=figure.panel, **ticks)
    drawn = drawn_arm(drawing, figure.curve or arm.label)
    given = {"at_risk": at_risk, "censor_times": censor_times}
    return replace(drawn, **{name: fact for name, fact in given.items() if fact is not None})


def drawn_arm(drawing, label):
    """One curve of a figure, with its ticks and the numbers at risk under the same label.

    Parameters
    ----------
    drawing : DigitisedFigure
    label : str

    Returns
    -------
    PublishedArm

    Raises
    ------
    ValueError
        If not exactly one curve has the label.
    """
    labels = [curve.label for curve in drawing.curves]
    if labels.count(label) != 1:
        there = ", ".join(map(repr, labels))
        raise ValueError(f"{labels.count(label)} curves of the figure are labelled {label!r}; there are {there}")
    curve = drawing.curves[labels.index(label)]
    # a curve without ticks may have lost them
    ticks = _tied_again(curve.censor_times, curve.time.max()) if len(curve.censor_times) else None
    at_risk = drawing.risk_table.get(label)
    return PublishedArm(
        _tied_again(curve.time), curve.survival, at_risk, ticks, (*drawing.notes, *_unused(drawing, label))
    )


def _unused(drawing, label):
    """Numbers at risk that stand under another name than the curve's: which are its own cannot be told."""
    rows = drawing.risk_table
    if rows and label not in rows:
        yield f"No numbers at risk are labelled {label!r}, but {', '.join(map(repr, rows))}: none were used."


def _tied_again(time, longest=None):
    """Times to six digits of the longest."""
    longest = float(np.abs(time).max() if longest is None else longest)
    return time.round(DIGITS - 1 - math.floor(math.log10(longest))) if longest else time
