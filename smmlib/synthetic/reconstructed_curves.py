"""The published curves of a study, each digitised where it is a figure, and its patients."""

from dataclasses import dataclass

import numpy as np

from smmlib.synthetic.curve_points import read_censor_times, read_points
from smmlib.synthetic.digitise import digitise
from smmlib.synthetic.reconstruct import Reconstruction, reconstruct


class CurveError(ValueError):
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
class PublishedArm:
    """What is known of one arm's curve: the points as digitised, and the facts beside it.

    Attributes
    ----------
    time, survival : ndarray, shape (k,)
    at_risk : tuple of two sequences, or None
        Times, and patients at risk at each.
    censor_times : ndarray, shape (c,), or None
        Of the ticks on the curve.
    """

    time: np.ndarray
    survival: np.ndarray
    at_risk: tuple | None
    censor_times: np.ndarray | None


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
        for arm in study.arms.both:
            try:
                done[endpoint][arm.id] = _reconstruct_arm(study, curves[arm.id], arm)
            except ValueError as error:
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
        return PublishedArm(*read_points(curve.points), at_risk, censor_times)
    drawn, drawn_at_risk = _drawn_curve(curve, arm)
    censor_times = drawn.censor_times if censor_times is None else censor_times
    return PublishedArm(drawn.time, drawn.survival, at_risk or drawn_at_risk, censor_times)


def _drawn_curve(curve, arm):
    """The curve of a figure that has the arm's label, with the numbers at risk under the same label."""
    drawing = digitise(curve.figure, page=curve.page)
    label = curve.curve or arm.label
    labels = [drawn.label for drawn in drawing.curves]
    if labels.count(label) != 1:
        there = ", ".join(map(repr, labels)) or "no curves"
        raise ValueError(f"{curve.figure} has no one curve labelled {label!r}, but {there}: name it under `curve`")
    return drawing.curves[labels.index(label)], None
